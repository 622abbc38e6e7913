"""How much each document has of what is sought: its score but for the rarity, which depends on who asks.

Scores are BM25F: a term's occurrences in all zones, weighed, make one frequency, which is damped once. What is made
here is the same for every audience, so it is kept once a generation.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

import numpy as np
from msgspec import Struct

from library.engines.whoosh.arrays import Ids, Weights
from library.engines.whoosh.matched import (
    FEW,
    NOTHING,
    Listed,
    Mask,
    Matched,
    Spread,
    best_of,
    continued,
    has,
    listed,
    listing,
)
from library.engines.whoosh.schema import SEPARATOR
from library.engines.whoosh.segment import DOCUMENT_BITS, Keys, Postings, Segment
from library.engines.whoosh.snapshot import Snapshot
from library.engines.whoosh.words import Group, Slot, Sought

DAMPING = np.float32(1.2)
"""BM25's k1: how soon further occurrences of a word stop counting."""
UNLIKELY = np.float32(0.5)
"""What an unlikely meaning of a word counts beside its likely ones."""
EXACT = np.float32(1.1)
"""What a document gains by having a word in the very form that was typed."""


class Part(Struct, frozen=True, eq=False):
    """What documents have of something sought, those among them that nobody may see any more."""

    matched: Matched
    unlikely: Ids
    """Those that have only what a word unlikely means; its rarity is taken from the others, if there are any."""
    beside: Ids = NOTHING.ids
    """Others, that do not match but count where the rarity is taken."""

    @property
    def nbytes(self) -> int:
        return self.matched.nbytes + self.unlikely.nbytes + self.beside.nbytes

    def continued(self, until: int, more: "Part", size: int) -> "Part":
        """What so many documents have: those before `until` what this says, the others, numbered from there, what the
        other one says."""
        return Part(
            matched=continued(self.matched, until, more.matched, size),
            unlikely=_continued(self.unlikely, until, more.unlikely),
            beside=_continued(self.beside, until, more.beside),
        )


class _Alternative(NamedTuple):
    """What a word may stand for: its terms in all zones add up."""

    factor: np.float32
    terms: list[Postings]


def _continued(before: Ids, until: int, more: Ids) -> Ids:
    return np.concatenate([before[: np.searchsorted(before, until)], more + np.int32(until)])


def part(sought: Sought, snapshot: Snapshot) -> Part:
    """What each document has of it."""
    if len(sought.slots) > 1:
        return Part(_sequence(sought, snapshot), NOTHING.ids)
    if sought.group is None:
        (slot,) = sought.slots
        found = [postings for _, postings in _found(sought.zones, slot, snapshot)]
        return _best([_Alternative(np.float32(1), found)], snapshot.size)
    return _word(sought.zones, sought.group, snapshot)


def one_of(ways: Sequence[Matched], weights: Sequence[float], size: int) -> Part:
    """Several ways to say one thing: the best counts, none is worth more for being rare itself."""
    weighed = [way.times(np.float32(weight)) for way, weight in zip(ways, weights, strict=True) if weight]
    found = best_of(weighed, size) if weighed else NOTHING
    if isinstance(found, Spread):
        found = Spread(found.scores, found.mask, found.factor, found.matching_bits())
    silent = [listed(way).ids for way, weight in zip(ways, weights, strict=True) if not weight]
    beside = np.unique(np.concatenate([*silent, NOTHING.ids]))
    return Part(found, NOTHING.ids, beside[~has(found, beside)])


def _word(zones: Sequence[str], word: Group, snapshot: Snapshot) -> Part:
    """The best of a word's alternatives counts."""
    alternatives = [
        _Alternative(factor, terms)
        for factor, slot in ((np.float32(1), word.likely), (UNLIKELY, word.unlikely))
        for kind in slot.kinds()
        for terms in _by_term(zones, kind, snapshot)
    ]
    found = _best(alternatives, snapshot.size)
    return Part(_favoured(found.matched, _exactly(word, snapshot)), found.unlikely) if word.exact else found


