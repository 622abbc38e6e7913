"""Arrays -> Whoosh's posting blocks and its table of terms, as its codec writes them.

A term's postings are blocks of up to 128: a length (negative for the last), a pickled note about the block, and a
pickled tuple of steps between document numbers, weights, and values. They are written as Whoosh's codec writes them,
but not compressed, and in another pickle protocol: in protocol 2, which Whoosh asks for, each byte string costs a
function call to read.
"""

# ruff: noqa: SLF001  # private parts are what this module is about

import zlib
from collections.abc import Iterable, Sequence
from itertools import repeat
from typing import Any, NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray
from whoosh.codec.whoosh3 import WHOOSH3_HEADER_MAGIC, W3FieldWriter
from whoosh.filedb.filetables import HashWriter
from whoosh.system import pack_ushort

from library.engines.whoosh.arrays import FieldPostings, Numbers, Placed, rows_of
from library.engines.whoosh.pickled import (
    Bytes,
    put,
    put_numbers,
    put_positions,
    sizes_of_positions,
    steps_from,
    widths,
    widths_of_positions,
)

BLOCK = 128
"""Postings in a block, as in Whoosh's codec."""
BITS_PER_TERM = 16
"""Between so many and twice as many bits a term keep what `TermFilter` knows."""
OTHER_BIT = 0x9E3779B1
"""2**32 by the golden ratio: multiplying by it makes of a hash another one."""


class TermFilter:
    """Which terms a segment has: never denies one that it has, and takes one in fifty of the others for one of them.

    A question asks for many words that a segment does not have (inflections, words of other languages): looking each up
    in Whoosh's table takes many times as long as a bit here, and keeping that it was not there took most of the memory.
    """

    def __init__(self, terms: Any) -> None:
        """`terms`: a Whoosh terms reader, whose tables may be hashed by CRC-32 or not."""
        table = terms._tindex
        self._seeds = {field: field_seed(number) for field, number in terms._fieldmap.items()}
        hashes = _hashes(table) if table.hashtype == CRC32 else None
        if hashes is None:
            self._bits, self._mask = b"\xff", 7
        else:
            size = 1 << max((BITS_PER_TERM * len(hashes)).bit_length(), 3)
            taken = np.zeros(size, bool)
            for either in (hashes, hashes * np.uint32(OTHER_BIT) >> np.uint32(8)):
                taken[either & np.uint32(size - 1)] = True
            self._bits, self._mask = np.packbits(taken, bitorder="little").tobytes(), size - 1

    @property
    def nbytes(self) -> int:
        return len(self._bits)

    def possible(self, field: str, terms: Iterable[bytes]) -> list[bytes]:
        """Those of the field's terms that it does not deny."""
        seed, bits, mask = self._seeds.get(field), self._bits, self._mask
        if seed is None:
            return []
        found: list[bytes] = []
        for term in terms:
            hashed = zlib.crc32(term, seed)
            place = hashed & mask
            if bits[place >> 3] >> (place & 7) & 1:
                place = (hashed * OTHER_BIT & 0xFFFFFFFF) >> 8 & mask
                if bits[place >> 3] >> (place & 7) & 1:
                    found.append(term)
        return found


def _hashes(table: Any) -> NDArray[np.uint32]:
    """The hashes of all keys of a table of terms."""
    begin, (last, slots) = table.tables[0][0], table.tables[-1]
    found = np.frombuffer(table.dbfile.get(begin, last + slots * _SLOT.itemsize - begin), _SLOT)
    hashes: NDArray[np.uint32] = found["hash"][found["place"] != 0].astype(np.uint32)
    return hashes


