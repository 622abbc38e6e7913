"""When what was read goes into the catalogue: with what is read a moment later, in one transaction.

A transaction costs as much as what it writes of a usual file.
"""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager

MOMENT = 0.1
"""Seconds that what was read waits at most for what is read after it."""
TOGETHER = 8
"""Files that are kept at once, at most."""


class Keeping:
    """Holds up those who have something to keep until so many have, a moment has passed, or nobody else is at work."""

    def __init__(self) -> None:
        self._at_work = 0
        self._waiting = 0
        self._turn = asyncio.Event()
        self._moment: asyncio.TimerHandle | None = None

    @contextmanager
    def at_work(self) -> Iterator[None]:
        """Somebody works on a file, and may have something to keep."""
        self._at_work += 1
        try:
            yield
        finally:
            self._at_work -= 1
            self._look()

    async def turn(self) -> None:
        """Until it is time to keep it, for one of those at work."""
        if self._moment is None:
            self._moment = asyncio.get_running_loop().call_later(MOMENT, self._let_go)
        turn = self._turn
        self._waiting += 1
        self._look()
        try:
            await turn.wait()
        finally:
            if not turn.is_set():
                self._waiting -= 1

    def _look(self) -> None:
        if self._waiting and self._waiting >= min(self._at_work, TOGETHER):
            self._let_go()

    def _let_go(self) -> None:
        if self._moment is not None:
            self._moment.cancel()
        self._moment = None
        self._waiting = 0
        self._turn.set()
        self._turn = asyncio.Event()
