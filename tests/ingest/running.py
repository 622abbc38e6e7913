"""A library whose processes are started, killed and started again, and what must hold of it afterwards."""

import asyncio
import hashlib
import multiprocessing
import os
import resource
import runpy
import signal
import socket
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Mapping
from contextlib import closing
from pathlib import Path

from library.command import ExitCode
from library.exchange import Exchange, open_exchange
from library.jobs import IngestJob, JobState
from library.model import Audience, Role
from library.search import SearchQuery
from library.settings import load_settings
from library.syntax import parse
from tests.builders import TODAY

LOOK_EVERY = 0.02
PATIENCE = 300
"""Seconds after which something hangs."""


_READY = multiprocessing.get_context("forkserver")
"""Makes processes that have imported what commands need: to import it takes longer than most commands."""
_READY.set_forkserver_preload(["ingest.cli", "tests.ingest.running"])


def command(environment: Mapping[str, str], module: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    """`python -m module` with these arguments, in a process of its own."""
    with tempfile.NamedTemporaryFile() as told, tempfile.NamedTemporaryFile() as complained:
        process = _READY.Process(
            target=_run_module,
            args=(environment, resource.getrlimit(resource.RLIMIT_FSIZE), [module, *arguments]),
            kwargs={"told": told.name, "complained": complained.name},
        )
        process.start()
        process.join()
        outcome = (Path(each.name).read_text(encoding="utf-8") for each in (told, complained))
        return subprocess.CompletedProcess([module, *arguments], process.exitcode or 0, *outcome)


def _run_module(
    environment: Mapping[str, str], file_size: tuple[int, int], line: list[str], *, told: str, complained: str
) -> None:
    os.environ.clear()
    os.environ.update(environment)
    tempfile.tempdir = None  # as the environment says, not as it said before
    for descriptor, path in ((1, told), (2, complained)):
        with Path(path).open("wb") as file:
            os.dup2(file.fileno(), descriptor)
    resource.setrlimit(resource.RLIMIT_FSIZE, file_size)
    sys.argv = line
    runpy.run_module(line[0], run_name="__main__", alter_sys=True)


def a_library(data: Path, **settings: str) -> dict[str, str]:
    """The environment of a library with one organisation."""
    environment = {**os.environ, "LIBRARY_DATA": str(data), **settings}
    command(environment, "library", "organisations", "add", "alfa", "--name", "Spolek Alfa")
    return environment


def a_folder(folder: Path, files: int) -> list[Path]:
    folder.mkdir()
    paths = []
    for number in range(files):
        path = folder / f"{number:03}.txt"
        path.write_text(f"{a_word(number)} learns the language at school.\n" + "Counselling for newcomers.\n" * 300)
        paths.append(path)
    return paths


def a_word(number: int) -> str:
    """A word that no dictionary has, and that no other number gives."""
    return "xq" + "".join("bdfgklmnpr"[int(digit)] + "o" for digit in f"{number:04}")


def jobs_ended(environment: Mapping[str, str]) -> int:
    """How many files were read, well or not."""
    path = f"file:{environment['LIBRARY_DATA']}/library.sqlite?mode=ro"
    with closing(sqlite3.connect(path, uri=True)) as database:
        (ended,) = database.execute("SELECT count(*) FROM jobs WHERE state IN ('done', 'failed')").fetchone()
    return int(ended)


def wait_for(what: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not what():
        assert time.monotonic() < deadline, "nothing happens any more"
        time.sleep(LOOK_EVERY)


class Running:
    """A worker and a web process of one library."""

    def __init__(self, environment: Mapping[str, str], log: Path) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self._environment = {**environment, "LIBRARY_PORT": str(self.port)}
        self._log = log
        self._processes: dict[str, subprocess.Popen[bytes]] = {}

    def start(self, name: str) -> None:
        """`worker` or `web`."""
        arguments = {"worker": ("ingest", "work", "--follow"), "web": ("library", "serve")}[name]
        with self._log.open("ab") as log:
            self._processes[name] = subprocess.Popen(
                [sys.executable, "-m", *arguments], env=self._environment, stdout=log, stderr=log
            )

    def pid(self, name: str) -> int:
        return self._processes[name].pid

    def kill(self, name: str) -> bool:
        """Kill -9 `worker`, `web`, or `child`, a process in which the worker reads; False where there is none now."""
        if name != "child":
            self._processes[name].kill()
            self._processes[name].wait()
            return True
        worker = self._processes["worker"].pid
        children = Path(f"/proc/{worker}/task/{worker}/children").read_text().split()
        for child in children[:1]:
            os.kill(int(child), signal.SIGKILL)
        return bool(children)

    def end(self) -> None:
        for process in self._processes.values():
            process.kill()
            process.wait()


def all_that_must_hold(environment: Mapping[str, str], files: Iterable[Path]) -> dict[str, int]:
    """Nothing lost, nothing doubled, everything found, after all that failed was tried again; how many jobs had to be.

    Each file is one line that begins with a word that no other file has.
    """
    return asyncio.run(_all_that_must_hold(environment, {path.name: path.read_bytes() for path in files}))


def _work_well(environment: Mapping[str, str]) -> None:
    worked = command(environment, "ingest", "work")
    assert worked.returncode == ExitCode.WELL, worked.stderr


async def _all_that_must_hold(environment: Mapping[str, str], files: Mapping[str, bytes]) -> dict[str, int]:
    _work_well(environment)
    exchange = await open_exchange(load_settings(environment))
    try:
        failed = await exchange.inbox.jobs(state=JobState.FAILED, limit=len(files))
        assert all(job.code and job.detail for job in failed)
        await exchange.inbox.retry()
        _work_well(environment)
        ended = await exchange.inbox.jobs(limit=2 * len(files))
        assert sorted(job.name for job in ended) == sorted(files)
        assert {(job.state, str(job.step)) for job in ended} == {(JobState.DONE, "")}
        assert len({job.document for job in ended}) == await exchange.catalog.count() == len(files)
        await _originals_are_whole(exchange, ended, files)
        await _each_is_found_once(exchange, ended, files)
    finally:
        await exchange.close()
    return {"files": len(files), "tried again": len(failed)}


async def _originals_are_whole(exchange: Exchange, ended: list[IngestJob], files: Mapping[str, bytes]) -> None:
    for job in ended:
        kept = exchange.originals.path(job.sha256).read_bytes()
        assert kept == files[job.name]
        assert hashlib.sha256(kept).hexdigest() == job.sha256
    kept_files = [path for path in exchange.settings.files.rglob("*") if path.is_file()]
    assert len(kept_files) == len(files), "an upload that was cut off has left something behind"


async def _each_is_found_once(exchange: Exchange, ended: list[IngestJob], files: Mapping[str, bytes]) -> None:
    everyone = Audience(role=Role.ADMIN, organisation="alfa", today=TODAY)
    for job in ended:
        word = files[job.name].decode().split()[0]
        answer = await exchange.finding.search(SearchQuery(match=parse(word)), everyone)
        assert [found.hit.id for found in answer.found] == [job.document], job.name
