"""From a Clause to the documents that match it, and their scores.

Scores are BM25F: a term's occurrences in all zones, weighed, make one frequency, which is damped once and multiplied
by the term's rarity among the visible documents.
"""

from collections.abc import Sequence
from functools import reduce
from math import log
from typing import NamedTuple

import numpy as np

from library.engines.whoosh.blocks import Ids, Weights
from library.engines.whoosh.schema import SEPARATOR
from library.engines.whoosh.segment import DOCUMENT_BITS, Keys, Segment
from library.engines.whoosh.snapshot import Mask, View
from library.engines.whoosh.words import Group, Leaf, Slot, Sought, is_facet, sought
from library.language import Analyzer, fold
from library.search import Clause, Concept, Every, Lemma, Not, OneOf, Phrase, Prefix, Some, Word

DAMPING = np.float32(1.2)
"""BM25's k1: how soon further occurrences of a word stop counting."""

UNLIKELY = np.float32(0.5)
"""What an unlikely meaning of a word counts beside its likely ones."""
EXACT = np.float32(1.1)
"""What a document gains by having a word in the very form that was typed."""

MUCH_LONGER = 16
"""How many times longer a list must be so that looking each document up in it beats spreading it out."""


class Matched(NamedTuple):
    """Documents in ascending order, and what each scores (0 where nothing was to be scored)."""

    ids: Ids
    scores: Weights
    rarity: np.float32 = np.float32(1)
    """The factor in the scores that says how rare the thing is; 1 for what is put together of several things."""


NOTHING = Matched(np.empty(0, np.int32), np.empty(0, np.float32))


class Evaluation:
    """Finds what clauses match for one audience."""

    def __init__(self, view: View, analyzer: Analyzer) -> None:
        self._view = view
        self._analyzer = analyzer
        self._size = view.snapshot.size

    def match(self, clause: Clause) -> Matched:
        """The visible documents that match, each with its score."""
        match clause:
            case Word() | Phrase() | Prefix() | Concept() | Lemma():
                found: Matched = self._view.kept(clause, lambda: self._leaf(clause))
                return found
            case OneOf(clauses, weights):
                return self._one_of(clauses, weights)
            case Not(inner):
                return self._without(_unscored(self._view.visible), [inner])
            case Every(clauses):
                return self._every(clauses)
            case Some(clauses, at_least):
                return self._some(clauses, at_least)

    def sought(self, clause: Leaf) -> Sought | None:
        """The terms that the clause looks for; None where it asks for a facet's value or holds no word."""
        if is_facet(clause):
            return None
        terms: Sought | None = self._view.kept(("sought", clause), lambda: sought(clause, self._view, self._analyzer))
        return terms

    def _leaf(self, clause: Leaf) -> Matched:
        if is_facet(clause):
            return self._facet_value(clause)
        terms = self.sought(clause)
        if terms is None:
            return NOTHING
        if len(terms.slots) > 1:
            return self._scored(self._sequence(terms))
        if terms.group is None:
            return self._scored(self._occurrences(terms.zones, terms.slots[0]))
        return self._word(terms.zones, terms.group)

    def _word(self, zones: Sequence[str], word: Group) -> Matched:
        """The best of a word's alternatives counts, and all have the rarity of its likely ones: that a form of it is
        rare, or a word of another language, must not make its documents the first."""
        likely = self._best(zones, word.likely)
        unlikely = self._best(zones, word.unlikely)
        counted = self._seen(likely)
        rarity = self._rarity(counted if len(counted) else self._seen(unlikely))
        scored = self._scored(np.maximum(likely, UNLIKELY * unlikely), rarity)
        if word.exact:
            scored.scores[self._exactly(word)[scored.ids]] *= EXACT
        return scored

    def _best(self, zones: Sequence[str], slot: Slot) -> Weights:
        each = (self._occurrences(zones, one) for one in slot.alternatives())
        return reduce(np.maximum, each, np.zeros(self._size, np.float32))

    def _exactly(self, word: Group) -> Mask:
        """The documents that have the word in the very form that was typed."""
        has = np.zeros(self._size, bool)
        for segment, place in self._view.snapshot.placed():
            for term in segment.terms("forms", SEPARATOR.join((*word.likely.surfaces, word.exact, "")).encode()):
                has[place][segment.postings("forms", term).ids] = True
        return has

    def _occurrences(self, zones: Sequence[str], slot: Slot) -> Weights:
        """How much each document has of the slot's terms."""
        weighed = np.zeros(self._size, np.float32)
        for segment, place in self._view.snapshot.placed():
            here = weighed[place]
            for zone in zones:
                for field, term in slot.terms(zone):
                    postings = segment.postings(field, term)
                    here[postings.ids] += postings.weights
        return weighed

    def _sequence(self, terms: Sought) -> Weights:
        """How much each document has of the slots side by side."""
        weighed = np.zeros(self._size, np.float32)
        for segment, place in self._view.snapshot.placed():
            here = weighed[place]
            for zone in terms.zones:
                candidates = _having_all(segment, zone, terms.slots, self._view.visible[place])
                found = sequences(segment, zone, terms.slots, candidates) >> DOCUMENT_BITS
                documents, times = np.unique(found, return_counts=True)
                here[documents] += times.astype(np.float32) * segment.occurrence(zone)[documents]
        return weighed

    def _scored(self, weighed: Weights, rarity: np.float32 | None = None) -> Matched:
        ids = self._seen(weighed)
        much = weighed[ids]
        factor = self._rarity(ids) if rarity is None else rarity
        return Matched(ids, factor * (DAMPING + 1) * much / (DAMPING + much), factor)

    def _seen(self, weighed: Weights) -> Ids:
        return np.flatnonzero((weighed > 0) & self._view.visible).astype(np.int32)

    def _rarity(self, ids: Ids) -> np.float32:
        """Of what stands in these of the visible documents."""
        return np.float32(log(1 + (self._view.count - len(ids) + 0.5) / (len(ids) + 0.5)))

    def _one_of(self, clauses: Sequence[Clause], weights: Sequence[float]) -> Matched:
        """All ways have the rarity of the thing: one is not worth more because few texts are in its language."""
        anyhow = np.zeros(self._size, bool)
        scores = np.zeros(self._size, np.float32)
        found = np.zeros(self._size, bool)
        for clause, weight in zip(clauses, weights, strict=True):
            matched = self.match(clause)
            anyhow[matched.ids] = True
            if weight:
                found[matched.ids] = True
                alone = np.float32(weight) / matched.rarity * matched.scores
                scores[matched.ids] = np.maximum(scores[matched.ids], alone)
        ids = np.flatnonzero(found).astype(np.int32)
        rarity = self._rarity(np.flatnonzero(anyhow).astype(np.int32))
        return Matched(ids, rarity * scores[ids], rarity)

    def _facet_value(self, clause: Leaf) -> Matched:
        facets = self._view.snapshot.facet(clause.field)
        wanted = fold(_value(clause))
        is_prefix = isinstance(clause, Prefix)
        places = [
            place
            for place, value in enumerate(facets.folded)
            if value == wanted or (is_prefix and value.startswith(wanted))
        ]
        return _unscored(facets.documents(places) & self._view.visible)

    def _every(self, clauses: Sequence[Clause]) -> Matched:
        excluded = [clause.clause for clause in clauses if isinstance(clause, Not)]
        wanted = [self.match(clause) for clause in clauses if not isinstance(clause, Not)]
        if not wanted:
            return self._without(_unscored(self._view.visible), excluded)
        return self._without(reduce(self._both, sorted(wanted, key=lambda matched: len(matched.ids))), excluded)

    def _some(self, clauses: Sequence[Clause], at_least: int) -> Matched:
        if at_least <= 0:
            return self._some((*clauses, Every(())), 1)
        if len(clauses) == 1 == at_least:
            return self.match(clauses[0])
        times = np.zeros(self._size, np.int32)
        scores = np.zeros(self._size, np.float32)
        for matched in map(self.match, clauses):
            times[matched.ids] += 1
            scores[matched.ids] += matched.scores
        ids = np.flatnonzero(times >= at_least).astype(np.int32)
        return Matched(ids, scores[ids])

    def _both(self, fewer: Matched, more: Matched) -> Matched:
        found, scores = self._looked_up(fewer.ids, more)
        return Matched(fewer.ids[found], fewer.scores[found] + scores[found])

    def _without(self, matched: Matched, excluded: Sequence[Clause]) -> Matched:
        for clause in excluded:
            found, _ = self._looked_up(matched.ids, self.match(clause))
            matched = Matched(matched.ids[~found], matched.scores[~found])
        return matched

    def _looked_up(self, ids: Ids, matched: Matched) -> tuple[Mask, Weights]:
        """Which of the documents are among those matched, and their scores there."""
        if not len(matched.ids):
            return np.zeros(len(ids), bool), np.zeros(len(ids), np.float32)
        if len(ids) * MUCH_LONGER < len(matched.ids):
            at = np.minimum(np.searchsorted(matched.ids, ids), len(matched.ids) - 1)
            return matched.ids[at] == ids, matched.scores[at]
        spread = np.full(self._size, -1, np.float32)
        spread[matched.ids] = matched.scores
        scores = spread[ids]
        return scores >= 0, scores


