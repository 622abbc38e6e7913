"""The oracle: a search index that reads a list, in the plainest words. Slow, and easy to believe.

It promises what every engine promises but scores: hits by relevance come in the newest order.
"""

import asyncio
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from typing import Any

from rapidfuzz.distance import OSA

from library.errors import BadRequest, IndexUnavailable
from library.language import Analyzer, Form, QueryToken, TokenTable, fold, is_function_key, skeleton, skeletons
from library.model import Audience, DocumentId, title_of
from library.search import (
    FACETS,
    ZONES,
    Clause,
    Concept,
    Every,
    Facet,
    FacetCount,
    Filter,
    Hit,
    IndexEntry,
    IndexState,
    Lemma,
    Not,
    OneOf,
    Passage,
    Phrase,
    Prefix,
    SearchQuery,
    SearchResult,
    Share,
    Some,
    Sort,
    Word,
    nobody,
)

Place = tuple[str, int, int]
"""Zone, table, token."""
Leaf = Word | Phrase | Prefix | Concept | Lemma
Token = tuple[str, tuple[str, ...]]
"""Surface and lemma keys."""


class NaiveIndex:
    def __init__(self, analyzer: Analyzer) -> None:
        self._analyzer = analyzer
        self._entries: dict[DocumentId, IndexEntry] | None = None
        self._commits = 0

    async def search(self, asked: SearchQuery, audience: Audience) -> SearchResult:
        visible = [entry for entry in self._all().values() if audience.sees(entry.document)]
        return _Search(asked, visible, self._analyzer).result()

    async def completions(self, prefix: str, audience: Audience, most: int) -> tuple[str, ...]:
        forms = [form for form in self._forms(audience) if form.surface.startswith(fold(prefix))]
        counts = Counter(key for form in forms for key in form.lemmas or (form.form,) if not is_function_key(key))
        names = {key: _name(key, fold(prefix), forms) for key in counts}
        return tuple(dict.fromkeys(names[key] for key in sorted(counts, key=lambda key: (-counts[key], names[key]))))[
            :most
        ]

    async def frequent_words(self, audience: Audience, most: int) -> tuple[str, ...]:
        said = (form for form in self._forms(audience) if not all(map(is_function_key, form.lemmas or ("",))))
        counts = Counter(form.surface for form in said)
        return tuple(sorted(counts, key=lambda surface: (-counts[surface], surface))[:most])

    async def nearest(self, word: str, audience: Audience, most: int) -> tuple[str, ...]:
        typed = fold(word)
        errors = 0 if len(typed) < 4 else 1 if len(typed) < 8 else 2
        forms = self._forms(audience)
        counts = Counter(form.form for form in forms)
        apart = {form.form: OSA.distance(typed, form.surface) for form in forms}
        near = [form for form in counts if errors and apart[form] <= errors]
        return tuple(
            sorted(near, key=lambda form: (apart[form], fold(form)[0] != typed[0], -counts[form], form))[:most]
        )

    def _forms(self, audience: Audience) -> list[Form]:
        """Each form once for each visible document that has it."""
        seen = (entry for entry in self._all().values() if audience.sees(entry.document))
        return [
            form
            for entry in seen
            for form in {form for zone in ZONES for table in getattr(entry, zone) for form in table.forms}
        ]

    async def prepare(self, entries: Sequence[IndexEntry]) -> None:
        """Nothing: an entry is taken as it is."""

    async def update(self, entries: Sequence[IndexEntry], withdrawn: Sequence[DocumentId] = ()) -> None:
        kept = self._all() | {entry.document.id: entry for entry in entries}
        self._entries = {name: entry for name, entry in kept.items() if name not in withdrawn}
        self._commits += 1

    async def purge(self, documents: Sequence[DocumentId]) -> None:
        await self.update([], documents)

    async def rebuild(self, shares: Sequence[Share], told: Callable[[int], None] = nobody) -> None:
        filled: dict[DocumentId, IndexEntry] = {}
        for share in shares:
            async for batch in share():
                filled |= {entry.document.id: entry for entry in batch}
                told(len(filled))
        self._entries = filled
        self._commits += 1

    @property
    def memory(self) -> int:
        return 0

    async def state(self) -> IndexState:
        return IndexState.MISSING if self._entries is None else IndexState.READY

    async def generation(self) -> str:
        return str(self._commits)

    async def follow(self) -> None:
        await asyncio.Event().wait()

    async def close(self) -> None:
        """Nothing is open."""

    def _all(self) -> dict[DocumentId, IndexEntry]:
        if self._entries is None:
            raise IndexUnavailable("there is no index yet; rebuild it")
        return self._entries


