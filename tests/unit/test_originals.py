"""What keeping a file promises: whole or not at all, once, under its hash, whatever happens on the way."""

import asyncio
import hashlib
import os
import shutil
import signal
import subprocess
import sys
import threading

import pytest

from library.errors import NotFound, Unavailable
from library.inbox import Inbox
from library.jobs import Submission
from library.originals import Original, Originals

MEGABYTE = 1_000_000


@pytest.fixture
def originals(tmp_path):
    return Originals(tmp_path / "files", free_bytes=0)


def everything_in(folder):
    return sorted(path.name for path in folder.rglob("*") if path.is_file())


async def test_a_file_is_kept_under_the_hash_of_its_bytes(originals, tmp_path):
    kept = await originals.keep([b"Sousedsk", "ý stůl".encode()])
    content = "Sousedský stůl".encode()
    assert kept == Original(sha256=hashlib.sha256(content).hexdigest(), size=len(content))
    assert originals.path(kept.sha256) == tmp_path / "files" / kept.sha256[:2] / kept.sha256
    assert originals.path(kept.sha256).read_bytes() == content


async def test_a_file_larger_than_one_piece_is_kept_whole(originals):
    chunks = [bytes([number]) * 300_000 for number in range(12)]
    kept = await originals.keep(chunks)
    assert kept.size == 3_600_000 > 2 * MEGABYTE
    assert originals.path(kept.sha256).read_bytes() == b"".join(chunks)


async def test_an_empty_file_is_a_file(originals):
    kept = await originals.keep([])
    assert kept.size == 0
    assert originals.path(kept.sha256).read_bytes() == b""


async def test_the_same_bytes_are_kept_once(originals, tmp_path):
    first = await originals.keep([b"the ", b"same"])
    assert await originals.keep([b"the same"]) == first
    assert everything_in(tmp_path) == [first.sha256]


async def test_keeping_the_same_bytes_again_mends_a_damaged_original(originals):
    kept = await originals.keep([b"whole"])
    originals.path(kept.sha256).write_bytes(b"wh")
    await originals.keep([b"whole"])
    assert originals.path(kept.sha256).read_bytes() == b"whole"


async def test_many_uploads_at_once_do_not_disturb_each_other(originals, tmp_path):
    contents = [f"document {number % 5}".encode() for number in range(20)]
    kept = await asyncio.gather(*(originals.keep([content]) for content in contents))
    assert [originals.path(one.sha256).read_bytes() for one in kept] == contents
    assert len(everything_in(tmp_path)) == 5


async def test_of_what_is_kept_at_the_same_moment_one_that_fails_disturbs_no_other(originals, tmp_path):
    def broken():
        yield b"x"
        raise ConnectionResetError

    first, second, third = await asyncio.gather(
        originals.keep([b"one"]), originals.keep(broken()), originals.keep([b"three"]), return_exceptions=True
    )
    assert isinstance(second, ConnectionResetError)
    assert everything_in(tmp_path) == sorted([first.sha256, third.sha256])


@pytest.mark.parametrize("name", ["", "../../etc/passwd", "ab/../cd", "A" * 64, "a" * 63, "a" * 64 + "\n"])
def test_what_is_no_hash_is_no_path(originals, name):
    with pytest.raises(NotFound):
        originals.path(name)


# What is cut off -----------------------------------------------------------------------------------------------------


async def test_an_upload_that_breaks_off_leaves_nothing(originals, tmp_path):
    def broken():
        yield b"x" * (2 * MEGABYTE)
        raise ConnectionResetError

    with pytest.raises(ConnectionResetError):
        await originals.keep(broken())
    assert everything_in(tmp_path) == []


async def test_a_cancelled_upload_leaves_nothing(originals, tmp_path):
    arrived, going_on = threading.Event(), threading.Event()

    def halting():
        yield b"x" * MEGABYTE
        arrived.set()
        going_on.wait()
        yield b"y"

    task = asyncio.create_task(originals.keep(halting()))
    await asyncio.to_thread(arrived.wait)
    task.cancel()
    await asyncio.sleep(0)
    assert len(everything_in(tmp_path)) == 1
    going_on.set()
    await asyncio.gather(task, return_exceptions=True)
    assert task.cancelled()
    assert everything_in(tmp_path) == []


async def test_of_uploads_at_the_same_moment_one_that_is_cancelled_stops_no_other(originals, tmp_path):
    going_on = threading.Event()

    def waiting():
        yield b"x"
        going_on.wait()
        yield b"y"

    cancelled, other = asyncio.create_task(originals.keep(waiting())), asyncio.create_task(originals.keep([b"other"]))
    await asyncio.sleep(0)
    cancelled.cancel()
    await asyncio.sleep(0)
    going_on.set()
    kept = await other
    await asyncio.gather(cancelled, return_exceptions=True)
    assert cancelled.cancelled()
    assert everything_in(tmp_path) == [kept.sha256]


