"""One immutable segment as arrays: what was decoded of it once serves every generation that holds it."""

from array import array
from bisect import bisect_right
from collections.abc import Callable, Hashable, Iterator, Sequence
from functools import cached_property
from itertools import chain, takewhile
from pathlib import Path
from threading import Lock
from typing import Any, NamedTuple

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from library.engines.whoosh.blocks import (
    NO_POSTINGS,
    BlockReader,
    Ids,
    Postings,
    TermFilter,
    decode_positions,
    raw_postings,
    read_postings,
)
from library.engines.whoosh.cache import Cache
from library.engines.whoosh.folder import our_errors
from library.engines.whoosh.schema import TABLE_GAP, ZONE_OF, facet_field, schema, tables_field
from library.engines.whoosh.writing import SegmentFiles
from library.search import ZONES

Keys = NDArray[np.int64]
"""Places of tokens: the document's number in the upper 32 bits, the position in the lower."""

DOCUMENT_BITS = 32

MAPPED_READS = 64
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


class FieldDocuments(NamedTuple):
    """The terms of a field in order, how many documents hold each, and these documents, term by term."""

    terms: list[bytes]
    counts: Ids
    documents: Ids


class Segment:
    """A segment's documents, numbered from 0, dead ones among them. May be read by several threads."""

    def __init__(self, folder: Path, segment: Any, cache: Cache[Any]) -> None:
        self.name: str = segment.segment_id()
        self.size: int = segment.doc_count_all()
        self._files = SegmentFiles(folder, segment)
        self._cache = cache
        self._filter = TermFilter(self._files.terms)
        self._read_block = BlockReader(self._files.terms)
        # Whoosh's files are read by seeking.
        self._lock = Lock()
        self._reads = 0
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
        with self._lock:
            return [title.decode() for title in self._files.column("title")]

    def number_of(self, document: str) -> list[int]:
        """The places of documents with this id, dead ones among them."""
        found: list[int] = self.postings("id", document.encode()).ids.tolist()
        return found

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

    def may_have(self, field: str, term: bytes) -> bool:
        """False where no document can hold the term; it costs next to nothing to ask."""
        return self._filter.may_have(field, term)

    def postings(self, field: str, term: bytes) -> Postings:
        """The documents that hold the term; in a zone's fields its weight is the finished one."""
        if not self._filter.may_have(field, term):
            return NO_POSTINGS
        found: Postings = self._cache.get((self.name, field, term), lambda: self._read(field, term))
        return found

    def terms(self, field: str, prefix: bytes) -> list[bytes]:
        """The field's terms that begin like this, in order."""
        with self._lock, our_errors("reading the index"):
            if not self._files.has_field(field):
                return []
            found = takewhile(
                lambda term: term[0] == field and term[1].startswith(prefix),
                self._files.terms.terms_from(field, prefix),
            )
            return [term for _, term in found]

    def all_postings(self, field: str) -> "FieldDocuments":
        """Every term of a field with the documents that hold it, read in one go."""
        terms, counts, documents = list[bytes](), array("i"), array("i")
        with self._lock, our_errors("reading the index"):
            if self._files.has_field(field):
                found = takewhile(lambda item: item[0][0] == field, self._files.terms.items_from(field, b""))
                for (_, term), about in found:
                    before = len(documents)
                    for ids, _, _ in raw_postings(self._files.terms, about):
                        documents.extend(ids)
                    terms.append(term)
                    counts.append(len(documents) - before)
            self._files.give_back()
        return FieldDocuments(terms, np.array(counts, np.int32), np.array(documents, np.int32))

    def facet(self, name: str) -> FacetValues:
        field = facet_field(name)
        terms = self.terms(field, b"")
        found = [self.postings(field, term).ids for term in terms]
        return FacetValues(
            values=tuple(term.decode() for term in terms),
            documents=np.concatenate([*found, NO_POSTINGS.ids]),
            places=np.repeat(np.arange(len(terms), dtype=np.int32), [len(ids) for ids in found]),
        )

    def places(self, field: str, term: bytes, documents: Ids) -> Iterator[tuple[int, list[int]]]:
        """For each of a few documents (in ascending order) that has the term: the document's place among them, and
        where in it the term stands."""
        postings = self.postings(field, term)
        if not len(postings.ids):
            return
        at = np.minimum(postings.ids.searchsorted(documents), len(postings.ids) - 1)
        there = np.flatnonzero(postings.ids[at] == documents)
        if len(there):
            values = self._values(field, term, postings, at[there].tolist())
            yield from zip(there.tolist(), map(decode_positions, values), strict=True)

    def positions(self, field: str, term: bytes, documents: Ids) -> Keys:
        """Where the term stands in these documents (in ascending order)."""
        postings = self.postings(field, term)
        if not len(postings.ids):
            return np.empty(0, np.int64)
        at = np.minimum(np.searchsorted(postings.ids, documents), len(postings.ids) - 1)
        there = postings.ids[at] == documents
        places = [decode_positions(value) for value in self._values(field, term, postings, at[there].tolist())]
        counts = np.fromiter(map(len, places), np.int64, len(places))
        positions = np.fromiter(chain.from_iterable(places), np.int64, int(counts.sum()))
        return (np.repeat(documents[there].astype(np.int64), counts) << DOCUMENT_BITS) | positions

    def _read(self, field: str, term: bytes) -> Postings:
        with self._lock, our_errors("reading the index"):
            found = read_postings(self._files.terms, field, term, _SCHEMA[field].format, self._read_block)
            self._was_read()
        if field not in ZONE_OF:
            return found
        share = self._share[ZONE_OF[field]]
        return Postings(found.ids, found.weights * share[found.ids], found.firsts, found.load)

    def _values(self, field: str, term: bytes, postings: Postings, places: Sequence[int]) -> list[bytes]:
        firsts = postings.firsts
        blocks = [bisect_right(firsts, place) - 1 for place in places]
        loaded = {block: self._block(field, term, postings, block) for block in dict.fromkeys(blocks)}
        return [loaded[block][place - firsts[block]] for block, place in zip(blocks, places, strict=True)]

    def _block(self, field: str, term: bytes, postings: Postings, block: int) -> Sequence[bytes]:
        def load() -> Sequence[bytes]:
            with our_errors("reading the index"):
                self._was_read()
                return postings.load(block)

        values: Sequence[bytes] = self._cache.get((self.name, field, term, block), load)
        return values

    def _was_read(self) -> None:
        self._reads += 1
        if self._reads % MAPPED_READS == 0:
            self._files.give_back()

    def _lengths(self, zone: str) -> NDArray[np.int64]:
        gap = 0 if zone == "text" else TABLE_GAP
        ends = (int.from_bytes(bounds[-4:], "little") for bounds in self._bounds[zone])
        gaps = (gap * max(len(bounds) // 4 - 2, 0) for bounds in self._bounds[zone])
        return np.fromiter((end - free for end, free in zip(ends, gaps, strict=True)), np.int64, self.size)


_SCHEMA = schema()
