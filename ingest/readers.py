"""Who reads next: a few limited processes, lent to one file at a time."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from functools import lru_cache, partial
from pathlib import Path
from types import TracebackType
from typing import Self

from ingest.extract import Extract, Limits, Reader, TakeEnclosed
from ingest.extract.contract import OnPage, nobody_looks_on

AHEAD = 2
"""Files that stand ready for whichever reader is free next, so that none waits while a job is being taken: one for each
of two."""


class Lent:
    """A reader for one file, or a place before all others that wait for one. When that file is nearly read, it is the
    next file's turn: it lies ready in the reader by then. This one is described, kept and indexed beside it."""

    def __init__(self, free: "asyncio.Queue[Reader]", turns: asyncio.Semaphore) -> None:
        self._free = free
        self._turns: asyncio.Semaphore | None = turns

    async def read(
        self,
        path: Path,
        name: str,
        on_page: OnPage = nobody_looks_on,
        take_enclosed: TakeEnclosed | None = None,
        *,
        languages: Sequence[str] = (),
    ) -> Extract:
        """As `Reader.read`, by the first that is free; once."""
        assert self._turns is not None, "a reader is lent for one file"
        try:
            with self._freed(await self._free.get()) as (reader, free):
                return await reader.read(path, name, on_page, take_enclosed, languages=languages, on_nearly_done=free)
        finally:
            self.give_back()

    @contextmanager
    def _freed(self, reader: Reader) -> Iterator[tuple[Reader, Callable[[], None]]]:
        """The reader, and what makes it free for the next file: once, at the end if not before."""
        free = lru_cache(partial(self._free.put_nowait, reader))
        try:
            yield reader, free
        finally:
            free()

    def give_back(self) -> None:
        if self._turns is not None:
            self._turns.release()
            self._turns = None


class Readers:
    """So many readers, which live as long as the context."""

    def __init__(self, limits: Limits, count: int) -> None:
        self._all = [Reader(limits) for _ in range(count)]
        self._free: asyncio.Queue[Reader] = asyncio.Queue()
        self._turns = asyncio.Semaphore(count + AHEAD)
        self._open = AsyncExitStack()

    def __len__(self) -> int:
        return len(self._all)

    async def __aenter__(self) -> Self:
        for reader in self._all:
            self._free.put_nowait(await self._open.enter_async_context(reader))
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._open.aclose()

    async def start(self) -> None:
        """Have all of them ready before the first file comes."""
        await asyncio.gather(*(reader.start() for reader in self._all))

    @asynccontextmanager
    async def lent(self) -> AsyncIterator[Lent]:
        """One that nobody uses, or will soon, as soon as there is one."""
        await self._turns.acquire()
        lent = Lent(self._free, self._turns)
        try:
            yield lent
        finally:
            lent.give_back()
