"""How a form with files is read: its parts by name, with a reason for each that cannot be used."""

import re
from collections.abc import AsyncIterator, Iterable, Iterator
from contextlib import asynccontextmanager
from typing import Any

import msgspec
from litestar import Request
from litestar.datastructures import FormMultiDict, UploadFile
from litestar.exceptions import HTTPException
from litestar.openapi.spec import OpenAPIMediaType, OpenAPIType, RequestBody, Schema

from library.errors import NotFound, TooLarge
from library.exchange import Exchange
from library.language import clean
from library.model import Audience, OrganisationId
from library.web.access import check_may_change, organisation_names
from library.web.parameters import raise_for, unknown_parameters, unusable
from library.web.problems import UnsupportedMediaType, refused
from library.words import because

FORM_BYTES = 1_000_000
"""What a form may hold beside its files."""
PIECE = 1 << 18
"""Bytes read at a time."""


@asynccontextmanager
async def form_of(
    request: Request[Any, Any, Any], parts: Iterable[str], upload_bytes: int
) -> AsyncIterator[FormMultiDict]:
    """The form of a request, whose files can be read within the block. Raises TooLarge, UnsupportedMediaType, and
    InvalidParameter for a part that is none of these."""
    if request.content_type[0] != "multipart/form-data":
        raise UnsupportedMediaType("send a form: multipart/form-data with the parts file, metadata and organisation")
    try:
        form = await request.form()
    except HTTPException as error:
        if error.status_code != 413:  # noqa: PLR2004  # the status of RFC 9110
            raise
        raise too_large(upload_bytes) from error
    try:
        raise_for(unknown_parameters(form, parts, "body"))
        yield form
    finally:
        await form.close()


HANDING_IN = ("file", "metadata", "organisation")
"""The parts of a form by which files are handed in."""
FILE = Schema(type=OpenAPIType.STRING, content_media_type="application/octet-stream")


def form_body(file: Schema, metadata: str, organisation: str) -> RequestBody:
    """The documentation of a form with files: of its part `file`, and what its two others are."""
    schema = Schema(
        type=OpenAPIType.OBJECT,
        properties={
            "file": file,
            "metadata": Schema(type=OpenAPIType.OBJECT, description=metadata),
            "organisation": Schema(type=OpenAPIType.STRING, description=organisation),
        },
        required=["file"],
        additional_properties=False,
    )
    return RequestBody(content={"multipart/form-data": OpenAPIMediaType(schema=schema)}, required=True)


def file_in(form: FormMultiDict) -> UploadFile:
    match form.getall("file", []):
        case [UploadFile() as file]:
            return file
        case []:
            raise unusable([because("file", "missing")])
        case _:
            raise unusable([because("file", "one-file")])


def name_of(file: UploadFile) -> str:
    """The file's name without the folders that some browsers send with it."""
    name = re.split(r"[/\\]", clean(file.filename))[-1].strip()
    if not name:
        raise unusable([because("file", "file-without-name")])
    return name


async def metadata_in(form: FormMultiDict) -> dict[str, Any]:
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
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise refused("metadata", f"must be a JSON object: {error}", place="body") from error


async def organisation_in(form: FormMultiDict, audience: Audience, exchange: Exchange) -> OrganisationId:
    """Whose the file will be: as the form says, or the key's own. Raises NotFound for one that is not there."""
    match form.getall("organisation", []):
        case []:
            organisation = audience.organisation
        case [str() as organisation]:
            pass
        case _:
            raise refused("organisation", "must be one organisation's id", place="body")
    check_may_change(audience, organisation)
    if organisation not in await organisation_names(exchange):
        raise NotFound(f"there is no organisation '{organisation}'")
    return organisation


def pieces_of(file: UploadFile, upload_bytes: int) -> Iterator[bytes]:
    """The bytes of a file, to be asked for in a thread: they may lie on the disk. Raises TooLarge."""
    read = 0
    while piece := file.file.read(PIECE):
        read += len(piece)
        if read > upload_bytes:
            raise too_large(upload_bytes)
        yield piece


def too_large(upload_bytes: int) -> TooLarge:
    limit = f"{upload_bytes / 1_000_000:g} MB"
    return TooLarge(f"files over {limit} are not taken over HTTP; the staff can add them on the server")
