"""How something that goes on is followed: server-sent events, each with all there is to know."""

from asyncio import sleep as pause
from collections.abc import AsyncIterator, Awaitable, Callable
from time import monotonic

import msgspec
from litestar.response import ServerSentEvent, ServerSentEventMessage

from library.errors import NotFound

LOOK_EVERY = 0.5
"""Seconds between two looks."""
ALIVE_EVERY = 15.0
"""Seconds of silence after which a comment keeps the connection open."""
COME_BACK = 2_000
"""Milliseconds until they do."""

_END = ServerSentEventMessage(data="", event="end")

Look = Callable[[], Awaitable[tuple[msgspec.Struct, bool]]]
"""What there is to see now, and whether nothing more will happen."""


def followed(name: str, look: Look, longest: float) -> ServerSentEvent:
    """An event `name` whenever what is seen has changed, first of all as it is now, and `end` when all is over.

    After `longest` seconds the connection ends. Browsers open it anew by themselves, and their key is looked at again.

    Each is complete, so nobody who comes back has missed anything.
    """
    return ServerSentEvent(_events(name, look, longest), headers={"X-Accel-Buffering": "no"})


async def _events(name: str, look: Look, longest: float) -> AsyncIterator[ServerSentEventMessage]:
    begun = told = monotonic()
    before: msgspec.Struct | None = None
    while monotonic() - begun < longest:
        try:
            seen, ended = await look()
        except NotFound:  # it was purged meanwhile
            yield _END
            return
        if seen != before:
            yield ServerSentEventMessage(data=msgspec.json.encode(seen), event=name, retry=COME_BACK)
            before, told = seen, monotonic()
        if ended:
            yield _END
            return
        if monotonic() - told > ALIVE_EVERY:
            yield ServerSentEventMessage(comment="still here")
            told = monotonic()
        await pause(LOOK_EVERY)
