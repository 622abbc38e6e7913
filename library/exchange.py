"""The whole: catalogue, inbox, originals, accounts and index behind one object, put together in one place."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import msgspec

from library.accounts import Accounts
from library.admission import Admission, put
from library.answers import Answer, Found, Reading, for_eyes, found
from library.asking import Asker, Outcome
from library.backups import Backup, back_up
from library.batches import Batches
from library.catalog import AnalysedPage, Catalog, no_document
from library.database import Database, open_database
from library.editing import Editing
from library.engines import open_index
from library.errors import (
    BadRequest,
    NeedsOcr,
    NotFound,
    PurgedFile,
    Unavailable,
)
from library.explaining import Share, shares
from library.facsimiles import Facsimiles
from library.filling import entries
from library.fragments import whole
from library.fresh_tables import FreshTables
from library.gate import Gate
from library.harvest import Harvest, Notice
from library.inbox import Inbox, accepted, done
from library.indexing import Indexing
from library.jobs import Accepted, IngestJob, Submission
from library.kept_tables import KeptTables
from library.language import Analyzer, TokenTable, shared_analyzer
from library.likeness import like
from library.model import (
    Audience,
    Document,
    DocumentId,
    File,
    OrganisationId,
    Page,
)
from library.needs import Needs
from library.originals import Originals
from library.people import People
from library.places import Places, Seen, remember
from library.purges import Purged, Purges
from library.remembered import Remembered
from library.resemblance import Library, signature
from library.resemblances import Resemblances
from library.said import read_said
from library.search import (
    EVERYTHING,
    After,
    Clause,
    Every,
    Fragment,
    Hit,
    Passage,
    SearchIndex,
    SearchQuery,
    Some,
)
from library.settings import Settings
from library.shelf import Shelf, page_source
from library.suggestions import Suggester, Suggestion
from library.unfound import Unfound
from library.unindexed import Unindexed

NEVER_QUEUED_AFTER = 3_600.0
"""Seconds after which nobody comes any more to queue a file that he has kept: that is done within seconds."""
COMPARED_AT_ONCE = 50
"""Documents that are compared with all others in one go."""
EXPORT_BATCH = 200
"""Documents that are read at a time when all are wanted."""
ANSWER_BYTES = 2_000
FOUND_BYTES = 8_000
"""What an answer and each hit in it take in memory, about; most of it is the document."""


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
            accounts=self.accounts,
            resemblances=self.resemblances,
            admission=self._admission,
        )
        self._suggester = Suggester(index, analyzer, self.catalog, self.accounts)
        self._harvest = Harvest(self.catalog)
        self._shelf = Shelf(self.catalog, settings.memory.shown)
        self._answers: Remembered[Answer] = Remembered(
            settings.memory.answers, lambda answer: ANSWER_BYTES + FOUND_BYTES * len(answer.found)
        )

    # Finding ---------------------------------------------------------------------------------------------------------

    async def search(self, asked: SearchQuery, audience: Audience) -> Answer:
        """What the audience may find, and how it was asked for (asking.py). Asked again before anything changes, it
        is not worked out again."""

        async def worked_out() -> Answer:
            return await self._answer(await self._asker(audience).outcome(asked), audience)

        return await self._answers.get(await self.edition(), (audience, asked), worked_out)

    async def search_exactly(self, asked: SearchQuery, audience: Audience) -> Answer:
        """What is found for the very clause that is asked: no word stands for more than itself, none is left out."""

        async def worked_out() -> Answer:
            result = await self.index.search(asked, audience)
            outcome = Outcome(asked=asked, result=result, mended="", warnings=(), instead=())
            return await self._answer(outcome, audience)

        return await self._answers.get(await self.edition(), ("exactly", audience, asked), worked_out)

    async def edition(self) -> str:
        """A short text that changes with everything that any answer to a search could depend on: with what the index
        has, and already with what the catalogue has, since nothing is shown that it no longer lets be seen."""
        return f"{await self.index.generation()}/{await self.catalog.revision()}"

    async def all_found(self, asked: SearchQuery, audience: Audience) -> AsyncIterator[Sequence[Document]]:
        """Every document that a search finds, as the audience may read it, in its order, in batches."""
        asked = msgspec.structs.replace(asked, limit=EXPORT_BATCH, offset=0, facets=(), fragments=0)
        outcome = await self._asker(audience).outcome(asked)
        hits = outcome.result.hits
        while hits:
            yield [each.document for each in await self._shown(hits, audience)]
            behind = After(hits[-1].id, hits[-1].score)
            onwards = msgspec.structs.replace(outcome.asked, after=behind)
            hits = (await self.index.search(onwards, audience)).hits if len(hits) == EXPORT_BATCH else ()

    async def notices(self, public: Audience) -> list[Notice]:
        """What harvesters may know (harvest.py)."""
        return await self._harvest.notices(public)

    def remembered_counts(self) -> dict[str, int]:
        """How many searches this process was asked, and how many it had to work out."""
        return {"asked": self._answers.asked, "worked out": self._answers.made}

    @property
    def memory(self) -> int:
        """Bytes that are kept of what was read and worked out; the answers as they go out are not among them."""
        return self.index.memory + self._shelf.used + self._answers.used

    async def suggest(self, typed: str, audience: Audience, *, language: str, limit: int) -> tuple[Suggestion, ...]:
        """How a question may go on that is still being typed; each way finds something (suggestions.py)."""
        return await self._suggester.suggest(typed, audience, language=language, limit=limit)

    async def explain(self, answer: Answer, audience: Audience) -> Mapping[DocumentId, tuple[Share, ...]]:
        """Why each document of an answer was found."""
        return await shares(answer.asked.match, [each.hit for each in answer.found], self.index, audience)

    async def similar(self, document_id: DocumentId, audience: Audience, limit: int) -> tuple[Found, ...]:
        """The documents most like this one that the audience may see. Raises NotFound like `document`."""
        await self.document(document_id, audience)
        (entry,) = await entries([document_id], self.catalog, self._kept, self.analyzer)
        asked = SearchQuery(match=like(entry), limit=limit + 1, fragments=0)
        hits = (await self.index.search(asked, audience)).hits
        return await self._shown([hit for hit in hits if hit.id != document_id][:limit], audience)

    async def document(self, document_id: DocumentId, audience: Audience) -> Document:
        """The document as this audience may read it.

        Raises NotFound where there is none and where the audience may not see it: nobody can tell the two apart.
        """
        document = await self.catalog.document(document_id)
        if not audience.sees(document):
            raise no_document(document_id)
        return await self._for_eyes(document, audience)

    async def documents(self, ids: Sequence[DocumentId], audience: Audience) -> dict[DocumentId, Document]:
        """Those of these documents that the audience may see, as it may read them."""
        found = await self.catalog.documents(ids)
        return {each.id: await self._for_eyes(each, audience) for each in found.values() if audience.sees(each)}

    async def page(self, document_id: DocumentId, number: int, match: Clause, audience: Audience) -> Fragment:
        """The whole text of one page, with what matches in it. Raises NotFound like `document`."""
        document = await self.document(document_id, audience)
        pages = await self.catalog.pages(document_id)
        row = next((row for row, page in enumerate(pages) if page.number == number), None)
        if row is None:
            raise NotFound(f"'{document_id}' has no page {number}; it has {len(pages)}")
        passages = await self._passages(document.id, len(pages), match, audience)
        return whole(page_source(pages[row]), next((p.tokens for p in passages if p.table == row), ()))

    async def reading(self, document_id: DocumentId, match: Clause, audience: Audience) -> Reading:
        """Which pages a document has, and in which of them something matches. Raises NotFound like `document`."""
        await self.document(document_id, audience)
        numbers = await self.catalog.page_numbers(document_id)
        passages = await self._passages(document_id, len(numbers), match, audience) if match != EVERYTHING else ()
        return Reading(numbers, tuple(numbers[passage.table] for passage in passages if passage.table < len(numbers)))

    async def versions(self, document_id: DocumentId, audience: Audience) -> list[Document]:
        """The document as it is and as it was before it came with another file, the latest first: of the earlier
        versions those that the audience might see when they were the present one. Raises NotFound like `document`."""
        present = await self.document(document_id, audience)
        earlier = [each for each in await self.catalog.earlier(document_id) if audience.sees(each)]
        return [present, *[await self._for_eyes(each, audience) for each in earlier]]

    async def version(self, document_id: DocumentId, number: int, audience: Audience) -> Document:
        """One of `versions`. Raises NotFound like `document`, and where there is none of this number."""
        versions = await self.versions(document_id, audience)
        for each in versions:
            if each.version == number:
                return each
        raise NotFound(f"'{document_id}' has no version {number}; it has {', '.join(str(v.version) for v in versions)}")

    async def version_pages(self, version: Document) -> list[Page]:
        """The text of one of `versions`."""
        earlier = await self.catalog.earlier_pages(version.id, version.version)
        if earlier is not None:
            return earlier
        present = await self.catalog.pages(version.id)
        return [Page(number=page.number, text=page.text, language=page.language) for page in present]

    async def original(self, document_id: DocumentId, name: str, audience: Audience) -> tuple[File, Path]:
        """An original and where its bytes lie. Raises NotFound like `document`."""
        return self.file_of(await self.document(document_id, audience), name)

    def file_of(self, document: Document, name: str) -> tuple[File, Path]:
        """An original of a document, or of an earlier version of one. Raises NotFound."""
        for file in document.files:
            if file.name == name:
                return file, self.originals.path(file.sha256)
        names = ", ".join(file.name for file in document.files)
        raise NotFound(f"'{document.id}' has no file of this name; its files: {names or 'none'}")

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

    def analysed(self, pages: Sequence[Page]) -> list[AnalysedPage]:
        """The pages of one document with their token tables: 0.3 ms for each, so ask for it in a thread."""
        return self._admission.analysed(pages)

    async def add(self, document: Document, pages: Sequence[Page]) -> Document:
        """Put a document into the catalogue. It can be found after the next `catch_up`. What is to be public stays with
        the members where personal data may be in it, until a person has looked (`confirm`)."""
        return await self._admission.put(await self._admission.admitted(document, pages), pages)

    async def finish(
        self,
        job: IngestJob,
        document: Document,
        pages: Sequence[Page],
        analysed: Sequence[AnalysedPage],
        *,
        notes: Callable[[Document], Sequence[str]],
        waits_for: str = "",
    ) -> None:
        """`add` what a job has read, whose pages were `analysed` before, and the job is done: both or neither. `notes`
        are what staff should know of the document as it went in; `waits_for` is what the machine lacks for the rest of
        its pages."""
        admitted = await self._admission.admitted(document, pages)
        noted = notes(admitted.document)

        def work(writing: sqlite3.Connection) -> None:
            put(writing, admitted, analysed)
            done(writing, job.id, noted, NeedsOcr.code if waits_for else "", waits_for)

        await self._database.write(work)

    async def replaced(self, document_id: DocumentId) -> Document:
        """The document of which a file is to be the next version, as it is meant to be seen. Raises NotFound."""
        return await self._admission.wished(await self.catalog.document(document_id))

    async def read_again(self, document: Document, pages: Sequence[Page]) -> Document:
        """Put what a document's file says by now in the place of what it was: at no moment is it not found. The gate
        looks at it again. Raises NotFound, and Conflict where the document has changed since it was read."""
        wished = await self._admission.wished(document)
        return await self._admission.read_again(await self._admission.admitted(wished, pages), pages)

    async def restore(self, document_id: DocumentId) -> Document:
        """Bring a withdrawn document back. Raises NotFound where none was withdrawn."""
        return await self.catalog.restore(document_id)

    async def back_up(self, folder: Path) -> Backup:
        """Copy the library to a new folder, while it serves (backups.py)."""
        return await back_up(self._database, self.originals, folder)

    async def compare(self) -> int:
        """Find out which documents are like some that have come or changed since they were last compared; how many of
        these were compared now. None: all are."""
        uncompared = await self.resemblances.uncompared(COMPARED_AT_ONCE)
        if not uncompared:
            return 0
        documents = await self.catalog.documents([document_id for document_id, _ in uncompared])
        fresh = {}
        for document_id, document in documents.items():
            pages = [(page.text, TokenTable.decode(page.table)) for page in await self.catalog.pages(document_id)]
            fresh[document_id] = await asyncio.to_thread(signature, pages, next(iter(document.languages), ""))
        known = dict(await self.resemblances.signatures()) | fresh
        library = await asyncio.to_thread(Library, list(known.items()))
        for document_id, revision in uncompared:
            if document_id in fresh:
                found = await asyncio.to_thread(library.like, document_id, fresh[document_id])
                await self.resemblances.keep(document_id, revision, fresh[document_id], found)
        return len(uncompared)

    async def withdraw(self, document_id: DocumentId, reason: str) -> None:
        """Take a document out of the library: nobody finds it any more after the next `catch_up`, and nobody can
        read it from now on. Raises NotFound."""
        await self.catalog.withdraw(document_id, reason)

    async def purge(self, document_id: DocumentId, reason: str) -> Purged:
        """Remove a document for good: when this returns, no byte of it is left in catalogue, files and index. Its id is
        never used again. `reason` stays: it must tell nothing of the content.

        Raises NotFound, Conflict like `Purges.purge`, IndexBusy, and Unavailable where another process is in the way:
        done again, it goes on.
        """
        await self.purges.check(document_id)
        with suppress(NotFound):
            await self.catalog.withdraw(document_id, "")
        purged = await self.purges.purge(document_id, reason, self._discard)
        await self._indexing.purge(document_id)
        await self.sweep()
        await self._database.scrub()
        return purged

    async def sweep(self, age: float = NEVER_QUEUED_AFTER) -> None:
        """Remove what those have left who were killed while they took files in: pieces of uploads, and originals that
        were kept `age` seconds ago or longer and that nothing needs, since nobody lived to queue them. Raises
        Unavailable."""

        async def discard_old(sha256: str) -> None:
            if self.originals.is_older_than(age, sha256):  # it may have been kept once more since it was looked for
                await self._discard(sha256)

        await self.originals.sweep()
        for sha256 in await self.purges.unneeded(await self.originals.older_than(age)):
            await self.purges.discard_unneeded(sha256, discard_old)

    async def _discard(self, sha256: str) -> None:
        await self.facsimiles.forget(sha256)
        await self.originals.discard(sha256)

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

    async def close(self) -> None:
        await self.index.close()
        await self._database.close()

    def _asker(self, audience: Audience) -> Asker:
        return Asker(self.index, self.analyzer, audience)

    async def _for_eyes(self, document: Document, audience: Audience) -> Document:
        """The document without what this audience may not read of it, and without relations to what it may not see."""
        shown = for_eyes(document, audience)
        if not shown.related or audience.may_change(document.organisation):
            return shown
        others = await self.catalog.documents([each.document for each in shown.related])
        seen = {each.id for each in others.values() if audience.sees(each)}
        related = tuple(each for each in shown.related if each.document in seen)
        return msgspec.structs.replace(shown, related=related)

    async def _answer(self, outcome: Outcome, audience: Audience) -> Answer:
        asked, result = outcome.asked, outcome.result
        ended = not result.hits or len(result.hits) < asked.limit
        return Answer(
            asked=asked,
            total=result.total,
            found=await self._shown(result.hits, audience),
            facets=result.facets,
            expansions=result.expansions,
            mended=outcome.mended,
            instead=outcome.instead,
            warnings=outcome.warnings,
            next=None if ended else After(result.hits[-1].id, result.hits[-1].score),
        )

    async def _passages(
        self, document_id: DocumentId, pages: int, match: Clause, audience: Audience
    ) -> Sequence[Passage]:
        """Where in the pages of one document something matches, the best page first."""
        asked = SearchQuery(match=match, within=(document_id,), limit=1, fragments=pages)
        meant = self._asker(audience).meant(asked).match
        # A page shows what it has of the words, all of them or not.
        some = Some(meant.clauses) if isinstance(meant, Every) and meant.clauses else meant
        hits = (await self.index.search(msgspec.structs.replace(asked, match=some), audience)).hits
        return [passage for hit in hits for passage in hit.passages if passage.zone == "text"]

    async def _shown(self, hits: Sequence[Hit], audience: Audience) -> tuple[Found, ...]:
        shelf = await self._shelf.take(hits)
        # The catalogue is the truth: what was hidden or withdrawn a moment ago is not shown, whatever the index says.
        seen = [hit for hit in hits if hit.id in shelf and audience.sees(shelf[hit.id].document)]
        return tuple(found(hit, shelf[hit.id], audience) for hit in seen)


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
