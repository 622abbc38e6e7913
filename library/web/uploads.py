"""How a file is handed in over HTTP: kept and queued here, read later by the worker."""

import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from hashlib import sha256
from typing import Annotated, Any

import msgspec
from litestar import Request, Response, post
from litestar.datastructures import FormMultiDict, UploadFile
from litestar.di import NamedDependency
from litestar.exceptions import HTTPException
from litestar.openapi.datastructures import ResponseSpec
from litestar.openapi.spec import OpenAPIMediaType, OpenAPIType, Operation, RequestBody, Schema
from litestar.params import HeaderParameter, QueryParameter
from msgspec import Struct

from library.errors import TooLarge
from library.exchange import Exchange
from library.language import clean
from library.model import Audience, OrganisationId, Scope, missing_to_publish
from library.said import document_from, read_said
from library.web.access import check_may_change, needs, organisation_names
from library.web.jobs import Job, shown_job
from library.web.parameters import raise_for, unknown_parameters
from library.web.problems import UnsupportedMediaType, documented, refused

FORM_BYTES = 1_000_000
"""What a form may hold beside its file."""
LONGEST_IDEMPOTENCY_KEY = 200
PIECE = 1 << 18
"""Bytes read at a time."""

_PARTS = ("file", "metadata", "organisation")


class HandedIn(Struct, frozen=True):
    """What became of a file: `new`, `again` where it had failed before, or `known` where there was nothing to do."""

    news: str
    job: Job


class WouldHandIn(Struct, frozen=True):
    """What would become of a file; nothing was kept."""

    name: str
    size: int
    organisation: str
    document: str | None
    """The document that has this very file already."""
    missing: list[str]
    """What the description lacks for the document to be public; what is found in the file may still fill it in."""


@dataclass
class HandInForm(Operation):
    """The documentation of the form."""

    def __post_init__(self) -> None:
        schema = Schema(
            type=OpenAPIType.OBJECT,
            properties={
                "file": Schema(type=OpenAPIType.STRING, content_media_type="application/octet-stream"),
                "metadata": Schema(type=OpenAPIType.OBJECT, description="Fields of the document, as a JSON object."),
                "organisation": Schema(type=OpenAPIType.STRING, description="Whose it is; else the key's own."),
            },
            required=["file"],
        )
        self.request_body = RequestBody(content={"multipart/form-data": OpenAPIMediaType(schema=schema)}, required=True)


@post(
    "/documents",
    operation_id="hand_in",
    operation_class=HandInForm,
    status_code=202,
    opt=needs(Scope.INGEST),
    responses={
        200: ResponseSpec(WouldHandIn, description="With `dry_run`: what would become of it", generate_examples=False),
        **documented(400, 401, 403, 409, 413, 415, 503),
    },
    tags=["documents"],
    summary="Hand in a file",
)
async def hand_in(
    request: Request[Any, Any, Any],
    audience: NamedDependency[Audience],
    exchange: NamedDependency[Exchange],
    *,
    idempotency_key: Annotated[
        str,
        HeaderParameter(
            name="Idempotency-Key",
            max_length=LONGEST_IDEMPOTENCY_KEY,
            description="Chosen by the sender: sent again with the same key, nothing is taken in twice.",
        ),
    ] = "",
    dry_run: Annotated[
        bool, QueryParameter(description="Only say whether the file and its description would be taken in.")
    ] = False,
) -> Response[HandedIn]:
    """Taken in is not read: `Location` is the job that tells how the reading goes."""
    form = await _form(request, exchange.settings.upload_bytes)
    try:
        raise_for(unknown_parameters(form, _PARTS, "body"))
        organisation = await _organisation(form, audience, exchange)
        file = _file(form)
        if dry_run:
            would = await _would_hand_in(file, await _metadata(form), organisation, exchange)
            return Response(would, status_code=200)  # type: ignore[arg-type]  # documented among the responses
        accepted = await exchange.accept(
            _pieces(file, exchange.settings.upload_bytes),
            name=_name(file),
            said=await _metadata(form),
            organisation=organisation,
            submitted_by=audience.organisation,
            idempotency_key=idempotency_key,
        )
    finally:
        await form.close()
    job = shown_job(accepted.job)
    return Response(HandedIn(accepted.news, job), status_code=202, headers={"Location": job.links.self})


async def _would_hand_in(
    file: UploadFile, said: dict[str, Any], organisation: OrganisationId, exchange: Exchange
) -> WouldHandIn:
    """Raises what handing it in would raise."""
    checked = read_said(said)
    digest, size = sha256(), 0
    async for piece in _pieces(file, exchange.settings.upload_bytes):
        digest.update(piece)
        size += len(piece)
    described = document_from({"title": {}, **checked}, language="", id="", organisation=organisation)
    return WouldHandIn(
        name=_name(file),
        size=size,
        organisation=organisation,
        document=await exchange.catalog.with_file(digest.hexdigest(), organisation),
        missing=list(missing_to_publish(described)),
    )


async def _form(request: Request[Any, Any, Any], upload_bytes: int) -> FormMultiDict:
    if request.content_type[0] != "multipart/form-data":
        raise UnsupportedMediaType("send a form: multipart/form-data with the parts file, metadata and organisation")
    try:
        return await request.form()
    except HTTPException as error:
        if error.status_code != 413:  # noqa: PLR2004  # the status of RFC 9110
            raise
        raise _too_large(upload_bytes) from error


def _file(form: FormMultiDict) -> UploadFile:
    match form.getall("file", []):
        case [UploadFile() as file]:
            return file
        case []:
            raise refused("file", "is missing", place="body")
        case _:
            raise refused("file", "must be one file, with its name", place="body")


def _name(file: UploadFile) -> str:
    """The file's name without the folders that some browsers send with it."""
    name = re.split(r"[/\\]", clean(file.filename))[-1].strip()
    if not name:
        raise refused("file", "has no name", place="body")
    return name


async def _metadata(form: FormMultiDict) -> dict[str, Any]:
    match form.getall("metadata", []):
        case []:
            return {}
        case [str() as text]:
            written = text.encode()
        case [UploadFile() as part]:
            written = await part.read(FORM_BYTES)
        case _:
            raise refused("metadata", "given more than once", place="body")
    try:
        return msgspec.json.decode(written, type=dict[str, Any])
    except msgspec.DecodeError as error:
        raise refused("metadata", f"must be a JSON object: {error}", place="body") from error


async def _organisation(form: FormMultiDict, audience: Audience, exchange: Exchange) -> OrganisationId:
    """Whose the file will be: as the form says, or the key's own."""
    match form.getall("organisation", []):
        case []:
            organisation = audience.organisation
        case [str() as organisation]:
            pass
        case _:
            raise refused("organisation", "must be one organisation's id", place="body")
    check_may_change(audience, organisation)
    if organisation not in await organisation_names(exchange):
        raise refused("organisation", f"there is no organisation '{organisation}'", place="body")
    return organisation


async def _pieces(file: UploadFile, upload_bytes: int) -> AsyncIterator[bytes]:
    read = 0
    while piece := await file.read(PIECE):
        read += len(piece)
        if read > upload_bytes:
            raise _too_large(upload_bytes)
        yield piece


def _too_large(upload_bytes: int) -> TooLarge:
    limit = f"{upload_bytes / 1_000_000:g} MB"
    return TooLarge(f"files over {limit} are not taken over HTTP; the staff can add them on the server")