def sequences(segment: Segment, zone: str, slots: Sequence[Slot], documents: Ids) -> Keys:
    """Where in these documents' zone the slots stand side by side: the places of the first."""
    found = _standing(segment, zone, slots[0], documents)
    for distance, slot in enumerate(slots[1:], 1):
        if not len(found):
            break
        found = np.intersect1d(found, _standing(segment, zone, slot, documents) - distance, assume_unique=True)
    return found


def _standing(segment: Segment, zone: str, slot: Slot, documents: Ids) -> Keys:
    """Where the slot's terms stand, in ascending order, each place once."""
    places = [segment.positions(field, term, documents) for field, term in slot.terms(zone)]
    return places[0] if len(places) == 1 else np.unique(np.concatenate([*places, np.empty(0, np.int64)]))


def _having_all(segment: Segment, zone: str, slots: Sequence[Slot], visible: Mask) -> Ids:
    """The visible documents that have something for each slot."""
    times = np.zeros(segment.size, np.int32)
    for number, slot in enumerate(slots):
        for field, term in slot.terms(zone):
            ids = segment.postings(field, term).ids
            times[ids[times[ids] == number]] += 1
    return np.flatnonzero((times == len(slots)) & visible).astype(np.int32)


def _value(clause: Leaf) -> str:
    """Which value of a facet the clause names."""
    match clause:
        case Concept(concept):
            return concept
        case Lemma():
            return ""
        case Word(text) | Phrase(text) | Prefix(text):
            return text


def _unscored(mask: Mask) -> Matched:
    ids = np.flatnonzero(mask).astype(np.int32)
    return Matched(ids, np.zeros(len(ids), np.float32))
