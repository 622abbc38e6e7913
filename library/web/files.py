"""How an original is handed out: whole or in parts, and never so that a browser runs what is in it."""

import asyncio
import re
import unicodedata
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import quote

from litestar import Request, Response, get
from litestar.di import NamedDependency
from litestar.openapi.datastructures import ResponseSpec
from litestar.params import FromPath
from litestar.response import Stream

from library.errors import Unavailable
from library.exchange import Exchange
from library.model import Audience, File, Scope
from library.web.access import needs
from library.web.etags import is_known
from library.web.problems import RangeNotSatisfiable, documented
from library.web.requests import ASKED_METHOD

SHOWN_IN_THE_BROWSER = frozenset({"application/pdf", "text/plain"})
"""All else is for saving: an HTML file that is opened under our address could act as us."""
PIECE = 1 << 18
"""Bytes read at a time."""

_SAFE_HEADERS = {"Accept-Ranges": "bytes", "Content-Security-Policy": "default-src 'none'; sandbox"}
_RANGE = re.compile(r"bytes=(?P<first>\d{0,18})-(?P<last>\d{0,18})", re.ASCII)
_MEDIA_TYPE = re.compile(r"[\w.+-]+/[\w.+-]+", re.ASCII)


class Part(NamedTuple):
    """Bytes of a file: where they begin and how many they are."""

    start: int
    length: int


def asked_part(header: str | None, size: int) -> Part | None:
    """The part that a Range header asks for; None for the whole, also where the header asks for several parts or
    cannot be read, which RFC 9110 lets pass. Raises RangeNotSatisfiable."""
    found = _RANGE.fullmatch(header.strip()) if header else None
    if found is None or found[0] == "bytes=-":
        return None
    first, last = found["first"], found["last"]
    if first and last and int(last) < int(first):
        return None
    start = int(first) if first else max(0, size - int(last))
    end = min(int(last), size - 1) if first and last else size - 1
    if start > end:
        raise RangeNotSatisfiable(size)
    return Part(start, end - start + 1)


def disposition(file: File) -> str:
    """Content-Disposition with the file's name in any script (RFC 6266), and plain letters for old clients."""
    kind = "inline" if file.media_type in SHOWN_IN_THE_BROWSER else "attachment"
    plain = unicodedata.normalize("NFKD", file.name).encode("ascii", "ignore").decode()
    plain = re.sub(r"[^\w .()+-]", "_", plain).strip() or "file"
    return f"{kind}; filename=\"{plain}\"; filename*=UTF-8''{quote(file.name, safe='')}"


HANDING_OUT = {
    206: ResponseSpec(
        bytes,
        media_type="application/octet-stream",
        description="The part that was asked for",
        generate_examples=False,
    ),
    **documented(400, 401, 403, 404, 416, 503),
}
"""How a request for a file may be answered, beside the whole of it."""


@get(
    "/documents/{document_id:str}/files/{name:str}",
    operation_id="original",
    opt=needs(Scope.READ),
    responses=HANDING_OUT,
    tags=["documents"],
    summary="A file as it was handed in",
)
async def original(
    request: Request[Any, Any, Any],
    document_id: FromPath[str],
    name: FromPath[str],
    audience: NamedDependency[Audience],
    exchange: NamedDependency[Exchange],
) -> Response[Any]:
    """Takes `Range` and `If-Range`; the entity tag is the file's SHA-256."""
    return await handed_out(request, *await exchange.readable.original(document_id, name, audience))


async def handed_out(request: Request[Any, Any, Any], file: File, path: Path) -> Response[Any]:
    """The answer to a request for a file."""
    headers = {**_SAFE_HEADERS, "ETag": f'"{file.sha256}"', "Content-Disposition": disposition(file)}
    if is_known(request.headers.get("if-none-match"), headers["ETag"]):
        return Response(None, status_code=304, headers=headers)
    size = await _size(path)
    part = asked_part(_range_header(request, headers["ETag"]), size)
    start, length = part or Part(0, size)
    if part:
        headers["Content-Range"] = f"bytes {start}-{start + length - 1}/{size}"
    return Stream(
        () if request.scope["state"][ASKED_METHOD] == "HEAD" else _pieces(path, start, length),
        status_code=206 if part else 200,
        media_type=file.media_type if _MEDIA_TYPE.fullmatch(file.media_type) else "application/octet-stream",
        headers={**headers, "Content-Length": str(length)},
    )


def _range_header(request: Request[Any, Any, Any], etag: str) -> str | None:
    """The Range header, unless it was meant for another state of the file."""
    return request.headers.get("range") if request.headers.get("if-range", etag) == etag else None


async def _size(path: Path) -> int:
    try:
        return (await asyncio.to_thread(path.stat)).st_size
    except OSError as error:
        raise Unavailable("the original is not where it should be; whoever runs the library must look") from error


async def _pieces(path: Path, start: int, length: int) -> AsyncIterator[bytes]:
    file = await asyncio.to_thread(path.open, "rb")
    try:
        await asyncio.to_thread(file.seek, start)
        while length and (piece := await asyncio.to_thread(file.read, min(PIECE, length))):
            length -= len(piece)
            yield piece
    finally:
        file.close()
