"""How a question may go on while it is being typed: words, concepts of the thesaurus, organisations, documents.

    azy         ->  azyl, azylant; azylové právo (concept); Azylový dům Lípa (organisation); Azyl v kostce (document)
    kurz čes    ->  kurz česky; kurz češtiny (concept, asked for beside the word before)
    "druhý ja   ->  "druhý jazyk"

What is suggested finds something. Words and concepts have been counted as the very question that they make, with all
its words; organisations share something; documents have such a title. All that is counted is what the audience may see:
the rest tells nothing of itself, not even by the order.
"""

import re
from bisect import bisect_left
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache, partial
from typing import NamedTuple

from msgspec import Struct

from library.accounts import Accounts
from library.asking import Asker
from library.catalog import Catalog
from library.language import Analyzer, fold
from library.language.tokens import spans
from library.model import Audience, Document, DocumentId, Organisation, OrganisationId, title_of
from library.search import FACETS, Clause, Every, Facet, Filter, Prefix, SearchIndex, SearchQuery, Word, every
from library.syntax import QUOTES, parse, understood
from library.vocabulary.thesaurus import concepts

LONGEST_TYPED = 200
"""Characters behind which nothing is suggested any more."""
SHORTEST_IN_TITLE = 3
"""Letters from which titles are looked through: fewer begin half of all words."""
TRIED = 2
"""How many times as many questions are counted, at most, as are suggested."""
MOST_AUDIENCES = 64
"""Audiences whose counts are kept."""
MOST_TOTALS = 2_000
"""Questions of an audience whose totals are kept."""

_ENDS = frozenset(QUOTES + "()")
_LEAD = re.compile(rf"[^\s(){QUOTES}]*\Z")
_LAST = "\U0010ffff"


class Suggestion(Struct, frozen=True, kw_only=True):
    kind: str
    """`word`, `concept`, `organisation` or `document`."""
    text: str
    """The word, the concept's label in the language that it was typed in, the name, or the title."""
    q: str
    """What to ask then; of an organisation, without what was typed of its name."""
    filter: Filter | None = None
    """What to narrow by then."""
    document: DocumentId | None = None
    total: int
    """How many documents `q` finds, with the filter."""


class _TypedWord(NamedTuple):
    start: int
    form: str
    surface: str

    def begins(self, form: str) -> bool:
        """Whether a word in lower case begins like this, with the diacritics if any were typed."""
        return self.form == self.surface or form.startswith(self.form)


class _Typed(NamedTuple):
    """What was typed so far; the last word is the one being typed."""

    text: str
    words: tuple[_TypedWord, ...]
    closing: str
    """The quote that is still open."""
    plain: bool
    """Whether it is words and nothing else."""

    def before(self, consumed: int) -> str:
        """What stands before the last so many words."""
        return self.text[: self.words[-consumed].start]


class _Label(NamedTuple):
    concept: str
    language: str
    text: str
    forms: tuple[str, ...]
    surfaces: tuple[str, ...]
    preferred: bool


class _Continued(NamedTuple):
    """A label that goes on where the typed words end, and how many of these are its own."""

    label: _Label
    place: int
    """Of the word being typed, in the label."""
    consumed: int

    @property
    def at_start(self) -> bool:
        return self.place == self.consumed - 1

    def as_typed(self, typed: _Typed) -> bool:
        return typed.words[-1].begins(self.label.forms[self.place])


class _Counts:
    """What was counted of the documents that one audience sees, in one generation of the index: how many name each
    concept, how many each organisation shares, and how many have all that a question asks for."""

    def __init__(self, asker: Asker, audience: Audience, facets: Mapping[str, Facet]) -> None:
        self.audience = audience
        self.concepts = {each.value: each.count for each in facets["concept"].values}
        self.organisations: dict[OrganisationId, int] = {
            each.value: each.count for each in facets["organisation"].values
        }
        self._asker = asker
        self._totals: dict[tuple[str, tuple[Filter, ...]], int] = {}

    async def total(self, q: str, *filters: Filter) -> int:
        if (q, filters) not in self._totals:
            if len(self._totals) >= MOST_TOTALS:
                self._totals.clear()
            self._totals[q, filters] = await self._asker.total(SearchQuery(match=parse(q), filters=filters))
        return self._totals[q, filters]


