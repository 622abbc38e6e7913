"""What becomes of the files that a file encloses: each is handed in as one of its own, in the same batch."""

import asyncio
from pathlib import Path

from ingest.batch import chunks, hash_of
from library.errors import PurgedFile
from library.exchange import Exchange
from library.jobs import IngestJob
from library.model import Visibility
from library.said import REPLACES, Said

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
        await self._hand_in(name, path, {**await self._hidden(Visibility.MEMBERS), **self._said})

    async def take_if_new(self, name: str, path: Path) -> None:
        """Hand in one of them, unless its organisation has done so before: then people have decided about it since. So
        they may have about who sees the whole."""
        if not await self._exchange.inbox.has_had(await asyncio.to_thread(hash_of, path), self._job.organisation):
            hidden = await self._hidden(Visibility(self._said.get("visibility", Visibility.MEMBERS)))
            await self._hand_in(name, path, {**self._said, **hidden})

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

    async def _hand_in(self, name: str, path: Path, said: Said) -> None:
        if await self._depth() >= DEEPEST:
            self._too_deep += 1
            return
        try:
            await self._exchange.accept(
                chunks(path),
                name=f"{self._job.name}/{name}",
                organisation=self._job.organisation,
                said=said,
                submitted_by=self._job.submitted_by,
                batch=self._job.batch,
                within=self._job.id,
            )
        except PurgedFile:
            self._purged += 1
        else:
            self._handed_in += 1

    async def _hidden(self, otherwise: Visibility) -> Said:
        """What keeps a part, seen `otherwise` by so many, from those who may not see the document that there is of the
        whole by now."""
        whole = (await self._exchange.catalog.documents([self._job.document])).get(self._job.document)
        if whole is None:
            return {}
        embargo = {} if whole.embargo_until is None else {"embargo_until": whole.embargo_until.isoformat()}
        narrower = max(whole.visibility, otherwise, key=list(Visibility).index)
        # Said only where it must be: the same file with more said of it is read again.
        return embargo if narrower is otherwise else {"visibility": narrower.value, **embargo}

    async def _depth(self) -> int:
        depth, within = 0, self._job.within
        while within:  # of one that was purged, nobody knows any more what lay around it
            around = await self._exchange.inbox.these([within])
            depth, within = depth + 1, around[0].within if around else ""
        return depth
