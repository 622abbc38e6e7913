"""Where the files that were handed in are kept: each once, under the SHA-256 of its bytes."""

import asyncio
import fcntl
import hashlib
import os
import re
import secrets
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from errno import EDQUOT, ENOSPC
from pathlib import Path
from typing import BinaryIO

from library.errors import NotFound, Unavailable
from library.model import Value

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
        self._lasting: set[Path] = set()

    async def keep(self, chunks: Iterable[bytes]) -> Original:
        """Keep these bytes; when this returns they outlast a power cut. The same bytes again are kept once. All of it,
        `chunks` too, in one turn of a thread: to go there and back costs as much as writing a small file.

        Raises Unavailable where the disk is full or cannot be written; what `chunks` raises passes through. Neither
        leaves anything behind, nor does cancelling, for which the chunk that is just being written is waited for.
        """
        upload = _Upload(self._folder, self._free_bytes, self._lasting)
        keeping = asyncio.get_running_loop().run_in_executor(None, upload.keep, chunks)
        try:
            await asyncio.wait([keeping])
        except asyncio.CancelledError:
            upload.unwanted = True
            await asyncio.wait([keeping])
            keeping.exception()  # nobody waits for it any more
            raise
        return keeping.result()

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


class _Upload:
    """A file on its way in."""

    def __init__(self, folder: Path, free_bytes: int, lasting: set[Path]) -> None:
        self._folder = folder
        self._free_bytes = free_bytes
        self._lasting = lasting
        """The folders in `folder` whose names are on the disk for good."""
        self.unwanted = False

    def keep(self, chunks: Iterable[bytes]) -> Original:
        """Raises as `Originals.keep`, and _Unwanted."""
        digest, size = hashlib.sha256(), 0
        with _part_in(self._folder) as (path, file):
            for chunk in chunks:
                self._refuse_unwanted()
                with _our_errors(self._folder):
                    self._look_for_room(len(chunk))
                    file.write(chunk)
                digest.update(chunk)
                size += len(chunk)
            with _our_errors(self._folder):
                self._look_for_room(0)  # an empty file had no chunk
                file.flush()
                os.fsync(file.fileno())
                self._refuse_unwanted()
                self._settle(path, digest.hexdigest())
        return Original(sha256=digest.hexdigest(), size=size)

    def _settle(self, path: Path, sha256: str) -> None:
        """Give the file its name. An older one of that name has the same bytes, or is damaged: it goes."""
        shelf = self._folder / sha256[:2]
        if not shelf.is_dir():
            self._lasting.discard(shelf)
            shelf.mkdir(exist_ok=True)
        path.replace(shelf / sha256)
        _sync_folder(shelf)
        # One that is there need not last: another process may just have made it.
        if shelf not in self._lasting:
            _sync_folder(self._folder)
            self._lasting.add(shelf)

    def _look_for_room(self, coming: int) -> None:
        if shutil.disk_usage(self._folder).free < self._free_bytes + coming:
            raise OSError(ENOSPC, os.strerror(ENOSPC))

    def _refuse_unwanted(self) -> None:
        if self.unwanted:
            raise _Unwanted


class _Unwanted(Exception):  # no error: whoever asked has gone
    """An upload was cancelled."""


@contextmanager
def _part_in(folder: Path) -> Iterator[tuple[Path, BinaryIO]]:
    """A file in the same file system as where it will lie, which is gone afterwards unless it has another name by then.
    Locked as long as its process lives."""
    with _our_errors(folder):
        folder.mkdir(parents=True, exist_ok=True)
        path, file = _new_part(folder)
    try:
        yield path, file
    finally:
        with suppress(OSError):  # after a disk that is full, closing tries to write once more
            file.close()
        with _our_errors(folder):
            path.unlink(missing_ok=True)


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