class Suggester:
    """Suggests to one audience at a time; keeps what it has counted until the index changes."""

    def __init__(self, index: SearchIndex, analyzer: Analyzer, catalog: Catalog, accounts: Accounts) -> None:
        self._index = index
        self._analyzer = analyzer
        self._catalog = catalog
        self._accounts = accounts
        self._kept: dict[tuple[str, Audience], _Counts] = {}

    async def suggest(self, text: str, audience: Audience, *, language: str, limit: int) -> tuple[Suggestion, ...]:
        """How the text may go on, at most so many ways. Of a concept's labels those of this language are preferred."""
        typed = _read(text)
        if typed is None:
            return ()
        counts = await self._counts(audience)
        if not typed.plain:
            return tuple(await self._words(typed, counts, (), limit))
        named = await self._concepts(typed, counts, language, _part(limit, 3))
        words = await self._words(typed, counts, named, _part(limit, 4))
        organisations = await self._organisations(typed, counts, _part(limit, 1))
        documents = await self._documents(typed, audience, language, _part(limit, 2))
        others = [*organisations, *documents]
        asked = sorted([*named, *words], key=lambda each: (-each.total, each.text))
        return tuple([*asked[: max(limit - len(others), (limit + 1) // 2)], *others][:limit])

    # Words

    async def _words(self, typed: _Typed, counts: _Counts, named: Sequence[Suggestion], most: int) -> list[Suggestion]:
        """The completed word behind what was typed before it."""
        last = typed.words[-1]
        completed = await self._index.completions(last.form, counts.audience, TRIED * most + len(named))
        likely = sorted(completed, key=lambda word: not last.begins(word.lower()))
        lemmas: dict[str, frozenset[str]] = {}
        new = [word for word in likely if not any(self._alike(lemmas, each.text.lower(), word) for each in named)]
        asked = [(word, f"{typed.before(1)}{word}{typed.closing}") for word in new]
        return await _finding("word", asked, counts, most)

    # Concepts

    async def _concepts(self, typed: _Typed, counts: _Counts, language: str, most: int) -> list[Suggestion]:
        alike = partial(self._alike, {})
        best: dict[str, _Continued] = {}
        for each in _continued(typed.words, counts.concepts, alike):
            known = best.get(each.label.concept)
            if known is None or _worth(each, typed, language) > _worth(known, typed, language):
                best[each.label.concept] = each
        ranked = sorted(
            best.values(),
            key=lambda each: (
                -each.consumed,
                not each.as_typed(typed),
                each.label.language != language,
                not each.at_start,
                -counts.concepts[each.label.concept],
                each.label.text,
            ),
        )
        asked = [(each.label.text, f"{typed.before(each.consumed)}{each.label.text}") for each in ranked]
        return await _finding("concept", asked, counts, most)

    def _alike(self, lemmas: dict[str, frozenset[str]], one: str, other: str) -> bool:
        """Whether these are one word or forms of one; `lemmas` keeps what was looked up. Several words are like no
        other."""
        for form in (one, other):
            if form not in lemmas:
                tokens = self._analyzer.query_tokens(form)
                keys = (key for token in tokens for key in (token.surface, *token.lemmas))
                lemmas[form] = frozenset(map(fold, keys)) if len(tokens) == 1 else frozenset()
        return not lemmas[one].isdisjoint(lemmas[other])

    # Organisations and documents

    async def _organisations(self, typed: _Typed, counts: _Counts, most: int) -> list[Suggestion]:
        found = []
        for organisation in await self._accounts.organisations():
            consumed = _consumed_by_name(typed.words, organisation) if organisation.id in counts.organisations else 0
            if consumed:
                found.append((consumed, counts.organisations[organisation.id], organisation))
        found.sort(key=lambda each: (-each[0], -each[1], each[2].name))
        suggested = []
        for consumed, shared, organisation in found[: TRIED * most]:
            q, only = typed.before(consumed).strip(), Filter("organisation", (organisation.id,))
            total = await counts.total(q, only) if q else shared
            if total:
                suggested.append(Suggestion(kind="organisation", text=organisation.name, q=q, filter=only, total=total))
        return suggested[:most]

    async def _documents(self, typed: _Typed, audience: Audience, language: str, most: int) -> list[Suggestion]:
        *before, last = typed.words
        if len(last.surface) < SHORTEST_IN_TITLE:
            return []
        match = every([*(Word(word.form, "title") for word in before), Prefix(last.form, "title")])
        result = await self._index.search(SearchQuery(match=match, limit=most, fragments=0), audience)
        documents = await self._catalog.documents([hit.id for hit in result.hits])
        # The catalogue is the truth: what was hidden a moment ago is not shown, whatever the index says.
        seen = [documents[hit.id] for hit in result.hits if hit.id in documents and audience.sees(documents[hit.id])]
        q = understood(match)
        return [
            Suggestion(
                kind="document", text=_title(each, last.surface, language), q=q, document=each.id, total=result.total
            )
            for each in seen
        ]

    # Counting

    async def _counts(self, audience: Audience) -> _Counts:
        key = await self._index.generation(), audience
        if key not in self._kept:
            asked = SearchQuery(limit=0, fragments=0, facets=("concept", "organisation"), facet_size=1 << 20)
            facets = (await self._index.search(asked, audience)).facets
            asker = Asker(self._index, self._analyzer, audience)
            present = [(old, counts) for old, counts in self._kept.items() if old[0] == key[0]]
            self._kept = {**dict(present[1 - MOST_AUDIENCES :]), key: _Counts(asker, audience, facets)}
        return self._kept[key]


async def _finding(kind: str, asked: Sequence[tuple[str, str]], counts: _Counts, most: int) -> list[Suggestion]:
    """The first that find something, of pairs of a text and what would be asked."""
    found: list[Suggestion] = []
    for text, q in asked[: TRIED * most]:
        total = await counts.total(q)
        if total:
            found.append(Suggestion(kind=kind, text=text, q=q, total=total))
        if len(found) == most:
            break
    return found


# What was typed ------------------------------------------------------------------------------------------------------


def _read(text: str) -> _Typed | None:
    """None where no word is being typed that may go on."""
    places = list(spans(text))
    if not places or len(text) > LONGEST_TYPED:
        return None
    start, end = places[-1]
    lead = _LEAD.findall(text[:start])[0]
    # What is behind a bracket or a quote is finished; what is excluded or a facet's value is no word to go on with.
    if not _ENDS.isdisjoint(text[end:]) or lead.startswith("-") or lead.rstrip(":").lower() in FACETS:
        return None
    closing = '"' if sum(sign in QUOTES for sign in text) % 2 else ""
    words = tuple(_TypedWord(first, text[first:last].lower(), fold(text[first:last])) for first, last in places)
    return _Typed(text[:end], words, closing, plain=not closing and _is_plain(parse(text)))


def _is_plain(clause: Clause) -> bool:
    match clause:
        case Word(field=""):
            return True
        case Every(clauses):
            return all(isinstance(part, Word) and not part.field for part in clauses)
        case _:
            return False


# Labels and names ----------------------------------------------------------------------------------------------------


class _LabelWords(NamedTuple):
    """The words of all labels in order, each beside its label and its place there."""

    surfaces: list[str]
    places: list[tuple[_Label, int]]


@cache
def _label_words() -> _LabelWords:
    placed = sorted(
        ((surface, label, place) for label in _labels() for place, surface in enumerate(label.surfaces)),
        key=lambda each: each[0],
    )
    return _LabelWords([surface for surface, _, _ in placed], [(label, place) for _, label, place in placed])


def _labels() -> Iterator[_Label]:
    for concept in concepts().values():
        for language, labels in concept.labels.items():
            for number, text in enumerate(labels):
                forms = tuple(text[start:end].lower() for start, end in spans(text))
                yield _Label(concept.id, language, text, forms, tuple(map(fold, forms)), preferred=number == 0)


def _continued(
    words: Sequence[_TypedWord], counts: Mapping[str, int], alike: Callable[[str, str], bool]
) -> Iterator[_Continued]:
    """The labels of these concepts that go on where the typed words end. What was typed before a label's own words
    stays before the label, so then the label must begin there."""
    known, prefix = _label_words(), words[-1].surface
    first, last = bisect_left(known.surfaces, prefix), bisect_left(known.surfaces, prefix + _LAST)
    for label, place in known.places[first:last]:
        if label.concept in counts:
            consumed = 1
            while (
                consumed <= place
                and consumed < len(words)
                and _same(label, place - consumed, words[-1 - consumed], alike)
            ):
                consumed += 1
            found = _Continued(label, place, consumed)
            if found.at_start or consumed == len(words):
                yield found


def _same(label: _Label, place: int, word: _TypedWord, alike: Callable[[str, str], bool]) -> bool:
    surface = label.surfaces[place]
    return surface == word.surface or (surface[0] == word.surface[0] and alike(label.forms[place], word.form))


def _worth(each: _Continued, typed: _Typed, language: str) -> tuple[int, bool, bool, bool, bool, int]:
    """By which of a concept's labels it is suggested: as it was typed, in the shown language, from its start."""
    label = each.label
    return (
        each.consumed,
        each.as_typed(typed),
        label.language == language,
        each.at_start,
        label.preferred,
        -len(label.text),
    )


def _consumed_by_name(words: Sequence[_TypedWord], organisation: Organisation) -> int:
    """How many of the typed words, from the last one back, stand side by side in the organisation's name."""
    name = [fold(organisation.name[start:end]) for start, end in spans(organisation.name)]
    return max((_consumed_at(words, name, place) for place in range(len(name))), default=0)


def _consumed_at(words: Sequence[_TypedWord], name: Sequence[str], place: int) -> int:
    if not name[place].startswith(words[-1].surface):
        return 0
    consumed = 1
    while consumed <= place and consumed < len(words) and name[place - consumed] == words[-1 - consumed].surface:
        consumed += 1
    return consumed


def _title(document: Document, surface: str, language: str) -> str:
    """The title that goes on so, in the shown language if it can be."""
    going_on = {
        spoken: title
        for spoken, title in document.title.items()
        if any(fold(title[start:end]).startswith(surface) for start, end in spans(title))
    }
    return going_on.get(language) or next(iter(going_on.values()), title_of(document))


def _part(limit: int, eighths: int) -> int:
    return max(1, limit * eighths // 8)