async def test_a_sweep_leaves_uploads_alone_that_are_under_way(originals, tmp_path):
    def swept_halfway():
        yield b"x" * MEGABYTE
        assert asyncio.run(originals.sweep()) == 0
        yield b"y"

    kept = await originals.keep(swept_halfway())
    assert everything_in(tmp_path) == [kept.sha256]


def test_an_original_that_somebody_has_just_removed_is_of_no_age(originals):
    assert not originals.is_older_than(0, "0" * 64)


async def test_a_sweep_of_a_folder_that_is_not_there_yet_finds_nothing(originals):
    assert await originals.sweep() == 0


KEEPING = """
import asyncio, sys, time
from pathlib import Path
from library.originals import Originals

def chunks():
    yield b"x" * 3_000_000
    if sys.argv[2] == "halfway":
        print("ready", flush=True)
        time.sleep(60)

async def main():
    await Originals(Path(sys.argv[1]), free_bytes=0).keep(chunks())
    print("ready", flush=True)
    await asyncio.sleep(60)

asyncio.run(main())
"""


def kill_a_process_that_keeps_a_file(folder, moment):
    process = subprocess.Popen([sys.executable, "-c", KEEPING, str(folder), moment], stdout=subprocess.PIPE, text=True)
    assert process.stdout.readline() == "ready\n"
    process.send_signal(signal.SIGKILL)
    process.communicate()


async def test_what_a_killed_upload_left_is_swept_and_nothing_else(originals, tmp_path):
    kept = await originals.keep([b"kept"])
    kill_a_process_that_keeps_a_file(tmp_path / "files", "halfway")
    (left,) = set(everything_in(tmp_path)) - {kept.sha256}
    assert left.endswith(".part")
    assert await originals.sweep() == 1
    assert everything_in(tmp_path) == [kept.sha256]


async def test_a_process_killed_between_keeping_and_queueing_leaves_a_whole_file_that_can_be_handed_in_again(
    originals, database, accept, tmp_path
):
    kill_a_process_that_keeps_a_file(tmp_path / "files", "afterwards")
    content = b"x" * 3_000_000
    assert originals.path(hashlib.sha256(content).hexdigest()).read_bytes() == content
    inbox = Inbox(database)
    assert await inbox.jobs() == []
    kept = await originals.keep([content])
    submission = Submission(name="x.txt", sha256=kept.sha256, size=kept.size, organisation="alfa", said={})
    assert (await accept(submission)).news == "new"
    assert everything_in(tmp_path / "files") == [kept.sha256]


# A disk that is full -------------------------------------------------------------------------------------------------


async def test_nothing_is_taken_in_where_too_little_room_is_left(tmp_path):
    larger_than_the_disk = shutil.disk_usage(tmp_path).total + 1
    with pytest.raises(Unavailable, match="the disk is full"):
        await Originals(tmp_path / "files", larger_than_the_disk).keep([b"x"])
    assert everything_in(tmp_path) == []


async def test_a_disk_that_fills_up_halfway_stops_the_upload_and_leaves_nothing_of_it(tmp_path):
    keeps_free = shutil.disk_usage(tmp_path).free - 100 * MEGABYTE

    def while_another_fills_the_disk():
        yield b"x" * (2 * MEGABYTE)
        with (tmp_path / "ballast").open("wb") as ballast:
            os.posix_fallocate(ballast.fileno(), 0, 200 * MEGABYTE)
        yield b"x" * (2 * MEGABYTE)

    with pytest.raises(Unavailable, match="the disk is full"):
        await Originals(tmp_path / "files", keeps_free).keep(while_another_fills_the_disk())
    (tmp_path / "ballast").unlink()
    assert everything_in(tmp_path) == []


async def test_a_folder_that_cannot_be_written_is_unavailable(tmp_path):
    (tmp_path / "files").touch()
    with pytest.raises(Unavailable, match="no file can be kept"):
        await Originals(tmp_path / "files", free_bytes=0).keep([b"x"])


def test_a_write_that_the_system_refuses_is_unavailable_and_leaves_nothing(tmp_path):
    limited = """
import asyncio, resource, signal, sys
from pathlib import Path
from library.errors import Unavailable
from library.originals import Originals

def chunks():
    for _ in range(5):
        yield b"x" * 1_500_000

signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (2_000_000, 2_000_000))
try:
    asyncio.run(Originals(Path(sys.argv[1]), free_bytes=0).keep(chunks()))
except Unavailable as error:
    print(error.detail)
"""
    ended = subprocess.run([sys.executable, "-c", limited, str(tmp_path)], capture_output=True, text=True, check=True)
    assert "no file can be kept" in ended.stdout
    assert ended.stderr == ""
    assert everything_in(tmp_path) == []