class _Search:
    def __init__(self, asked: SearchQuery, visible: Sequence[IndexEntry], analyzer: Analyzer) -> None:
        self._asked = asked
        self._visible = visible
        self._analyzer = analyzer
        self._vocabulary = {
            (form.surface, form.form, key)
            for entry in visible
            for zone in ZONES
            for table in getattr(entry, zone)
            for form in table.forms
            for key in form.lemmas
        }
        self._surfaces = {
            form.surface
            for entry in visible
            for zone in ZONES
            for table in getattr(entry, zone)
            for form in table.forms
        }
        self._meanings: dict[QueryToken, tuple[set[str], set[str]]] = {}

    def result(self) -> SearchResult:
        matched = [entry for entry in self._visible if self._matches(self._asked.match, entry)]
        hits = [entry for entry in matched if self._passes(entry)]
        if len(hits) < self._asked.enough:
            return SearchResult(total=len(hits), hits=())
        ordered = sorted(hits, key=self._order)
        page = self._behind(ordered)[self._asked.offset :][: self._asked.limit]
        return SearchResult(
            total=len(hits),
            hits=tuple(Hit(entry.document.id, 0.0, self._passages(entry)) for entry in page),
            facets={name: self._facet(name, matched) for name in self._asked.facets},
        )

    # Matching

    def _matches(self, clause: Clause, entry: IndexEntry) -> bool:
        match clause:
            case Not(inner):
                return not self._matches(inner, entry)
            case Every(clauses):
                return all(self._matches(part, entry) for part in clauses)
            case OneOf(clauses, weights):
                return any(weight and self._matches(part, entry) for part, weight in zip(clauses, weights, strict=True))
            case Some(clauses, at_least):
                return sum(self._matches(part, entry) for part in clauses) >= at_least
            case Word() | Phrase() | Prefix() if clause.field in FACETS:
                return any(self._is_value(clause, value) for value in FACETS[clause.field](entry))
            case Word() | Phrase() | Prefix() | Concept() | Lemma():
                return any(True for _ in self._occurrences(clause, entry))

    def _is_value(self, clause: Word | Phrase | Prefix, value: str) -> bool:
        wanted, there = fold(clause.text), fold(value)
        return there.startswith(wanted) if isinstance(clause, Prefix) else there == wanted

    def _occurrences(self, clause: Leaf, entry: IndexEntry) -> Iterator[list[Place]]:
        if isinstance(clause, Concept):
            yield from _named(clause, entry)
            return
        if clause.field not in ("", "title"):
            raise BadRequest(f"there is no field {clause.field!r}")
        wanted = ("",) if isinstance(clause, Lemma) else self._analyzer.query_tokens(clause.text)
        for zone in (clause.field,) if clause.field else ZONES:
            row = _row(zone, getattr(entry, zone))
            for start in range(len(row) - len(wanted) + 1 if wanted else 0):
                part = row[start : start + len(wanted)]
                if all(self._fits(clause, wanted, number, found) for number, (_, found) in enumerate(part)):
                    yield [place for place, _ in part if place is not None]

    def _meant(self, token: QueryToken) -> tuple[set[str], set[str]]:
        """The surfaces and the lemma keys that a word stands for: told once, and asked at every place."""
        if token not in self._meanings:
            sounding = self._sounding(token)
            alike = {key for word, _, key in self._vocabulary if word in sounding or fold(key[3:]) in sounding}
            self._meanings[token] = {token.surface, *sounding}, self._keys(token) | alike
        return self._meanings[token]

    def _keys(self, token: QueryToken) -> set[str]:
        written = {(form, key) for surface, form, key in self._vocabulary if surface == token.surface}
        lemmas = {key for _, _, key in self._vocabulary if fold(key[3:]) == token.surface}
        exact = {key for form, key in written if form == token.form}
        others = ({key for _, key in written} | lemmas | {*token.folded}) - exact
        exact_languages = {key[:2] for key in exact}
        meant = {key for key in others if not (key[:2] in exact_languages and is_function_key(key))}
        guesses = {key for key in meant | exact if key[:2] not in exact_languages or key in exact}
        if not guesses | {*token.lemmas}:
            meant |= {
                key
                for guess in token.guessed
                for _, _, key in self._vocabulary
                if key[:2] == guess[:2] and fold(key[3:]) == fold(guess[3:])
            }.union(token.guessed)
        return exact | meant | {*token.lemmas}

    def _sounding(self, token: QueryToken) -> set[str]:
        typed = skeleton(token.form)
        return {surface for surface in self._surfaces if typed in skeletons(surface)}

    def _fits(
        self, clause: Word | Phrase | Prefix | Lemma, wanted: Sequence[Any], number: int, found: Token | None
    ) -> bool:
        if found is None:
            return False
        surface, lemmas = found
        if isinstance(clause, Lemma):
            return not set(clause.keys).isdisjoint(lemmas)
        token = wanted[number]
        match clause:
            case Word():
                surfaces, keys = self._meant(token)
                return surface in surfaces or not keys.isdisjoint(lemmas)
            case Phrase():
                return surface == token.surface
            case Prefix():
                is_last = number == len(wanted) - 1
                return surface.startswith(token.surface) if is_last else surface == token.surface

    # Narrowing

    def _passes(self, entry: IndexEntry, but: str = "") -> bool:
        asked, document = self._asked, entry.document
        year, added = document.year, document.added
        return (
            (not asked.within or document.id in asked.within)
            and all(_passes(wanted, entry) for wanted in asked.filters if wanted.excluded or wanted.field != but)
            and (but == "year" or asked.year_from is None or (year is not None and year >= asked.year_from))
            and (but == "year" or asked.year_to is None or (year is not None and year <= asked.year_to))
            and (asked.added_since is None or (added is not None and _utc(added) >= _utc(asked.added_since)))
        )

    def _facet(self, name: str, matched: Sequence[IndexEntry]) -> Facet:
        but = "" if self._asked.facets_narrowed else name
        values = [set(FACETS[name](entry)) for entry in matched if self._passes(entry, but=but)]
        counts = Counter(value for some in values for value in some)
        selected = {
            value
            for wanted in self._asked.filters
            if wanted.field == name and not wanted.excluded
            for value in wanted.values
        }
        ordered = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
        shown = dict(ordered[: self._asked.facet_size]) | {value: counts[value] for value in selected}
        return Facet(
            values=tuple(
                FacetCount(value, count, value in selected)
                for value, count in sorted(shown.items(), key=lambda item: (-item[1], item[0]))
            ),
            other=sum(count for value, count in counts.items() if value not in shown),
            missing=sum(not some for some in values),
        )

    # Order, paging and passages

    def _order(self, entry: IndexEntry) -> Any:
        document = entry.document
        added = None if document.added is None else _utc(document.added).timestamp()
        match self._asked.sort:
            case Sort.TITLE:
                return fold(title_of(document)), document.id
            case Sort.OLDEST:
                return *_none_last(document.year), *_none_last(added), document.id
            case Sort.NEWEST | Sort.RELEVANCE:
                return *_none_last(document.year, -1), *_none_last(added, -1), document.id

    def _behind(self, ordered: list[IndexEntry]) -> list[IndexEntry]:
        after = self._asked.after
        if after is None:
            return ordered
        last = next((entry for entry in self._visible if entry.document.id == after.id), None)
        if last is None:
            return ordered
        return [entry for entry in ordered if self._order(entry) > self._order(last)]

    def _passages(self, entry: IndexEntry) -> tuple[Passage, ...]:
        places = (
            place
            for clause in _wanted(self._asked.match)
            for occurrence in self._occurrences(clause, entry)
            for place in occurrence
        )
        tables: dict[tuple[str, int], set[int]] = {}
        for zone, table, token in places:
            tables.setdefault((zone, table), set()).add(token)
        found = (Passage(zone, table, tuple(sorted(tokens))) for (zone, table), tokens in tables.items())
        return tuple(found)[: self._asked.fragments]


