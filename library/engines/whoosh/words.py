"""Which terms of the index a typed word stands for."""

from collections.abc import Iterator, Sequence

from msgspec import Struct

from library.engines.whoosh.schema import concept_field, lemma_field, surface_field
from library.engines.whoosh.snapshot import KNOWN_FIELDS, Snapshot, View
from library.errors import BadRequest
from library.language import Analyzer, QueryToken, fold, is_function_key, language_of, skeleton
from library.search import (
    FACETS,
    ZONES,
    Clause,
    Concept,
    Every,
    Expansion,
    Lemma,
    Not,
    OneOf,
    Phrase,
    Prefix,
    Some,
    Word,
)

Leaf = Word | Phrase | Prefix | Concept | Lemma

MOST_EXPANSIONS = 2_000
"""Words that a prefix stands for at most, the first in alphabetical order: enough for any three letters."""


class Slot(Struct, frozen=True, cache_hash=True):
    """What may stand at one place of a sequence: any of these folded words, lemma keys or concepts."""

    surfaces: tuple[str, ...] = ()
    lemmas: tuple[str, ...] = ()
    concepts: tuple[str, ...] = ()

    def terms(self, zone: str) -> Iterator[tuple[str, list[bytes]]]:
        """The fields in which to look in this zone, each with its terms."""
        fields = (surface_field(zone), lemma_field(zone), concept_field(zone))
        for field, terms in zip(fields, (self.surfaces, self.lemmas, self.concepts), strict=True):
            if terms:
                yield field, [*map(str.encode, terms)]

    def kinds(self) -> Iterator["Slot"]:
        """Its words and its lemmas apart."""
        yield Slot(surfaces=self.surfaces)
        yield Slot(lemmas=self.lemmas)

    def that_is(self, zones: Sequence[str], snapshot: Snapshot) -> "Slot":
        """Without the lemmas that no document has: of a word's relatives in all languages most are nowhere."""
        there = snapshot.having([lemma_field(zone) for zone in zones], self.lemmas)
        return Slot(self.surfaces, tuple(key for key in self.lemmas if key in there), self.concepts)

    def with_all(self, other: "Slot") -> "Slot":
        return Slot(self.surfaces + other.surfaces, self.lemmas + other.lemmas, self.concepts + other.concepts)


class Group(Struct, frozen=True, cache_hash=True):
    """What a typed token stands for: what it most likely means, what else it may, and how it looks exactly."""

    likely: Slot
    unlikely: Slot
    exact: str
    """The form that was typed, where its diacritics say that it was meant as it stands; else empty."""

    def that_is(self, zones: Sequence[str], snapshot: Snapshot) -> "Group":
        """Without the lemmas that no document has."""
        return Group(self.likely.that_is(zones, snapshot), self.unlikely.that_is(zones, snapshot), self.exact)


class Sought(Struct, frozen=True, cache_hash=True):
    """What a clause looks for: these slots side by side, in any of the zones."""

    zones: tuple[str, ...]
    slots: tuple[Slot, ...]
    group: Group | None = None
    """Of a single word: the best of its alternatives counts, where those of a prefix add up."""

    @property
    def nbytes(self) -> int:
        return 70 * sum(len(slot.surfaces) + len(slot.lemmas) for slot in self.slots)


def is_facet(clause: Leaf) -> bool:
    """Whether the clause asks for a facet's value, not for words. Raises BadRequest for a field that nobody knows."""
    if clause.field not in KNOWN_FIELDS:
        raise BadRequest(f"there is no field {clause.field!r}; the fields are title, {', '.join(FACETS)}")
    return clause.field in FACETS


def sought(clause: Leaf, view: View, analyzer: Analyzer) -> Sought | None:
    """What to look for; None where the text holds no word."""
    zones = (clause.field,) if clause.field else ZONES
    if isinstance(clause, Concept):
        return Sought(zones, (Slot(concepts=(clause.id,)),))
    if isinstance(clause, Lemma):
        return Sought(zones, (Slot(lemmas=clause.keys).that_is(zones, view.snapshot),))
    tokens = analyzer.query_tokens(clause.text)
    if not tokens:
        return None
    match clause:
        case Word():
            groups = [group(token, view).that_is(zones, view.snapshot) for token in tokens]
            slots = tuple(each.likely.with_all(each.unlikely) for each in groups)
            return Sought(zones, slots, groups[0] if len(groups) == 1 else None)
        case Phrase():
            return Sought(zones, tuple(Slot((token.surface,)) for token in tokens))
        case Prefix():
            *before, last = (token.surface for token in tokens)
            expanded = Slot(view.surfaces(zones, last, MOST_EXPANSIONS))
            return Sought(zones, (*(Slot((surface,)) for surface in before), expanded))