class TermWriter(W3FieldWriter):  # type: ignore[misc]
    """Writes a segment's terms, a field with all its postings at once. Fields come in ascending order."""

    def __init__(self, codec: Any, storage: Any, segment: Any) -> None:
        # As W3FieldWriter does, but for the table of terms.
        self._segment = segment
        self._storage = storage
        self._tindex = _TermIndex(self._create_file(codec.TERMS_EXT))
        self._fieldmap: dict[str, int] = {}
        self._tindex.extras["fieldmap"] = self._fieldmap
        self._postfile = self._create_file(codec.POSTS_EXT)

    def add_field(self, postings: FieldPostings) -> None:
        number = self._fieldmap.setdefault(postings.field, len(self._fieldmap))
        place = self._postfile.tell()
        written, lengths = _written(postings)
        self._postfile.write(written.data)
        begins = place + np.cumsum(lengths) - lengths
        self._tindex.add_field(number, postings.terms, _term_infos(postings, begins, lengths))

    def close(self) -> None:
        self._tindex.close()
        self._postfile.close()
        self.is_closed = True


class _Cut(NamedTuple):
    """How a field's postings are cut into blocks: block b has `counts[b]` of them, from `begins[b]` on."""

    begins: Numbers
    counts: Numbers
    is_first: NDArray[np.bool_]
    """Of its term."""
    is_last: NDArray[np.bool_]

    @staticmethod
    def of(postings: FieldPostings) -> "_Cut":
        counts = np.diff(postings.firsts)
        blocks = (counts + BLOCK - 1) // BLOCK
        ends = np.cumsum(blocks)
        within = np.arange(int(ends[-1])) - np.repeat(ends - blocks, blocks)
        begins = np.repeat(postings.firsts[:-1], blocks) + BLOCK * within
        until = np.minimum(begins + BLOCK, np.repeat(postings.firsts[1:], blocks))
        return _Cut(begins, until - begins, within == 0, within == np.repeat(blocks, blocks) - 1)

    def each(self, of_blocks: NDArray[Any]) -> NDArray[Any]:
        """For each posting what is so of its block."""
        return np.repeat(of_blocks, self.counts)

    def largest(self, numbers: Numbers) -> Numbers:
        """Of each block."""
        return np.maximum.reduceat(numbers, self.begins)


class _Part(Protocol):
    """The same part of each block of a field."""

    @property
    def sizes(self) -> Numbers:
        """How many bytes it takes in each block."""

    def put(self, content: Bytes, at: Numbers) -> None:
        """Into each block, to its place."""


class _Tuples:
    """A tuple of a number for each posting."""

    def __init__(self, numbers: Numbers, cut: _Cut) -> None:
        self._numbers, self._cut = numbers, cut
        self._width = widths(cut.largest(numbers))
        self.sizes = self._width * cut.counts + 2

    def put(self, content: Bytes, at: Numbers) -> None:
        content[at] = ord("(")
        content[at + self.sizes - 1] = ord("t")
        each = self._cut.each(self._width)
        first = self._cut.each(at + 1 - self._width * self._cut.begins)
        put_numbers(content, first + each * np.arange(len(each)), self._numbers, each)


class _Weights:
    """Nothing where all are 1, else a tuple."""

    def __init__(self, weights: Numbers, cut: _Cut) -> None:
        self._ones = cut.largest(weights) == 1
        others = ~self._ones
        counts = cut.counts[others]
        self._tuples = _Tuples(
            weights[cut.each(others)], cut._replace(begins=np.cumsum(counts) - counts, counts=counts)
        )
        self.sizes = np.ones(len(cut.begins), np.int64)
        self.sizes[others] = self._tuples.sizes

    def put(self, content: Bytes, at: Numbers) -> None:
        content[at[self._ones]] = ord("N")
        self._tuples.put(content, at[~self._ones])


class _Nothing:
    """No values, in fields without positions."""

    def __init__(self, cut: _Cut) -> None:
        self.sizes = np.ones(len(cut.begins), np.int64)

    def put(self, content: Bytes, at: Numbers) -> None:
        content[at] = ord("N")


