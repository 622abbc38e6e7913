"""Documents that match and what each scores: listed where they are few, spread over all documents where they are many.

Adding two lists of 30,000 documents of 100,000 takes half a millisecond; adding two whole arrays takes a tenth of that,
because nothing is looked up. A list of a few documents is faster still, so both forms are kept.
(For the same reason scores are multiplied by a mask and not chosen by it, which takes ten times as long.)

Scores are added and compared in the order of the clauses, whichever form they have: so how many documents there are
beside those that somebody sees changes nothing in the last digit of a score.
"""

from collections.abc import Iterable, Sequence
from functools import reduce

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from library.engines.whoosh.arrays import Ids, Weights
from library.engines.whoosh.bits import Bits, as_bits, as_mask, bits_of, width

Mask = NDArray[np.bool_]

FEW = 16
"""One document in so many, or fewer, are listed."""
FEW_OF_ALL = 4
"""One document in so many, or fewer, are listed where they are what several rows have in common: their scores are
then picked out of each row, which takes less than adding whole rows."""
SUMMED_IN_ORDER = 7
"""Numbers in a row that numpy adds up one after another; of more it makes partial sums."""


class Listed(Struct, frozen=True, eq=False):
    """These documents, in ascending order; each scores `factor` times its score."""

    ids: Ids
    scores: Weights
    factor: np.float32 = np.float32(1)

    @property
    def nbytes(self) -> int:
        return self.ids.nbytes + self.scores.nbytes

    def scored(self) -> Weights:
        return self.scores if self.factor == 1 else self.factor * self.scores

    def times(self, factor: np.float32) -> "Listed":
        return Listed(self.ids, self.scores, factor * self.factor)


class Spread(Struct, frozen=True, eq=False):
    """A score for every document there is. Those of `mask` match, or, where there is none, those that score at all; the
    others score 0."""

    scores: Weights
    mask: Mask | None = None
    factor: np.float32 = np.float32(1)
    bits: Bits | None = None
    """Which match, where that is known already."""

    @property
    def nbytes(self) -> int:
        return self.scores.nbytes + sum(each.nbytes for each in (self.mask, self.bits) if each is not None)

    def scored(self) -> Weights:
        return self.scores if self.factor == 1 else self.factor * self.scores

    def matching(self) -> Mask:
        return self.scores > 0 if self.mask is None else self.mask

    def matching_bits(self) -> Bits:
        return as_bits(self.matching()) if self.bits is None else self.bits

    def times(self, factor: np.float32) -> "Spread":
        return Spread(self.scores, self.mask, factor * self.factor, self.bits)


Matched = Listed | Spread

NOTHING = Listed(np.empty(0, np.int32), np.empty(0, np.float32))


def listing(ids: Ids, scores: Weights, size: int) -> Matched:
    """These of so many documents, each of which scores more than 0."""
    if len(ids) * FEW <= size:
        return Listed(ids, scores)
    spread = np.zeros(size, np.float32)
    spread[ids] = scores
    return Spread(spread, bits=as_bits(spread > 0))


def continued(before: Matched, until: int, more: Matched, size: int) -> Matched:
    """Of so many documents, those before `until` as in the first, and then those of the second, which are numbered from
    there. All of them score, and by no factor."""
    match before:
        case Listed():
            known, new = listed_before(before, until), listed(more)
            ids = np.concatenate([known.ids, new.ids + np.int32(until)])
            return listing(ids, np.concatenate([known.scores, new.scores]), size)
        case Spread():
            scores = np.zeros(size, np.float32)
            scores[:until] = before.scores[:until]
            match more:
                case Listed(ids=ids):
                    scores[until + ids] = more.scores
                case Spread():
                    scores[until:] = more.scores
            return Spread(scores, bits=as_bits(scores > 0))


def listed_before(matched: Listed, until: int) -> Listed:
    end = int(np.searchsorted(matched.ids, until))
    return Listed(matched.ids[:end], matched.scores[:end])


def unscored(mask: Mask) -> Spread:
    """What matches without a score."""
    return Spread(np.broadcast_to(np.float32(0), mask.shape), mask)


def listed(matched: Matched) -> Listed:
    match matched:
        case Listed():
            return Listed(matched.ids, matched.scored())
        case Spread():
            ids = matched.matching().nonzero()[0].astype(np.int32)
            return Listed(ids, matched.factor * matched.scores[ids])


def either(parts: Sequence[Matched], size: int) -> Matched:
    """The documents that match any of these; their scores are added up."""
    if len(parts) == 1:
        return parts[0]
    few = _few(parts, size)
    if few is not None:
        ids, scores, starts = few
        return Listed(ids, np.add.reduceat(scores, starts)) if len(ids) else NOTHING
    scores = np.zeros(size, np.float32)
    for number, part in enumerate(parts):
        match part:
            case Spread() if number == 0:
                scores = part.factor * part.scores
            case Spread():
                scores += part.scored()
            case Listed():
                scores[part.ids] += part.scored()
    return Spread(scores, _any_mask(parts, scores))


def best_of(parts: Sequence[Matched], size: int) -> Matched:
    """The documents that match any of these; the best score counts."""
    few = _few(parts, size)
    if few is not None:
        ids, scores, starts = few
        return Listed(ids, np.maximum.reduceat(scores, starts)) if len(ids) else NOTHING
    scores = np.zeros(size, np.float32)
    for part in parts:
        match part:
            case Spread():
                np.maximum(scores, part.scored(), out=scores)
            case Listed():
                scores[part.ids] = np.maximum(scores[part.ids], part.scored())
    return Spread(scores, _any_mask(parts, scores))


