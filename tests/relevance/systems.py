"""What is compared: the library as it is, and four simple engines over the same texts.

All four rank by BM25 and take a document that has any of the words. That is the most favourable simple setting for
measures of ranked lists: an engine that wants all words finds nothing at all where one of them is missing.

    fold     words without case and diacritics
    stem     Snowball stems, then folded. A document is stemmed in its own language, with the Czech stemmer for Slovak,
             the Russian one for Ukrainian and Bulgarian (there are none for these), and none for what is left. Nobody
             says the language of a query, so each of its words stands for its stems in all these languages, and the
             one that counts most in a document counts. The Czech stemmer needs diacritics, which a query typed
             without them does not have.
    whoosh   Whoosh 2.7.4 as it comes: its analyser for the document's language where it has one (here en, ru, de, fr,
             es, ar), its standard one for all others (cs, sk, uk and the rest); a field an analyser, BM25F, OR
    fts5     SQLite FTS5, unicode61 with remove_diacritics 2, OR, its bm25()

Title and text are one text for all four, in one field: no weights, no tuning.
"""

import math
import re
import sqlite3
import tomllib
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any, Protocol

import msgspec
import snowballstemmer
import whoosh.analysis
import whoosh.fields
import whoosh.filedb.filestore
import whoosh.lang
import whoosh.query
from msgspec import Struct

from ingest.batch import Descriptions, files_in, hand_in
from ingest.samples import FILES, ORGANISATIONS
from ingest.worker import work_with_others
from library.exchange import Exchange, open_exchange
from library.jobs import IngestJob, JobState
from library.language import fold
from library.model import Organisation, Page, PersonalDataCheck, Practice, Visibility
from library.search import SearchQuery
from library.settings import Settings
from library.syntax import parse
from tests.relevance.collection import PUBLIC, Passage

_WORD = re.compile(r"\w+")


class Text(Struct, frozen=True):
    """A document as the simple engines get it."""

    id: str
    language: str
    """ISO 639-1; empty where it is not known."""
    title: str
    text: str

    @property
    def whole(self) -> str:
        return f"{self.title}\n{self.text}"


class System(Protocol):
    """An engine with the documents in it."""

    name: str

    async def rank(self, typed: str, depth: int) -> list[str]:
        """The ids of what is found, the best first, at most so many."""
        ...


# The library ---------------------------------------------------------------------------------------------------------


class Ours:
    """The library, as a visitor without a key asks it."""

    name = "ours"

    def __init__(self, exchange: Exchange) -> None:
        self._exchange = exchange

    async def rank(self, typed: str, depth: int) -> list[str]:
        asked = SearchQuery(match=parse(typed), limit=depth, fragments=0)
        return [found.document.id for found in (await self._exchange.finding.search(asked, PUBLIC)).found]


async def exchange_of_passages(folder: Path, passages: Iterable[Passage]) -> Exchange:
    """An exchange in which each passage is a public document of one page."""
    exchange = await open_exchange(Settings(data=folder))
    await exchange.rebuild()
    for passage in passages:
        page = Page(number=1, text=passage.text, language=passage.language)
        await exchange.add(_document(passage), [page])
    await exchange.catch_up()
    assert not await exchange.gate.held()
    return exchange


async def exchange_of_samples(folder: Path) -> Exchange:
    """An exchange with the sample library in it, taken in from its files as staff do it."""
    exchange = await open_exchange(Settings(data=folder))
    for organisation in _organisations():
        await exchange.accounts.add_organisation(organisation)
    files = files_in([FILES], None)
    async for job in hand_in(exchange, files, Descriptions({}, {}), organisation="", submitted_by="relevance"):
        assert isinstance(job, IngestJob), job
    await work_with_others(exchange)
    counts = await exchange.inbox.counts()
    assert counts[JobState.DONE] == len(files), counts
    return exchange


async def texts_in(exchange: Exchange) -> list[Text]:
    """What the public may see of the catalogue: title, and summary with all pages."""
    documents = await exchange.catalog.documents(await exchange.catalog.ids())
    texts = []
    for document in filter(PUBLIC.sees, documents.values()):
        pages = [page.text for page in await exchange.catalog.pages(document.id)]
        language = document.languages[0] if document.languages else ""
        text = "\n".join((*document.summary.values(), *pages))
        texts.append(Text(document.id, language, "\n".join(document.title.values()), text))
    return texts


def _organisations() -> list[Organisation]:
    return msgspec.convert(tomllib.loads(ORGANISATIONS.read_text(encoding="utf-8"))["organisation"], list[Organisation])


def _document(passage: Passage) -> Practice:
    return Practice(
        id=passage.id,
        organisation="relevance",
        title={passage.language: passage.title},
        languages=(passage.language,),
        language_known="declared",
        visibility=Visibility.PUBLIC,
        # The people in the passages are invented: none of them holds a passage back from the public.
        personal_data_check=PersonalDataCheck(by="relevance", on=date(2026, 11, 26), result="not personal"),
    )


# The simple engines --------------------------------------------------------------------------------------------------


def simple_engines(texts: Sequence[Text]) -> tuple[System, ...]:
    return (Folding(texts), Snowball(texts), StockWhoosh(texts), Fts5(texts))


