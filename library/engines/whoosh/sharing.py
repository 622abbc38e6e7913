"""A new index written by several processes, each of which reads its share and writes segments of it.

Each writes into a folder of its own inside the new index's; who has begun them takes the segments over and names all of
them in one table of contents. Until then nothing can be seen of them, and what is never taken over goes with the folder
around it. A process that was begun ends with the one that began it, whatever becomes of that.
"""

import asyncio
import pickle
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from library.errors import Unavailable
from library.search import Share

LENGTH = 8
"""Bytes that say how long a message is."""


class Task(NamedTuple):
    """What a process is to do."""

    folder: Path
    share: Share
    free_bytes: int
    tokens_at_once: int


class Written(NamedTuple):
    """What it has done: segments in its folder."""

    folder: Path
    segments: list[Any]


async def written_by_processes(tasks: Sequence[Task], told: Callable[[int], None]) -> list[Written]:
    """`told` is called with the number of entries that all together have taken so far. What one raises is raised, and
    ends the others."""
    taken = [0] * len(tasks)

    def tell(number: int, so_far: int) -> None:
        taken[number] = so_far
        told(sum(taken))

    running = [asyncio.create_task(_written(task, number, tell)) for number, task in enumerate(tasks)]
    try:
        return await asyncio.gather(*running)
    finally:
        for each in running:
            each.cancel()
        await asyncio.gather(*running, return_exceptions=True)


async def _begun() -> Process:
    program = ("-m", "library.engines.whoosh.share_process")
    try:
        return await asyncio.create_subprocess_exec(sys.executable, *program, stdin=PIPE, stdout=PIPE)
    except OSError as error:
        raise Unavailable(f"no process could be begun for a part of the new index ({error}); try again") from error


async def _written(task: Task, number: int, tell: Callable[[int, int], None]) -> Written:
    process = await _begun()
    try:
        assert process.stdin is not None
        # It finds the share where this process would; it ends when nothing can come any more.
        process.stdin.write(pickle.dumps(sys.path) + pickle.dumps(task))
        while isinstance(message := await _message(process), int):
            tell(number, message)
    finally:
        if process.returncode is None:
            process.kill()
        await process.communicate()
    if isinstance(message, Exception):
        raise message
    return Written(task.folder, message)


async def _message(process: Process) -> Any:
    """A number of entries, the segments at the end, or what was raised."""
    assert process.stdout is not None
    try:
        length = int.from_bytes(await process.stdout.readexactly(LENGTH), "big")
        return pickle.loads(await process.stdout.readexactly(length))  # noqa: S301  # a process of ours
    except asyncio.IncompleteReadError as error:
        code = await process.wait()
        raise Unavailable(
            f"a process that was writing a part of the new index was ended (code {code}); is there memory enough? "
            "The index is what it was; try again"
        ) from error