class _Positions:
    """A tuple of the positions of each posting."""

    def __init__(self, placed: Placed, cut: _Cut) -> None:
        self._places, self._cut = placed.places, cut
        self._steps = steps_from(placed.positions, self._places[:-1])
        self._width = widths_of_positions(self._places, self._steps)
        self._ends = np.cumsum(np.append(0, sizes_of_positions(np.diff(self._places), self._width)))
        self._before = self._ends[cut.begins]
        self.sizes = self._ends[cut.begins + cut.counts] - self._before + 2

    def put(self, content: Bytes, at: Numbers) -> None:
        content[at] = ord("(")
        content[at + self.sizes - 1] = ord("t")
        first = self._cut.each(at + 1 - self._before) + self._ends[:-1]
        put_positions(content, first, self._places, self._steps, self._width)


def _written(postings: FieldPostings) -> tuple[Bytes, Numbers]:
    """All blocks of a field, and how many bytes each term has of them."""
    cut = _Cut.of(postings)
    values = _Nothing(cut) if postings.placed is None else _Positions(postings.placed, cut)
    parts: list[_Part] = [_Tuples(steps_from(postings.ids, cut.begins), cut), _Weights(postings.weights, cut), values]
    heads = _HEAD.itemsize + len(WHOOSH3_HEADER_MAGIC) * cut.is_first
    sizes = sum((part.sizes for part in parts), np.full(len(heads), len(_END)))
    ends = np.cumsum(heads + sizes)
    begins = at = ends - sizes
    content = np.empty(int(ends[-1]), np.uint8)
    for part in parts:
        part.put(content, at)
        at = at + part.sizes
    put(content, at, _each_time(_END, len(at)))
    put(content, begins - _HEAD.itemsize, _heads(postings, cut, sizes))
    put(content, (begins - heads)[cut.is_first], _each_time(WHOOSH3_HEADER_MAGIC, int(cut.is_first.sum())))
    return content, np.add.reduceat(heads + sizes, np.flatnonzero(cut.is_first))


_END = b"\x87."
_HEAD = np.dtype(
    [
        *(("length", ">i4"), ("begin", "S2"), ("count", "u1"), ("J", "S1"), ("last", "<i4")),
        *(("G", "S1"), ("heaviest", ">f8"), ("end", "S8")),
    ]
)
"""How long the block is, and the note about it: how many postings, the last document, the largest weight, that it is
not compressed (which would take a fourth more time, for a fifth of the room), and no lengths of documents."""


def _heads(postings: FieldPostings, cut: _Cut, sizes: Numbers) -> NDArray[Any]:
    heads = np.empty(len(sizes), _HEAD)
    heads["begin"], heads["J"], heads["G"], heads["end"] = b"(K", b"J", b"G", b"K\0K\0K\0t."
    heads["length"] = np.where(cut.is_last, -1, 1) * (_HEAD.itemsize - 4 + sizes)
    heads["count"] = cut.counts
    heads["last"] = postings.ids[cut.begins + cut.counts - 1]
    heads["heaviest"] = cut.largest(postings.weights)
    return heads


def _each_time(piece: bytes, count: int) -> NDArray[Any]:
    return np.full(count, piece, f"V{len(piece)}")


_INFO = np.dtype(
    [
        *(("inlined", "u1"), ("weight", ">f4"), ("documents", ">u4"), ("lengths", "u2"), ("heaviest", ">f4")),
        *(("first", ">u4"), ("last", ">u4"), ("begin", ">i8"), ("length", ">i4")),
    ]
)
"""As W3TermInfo packs itself."""


def _term_infos(postings: FieldPostings, begins: Numbers, lengths: Numbers) -> NDArray[Any]:
    """Not inlined, and no lengths, because our scores have other means."""
    firsts = postings.firsts[:-1]
    infos = np.zeros(len(firsts), _INFO)
    infos["weight"] = np.add.reduceat(postings.weights, firsts)
    infos["documents"] = np.diff(postings.firsts)
    infos["heaviest"] = np.maximum.reduceat(postings.weights, firsts)
    infos["first"] = postings.ids[firsts]
    infos["last"] = postings.ids[postings.firsts[1:] - 1]
    infos["begin"] = begins
    infos["length"] = lengths
    return infos


