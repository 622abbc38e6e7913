"""What an error looks like over HTTP (RFC 9457), and what somebody who meets it can do."""

import logging
from collections.abc import Iterable, Iterator
from html import escape
from http import HTTPStatus
from typing import Any

import msgspec
from litestar import MediaType, Request, Response, get
from litestar.exceptions import HTTPException
from litestar.openapi import ResponseSpec
from litestar.params import FromPath
from litestar.types import ExceptionHandlersMap
from msgspec import Struct

from library.errors import (
    BadRequest,
    Conflict,
    ExtractionFailed,
    Incomplete,
    LibraryError,
    NotAllowed,
    NotFound,
    NotSignedIn,
    Reason,
    TooLarge,
    TooManyRequests,
    Unavailable,
)
from library.web.access import OPEN
from library.words import words

PROBLEM_JSON = "application/problem+json"
REQUEST_ID = "request_id"
"""The key in an ASGI scope's state under which EveryRequest puts the request's id."""
RETRY_AFTER = 5
"""Seconds after which an unavailable library is worth asking again."""

_log = logging.getLogger(__name__)


class InvalidParameter(BadRequest):
    code = "invalid-parameter"
    title = "A parameter cannot be used"


class MethodNotAllowed(LibraryError):
    code = "method-not-allowed"
    title = "This address does not take this method"


class NotAcceptable(LibraryError):
    code = "not-acceptable"
    title = "It cannot be had in any of the formats asked for"


class PreconditionFailed(LibraryError):
    code = "precondition-failed"
    title = "It has changed since it was read"


class PreconditionRequired(LibraryError):
    code = "precondition-required"
    title = "Say which state of it is to be changed"


class UnsupportedMediaType(LibraryError):
    code = "unsupported-media-type"
    title = "The body is not of the kind that is taken here"


class TooSlow(LibraryError):
    code = "too-slow"
    title = "The body of the request came too slowly"


class AddressTooLong(LibraryError):
    code = "address-too-long"
    title = "The address is longer than is read"


class RangeNotSatisfiable(LibraryError):
    code = "range-not-satisfiable"
    title = "The file has no such part"

    def __init__(self, size: int) -> None:
        super().__init__(f"the file has {size} bytes")
        self.size = size


class InternalError(LibraryError):
    code = "internal-error"
    title = "Something is wrong with the library itself"

    def __init__(self) -> None:
        super().__init__("It is in the library's log under the request id; tell it to whoever runs the library.")


STATUS: dict[type[LibraryError], int] = {
    BadRequest: 400,
    NotSignedIn: 401,
    NotAllowed: 403,
    NotFound: 404,
    MethodNotAllowed: 405,
    NotAcceptable: 406,
    TooSlow: 408,
    Conflict: 409,
    PreconditionFailed: 412,
    TooLarge: 413,
    AddressTooLong: 414,
    UnsupportedMediaType: 415,
    RangeNotSatisfiable: 416,
    ExtractionFailed: 422,
    Incomplete: 422,
    PreconditionRequired: 428,
    TooManyRequests: 429,
    Unavailable: 503,
    LibraryError: 500,
}
"""The one table from what went wrong to a status; an error that is not named here has its nearest ancestor's."""


class RefusedField(Struct, frozen=True):
    """One parameter or field that was refused; `in` is `query`, `path`, `body` or `header`."""

    name: str
    place: str = msgspec.field(name="in")
    reason: str


class Problem(Struct, frozen=True):
    type: str
    title: str
    status: int
    detail: str
    request_id: str
    errors: list[RefusedField]


def status_of(kind: type[LibraryError]) -> int:
    return next(STATUS[ancestor] for ancestor in kind.__mro__ if ancestor in STATUS)


def documented(*statuses: int) -> dict[int, ResponseSpec]:
    """The problems that an operation may answer with, for its documentation; too many requests, all may."""
    return {
        status: ResponseSpec(
            Problem, media_type=PROBLEM_JSON, description=HTTPStatus(status).phrase, generate_examples=False
        )
        for status in sorted({*statuses, 429})
    }


def problem(error: LibraryError, request_id: str) -> Problem:
    return Problem(
        type=f"/problems/{error.code}",
        title=error.title,
        status=status_of(type(error)),
        detail=error.detail,
        request_id=request_id,
        errors=[RefusedField(reason.name, reason.place, reason.reason) for reason in error.reasons],
    )


def refused(name: str, reason: str, *, place: str = "query") -> InvalidParameter:
    """The error for one parameter that cannot be used."""
    return InvalidParameter(f"{name}: {reason}", reasons=(Reason(name, place, reason),))


# From an exception to an answer --------------------------------------------------------------------------------------


def _answer_library_error(request: Request[Any, Any, Any], error: LibraryError) -> Response[Problem]:
    return _answer(request, error, headers_of(error))


def _answer_http_exception(request: Request[Any, Any, Any], error: HTTPException) -> Response[Problem]:
    # Its headers are passed on: a 405 without `Allow` says nothing.
    ours = meant(request, error)
    return _answer(request, ours, {**headers_of(ours), **(error.headers or {})})


def _answer_exception(request: Request[Any, Any, Any], error: Exception) -> Response[Problem]:
    _log.error("%s failed: %s %r", request_id_of(request), request.method, request.scope["path"], exc_info=error)
    return _answer(request, InternalError(), {})


EXCEPTION_HANDLERS: ExceptionHandlersMap = {
    LibraryError: _answer_library_error,
    HTTPException: _answer_http_exception,
    Exception: _answer_exception,
}


def request_id_of(request: Request[Any, Any, Any]) -> str:
    return str(request.scope["state"][REQUEST_ID])


