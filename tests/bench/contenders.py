"""The engines that are measured, each asked the same of the same documents."""

import sqlite3
import time
from collections.abc import AsyncGenerator, Callable, Container, Mapping, Sequence
from contextlib import aclosing
from datetime import date
from itertools import count
from pathlib import Path
from typing import Any, Protocol, cast

import tantivy
import whoosh.fields
import whoosh.index
import whoosh.query
import whoosh.sorting
from whoosh.analysis import SpaceSeparatedTokenizer

from library.catalog import AnalysedPage
from library.cataloging import put
from library.engines import open_index
from library.exchange import Exchange, open_exchange
from library.language import fold, shared_analyzer
from library.model import Audience, Practice, Visibility
from library.search import Clause, Every, IndexEntry, Phrase, Prefix, SearchIndex, SearchQuery, Share, Some, Word
from library.settings import Settings
from tests.bench.corpus import Generated
from tests.bench.queries import Question
from tests.builders import an_exchange_on

FACETS = ("topic", "language", "year")
PUBLIC = Audience(today=date(2026, 1, 1))


class Contender(Protocol):
    """An engine in a folder of its own: filled once, then opened and closed as often as one likes."""

    name: str
    parts: Mapping[str, Path]
    """What it keeps on the disk."""

    async def fill(self, documents: Sequence[Generated]) -> float:
        """CPU seconds from analysed text to an index on the disk; analysing is not counted."""
        ...

    async def open(self) -> None: ...

    async def bare(self, question: Question) -> int: ...

    async def facets(self, question: Question) -> int:
        """As `bare`, with three facets."""
        ...

    async def full(self, question: Question) -> int:
        """As `facets`, with the fragments of ten hits."""
        ...

    async def close(self) -> None: ...


def tokens(text: str) -> str:
    """The text as the other engines get it: folded tokens between spaces."""
    return " ".join(fold(word.strip(".")) for word in text.split())


class Ours:
    """The library, in this process: catalogue, index and fragments, as a request goes through them."""

    name = "ours"

    def __init__(self, folder: Path) -> None:
        folder = folder / "ours"
        self._settings = Settings(data=folder, memory_mb=400)
        self._exchange: Exchange
        self._bounds = count(100)
        self.parts: Mapping[str, Path] = {
            "index": folder / "index",
            "catalogue with the texts": self._settings.database,
        }

    async def fill(self, documents: Sequence[Generated]) -> float:
        """Each document analysed and put into the catalogue, then the index from the catalogue; what reading it from
        there takes is not counted."""
        timed = _Timed(open_index(self._settings.index_url, shared_analyzer(), self._settings.memory.index))
        self._exchange = await an_exchange_on(cast("SearchIndex", timed), self._settings)
        for document in documents:
            await self._put(_practice(document), self._analysed(document))
        await self._exchange.rebuild()
        await self.close()
        return timed.taken

    async def _put(self, practice: Practice, pages: Sequence[AnalysedPage]) -> None:
        await self._exchange._database.write(lambda writing: put(writing, practice, pages))

    def _analysed(self, document: Generated) -> list[AnalysedPage]:
        analyzer = self._exchange.analyzer
        return [
            AnalysedPage(
                number=number,
                text=text,
                language="cs",
                table=analyzer.table(text, "cs").encode(),
                analysis=analyzer.version,
            )
            for number, text in enumerate(document.cut(), 1)
        ]

    async def open(self) -> None:
        self._exchange = await open_exchange(self._settings)

    async def bare(self, question: Question) -> int:
        asked = SearchQuery(match=clause(question), limit=10, fragments=0)
        return (await self._exchange.index.search(asked, PUBLIC)).total

    async def facets(self, question: Question) -> int:
        asked = SearchQuery(match=clause(question), limit=10, facets=FACETS, fragments=0)
        return (await self._exchange.index.search(asked, PUBLIC)).total

    async def full(self, question: Question) -> int:
        # Each time with another bound that cuts nothing off: the library remembers answers, and is to work them out.
        asked = SearchQuery(match=clause(question), limit=10, facets=FACETS, facet_size=next(self._bounds))
        return (await self._exchange.finding.search(asked, PUBLIC)).total

    async def close(self) -> None:
        await self._exchange.close()


class _Timed:
    """An index that counts the processor time that it takes to be made anew."""

    def __init__(self, index: SearchIndex) -> None:
        self._index = index
        self.taken = 0.0

    def __getattr__(self, name: str) -> Any:
        return getattr(self._index, name)

    async def rebuild(self, shares: Sequence[Share], _: Any) -> None:
        """All shares as one, since what other processes take is not counted here."""
        begun, reading = time.process_time(), 0.0

        async def read() -> AsyncGenerator[Sequence[IndexEntry]]:
            nonlocal reading
            for share in shares:
                async with aclosing(share()) as batches:
                    while True:
                        asked = time.process_time()
                        entries = await anext(batches, None)
                        reading += time.process_time() - asked
                        if entries is None:
                            break
                        yield entries

        await self._index.rebuild([read])
        self.taken = time.process_time() - begun - reading


