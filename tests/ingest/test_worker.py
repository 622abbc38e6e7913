"""What the worker does while it waits for more."""

import asyncio
import os
import signal
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import pytest

from ingest.batch import Descriptions, hand_in
from ingest.worker import TAKEN_TOGETHER, _Taken, follow, work_with_others
from library.command import ExitCode
from library.errors import Unavailable
from library.exchange import Exchange, open_exchange
from library.jobs import IngestJob, JobState
from library.model import Audience, Organisation, Role
from library.search import SearchQuery, Word
from library.settings import Settings
from tests.builders import TODAY
from tests.ingest.scans import ENGLISH, scan, scanned_pdf

LOOK_EVERY = 0.05
PAGES = 30
"""Of the scan: more than are read before the text is found."""


async def test_a_file_that_comes_while_a_long_one_is_read_does_not_wait_for_it(tmp_path: Path):
    long = scanned_pdf(tmp_path / "long.pdf", [scan(ENGLISH, dpi=150)] * PAGES, dpi=150)
    short = tmp_path / "short.txt"
    short.write_text("The word xqshort stands in this text.")
    exchange = await open_exchange(Settings(data=tmp_path / "data"))
    await exchange.accounts.add_organisation(Organisation(id="alfa", name="Alfa"))
    working = asyncio.create_task(follow(exchange))
    try:
        slow = await _handed_in(exchange, long)
        while (await exchange.inbox.job(slow.id)).page < 1:  # noqa: ASYNC110  # as people look
            await asyncio.sleep(LOOK_EVERY)
        await _handed_in(exchange, short)
        while not await _is_found(exchange, "xqshort"):  # noqa: ASYNC110  # as people look
            await asyncio.sleep(LOOK_EVERY)
        assert (await exchange.inbox.job(slow.id)).state is JobState.WORKING
    finally:
        working.cancel()
        with suppress(asyncio.CancelledError):
            await working
        await exchange.close()


@pytest.fixture
def asked(exchange: Exchange, monkeypatch) -> list[int]:
    """How many jobs at most were taken together, each time that the inbox was asked for some."""
    take_some, noted = exchange.inbox.take_some, []

    async def note(most: int) -> list[IngestJob]:
        noted.append(most)
        return await take_some(most)

    monkeypatch.setattr(exchange.inbox, "take_some", note)
    return noted


async def test_where_nothing_waits_it_is_asked_once_until_somebody_commits_something(exchange, asked, tmp_path: Path):
    (short := tmp_path / "short.txt").write_text("The word xqshort stands in this text.")
    taken = _Taken(exchange.inbox, TAKEN_TOGETHER)
    assert [await taken.next() for _ in range(20)] == [None] * 20
    assert len(asked) == 1
    job = await _handed_in(exchange, short)
    found = await taken.next()
    assert found is not None
    assert found.id == job.id
    assert await taken.next() is None


async def test_what_a_worker_was_cut_off_at_is_taken_one_by_one(exchange, asked, tmp_path: Path):
    for text in ("The first stands in this text.", "The second stands in this one."):
        (file := tmp_path / "file.txt").write_text(text)
        await _handed_in(exchange, file)
        await work_with_others(exchange)
        (file := tmp_path / "cut-off.txt").write_text(f"{text} Or in another one.")
        await _handed_in(exchange, file)
        assert set(asked) == {TAKEN_TOGETHER}
        assert await exchange.inbox.take_some(1)
        asked.clear()
        await work_with_others(exchange)
        assert set(asked) == {1}
        asked.clear()


async def _handed_in(exchange, file) -> IngestJob:
    said = Descriptions({"languages": ["en"]}, {})
    (job,) = [job async for job in hand_in(exchange, [file], said, organisation="alfa", submitted_by="tests")]
    assert isinstance(job, IngestJob)
    return job


async def _is_found(exchange, word):
    everyone = Audience(role=Role.ADMIN, today=TODAY)
    try:
        return (await exchange.finding.search(SearchQuery(match=Word(word)), everyone)).total
    except Unavailable:  # the index has not been made yet
        return 0


async def test_a_worker_that_a_script_started_behind_itself_ends_when_it_is_told_to(tmp_path):
    # A script's shell has interrupts ignored in what it starts with `&`.
    shell = await asyncio.create_subprocess_exec(
        *("sh", "-c", '"$@" & echo $!; wait $!', "sh", sys.executable, "-m", "ingest", "work", "--follow"),
        env={**os.environ, "LIBRARY_DATA": str(tmp_path)},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
    )
    worker = int(await shell.stdout.readline())
    while not (tmp_path / "worker.lock").exists():  # another process makes it
        assert shell.returncode is None
        await asyncio.sleep(LOOK_EVERY)
    os.kill(worker, signal.SIGTERM)
    assert await asyncio.wait_for(shell.wait(), 60) == ExitCode.INTERRUPTED


def test_the_worker_gives_way_to_who_searches_but_not_further_than_it_has_been_told_to():
    code = "import os; from ingest.worker import give_way; from library.settings import Settings\n"
    for nice, wanted in ((7, 7), (3, 7), (12, 12)):
        code += f"give_way(Settings(worker_nice={nice})); assert os.getpriority(os.PRIO_PROCESS, 0) == {wanted}\n"
    begun = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert begun.returncode == 0, begun.stderr
