"""One limited child process that reads file after file, and how it is watched."""

import asyncio
import os
import signal
import socket
import subprocess
import sys
import tempfile
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Self

import msgspec

from ingest.extract import wire
from ingest.extract.contract import Extract, Limits
from ingest.extract.formats import out_of_memory
from library.errors import ExtractionFailed, NeedsMemory, ReaderCrashed, TookTooLong, extraction_failure

JOBS_OF_A_CHILD = 200
"""After so many files a child is replaced: readers leak."""
STARTING = 15
"""Seconds beyond the limit that a new child may take to load its readers."""


class Reader:
    """Reads one file at a time, in a child process that is replaced when it dies or is spent.

    async with Reader(limits) as reader:
        extract = await reader.read(path, "report.pdf")
    """

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._child: _Child | None = None

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._end()

    async def read(self, path: Path, name: str) -> Extract:
        """What the file holds; `name` is what its owner called it. Raises ExtractionFailed; when cancelled, the child
        is killed."""
        child = self._child = self._child or _Child(self._limits)
        try:
            extract = await asyncio.to_thread(child.read, path, name)
        except BaseException as error:
            if not isinstance(error, ExtractionFailed) or isinstance(error, _FATAL) or child.spent:
                self._end()
            raise
        if child.spent:
            self._end()
        return extract

    def _end(self) -> None:
        if self._child is not None:
            self._child.kill()
            self._child = None


# After one of these the child is dead, or poisoned: the next good file would fail in it.
_FATAL = (NeedsMemory, TookTooLong, ReaderCrashed)


class _Child:
    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._jobs = 0
        self._folder = tempfile.TemporaryDirectory(prefix="reader-")
        self._line, theirs = socket.socketpair()
        with theirs:
            # Not in a thread: the child dies with the thread that started it.
            self._process = subprocess.Popen(  # noqa: S603  # our own module
                [
                    sys.executable,
                    "-m",
                    "ingest.extract.child",
                    str(theirs.fileno()),
                    msgspec.json.encode(limits).decode(),
                ],
                cwd=self._folder.name,
                env={"PATH": os.defpath, "PYTHONSAFEPATH": "1", "TMPDIR": self._folder.name, "LC_ALL": "C.UTF-8"},
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                pass_fds=[theirs.fileno()],
                start_new_session=True,
            )

    @property
    def spent(self) -> bool:
        return self._jobs >= JOBS_OF_A_CHILD

    def read(self, path: Path, name: str) -> Extract:
        self._jobs += 1
        self._line.settimeout(self._limits.seconds + (STARTING if self._jobs == 1 else 0))
        try:
            with path.open("rb") as file:
                wire.ask(self._line, name, file)
            match wire.answered(self._line):
                case wire.Read(extract=extract):
                    return extract
                case wire.Failed(code=code, detail=detail):
                    raise extraction_failure(code, detail)
        except TimeoutError as error:
            raise self._too_long() from error
        except (EOFError, ConnectionError, BrokenPipeError) as error:
            raise self._cause_of_death() from error

    def kill(self) -> None:
        with suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        self._line.close()
        self._folder.cleanup()

    def _cause_of_death(self) -> ExtractionFailed:
        match -self._process.wait():
            case signal.SIGXCPU:
                return self._too_long()
            case signal.SIGKILL | signal.SIGABRT:
                return NeedsMemory(out_of_memory(self._limits))
            case _:
                return ReaderCrashed("the reader crashed on this file; save it anew or as PDF, and hand in that")

    def _too_long(self) -> TookTooLong:
        return TookTooLong(
            f"reading this file took more than {self._limits.seconds} s, which is the limit; split it, or save it anew"
        )