def _name(key: str, prefix: str, forms: Sequence[Form]) -> str:
    lemma = key.partition(":")[2]
    if lemma and fold(lemma).startswith(prefix):
        return lemma
    written = Counter(form.form for form in forms if key in (form.lemmas or (form.form,)))
    return max(written, key=lambda form: (written[form], form))


def _named(concept: Concept, entry: IndexEntry) -> Iterator[list[Place]]:
    for zone in (concept.field,) if concept.field else ZONES:
        for number, table in enumerate(getattr(entry, zone)):
            for named in table.concepts:
                if named.concept == concept.id:
                    for first, length in named.places:
                        yield [(zone, number, token) for token in range(first, first + length)]


def _row(zone: str, tables: Sequence[TokenTable]) -> list[tuple[Place | None, Token | None]]:
    """All tokens of a zone in a row, with a hole between two texts that are no pages."""
    row: list[tuple[Place | None, Token | None]] = []
    for number, table in enumerate(tables):
        if zone != "text":
            row.append((None, None))
        forms = [(form.surface, form.lemmas) for form in table.forms]
        row += [((zone, number, token), forms[form]) for token, form in enumerate(table.ids.tolist())]
    return row


def _wanted(clause: Clause) -> Iterator[Leaf]:
    match clause:
        case Word() | Phrase() | Prefix() | Concept() | Lemma():
            if clause.field not in FACETS:
                yield clause
        case Every(clauses) | Some(clauses):
            for part in clauses:
                yield from _wanted(part)
        case OneOf(clauses, weights):
            for part, weight in zip(clauses, weights, strict=True):
                yield from _wanted(part) if weight else ()
        case Not():
            return


def _passes(wanted: Filter, entry: IndexEntry) -> bool:
    if wanted.field not in FACETS:
        raise BadRequest(f"there is no facet {wanted.field!r}")
    return bool(set(wanted.values) & set(FACETS[wanted.field](entry))) != wanted.excluded


def _none_last(value: float | None, sign: int = 1) -> tuple[bool, float]:
    return value is None, 0 if value is None else sign * value


def _utc(moment: datetime) -> datetime:
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
