"""Sorting and paging: which of the documents found stand on the page that was asked for."""

from collections.abc import Iterable
from typing import Any, NamedTuple, Protocol

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from library.engines.whoosh.arrays import Ids, Weights
from library.engines.whoosh.matched import Listed, Mask, Matched, Spread
from library.engines.whoosh.schema import NO_TIME, NO_YEAR
from library.search import Sort

STACK = 64
"""Documents of which only the one with the highest score is looked at, to begin with."""
MORE_THAN_WANTED = 2
FEW = 64
"""Documents that are sorted sooner than the first of them are picked out."""
LOOKED_AT = 4_096
"""Documents of an order that are looked at first, to find the first hits in it."""


class Sortable(Protocol):
    """What documents are sorted by."""

    year: NDArray[np.int32]
    added: NDArray[np.int64]

    @property
    def ids(self) -> list[str]: ...

    def titles(self) -> list[str]: ...


class Order(Struct, frozen=True, eq=False):
    """All documents in an order, and the place of each in it, from 0."""

    documents: NDArray[np.int32]
    rank: NDArray[np.int32]

    @property
    def nbytes(self) -> int:
        return self.documents.nbytes + self.rank.nbytes


class Ranked(NamedTuple):
    """Documents in order, and what each scores."""

    ids: Ids
    scores: Weights


def order(documents: Sortable, sort: Sort) -> Order:
    ordered = _by_title(documents) if sort is Sort.TITLE else _by_time(documents, sort)
    rank = np.empty(len(ordered), np.int32)
    rank[ordered] = np.arange(len(ordered), dtype=np.int32)
    return Order(np.array(ordered, np.int32), rank)


def first_by_order(hits: Matched, order: Order, most: int) -> Ranked:
    """The first `most` hits in this order; they score nothing."""
    match hits:
        case Listed(ids=ids):
            ids = ids[best(np.zeros(len(ids), np.float32), order.rank[ids], most)]
        case Spread():
            ids = _first_of(hits.matching(), order.documents, most)
    return Ranked(ids, np.zeros(len(ids), np.float32))


def _first_of(mask: Mask, documents: NDArray[np.int32], most: int) -> Ids:
    """The first documents of a row that are in the mask, looking at longer and longer pieces till there are so many."""
    looked = LOOKED_AT
    while True:
        row = documents[:looked]
        found = row[mask[row]]
        if len(found) >= most or looked >= len(documents):
            return found[:most]
        looked *= 8


def first_by_score(hits: Matched, order: Order, most: int) -> Ranked:
    """The first `most` hits by score, the highest first; the order decides between equals."""
    match hits:
        case Listed(ids, scores):
            at = best(scores, order.rank[ids], most)
            return Ranked(ids[at], hits.factor * scores[at])
        case Spread(scores):
            ids = _highest(scores, hits.matching(), most)
            at = best(scores[ids], order.rank[ids], most)
            return Ranked(ids[at], hits.factor * scores[ids[at]])


def _highest(scores: Weights, mask: Mask, most: int) -> Ids:
    """A few documents of the mask, among them all of the first `most` by score.

    The documents are dealt to stacks like cards. If so many stacks have a score of at least `floor`, so many documents
    have; which these are, one look over all of them says. Some more than wanted, since not all are in the mask."""
    stacks = len(scores) // STACK
    wanted = MORE_THAN_WANTED * most
    if 0 < wanted <= stacks:
        highest = scores[: stacks * STACK].reshape(STACK, stacks).max(axis=0)
        floor = np.partition(highest, stacks - wanted)[stacks - wanted]
        if floor > 0:
            found: Ids = (scores >= floor).nonzero()[0].astype(np.int32)
            found = found[mask[found]]
            if len(found) >= most:
                return found
    return np.flatnonzero(mask).astype(np.int32)


def best(scores: NDArray[np.float32], rank: NDArray[np.int32], most: int) -> NDArray[np.intp]:
    """The first `most` by score, the highest first; the lower rank decides between equals."""
    if most <= 0:
        return np.empty(0, np.intp)
    if len(scores) <= max(most, FEW):
        few: NDArray[np.intp] = np.lexsort((rank, -scores))[:most]
        return few
    ordered = scores.copy()
    ordered.partition(len(scores) - most)
    least = ordered[len(scores) - most]
    chosen = (scores >= least).nonzero()[0]
    if len(chosen) > FEW + most:
        chosen = _without_late_equals(chosen, scores, rank, least, most)
    first: NDArray[np.intp] = chosen[np.lexsort((rank[chosen], -scores[chosen]))[:most]]
    return first


def _without_late_equals(
    chosen: NDArray[np.intp], scores: NDArray[np.float32], rank: NDArray[np.int32], least: np.float32, most: int
) -> NDArray[np.intp]:
    """Of very many that score just enough, those that come first."""
    above, equal = chosen[scores[chosen] > least], chosen[scores[chosen] == least]
    left = most - len(above)
    return np.concatenate([above, equal[np.argpartition(rank[equal], left)[:left]]])


def _by_title(documents: Sortable) -> list[int]:
    keys = list(zip(documents.titles(), documents.ids, strict=True))
    return sorted(range(len(keys)), key=keys.__getitem__)


def _by_time(documents: Sortable, sort: Sort) -> NDArray[np.intp]:
    years, times = documents.year.astype(np.int64), documents.added
    sign = 1 if sort is Sort.OLDEST else -1
    by_year = np.where(years == NO_YEAR, np.iinfo(np.int64).max, sign * years)
    by_time = np.where(times == NO_TIME, np.iinfo(np.int64).max, sign * np.maximum(times, NO_TIME + 1))
    order = np.lexsort((by_time, by_year))
    for start, end in _runs(by_year[order], by_time[order]):
        order[start:end] = sorted(order[start:end].tolist(), key=documents.ids.__getitem__)
    return order


def _runs(*keys: NDArray[Any]) -> Iterable[tuple[int, int]]:
    """Where several in a row are equal in all keys."""
    if not len(keys[0]):
        return []
    differs = np.logical_or.reduce([key[1:] != key[:-1] for key in keys])
    starts = np.flatnonzero(np.concatenate([[True], differs]))
    ends = np.append(starts[1:], len(keys[0]))
    longer = ends - starts > 1
    return zip(starts[longer].tolist(), ends[longer].tolist(), strict=True)
