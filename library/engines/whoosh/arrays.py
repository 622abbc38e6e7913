"""A segment's postings as arrays: a part of its one file, mapped into memory.

Whoosh's blocks have to be unpickled one after another before anything can be done with what they hold, which takes
milliseconds for a common word; as an array, a word's documents are a slice that is there. The arrays are written with
the segment, from the same postings as its blocks and those of two fields that have none (schema.ONLY_ARRAYS), and stock
Whoosh never looks at that part. Where a segment has none, because stock Whoosh wrote it, they are made when it is
opened, by what Whoosh documents alone. Tests hold the one against the other.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby, pairwise
from operator import itemgetter
from typing import Any

import msgspec
import numpy as np
from msgspec import Struct
from numpy.typing import NDArray
from whoosh.fields import Schema

EXTENSION = ".arrays"
LEAD = b"arr1"
"""With which the part begins. With the 12 bytes that stand before the first part of a segment's file, arrays that begin
at multiples of 8 from there on do so in memory too, which makes them faster to read."""
ALIGNED = 8
LENGTH = 8
"""Bytes that say how long the directory is; they are the last."""

Ids = NDArray[np.int32]
Weights = NDArray[np.float32]
Numbers = NDArray[np.signedinteger[Any]]
Array = NDArray[Any]


class FieldPostings(Struct, frozen=True, eq=False):
    """The terms of one field in order, to be written. Postings of term i are those from `firsts[i]` to `firsts[i + 1]`
    of `ids` and `weights`, which are numbers of occurrences."""

    field: str
    terms: Sequence[bytes]
    firsts: Numbers
    ids: Numbers
    weights: Numbers
    placed: "Placed | None" = None
    """None in fields without positions."""


class Placed(Struct, frozen=True, eq=False):
    """Where each posting stands: at the positions from `places[p]` to `places[p + 1]`, in ascending order."""

    places: Numbers
    positions: Numbers


class FieldArrays(Struct, frozen=True, eq=False):
    """The same to be searched. Term i is `text[begins[i]:begins[i + 1]]`. Arrays have the smallest type that does."""

    text: memoryview | bytes
    begins: Array
    firsts: Array
    ids: Array
    weights: Array
    places: Array
    """Empty in fields without positions."""
    positions: Array

    def __len__(self) -> int:
        return len(self.begins) - 1

    def term(self, row: int) -> bytes:
        return bytes(self.text[self.begins.item(row) : self.begins.item(row + 1)])

    def terms(self) -> list[bytes]:
        text = bytes(self.text)
        return [text[first:last] for first, last in pairwise(self.begins.tolist())]

    def row(self, term: bytes) -> int | None:
        """Which of the terms it is."""
        row = bisect_left(range(len(self)), term, key=self.term)
        return row if row < len(self) and self.term(row) == term else None

    def beginning_with(self, prefix: bytes) -> range:
        """The rows of the terms that begin like this."""
        rows, length = range(len(self)), len(prefix)
        first = bisect_left(rows, prefix, key=self.term)
        return range(first, bisect_right(rows, prefix, first, key=lambda row: self.term(row)[:length]))

    def postings(self, row: int) -> slice:
        return slice(self.firsts.item(row), self.firsts.item(row + 1))


def field_arrays(postings: FieldPostings) -> FieldArrays:
    placed = postings.placed
    nothing = np.empty(0, np.int64)
    return FieldArrays(
        text=b"".join(postings.terms),
        begins=_small(np.cumsum([0, *map(len, postings.terms)])),
        firsts=_small(postings.firsts),
        ids=_small(postings.ids),
        weights=_small(postings.weights),
        places=_small(nothing if placed is None else placed.places),
        positions=_small(nothing if placed is None else placed.positions),
    )


def _small(numbers: Numbers) -> Array:
    return numbers.astype(np.min_scalar_type(int(numbers.max(initial=0))))


def rows_of(begins: Numbers, counts: Numbers) -> Numbers:
    """From each beginning so many numbers in a row, all of them one after the other."""
    return np.repeat(begins - np.cumsum(counts) + counts, counts) + np.arange(int(counts.sum()))


# In a file ------------------------------------------------------------------------------------------------------------


class _Part(Struct, frozen=True, array_like=True):
    """Where in the file an array lies, and what it is made of."""

    kind: str
    place: int
    size: int


class ArraysWriter:
    """Writes the arrays of one segment, a field at a time."""

    def __init__(self, file: Any) -> None:
        self._file = file
        self._file.write(LEAD)
        self._written = len(LEAD)
        self._directory: dict[str, dict[str, _Part]] = {}

    def add(self, postings: FieldPostings) -> None:
        arrays = field_arrays(postings)
        self._directory[postings.field] = {
            name: self._put(np.frombuffer(array, np.uint8) if name == "text" else array)
            for name, array in msgspec.structs.asdict(arrays).items()
        }

    def finish(self) -> None:
        """Write where each of them lies. The file stays open."""
        directory = msgspec.json.encode(self._directory)
        self._file.write(directory + len(directory).to_bytes(LENGTH, "little"))

    def _put(self, array: Array) -> _Part:
        gap = -(self._written - len(LEAD)) % ALIGNED
        place = self._written + gap
        self._file.write(bytes(gap))
        self._file.write(array.data)
        self._written = place + array.nbytes
        return _Part(array.dtype.str, place, len(array))


def read_arrays(content: memoryview) -> dict[str, FieldArrays]:
    """The arrays of each field; they go on lying where they lie."""
    if content[: len(LEAD)] != LEAD:
        raise ValueError("no arrays begin here")
    end = len(content) - LENGTH
    length = int.from_bytes(content[end:], "little")
    directory = msgspec.json.decode(content[end - length : end], type=dict[str, dict[str, _Part]])
    return {field: _read(content, parts) for field, parts in directory.items()}


def _read(content: memoryview, parts: Mapping[str, _Part]) -> FieldArrays:
    found = {name: np.frombuffer(content, part.kind, part.size, part.place) for name, part in parts.items()}
    return FieldArrays(text=found.pop("text").data, **found)


# By what Whoosh documents ---------------------------------------------------------------------------------------------


def arrays_by_public_interface(terms: Any, schema: Schema) -> dict[str, FieldArrays]:
    """The same from a Whoosh terms reader, a posting at a time."""
    return {
        field: field_arrays(_postings(terms, field, [term for _, term in found], schema[field].format))
        for field, found in groupby(terms.terms(), key=itemgetter(0))
    }


def _postings(terms: Any, field: str, its_terms: Sequence[bytes], form: Any) -> FieldPostings:
    found = [list(_one_by_one(terms.matcher(field, term, form))) for term in its_terms]
    postings = [posting for some in found for posting in some]
    positions = [form.decode_positions(value) for *_, value in postings] if form.supports("positions") else []
    placed = Placed(np.cumsum([0, *map(len, positions)]), np.array([at for some in positions for at in some], np.int64))
    return FieldPostings(
        field=field,
        terms=its_terms,
        firsts=np.cumsum([0, *map(len, found)]),
        ids=np.array([document for document, _, _ in postings], np.int64),
        weights=np.array([weight for _, weight, _ in postings], np.float64).astype(np.int64),
        placed=placed if positions else None,
    )


def _one_by_one(matcher: Any) -> Iterator[tuple[int, float, bytes]]:
    while matcher.is_active():
        yield matcher.id(), matcher.weight(), matcher.value() or b""
        matcher.next()
