"""Where the files that were handed in are kept: each once, under the SHA-256 of its bytes."""

import asyncio
import fcntl
import hashlib
import os
import re
import secrets
import shutil
import time
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, nullcontext, suppress
from errno import EDQUOT, ENOSPC
from pathlib import Path
from typing import BinaryIO

from library.errors import NotFound, Unavailable
from library.model import Value
from library.together import Together

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
        self._uploads = Together[_Upload, Original](self._kept_in_a_thread, nullcontext())

    async def keep(self, chunks: Iterable[bytes]) -> Original:
        """Keep these bytes; when this returns they outlast a power cut. The same bytes again are kept once. `chunks`
        are asked for in a thread, and what is to be kept at the same moment is kept in the same turn of it.

        Raises Unavailable where the disk is full or cannot be written; what `chunks` raises passes through. Neither
        leaves anything behind, nor does cancelling, for which the chunk that is just being written is waited for.
        """
        upload = _Upload(self._folder, self._free_bytes, chunks)
        keeping = self._uploads.ask(upload)
        try:
            await asyncio.wait([keeping])
        except asyncio.CancelledError:
            upload.unwanted = True
            await asyncio.wait([keeping])
            if not keeping.cancelled():
                keeping.exception()  # nobody waits for it any more
            raise
        return keeping.result()

    def path(self, sha256: str) -> Path:
        """Where the original with this hash lies, or would lie. Raises NotFound for what is no hash."""
        if not SHA256.fullmatch(sha256):
            raise NotFound(f"{sha256!r} is not the hash of a file")
        return self._folder / sha256[:2] / sha256

    async def older_than(self, seconds: float) -> list[str]:
        """The hashes of the originals that were last kept so long ago."""
        return await asyncio.to_thread(_older_than, self._folder, seconds)

    def is_older_than(self, seconds: float, sha256: str) -> bool:
        """Whether the original is there, and was last kept so long ago. Raises NotFound for what is no hash."""
        return _is_older_than(self.path(sha256), seconds)

    async def discard(self, sha256: str) -> None:
        """Remove an original for good; where there is none, nothing happens. Raises Unavailable, and NotFound for what
        is no hash."""
        path = self.path(sha256)
        await asyncio.to_thread(_discard, path, self._folder)

    async def sweep(self) -> int:
        """Remove the pieces that uploads left that were killed; how many. Uploads that live, of any process, go on."""
        return await asyncio.to_thread(_sweep, self._folder)

    async def _kept_in_a_thread(self, uploads: Sequence["_Upload"]) -> Sequence[Original | Exception]:
        return await asyncio.to_thread(self._kept, uploads)

    def _kept(self, uploads: Sequence["_Upload"]) -> Sequence[Original | Exception]:
        """What becomes of each. Step by step for all: the first that waits for the disk takes the others with it."""
        with _our_errors(self._folder):
            self._folder.mkdir(parents=True, exist_ok=True)
        try:
            for step in (_Upload.write, _Upload.sync, _Upload.settle):
                for upload in uploads:
                    upload.go_on(step)
            self._make_lasting({upload.shelf for upload in uploads if upload.error is None})
        finally:
            for upload in uploads:
                upload.close()
        return [upload.error or upload.original for upload in uploads]

    def _make_lasting(self, shelves: Collection[Path]) -> None:
        """A new name in a folder is lasting only when the folder itself is on the disk."""
        with _our_errors(self._folder):
            for folder in (*shelves, self._folder):
                _sync_folder(folder)


class _Upload:
    """A file on its way in, in the same file system as where it will lie. Locked as long as its process lives."""

    _path: Path
    _file: BinaryIO
    shelf: Path
    original: Original

    def __init__(self, folder: Path, free_bytes: int, chunks: Iterable[bytes]) -> None:
        self._folder = folder
        self._free_bytes = free_bytes
        self._chunks = chunks
        self._left = ExitStack()
        self.error: Exception | None = None
        self.unwanted = False
        """Whether whoever brought it has gone."""

    def go_on(self, step: Callable[["_Upload"], None]) -> None:
        """Take this step, unless one before has failed."""
        try:
            if self.error is None:
                step(self)
        except Exception as error:  # noqa: BLE001  # whoever brought it has to know
            self.error = error

    def write(self) -> None:
        with _our_errors(self._folder):
            self._path, self._file = _new_part(self._folder)
        self._left.callback(self._path.unlink, missing_ok=True)
        self._left.enter_context(self._file)
        digest, size = hashlib.sha256(), 0
        for chunk in self._chunks:
            self._refuse_unwanted()
            with _our_errors(self._folder):
                self._look_for_room(len(chunk))
                self._file.write(chunk)
            digest.update(chunk)
            size += len(chunk)
        self.original = Original(sha256=digest.hexdigest(), size=size)
        self.shelf = self._folder / self.original.sha256[:2]

    def sync(self) -> None:
        with _our_errors(self._folder):
            self._look_for_room(0)  # an empty file had no chunk
            self._file.flush()
            os.fsync(self._file.fileno())

    def settle(self) -> None:
        """Give the file its name. An older one of that name has the same bytes, or is damaged: it goes."""
        self._refuse_unwanted()
        with _our_errors(self._folder):
            self.shelf.mkdir(exist_ok=True)
            self._path.replace(self.shelf / self.original.sha256)

    def close(self) -> None:
        """Let go of it; what has not settled is gone."""
        with suppress(OSError):  # after a disk that is full, closing tries to write once more
            self._left.close()

    def _look_for_room(self, coming: int) -> None:
        if shutil.disk_usage(self._folder).free < self._free_bytes + coming:
            raise OSError(ENOSPC, os.strerror(ENOSPC))

    def _refuse_unwanted(self) -> None:
        if self.unwanted:
            raise _Unwanted


class _Unwanted(Exception):  # no error: whoever asked has gone
    """An upload was cancelled."""


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


def _older_than(folder: Path, seconds: float) -> list[str]:
    with _our_errors(folder):
        paths = [path for path in folder.glob("??/*") if SHA256.fullmatch(path.name)]
        return [path.name for path in paths if _is_older_than(path, seconds)]


def _is_older_than(path: Path, seconds: float) -> bool:
    with _our_errors(path), suppress(FileNotFoundError):
        # Not when it was written: an upload may have taken long, and a copy may bear the day of what it is one of.
        return path.stat().st_ctime <= time.time() - seconds
    return False


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
