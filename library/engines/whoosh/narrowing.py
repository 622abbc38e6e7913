"""Filters, and how many hits each value of a facet has."""

from collections.abc import Collection, Iterable, Sequence
from functools import cached_property, reduce

import numpy as np
from numpy.typing import NDArray

from library.engines.whoosh.bits import Bits, bits_of
from library.engines.whoosh.matched import FEW, Listed, Mask, Matched, Spread
from library.engines.whoosh.schema import NO_TIME, NO_YEAR, instant
from library.engines.whoosh.snapshot import Facets, Snapshot, View
from library.errors import BadRequest
from library.search import FACETS, Facet, FacetCount, Filter, SearchQuery


class Narrowed:
    """What the clause has matched of what is visible, and the filters: each a mask over all documents, by the facet
    whose own counts it leaves alone (none, for those that always count)."""

    def __init__(self, matched: Matched, always: Sequence[Mask], own: Sequence[tuple[str, Mask]], size: int) -> None:
        self._matched = _kept(matched, always)
        self._size = size
        self._own = own
        self.hits: Matched = _kept(self._matched, [mask for _, mask in own])

    @cached_property
    def total(self) -> int:
        match self.hits:
            case Listed(ids=ids):
                return len(ids)
            case Spread():
                return int(np.count_nonzero(self.hits.matching()))

    def but_for(self, field: str) -> Listed | Bits:
        """The hits that there would be without this facet's own filters; where they are many, a bit for each document,
        made once for all facets that have none."""
        own = [mask for name, mask in self._own if name != field]
        if len(own) == len(self._own):
            return self.counted
        return self._as_counted(_kept(self._matched, own))

    @cached_property
    def counted(self) -> Listed | Bits:
        return self._as_counted(self.hits)

    def _as_counted(self, hits: Matched) -> Listed | Bits:
        match hits:
            case Listed(ids=ids) if len(ids) * FEW <= self._size:
                return hits
            case Listed(ids=ids):
                return bits_of(ids, self._size)
            case Spread():
                return hits.matching_bits()


def narrowed(matched: Matched, asked: SearchQuery, view: View) -> Narrowed:
    """Raises BadRequest for a filter on what is no facet."""
    snapshot = view.snapshot
    filters = [_filter(wanted, snapshot) for wanted in asked.filters]
    if asked.year_from is not None:
        filters.append(("year", (snapshot.year >= asked.year_from) & (snapshot.year != NO_YEAR)))
    if asked.year_to is not None:
        filters.append(("year", (snapshot.year <= asked.year_to) & (snapshot.year != NO_YEAR)))
    if asked.added_since is not None:
        filters.append(("", (snapshot.added >= instant(asked.added_since)) & (snapshot.added != NO_TIME)))
    if asked.within:
        filters.append(("", _among(asked.within, snapshot)))
    always = [view.visible, *(mask for field, mask in filters if not field)]
    return Narrowed(matched, always, [(field, mask) for field, mask in filters if field], snapshot.size)


def _kept(matched: Matched, masks: Sequence[Mask]) -> Matched:
    """What matches and is in all masks. What the others score is left: to take it out would cost more than the rest."""
    if not masks:
        return matched
    match matched:
        case Listed(ids, scores, factor):
            kept = reduce(np.logical_and, [mask[ids] for mask in masks])
            return Listed(ids[kept], scores[kept], factor)
        case Spread(scores, _, factor):
            return Spread(scores, reduce(np.logical_and, masks, matched.matching()), factor)


def facet_counts(found: Narrowed, asked: SearchQuery, snapshot: Snapshot) -> dict[str, Facet]:
    """Raises BadRequest for what is no facet."""
    return {name: _counted(name, found, asked, snapshot) for name in asked.facets}


def _filter(wanted: Filter, snapshot: Snapshot) -> tuple[str, Mask]:
    facets = _known(wanted.field, snapshot)
    mask: Mask = snapshot.kept(wanted, lambda: facets.documents(facets.places(wanted.values)) != wanted.excluded)
    return "" if wanted.excluded else wanted.field, mask


def _among(documents: Iterable[str], snapshot: Snapshot) -> Mask:
    mask = np.zeros(snapshot.size, bool)
    mask[[number for number in map(snapshot.number_of, documents) if number is not None]] = True
    return mask


def _counted(name: str, found: Narrowed, asked: SearchQuery, snapshot: Snapshot) -> Facet:
    facets = _known(name, snapshot)
    selected = {value for wanted in asked.filters if wanted.field == name for value in _chosen(wanted)}
    hits = found.counted if asked.facets_narrowed else found.but_for(name)
    counts = _counts(name, hits, snapshot)
    return _listed(facets, counts[1:], selected, asked.facet_size, int(counts[0]))


def _counts(name: str, hits: Listed | Bits, snapshot: Snapshot) -> NDArray[np.intp]:
    """How many of the hits have no value, and how many have each."""
    if not isinstance(hits, Listed):
        return snapshot.facet_bits(name).counts(hits)
    facets = snapshot.facet(name)
    counts = np.bincount(facets.first[hits.ids] + 1, minlength=len(facets.values) + 1)
    if len(facets.more_documents):
        among = np.zeros(snapshot.size, bool)
        among[hits.ids] = True
        counts[1:] += np.bincount(facets.more_places[among[facets.more_documents]], minlength=len(facets.values))
    return counts


def _listed(facets: Facets, counts: NDArray[np.intp], selected: Collection[str], most: int, missing: int) -> Facet:
    # The values are in order, so a stable sort leaves equal counts by value.
    first = (-counts).argsort(kind="stable")[:most]
    names = facets.values
    all_shown = counts[first].tolist()
    shown = [(names[place], count) for place, count in zip(first.tolist(), all_shown, strict=True) if count]
    other = int(counts.sum()) - sum(all_shown) if len(counts) > most else 0
    if not selected:
        return Facet(tuple([FacetCount(value, count) for value, count in shown]), other, missing)
    shown = _with_selected(shown, facets, counts, selected)
    return Facet(
        values=tuple(FacetCount(value, count, value in selected) for value, count in shown),
        other=int(counts.sum()) - sum(count for _, count in shown),
        missing=missing,
    )


def _chosen(wanted: Filter) -> Sequence[str]:
    return () if wanted.excluded else wanted.values


def _with_selected(
    shown: Sequence[tuple[str, int]], facets: Facets, counts: NDArray[np.intp], selected: Collection[str]
) -> list[tuple[str, int]]:
    """What is narrowed by is always shown."""
    known = dict(shown)
    for value in selected:
        known.setdefault(value, sum(int(counts[place]) for place in facets.places((value,))))
    return sorted(known.items(), key=lambda item: (-item[1], item[0]))


def _known(name: str, snapshot: Snapshot) -> Facets:
    if name not in FACETS:
        raise BadRequest(f"there is no facet {name!r}; the facets are {', '.join(FACETS)}")
    return snapshot.facet(name)
