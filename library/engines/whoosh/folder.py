"""The index's folder: which generation is current, who may write, what is left over.

index/lock         held by the one writer
index/current      which folder and which of its commits is the index; replaced as a whole
index/coming       what is about to be: readers open it already, and then it becomes `current`
index/followers    locked by all who get ready for what is coming; index/opening: by those who are just at it
index/0001/        a Whoosh index; a rebuild fills the next number and then switches `current` to it
"""

import errno
import fcntl
import os
import re
import secrets
import shutil
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Self

import msgspec
from msgspec import Struct

from library.engines.whoosh.schema import SCHEMA_VERSION
from library.errors import IndexBusy, IndexUnavailable, LibraryError, Unavailable
from library.search import IndexState

LOOK_EVERY = 0.02
"""Seconds between a follower's looks for what is coming: twice as many would take .7 % of a processor more."""
NOTICED_WITHIN = 1.5 * LOOK_EVERY
"""Seconds within which followers notice it, be they a little late."""
READY_WITHIN = 1.0
"""Seconds that a writer waits for followers to have opened it; who is later opens it in a search."""

_NUMBERED = re.compile(r"\d{4,}")
_SEGMENT = re.compile(r"(MAIN_[0-9a-z]+)\..+")
_CONTENTS = re.compile(r"_MAIN_\d+\.toc.*")

Stamp = tuple[int, int, int]
"""What of a file's status changes when it is replaced."""


class NotReady(IndexUnavailable):
    """There is no index that could be searched, and why."""

    def __init__(self, state: IndexState, detail: str) -> None:
        super().__init__(detail)
        self.state = state

    def __reduce__(self) -> tuple[type[Self], tuple[IndexState, str], dict[str, object]]:
        # Another process may raise it; what exceptions are by themselves made of again is their first argument.
        return type(self), (self.state, self.detail), self.__dict__


class Current(Struct, frozen=True, forbid_unknown_fields=True):
    """What `index/current` says."""

    folder: str
    made: str
    """A random name for this making of the index, so that two with the same number never look alike."""
    commit: int
    schema: int
    analysis: str
    """The version of the analyzer that made the tokens."""

    @property
    def generation(self) -> str:
        return f"{self.made}.{self.commit}"