def clause(question: Question) -> Clause:
    match question.kind:
        case "phrase":
            return Phrase(" ".join(question.words))
        case "prefix":
            return Prefix(question.words[0])
        case "or":
            return Some(tuple(map(Word, question.words)))
        case _:
            return Every(tuple(map(Word, question.words)))


def _practice(document: Generated) -> Practice:
    return Practice(
        id=document.id,
        organisation=document.organisation,
        title={"cs": document.text[:40]},
        languages=(document.language,),
        topics=(document.topic,),
        year=document.year,
        visibility=Visibility(document.visibility),
        added=document.added,
    )


class StockWhoosh:
    """Whoosh 2.7.4 as it comes, with its own searcher, filter, facets and highlighter."""

    name = "whoosh"

    def __init__(self, folder: Path) -> None:
        folder = folder / "whoosh"
        folder.mkdir(parents=True, exist_ok=True)
        schema = whoosh.fields.Schema(
            id=whoosh.fields.ID(stored=True),
            text=whoosh.fields.TEXT(analyzer=SpaceSeparatedTokenizer(), stored=True),
            visibility=whoosh.fields.ID,
            topic=whoosh.fields.ID(sortable=True),
            language=whoosh.fields.ID(sortable=True),
            year=whoosh.fields.ID(sortable=True),
        )
        there = whoosh.index.exists_in(folder)
        self._index = whoosh.index.open_dir(folder) if there else whoosh.index.create_in(folder, schema)
        self.parts: Mapping[str, Path] = {"index with the texts": folder}

    async def fill(self, documents: Sequence[Generated]) -> float:
        analysed = [tokens(document.text) for document in documents]
        begun = time.process_time()
        writer = self._index.writer(limitmb=256)
        for document, text in zip(documents, analysed, strict=True):
            writer.add_document(
                id=document.id,
                text=text,
                visibility=document.visibility,
                topic=document.topic,
                language=document.language,
                year=str(document.year),
            )
        writer.commit()
        return time.process_time() - begun

    async def open(self) -> None:
        self._searcher = self._index.searcher()

    async def bare(self, question: Question) -> int:
        return int(self._search(question).scored_length())

    async def facets(self, question: Question) -> int:
        return int(self._with_facets(question).scored_length())

    def _with_facets(self, question: Question) -> Any:
        facets = whoosh.sorting.Facets()
        for field in FACETS:
            facets.add_field(field, maptype=whoosh.sorting.Count)
        found = self._search(question, groupedby=facets)
        for field in FACETS:
            found.groups(field)
        return found

    async def full(self, question: Question) -> int:
        found = self._with_facets(question)
        for hit in found:
            hit.highlights("text", top=2)
        return int(found.scored_length())

    def _search(self, question: Question, **options: Any) -> Any:
        public = whoosh.query.Term("visibility", "public")
        return self._searcher.search(self._query(question), limit=10, filter=public, **options)

    def _query(self, question: Question) -> whoosh.query.Query:
        terms = [whoosh.query.Term("text", word) for word in question.words]
        match question.kind:
            case "phrase":
                return whoosh.query.Phrase("text", list(question.words))
            case "prefix":
                return whoosh.query.Prefix("text", question.words[0])
            case "or":
                return whoosh.query.Or(terms)
            case _:
                return whoosh.query.And(terms)

    async def close(self) -> None:
        self._searcher.close()


class Fts5:
    """SQLite FTS5 with the filter and the facets in SQL."""

    name = "fts5"

    def __init__(self, folder: Path) -> None:
        folder = folder / "fts5"
        folder.mkdir(parents=True, exist_ok=True)
        self._file = folder / "fts.sqlite"
        self._database: sqlite3.Connection
        self.parts: Mapping[str, Path] = {"index with the texts": folder}

    async def fill(self, documents: Sequence[Generated]) -> float:
        analysed = [tokens(document.text) for document in documents]
        begun = time.process_time()
        await self.open()
        self._database.executescript(
            """
            CREATE VIRTUAL TABLE texts USING fts5(text, tokenize = "unicode61 remove_diacritics 2", prefix = '4');
            CREATE TABLE documents (
                rowid INTEGER PRIMARY KEY, id TEXT, topic TEXT, language TEXT, year INT, visibility TEXT
            );
            CREATE INDEX by_visibility ON documents (visibility);
            """
        )
        for row, (document, text) in enumerate(zip(documents, analysed, strict=True), 1):
            self._database.execute("INSERT INTO texts (rowid, text) VALUES (?, ?)", (row, text))
            values = (row, document.id, document.topic, document.language, document.year, document.visibility)
            self._database.execute("INSERT INTO documents VALUES (?, ?, ?, ?, ?, ?)", values)
        self._database.commit()
        await self.close()
        return time.process_time() - begun

    async def open(self) -> None:
        self._database = sqlite3.connect(self._file)

    async def bare(self, question: Question) -> int:
        return len(self._hits(question, "id"))

    async def facets(self, question: Question) -> int:
        return self._with_facets(question, "id")

    async def full(self, question: Question) -> int:
        return self._with_facets(question, "id, snippet(texts, 0, '[', ']', '…', 32)")

    def _with_facets(self, question: Question, columns: str) -> int:
        hits = self._hits(question, columns)
        for field in FACETS:
            self._database.execute(
                f"SELECT {field}, count(*) FROM texts JOIN documents ON documents.rowid = texts.rowid "
                f"WHERE texts MATCH ? AND visibility = 'public' GROUP BY {field}",
                (self._query(question),),
            ).fetchall()
        return len(hits)

    def _hits(self, question: Question, columns: str) -> list[Any]:
        return self._database.execute(
            f"SELECT {columns} FROM texts JOIN documents ON documents.rowid = texts.rowid "
            "WHERE texts MATCH ? AND visibility = 'public' ORDER BY rank LIMIT 10",
            (self._query(question),),
        ).fetchall()

    def _query(self, question: Question) -> str:
        match question.kind:
            case "phrase":
                return '"' + " ".join(question.words) + '"'
            case "prefix":
                return f'"{question.words[0]}"*'
            case "or":
                return " OR ".join(f'"{word}"' for word in question.words)
            case _:
                return " AND ".join(f'"{word}"' for word in question.words)

    async def close(self) -> None:
        self._database.close()


