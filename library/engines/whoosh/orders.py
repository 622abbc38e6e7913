"""Sorting and paging: which of the documents found stand on the page that was asked for."""

from collections.abc import Iterable
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from library.engines.whoosh.schema import NO_TIME, NO_YEAR
from library.search import Sort


class Sortable(Protocol):
    """What documents are sorted by."""

    year: NDArray[np.int32]
    added: NDArray[np.int64]

    @property
    def ids(self) -> list[str]: ...

    def titles(self) -> list[str]: ...


def ranks(documents: Sortable, sort: Sort) -> NDArray[np.int32]:
    """Each document's place in this order, from 0."""
    order = _by_title(documents) if sort is Sort.TITLE else _by_time(documents, sort)
    rank = np.empty(len(order), np.int32)
    rank[order] = np.arange(len(order), dtype=np.int32)
    return rank


def best(scores: NDArray[np.float32], rank: NDArray[np.int32], most: int) -> NDArray[np.intp]:
    """The first `most` by score, the highest first; the lower rank decides between equals."""
    if most <= 0:
        return np.empty(0, np.intp)
    if most >= len(scores):
        return np.lexsort((rank, -scores))
    least = np.partition(scores, len(scores) - most)[len(scores) - most]
    above = np.flatnonzero(scores > least)
    equal = np.flatnonzero(scores == least)
    left = most - len(above)
    if left < len(equal):
        equal = equal[np.argpartition(rank[equal], left)[:left]]
    chosen = np.concatenate([above, equal])
    return chosen[np.lexsort((rank[chosen], -scores[chosen]))]


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