class Bm25:
    """BM25 over a dictionary of postings, k1 = 1.2, b = 0.75.

    Robertson and Zaragoza, The Probabilistic Relevance Framework: BM25 and Beyond, 2009, section 3.5; the idf has one
    added inside its logarithm, as engines do it, so that a frequent word does not count against a document.
    """

    K1 = 1.2
    B = 0.75

    def __init__(self, documents: Mapping[str, Sequence[str]]) -> None:
        """`documents`: id -> its tokens."""
        average = sum(map(len, documents.values())) / max(len(documents), 1)
        self._postings: dict[str, dict[str, float]] = {}
        for document, tokens in documents.items():
            length = 1 - self.B + self.B * len(tokens) / average if average else 1
            for token, times in Counter(tokens).items():
                weight = times * (self.K1 + 1) / (times + self.K1 * length)
                self._postings.setdefault(token, {})[document] = weight
        self._count = len(documents)

    def scores(self, words: Iterable[Iterable[str]]) -> dict[str, float]:
        """Document -> score. Each word is the tokens it may stand for; of those the best in a document counts."""
        scores: Counter[str] = Counter()
        for tokens in words:
            best: dict[str, float] = {}
            for token in tokens:
                for document, score in self._scores_of(token).items():
                    best[document] = max(score, best.get(document, 0.0))
            scores.update(best)
        return dict(scores)

    def rank(self, words: Iterable[Iterable[str]], depth: int) -> list[str]:
        scores = self.scores(words)
        return sorted(scores, key=lambda document: (-scores[document], document))[:depth]

    def _scores_of(self, token: str) -> dict[str, float]:
        has = self._postings.get(token, {})
        idf = math.log(1 + (self._count - len(has) + 0.5) / (len(has) + 0.5))
        return {document: idf * weight for document, weight in has.items()}


class Folding:
    name = "fold"

    def __init__(self, texts: Iterable[Text]) -> None:
        self._bm25 = Bm25({text.id: words_of(fold(text.whole)) for text in texts})

    async def rank(self, typed: str, depth: int) -> list[str]:
        return self._bm25.rank([{word} for word in dict.fromkeys(words_of(fold(typed)))], depth)


class Snowball:
    name = "stem"

    def __init__(self, texts: Sequence[Text]) -> None:
        self._languages = sorted({text.language for text in texts})
        self._bm25 = Bm25({text.id: self._tokens(text) for text in texts})

    async def rank(self, typed: str, depth: int) -> list[str]:
        words = dict.fromkeys(words_of(typed.lower()))
        stems = [{stem(word, language) for language in self._languages} for word in words]
        return self._bm25.rank(stems, depth)

    def _tokens(self, text: Text) -> list[str]:
        return [stem(word, text.language) for word in words_of(text.whole.lower())]


_STEMMERS = {
    "cs": "czech",
    "sk": "czech",
    "uk": "russian",
    "bg": "russian",
    "ru": "russian",
    "en": "english",
    "pl": "polish",
    "de": "german",
    "fr": "french",
    "es": "spanish",
    "ar": "arabic",
}


@cache
def stem(word: str, language: str) -> str:
    """The folded Snowball stem, or the folded word where there is no stemmer."""
    if language not in _STEMMERS:
        return fold(word)
    return fold(_stemmer(_STEMMERS[language])(word))


@cache
def _stemmer(algorithm: str) -> Callable[[str], str]:
    word_to_stem: Callable[[str], str] = snowballstemmer.stemmer(algorithm).stemWord
    return word_to_stem


class StockWhoosh:
    name = "whoosh"

    def __init__(self, texts: Sequence[Text]) -> None:
        languages = sorted({text.language for text in texts if whoosh.lang.has_stemmer(text.language)})
        self._analyzers: dict[str, Any] = {each: whoosh.analysis.LanguageAnalyzer(each) for each in languages}
        self._analyzers["other"] = whoosh.analysis.StandardAnalyzer()
        fields = {name: whoosh.fields.TEXT(analyzer=analyzer) for name, analyzer in self._analyzers.items()}
        schema = whoosh.fields.Schema(id=whoosh.fields.ID(stored=True), **fields)
        index = whoosh.filedb.filestore.RamStorage().create_index(schema)
        writer = index.writer()
        for text in texts:
            name = text.language if text.language in self._analyzers else "other"
            writer.add_document(id=text.id, **{name: text.whole})
        writer.commit()
        self._searcher = index.searcher()

    async def rank(self, typed: str, depth: int) -> list[str]:
        terms = {
            whoosh.query.Term(name, token.text)
            for name, analyzer in self._analyzers.items()
            for token in analyzer(typed, mode="query")
        }
        asked = whoosh.query.Or(sorted(terms, key=str))
        return [hit["id"] for hit in self._searcher.search(asked, limit=depth)]


class Fts5:
    name = "fts5"

    def __init__(self, texts: Iterable[Text]) -> None:
        self._database = sqlite3.connect(":memory:")
        self._database.execute(
            """
            CREATE VIRTUAL TABLE texts USING fts5(id UNINDEXED, text, tokenize = "unicode61 remove_diacritics 2")
            """
        )
        rows = [(text.id, text.whole) for text in texts]
        self._database.executemany("INSERT INTO texts (id, text) VALUES (?, ?)", rows)

    async def rank(self, typed: str, depth: int) -> list[str]:
        words = " OR ".join(f'"{word}"' for word in words_of(typed))
        found = self._database.execute(
            "SELECT id FROM texts WHERE texts MATCH ? ORDER BY bm25(texts), id LIMIT ?", (words, depth)
        )
        return [row[0] for row in found]


def words_of(text: str) -> list[str]:
    return _WORD.findall(text)
