"""What an audience finds: answers to a question, how one may go on, and where in a document something matches."""

from collections.abc import AsyncIterator, Mapping, Sequence

import msgspec

from library.accounts import Accounts
from library.answers import Answer, Found, Reading, found
from library.asking import Asker, Outcome
from library.catalog import Catalog, no_document
from library.errors import NotFound
from library.explaining import Share, shares
from library.filling import entries
from library.fragments import whole
from library.kept_tables import KeptTables
from library.language import Analyzer
from library.likeness import like
from library.model import Audience, Document, DocumentId
from library.readable import Readable
from library.remembered import Remembered
from library.search import EVERYTHING, After, Clause, Every, Fragment, Hit, Passage, SearchIndex, SearchQuery, Some
from library.settings import Memory
from library.shelf import Shelf, page_source
from library.suggestions import Suggester, Suggestion

EXPORT_BATCH = 200
"""Documents that are read at a time when all are wanted."""
ANSWER_BYTES = 2_000
FOUND_BYTES = 8_000
"""What an answer and each hit in it take in memory, about; most of it is the document."""


class Finding:
    """Searches, of which none is worked out twice before something changes. Every method may raise Unavailable."""

    def __init__(
        self,
        index: SearchIndex,
        analyzer: Analyzer,
        *,
        catalog: Catalog,
        kept: KeptTables,
        accounts: Accounts,
        readable: Readable,
        memory: Memory,
    ) -> None:
        self._index = index
        self._analyzer = analyzer
        self._catalog = catalog
        self._kept = kept
        self._readable = readable
        self._suggester = Suggester(index, analyzer, catalog, accounts)
        self._shelf = Shelf(catalog, memory.shown)
        self._answers: Remembered[Answer] = Remembered(
            memory.answers, lambda answer: ANSWER_BYTES + FOUND_BYTES * len(answer.found)
        )

    async def search(self, asked: SearchQuery, audience: Audience) -> Answer:
        """What the audience may find, and how it was asked for (asking.py). Asked again before anything changes, it
        is not worked out again."""

        async def worked_out() -> Answer:
            return await self._answer(await self._asker(audience).outcome(asked), audience)

        return await self._answers.get(await self.edition(), (audience, asked), worked_out)

    async def search_exactly(self, asked: SearchQuery, audience: Audience) -> Answer:
        """What is found for the very clause that is asked: no word stands for more than itself, none is left out."""

        async def worked_out() -> Answer:
            result = await self._index.search(asked, audience)
            outcome = Outcome(asked=asked, result=result, mended="", warnings=(), instead=())
            return await self._answer(outcome, audience)

        return await self._answers.get(await self.edition(), ("exactly", audience, asked), worked_out)

    async def edition(self) -> str:
        """A short text that changes with everything that any answer to a search could depend on: with what the index
        has, and already with what the catalogue has, since nothing is shown that it no longer lets be seen."""
        return f"{await self._index.generation()}/{await self._catalog.revision()}"

    async def all_found(self, asked: SearchQuery, audience: Audience) -> AsyncIterator[Sequence[Document]]:
        """Every document that a search finds, as the audience may read it, in its order, in batches."""
        asked = msgspec.structs.replace(asked, limit=EXPORT_BATCH, offset=0, facets=(), fragments=0)
        outcome = await self._asker(audience).outcome(asked)
        hits = outcome.result.hits
        while hits:
            seen = await self._shown(hits, audience)
            yield await self._readable.shown([each.document for each in seen], audience)
            behind = After(hits[-1].id, hits[-1].score)
            onwards = msgspec.structs.replace(outcome.asked, after=behind)
            hits = (await self._index.search(onwards, audience)).hits if len(hits) == EXPORT_BATCH else ()

    async def suggest(self, typed: str, audience: Audience, *, language: str, limit: int) -> tuple[Suggestion, ...]:
        """How a question may go on that is still being typed; each way finds something (suggestions.py)."""
        return await self._suggester.suggest(typed, audience, language=language, limit=limit)

    async def explain(self, answer: Answer, audience: Audience) -> Mapping[DocumentId, tuple[Share, ...]]:
        """Why each document of an answer was found."""
        return await shares(answer.asked.match, [each.hit for each in answer.found], self._index, audience)

    async def similar(self, document_id: DocumentId, audience: Audience, limit: int) -> tuple[Found, ...]:
        """The documents most like this one that the audience may see. Raises NotFound like `Readable.document`."""
        await self._readable.document(document_id, audience)
        known = await entries([document_id], self._catalog, self._kept, self._analyzer)
        if not known:  # it was withdrawn at this moment
            raise no_document(document_id)
        asked = SearchQuery(match=like(known[0]), limit=limit + 1, fragments=0)
        hits = (await self._index.search(asked, audience)).hits
        return await self._shown([hit for hit in hits if hit.id != document_id][:limit], audience)

    async def page(self, document_id: DocumentId, number: int, match: Clause, audience: Audience) -> Fragment:
        """The whole text of one page, with what matches in it. Raises NotFound like `Readable.document`."""
        document = await self._readable.document(document_id, audience)
        pages = await self._catalog.pages(document_id)
        row = next((row for row, page in enumerate(pages) if page.number == number), None)
        if row is None:
            raise NotFound(f"'{document_id}' has no page {number}; it has {len(pages)}")
        passages = await self._passages(document.id, len(pages), match, audience)
        return whole(page_source(pages[row]), next((p.tokens for p in passages if p.table == row), ()))

    async def reading(self, document_id: DocumentId, match: Clause, audience: Audience) -> Reading:
        """Which pages a document has, and in which of them something matches.

        Raises NotFound like `Readable.document`.
        """
        await self._readable.document(document_id, audience)
        numbers = await self._catalog.page_numbers(document_id)
        passages = await self._passages(document_id, len(numbers), match, audience) if match != EVERYTHING else ()
        return Reading(numbers, tuple(numbers[passage.table] for passage in passages if passage.table < len(numbers)))

    def remembered_counts(self) -> dict[str, int]:
        """How many searches this process was asked, and how many it had to work out."""
        return {"asked": self._answers.asked, "worked out": self._answers.made}

    @property
    def memory(self) -> int:
        """Bytes that are kept of what was read and worked out; the answers as they go out are not among them."""
        return self._index.memory + self._shelf.used + self._answers.used

    def _asker(self, audience: Audience) -> Asker:
        return Asker(self._index, self._analyzer, audience)

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
        hits = (await self._index.search(msgspec.structs.replace(asked, match=some), audience)).hits
        return [passage for hit in hits for passage in hit.passages if passage.zone == "text"]

    async def _shown(self, hits: Sequence[Hit], audience: Audience) -> tuple[Found, ...]:
        shelf = await self._shelf.take(hits)
        # The catalogue is the truth: what was hidden or withdrawn a moment ago is not shown, whatever the index says.
        seen = [hit for hit in hits if hit.id in shelf and audience.sees(shelf[hit.id].document)]
        return tuple(found(hit, shelf[hit.id], audience) for hit in seen)
