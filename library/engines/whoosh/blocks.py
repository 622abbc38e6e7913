"""Arrays -> Whoosh's posting blocks, and its files as they are opened: the only place that knows its private parts.

A term's postings are blocks of up to 128: a length (negative for the last), a pickled note about the block, and a
pickled, perhaps compressed tuple of steps between document numbers, weights, and values. They are written as Whoosh's
codec writes them, but for the pickle protocol: in protocol 2, which Whoosh asks for, each byte string costs a function
call to read.
"""

# ruff: noqa: SLF001  # private parts are what this module is about

import mmap
import zlib
from collections.abc import Sequence
from io import SEEK_CUR, SEEK_END
from itertools import pairwise
from pathlib import Path
from pickle import loads
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from whoosh.codec.whoosh3 import WHOOSH3_HEADER_MAGIC, W3FieldWriter
from whoosh.filedb.compound import CompoundStorage
from whoosh.filedb.filestore import FileStorage
from whoosh.filedb.filetables import HashWriter, _lengths
from whoosh.filedb.structfile import BufferFile
from whoosh.system import pack_double, pack_int, pack_ushort

from library.engines.whoosh.arrays import EXTENSION, FieldPostings, Numbers
from library.engines.whoosh.pickled import Packed, packed_numbers, packed_positions

BLOCK = 128
"""Postings in a block, as in Whoosh's codec."""
BITS_PER_TERM = 16
"""Between so many and twice as many bits a term keep what `TermFilter` knows."""
OTHER_BIT = 0x9E3779B1
"""2**32 by the golden ratio: multiplying by it makes of a hash another one."""
WORTH_COMPRESSING = 1_024
"""Bytes of a block from which compressing it pays: all of 256 would take an eighth more time, for 5 % of the room."""
COMPRESSION = 1
"""zlib's level."""


class TermFilter:
    """Which terms a segment has: never denies one that it has, and takes one in fifty of the others for one of them.

    A question asks for many words that a segment does not have (inflections, words of other languages): looking each up
    in Whoosh's table takes many times as long as a bit here, and keeping that it was not there took most of the memory.
    """

    def __init__(self, terms: Any) -> None:
        """`terms`: a Whoosh terms reader, whose tables may be hashed by CRC-32 or not."""
        table = terms._tindex
        self._seeds = {field: zlib.crc32(pack_ushort(number)) for field, number in terms._fieldmap.items()}
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

    def may_have(self, field: str, term: bytes) -> bool:
        seed = self._seeds.get(field)
        if seed is None:
            return False
        hashed = zlib.crc32(term, seed)
        place = hashed & self._mask
        if not self._bits[place >> 3] >> (place & 7) & 1:
            return False
        place = (hashed * OTHER_BIT & 0xFFFFFFFF) >> 8 & self._mask
        return bool(self._bits[place >> 3] >> (place & 7) & 1)


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
        blocks = _Blocks.of(postings)
        place = self._postfile.tell()
        written, lengths = blocks.written(postings)
        self._postfile.write(b"".join(written))
        begins = place + np.concatenate([[0], np.cumsum(lengths)])
        self._tindex.add_all(
            [pack_ushort(number) + term for term in postings.terms],
            _term_infos(postings, begins[:-1], lengths),
        )

    def close(self) -> None:
        self._tindex.close()
        self._postfile.close()
        self.is_closed = True


