"""How pages come to be drawn: when somebody first reads them, a few at a time, by a process that may open the file."""

import asyncio
import logging
from collections.abc import Sequence

from library.errors import ExtractionFailed
from library.exchange import Exchange
from library.facsimiles import Drawer, Facsimile
from library.model import Document, File

AT_ONCE = 2
"""Files that are drawn at the same time."""
AHEAD = 4
"""Pages that are drawn with the one that is wanted: whoever reads a page reads the next one."""
PATIENCE = 8.0
"""Seconds that a reader waits for a picture; then comes the text, and the picture the next time."""
LOOK_EVERY = 0.05
MOST_REMEMBERED = 10_000

_log = logging.getLogger(__name__)


def drawable(document: Document, number: int) -> File | None:
    """The file that the page with this number is of, if it can be drawn: the newest PDF."""
    files = [file for file in document.files if file.media_type == "application/pdf" and number <= file.pages]
    return max(files, key=lambda file: file.version, default=None)


class Drawing:
    """One to a web process."""

    def __init__(self, drawer: Drawer | None) -> None:
        self._drawer = drawer
        self._turns = asyncio.Semaphore(AT_ONCE)
        self._running: dict[tuple[str, int], asyncio.Task[None]] = {}
        self._failed: set[str] = set()
        """Hashes of files that cannot be drawn: trying again takes seconds."""

    async def facsimile(self, file: File, number: int, exchange: Exchange) -> Facsimile | None:
        """What is on the page, whose picture is then kept; None where it cannot be drawn, or not soon enough."""
        kept = await exchange.facsimiles.kept(file.sha256, number)
        if kept is not None or self._drawer is None or file.sha256 in self._failed:
            return kept
        task = self._running.get((file.sha256, number)) or self._begin(file, number, exchange, self._drawer)
        # The picture is there before those of the pages behind it are.
        for _ in range(int(PATIENCE / LOOK_EVERY)):
            await asyncio.wait([task], timeout=LOOK_EVERY)
            kept = await exchange.facsimiles.kept(file.sha256, number)
            if kept is not None or task.done():
                break
        return kept

    async def close(self) -> None:
        for task in self._running.values():
            task.cancel()
        await asyncio.gather(*self._running.values(), return_exceptions=True)

    def _begin(self, file: File, number: int, exchange: Exchange, drawer: Drawer) -> asyncio.Task[None]:
        numbers = range(number, min(number + AHEAD, file.pages) + 1)
        task = asyncio.create_task(self._draw(file, numbers, exchange, drawer))
        for each in numbers:
            self._running.setdefault((file.sha256, each), task)
        task.add_done_callback(self._end)
        return task

    def _end(self, done: asyncio.Task[None]) -> None:
        self._running = {page: task for page, task in self._running.items() if task is not done}

    async def _draw(self, file: File, numbers: Sequence[int], exchange: Exchange, drawer: Drawer) -> None:
        original = exchange.originals.path(file.sha256)
        async with self._turns:
            try:
                async for drawn in drawer.draw(original, numbers):
                    await exchange.facsimiles.keep(file.sha256, drawn)
                if not await asyncio.to_thread(original.exists):  # it was purged in the meantime
                    await exchange.facsimiles.forget(file.sha256)
            except (ExtractionFailed, OSError) as error:
                _log.warning("pages %s of %s cannot be drawn: %s", list(numbers), file.sha256, error)
                if len(self._failed) < MOST_REMEMBERED:
                    self._failed.add(file.sha256)
