"""The loop that runs in the reader's child process: take an opened file, read it, answer.

It knows no path, no setting and no network: files come opened through the one socket that it is started with.
`python -m ingest.extract.child SOCKET LIMITS`, where SOCKET is a descriptor's number and LIMITS are JSON.
"""

import faulthandler
import gc
import logging
import os
import resource
import socket
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import msgspec

from ingest.extract import sandbox, wire
from ingest.extract.contract import Limits, OnEnclosed, OnPage, Source
from ingest.extract.formats import extract_opened, out_of_memory
from ingest.extract.ocr import folders
from library.errors import ExtractionFailed, NeedsMemory

_MB = 1 << 20
_MOST_FILES = 64
_LONGEST_LOG = 1 * _MB
"""Bytes that it may write: nothing but its log is open."""
_YOUNG = 50_000
"""Things that come into being until garbage is looked for, beside that after each file."""
_TELL_EVERY = 0.3
"""Seconds between two words about how far a file is read."""
_MOMENT = 0.03
"""Seconds before the end of a file in which the next one is asked for: it is there by then, and has not waited long."""


def main() -> None:
    sandbox.die_with_parent()
    faulthandler.enable()  # where it was when a signal ended it
    logging.basicConfig(level=logging.ERROR, stream=sys.stderr)
    limits = msgspec.json.decode(sys.argv[2], type=Limits)
    with socket.socket(fileno=int(sys.argv[1])) as line:
        _limit(limits)
        line.sendall(wire.message(wire.Hello(sandbox.enter_sandbox(map(Path, folders(limits))))))
        # What is loaded stays: looking through it again after each file takes as long as reading some pages.
        gc.freeze()
        gc.set_threshold(_YOUNG)
        for job, descriptor in _jobs(line):
            _more_time(limits)
            line.sendall(_answer(job, descriptor, limits, line))
            gc.collect()


def _limit(limits: Limits) -> None:
    memory = limits.memory_mb * _MB
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_NOFILE, (_MOST_FILES, _MOST_FILES))
    resource.setrlimit(resource.RLIMIT_FSIZE, (_LONGEST_LOG, _LONGEST_LOG))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _more_time(limits: Limits) -> None:
    """The limit on processor time counts from the start of the process, so each job moves it on."""
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    resource.setrlimit(resource.RLIMIT_CPU, (int(time.process_time()) + limits.seconds + 1, hard))


def _jobs(line: socket.socket) -> Iterator[tuple[wire.Job, int]]:
    """Until the reader hangs up."""
    decoder = msgspec.msgpack.Decoder(wire.Job)
    while True:
        # The opened file comes with the first byte of its job; behind that, the next job may already lie.
        header, descriptors, _, _ = socket.recv_fds(line, wire.HEADER.size, 1)
        if not header:
            return
        (length,) = wire.HEADER.unpack(header)
        yield decoder.decode(line.recv(length, socket.MSG_WAITALL)), descriptors[0]


def telling(line: socket.socket) -> OnPage:
    """Tells the reader which page comes: of the first, and then every now and then. Tells it once, when pages have been
    so quick that all will soon be read."""
    begun = time.monotonic()
    told, nearly_done = begun - _TELL_EVERY, False

    def tell(page: int, pages: int) -> None:
        nonlocal told, nearly_done
        now = time.monotonic()
        if now - told >= _TELL_EVERY:
            told = now
            line.sendall(wire.message(wire.Reading(page, pages)))
        if not nearly_done and page > 1 and (now - begun) / (page - 1) * (pages + 1 - page) <= _MOMENT:
            nearly_done = True
            line.sendall(wire.message(wire.NearlyDone()))

    return tell


def _giving_away(line: socket.socket) -> OnEnclosed:
    """Sends each enclosed file to the reader, piece by piece."""

    def give(name: str, pieces: Iterable[bytes]) -> None:
        try:
            for piece in pieces:
                line.sendall(wire.message(wire.Enclosed(name, piece, ends=False)))
        except (ExtractionFailed, MemoryError):
            line.sendall(wire.message(wire.Dropped()))
            raise
        line.sendall(wire.message(wire.Enclosed(name, b"", ends=True)))

    return give


def _asking_for_time(line: socket.socket, limits: Limits) -> Callable[[], None]:
    """Tells the reader that a picture is read next, and moves the limit on processor time on."""

    def ask() -> None:
        _more_time(limits)
        line.sendall(wire.message(wire.Recognising()))

    return ask


def _answer(job: wire.Job, descriptor: int, limits: Limits, line: socket.socket) -> bytes:
    try:
        with os.fdopen(descriptor, "rb") as file:
            source = Source(
                file=file,
                name=job.name,
                limits=limits,
                languages=job.languages,
                on_page=telling(line),
                on_enclosed=_giving_away(line),
                on_picture=_asking_for_time(line, limits),
            )
            return wire.message(wire.Read(extract_opened(source)))
    except ExtractionFailed as error:
        return wire.message(wire.Failed(error.code, error.detail))
    except MemoryError:
        return wire.message(wire.Failed(NeedsMemory.code, out_of_memory(limits)))


if __name__ == "__main__":
    main()
