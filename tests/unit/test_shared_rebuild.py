"""A new index that several processes write."""

import asyncio
import os
import pickle
import signal
import subprocess
import sys
from collections.abc import AsyncGenerator, Sequence
from functools import partial
from pathlib import Path

import pytest

from library.engines.whoosh import WhooshIndex
from library.engines.whoosh.folder import NotReady
from library.errors import Unavailable
from library.language import shared_analyzer
from library.search import Every, IndexEntry, IndexState, SearchQuery
from tests.builders import a_practice, an_admin, an_entry
from tests.contract.conftest import in_batches
from tests.contract.test_agreement import Chance

ROOT = Path(__file__).parents[2]


async def reading(entries: Sequence[IndexEntry]) -> AsyncGenerator[Sequence[IndexEntry]]:
    for first in range(0, len(entries), 5):
        yield entries[first : first + 5]


async def failing() -> AsyncGenerator[Sequence[IndexEntry]]:
    yield [an_entry(a_practice(id="failing"), ["škola"])]
    raise Unavailable("the database is locked")


async def being_killed() -> AsyncGenerator[Sequence[IndexEntry]]:
    yield [an_entry(a_practice(id="killed"), ["škola"])]
    os.kill(os.getpid(), signal.SIGKILL)


async def never_ending(note: Path, kill: int) -> AsyncGenerator[Sequence[IndexEntry]]:
    """Its process is noted; then that one is killed which began it, if there is one to kill."""
    write(note)
    if kill:
        os.kill(os.getppid(), kill)
    yield [an_entry(a_practice(id="never"), ["škola"])]
    await asyncio.sleep(3600)


@pytest.fixture
async def index(tmp_path):
    opened = WhooshIndex(tmp_path / "index", shared_analyzer(), patience=5)
    await opened.rebuild(in_batches([an_entry(a_practice(id="before"), ["děti"])]))
    yield opened
    await opened.close()


async def names(index) -> list[str]:
    return sorted(hit.id for hit in (await index.search(SearchQuery(match=Every(())), an_admin())).hits)


def write(note: Path) -> None:
    note.write_text(str(os.getpid()))


def is_running(note: Path) -> bool:
    return note.exists() and Path(f"/proc/{note.read_text()}").exists()


async def gone(note: Path) -> None:
    """Wait until the noted process, if there was one, has ended."""
    while is_running(note):  # noqa: ASYNC110
        await asyncio.sleep(0.01)


async def test_an_index_that_several_processes_wrote_answers_as_one_that_was_written_by_one(index, tmp_path):
    chance = Chance(3)
    entries = [chance.entry(f"d{number}") for number in range(40)]
    told = list[int]()
    await index.rebuild(
        [partial(reading, entries[:15]), partial(reading, []), partial(reading, entries[15:])], told.append
    )
    assert told[-1] == 40
    assert told == sorted(told)
    assert not list((tmp_path / "index").glob("*/share*"))
    alone = WhooshIndex(tmp_path / "alone", shared_analyzer())
    await alone.rebuild(in_batches(entries))
    for _ in range(100):
        asked = chance.query()
        assert await index.search(asked, an_admin()) == await alone.search(asked, an_admin()), asked
    await alone.close()


@pytest.mark.parametrize(
    ("share", "told"), [(failing, "the database is locked"), (being_killed, r"code -9.*try again")]
)
async def test_where_one_process_fails_the_others_end_and_the_index_is_what_it_was(index, tmp_path, share, told):
    note = tmp_path / "process"
    with pytest.raises(Unavailable, match=told):
        await index.rebuild([partial(never_ending, note, 0), share])
    await gone(note)
    assert await names(index) == ["before"]
    await index.update([an_entry(a_practice(id="next"), ["děti"])])
    assert await names(index) == ["before", "next"]


async def test_processes_end_with_the_one_that_began_them_and_leave_nothing_that_counts(index, tmp_path):
    note = tmp_path / "process"
    program = f"""
import asyncio
from functools import partial
from pathlib import Path
from library.engines.whoosh import WhooshIndex
from library.language import shared_analyzer
from tests.unit.test_shared_rebuild import never_ending, reading
index = WhooshIndex(Path({str(tmp_path / "index")!r}), shared_analyzer())
asyncio.run(index.rebuild([partial(never_ending, Path({str(note)!r}), 9), partial(reading, [])]))
"""
    ended = await asyncio.to_thread(subprocess.run, [sys.executable, "-c", program], cwd=ROOT, check=False)
    assert ended.returncode == -signal.SIGKILL
    await asyncio.wait_for(gone(note), 10)
    assert await names(index) == ["before"]
    await index.rebuild(in_batches([an_entry(a_practice(id="anew"), ["děti"])]))
    assert await names(index) == ["anew"]
    assert not list((tmp_path / "index").glob("*/share*"))


def test_why_an_index_cannot_be_used_is_told_by_another_process_as_by_this_one():
    told = pickle.loads(pickle.dumps(NotReady(IndexState.TORN, "half of it is there")))
    assert (told.state, told.detail) == (IndexState.TORN, "half of it is there")
