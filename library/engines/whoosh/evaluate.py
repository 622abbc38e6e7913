"""From a Clause to the documents that match it, and their scores, as one audience sees them.

What a word scores in each document is its part (parts.py) times its rarity among the visible documents. Documents that
the audience may not see are left in until the end (narrowing.py): their parts are added up with the others and then
taken out, which costs less than taking them out of each part.
"""

from collections.abc import Sequence
from functools import partial
from math import log

import numpy as np
from msgspec import Struct

from library.engines.whoosh.arrays import Ids
from library.engines.whoosh.matched import (
    NOTHING,
    Listed,
    Mask,
    Matched,
    Spread,
    at_least,
    either,
    every,
    has,
    unscored,
    without,
)
from library.engines.whoosh.parts import Part, one_of, part
from library.engines.whoosh.snapshot import Snapshot, View
from library.engines.whoosh.words import Leaf, Sought, is_facet, sought
from library.language import Analyzer, fold
from library.search import Clause, Concept, Every, Lemma, Not, OneOf, Phrase, Prefix, Some, Word


class _Rarity(Struct, frozen=True):
    factor: np.float32


class Evaluation:
    """Finds what clauses match for one audience."""

    def __init__(self, view: View, analyzer: Analyzer) -> None:
        self._view = view
        self._analyzer = analyzer
        self._size = view.snapshot.size

    def match(self, clause: Clause) -> Matched:
        """The documents that match, hidden ones among them, each with its score."""
        match clause:
            case Word() | Phrase() | Prefix() | Concept() | Lemma():
                return self._leaf(clause)
            case OneOf():
                return self._one_of(clause)
            case Not(inner):
                return without(unscored(self._view.visible), [self.match(inner)])
            case Every(clauses):
                return self._every(clauses)
            case Some(clauses, least):
                return self._some(clauses, least)

    def sought(self, clause: Leaf) -> Sought | None:
        """The terms that the clause looks for; None where it asks for a facet's value or holds no word."""
        if is_facet(clause):
            return None
        terms: Sought | None = self._view.kept(("sought", clause), lambda: sought(clause, self._view, self._analyzer))
        return terms

    def having(self, terms: Sought, documents: Ids) -> Mask:
        """Which of these documents have what is sought."""
        return has(self._part(terms).matched, documents)

    def _leaf(self, clause: Leaf) -> Matched:
        if is_facet(clause):
            return self._facet_value(clause)
        terms = self.sought(clause)
        if terms is None:
            return NOTHING
        return self._as_rare(clause, self._part(terms))

    def _as_rare(self, clause: Clause, found: Part) -> Matched:
        rarity: _Rarity = self._view.kept(("rarity", clause), partial(self._rarity, found))
        return found.matched.times(rarity.factor)

    def _part(self, terms: Sought) -> Part:
        return _part(terms, self._view.snapshot)

    def _rarity(self, found: Part) -> _Rarity:
        """Of what stands in these of the visible documents: that a form of a word is rare, or a word of another
        language, must not make its documents the first, so all that the word may mean has the rarity of what it likely
        means."""
        visible = self._view.visible
        match found.matched:
            case Listed(ids=ids):
                count = np.count_nonzero(visible[ids])
            case Spread():
                count = np.count_nonzero(found.matched.matching() & visible)
        likely = count - np.count_nonzero(visible[found.unlikely])
        counted = int(likely or count) + np.count_nonzero(visible[found.beside])
        return _Rarity(np.float32(log(1 + (self._view.count - counted + 0.5) / (counted + 0.5))))

    def _one_of(self, clause: OneOf) -> Matched:
        """All ways have the rarity of the thing: one is not worth more because few texts are in its language."""
        soughts = [self.sought(one) if isinstance(one, Leaf) else None for one in clause.clauses]
        terms = [each for each in soughts if each is not None]
        if len(terms) < len(soughts):
            ways = [self._way(one) for one in clause.clauses]
            return self._as_rare(clause, one_of(ways, clause.weights, self._size))
        found: Part = self._view.snapshot.kept_of_each(
            (tuple(terms), clause.weights),
            lambda some: one_of([_part(each, some).matched for each in terms], clause.weights, some.size),
        )
        return self._as_rare(clause, found)

    def _way(self, clause: Clause) -> Matched:
        """What matches, without the rarity of one word."""
        if isinstance(clause, Leaf) and (terms := self.sought(clause)) is not None:
            return self._part(terms).matched
        return self.match(clause)

    def _facet_value(self, clause: Leaf) -> Matched:
        facets = self._view.snapshot.facet(clause.field)
        wanted = fold(_value(clause))
        is_prefix = isinstance(clause, Prefix)
        places = [
            place
            for place, value in enumerate(facets.folded)
            if value == wanted or (is_prefix and value.startswith(wanted))
        ]
        return unscored(facets.documents(places))

    def _every(self, clauses: Sequence[Clause]) -> Matched:
        wanted = [self.match(clause) for clause in clauses if not isinstance(clause, Not)]
        excluded = [self.match(clause.clause) for clause in clauses if isinstance(clause, Not)]
        found = every(wanted, self._size) if wanted else unscored(self._view.visible)
        return without(found, excluded) if excluded else found

    def _some(self, clauses: Sequence[Clause], least: int) -> Matched:
        if least <= 0:
            return self._some((*clauses, Every(())), 1)
        parts = [self.match(clause) for clause in clauses]
        if len(parts) < least:
            return NOTHING
        if least == 1:
            return either(parts, self._size)
        return at_least(parts, least, self._size)


def _part(terms: Sought, snapshot: Snapshot) -> Part:
    found: Part = snapshot.kept_of_each(terms, lambda some: part(terms, some))
    return found


def _value(clause: Leaf) -> str:
    """Which value of a facet the clause names."""
    match clause:
        case Concept(concept):
            return concept
        case Lemma():
            return ""
        case Word(text) | Phrase(text) | Prefix(text):
            return text
