"""One immutable segment as arrays: what was decoded of it once serves every generation that holds it."""

from collections.abc import Callable, Hashable, Iterator, Sequence
from functools import cached_property
from pathlib import Path
from threading import Lock
from typing import Any, NamedTuple

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from library.engines.whoosh.arrays import FieldArrays, FieldPostings, Ids, Weights, field_arrays, rows_of
from library.engines.whoosh.blocks import TermFilter
from library.engines.whoosh.cache import Cache
from library.engines.whoosh.folder import our_errors
from library.engines.whoosh.schema import TABLE_GAP, ZONE_OF, facet_field, tables_field
from library.engines.whoosh.writing import SegmentFiles
from library.search import ZONES

Keys = NDArray[np.int64]
"""Places of tokens: the document's number in the upper 32 bits, the position in the lower."""

DOCUMENT_BITS = 32

LOOKED_UP = 4_096
"""Terms of which it is kept where their postings are: a question asks for each several times."""
MAPPED_READS = 256
"""Reads of the file between which what it has mapped is given back: the system maps some 64 kB around each."""


class Weighing(Struct, frozen=True):
    """How BM25F counts a word in one zone: `weight` for each occurrence, less in documents longer than `pivot` tokens;
    `share` says how much less."""

    weight: float
    share: float
    pivot: float

    def of(self, lengths: NDArray[Any]) -> NDArray[np.float32]:
        return (self.weight / (1 - self.share + self.share * lengths / self.pivot)).astype(np.float32)


# The pivots are fixed, about the usual lengths, and no averages: so what a segment's terms weigh never changes, and
# documents that somebody may not see do not tell of themselves by their length.
WEIGHING = {
    "title": Weighing(weight=5.0, share=0.5, pivot=8.0),
    "about": Weighing(weight=2.0, share=0.5, pivot=150.0),
    "text": Weighing(weight=1.0, share=0.3, pivot=500.0),
}


class FacetValues(Struct, frozen=True, eq=False):
    """Which documents have which values: pairs of a document's number and a value's place in `values`."""

    values: tuple[str, ...]
    documents: Ids
    places: Ids


class Postings(NamedTuple):
    """The documents that hold a term, in ascending order, and what it weighs in each."""

    ids: Ids
    weights: Weights


_NOTHING = np.empty(0, np.int64)
_NO_TERMS = field_arrays(FieldPostings("", (), np.zeros(1, np.int64), _NOTHING, _NOTHING))


class Found(NamedTuple):
    """A term's postings in the arrays of its field."""

    arrays: FieldArrays
    postings: slice
    share: Weights | None
    """What one occurrence weighs in each document; None in a field that is none of a zone's."""

    def ids(self) -> Ids:
        return self.arrays.ids[self.postings].astype(np.int32)

    def weighed(self) -> Postings:
        """The documents that hold the term, in ascending order, and what it weighs in each."""
        ids, weights = self.ids(), self.arrays.weights[self.postings].astype(np.float32)
        return Postings(ids, weights if self.share is None else weights * self.share[ids])

    def places(self, documents: Ids) -> Iterator[tuple[int, list[int]]]:
        """For each of a few documents (in ascending order) that has the term: the document's place among them, and
        where in it the term stands."""
        there, rows = self._among(documents)
        positions = self.arrays.positions
        for place, first, last in zip(there.tolist(), *self._bounds(rows), strict=True):
            yield place, positions[first:last].tolist()

    def positions(self, documents: Ids) -> Keys:
        """Where the term stands in these documents (in ascending order)."""
        there, rows = self._among(documents)
        firsts, lasts = self._bounds(rows)
        begins = np.array(firsts, np.int64)
        counts = np.array(lasts, np.int64) - begins
        positions = self.arrays.positions[rows_of(begins, counts)].astype(np.int64)
        return (np.repeat(documents[there].astype(np.int64), counts) << DOCUMENT_BITS) | positions

    def _among(self, documents: Ids) -> tuple[Ids, Ids]:
        """Which of these documents have the term, and the number of the posting of each."""
        ids = self.arrays.ids[self.postings]
        at = np.minimum(ids.searchsorted(documents), len(ids) - 1)
        there = (ids[at] == documents).nonzero()[0]
        return there, at[there] + self.postings.start

    def _bounds(self, rows: Ids) -> tuple[list[int], list[int]]:
        """Where the positions of these postings begin and end."""
        return self.arrays.places[rows].tolist(), self.arrays.places[rows + 1].tolist()


