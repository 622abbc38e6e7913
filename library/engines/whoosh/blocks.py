"""Whoosh's posting blocks, to arrays and back: the only place that knows Whoosh's private parts.

A term's postings are blocks of up to 128: a length (negative for the last), a pickled note about the block, and a
pickled, perhaps compressed tuple of steps between document numbers, weights, and values. `read_postings` takes that
apart itself; `read_postings_slowly` asks Whoosh's matcher for one posting at a time and uses what Whoosh documents
only. Tests hold the one against the other. Blocks are written as Whoosh's codec writes them, but for the pickle
protocol: in protocol 2, which Whoosh asks for, each byte string costs a function call to read.
"""

# ruff: noqa: SLF001  # private parts are what this module is about

import mmap
import zlib
from collections.abc import Callable, Iterator, Sequence
from io import SEEK_CUR, SEEK_END, BytesIO
from itertools import accumulate, pairwise
from pathlib import Path
from pickle import dumps, load, loads
from typing import Any, NamedTuple, cast

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray
from whoosh.codec.whoosh3 import WHOOSH3_HEADER_MAGIC, W3FieldWriter, W3TermInfo
from whoosh.filedb.compound import CompoundStorage
from whoosh.filedb.filestore import FileStorage
from whoosh.filedb.structfile import BufferFile
from whoosh.formats import Format
from whoosh.reading import TermNotFound
from whoosh.system import pack_int, pack_long, pack_ushort

BLOCK = 128
"""Postings in a block, as in Whoosh's codec."""
INT = 4
"""Bytes of a block's length."""
LONGEST_NOTE = 256
"""Bytes that the note about a block has at most; it has about 30."""
WORTH_COMPRESSING = 1024
"""Bytes of a block from which compressing it pays."""

Ids = NDArray[np.int32]
Weights = NDArray[np.float32]


class Postings(Struct, frozen=True, eq=False):
    """The documents that hold a term, in ascending order, with its weight in each; what else Whoosh keeps of a posting
    (the encoded positions) is read by block when asked for."""

    ids: Ids
    weights: Weights
    firsts: tuple[int, ...]
    """Which posting each block begins with."""
    load: Callable[[int], Sequence[bytes]]
    """The values of a block's postings; only in fields that have them."""

    @property
    def nbytes(self) -> int:
        return self.ids.nbytes + self.weights.nbytes + 8 * len(self.firsts) + 400


NO_POSTINGS = Postings(np.empty(0, np.int32), np.empty(0, np.float32), (), lambda _: ())


def read_postings(terms: Any, field: str, term: bytes, form: Format) -> Postings:
    """A term's postings from a Whoosh terms reader."""
    try:
        about = terms.term_info(field, term)
    except TermNotFound:
        return NO_POSTINGS
    if about.is_inlined():
        return _one_by_one(terms.matcher(field, term, form))
    file = terms._postfile
    blocks = list(_blocks(file, about))
    read = [_read_block(file, block) for block in blocks]
    sizes = [len(steps) for steps, _, _ in read]
    return Postings(
        ids=_joined([np.cumsum(np.array(steps, np.int32), dtype=np.int32) for steps, _, _ in read]),
        weights=_joined([np.array(_all_weights(weights, len(steps)), np.float32) for steps, weights, _ in read]),
        firsts=tuple(accumulate(sizes[:-1], initial=0)),
        load=lambda number: _read_block(file, blocks[number])[2],
    )


def raw_postings(terms: Any, about: Any) -> Iterator[tuple[list[int], Sequence[float], Sequence[bytes]]]:
    """The same as plain lists, a block at a time, for a term that has been found already."""
    file = terms._postfile
    for block in _blocks(file, about):
        steps, weights, values = _read_block(file, block)
        yield list(accumulate(steps)), _all_weights(weights, len(steps)), values or ()


def read_postings_slowly(terms: Any, field: str, term: bytes, form: Format) -> Postings:
    """The same by Whoosh's public matcher interface."""
    try:
        return _one_by_one(terms.matcher(field, term, form))
    except TermNotFound:
        return NO_POSTINGS


class _Block(NamedTuple):
    """Where a block's postings lie in the file."""

    offset: int
    length: int
    compressed: int