class _TermIndex(HashWriter):  # type: ignore[misc]
    """Whoosh's table of terms, written a field at a time. Keys are hashed by CRC-32, which Whoosh reads as well as
    MD5."""

    def __init__(self, file: Any) -> None:
        super().__init__(file, hashtype=CRC32)
        self._places: list[Numbers] = []
        self._hashes: list[Numbers] = []

    def add_field(self, number: int, terms: Sequence[bytes], infos: NDArray[Any]) -> None:
        """Its terms in ascending order, and what is known of each."""
        lengths = np.fromiter(map(len, terms), np.int64, len(terms))
        sizes = _ROW.itemsize + lengths + infos.itemsize
        begins = np.cumsum(sizes) - sizes
        heads = np.empty(len(terms), _ROW)
        heads["key"], heads["value"], heads["field"] = 2 + lengths, infos.itemsize, number
        content = np.empty(int(sizes.sum()), np.uint8)
        put(content, begins, heads)
        content[rows_of(begins + _ROW.itemsize, lengths)] = np.frombuffer(b"".join(terms), np.uint8)
        put(content, begins + _ROW.itemsize + lengths, infos)
        self._places.append(self.dbfile.tell() + begins)
        self._hashes.append(np.fromiter(map(zlib.crc32, terms, repeat(field_seed(number))), np.int64, len(terms)))
        self.dbfile.write(content.data)

    def close(self) -> None:
        places = np.concatenate([*self._places, np.empty(0, np.int64)])
        self._write_tables(np.concatenate([*self._hashes, np.empty(0, np.int64)]), places)
        self._write_directory()
        begin = self.dbfile.tell()
        small = len(places) == 0 or int(places[-1]) < 1 << 31
        self.extras |= {"indextype": "i" if small else "q", "indexlen": len(places)}
        self.dbfile.write_pickle(self.extras)
        self.dbfile.write(places.astype(">i4" if small else ">i8").tobytes())
        self.dbfile.write_int(self.dbfile.tell() - begin)
        self.dbfile.close()

    def _write_tables(self, hashes: Numbers, places: Numbers) -> None:
        """256 hash tables of (hash, place), by the last byte of the hash, each twice as large as it needs to be."""
        sizes = 2 * np.bincount(hashes & 255, minlength=256)
        firsts = np.cumsum(sizes) - sizes
        begin = self.dbfile.tell()
        self.directory += [
            (begin + first * _SLOT.itemsize, size) for first, size in zip(firsts.tolist(), sizes.tolist(), strict=True)
        ]
        self.dbfile.write(_hash_tables(hashes, places, firsts, sizes).tobytes())


def field_seed(number: int) -> int:
    """What the hash of a term of this field begins with."""
    return zlib.crc32(pack_ushort(number))


CRC32 = 1
_ROW = np.dtype([("key", ">i4"), ("value", ">i4"), ("field", ">u2")])
"""What stands before a term: how long its key and what is known of it are, and the beginning of the key."""
_SLOT = np.dtype([("hash", ">u4"), ("place", ">i8")])


def _hash_tables(hashes: Numbers, places: Numbers, firsts: Numbers, sizes: Numbers) -> NDArray[Any]:
    """All tables in a row, which begin with these slots and have so many; each entry in the first free slot of its
    table from its own on."""
    tables = np.zeros(int(sizes.sum()), _SLOT)
    which = hashes & 255
    own = firsts[which] + (hashes >> 8) % sizes[which]
    order = np.argsort(own, kind="stable")
    # In order of the slots they want, each takes its own or the one behind the one before. Between two tables there is
    # room for all that go over an end.
    room = 2 * which[order] * len(hashes)
    row = np.arange(len(order))
    taken = np.maximum.accumulate(own[order] + room - row) + row - room
    inside = taken < (firsts + sizes)[which[order]]
    tables["hash"][taken[inside]] = hashes[order[inside]]
    tables["place"][taken[inside]] = places[order[inside]]
    # What goes over the end begins again at the start.
    for entry in order[~inside].tolist():
        first, size = firsts.item(which.item(entry)), sizes.item(which.item(entry))
        slot = first + int(np.flatnonzero(tables["place"][first : first + size] == 0)[0])
        tables[slot] = hashes[entry], places[entry]
    return tables
