"""How the index comes to have what the catalogue has: change by change, or all of it anew."""

import asyncio
import logging
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path

from library.catalog import Catalog
from library.errors import IndexUnavailable, Unavailable
from library.filling import entries, in_shares, processors
from library.fresh_tables import FreshTables
from library.inbox import Inbox
from library.kept_tables import KeptTables
from library.language import Analyzer
from library.made_ready import MadeReady
from library.model import Audience, DocumentId, Role
from library.search import SearchIndex, SearchQuery, nobody
from library.unindexed import Pending, Unindexed

CATCH_UP_BATCH = 1_000
"""Documents that go into the index in one commit at most."""
CATCH_UP_BYTES = 10_000_000
"""Of token tables, that do: some 4,000 pages, which take 100 MB while they are written. Whatever comes in one commit
shares its words, so that two halves cost more than the whole."""
MADE_READY_BYTES = CATCH_UP_BYTES * 4 // 5
"""Of token tables that are made ready for one commit at most: all of them are to go with it, whatever else does."""
ALL_CHANGES = 1 << 62
"""More changes than there can be."""
_SEES_ALL = Audience(role=Role.ADMIN, today=date.min)

_log = logging.getLogger(__name__)


class Indexing:
    """Gives the index what the catalogue marks as unindexed. Whatever is cut off is still marked, and done again."""

    def __init__(
        self,
        index: SearchIndex,
        analyzer: Analyzer,
        *,
        catalog: Catalog,
        unindexed: Unindexed,
        inbox: Inbox,
        kept: KeptTables,
        fresh: FreshTables,
        database: Path,
    ) -> None:
        """`database` is the file of the catalogue, which processes that share a rebuild open anew."""
        self._index = index
        self._analyzer = analyzer
        self._catalog = catalog
        self._unindexed = unindexed
        self._inbox = inbox
        self._kept = kept
        self._fresh = fresh
        self._database = database
        self._ready = MadeReady()
        self._turn = asyncio.Lock()

    async def get_ready(self) -> None:
        """Do what can be done of the next `catch_up` for what has come so far. Nothing is found by it."""
        async with self._turn:
            room = CATCH_UP_BATCH - len(self._ready)
            pending = await self._unindexed.oldest(room, self._ready.latest) if room else []
            new = self._ready.that_go_with_it(pending, MADE_READY_BYTES)
            made = await entries([row.id for row in new], self._catalog, self._kept, self._analyzer, self._fresh.decode)
            await self._index.prepare(made)
            self._ready.add(new, made)

    async def catch_up(self) -> int:
        """Give the index what it does not have yet; how many documents that were. What comes meanwhile is left for the
        next time, when more of it costs less. Safe to be killed anywhere.

        Raises IndexBusy and IndexUnavailable; what is left stays marked for the next time.
        """
        async with self._turn:
            caught, latest = 0, await self._catalog.revision()
            while pending := _together(await self._unindexed.oldest(CATCH_UP_BATCH), latest):
                withdrawn = [row.id for row in pending if row.withdrawn]
                ready = self._ready.taken(pending)
                known = {entry.document.id for entry in ready}
                others = [row.id for row in pending if not row.withdrawn and row.id not in known]
                await self._purge_what_went(withdrawn)
                coming = await entries(others, self._catalog, self._kept, self._analyzer, self._fresh.decode)
                given = [*ready, *coming]
                await self._index.update(given, withdrawn)
                await self._purge_what_went([entry.document.id for entry in given])
                await self._unindexed.clear(pending)
                caught += len(pending)
            await self._inbox.note_indexed()
            return caught

    async def show_changes(self) -> None:
        """Let what has just changed be found by the next search. Where the index cannot be written to, whoever looks
        after it does this later; the change is safe in the catalogue."""
        try:
            await self.catch_up()
        except Unavailable as error:
            _log.warning("what has changed will be found later: %s", error.detail)

    async def rebuild(self, told: Callable[[int, int], None] | None = None) -> int:
        """Make the index anew beside the present one and switch to it; how many documents it has. Pages that were
        analysed by another version are analysed again on the way. `told` is called with how many documents are done, of
        how many."""
        pending = await self._unindexed.oldest(ALL_CHANGES)
        ids = await self._catalog.ids()
        shares = await in_shares(ids, self._kept, self._database, processors())
        await self._index.rebuild(shares, nobody if told is None else lambda taken: told(taken, len(ids)))
        # The new index has them: without this, all that has never been indexed would be written a second time.
        await self._unindexed.clear(pending)
        await self.catch_up()
        return len(ids)

    async def purge(self, document_id: DocumentId) -> None:
        """Leave no byte in the index of a document that the catalogue has no more. Raises IndexBusy."""
        async with self._turn:  # who read it from the catalogue while it was there has given it to the index by then
            self._ready.forget()
        try:
            await self._index.purge([document_id])
        except IndexUnavailable:
            await self.rebuild()
            await self._index.purge([document_id])

    async def _purge_what_went(self, ids: Sequence[DocumentId]) -> None:
        """Leave nothing of what was purged among these documents: by another process while it was given to the index
        here, or by one that was killed before it came to the index. Whoever purges after this purges the index too."""
        purged = await self._catalog.purged(ids)
        if purged and (await self._index.search(SearchQuery(within=tuple(purged), limit=0), _SEES_ALL)).total:
            await self._index.purge(purged)


def _together(pending: Sequence[Pending], latest: int) -> list[Pending]:
    """The first of these changes, none after the `latest`, that go into the index in one commit."""
    found: list[Pending] = []
    size = 0
    for change in pending:
        size += change.table_bytes
        if change.revision > latest or (found and size > CATCH_UP_BYTES):
            break
        found.append(change)
    return found