def _blocks(file: Any, about: Any) -> Iterator[_Block]:
    place = about.extent()[0]
    if file.get(place, len(WHOOSH3_HEADER_MAGIC)) != WHOOSH3_HEADER_MAGIC:
        raise ValueError(f"no postings begin at byte {place}")
    place += len(WHOOSH3_HEADER_MAGIC)
    length = 0
    while length >= 0:
        length = file.get_int(place)
        note = BytesIO(file.get(place + INT, min(abs(length), LONGEST_NOTE)))
        compressed = load(note)[3]  # noqa: S301  # our own file
        yield _Block(place + INT + note.tell(), abs(length) - note.tell(), compressed)
        place += INT + abs(length)


def _read_block(file: Any, block: _Block) -> Any:
    found = file.get(block.offset, block.length)
    return loads(zlib.decompress(found) if block.compressed else found)  # noqa: S301  # our own file


def _all_weights(weights: Any, count: int) -> Sequence[float]:
    # Whoosh writes nothing for ones, and one number where all are the same.
    if weights is None or isinstance(weights, float):
        return [1.0 if weights is None else weights] * count
    return cast("Sequence[float]", weights)


def _joined(parts: list[Any]) -> Any:
    return parts[0] if len(parts) == 1 else np.concatenate(parts)


def _one_by_one(matcher: Any) -> Postings:
    found: list[tuple[int, float, bytes]] = []
    while matcher.is_active():
        found.append((matcher.id(), matcher.weight(), matcher.value() or b""))
        matcher.next()
    values = tuple(value for _, _, value in found)
    return Postings(
        ids=np.array([number for number, _, _ in found], np.int32),
        weights=np.array([weight for _, weight, _ in found], np.float32),
        firsts=(0,),
        load=lambda _: values,
    )


def decode_positions(value: bytes) -> list[int]:
    """The positions that a value holds, as steps from one to the next behind four bytes for their number."""
    steps = loads(value[4:])  # noqa: S301  # our own file
    return steps if len(steps) == 1 else list(accumulate(steps))


class TermWriter(W3FieldWriter):  # type: ignore[misc]
    """Writes a segment's terms, each with all its postings at once. Fields and terms come in ascending order."""

    def add_term(self, term: bytes, ids: Sequence[int], weights: Sequence[float], values: Sequence[bytes]) -> None:
        """`values` is empty for fields without positions."""
        place = self._postfile.tell()
        written = b"".join(_term_parts(ids, weights, values))
        self._postfile.write(written)
        # As W3TermInfo packs itself: not inlined, and no lengths, because our scores have other means.
        about = W3TermInfo._struct.pack(0, sum(weights), len(ids), 0, 0, max(weights), ids[0], ids[-1])
        self._tindex.add(pack_ushort(self._fieldid) + term, about + pack_long(place) + pack_int(len(written)))


def _term_parts(ids: Sequence[int], weights: Sequence[float], values: Sequence[bytes]) -> Iterator[bytes]:
    yield WHOOSH3_HEADER_MAGIC
    for first in range(0, len(ids), BLOCK):
        part = slice(first, first + BLOCK)
        note, postings = _block(ids[part], weights[part], values[part])
        length = len(note) + len(postings)
        yield pack_int(-length if first + BLOCK >= len(ids) else length)
        yield note
        yield postings


def _block(ids: Sequence[int], weights: Sequence[float], values: Sequence[bytes]) -> tuple[bytes, bytes]:
    steps = (ids[0], *(here - before for before, here in pairwise(ids)))
    most = max(weights)
    postings = dumps((steps, _fewest_weights(weights, most), tuple(values) or None), 4)
    compressed = int(len(postings) >= WORTH_COMPRESSING)
    if compressed:
        postings = zlib.compress(postings, 1)
    # Number of postings, last id, largest weight, compression, and no lengths.
    return dumps((len(ids), ids[-1], most, compressed, 0, 0), 2), postings


def _fewest_weights(weights: Sequence[float], most: float) -> float | tuple[float, ...] | None:
    if min(weights) == most:
        return None if most == 1.0 else most
    return tuple(weights)


class MappedSegment(CompoundStorage):  # type: ignore[misc]
    """A segment's one file, mapped into memory. Whoosh's own copies each part of it into memory when it opens it."""

    def __init__(self, path: Path) -> None:
        with path.open("rb") as file:
            self._source = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        start = _Mapped(memoryview(self._source), path.name)
        offset, length = start.read_long(), start.read_int()
        self._dir = loads(start.get(offset, length))  # noqa: S301  # our own file
        self.is_closed = False

    def open_file(self, name: str, *_: Any, **__: Any) -> "_Mapped":
        offset, length = self.range(name)
        return _Mapped(memoryview(self._source)[offset : offset + length], name)


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
