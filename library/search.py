"""What searching means: what can be asked, what comes back, and what every search engine must promise.

A search is one value in and one value out:

    result = await index.search(SearchQuery(match=parse("děti -škola")), audience)

The audience has no default, so a search without one cannot be written. It bounds everything: an answer is what it would
be if the documents that the audience may not see did not exist.
"""

from collections.abc import AsyncGenerator, Callable, Iterator, Sequence
from datetime import datetime
from enum import StrEnum
from itertools import chain
from typing import Protocol, runtime_checkable

from msgspec import Struct

from library.language import TokenTable
from library.model import Audience, Document, DocumentId, Practice, Study

# What can be asked ---------------------------------------------------------------------------------------------------


class Word(Struct, frozen=True, tag=True, cache_hash=True):
    """A word in any of its forms. A text of several parts (`Praha-Krči`) means those parts side by side."""

    text: str
    field: str = ""
    """Empty: anywhere. `title`: in a title. The name of a facet: the documents with that very value."""


class Phrase(Struct, frozen=True, tag=True, cache_hash=True):
    """These words in this form and order, side by side; diacritics and case do not matter."""

    text: str
    field: str = ""


class Prefix(Struct, frozen=True, tag=True, cache_hash=True):
    """A word that begins like this; diacritics and case do not matter."""

    text: str
    field: str = ""


class Concept(Struct, frozen=True, tag=True, cache_hash=True):
    """This concept of the thesaurus, by whatever name in whatever language."""

    id: str
    field: str = ""


class Lemma(Struct, frozen=True, tag=True, cache_hash=True):
    """A word with one of these lemma keys (`en:library`)."""

    keys: tuple[str, ...]
    field: str = ""


class OneOf(Struct, frozen=True, tag=True, cache_hash=True):
    """Several ways to say one thing: any of them, but only the best one counts, and the thing is as rare as all of them
    together. The first is what was typed."""

    clauses: tuple["Clause", ...]
    weights: tuple[float, ...]
    """What each one counts. One of weight 0 finds nothing: it only has its part in how rare the thing is."""
    typed: str = ""
    """All the words that name the concepts among them."""


class Not(Struct, frozen=True, tag=True, cache_hash=True):
    clause: "Clause"


class Every(Struct, frozen=True, tag=True, cache_hash=True):
    """All of them; of none, every document."""

    clauses: tuple["Clause", ...]


class Some(Struct, frozen=True, tag=True, cache_hash=True):
    """At least so many of them."""

    clauses: tuple["Clause", ...]
    at_least: int = 1


Clause = Word | Phrase | Prefix | Concept | Lemma | OneOf | Not | Every | Some

EVERYTHING = Every(())


def every(clauses: Sequence[Clause]) -> Clause:
    """All of these; one alone is itself, and of none every document."""
    return clauses[0] if len(clauses) == 1 else Every(tuple(clauses))


def weakened(clause: Clause) -> Iterator[tuple[Clause, int, int]]:
    """The same question asking for fewer of its words, one fewer at a time: the clause, how many of its words are
    asked for, and how many there were. What excludes or names a facet's value stays as it is."""
    if not isinstance(clause, Every):
        return
    words = tuple(part for part in clause.clauses if not _narrows(part))
    rest = tuple(part for part in clause.clauses if _narrows(part))
    for fewer in range(len(words) - 1, 0, -1):
        yield Every((Some(words, at_least=fewer), *rest)), fewer, len(words)


def _narrows(clause: Clause) -> bool:
    match clause:
        case Not():
            return True
        case Word(field=field) | Phrase(field=field) | Prefix(field=field):
            return field in FACETS
        case Concept() | Lemma() | OneOf() | Every() | Some():
            return False


class Filter(Struct, frozen=True):
    """A facet narrowed to some of its values (any of them), or to anything but them."""

    field: str
    values: tuple[str, ...]
    excluded: bool = False


class Sort(StrEnum):
    RELEVANCE = "relevance"
    NEWEST = "newest"
    OLDEST = "oldest"
    TITLE = "title"


class After(Struct, frozen=True):
    """A hit to go on behind: its id, and its score for when it has gone in the meantime."""

    id: DocumentId
    score: float


