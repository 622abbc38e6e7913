"""A segment's one file: put together of its parts, and mapped into memory when it is opened."""

import mmap
import shutil
import time
from io import SEEK_CUR, SEEK_END
from pathlib import Path
from pickle import loads
from tempfile import SpooledTemporaryFile
from typing import IO, Any, Self

from whoosh.filedb.compound import CompoundStorage
from whoosh.filedb.filestore import FileStorage
from whoosh.filedb.structfile import BufferFile, StructFile

from library.engines.whoosh.arrays import EXTENSION, ArraysWriter

PART_BYTES = 16 << 20
"""Bytes of a part that are kept in memory until all are put together. Those of a commit of the worker are
smaller; what is larger goes to the disk twice."""
_CHUNK = 1 << 20
"""Bytes that are copied at once."""


class SegmentFileWriter:
    """Puts a segment's file together as Whoosh does, but with its arrays first (arrays.LEAD), which are written where
    they are to lie. The other parts are written into `parts` before."""

    def __init__(self, segment: Any, folder: Path) -> None:
        self._segment = segment
        self._file = FileStorage(str(folder)).create_file(segment.make_filename(segment.COMPOUND_EXT))
        # Where the directory is, which Whoosh writes when it is there.
        self._file.write_long(0)
        self._file.write_int(0)
        self._first = self._file.tell()
        self.arrays = ArraysWriter(self._file)
        self.parts = _Parts(folder)

    def put_together(self) -> None:
        self.arrays.finish()
        directory = {self._segment.make_filename(EXTENSION): self._part(self._first)}
        for name, part in self.parts.written.items():
            first = self._file.tell()
            part.copy(self._file)
            directory[name] = self._part(first)
        CompoundStorage.write_dir(self._file, 0, directory)
        self._segment.compound = True

    def _part(self, first: int) -> dict[str, Any]:
        """What the directory says of the part that begins there and has just been written."""
        return {"offset": first, "length": self._file.tell() - first, "modified": time.time()}


class _Part(SpooledTemporaryFile[bytes]):
    """Can be read after Whoosh has closed what it wrote; nothing is left of it when nobody holds it any more."""

    def close(self) -> None:
        pass

    def __del__(self) -> None:
        super().close()

    def copy(self, into: IO[bytes]) -> None:
        self.seek(0)
        shutil.copyfileobj(self, into, _CHUNK)


class _Parts(FileStorage):  # type: ignore[misc]
    """What Whoosh takes for the folder in which it makes files: they are in memory, or have no name on the disk where
    they are large. Making and removing a dozen of files takes as long as writing what is in them."""

    def __init__(self, folder: Path) -> None:
        super().__init__(str(folder))
        self.written: dict[str, _Part] = {}

    def create_file(self, name: str, **_: Any) -> StructFile:
        part = self.written[name] = _Part(PART_BYTES, dir=self.folder)
        return StructFile(part, name)

    def delete_file(self, name: str) -> None:
        del self.written[name]

    def temp_storage(self, *_: Any) -> Self:
        """For what is to be written in another order."""
        return type(self)(Path(self.folder))


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
