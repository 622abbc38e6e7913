"""python -m library.engines.whoosh.share_process: one of the processes of sharing.py; it speaks in pickles."""

import asyncio
import gc
import os
import pickle
import signal
import sys
import traceback
from contextlib import aclosing
from threading import Thread
from typing import Any, BinaryIO

from library.engines.whoosh.folder import our_errors
from library.engines.whoosh.sharing import LENGTH, Task
from library.engines.whoosh.writing import Contents, SegmentWriter


def main() -> int:
    """Write the segments of the share that stands in the standard input."""
    answers = sys.stdout.buffer
    sys.stdout = sys.stderr
    # Interrupts go to everybody at a terminal: who began this process decides.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    sys.path[:] = pickle.load(sys.stdin.buffer)  # noqa: S301  # from the process that began this one
    task: Task = pickle.load(sys.stdin.buffer)  # noqa: S301
    Thread(target=_end_with_the_beginner, args=(sys.stdin.buffer,), daemon=True).start()
    # Hardly any of the millions of things that it makes becomes garbage: looking for that takes a sixth of the time.
    gc.disable()
    try:
        asyncio.run(_write(task, answers))
    except Exception as error:  # noqa: BLE001  # whatever it is, it is raised again where somebody waits
        error.add_note("in a process that wrote a share:\n" + traceback.format_exc())
        _answer(answers, _portable(error))
        return 1
    return 0


async def _write(task: Task, answers: BinaryIO) -> None:
    task.folder.mkdir()
    writer = SegmentWriter(task.folder, Contents(0, []), free_bytes=task.free_bytes, tokens_at_once=task.tokens_at_once)
    taken = 0
    async with aclosing(task.share()) as batches:
        async for entries in batches:
            with our_errors("writing to the index"):
                writer.take(entries, ())
            taken += len(entries)
            _answer(answers, taken)
    with our_errors("writing to the index"):
        _answer(answers, writer.written())


def _answer(answers: BinaryIO, message: Any) -> None:
    content = pickle.dumps(message)
    answers.write(len(content).to_bytes(LENGTH, "big") + content)
    answers.flush()


def _portable(error: Exception) -> Exception:
    """The error, or what can be told of one that does not survive the way."""
    try:
        pickle.loads(pickle.dumps(error))  # noqa: S301  # made here
    except Exception:  # noqa: BLE001  # it may be anybody's
        return RuntimeError(repr(error))
    return error


def _end_with_the_beginner(given: BinaryIO) -> None:
    given.read()  # there is nothing more until it is closed
    os._exit(1)


if __name__ == "__main__":
    sys.exit(main())