class SearchQuery(Struct, frozen=True, kw_only=True):
    match: Clause = EVERYTHING
    expand: bool = True
    """Whether words stand for their concepts too; the Exchange sees to it, not the index."""
    filters: tuple[Filter, ...] = ()
    year_from: int | None = None
    year_to: int | None = None
    added_since: datetime | None = None
    within: tuple[DocumentId, ...] = ()
    """Only among these documents; of none, among all."""
    sort: Sort = Sort.RELEVANCE
    offset: int = 0
    limit: int = 20
    enough: int = 0
    """Of fewer hits than so many only their number is wanted, since something else is asked then."""
    after: After | None = None
    """Go on behind this hit; `offset` then counts from there."""
    facets: tuple[str, ...] = ()
    facet_size: int = 20
    facets_narrowed: bool = False
    """Whether a facet's own filter, and a bound of the year, narrows its own counts too."""
    fragments: int = 2
    """How many passages of a document to point at, at most."""


# What can be narrowed by ---------------------------------------------------------------------------------------------


def _one(value: object) -> tuple[str, ...]:
    return (str(value),) if value else ()


FACETS: dict[str, Callable[["IndexEntry"], tuple[str, ...]]] = {
    "kind": lambda entry: ("practice",) if isinstance(entry.document, Practice) else ("study",),
    "topic": lambda entry: entry.document.topics,
    "concept": lambda entry: entry.concepts,
    "language": lambda entry: entry.document.languages or ("unknown",),
    "organisation": lambda entry: (entry.document.organisation,),
    "year": lambda entry: _one(entry.document.year),
    "target_group": lambda entry: entry.document.target_groups,
    "nationality": lambda entry: entry.document.nationalities,
    "legal_status": lambda entry: entry.document.legal_statuses,
    "country": lambda entry: _one(entry.document.place and entry.document.place.country),
    "region": lambda entry: _one(entry.document.place and entry.document.place.region),
    "scale": lambda entry: _one(entry.document.scale),
    "stage": lambda entry: _one(entry.document.stage),
    "migrant_led": lambda entry: _one(entry.document.migrant_led),
    "licence": lambda entry: _one(entry.document.licence),
    "visibility": lambda entry: (entry.document.visibility.value,),
    "evidence": lambda entry: _one(entry.document.evidence) if isinstance(entry.document, Practice) else (),
    "transferability": lambda entry: (
        _one(entry.document.transferability) if isinstance(entry.document, Practice) else ()
    ),
    "cost_band": lambda entry: (
        _one(entry.document.resources and entry.document.resources.cost_band)
        if isinstance(entry.document, Practice)
        else ()
    ),
    "study_type": lambda entry: _one(entry.document.study_type) if isinstance(entry.document, Study) else (),
    "ocr": lambda entry: tuple(
        "unsure" if file.ocr.unsure else "sure" for file in entry.document.files if file.ocr is not None
    ),
    "method": lambda entry: entry.document.methods if isinstance(entry.document, Study) else (),
}
"""The fields one can narrow by, and the values that a document has in each."""


# What comes back -----------------------------------------------------------------------------------------------------


class Passage(Struct, frozen=True):
    """A text of a document in which something matched: its table number `table` in `zone`, and which tokens."""

    zone: str
    """`title`, `about` or `text`: one of ZONES."""
    table: int
    """Which of the entry's tables of that zone; in `text`, the page's place in the row of pages, from 0."""
    tokens: tuple[int, ...]


class Hit(Struct, frozen=True):
    id: DocumentId
    score: float
    """Comparable within one result only; 0.0 where the order is not by relevance."""
    passages: tuple[Passage, ...] = ()
    """The best places first."""


class FacetCount(Struct, frozen=True):
    value: str
    count: int
    selected: bool = False


class Facet(Struct, frozen=True):
    """How many hits each value of a field has, most first. The field's own filter does not narrow its counts, nor do
    bounds of the year those of `year`, unless `facets_narrowed` was asked for."""

    values: tuple[FacetCount, ...]
    other: int = 0
    """Hits counted for values that `facet_size` cut off."""
    missing: int = 0
    """Hits without any value."""


class Expansion(Struct, frozen=True):
    """What was typed and stood for more than itself."""

    word: str
    meant: tuple[str, ...]
    """Words; of `concept`, the ids of concepts."""
    why: str
    """`inflection`, `diacritics`, `transliteration`, `family` or `concept`."""