class _Blocks(NamedTuple):
    """How a field's postings are cut into blocks: block b begins with posting `begins[b]`."""

    begins: Numbers
    counts: Numbers
    is_first: NDArray[np.bool_]
    """Of its term."""
    is_last: NDArray[np.bool_]

    @staticmethod
    def of(postings: FieldPostings) -> "_Blocks":
        counts = np.diff(postings.firsts)
        blocks = (counts + BLOCK - 1) // BLOCK
        ends = np.cumsum(blocks)
        within = np.arange(int(ends[-1])) - np.repeat(ends - blocks, blocks)
        begins = np.repeat(postings.firsts[:-1], blocks) + BLOCK * within
        until = np.minimum(begins + BLOCK, np.repeat(postings.firsts[1:], blocks))
        return _Blocks(begins, until - begins, within == 0, within == np.repeat(blocks, blocks) - 1)

    def written(self, postings: FieldPostings) -> tuple[list[bytes], Numbers]:
        """All blocks, and how many bytes each term has of them."""
        steps = packed_numbers(self._steps(postings.ids))
        weights = self._weights(postings.weights)
        starts, ends = self.begins, self.begins + self.counts
        ids = _pieces(steps, starts, ends)
        placed = postings.placed
        values = None if placed is None else packed_positions(placed.places, placed.positions)
        cells = None if values is None else _pieces(values, starts, ends)
        notes = self._notes(postings)
        written: list[bytes] = []
        lengths = np.empty(len(starts), np.int64)
        for block, (first, last) in enumerate(zip(self.is_first.tolist(), self.is_last.tolist(), strict=True)):
            there = b"N" if cells is None else b"(%bt" % cells[block]
            content = b"((%bt%b%b\x87." % (ids[block], weights[block], there)
            note = notes[block * NOTE : (block + 1) * NOTE]
            if len(content) >= WORTH_COMPRESSING:
                content = zlib.compress(content, COMPRESSION)
                note = note[:COMPRESSED_AT] + b"\x01" + note[COMPRESSED_AT + 1 :]
            length = NOTE + len(content)
            head = WHOOSH3_HEADER_MAGIC if first else b""
            written.append(b"%b%b%b%b" % (head, pack_int(-length if last else length), note, content))
            lengths[block] = len(written[-1])
        return written, np.add.reduceat(lengths, np.flatnonzero(self.is_first))

    def _steps(self, ids: Numbers) -> Numbers:
        steps = ids.copy()
        steps[1:] -= ids[:-1]
        steps[self.begins] = ids[self.begins]
        return steps

    def _weights(self, weights: Numbers) -> list[bytes]:
        """Nothing where all are 1, one number where all are the same."""
        least, most = np.minimum.reduceat(weights, self.begins), np.maximum.reduceat(weights, self.begins)
        each = _pieces(packed_numbers(weights), self.begins, self.begins + self.counts)
        return [
            (b"N" if high == 1 else b"G" + pack_double(high)) if low == high else b"(%bt" % several
            for low, high, several in zip(least.tolist(), most.tolist(), each, strict=True)
        ]

    def _notes(self, postings: FieldPostings) -> bytes:
        """For each block: number of postings, last document, largest weight, compression (none), and no lengths."""
        notes = np.empty((len(self.begins), NOTE), np.uint8)
        notes[:] = np.frombuffer(b"(K\0J\0\0\0\0G\0\0\0\0\0\0\0\0K\0K\0K\0t.", np.uint8)
        notes[:, 2] = self.counts
        notes[:, 4:8] = _as_bytes(postings.ids[self.begins + self.counts - 1], "<i4")
        notes[:, 9:17] = _as_bytes(np.maximum.reduceat(postings.weights, self.begins), ">f8")
        return notes.tobytes()


NOTE = 25
COMPRESSED_AT = 18
"""Where in the note about a block stands whether it is compressed."""


def _pieces(packed: Packed, starts: Numbers, ends: Numbers) -> list[bytes]:
    content = packed.content.tobytes()
    bounds = zip(packed.offsets[starts].tolist(), packed.offsets[ends].tolist(), strict=True)
    return [content[first:last] for first, last in bounds]


def _term_infos(postings: FieldPostings, begins: Numbers, lengths: Numbers) -> list[bytes]:
    """As W3TermInfo packs itself: not inlined, and no lengths, because our scores have other means."""
    firsts = postings.firsts[:-1]
    infos = np.zeros((len(firsts), 35), np.uint8)
    infos[:, 1:5] = _as_bytes(np.add.reduceat(postings.weights, firsts), ">f4")
    infos[:, 5:9] = _as_bytes(np.diff(postings.firsts), ">u4")
    infos[:, 11:15] = _as_bytes(np.maximum.reduceat(postings.weights, firsts), ">f4")
    infos[:, 15:19] = _as_bytes(postings.ids[firsts], ">u4")
    infos[:, 19:23] = _as_bytes(postings.ids[postings.firsts[1:] - 1], ">u4")
    infos[:, 23:31] = _as_bytes(begins, ">i8")
    infos[:, 31:35] = _as_bytes(lengths, ">i4")
    packed = infos.tobytes()
    return [packed[first : first + 35] for first in range(0, len(packed), 35)]


def _as_bytes(numbers: NDArray[Any], kind: str) -> NDArray[np.uint8]:
    packed: NDArray[np.uint8] = numbers.astype(kind).view(np.uint8).reshape(len(numbers), -1)
    return packed


class _TermIndex(HashWriter):  # type: ignore[misc]
    """Whoosh's table of terms, written many at once. Keys are hashed by CRC-32, which Whoosh reads as well as MD5."""

    def __init__(self, file: Any) -> None:
        super().__init__(file, hashtype=CRC32)
        self._places: list[Numbers] = []
        self._hashes: list[int] = []

    def add_all(self, keys: Sequence[bytes], values: Sequence[bytes]) -> None:
        """Keys in ascending order, behind all before."""
        place = self.dbfile.tell()
        rows = [
            b"%b%b%b" % (_lengths.pack(len(key), len(value)), key, value)
            for key, value in zip(keys, values, strict=True)
        ]
        self.dbfile.write(b"".join(rows))
        ends = np.cumsum(np.fromiter(map(len, rows), np.int64, len(rows)))
        self._places.append(place + np.concatenate([[0], ends[:-1]]))
        self._hashes += map(zlib.crc32, keys)

    def close(self) -> None:
        places = np.concatenate([*self._places, np.empty(0, np.int64)])
        self._write_tables(np.array(self._hashes, np.int64), places)
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
        order = np.argsort(hashes & 255, kind="stable")
        bounds = np.searchsorted((hashes & 255)[order], np.arange(257)).tolist()
        for first, last in pairwise(bounds):
            of_table = order[first:last]
            self.directory.append((self.dbfile.tell(), 2 * len(of_table)))
            self.dbfile.write(_hash_table(hashes[of_table], places[of_table]).tobytes())


