"""The whole: catalogue, inbox, originals, accounts and index behind one object, put together in one place."""

import sqlite3
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from library.accounts import Accounts
from library.admission import Admission, put
from library.backups import Backup, back_up
from library.batches import Batches
from library.catalog import AnalysedPage, Catalog
from library.cataloging import is_unchanged, restore, withdraw
from library.comparing import compare
from library.database import Database, open_database
from library.editing import Editing
from library.engines import open_index
from library.entering import accepted
from library.errors import BadRequest, NeedsOcr, NotFound, PurgedFile, Unavailable
from library.facsimiles import Facsimiles
from library.finding import Finding
from library.fresh_tables import FreshTables
from library.gate import Gate
from library.harvest import Harvest
from library.inbox import Inbox, done
from library.indexing import Indexing
from library.jobs import Accepted, IngestJob, Submission
from library.kept_tables import KeptTables
from library.language import Analyzer, Apart, shared_analyzer
from library.model import Document, DocumentId, OrganisationId, Page
from library.needs import Needs
from library.originals import Originals
from library.people import People
from library.places import Places, Seen, remember
from library.purges import Purged, Purges
from library.readable import Readable
from library.resemblances import Resemblances
from library.said import read_said
from library.search import SearchIndex
from library.settings import Settings
from library.unfound import Unfound
from library.unindexed import Unindexed

NEVER_QUEUED_AFTER = 3_600.0
"""Seconds after which nobody comes any more to queue a file that he has kept: that is done within seconds."""