class IndexFolder:
    def __init__(self, path: Path, analysis: str) -> None:
        self.path = path
        self._pointer = path / "current"
        self._pointer_name = str(self._pointer)
        self._coming = path / "coming"
        self._analysis = analysis

    def stamp(self) -> Stamp | None:
        """Changes with each commit; one system call. None while there is no index."""
        return _stamp(self._pointer_name)

    def coming(self) -> Stamp | None:
        """Of what is about to be the index: the one that it will have, but for the last part. None where nothing is."""
        return _stamp(str(self._coming))

    def current(self) -> Current:
        """Raises NotReady where no index can be used."""
        return self._said(self._pointer)

    def announced(self) -> Current:
        """What is about to be the index. Raises NotReady where nothing is."""
        return self._said(self._coming)

    def _said(self, pointer: Path) -> Current:
        try:
            current = msgspec.json.decode(pointer.read_bytes(), type=Current)
        except (FileNotFoundError, NotADirectoryError) as error:
            raise NotReady(IndexState.MISSING, f"there is no index in {self.path}; rebuild it") from error
        except (OSError, msgspec.DecodeError) as error:
            raise NotReady(IndexState.TORN, f"{pointer} cannot be read; rebuild the index") from error
        if (current.schema, current.analysis) != (SCHEMA_VERSION, self._analysis):
            raise NotReady(IndexState.OUTDATED, "the index was made by another version of the library; rebuild it")
        return current

    def announce(self, folder: str, commit: int, made: str | None = None) -> float:
        """Say what is about to be the index; the moment, by a clock that only goes on. A commit that was announced and
        never made the index is forgotten with the next one."""
        current = Current(
            folder=folder,
            made=made or secrets.token_hex(4),
            commit=commit,
            schema=SCHEMA_VERSION,
            analysis=self._analysis,
        )
        written = self.path / "coming.tmp"
        written.write_bytes(msgspec.json.encode(current))
        make_lasting([written])
        written.replace(self._coming)
        return time.monotonic()

    def switch(self) -> None:
        """From now on what was announced is the index, also after a power cut."""
        self._coming.replace(self._pointer)
        make_lasting([self.path])

    @contextmanager
    def followed(self) -> Iterator[None]:
        """In here, writers wait a moment for who gets ready for what is coming."""
        with self._shared("followers"):
            yield

    @contextmanager
    def getting_ready(self) -> Iterator[None]:
        """What those do while they are at it."""
        with self._shared("opening"):
            yield

    def wait_for_followers(self, since: float) -> None:
        """Until those that follow have opened what was announced at that moment, or have taken too long."""
        if not self._nobody_has("followers"):
            time.sleep(max(since + NOTICED_WITHIN - time.monotonic(), 0))
            while not self._nobody_has("opening") and time.monotonic() < since + READY_WITHIN:
                time.sleep(0.002)

    @contextmanager
    def _shared(self, name: str) -> Iterator[None]:
        self.path.mkdir(parents=True, exist_ok=True)
        with (self.path / name).open("w") as lock:
            fcntl.flock(lock.fileno(), fcntl.LOCK_SH)
            yield

    def _nobody_has(self, name: str) -> bool:
        with (self.path / name).open("w") as lock:
            try:
                fcntl.flock(lock.fileno(), fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                return False
            return True

    @contextmanager
    def writing(self, patience: float) -> Iterator[None]:
        """Be the one writer. Raises IndexBusy where another one is still at it after `patience` seconds."""
        self.path.mkdir(parents=True, exist_ok=True)
        with (self.path / "lock").open("w") as lock:
            _wait_for(lock.fileno(), patience)
            # Closing the file lets go of the lock, and so does the end of the process.
            yield

    def next_folder(self) -> Path:
        """A new, empty folder beside the present one."""
        path = self.path / f"{max([0, *map(int, self._numbers())]) + 1:04}"
        path.mkdir()
        return path

    def sweep_folders(self, kept: Iterable[str]) -> None:
        """Remove what a rebuild that was cut off has left, and indexes that nobody reads any more."""
        for name in set(self._numbers()) - set(kept):
            shutil.rmtree(self.path / name)

    def _numbers(self) -> list[str]:
        return [name for name in os.listdir(self.path) if _NUMBERED.fullmatch(name)]  # noqa: PTH208  # names are all we need


def _stamp(path: str) -> Stamp | None:
    try:
        # Half the time of Path.stat, and on the way of every search.
        status = os.stat(path)  # noqa: PTH116
    except (FileNotFoundError, NotADirectoryError):
        return None
    return status.st_mtime_ns, status.st_ino, status.st_ctime_ns


def sweep(folder: Path, segments: Iterable[str], contents: str) -> None:
    """Remove what belongs to no live segment and is not the live table of contents: what killed or failed writers have
    left, and what later commits have replaced. Whoever has such a file open goes on reading it."""
    live = set(segments)
    for path in folder.iterdir():
        of_segment = _SEGMENT.fullmatch(path.name)
        if path.name == "MAIN.tmp":
            shutil.rmtree(path)
        elif (of_segment and of_segment[1] not in live) or (_CONTENTS.fullmatch(path.name) and path.name != contents):
            path.unlink()


def make_lasting(paths: Iterable[Path]) -> None:
    """Have what was written to these files, and which files are in these folders, on the disk."""
    for path in paths:
        opened = os.open(path, os.O_RDONLY)
        try:
            os.fsync(opened)
        finally:
            os.close(opened)


def check_room(folder: Path, needed: int) -> None:
    """Raises Unavailable where the disk has less room than that many bytes."""
    free = shutil.disk_usage(folder).free
    if free < needed:
        raise Unavailable(
            f"the disk of the index has {free >> 20} MB left and this needs {needed >> 20} MB; make room and try again"
        )


@contextmanager
def our_errors(doing: str) -> Iterator[None]:
    """Whatever Whoosh, pickle or the system raise inside becomes an error of ours, the cause kept."""
    try:
        yield
    except LibraryError:
        raise
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise Unavailable(f"the disk is full; {doing} failed; make room and try again") from error
        raise NotReady(IndexState.TORN, f"{doing} failed ({error}); rebuild the index") from error
    except Exception as error:
        # Half a file shows itself as almost anything: TypeError, UnpicklingError, struct.error, NameError.
        raise NotReady(IndexState.TORN, f"{doing} failed ({error!r}); rebuild the index") from error


def _wait_for(lock: int, patience: float) -> None:
    until = time.monotonic() + patience
    while True:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            if time.monotonic() >= until:
                raise IndexBusy(
                    f"another writer has been busy with the index for {patience:g} s; try again later"
                ) from error
            time.sleep(0.02)
        else:
            return
