"""Where the files that were handed in are kept: each once, under the SHA-256 of its bytes."""

import asyncio
import fcntl
import hashlib
import os
import re
import secrets
import shutil
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager, suppress
from errno import EDQUOT, ENOSPC
from pathlib import Path
from typing import BinaryIO

from library.errors import NotFound, Unavailable
from library.model import Value

PIECE = 1 << 20
"""Bytes gathered before they are written, so that a slow upload does not cost a thread switch a packet."""

SHA256 = re.compile(r"[0-9a-f]{64}")


class Original(Value, frozen=True):
    """What was kept: its name in the store, and its size in bytes."""

    sha256: str
    size: int


class Originals:
    """The folder of originals: `ab/abcdef…`. It takes nothing in that leaves less than `free_bytes` on the disk."""

    def __init__(self, folder: Path, free_bytes: int) -> None:
        self._folder = folder
        self._free_bytes = free_bytes

    async def keep(self, chunks: AsyncIterator[bytes]) -> Original:
        """Keep these bytes; when this returns they outlast a power cut. The same bytes again are kept once.

        Raises Unavailable where the disk is full or cannot be written; what `chunks` raises passes through. Neither
        leaves anything behind.
        """
        # Not in a thread: whoever cancels us would lose the part that the thread goes on to make.
        part = _Part(self._folder, self._free_bytes)
        try:
            async for chunk in chunks:
                part.gathered += chunk
                if len(part.gathered) >= PIECE:
                    await asyncio.to_thread(part.write)
            return await asyncio.to_thread(part.settle)
        finally:
            part.close()

    def path(self, sha256: str) -> Path:
        """Where the original with this hash lies, or would lie. Raises NotFound for what is no hash."""
        if not SHA256.fullmatch(sha256):
            raise NotFound(f"{sha256!r} is not the hash of a file")
        return self._folder / sha256[:2] / sha256

    async def discard(self, sha256: str) -> None:
        """Remove an original for good; where there is none, nothing happens. Raises Unavailable, and NotFound for what
        is no hash."""
        path = self.path(sha256)
        await asyncio.to_thread(_discard, path, self._folder)

    async def sweep(self) -> int:
        """Remove what uploads left that were killed; how many. Uploads that live, of any process, go on."""
        return await asyncio.to_thread(_sweep, self._folder)


class _Part:
    """A file on its way in, in the same file system as where it will lie. Locked as long as its process lives."""

    def __init__(self, folder: Path, free_bytes: int) -> None:
        self._folder = folder
        self._free_bytes = free_bytes
        self._digest = hashlib.sha256()
        self._size = 0
        self.gathered = bytearray()
        with _our_errors(folder):
            folder.mkdir(parents=True, exist_ok=True)
            self._look_for_room()
            self._path, self._file = _new_part(folder)

    def write(self) -> None:
        with _our_errors(self._folder):
            self._look_for_room()
            self._file.write(self.gathered)
            self._file.flush()
        self._digest.update(self.gathered)
        self._size += len(self.gathered)
        self.gathered.clear()

    def settle(self) -> Original:
        """Give the file its name. An older one of that name has the same bytes, or is damaged: it goes."""
        self.write()
        sha256 = self._digest.hexdigest()
        shelf = self._folder / sha256[:2]
        with _our_errors(self._folder):
            os.fsync(self._file.fileno())
            shelf.mkdir(exist_ok=True)
            self._path.replace(shelf / sha256)
            _sync_folder(shelf)
            _sync_folder(self._folder)
        return Original(sha256=sha256, size=self._size)

    def close(self) -> None:
        """Let go of it; what has not settled is gone."""
        with suppress(OSError):  # after a disk that is full, closing tries to write once more
            self._file.close()
        with _our_errors(self._folder):
            self._path.unlink(missing_ok=True)

    def _look_for_room(self) -> None:
        if shutil.disk_usage(self._folder).free < self._free_bytes + len(self.gathered):
            raise OSError(ENOSPC, os.strerror(ENOSPC))


def _new_part(folder: Path) -> tuple[Path, BinaryIO]:
    while True:
        path = folder / f"{secrets.token_hex(8)}.part"
        file = path.open("xb")
        fcntl.flock(file, fcntl.LOCK_EX)
        if os.fstat(file.fileno()).st_nlink:
            return path, file
        file.close()  # a sweep came between the two lines and took it for a dead one


def _discard(path: Path, folder: Path) -> None:
    with _our_errors(folder):
        path.unlink(missing_ok=True)
        if path.parent.is_dir():
            _sync_folder(path.parent)


def _sweep(folder: Path) -> int:
    with _our_errors(folder):
        return sum(_remove_dead(path) for path in folder.glob("*.part"))


def _remove_dead(path: Path) -> bool:
    try:
        with path.open("rb") as file:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            path.unlink()
    except (BlockingIOError, FileNotFoundError):  # its process lives, or has just finished
        return False
    return True


def _sync_folder(folder: Path) -> None:
    # A new name in a folder is lasting only when the folder itself is on the disk.
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@contextmanager
def _our_errors(folder: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        if error.errno in (ENOSPC, EDQUOT):
            raise Unavailable(f"the disk is full, and {folder} takes nothing in: make room and try again") from error
        raise Unavailable(f"no file can be kept in {folder}: {error}") from error