def _best(alternatives: Sequence[_Alternative], size: int) -> Part:
    lists = [found.ids for alternative in alternatives for found in alternative.terms]
    ids = _frame(lists, size)
    width = size if ids is None else len(ids)
    best, likely = np.zeros(width, np.float32), np.zeros(width, np.float32)
    for factor, terms in alternatives:
        much = np.zeros(width, np.float32)
        for found in terms:
            # One document stands once in a term's list, so that nothing is lost in adding.
            much[found.ids if ids is None else np.searchsorted(ids, found.ids)] += found.weights
        np.maximum(best, factor * much, out=best)
        if factor == 1:
            np.maximum(likely, much, out=likely)
    there = np.flatnonzero(best).astype(np.int32)
    only_unlikely = there[likely[there] == 0]
    scores = damped(best[there])
    return Part(
        listing(there if ids is None else ids[there], scores, size),
        only_unlikely if ids is None else ids[only_unlikely],
    )


def _frame(lists: Sequence[Ids], size: int) -> Ids | None:
    """The documents that stand in any of these lists; None for all there are, where that is less work."""
    if sum(map(len, lists)) * FEW > size:
        return None
    return np.unique(np.concatenate([*lists, NOTHING.ids]))


def _by_term(zones: Iterable[str], slot: Slot, snapshot: Snapshot) -> Iterable[list[Postings]]:
    """What there is of each of the slot's terms."""
    found: dict[bytes, list[Postings]] = {}
    for term, postings in _found(zones, slot, snapshot):
        found.setdefault(term, []).append(postings)
    return found.values()


def _found(zones: Iterable[str], slot: Slot, snapshot: Snapshot) -> Iterator[tuple[bytes, Postings]]:
    """What there is of the slot's terms: of each segment what it has, its documents numbered through all segments."""
    wanted = [each for zone in zones for each in slot.terms(zone)]
    for segment, place in snapshot.placed():
        for field, terms in wanted:
            for term, found in segment.having(field, terms):
                ids, weights = found.weighed()
                yield term, Postings(ids + np.int32(place.start), weights)


def damped(much: Weights) -> Weights:
    return (DAMPING + 1) * much / (DAMPING + much)


def _favoured(matched: Matched, documents: Mask) -> Matched:
    """The same, with more for these documents."""
    match matched:
        case Listed():
            more = np.where(documents[matched.ids], EXACT, np.float32(1))
            return Listed(matched.ids, matched.scores * more)
        case Spread():
            return Spread(matched.scores * np.where(documents, EXACT, np.float32(1)), bits=matched.bits)


def _exactly(word: Group, snapshot: Snapshot) -> Mask:
    """The documents that have the word in the very form that was typed."""
    has = np.zeros(snapshot.size, bool)
    for segment, place in snapshot.placed():
        forms = segment.field("forms")
        rows = forms.beginning_with(SEPARATOR.join((*word.likely.surfaces, word.exact, "")).encode())
        if rows:
            has[place][forms.ids[forms.firsts.item(rows.start) : forms.firsts.item(rows.stop)]] = True
    return has


# Words side by side --------------------------------------------------------------------------------------------------


def _sequence(sought: Sought, snapshot: Snapshot) -> Matched:
    """What documents have of the slots side by side."""
    weighed = np.zeros(snapshot.size, np.float32)
    for segment, place in snapshot.placed():
        here = weighed[place]
        for zone in sought.zones:
            candidates = _having_all(segment, zone, sought.slots)
            found = sequences(segment, zone, sought.slots, candidates) >> DOCUMENT_BITS
            documents, times = np.unique(found, return_counts=True)
            here[documents] += times.astype(np.float32) * segment.occurrence(zone)[documents]
    ids = np.flatnonzero(weighed).astype(np.int32)
    return listing(ids, damped(weighed[ids]), snapshot.size)


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
    places = [
        found.positions(documents) for field, terms in slot.terms(zone) for _, found in segment.having(field, terms)
    ]
    return places[0] if len(places) == 1 else np.unique(np.concatenate([*places, np.empty(0, np.int64)]))


def _having_all(segment: Segment, zone: str, slots: Sequence[Slot]) -> Ids:
    """The documents that have something for each slot."""
    times = np.zeros(segment.size, np.int32)
    for number, slot in enumerate(slots):
        for field, terms in slot.terms(zone):
            for _, found in segment.having(field, terms):
                ids = found.ids()
                times[ids[times[ids] == number]] += 1
    return np.flatnonzero(times == len(slots)).astype(np.int32)
