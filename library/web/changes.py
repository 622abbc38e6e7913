"""How staff change a document over HTTP: describe it anew, in whole or in part, withdraw it, and bring it back.

Who changes something says which state of it was read, in `If-Match`: so nobody's work is written over unseen.
"""

from collections.abc import Awaitable
from typing import Annotated, Any

import msgspec
from litestar import Request, Response, delete, patch, post, put
from litestar.di import NamedDependency
from litestar.openapi.spec import OpenAPIMediaType, OpenAPIType, Operation, RequestBody, Schema
from litestar.params import FromPath, HeaderParameter, QueryParameter

from library.errors import BadRequest, Conflict, NotFound, Reason
from library.exchange import Exchange
from library.model import Audience, Document, DocumentId, Scope, Visibility
from library.said import described_anew, revised
from library.web.access import document_to_change, needs, organisation_names
from library.web.document_answer import ShownDocument, shown_document
from library.web.documents import document_etag
from library.web.etags import is_known
from library.web.problems import PreconditionFailed, PreconditionRequired, UnsupportedMediaType, documented
from library.web.results import Names

MERGE_PATCH = "application/merge-patch+json"
LONGEST_REASON = 1_000

_body = msgspec.json.Decoder(dict[str, Any])

IfMatch = Annotated[
    str, HeaderParameter(name="If-Match", description="The `ETag` of the document's JSON as it was read; needed.")
]


def _takes(*media_types: str) -> type[Operation]:
    """The documentation of an operation whose body is a description."""

    class Described(Operation):
        def __post_init__(self) -> None:
            schema = Schema(
                type=OpenAPIType.OBJECT,
                description="Fields of the document. What the library fills in itself is refused.",
            )
            media = OpenAPIMediaType(schema=schema)
            self.request_body = RequestBody(content=dict.fromkeys(media_types, media), required=True)

    return Described


@put(
    "/documents/{document_id:str}",
    operation_id="replace_document",
    operation_class=_takes("application/json"),
    opt=needs(Scope.INGEST),
    responses=documented(400, 401, 403, 404, 409, 412, 413, 415, 422, 428, 503),
    tags=["documents"],
    summary="Describe a document anew",
)
async def replace_document(
    request: Request[Any, Any, Any],
    document_id: FromPath[str],
    audience: NamedDependency[Audience],
    exchange: NamedDependency[Exchange],
    if_match: IfMatch = "",
) -> Response[ShownDocument]:
    """The body is the whole description: what it leaves out is emptied. Files and pages stay."""
    before = await to_be_changed(document_id, if_match, audience, exchange)
    said = _read(request, await request.body(), "application/json")
    return await _shown(await kept(described_anew(before, said), exchange), audience, exchange)


@patch(
    "/documents/{document_id:str}",
    operation_id="change_document",
    operation_class=_takes("application/json", MERGE_PATCH),
    opt=needs(Scope.INGEST),
    responses=documented(400, 401, 403, 404, 409, 412, 413, 415, 422, 428, 503),
    tags=["documents"],
    summary="Change some fields of a document",
)
async def change_document(
    request: Request[Any, Any, Any],
    document_id: FromPath[str],
    audience: NamedDependency[Audience],
    exchange: NamedDependency[Exchange],
    if_match: IfMatch = "",
) -> Response[ShownDocument]:
    """The body is a JSON Merge Patch (RFC 7396): only the fields in it change, and null empties one.

    Of a document that is held since it may hold personal data, `"visibility": "members"` has it stay with the members.
    """
    before = await to_be_changed(document_id, if_match, audience, exchange)
    said = _read(request, await request.body(), "application/json", MERGE_PATCH)
    changed = revised(before, said)
    stays = said.get("visibility") == Visibility.MEMBERS.value
    revising = exchange.editing.revise_for_members(changed) if stays else exchange.editing.revise(changed)
    return await _shown(await _kept(revising, exchange), audience, exchange)


@delete(
    "/documents/{document_id:str}",
    operation_id="withdraw_document",
    opt=needs(Scope.INGEST),
    responses=documented(400, 401, 403, 404, 409, 412, 428, 503),
    tags=["documents"],
    summary="Withdraw a document",
)
async def withdraw_document(
    document_id: FromPath[str],
    audience: NamedDependency[Audience],
    exchange: NamedDependency[Exchange],
    if_match: IfMatch = "",
    reason: Annotated[str, QueryParameter(description="Why; kept with the document.", max_length=LONGEST_REASON)] = "",
) -> None:
    """Nobody finds or reads it any more; its staff can bring it back."""
    await to_be_changed(document_id, if_match, audience, exchange)
    await exchange.withdraw(document_id, reason)
    await exchange.show_changes()


@post(
    "/documents/{document_id:str}/restore",
    operation_id="restore_document",
    opt=needs(Scope.INGEST),
    status_code=200,
    responses=documented(400, 401, 403, 404, 409, 503),
    tags=["documents"],
    summary="Bring a withdrawn document back",
)
async def restore_document(
    document_id: FromPath[str], audience: NamedDependency[Audience], exchange: NamedDependency[Exchange]
) -> Response[ShownDocument]:
    """As it was when it was withdrawn."""
    return await _shown(await restored(document_id, audience, exchange), audience, exchange)


async def restored(document_id: DocumentId, audience: Audience, exchange: Exchange) -> Document:
    """The document, which is there again. Raises NotFound."""
    withdrawn = await exchange.catalog.withdrawn(document_id)
    if not audience.may_change(withdrawn.organisation):
        # Not 403: that one was withdrawn is for its own staff to know.
        raise NotFound(f"there is no document '{document_id}'")
    back = await exchange.restore(document_id)
    await exchange.show_changes()
    return back


async def to_be_changed(document_id: DocumentId, if_match: str, audience: Audience, exchange: Exchange) -> Document:
    """The document as it is in the catalogue. Raises NotFound, NotAllowed, PreconditionRequired, PreconditionFailed."""
    found = await document_to_change(document_id, audience, exchange)
    check_unchanged(found, if_match, audience, await organisation_names(exchange))
    return found


def check_unchanged(document: Document, if_match: str, audience: Audience, names: Names) -> None:
    """Raises PreconditionRequired without an ETag, and PreconditionFailed where it is of another state."""
    if not if_match:
        raise PreconditionRequired("send the document's ETag in the header If-Match")
    if not is_known(if_match, document_etag(document, audience, names)):
        raise PreconditionFailed(f"'{document.id}' is not what it was when it was read; read it again")


def _read(request: Request[Any, Any, Any], body: bytes, *taken: str) -> dict[str, Any]:
    if request.content_type[0] not in taken:
        raise UnsupportedMediaType(f"send the description as one JSON object, with Content-Type: {' or '.join(taken)}")
    try:
        return _body.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise BadRequest(f"the body cannot be read: {error}", reasons=(Reason("", "body", str(error)),)) from error


async def kept(document: Document, exchange: Exchange) -> Document:
    """The document as it is in the catalogue from now on, and soon in the index. Raises like `Editing.revise`."""
    return await _kept(exchange.editing.revise(document), exchange)


async def _kept(revising: Awaitable[Document], exchange: Exchange) -> Document:
    try:
        after = await revising
    except Conflict as error:
        # Somebody was quicker than we, between our reading and our writing.
        raise PreconditionFailed(error.detail) from error
    await exchange.show_changes()
    return after


async def _shown(document: Document, audience: Audience, exchange: Exchange) -> Response[ShownDocument]:
    names = await organisation_names(exchange)
    return Response(
        shown_document(document, audience, names), headers={"ETag": document_etag(document, audience, names)}
    )
