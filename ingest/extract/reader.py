"""How files from elsewhere are read without harm: in a child process that is limited, watched and replaced."""

import asyncio
import contextlib
import fcntl
import logging
import os
import resource
import shutil
import signal
import socket
import sys
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from pathlib import Path
from types import TracebackType
from typing import NamedTuple, Self

import msgspec

import ingest
from ingest.extract import archive, wire
from ingest.extract.contract import Extract, Limits, OnPage, nobody_looks_on, nothing_to_do
from ingest.extract.formats import out_of_memory
from library.errors import ExtractionFailed, NeedsMemory, ReaderCrashed, TookTooLong, extraction_failure

logger = logging.getLogger(__name__)

LOOKED_AT_EVERY = 200
"""Files after which a child is replaced that has become larger: what readers leak stays small. One that has not stays:
starting another costs as much as reading 250 pages."""
MOST_GROWTH = 50_000_000
"""Bytes of address space that a child may have more than at its start, when it is looked at."""
_START_SECONDS = 60
_LONGEST_NAME = 1_000
_BYTES_A_CHARACTER = 4
_LONGEST_REST = 10_000_000
"""Bytes of an answer beside its text: titles, notes, the frame of each page."""
_COMMAND = (sys.executable, "-P", "-s", "-m", "ingest.extract.child")
_PREFIX = "good-practice-reader-"
"""How the names of their folders begin."""
_LOG = "log"
_LAST_WORDS = 2_000
"""Characters of its log that are worth showing."""
_LAST_SECONDS = 5
_CHUNK = 1 << 20
_KERNEL = Path("/proc/vmstat")
_CRASHED = "the reader of this kind of file crashed on it; save the file anew, or as PDF, and hand in that"
_decoder = msgspec.msgpack.Decoder(wire.Said)


TakeEnclosed = Callable[[str, Path], Awaitable[None]]
"""Given each enclosed file: its name in the one that is read, and where its bytes lie until this returns."""


class Reader:
    """One child process that reads file after file. Several tasks may share it; they are served one by one."""

    def __init__(self, limits: Limits, command: Sequence[str] = _COMMAND) -> None:
        self._limits = limits
        self._command = command
        self._child: _Child | None = None
        self._turn = asyncio.Lock()
        self._waiting = 0
        """How many wait for theirs."""

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._replace()

    async def start(self) -> None:
        """Have a child ready before the first file comes; where none starts, that file tells."""
        async with self._turn:
            with contextlib.suppress(ReaderCrashed, OSError):
                await self._living()

    async def read(
        self,
        path: Path,
        name: str,
        on_page: OnPage = nobody_looks_on,
        take_enclosed: TakeEnclosed | None = None,
        *,
        languages: Sequence[str] = (),
        on_nearly_done: Callable[[], None] = nothing_to_do,
    ) -> Extract:
        """What the file holds; `name` is what its owner called it, `languages` what it is said to be in. `on_page` is
        told now and then how far it is; `take_enclosed` is given the files in it, and what it raises ends the reading.
        `on_nearly_done` is called once at most, when another file would not wait long here: it would lie ready then.

        Raises ExtractionFailed, TookTooLong and ReaderCrashed among them, and OSError where the path cannot be opened.
        A task that is cancelled here takes the child with it.
        """
        job = wire.Job(name[-_LONGEST_NAME:], tuple(languages))
        follow = _Following(on_page, take_enclosed, on_nearly_done)
        with path.open("rb") as file:
            async with self._turn_of(file.fileno(), job) as holder:
                try:
                    answer = await self._answered(file.fileno(), job, follow, holder)
                except _KilledFromOutside:
                    logger.warning("somebody has killed the reader of %s: reading it once more", job.name)
                    answer = await self._answered(file.fileno(), job, follow, None)
        match answer:
            case wire.Read(extract):
                return extract
            case wire.Failed(code, detail):
                raise extraction_failure(code, detail)

    @contextlib.asynccontextmanager
    async def _turn_of(self, descriptor: int, job: wire.Job) -> AsyncIterator["_Child | None"]:
        """When those before have had theirs. Who is the next is given to the busy child at once: the child it gives."""
        child = self._child if self._turn.locked() and not self._waiting else None
        if child is not None and not child.take(descriptor, job):
            child = None
        self._waiting += 1
        try:
            await self._turn.acquire()
        except BaseException:
            if child is not None:
                child.is_forsaken = True
            raise
        finally:
            self._waiting -= 1
        try:
            yield child
        finally:
            self._turn.release()

    async def _answered(
        self, descriptor: int, job: wire.Job, follow: "_Following", holder: "_Child | None"
    ) -> wire.Answer:
        """By the child that has the job already, if that still lives."""
        try:
            child = await self._living()
            if child is not holder:
                child.take(descriptor, job)
            answer = await child.answer(job, follow)
        except BaseException:
            await self._replace()
            raise
        failure = answer.code if isinstance(answer, wire.Failed) else ""
        if failure == ReaderCrashed.code:
            logger.warning("the reader failed on %s: %s", job.name, child.last_words())
        # Where memory ran out once, readers stay broken: the next good file would fail.
        if _ran_out_of_memory(answer) or child.is_worn:
            await self._replace()
        return answer

    async def _living(self) -> "_Child":
        if self._child is not None and (self._child.is_forsaken or self._child.has_hung_up):
            await self._replace()
        if self._child is None:
            self._child = await _Child.start(self._limits, self._command)
        return self._child

    async def _replace(self) -> None:
        child, self._child = self._child, None
        if child is not None:
            await child.end()


