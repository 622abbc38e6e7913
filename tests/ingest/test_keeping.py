"""When what was read goes into the catalogue."""

import asyncio
from contextlib import ExitStack

import pytest

from ingest import keeping as module
from ingest.keeping import TOGETHER, Keeping


@pytest.fixture
def keeping(monkeypatch):
    monkeypatch.setattr(module, "MOMENT", 3_600)  # so that nobody's turn comes by it
    return Keeping()


@pytest.fixture
def work(keeping):
    """So many begin work, which goes on until the test ends."""
    with ExitStack() as at_work:
        yield lambda count: [at_work.enter_context(keeping.at_work()) for _ in range(count)]


async def _waits(*turns: asyncio.Task[None]) -> bool:
    """Whether it is nobody's turn yet when all have had time to find out."""
    for _ in range(5):
        await asyncio.sleep(0)
    return not any(turn.done() for turn in turns)


async def test_who_is_alone_at_work_waits_for_nobody(keeping, work):
    work(1)
    for _ in range(3):
        await keeping.turn()


async def test_all_who_are_at_work_keep_what_they_have_at_once(keeping, work):
    work(2)
    first = asyncio.create_task(keeping.turn())
    assert await _waits(first)
    await asyncio.gather(first, keeping.turn())


async def test_nobody_waits_for_somebody_who_ended_without_anything_to_keep(keeping, work):
    work(1)
    with keeping.at_work():
        turn = asyncio.create_task(keeping.turn())
        assert await _waits(turn)
    await turn


async def test_when_enough_have_something_to_keep_they_wait_for_no_more(keeping, work):
    work(2 * TOGETHER)
    turns = [asyncio.create_task(keeping.turn()) for _ in range(TOGETHER - 1)]
    assert await _waits(*turns)
    await asyncio.gather(keeping.turn(), *turns)
    later = asyncio.create_task(keeping.turn())
    assert await _waits(later)
    later.cancel()


async def test_a_long_file_holds_nobody_up_for_longer_than_a_moment(keeping, work, monkeypatch):
    monkeypatch.setattr(module, "MOMENT", 0)
    work(2)
    await keeping.turn()


async def test_who_was_cancelled_while_waiting_does_not_count(keeping, work):
    work(2)
    cancelled = asyncio.create_task(keeping.turn())
    assert await _waits(cancelled)
    cancelled.cancel()
    turn = asyncio.create_task(keeping.turn())
    assert await _waits(turn)
    await asyncio.gather(turn, keeping.turn())
