"""How pages of files from elsewhere are drawn without harm: in a child process that is limited and watched."""

import asyncio
import contextlib
import os
import signal
import sys
from collections.abc import AsyncIterator, Sequence
from pathlib import Path

import msgspec

import ingest
from ingest.drawing import wire
from library.errors import DamagedFile, ReaderCrashed, TookTooLong, extraction_failure
from library.facsimiles import DrawnPage
from library.settings import Settings

LONGEST_SECONDS = 30
"""For a few pages of one file."""
_COMMAND = (sys.executable, "-P", "-s", "-m", "ingest.drawing.child")


class ChildDrawer:
    """Draws in a new process each time, which may use what a reader of files may."""

    def __init__(self, settings: Settings) -> None:
        self._seconds = min(settings.read_seconds, LONGEST_SECONDS)
        self._memory_mb = settings.read_memory_mb

    async def draw(self, path: Path, numbers: Sequence[int]) -> AsyncIterator[DrawnPage]:
        """Raises ExtractionFailed, and OSError where the file is not there. The child is gone when this ends."""
        task = wire.Task(tuple(numbers), self._seconds, self._memory_mb)
        with path.open("rb") as file:
            child = await asyncio.create_subprocess_exec(
                *_COMMAND,
                msgspec.json.encode(task).decode(),
                stdin=file,
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.DEVNULL,
                cwd="/",
                env=_environment(),
                start_new_session=True,
            )
        try:
            async with asyncio.timeout(self._seconds):
                while (answer := await _answer(child)) is not None:
                    match answer:
                        case wire.Drawn(page):
                            yield page
                        case wire.Refused(code, detail):
                            raise extraction_failure(code, detail)
            if await child.wait():
                raise ReaderCrashed("drawing this file ended the process that did it")
        except TimeoutError as error:
            raise TookTooLong(f"drawing this file took longer than {self._seconds} s") from error
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(child.pid, signal.SIGKILL)
            await child.wait()


async def _answer(child: asyncio.subprocess.Process) -> wire.Answer | None:
    """None at the end."""
    assert child.stdout is not None
    try:
        (length,) = wire.HEADER.unpack(await child.stdout.readexactly(wire.HEADER.size))
        if length > wire.LONGEST:
            raise DamagedFile("a page of this file is too large to be shown")
        answer: wire.Answer = wire.decoder.decode(await child.stdout.readexactly(length))
    except asyncio.IncompleteReadError:
        return None
    except msgspec.DecodeError as error:
        raise ReaderCrashed("the process that draws said what nobody understands") from error
    return answer


def _environment() -> dict[str, str]:
    """All that a child is told: where our code lies."""
    return {"PYTHONPATH": str(Path(ingest.__path__[0]).parent), "LC_ALL": "C.UTF-8", "OPENBLAS_NUM_THREADS": "1"}