def group(token: QueryToken, view: View) -> Group:
    """What the visible documents and the dictionaries know the token for.

    A language that writes the very form that was typed means that one; its other words which differ in diacritics only
    (`být` for `byt`) are unlikely then, and so is what merely sounds like it in another alphabet.
    """
    written = view.written_forms(token.surface)
    exact = {key for form, key in written if form == token.form and key}
    others = ({key for form, key in written if key} | {*token.folded}) - exact
    languages = {language_of(key) for key in exact}
    homographs = {key for key in others if language_of(key) in languages}
    likely = exact | (others - homographs) | {*token.lemmas}
    if not likely:
        likely = _guessed(token, view)
    sounding = view.sounding_like(skeleton(token.form))
    alike = {key for surface in sounding for _, key in view.written_forms(surface) if key}
    unlikely = (alike | {key for key in homographs if not is_function_key(key)}) - likely
    return Group(
        likely=Slot((token.surface,), tuple(sorted(likely))),
        unlikely=Slot(tuple(sorted(sounding - {token.surface})), tuple(sorted(unlikely))),
        exact="" if token.form == token.surface else token.form,
    )


def _guessed(token: QueryToken, view: View) -> set[str]:
    """The keys that rules have guessed, and what the documents have for those whose lemma came folded."""
    known = {
        key
        for guess in token.guessed
        for _, key in view.written_forms(fold(guess.partition(":")[2]))
        if language_of(key) == language_of(guess)
    }
    return known.union(token.guessed)


def matched_clauses(clause: Clause) -> Iterator[Leaf]:
    """The words, phrases, prefixes and concepts that a document matches by having them."""
    match clause:
        case Word() | Phrase() | Prefix() | Concept() | Lemma():
            yield clause
        case Every(clauses) | Some(clauses):
            for part in clauses:
                yield from matched_clauses(part)
        case OneOf(clauses, weights):
            for part, weight in zip(clauses, weights, strict=True):
                yield from matched_clauses(part) if weight else ()
        case Not():
            return


def expansions(clause: Clause, view: View, analyzer: Analyzer) -> tuple[Expansion, ...]:
    """What the typed words stand for beside themselves; of inflections, only what visible documents have is told."""
    words = [word for word in matched_clauses(clause) if isinstance(word, Word) and not is_facet(word)]
    tokens = dict.fromkeys(token for word in words for token in analyzer.query_tokens(word.text))
    spelled = (expansion for token in tokens for expansion in _spelled_otherwise(token, view))
    return (*spelled, *dict.fromkeys(_named(clause, view)))


def _spelled_otherwise(token: QueryToken, view: View) -> Iterator[Expansion]:
    known = group(token, view)
    bare = token.form == token.surface
    marked = any(form != token.surface for form, key in view.written_forms(token.surface) if form)
    why = "diacritics" if bare and marked else "inflection"
    for slot, reason in ((known.likely, why), (known.unlikely, "transliteration")):
        meant = {key.partition(":")[2] for key in _seen(slot.lemmas, view)} - {token.form}
        if reason == "transliteration":
            meant = {lemma for lemma in meant if not fold(lemma).isascii()}
        if meant:
            yield Expansion(token.form, tuple(sorted(meant)), reason)


def _named(clause: Clause, view: View) -> Iterator[Expansion]:
    match clause:
        case OneOf(clauses, _, typed):
            if named := tuple(part.id for part in clauses if isinstance(part, Concept)):
                yield Expansion(typed, named, "concept")
            relatives = [key for part in clauses if isinstance(part, Lemma) for key in _seen(part.keys, view)]
            if relatives:
                word = " ".join(part.text for part in clauses if isinstance(part, Word))
                yield Expansion(word, tuple(dict.fromkeys(key.partition(":")[2] for key in relatives)), "family")
        case Every(clauses) | Some(clauses):
            for part in clauses:
                yield from _named(part, view)
        case Word() | Phrase() | Prefix() | Concept() | Lemma() | Not():
            return


def _seen(lemmas: tuple[str, ...], view: View) -> list[str]:
    """Those of the lemmas that visible documents have, in their order."""
    seen: frozenset[str] = view.kept_union(
        ("seen lemmas", lemmas), lambda some: some.sees([lemma_field(zone) for zone in ZONES], lemmas)
    )
    return [lemma for lemma in lemmas if lemma in seen]