class Tantivy:
    """tantivy with the same fields, an aggregation a facet, and its snippet generator."""

    name = "tantivy"

    def __init__(self, folder: Path) -> None:
        folder = folder / "tantivy"
        folder.mkdir(parents=True, exist_ok=True)
        builder = tantivy.SchemaBuilder()
        builder.add_text_field("id", stored=True, tokenizer_name="raw")
        builder.add_text_field("text", stored=True, tokenizer_name="whitespace")
        for field in ("visibility", *FACETS):
            builder.add_text_field(field, fast=True, tokenizer_name="raw", index_option="basic")
        self._schema = builder.build()
        self._index = tantivy.Index(self._schema, str(folder))
        self.parts: Mapping[str, Path] = {"index with the texts": folder}
        self._facets = {field: {"terms": {"field": field, "size": 20}} for field in FACETS}

    async def fill(self, documents: Sequence[Generated]) -> float:
        analysed = [tokens(document.text) for document in documents]
        begun = time.process_time()
        writer = self._index.writer(num_threads=1)
        for document, text in zip(documents, analysed, strict=True):
            writer.add_document(
                tantivy.Document(
                    id=document.id,
                    text=text,
                    visibility=document.visibility,
                    topic=document.topic,
                    language=document.language,
                    year=str(document.year),
                )
            )
        writer.commit()
        writer.wait_merging_threads()
        return time.process_time() - begun

    async def open(self) -> None:
        self._index.reload()
        self._searcher = self._index.searcher()

    async def bare(self, question: Question) -> int:
        found: Any = self._searcher.search(self._query(question), 10)
        return int(found.count or 0)

    async def facets(self, question: Question) -> int:
        asked = self._query(question)
        found: Any = self._searcher.search(asked, 10)
        self._searcher.aggregate(asked, self._facets)
        return int(found.count or 0)

    async def full(self, question: Question) -> int:
        asked = self._query(question)
        found: Any = self._searcher.search(asked, 10)
        self._searcher.aggregate(asked, self._facets)
        snippets = tantivy.SnippetGenerator.create(self._searcher, asked, self._schema, "text")
        for _, address in found.hits:
            snippets.snippet_from_doc(self._searcher.doc(address)).highlighted()
        return int(found.count or 0)

    def _query(self, question: Question) -> tantivy.Query:
        public = tantivy.Query.term_query(self._schema, "visibility", "public", index_option="basic")
        must = tantivy.Occur.Must
        return tantivy.Query.boolean_query(
            [(must, self._text_query(question)), (must, tantivy.Query.const_score_query(public, 0.0))]
        )

    def _text_query(self, question: Question) -> tantivy.Query:
        terms = [tantivy.Query.term_query(self._schema, "text", word) for word in question.words]
        match question.kind:
            case "phrase":
                return tantivy.Query.phrase_query(self._schema, "text", list(question.words))
            case "prefix":
                return tantivy.Query.regex_query(self._schema, "text", question.words[0] + ".*")
            case "or":
                return tantivy.Query.boolean_query([(tantivy.Occur.Should, term) for term in terms])
            case _:
                return tantivy.Query.boolean_query([(tantivy.Occur.Must, term) for term in terms])

    async def close(self) -> None:
        pass


CONTENDERS: Mapping[str, Callable[[Path], Contender]] = {
    Ours.name: Ours,
    StockWhoosh.name: StockWhoosh,
    Fts5.name: Fts5,
    Tantivy.name: Tantivy,
}


def contenders(folder: Path, names: Container[str]) -> list[Contender]:
    """Those of these names, ours first."""
    return [make(folder) for name, make in CONTENDERS.items() if name in names]