class SearchResult(Struct, frozen=True, kw_only=True):
    total: int
    hits: tuple[Hit, ...]
    facets: dict[str, Facet] = {}
    expansions: tuple[Expansion, ...] = ()
    """Nothing where no hits were asked for (`limit=0`)."""


class Fragment(Struct, frozen=True):
    """A piece of a document's text and which spans of it matched, as (start, end) in characters of `text`."""

    field: str
    page: int | None
    text: str
    spans: tuple[tuple[int, int], ...]


# What an engine promises ---------------------------------------------------------------------------------------------

ZONES = ("title", "about", "text")
"""The parts of a document that are searched: its titles; what describes it (summary, keywords and, of a practice, the
template's fields); its pages."""


class IndexEntry(Struct, frozen=True):
    """A document as an index takes it in: analysed, one token table a text. Within a zone, tables of the same text
    follow each other without a gap for pages, so that a phrase may cross a page's end, and with one elsewhere."""

    document: Document
    title: tuple[TokenTable, ...]
    about: tuple[TokenTable, ...]
    text: tuple[TokenTable, ...]

    @property
    def concepts(self) -> tuple[str, ...]:
        """The concepts of the thesaurus that stand anywhere in it."""
        tables = chain(self.title, self.about, self.text)
        return tuple(sorted({named.concept for table in tables for named in table.concepts}))


Share = Callable[[], AsyncGenerator[Sequence[IndexEntry]]]
"""What reads a part of what an index is filled with, in batches. Where there are several, each may be read by a process
of its own: then it must be possible to pickle them."""


def nobody(_: int) -> None:
    """Who is told where nobody wants to know."""


class IndexState(StrEnum):
    READY = "ready"
    MISSING = "missing"
    TORN = "torn"
    OUTDATED = "outdated"
    """Made by an older schema, or with tokens of another analysis version."""


@runtime_checkable
class SearchIndex(Protocol):
    """What stands between the library and a search engine. tests/contract says all of it by example.

    Every method may raise `Unavailable`; `search`, `update` and `purge` raise `IndexUnavailable` while there is no
    usable index. What an engine raises of its own is turned into these, the cause kept.
    """

    async def search(self, asked: SearchQuery, audience: Audience) -> SearchResult: ...

    async def completions(self, prefix: str, audience: Audience, most: int) -> tuple[str, ...]:
        """Words of the visible documents that begin like this, diacritics or not: each in one form only, the lemma
        where that begins so, those in most documents first."""
        ...

    async def frequent_words(self, audience: Audience, most: int) -> tuple[str, ...]:
        """The folded words that stand in most of the visible documents, those of most first; no function words."""
        ...

    async def nearest(self, word: str, audience: Audience, most: int) -> tuple[str, ...]:
        """Words of the visible documents that differ from this one by a slip or two, the likeliest first."""
        ...

    async def prepare(self, entries: Sequence[IndexEntry]) -> None:
        """Do what can be done of these before an `update` brings them, behind what was prepared before: it then takes
        less time, if the same objects are its first entries. What is found never depends on it."""
        ...

    async def update(self, entries: Sequence[IndexEntry], withdrawn: Sequence[DocumentId] = ()) -> None:
        """Take entries in (an older one with the same id goes) and withdraw others; lasting when this returns.

        Raises IndexBusy while another process writes."""
        ...

    async def purge(self, documents: Sequence[DocumentId]) -> None:
        """Withdraw these, and leave nothing of them or of anything withdrawn before in what the engine keeps.

        Raises IndexBusy while another process writes."""
        ...

    async def rebuild(self, shares: Sequence[Share], told: Callable[[int], None] = nobody) -> None:
        """Fill a new index beside the present one with all shares, in their order, and then switch to it; readers never
        see half. No two shares have the same document. `told` is called with the number of entries taken so far."""
        ...

    @property
    def memory(self) -> int:
        """Bytes that this process keeps of what it has read, about."""
        ...

    async def state(self) -> IndexState: ...

    async def generation(self) -> str:
        """A short text that changes with every change of what can be found."""
        ...

    async def follow(self) -> None:
        """Until cancelled, get ready for what is about to be committed, by whichever process, so that no search after
        the commit has to. What is found never depends on it."""
        ...

    async def close(self) -> None: ...