class Exchange:
    """Members' documents: taken in, kept, found. Open one with `open_exchange`; `close` it."""

    def __init__(
        self,
        settings: Settings,
        *,
        database: Database,
        originals: Originals,
        facsimiles: Facsimiles,
        index: SearchIndex,
        analyzer: Analyzer,
    ) -> None:
        self.settings = settings
        self.catalog = Catalog(database)
        self.unindexed = Unindexed(database)
        self.inbox = Inbox(database)
        self.batches = Batches(database)
        self.places = Places(database)
        self.accounts = Accounts(database)
        self.people = People(database)
        self.gate = Gate(database)
        self.purges = Purges(database)
        self.resemblances = Resemblances(database)
        self.unfound = Unfound(database)
        self.needs = Needs(database)
        self.originals = originals
        self.facsimiles = facsimiles
        self.index = index
        self.analyzer = analyzer
        self._database = database
        self._kept = KeptTables(database)
        fresh = FreshTables()
        self._indexing = Indexing(
            index,
            analyzer,
            catalog=self.catalog,
            unindexed=self.unindexed,
            inbox=self.inbox,
            kept=self._kept,
            fresh=fresh,
            database=settings.database,
        )
        self._admission = Admission(database, self.gate, analyzer, fresh)
        self.editing = Editing(
            database,
            catalog=self.catalog,
            gate=self.gate,
            resemblances=self.resemblances,
            admission=self._admission,
        )
        self.readable = Readable(self.catalog, originals)
        self.finding = Finding(
            index,
            analyzer,
            catalog=self.catalog,
            kept=self._kept,
            accounts=self.accounts,
            readable=self.readable,
            memory=settings.memory,
        )
        self.harvest = Harvest(self.catalog)

    # Taking in -------------------------------------------------------------------------------------------------------

    async def accept(
        self,
        chunks: Iterable[bytes],
        *,
        name: str,
        said: Mapping[str, Any],
        organisation: OrganisationId,
        submitted_by: str = "",
        idempotency_key: str = "",
        batch: str = "",
        within: str = "",
        place: Seen | None = None,
    ) -> Accepted:
        """Keep a file and queue it for reading, and remember its `place`. When this returns, all is safe on
        disk. `chunks` are asked for in a thread.

        Raises BadRequest for a description that cannot be used, NotFound for an organisation that is not there,
        Conflict for an id that is somebody else's, PurgedFile for a file that this organisation has had purged,
        Unavailable for a full disk.
        """
        checked = read_said(said)
        if not organisation:
            known = ", ".join(each.id for each in await self.accounts.organisations())
            raise BadRequest(f"say whose file this is: its organisation is one of {known}")
        await self.accounts.organisation(organisation)
        original = await self.originals.keep(chunks)
        try:
            await self.refuse_purged(original.sha256, organisation)
        except PurgedFile:
            await self.purges.discard_unneeded(original.sha256, self._discard)
            raise
        submission = Submission(
            name=name,
            sha256=original.sha256,
            size=original.size,
            organisation=organisation,
            said=checked,
            submitted_by=submitted_by,
            idempotency_key=idempotency_key,
            batch=batch,
            within=within,
        )

        def work(writing: sqlite3.Connection) -> Accepted:
            # Who removes these very bytes as purged or unneeded has ended, or waits for us and then sees that they are
            # needed.
            if not self.originals.path(original.sha256).exists():
                raise Unavailable("the same file was removed from the library at this moment: hand it in again")
            entered = accepted(writing, submission)
            if place is not None:
                remember(writing, place, entered.job)
            return entered

        return await self._database.write(work)

    async def refuse_purged(self, sha256: str, organisation: OrganisationId) -> None:
        """Raises PurgedFile for a file that this organisation has had purged, and has in no document by now."""
        purged = await self.purges.with_file(sha256, organisation)
        if purged and await self.catalog.with_file(sha256, organisation) is None:
            raise PurgedFile(
                f"this very file was purged from the library on {purged.purged.date()} and is not taken in again; the "
                f"reason given: {purged.reason or 'none'}. Take out of it what had to go, and hand in what is left"
            )

    def analysed(self, pages: Sequence[Page], apart: Sequence[Apart] | None = None) -> list[AnalysedPage]:
        """The pages of one document with their token tables: 0.3 ms for each, so ask for it in a thread. `apart` are
        their texts, where those have been taken apart already."""
        return self._admission.analysed(pages, apart)

    async def add(self, document: Document, pages: Sequence[Page]) -> Document:
        """Put a document into the catalogue. It can be found after the next `catch_up`. What is to be public stays with
        the members where personal data may be in it, until a person has looked (`Editing.confirm`)."""
        return await self._admission.put(await self._admission.admitted(document, pages), pages)

    async def finish(
        self,
        job: IngestJob,
        document: Document,
        pages: Sequence[Page],
        analysed: Sequence[AnalysedPage],
        *,
        notes: Callable[[Document], Sequence[str]],
        replaced: Document | None = None,
        waits_for: str = "",
    ) -> bool:
        """`add` what a job has read, whose pages were `analysed` before, and the job is done: both or neither. `notes`
        are what staff should know of the document as it went in; `waits_for` is what the machine lacks for the rest of
        its pages. False, and nothing is done, where somebody has changed the document that is `replaced` since it was
        read: what they said is true of its next version too. Raises NotFound where it was withdrawn."""
        admitted = await self._admission.admitted(document, pages)
        noted = notes(admitted.document)

        def work(writing: sqlite3.Connection) -> bool:
            if replaced is not None and not is_unchanged(writing, replaced):
                return False
            put(writing, admitted, analysed)
            done(writing, job.id, noted, NeedsOcr.code if waits_for else "", waits_for)
            return True

        return await self._database.write(work)

    async def replaced(self, document_id: DocumentId) -> Document:
        """The document of which a file is to be the next version, as it is meant to be seen. Raises NotFound."""
        return await self._admission.wished(await self.catalog.document(document_id))

    async def read_again(self, document: Document, pages: Sequence[Page]) -> Document:
        """Put what a document's file says by now in the place of what it was: at no moment is it not found. The gate
        looks at it again. Raises NotFound, and Conflict where the document has changed since it was read."""
        wished = await self._admission.wished(document)
        return await self._admission.read_again(await self._admission.admitted(wished, pages), pages)

    # Taking out and bringing back -------------------------------------------------------------------------------------

    async def withdraw(self, document_id: DocumentId, reason: str) -> None:
        """Take a document out of the library: nobody finds it any more after the next `catch_up`, and nobody can
        read it from now on. Raises NotFound."""
        await self._database.write(lambda writing: withdraw(writing, document_id, reason))

    async def restore(self, document_id: DocumentId) -> Document:
        """Bring a withdrawn document back. Raises NotFound where none was withdrawn."""
        return await self._database.write(lambda writing: restore(writing, document_id))

    async def purge(self, document_id: DocumentId, reason: str) -> Purged:
        """Remove a document for good: when this returns, no byte of it is left in catalogue, files and index. Its id is
        never used again. `reason` stays: it must tell nothing of the content.

        Raises NotFound, Conflict like `Purges.purge`, IndexBusy, and Unavailable where another process is in the way:
        done again, it goes on.
        """
        await self.purges.check(document_id)
        with suppress(NotFound):
            await self.withdraw(document_id, "")
        purged = await self.purges.purge(document_id, reason, self._discard)
        await self._indexing.purge(document_id)
        await self.sweep()
        await self._database.scrub()
        return purged

    async def sweep(self, age: float = NEVER_QUEUED_AFTER) -> None:
        """Remove what those have left who were killed while they took files in or drew them: pieces of uploads,
        originals that were kept `age` seconds ago or longer and that nothing needs, since nobody lived to queue them,
        and pictures of what was purged. Raises Unavailable."""

        async def discard_old(sha256: str) -> None:
            if self.originals.is_older_than(age, sha256):  # it may have been kept once more since it was looked for
                await self._discard(sha256)

        await self.originals.sweep()
        for sha256 in await self.purges.unneeded(await self.originals.older_than(age)):
            await self.purges.discard_unneeded(sha256, discard_old)
        await self.facsimiles.sweep(lambda sha256: self.originals.path(sha256).exists())

    async def _discard(self, sha256: str) -> None:
        await self.facsimiles.forget(sha256)
        await self.originals.discard(sha256)

    # The index --------------------------------------------------------------------------------------------------------

    async def get_ready(self) -> None:
        """Do what can be done of the next `catch_up` (indexing.py). Nothing is found by it."""
        await self._indexing.get_ready()

    async def catch_up(self) -> int:
        """Give the index what it does not have yet (indexing.py); how many documents that were. Raises IndexBusy and
        IndexUnavailable; nothing is lost by it."""
        return await self._indexing.catch_up()

    async def show_changes(self) -> None:
        """Let what has just changed be found by the next search, or later where the index cannot be written to."""
        await self._indexing.show_changes()

    async def rebuild(self, told: Callable[[int, int], None] | None = None) -> int:
        """Make the index anew (indexing.py); how many documents it has. `told` is called with how many documents are
        done, of how many."""
        return await self._indexing.rebuild(told)

    # All of it --------------------------------------------------------------------------------------------------------

    async def compare(self) -> int:
        """Find out which documents are like some that have come or changed (comparing.py); how many of these there were
        now. None: all are compared."""
        return await compare(self.catalog, self.resemblances)

    async def back_up(self, folder: Path) -> Backup:
        """Copy the library to a new folder, while it serves (backups.py)."""
        return await back_up(self._database, self.originals, folder)

    async def close(self) -> None:
        await self.index.close()
        await self._database.close()


async def open_exchange(settings: Settings) -> Exchange:
    """The exchange over the data folder of these settings, which is made where it is not there.

    Raises Unavailable where the catalogue cannot be opened. A missing or torn index is no error: `SearchIndex.state`
    says so, and `rebuild` mends it.
    """
    analyzer = shared_analyzer()
    return Exchange(
        settings,
        database=await open_database(settings.database),
        originals=Originals(settings.files, settings.free_mb * 1_000_000),
        facsimiles=Facsimiles(settings.facsimiles, settings.free_mb * 1_000_000),
        index=open_index(settings.index_url, analyzer, settings.memory.index),
        analyzer=analyzer,
    )