def at_least(parts: Sequence[Matched], least: int, size: int) -> Matched:
    """The documents that match at least so many (two or more) of these; their scores are added up."""
    # 64 documents at once: `reached[n]` are those that match more than n of the parts so far.
    reached = [np.zeros(width(size), np.uint64) for _ in range(least)]
    for part in parts:
        bits = part.matching_bits() if isinstance(part, Spread) else bits_of(part.ids, size)
        for fewer in range(least - 1, 0, -1):
            reached[fewer] |= reached[fewer - 1] & bits
        reached[0] |= bits
    return _within(as_mask(reached[-1], size), parts, size)


def every(parts: Sequence[Matched], size: int) -> Matched:
    """The documents that match all of these; their scores are added up."""
    if len(parts) == 1:
        return parts[0]
    shortest = min((part for part in parts if isinstance(part, Listed)), key=lambda part: len(part.ids), default=None)
    if shortest is None:
        # 64 documents at once.
        bits = reduce(np.bitwise_and, [part.matching_bits() for part in parts if isinstance(part, Spread)])
        return _within(as_mask(bits, size), parts, size)
    ids = shortest.ids
    for part in parts:
        if part is not shortest:
            ids = ids[has(part, ids)]
    return Listed(ids, _added(ids, parts))


def without(matched: Matched, excluded: Iterable[Matched]) -> Matched:
    """What matches and is none of those excluded."""
    for one in excluded:
        match matched:
            case Listed():
                kept = ~has(one, matched.ids)
                matched = Listed(matched.ids[kept], matched.scores[kept], matched.factor)
            case Spread():
                mask = matched.matching().copy()
                match one:
                    case Listed():
                        mask[one.ids] = False
                    case Spread():
                        mask &= ~one.matching()
                matched = Spread(matched.scores * mask, mask, matched.factor)
    return matched


def has(matched: Matched, ids: Ids) -> Mask:
    """Which of these documents match."""
    match matched:
        case Listed():
            return _places(matched.ids, ids)[1]
        case Spread():
            return matched.scores[ids] > 0 if matched.mask is None else matched.mask[ids]


def score(matched: Matched, ids: Ids) -> Weights:
    """What each of these documents, all of which match, scores."""
    match matched:
        case Listed():
            return matched.factor * matched.scores[_places(matched.ids, ids)[0]]
        case Spread():
            return matched.factor * matched.scores[ids]


def _within(mask: Mask, parts: Sequence[Matched], size: int) -> Matched:
    """The documents of the mask with the scores that the parts have for them."""
    if np.count_nonzero(mask) * FEW_OF_ALL <= size:
        ids = mask.nonzero()[0].astype(np.int32)
        return Listed(ids, _added(ids, parts))
    summed = either(parts, size)
    scores = summed.scored() if isinstance(summed, Spread) else listed_spread(summed, size)
    return Spread(scores * mask, mask)


def listed_spread(matched: Listed, size: int) -> Weights:
    scores = np.zeros(size, np.float32)
    scores[matched.ids] = matched.scored()
    return scores


def _added(ids: Ids, parts: Sequence[Matched]) -> Weights:
    scores = np.zeros(len(ids), np.float32)
    for part in parts:
        match part:
            case Spread():
                scores += part.factor * part.scores.take(ids)
            case Listed():
                at, there = _places(part.ids, ids)
                scores[there] += part.factor * part.scores[at[there]]
    return scores


def _places(among: Ids, ids: Ids) -> tuple[NDArray[np.intp], Mask]:
    """Where each document stands in the list, and whether it does."""
    if not len(among):
        return np.zeros(len(ids), np.intp), np.zeros(len(ids), bool)
    at = np.minimum(np.searchsorted(among, ids), len(among) - 1)
    return at, among[at] == ids


def _few(parts: Sequence[Matched], size: int) -> tuple[Ids, Weights, NDArray[np.intp]] | None:
    """Where all of few parts are short lists: each document once, all scores in its order, and where each document's
    begin."""
    lists = [part for part in parts if isinstance(part, Listed)]
    if len(lists) < len(parts) or len(parts) > SUMMED_IN_ORDER or sum(len(one.ids) for one in lists) * FEW > size:
        return None
    ids = np.concatenate([one.ids for one in lists])
    scores = np.concatenate([one.scored() for one in lists])
    order = np.argsort(ids, kind="stable")
    ids, scores = ids[order], scores[order]
    starts = np.flatnonzero(np.concatenate([[True], ids[1:] != ids[:-1]])) if len(ids) else np.empty(0, np.intp)
    return ids[starts], scores, starts


def _any_mask(parts: Sequence[Matched], scores: Weights) -> Mask | None:
    """What matches any of the parts; None where that is what scores."""
    unscored = [part for part in parts if _has_unscored(part)]
    if not unscored:
        return None
    mask: Mask = scores > 0
    for part in unscored:
        match part:
            case Listed():
                mask[part.ids] = True
            case Spread():
                mask |= part.matching()
    return mask


def _has_unscored(part: Matched) -> bool:
    match part:
        case Listed():
            return not part.scores.all()
        case Spread():
            return part.mask is not None
