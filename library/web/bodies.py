"""What bodies of requests may be: of which kind, and how slowly they may come."""

import asyncio
from typing import Any

from litestar import Request
from litestar.connection import ASGIConnection
from litestar.handlers import BaseRouteHandler
from litestar.types import Receive, ReceiveMessage

from library.errors import BadRequest
from library.model import Scope
from library.web.access import NEEDS, Needed
from library.web.problems import TooSlow, UnsupportedMediaType

WRITTEN_AS = frozenset({"application/json", "application/merge-patch+json", "multipart/form-data"})
"""What changes something is said in one of these: a form on somebody else's page can send none of the first two, and no
browser adds a key to it."""
LONGEST_WAIT = 30.0
"""Seconds for which nothing of a body may come."""
SLOWEST = 20_000
"""Bytes a second, below which a body is too slow once `LONGEST_WAIT` has passed."""


class CarefulRequest(Request[Any, Any, Any]):
    """A request whose JSON may be made to break its reader."""

    async def json(self) -> Any:
        """Raises BadRequest for what is no JSON, also where that shows by its depth or its bytes only."""
        try:
            return await super().json()
        except (RecursionError, UnicodeDecodeError) as error:
            raise BadRequest(f"the body is no JSON that can be read: {error}") from error


async def insist_on_json(connection: ASGIConnection[Any, Any, Any, Any], handler: BaseRouteHandler) -> None:
    """A guard: a body that is to change something must say that it is JSON, or a form with files."""
    needed: Needed | None = handler.opt.get(NEEDS)
    if needed is None or needed.scope not in (Scope.INGEST, Scope.ADMIN):
        return
    headers = connection.headers
    if headers.get("content-length", "0") == "0" and "transfer-encoding" not in headers:
        return
    kind = headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind not in WRITTEN_AS:
        raise UnsupportedMediaType("send what is to be changed as application/json, and files as multipart/form-data")


def in_good_time(receive: Receive, *, wait: float = LONGEST_WAIT, slowest: int = SLOWEST) -> Receive:
    """The body of a request, as long as it comes fast enough. Raises TooSlow."""
    clock = asyncio.get_running_loop().time
    begun, come, ended = clock(), 0, False

    async def received() -> ReceiveMessage:
        nonlocal come, ended
        if ended:  # what is waited for now is that the caller goes away
            return await receive()
        left = min(wait, begun + wait + come / slowest - clock())
        try:
            async with asyncio.timeout(left):
                message = await receive()
        except TimeoutError as error:
            raise TooSlow(f"{come} bytes came in {clock() - begun:.0f} s; try again on a faster line") from error
        if message["type"] == "http.request":
            come += len(message["body"])
            ended = not message["more_body"]
        return message

    return received