def _ran_out_of_memory(answer: wire.Answer) -> bool:
    match answer:
        case wire.Read(extract):
            return extract.ran_out
        case wire.Failed(code, _):
            return code == NeedsMemory.code


class _KilledFromOutside(ReaderCrashed):
    """Neither the file did it nor the kernel for want of memory."""


def sweep_folders() -> int:
    """Remove the folders of readers that died with their worker, and what of files was in them; how many."""
    return sum(_swept(folder) for folder in Path(tempfile.gettempdir()).glob(f"{_PREFIX}*"))


def _swept(folder: Path) -> bool:
    try:
        with (folder / _LOG).open("rb") as log:
            fcntl.flock(log, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:  # it lives, is just beginning, or is somebody else's
        return False
    shutil.rmtree(folder, ignore_errors=True)
    return True


class _Following(NamedTuple):
    """Who is told what while a file is read."""

    on_page: OnPage
    take_enclosed: TakeEnclosed | None
    on_nearly_done: Callable[[], None]

    def hear(self, said: wire.Reading | wire.NearlyDone) -> None:
        match said:
            case wire.Reading(page, pages):
                self.on_page(page, pages)
            case wire.NearlyDone():
                self.on_nearly_done()


class _Child:
    """One process, from its start to its end."""

    def __init__(
        self,
        limits: Limits,
        process: asyncio.subprocess.Process,
        line: socket.socket,
        said: tuple[asyncio.StreamReader, asyncio.StreamWriter],
        folder: Path,
    ) -> None:
        self._limits = limits
        self._process = process
        self._line = line
        self._said, self._closing = said
        self._folder = folder
        self._out_of_memory = _times_out_of_memory()
        self._answered = 0
        self._size = 0
        self.is_forsaken = False
        """Whether it has a job to which nobody will hear the answer."""

    @classmethod
    async def start(cls, limits: Limits, command: Sequence[str]) -> Self:
        folder = Path(tempfile.mkdtemp(prefix=_PREFIX))
        ours, theirs = socket.socketpair()
        ours.settimeout(0)
        with theirs, (folder / _LOG).open("wb") as log:
            fcntl.flock(log, fcntl.LOCK_EX)  # the child's from now on, as long as it lives
            process = await asyncio.create_subprocess_exec(
                *command,
                str(theirs.fileno()),
                msgspec.json.encode(limits).decode(),
                stdin=asyncio.subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd=folder,
                env=_environment(folder),
                pass_fds=[theirs.fileno()],
                start_new_session=True,
            )
        said = await asyncio.open_unix_connection(sock=ours, limit=_CHUNK)
        child = cls(limits, process, ours, said, folder)
        try:
            async with asyncio.timeout(_START_SECONDS):
                hello = msgspec.msgpack.decode(await child._message(), type=wire.Hello)
        except (TimeoutError, EOFError, ConnectionError, msgspec.DecodeError) as error:
            logger.error("the reader does not start: %s", child.last_words())  # noqa: TRY400  # its own words say more
            await child.end()
            raise ReaderCrashed("the reader of files does not start on this machine; the log says why") from error
        except BaseException:
            await child.end()
            raise
        child._size = _size(process.pid)
        logger.info("a reader has started; protections: %s", ", ".join(hello.protections) or "limits only")
        return child

    @property
    def has_hung_up(self) -> bool:
        """Whether the process ended while nobody asked it anything."""
        try:
            return not self._line.recv(1, socket.MSG_PEEK)
        except BlockingIOError:
            return False
        except OSError:
            return True

    @property
    def is_worn(self) -> bool:
        """Whether it is time to look at it, and it has become larger, or the system does not tell."""
        if self._answered % LOOKED_AT_EVERY:
            return False
        size = _size(self._process.pid)
        return not size or size > self._size + MOST_GROWTH

    def take(self, descriptor: int, job: wire.Job) -> bool:
        """Give it this job, after those that it has; whether it can still take one."""
        try:
            socket.send_fds(self._line, [wire.message(job)], [descriptor])
        except OSError:
            return False
        return True

    async def answer(self, job: wire.Job, follow: _Following) -> wire.Answer:
        """To the first of the jobs that it was given and has not answered yet."""
        self._answered += 1
        pictures = 0
        clock = asyncio.get_running_loop().time
        enclosed = _Enclosed(self._folder / "enclosed", follow.take_enclosed)
        try:
            async with asyncio.timeout(self._limits.seconds) as deadline:
                while True:
                    said: wire.Said = _decoder.decode(await self._message())
                    match said:
                        case wire.Reading() | wire.NearlyDone():
                            follow.hear(said)
                        case wire.Recognising():
                            pictures += 1
                            if pictures <= self._limits.ocr_pages:
                                deadline.reschedule(clock() + self._limits.seconds)
                        case wire.Enclosed():
                            begun = clock()
                            await enclosed.add(said)
                            # What it takes us to keep it is not the reader's time.
                            deadline.reschedule((deadline.when() or begun) + clock() - begun)
                        case wire.Dropped():
                            enclosed.drop()
                        case _:
                            return said
        except TimeoutError as error:
            raise TookTooLong(_too_long(self._limits)) from error
        except (EOFError, ConnectionError) as error:
            failure = _why_it_died(
                await self._ended(), self._limits, by_kernel=_times_out_of_memory() != self._out_of_memory
            )
            logger.warning("the reader died on %s (%s): %s", job.name, failure.code, self.last_words())
            raise failure from error
        except msgspec.DecodeError as error:
            raise ReaderCrashed(_CRASHED) from error
        finally:
            enclosed.drop()  # what is left where the reader failed in the middle

    def last_words(self) -> str:
        """The end of what it wrote to its log."""
        with contextlib.suppress(OSError):
            return (self._folder / _LOG).read_text(encoding="utf-8", errors="replace")[-_LAST_WORDS:].strip()
        return ""

    async def end(self) -> None:
        """Kill it and all that it may have started, and remove its folder."""
        try:
            if self._process.returncode is None:
                with contextlib.suppress(ProcessLookupError):
                    os.killpg(self._process.pid, signal.SIGKILL)
            await self._process.wait()
        finally:
            self._closing.close()
            self._line.close()
            shutil.rmtree(self._folder, ignore_errors=True)

    async def _message(self) -> bytes:
        (length,) = wire.HEADER.unpack(await self._said.readexactly(wire.HEADER.size))
        if length > self._limits.characters * _BYTES_A_CHARACTER + _LONGEST_REST:
            raise msgspec.DecodeError("longer than any answer")
        return await self._said.readexactly(length)

    async def _ended(self) -> int:
        """How it ended, as a return code, once it has closed its line."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_LAST_SECONDS):
                return await self._process.wait()
        return 0


class _Enclosed:
    """Gathers the pieces of enclosed files on the disk, and gives each file away when it is whole."""

    def __init__(self, path: Path, take: TakeEnclosed | None) -> None:
        self._path = path
        self._take = take
        self._files = 0
        self._bytes = 0
        self._is_begun = False

    async def add(self, said: wire.Enclosed) -> None:
        self._bytes += len(said.piece)
        self._files += said.ends
        if self._bytes > archive.MOST_BYTES or self._files > archive.MOST_MEMBERS:
            raise msgspec.DecodeError("more than the child may give away")
        if self._take is None:
            return
        self._is_begun = True
        await asyncio.to_thread(self._append, said.piece)
        if said.ends:
            await self._take(said.name, self._path)
            self.drop()

    def drop(self) -> None:
        """Forget what there is of the file that is being gathered."""
        if self._is_begun:
            self._path.unlink(missing_ok=True)
        self._is_begun = False

    def _append(self, piece: bytes) -> None:
        with self._path.open("ab") as file:
            file.write(piece)


def _environment(folder: Path) -> dict[str, str]:
    """All that a child is told: where our code lies, where it may leave things; nothing of the library's settings."""
    return {
        "PYTHONPATH": str(Path(ingest.__path__[0]).parent),
        "TMPDIR": str(folder),
        "LC_ALL": "C.UTF-8",
        "OPENBLAS_NUM_THREADS": "1",
    }


def _size(process: int) -> int:
    """Bytes of its address space; 0 where the system does not tell."""
    with contextlib.suppress(OSError):
        return int(Path(f"/proc/{process}/statm").read_text(encoding="ascii").split()[0]) * resource.getpagesize()
    return 0


def _times_out_of_memory() -> int:
    """How often the kernel has killed for want of memory since it started; -1 where it does not tell."""
    with contextlib.suppress(OSError):
        for line in _KERNEL.read_text(encoding="ascii").splitlines():
            if line.startswith("oom_kill "):
                return int(line.split()[1])
    return -1


def _why_it_died(code: int, limits: Limits, *, by_kernel: bool) -> ExtractionFailed:
    if -code == signal.SIGKILL and not by_kernel:
        return _KilledFromOutside("somebody ended the reader of this file again and again; `retry` reads it once more")
    if -code in (signal.SIGABRT, signal.SIGKILL):
        return NeedsMemory(out_of_memory(limits))  # readers abort where an allocation fails; the kernel kills
    if -code == signal.SIGXCPU:
        return TookTooLong(_too_long(limits))
    name = signal.Signals(-code).name if -code in set(signal.Signals) else f"code {code}"
    return ReaderCrashed(f"{_CRASHED} ({name})")


def _too_long(limits: Limits) -> str:
    return f"reading this file took longer than the {limits.seconds} s allowed; split it, or print it as PDF anew"
