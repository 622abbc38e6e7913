"""Filters, and how many hits each value of a facet has."""

from collections.abc import Collection, Iterable, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from library.engines.whoosh.blocks import Ids
from library.engines.whoosh.evaluate import Matched
from library.engines.whoosh.schema import NO_TIME, NO_YEAR, instant
from library.engines.whoosh.snapshot import Facets, Mask, Snapshot
from library.errors import BadRequest
from library.search import FACETS, Facet, FacetCount, Filter, SearchQuery


class Narrowed(NamedTuple):
    """What the clause has matched, and the filters: each a mask over all documents, by the facet whose own counts it
    leaves alone (none, for those that always count)."""

    matched: Matched
    filters: Sequence[tuple[str, Mask]]

    def hits(self) -> Matched:
        kept = _in_all(self.matched.ids, [mask for _, mask in self.filters])
        return self.matched if kept is None else Matched(self.matched.ids[kept], self.matched.scores[kept])

    def ids_but_for(self, field: str) -> Ids:
        """The hits that there would be without this facet's own filters."""
        kept = _in_all(self.matched.ids, [mask for name, mask in self.filters if name != field])
        return self.matched.ids if kept is None else self.matched.ids[kept]


def narrowed(matched: Matched, asked: SearchQuery, snapshot: Snapshot) -> Narrowed:
    """Raises BadRequest for a filter on what is no facet."""
    filters = [_filter(wanted, snapshot) for wanted in asked.filters]
    if asked.year_from is not None:
        filters.append(("year", (snapshot.year >= asked.year_from) & (snapshot.year != NO_YEAR)))
    if asked.year_to is not None:
        filters.append(("year", (snapshot.year <= asked.year_to) & (snapshot.year != NO_YEAR)))
    if asked.added_since is not None:
        filters.append(("", (snapshot.added >= instant(asked.added_since)) & (snapshot.added != NO_TIME)))
    if asked.within:
        filters.append(("", _among(asked.within, snapshot)))
    return Narrowed(matched, filters)


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
    selected = {
        value for wanted in asked.filters if wanted.field == name and not wanted.excluded for value in wanted.values
    }
    missing, counts = _counts(facets, found.ids_but_for(name), snapshot.size)
    return _listed(facets, counts, selected, asked.facet_size, missing)


def _counts(facets: Facets, ids: Ids, size: int) -> tuple[int, NDArray[np.intp]]:
    """How many of the documents have no value, and how many have each."""
    counts = np.bincount(facets.first[ids] + 1, minlength=len(facets.values) + 1)
    missing = int(counts[0])
    if len(facets.more_documents):
        among = np.zeros(size, bool)
        among[ids] = True
        more = facets.more_places[among[facets.more_documents]]
        counts[1:] += np.bincount(more, minlength=len(facets.values))
    return missing, counts[1:]


def _listed(facets: Facets, counts: NDArray[np.intp], selected: Collection[str], most: int, missing: int) -> Facet:
    # The values are in order, so a stable sort leaves equal counts by value.
    order = np.argsort(-counts, kind="stable")
    present = order[counts[order] > 0]
    shown = {facets.values[place]: int(counts[place]) for place in present[:most].tolist()}
    for value in selected:
        shown.setdefault(value, sum(int(counts[place]) for place in facets.places((value,))))
    ordered = sorted(shown.items(), key=lambda item: (-item[1], item[0]))
    return Facet(
        values=tuple(FacetCount(value, count, value in selected) for value, count in ordered),
        other=int(counts.sum()) - sum(shown.values()),
        missing=missing,
    )


def _in_all(ids: Ids, masks: Sequence[Mask]) -> Mask | None:
    """Which of the documents are in all masks; None where there are no masks."""
    kept = None
    for mask in masks:
        kept = mask[ids] if kept is None else kept & mask[ids]
    return kept


def _known(name: str, snapshot: Snapshot) -> Facets:
    if name not in FACETS:
        raise BadRequest(f"there is no facet {name!r}; the facets are {', '.join(FACETS)}")
    return snapshot.facet(name)