def _answer(request: Request[Any, Any, Any], error: LibraryError, headers: dict[str, str]) -> Response[Problem]:
    return Response(
        problem(error, request_id_of(request)),
        status_code=status_of(type(error)),
        media_type=PROBLEM_JSON,
        headers={"Cache-Control": "no-store", **headers},
    )


def headers_of(error: LibraryError) -> dict[str, str]:
    """What an answer says in its headers beside this error."""
    match error:
        case NotSignedIn():
            return {"WWW-Authenticate": 'Bearer realm="library"'}
        case Unavailable():
            return {"Retry-After": str(RETRY_AFTER)}
        case TooManyRequests(seconds=seconds):
            return {"Retry-After": str(seconds)}
        case TooSlow():
            return {"Connection": "close"}
        case RangeNotSatisfiable(size=size):
            return {"Content-Range": f"bytes */{size}"}
        case _:
            return {}


def meant(request: Request[Any, Any, Any], error: HTTPException) -> LibraryError:
    """What an exception of the web framework is called here."""
    match error.status_code:
        case 404:
            return NotFound("there is nothing at this address; /docs lists all addresses")
        case 405:
            return MethodNotAllowed("the header Allow names the methods that this address takes")
        case 413:
            return TooLarge("the body of the request is larger than this address takes")
        case status if status >= 500:  # noqa: PLR2004  # the statuses of RFC 9110
            return InternalError()
        case _:
            return BadRequest(error.detail, reasons=tuple(_reasons(request, error.extra or ())))


def _reasons(request: Request[Any, Any, Any], refused: Iterable[Any]) -> Iterator[Reason]:
    """What the framework's own validation found, by the names that callers know."""
    fields = request.route_handler.parsed_fn_signature.parameters
    for each in refused:
        name = each.get("key", "")
        alias = getattr(fields[name].kwarg_definition, "name", None) if name in fields else None
        yield Reason(alias or name, each.get("source", "query"), each.get("message", ""))


# What somebody who meets one can do ----------------------------------------------------------------------------------

CURES = {
    "bad-request": "Read the detail and the list of errors in the answer: they name what cannot be understood.",
    "invalid-parameter": "Each entry of `errors` names a parameter and why it cannot be used. /docs lists all of them.",
    "not-signed-in": "Send a key in `Authorization: Bearer …` or in `X-API-Key`. Whoever runs the library makes keys.",
    "not-allowed": "The key is valid, but this needs a key of the organisation's staff or of an administrator.",
    "not-found": "There is no such thing, or it is not for the eyes of whoever asked. Check the address and the key.",
    "method-not-allowed": "The header `Allow` of the answer names the methods that the address takes.",
    "not-acceptable": "Name one of the formats in the detail, in `Accept` or as `?format=`.",
    "precondition-failed": "Read the document again, look at what somebody else changed, and send the new `ETag`.",
    "precondition-required": "Read the document first and send its `ETag` back in `If-Match`, so that no work is lost.",
    "incomplete": "Fill in the fields that `errors` names, or keep the document with the members.",
    "too-many-requests": "Ask again after the seconds in `Retry-After`. With a key one may ask more often.",
    "too-slow": "Send the body again, on a faster line; large files can be added by the staff on the server itself.",
    "address-too-long": "Send the parameters in the body: POST /api/v1/search takes all that GET takes.",
    "purged-file": "Take out of the file what had to go, save it, and hand in that.",
    "conflict": "Something else is there already. The detail says what; change the request or use another id.",
    "unsupported-media-type": "Send JSON as `application/json`, and files as `multipart/form-data`.",
    "range-not-satisfiable": "`Content-Range` says how long the file is. Ask for a part within it, or for the whole.",
    "unavailable": "Ask again after the seconds in `Retry-After`. If it lasts, /readyz names what is down.",
    "index-unavailable": "The search index is being made anew from the catalogue, by itself. Ask again in a while.",
    "index-busy": "Another process is writing to the index. Ask again in a while.",
    "internal-error": "This is a fault of the library. Tell whoever runs it the `request_id`: it is in the log.",
    "library-error": "This is a fault of the library. Tell whoever runs it the `request_id`: it is in the log.",
}
"""What helps, by an error's code. What helps with a file that could not be read stands in `library/words/`."""


@get(
    "/problems/{code:str}",
    operation_id="explain_problem",
    security=[{}],
    opt=OPEN,
    media_type=MediaType.HTML,
    responses=documented(400, 404),
    tags=["problems"],
    summary="What an error means",
)
async def explain_problem(code: FromPath[str]) -> str:
    """A page for people: what this kind of error is, and what to do."""
    kinds = {kind.code: kind for kind in _kinds(LibraryError) if _cure(kind)}
    if code not in kinds:
        raise NotFound(f"there is no kind of problem called '{code}'; the kinds are: {', '.join(sorted(kinds))}")
    title, status = escape(kinds[code].title), status_of(kinds[code])
    return (
        f'<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8"><title>{title}</title></head>'
        f"<body><h1>{title}</h1><p>{escape(_cure(kinds[code]))}</p>"
        f"<p>Code <code>{code}</code>, HTTP status {status}.</p></body></html>\n"
    )


def _cure(kind: type[LibraryError]) -> str:
    """What helps; nothing for an error that nobody meets over HTTP."""
    return words("en").of_failure(kind.code).cure if issubclass(kind, ExtractionFailed) else CURES.get(kind.code, "")


def _kinds(kind: type[LibraryError]) -> Iterator[type[LibraryError]]:
    yield kind
    for narrower in kind.__subclasses__():
        yield from _kinds(narrower)