class Segment:
    """A segment's documents, numbered from 0, dead ones among them. May be read by several threads."""

    def __init__(self, folder: Path, segment: Any, cache: Cache[Any]) -> None:
        self.name: str = segment.segment_id()
        self.size: int = segment.doc_count_all()
        self._files = SegmentFiles(folder, segment)
        self._cache = cache
        self._filter = TermFilter(self._files.terms)
        # Whoosh's columns are read by seeking.
        self._lock = Lock()
        self._reads = 0
        self._looked_up: dict[tuple[str, bytes], Found] = {}
        self.ids = [key.decode() for key in self._files.column("key")]
        self.year = np.array(self._files.column("year").load(), np.int32)
        self.added = np.array(self._files.column("added").load(), np.int64)
        self.embargo = np.array(self._files.column("embargo").load(), np.int32)
        self._bounds = {zone: list(self._files.column(tables_field(zone))) for zone in ZONES}
        self._share = {zone: WEIGHING[zone].of(self._lengths(zone)) for zone in ZONES}
        self._files.give_back()

    @cached_property
    def titles(self) -> list[str]:
        """By which titles are sorted."""
        with self._lock, our_errors("reading the index"):
            return [title.decode() for title in self._files.column("title")]

    def number_of(self, document: str) -> list[int]:
        """The places of documents with this id, dead ones among them."""
        return [number for _, found in self.having("id", [document.encode()]) for number in found.ids().tolist()]

    def bounds(self, zone: str, document: int) -> NDArray[np.uint32]:
        """The first position of each of the document's tables in the zone and, last, the first behind all."""
        return np.frombuffer(self._bounds[zone][document], "<u4")

    def occurrence(self, zone: str) -> NDArray[np.float32]:
        """What one occurrence in the zone weighs in each document."""
        return self._share[zone]

    def kept(self, key: Hashable, make: Callable[[], Any]) -> Any:
        """What was made once of this segment."""
        return self._cache.get((self.name, key), make)

    def kept_each(self, keys: Sequence[Hashable], make: Callable[[Sequence[Any]], Sequence[Any]]) -> list[Any]:
        """The same for several at once: `make` is given the keys of those that were not made yet."""
        return self._cache.get_each(self.name, keys, make)

    def combined_each(self, keys: Sequence[Hashable], make: Callable[[Sequence[Any]], Sequence[Any]]) -> list[Any]:
        """The same for what is made of other things that are kept, so that it may be made in a hurry too."""
        return self._cache.combined_each(self.name, keys, make)

    def having(self, field: str, terms: Sequence[bytes]) -> list[tuple[bytes, Found]]:
        """Those of the field's terms that a document has, in their order, each with its postings."""
        # Most words of a question a segment has not: to know that costs less than to look them up.
        possible = self._filter.possible(field, terms)
        return [(term, found) for term in possible if (found := self._found(field, term)) is not None]

    def seen(self, field: str, prefix: bytes, visible: NDArray[np.bool_]) -> list[bytes]:
        """The field's terms that begin like this, in order, of which one of the documents of this mask has any."""
        arrays = self.field(field)
        rows = arrays.beginning_with(prefix)
        if not rows:
            return []
        self._was_read()
        firsts = arrays.firsts[rows.start : rows.stop + 1].astype(np.int64)
        seen = np.logical_or.reduceat(visible[arrays.ids[firsts[0] : firsts[-1]]], firsts[:-1] - firsts[0])
        return [arrays.term(rows[place]) for place in seen.nonzero()[0].tolist()]

    def field(self, name: str) -> FieldArrays:
        """All of a field's terms and postings."""
        return self._files.fields.get(name, _NO_TERMS)

    def facet(self, name: str) -> FacetValues:
        arrays = self.field(facet_field(name))
        return FacetValues(
            values=tuple(term.decode() for term in arrays.terms()),
            documents=arrays.ids.astype(np.int32),
            places=np.repeat(np.arange(len(arrays), dtype=np.int32), np.diff(arrays.firsts)),
        )

    def give_back(self) -> None:
        """As `MappedSegment.give_back`."""
        self._files.give_back()

    def _found(self, field: str, term: bytes) -> Found | None:
        found = self._looked_up.get((field, term))
        if found is None:
            arrays = self.field(field)
            row = arrays.row(term)
            if row is None:
                return None
            if len(self._looked_up) >= LOOKED_UP:
                self._looked_up.clear()
            share = self._share[ZONE_OF[field]] if field in ZONE_OF else None
            found = self._looked_up[field, term] = Found(arrays, arrays.postings(row), share)
        self._was_read()
        return found

    def _was_read(self) -> None:
        self._reads += 1
        if self._reads % MAPPED_READS == 0:
            self._files.give_back()

    def _lengths(self, zone: str) -> NDArray[np.int64]:
        gap = 0 if zone == "text" else TABLE_GAP
        ends = (int.from_bytes(bounds[-4:], "little") for bounds in self._bounds[zone])
        gaps = (gap * max(len(bounds) // 4 - 2, 0) for bounds in self._bounds[zone])
        return np.fromiter((end - free for end, free in zip(ends, gaps, strict=True)), np.int64, self.size)
