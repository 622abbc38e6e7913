"""What becomes of the files that a file encloses: each is handed in as one of its own, in the same batch."""

import asyncio
from pathlib import Path

from ingest.batch import chunks, hash_of
from library.errors import PurgedFile
from library.exchange import Exchange
from library.jobs import IngestJob
from library.said import REPLACES

DEEPEST = 2
"""How many files may lie around one: a document in a ZIP in a mail is read, one in a ZIP in a ZIP in a ZIP is not."""
OF_ONE_DOCUMENT = frozenset({"id", "title", "summary", "doi", "isbn", "related", "change_note", REPLACES})
"""What was said of the whole and cannot be true of each part."""


class Enclosed:
    """The files in the file of one job."""

    def __init__(self, exchange: Exchange, job: IngestJob) -> None:
        self._exchange = exchange
        self._job = job
        self._said = {name: value for name, value in job.said.items() if name not in OF_ONE_DOCUMENT}
        self._handed_in = 0
        self._too_deep = 0
        self._purged = 0

    async def take(self, name: str, path: Path) -> None:
        """Hand in one of them: safe to be done again, as the same file makes no second document."""
        if await self._depth() >= DEEPEST:
            self._too_deep += 1
            return
        try:
            await self._exchange.accept(
                chunks(path),
                name=f"{self._job.name}/{name}",
                organisation=self._job.organisation,
                said=self._said,
                submitted_by=self._job.submitted_by,
                batch=self._job.batch,
                within=self._job.id,
            )
        except PurgedFile:
            self._purged += 1
        else:
            self._handed_in += 1

    async def take_if_new(self, name: str, path: Path) -> None:
        """Hand in one of them, unless its organisation has done so before: then people have decided about it since."""
        if not await self._exchange.inbox.has_had(await asyncio.to_thread(hash_of, path), self._job.organisation):
            await self.take(name, path)

    def notes(self) -> tuple[str, ...]:
        """What staff should know of them."""
        said = []
        if self._handed_in:
            said.append(f"files in it that were handed in as documents of their own: {self._handed_in:,}")
        if self._too_deep:
            said.append(
                f"files in it that lie too deep and were left out, unpack the archives first: {self._too_deep:,}"
            )
        if self._purged:
            said.append(f"files in it that were purged from the library and were left out: {self._purged:,}")
        return tuple(said)

    async def _depth(self) -> int:
        depth, job = 0, self._job
        while job.within:
            depth, job = depth + 1, await self._exchange.inbox.job(job.within)
        return depth
