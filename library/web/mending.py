"""How a missing, torn or outdated index is made anew while the library keeps running.

While this works, searches are answered with 503 and `Retry-After`; everything else works. With several web processes
each has a mender, and the one that gets the writer's lock does the work.
"""

import asyncio
import logging

from library.errors import IndexBusy
from library.exchange import Exchange
from library.search import IndexState

SHORTEST_PAUSE = 1.0
"""Seconds until a rebuild that failed is tried again, the first time; each time twice as long."""
LONGEST_PAUSE = 300.0
LOOK_EVERY = 5.0
"""Seconds between looks at an index that is well, or that somebody else is rebuilding."""

_log = logging.getLogger(__name__)


async def keep_mended(exchange: Exchange) -> None:
    """Look after the index until cancelled. Nothing that happens to the index gets out of here."""
    pause = SHORTEST_PAUSE
    while True:
        try:
            await mend(exchange)
        except Exception:  # noqa: BLE001  # a broken index must not take the server down
            _log.exception("the search index could not be rebuilt; next attempt in %.0f s", pause)
            await asyncio.sleep(pause)
            pause = min(2 * pause, LONGEST_PAUSE)
        else:
            pause = SHORTEST_PAUSE
            await asyncio.sleep(LOOK_EVERY)


async def mend(exchange: Exchange) -> None:
    """Rebuild the index if it cannot be used and nobody else is at it; give it what it could not take before."""
    state = await exchange.index.state()
    if state is IndexState.READY:
        await exchange.show_changes()
        return
    _log.warning("the search index is %s: rebuilding it from the catalogue", state.value)
    try:
        count = await exchange.rebuild()
    except IndexBusy:
        _log.info("another process holds the index: waiting for it")
    else:
        _log.warning("the search index is rebuilt: %d documents", count)
