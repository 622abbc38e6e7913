"""How a missing, torn or outdated index is made anew while the library keeps running.

While this works, searches are answered with 503 and `Retry-After`; everything else works. With several web processes
each has a mender, and the one that gets the writer's lock does the work.
"""

import asyncio
import logging
from typing import NamedTuple

from library.errors import IndexBusy
from library.exchange import Exchange
from library.search import IndexState

SHORTEST_PAUSE = 1.0
"""Seconds until a rebuild that failed is tried again, the first time; each time twice as long."""
LONGEST_PAUSE = 300.0
LOOK_EVERY = 5.0
"""Seconds between looks at an index that is well, or that somebody else is rebuilding."""
LOOKS = 6
"""At which a change has been seen that the index lacks, until it is given from here: the worker gives the index many
documents at once, and its process answers nobody who searches."""

_log = logging.getLogger(__name__)


async def keep_mended(exchange: Exchange) -> None:
    """Look after the index until cancelled. Nothing that happens to the index gets out of here."""
    pause = SHORTEST_PAUSE
    lacking = Lacking(0, LOOKS)  # what waits when this process begins has waited long enough
    while True:
        try:
            await mend(exchange)
            lacking = await give_what_is_left(exchange, lacking)
        except Exception:  # noqa: BLE001  # a broken index must not take the server down
            _log.exception("the search index could not be rebuilt; next attempt in %.0f s", pause)
            await asyncio.sleep(pause)
            pause = min(2 * pause, LONGEST_PAUSE)
        else:
            pause = SHORTEST_PAUSE
            await asyncio.sleep(LOOK_EVERY)


class Lacking(NamedTuple):
    """The oldest change that the index lacks (0: none), and at how many looks it has been that one."""

    revision: int
    looks: int


async def give_what_is_left(exchange: Exchange, before: Lacking) -> Lacking:
    """Give the index what nobody else does: what it could not take before, or what a worker has left that was killed.
    What it lacks now, after what it lacked at the look before."""
    oldest = next((change.revision for change in await exchange.unindexed.oldest(1)), 0)
    looks = before.looks + 1 if before.revision in (0, oldest) else 1
    if oldest and looks > LOOKS:
        await exchange.show_changes()
    return Lacking(oldest, looks if oldest else 0)


async def mend(exchange: Exchange) -> None:
    """Rebuild the index if it cannot be used and nobody else is at it."""
    state = await exchange.index.state()
    if state is IndexState.READY:
        return
    _log.warning("the search index is %s: rebuilding it from the catalogue", state.value)
    try:
        count = await exchange.rebuild()
    except IndexBusy:
        _log.info("another process holds the index: waiting for it")
    else:
        _log.warning("the search index is rebuilt: %d documents", count)