CRC32 = 1
_SLOT = np.dtype([("hash", ">u4"), ("place", ">i8")])


def _hash_table(hashes: Numbers, places: Numbers) -> NDArray[Any]:
    """Each entry in the first free slot from its own on."""
    size = 2 * len(hashes)
    table = np.zeros(size, _SLOT)
    wanted = (hashes >> 8) % max(size, 1)
    order = np.argsort(wanted, kind="stable")
    # In order of the slots they want, each takes its own or the one behind the one before.
    row = np.arange(len(order))
    taken = np.maximum.accumulate(wanted[order] - row) + row
    inside = taken < size
    table["hash"][taken[inside]] = hashes[order[inside]]
    table["place"][taken[inside]] = places[order[inside]]
    # What goes over the end begins again at the start.
    for entry in order[~inside].tolist():
        slot = int(np.flatnonzero(table["place"] == 0)[0])
        table[slot] = hashes[entry], places[entry]
    return table


def put_together(segment: Any, storage: FileStorage) -> None:
    """Make one file of all that a segment was written into, as Whoosh does, but with its arrays first (arrays.LEAD)."""
    names = sorted(segment.list_files(storage), key=lambda name: not name.endswith(EXTENSION))
    CompoundStorage.assemble(segment.create_file(storage, segment.COMPOUND_EXT), storage, names)
    for name in names:
        storage.delete_file(name)
    segment.compound = True


class MappedSegment(CompoundStorage):  # type: ignore[misc]
    """A segment's one file, mapped into memory. Whoosh's own copies each part of it into memory when it opens it."""

    def __init__(self, path: Path) -> None:
        with path.open("rb") as file:
            self._source = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        start = _Mapped(memoryview(self._source), path.name)
        offset, length = start.read_long(), start.read_int()
        self._dir = loads(start.get(offset, length))  # noqa: S301  # our own file
        self.is_closed = False

    def give_back(self) -> None:
        """Have what was read of the file count as this process's memory no longer. The system keeps it for as long as
        nobody needs the room; what is read again is mapped again."""
        self._source.madvise(mmap.MADV_DONTNEED)

    def part(self, name: str) -> memoryview:
        """One of the files that it was put together from."""
        offset, length = self.range(name)
        return memoryview(self._source)[offset : offset + length]

    def open_file(self, name: str, *_: Any, **__: Any) -> "_Mapped":
        return _Mapped(self.part(name), name)


class FilesInMemory(FileStorage):  # type: ignore[misc]
    """A folder whose files are read whole when they are opened, so that none stays open when its content is torn."""

    def open_file(self, name: str, **_: Any) -> Any:
        return BufferFile(memoryview((Path(self.folder) / name).read_bytes()), name=name)


class _Mapped(BufferFile):  # type: ignore[misc]
    def __init__(self, view: memoryview, name: str) -> None:
        self._buf = view
        self._name = name
        self.file = _Window(view)
        self.onclose = None
        self.is_real = False
        self.is_closed = False


class _Window:
    """Reading on from a place in a memory view, as from a file."""

    def __init__(self, view: memoryview) -> None:
        self._view = view
        self._place = 0

    def read(self, size: int = -1) -> bytes:
        end = len(self._view) if size < 0 else self._place + size
        found = bytes(self._view[self._place : end])
        self._place += len(found)
        return found

    def readinto(self, target: Any) -> int:
        found = self.read(len(target))
        target[: len(found)] = found
        return len(found)

    def peek(self, _: int) -> bytes:
        # Unpickling looks ahead by 128 kB where it may; what it reads here is a few bytes long.
        return bytes(self._view[self._place : self._place + 256])

    def readline(self) -> bytes:
        rest = bytes(self._view[self._place : self._place + 1024])
        found = rest[: rest.find(b"\n") + 1] or rest
        self._place += len(found)
        return found

    def seek(self, place: int, whence: int = 0) -> None:
        starts = {SEEK_CUR: self._place, SEEK_END: len(self._view)}
        self._place = starts.get(whence, 0) + place

    def tell(self) -> int:
        return self._place
