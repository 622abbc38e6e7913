"""The loop of the process that reads hostile files: take one, read it, answer, until nobody asks any more."""

import logging
import os
import resource
import signal
import socket
import sys

import msgspec

from ingest.extract import wire
from ingest.extract.contract import Limits, Source
from ingest.extract.formats import extract_opened
from ingest.extract.sandbox import die_with_parent, wall_in
from library.errors import ExtractionFailed

WRITTEN_BYTES = 64_000_000
"""How large a file may grow that this process writes; nothing of ours does."""
OPEN_FILES = 64


def main() -> None:
    line = socket.socket(fileno=int(sys.argv[1]))
    limits = msgspec.json.decode(sys.argv[2], type=Limits)
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(name)s %(message)s")
    die_with_parent()
    _limit_once(limits)
    wall_in()
    while (job := wire.asked(line)) is not None:
        name, descriptor = job
        _limit_time(limits)
        with os.fdopen(descriptor, "rb") as file:
            wire.answer(line, _answer(Source(file, name, limits)))


def _answer(source: Source) -> wire.Read | wire.Failed:
    try:
        return wire.Read(extract=extract_opened(source))
    except ExtractionFailed as error:
        return wire.Failed(code=error.code, detail=error.detail)


def _limit_once(limits: Limits) -> None:
    memory = limits.memory_mb * 1_000_000
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_FSIZE, (WRITTEN_BYTES, WRITTEN_BYTES))
    resource.setrlimit(resource.RLIMIT_NOFILE, (OPEN_FILES, OPEN_FILES))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's business


def _limit_time(limits: Limits) -> None:
    # The limit counts from the start of the process, so it moves on with each file.
    used = resource.getrusage(resource.RUSAGE_SELF)
    soft = int(used.ru_utime + used.ru_stime) + 1 + limits.seconds
    resource.setrlimit(resource.RLIMIT_CPU, (soft, resource.RLIM_INFINITY))


if __name__ == "__main__":
    main()
