"""How far a job is, as it happens: told by the reading process, noted in the inbox, named in the log."""

import asyncio
import io
import logging
import socket
from contextlib import suppress
from itertools import count

import pytest
from reportlab.pdfgen.canvas import Canvas

from ingest.extract import Limits, Reader, child, wire
from ingest.log import handler, of_job
from ingest.steps import Steps
from library.errors import Unavailable
from library.jobs import Progress, Step


async def test_the_reading_process_tells_which_page_it_is_at(tmp_path):
    canvas = Canvas(str(tmp_path / "a.pdf"))
    for page in range(3):
        canvas.drawString(72, 720, f"Counselling for newcomers, part {page}.")
        canvas.showPage()
    canvas.save()
    told = []
    async with Reader(Limits()) as reader:
        extract = await reader.read(tmp_path / "a.pdf", "a.pdf", lambda page, of: told.append((page, of)))
    assert len(extract.pages) == 3
    assert told[0] == (1, 3)
    assert told == sorted(told)


@pytest.mark.parametrize(
    ("seconds_a_page", "page_at_which_the_next_file_is_asked_for"),
    [(0.001, 2), (0.01, 9), (0.02, 10), (0.05, None), (5.0, None)],
)
def test_the_next_file_is_asked_for_when_the_rest_of_this_one_takes_but_a_moment(
    monkeypatch, seconds_a_page, page_at_which_the_next_file_is_asked_for
):
    pages, asked = 10, None
    monkeypatch.setattr("ingest.extract.child.time.monotonic", count(0, seconds_a_page).__next__)
    ours, theirs = socket.socketpair()
    with ours, theirs:
        tell = child.telling(theirs)
        for page in range(1, pages + 1):
            tell(page, pages)
            ours.setblocking(False)  # noqa: FBT003
            with suppress(BlockingIOError):
                if wire.message(wire.NearlyDone()) in ours.recv(10_000):
                    assert asked is None
                    asked = page
    assert asked == page_at_which_the_next_file_is_asked_for


async def test_progress_is_noted_once_for_each_job_and_never_stops_the_work(monkeypatch):
    monkeypatch.setattr("ingest.steps.NOTE_EVERY", 0)
    noted = asyncio.Queue()
    answers = iter([Unavailable("the disk is full")])

    async def note(progress):
        await noted.put(progress)
        for error in answers:
            raise error

    steps = Steps(note)
    telling = asyncio.create_task(steps.keep_telling())
    steps.of("one")(Progress(Step.READING, 1, 9))
    assert await noted.get() == {"one": Progress(Step.READING, 1, 9)}
    for page in (2, 3):
        steps.of("one")(Progress(Step.READING, page, 9))
    steps.of("two")(Progress(Step.KEEPING))
    assert await noted.get() == {"one": Progress(Step.READING, 3, 9), "two": Progress(Step.KEEPING)}
    telling.cancel()


async def test_a_log_line_names_the_job_that_its_task_is_about():
    written = io.StringIO()
    logger = logging.Logger("worker")  # noqa: LOG001  # a logger that nobody else listens to
    logger.addHandler(handler(written))

    async def says(words: str, job: str) -> None:
        with of_job(job):
            await asyncio.sleep(0)
            logger.info(words)

    await asyncio.gather(says("reading", "j1"), says("failed", "j2"))
    logger.warning("waiting")
    lines = [line.split(" ", 2)[2] for line in written.getvalue().splitlines()]
    assert lines == ["INFO job=j1 reading", "INFO job=j2 failed", "WARNING job=- waiting"]
