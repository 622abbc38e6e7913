"""What a library does on a disk that fills up: run by test_full_disk, on a small disk of its own.

`python -m tests.ingest.full_disk FOLDER ELSEWHERE HOW`, where HOW is `disk`, with FOLDER on a small disk that a file
fills, or `limit`, where no file may grow beyond a bound. ELSEWHERE is a folder on another disk.
"""

import os
import resource
import shutil
import sys
from collections.abc import Mapping
from pathlib import Path

from library.command import ExitCode
from tests.ingest.running import Running, a_folder, a_library, all_that_must_hold, command, jobs_ended, wait_for

FILES = int(os.environ.get("FULL_DISK_FILES", "40"))
LEFT = int(os.environ.get("FULL_DISK_LEFT", "600000"))
"""Bytes that are left on the disk, or that a file may grow to, when reading begins."""


class SmallDisk:
    """A disk on which a large file lies."""

    def __init__(self, folder: Path) -> None:
        self._ballast = folder / "ballast"

    def fill(self) -> None:
        with self._ballast.open("wb") as file:
            while (free := shutil.disk_usage(self._ballast.parent).free) > LEFT:
                file.write(bytes(min(free - LEFT, 1 << 16)))
                file.flush()

    def make_room(self, _worker: int) -> None:
        self._ballast.unlink()


class SmallFiles:
    """A disk that has room, for processes that may write small files only."""

    def fill(self) -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (LEFT, resource.RLIM_INFINITY))

    def make_room(self, worker: int) -> None:
        for process in (0, worker):
            resource.prlimit(process, resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))


def main(folder: Path, elsewhere: Path, how: str) -> None:
    disk = SmallDisk(folder) if how == "disk" else SmallFiles()
    library = a_library(folder / "data", LIBRARY_FREE_MB="1", TMPDIR=str(elsewhere))
    files = a_folder(folder / "files", FILES)
    assert command(library, "ingest", "add", "--queue-only", str(folder / "files")).returncode == ExitCode.WELL
    late = elsewhere / "late.txt"
    late.write_text("late " * 1_000_000)
    disk.fill()
    stopped = command(library, "ingest", "work")
    assert (stopped.returncode, stopped.stdout) == (ExitCode.NOT_REACHABLE, ""), stopped
    assert "disk" in stopped.stderr, stopped.stderr
    _is_not_taken_in(late, library, folder)
    done = jobs_ended(library)
    assert 0 < done < FILES, "the disk was not full in the middle: nothing is shown"
    log = elsewhere / "log"
    running = Running(library, log)
    try:
        running.start("worker")
        wait_for(lambda: b"the worker waits" in log.read_bytes())
        disk.make_room(running.pid("worker"))
        wait_for(lambda: jobs_ended(library) == FILES)
    finally:
        running.end()
    print(f"the disk was full after {done} of {FILES} files; then {all_that_must_hold(library, files)}")


def _is_not_taken_in(late: Path, library: Mapping[str, str], folder: Path) -> None:
    refused = command(library, "ingest", "add", "--queue-only", str(late))
    assert refused.returncode in (ExitCode.SOME_FAILED, ExitCode.NOT_REACHABLE), refused
    assert "disk is full" in refused.stderr or "no file can be kept" in refused.stderr
    assert not list((folder / "data" / "files").glob("*.part"))


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3])
