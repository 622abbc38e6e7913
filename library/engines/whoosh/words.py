"""Which terms of the index a typed word stands for."""

from collections.abc import Iterable, Iterator

from msgspec import Struct

from library.engines.whoosh.schema import lemma_field, surface_field
from library.engines.whoosh.snapshot import KNOWN_FIELDS, View
from library.errors import BadRequest
from library.language import Analyzer, QueryToken, fold
from library.search import FACETS, ZONES, Clause, Every, Expansion, Not, Phrase, Prefix, Some, Word

MOST_EXPANSIONS = 2_000
"""Words that a prefix stands for at most, the first in alphabetical order: enough for any three letters."""


class Slot(Struct, frozen=True):
    """What may stand at one place of a sequence: any of these folded words, or any of these lemma keys."""

    surfaces: tuple[str, ...]
    lemmas: tuple[str, ...] = ()

    def terms(self, zone: str) -> Iterator[tuple[str, bytes]]:
        """The fields and terms to look for in this zone."""
        for field, terms in ((surface_field(zone), self.surfaces), (lemma_field(zone), self.lemmas)):
            for term in terms:
                yield field, term.encode()

    def alternatives(self) -> Iterator["Slot"]:
        """Each of them alone."""
        yield from (Slot((surface,)) for surface in self.surfaces)
        yield from (Slot((), (lemma,)) for lemma in self.lemmas)


class Sought(Struct, frozen=True):
    """What a Word, Phrase or Prefix looks for: these slots side by side, in any of the zones."""

    zones: tuple[str, ...]
    slots: tuple[Slot, ...]
    scores_best: bool = False
    """The best of a word's alternatives counts, where those of a prefix add up."""

    @property
    def nbytes(self) -> int:
        return 70 * sum(len(slot.surfaces) + len(slot.lemmas) for slot in self.slots)


def is_facet(clause: Word | Phrase | Prefix) -> bool:
    """Whether the clause asks for a facet's value, not for words. Raises BadRequest for a field that nobody knows."""
    if clause.field not in KNOWN_FIELDS:
        raise BadRequest(f"there is no field {clause.field!r}; the fields are title, {', '.join(FACETS)}")
    return clause.field in FACETS


def sought(clause: Word | Phrase | Prefix, view: View, analyzer: Analyzer) -> Sought | None:
    """What to look for; None where the text holds no word."""
    tokens = analyzer.query_tokens(clause.text)
    if not tokens:
        return None
    zones = (clause.field,) if clause.field else ZONES
    match clause:
        case Word():
            return Sought(zones, tuple(group(token, view) for token in tokens), scores_best=len(tokens) == 1)
        case Phrase():
            return Sought(zones, tuple(Slot((token.surface,)) for token in tokens))
        case Prefix():
            *before, last = (token.surface for token in tokens)
            expanded = Slot(view.surfaces(zones, last, MOST_EXPANSIONS))
            return Sought(zones, (*(Slot((surface,)) for surface in before), expanded))


def group(token: QueryToken, view: View) -> Slot:
    """A typed token's surface, and the lemma keys that dictionaries or the visible documents know for it."""
    written = {key for _, key in view.written_forms(token.surface) if key}
    return Slot((token.surface,), tuple(sorted(written.union(token.lemmas))))


def matched_clauses(clause: Clause) -> Iterator[Word | Phrase | Prefix]:
    """The words, phrases and prefixes that a document matches by having them."""
    match clause:
        case Word() | Phrase() | Prefix():
            yield clause
        case Every(clauses) | Some(clauses):
            for part in clauses:
                yield from matched_clauses(part)
        case Not():
            return


def expansions(clause: Clause, view: View, analyzer: Analyzer) -> tuple[Expansion, ...]:
    """What the typed words stand for beside themselves; only what visible documents have is told."""
    words = (word for word in matched_clauses(clause) if isinstance(word, Word) and not is_facet(word))
    tokens = dict.fromkeys(token for word in words for token in analyzer.query_tokens(word.text))
    found = (_expansion(token, view) for token in tokens)
    return tuple(expansion for expansion in found if expansion.meant)


def _expansion(token: QueryToken, view: View) -> Expansion:
    written = view.written_forms(token.surface)
    typed_bare = fold(token.form) == token.form
    has_marks = any(form != token.surface for form, _ in written)
    return Expansion(
        word=token.form,
        meant=tuple(sorted(_shown(token, view) - {token.form})),
        why="diacritics" if typed_bare and has_marks else "inflection",
    )


def _shown(token: QueryToken, view: View) -> set[str]:
    """The lemmas as one shows them to a person."""
    return {key.partition(":")[2] for key in group(token, view).lemmas if _has(view, key)}


def _has(view: View, lemma: str) -> bool:
    return _any_sees(view, ((lemma_field(zone), lemma.encode()) for zone in ZONES))


def _any_sees(view: View, terms: Iterable[tuple[str, bytes]]) -> bool:
    return any(view.sees(field, term) for field, term in terms)
