"""What the one SQLite file promises: lasting, shared by many, and broken only in our own words."""

import asyncio
import os
import signal
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from library.acting import acting_as
from library.database import _migrate, _migrations, open_database, rows
from library.errors import Unavailable

ADD = "INSERT INTO organisations VALUES (?, ?, '', 0)"


async def add(writing, organisation):
    await writing.execute(ADD, (organisation, organisation))


async def one_transaction(database, *added: str):
    async with database.transaction() as writing:
        for organisation in added:
            await add(writing, organisation)


async def organisations(database):
    return [row["id"] for row in await database.rows("SELECT id FROM organisations ORDER BY id")]


async def pragma(database, name):
    return (await rows(database._writer, f"PRAGMA {name}"))[0][0]


# Opening -------------------------------------------------------------------------------------------------------------


async def test_a_database_is_made_with_its_folder_where_there_is_none(tmp_path):
    opened = await open_database(tmp_path / "new" / "folder" / "library.sqlite")
    assert await organisations(opened) == []
    await opened.close()


async def test_what_is_written_outlasts_a_power_cut_and_keeps_its_references(database):
    assert await pragma(database, "journal_mode") == "wal"
    assert await pragma(database, "synchronous") == 2
    assert await pragma(database, "foreign_keys") == 1
    assert await pragma(database, "busy_timeout") == 10_000


async def test_what_a_write_may_have_to_undo_goes_through_no_file_elsewhere(database):
    def fill(writing: sqlite3.Connection) -> None:
        writing.executemany(ADD, [(f"o{number}", 2000 * "x") for number in range(200)])

    def change(writing: sqlite3.Connection) -> list[str]:
        writing.execute("UPDATE organisations SET name = name || 'y'")
        return [str(link.readlink()) for link in Path("/proc/self/fd").iterdir() if link.is_symlink()]

    await database.write(fill)
    for _ in range(2):
        opened = await database.write(change)
        assert [path for path in opened if "etilqs" in path] == []
        await database.scrub()


async def test_what_was_written_is_there_after_opening_again(database, tmp_path):
    await one_transaction(database, "alfa")
    again = await open_database(tmp_path / "library.sqlite")
    assert await organisations(again) == ["alfa"]
    await again.close()


async def test_a_closed_database_is_one_whole_file(tmp_path):
    opened = await open_database(tmp_path / "library.sqlite")
    await one_transaction(opened, "alfa")
    await opened.close()
    assert [path.name for path in tmp_path.iterdir()] == ["library.sqlite"]


async def test_a_file_that_another_process_is_just_making_is_waited_for(tmp_path):
    other = sqlite3.connect(tmp_path / "library.sqlite", isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    opening = asyncio.create_task(open_database(tmp_path / "library.sqlite"))
    await asyncio.wait([opening], timeout=0.1)
    assert not opening.done()
    other.execute("COMMIT")
    other.close()
    opened = await opening
    assert await pragma(opened, "journal_mode") == "wal"
    await opened.close()


# Migrations ----------------------------------------------------------------------------------------------------------


async def test_all_migrations_are_applied(database):
    assert await pragma(database, "user_version") == len(_migrations())


async def test_a_database_is_brought_up_to_date_from_where_it_was(database):
    more = (
        "-- a remark; with a semicolon\nCREATE TABLE more (id TEXT);\nINSERT INTO more\nVALUES ('a;b');\n-- the end\n"
    )
    await _migrate(database, [*_migrations(), more])
    assert [row["id"] for row in await database.rows("SELECT id FROM more")] == ["a;b"]
    assert await pragma(database, "user_version") == len(_migrations()) + 1


async def test_a_migration_that_fails_halfway_leaves_nothing(database):
    broken = "CREATE TABLE more (id TEXT);\nINSERT INTO nowhere VALUES (1);\n"
    with pytest.raises(sqlite3.OperationalError):
        await _migrate(database, [*_migrations(), broken])
    assert await database.row("SELECT 1 FROM sqlite_schema WHERE name = 'more'") is None
    assert await pragma(database, "user_version") == len(_migrations())


async def test_two_connections_that_migrate_at_once_do_it_once(database, beside):
    scripts = [*_migrations(), "CREATE TABLE more (id TEXT);"]
    await asyncio.gather(_migrate(database, scripts), _migrate(beside, scripts))
    assert await pragma(database, "user_version") == len(scripts)


def test_processes_that_open_a_new_file_at_once_migrate_it_once(tmp_path):
    opening = """
import asyncio, sys
from pathlib import Path
from library.database import open_database

async def main():
    database = await open_database(Path(sys.argv[1]))
    print((await database.row("PRAGMA user_version"))[0])
    await database.close()

print("ready", flush=True)
sys.stdin.readline()
asyncio.run(main())
"""
    started = [a_process(opening, tmp_path / "library.sqlite") for _ in range(3)]
    for process in started:
        assert process.stdout.readline() == "ready\n"
    for process in started:
        process.stdin.write("go\n")
        process.stdin.flush()
    answers = [process.communicate(timeout=60)[0] for process in started]
    assert answers == [f"{len(_migrations())}\n"] * 3


async def test_a_catalogue_of_a_newer_library_is_refused_with_the_cure(database, tmp_path):
    await database._writer.execute("PRAGMA user_version = 99")
    with pytest.raises(Unavailable, match=r"newer version of the library .* 99.*install that version"):
        await open_database(tmp_path / "library.sqlite")


# Transactions --------------------------------------------------------------------------------------------------------


async def test_a_transaction_that_raises_leaves_nothing(database):
    with pytest.raises(sqlite3.IntegrityError):
        await one_transaction(database, "alfa", "beta", "alfa")
    assert await organisations(database) == []


async def test_a_transaction_in_one_go_is_lasting_as_a_whole_or_not_at_all(database):
    def add_two(writing):
        for organisation in ("alfa", "beta"):
            writing.execute(ADD, (organisation, organisation))

    def add_two_and_fail(writing):
        add_two(writing)
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await database.write(add_two_and_fail)
    assert await organisations(database) == []
    await database.write(add_two)
    assert await organisations(database) == ["alfa", "beta"]


def adding(*added: str, fails: bool = False):
    def work(writing):
        for organisation in added:
            writing.execute(ADD, (organisation, organisation))
        if fails:
            raise ZeroDivisionError
        return added

    return work


async def written_together(database, *works: Callable[[sqlite3.Connection], object]):
    """What becomes of what is to be written while another writes."""
    async with database.transaction():
        writing = [asyncio.create_task(database.write(work)) for work in works]
        await asyncio.sleep(0)
    return await asyncio.gather(*writing, return_exceptions=True)


async def test_of_what_is_written_together_only_that_is_gone_which_raises(database):
    first, second, third = await written_together(database, adding("alfa"), adding("beta", fails=True), adding("gamma"))
    assert (first, third) == (("alfa",), ("gamma",))
    assert isinstance(second, ZeroDivisionError)
    assert await organisations(database) == ["alfa", "gamma"]


async def test_a_full_disk_is_told_to_whoever_fills_it(database):
    pages = await pragma(database, "page_count")
    await rows(database._writer, f"PRAGMA max_page_count = {pages + 2}")
    much = adding(*(f"{number:0200}" for number in range(1_000)))
    first, second, third = await written_together(database, adding("alfa"), much, adding("gamma"))
    assert (first, third) == (("alfa",), ("gamma",))
    assert isinstance(second, Unavailable)
    assert await organisations(database) == ["alfa", "gamma"]


async def test_what_ends_the_transaction_of_all_is_told_to_all(database):
    def ending(writing):
        for _ in range(2):
            writing.execute(ADD.replace("INSERT", "INSERT OR ROLLBACK"), ("beta", "beta"))

    for became in await written_together(database, adding("alfa"), ending, adding("gamma")):
        assert isinstance(became, sqlite3.IntegrityError)
    assert await organisations(database) == []
    await database.write(adding("alfa"))
    assert await organisations(database) == ["alfa"]


async def test_each_of_what_is_written_together_is_by_whoever_asked_for_it(database):
    def who(writing):
        return writing.execute("SELECT acting()").fetchone()[0]

    async def written_by(name):
        with acting_as(name):
            return await database.write(who)

    async with database.transaction():
        writing = [asyncio.create_task(written_by(name)) for name in ("eva", "jan")]
        await asyncio.sleep(0)
    assert await asyncio.gather(*writing) == ["eva", "jan"]


async def test_what_was_cancelled_and_runs_on_is_by_whoever_asked_for_it(database):
    runs, go_on = threading.Event(), threading.Event()
    seen = []

    def who(writing):
        runs.set()
        go_on.wait()
        seen.append(writing.execute("SELECT acting()").fetchone()[0])

    async def written_by(name):
        with acting_as(name):
            await database.write(who)

    async def begun_by(name):
        with acting_as(name):
            async with database.transaction() as writing:
                seen.append((await rows(writing, "SELECT acting()"))[0][0])

    cancelled = asyncio.create_task(written_by("eva"))
    await asyncio.to_thread(runs.wait)
    cancelled.cancel()
    begun = asyncio.create_task(begun_by("jan"))
    await asyncio.sleep(0.01)
    go_on.set()
    await begun
    assert seen == ["eva", "jan"]


async def test_a_transaction_in_one_go_may_be_cancelled_and_holds_up_nobody(database):
    task = asyncio.create_task(database.write(lambda writing: writing.execute(ADD, ("alfa", "alfa"))))
    await asyncio.sleep(0)
    task.cancel()
    await one_transaction(database, "beta")
    assert set(await organisations(database)) - {"alfa"} == {"beta"}


async def test_transactions_of_two_coroutines_do_not_mix(database):
    async def add_two(first, second, fails):
        async with database.transaction() as writing:
            await add(writing, first)
            await asyncio.sleep(0)
            await add(writing, second)
            if fails:
                raise ZeroDivisionError

    jobs = [add_two(f"a{number}", f"b{number}", number % 2) for number in range(10)]
    await asyncio.gather(*jobs, return_exceptions=True)
    assert await organisations(database) == [*(f"a{n}" for n in range(0, 10, 2)), *(f"b{n}" for n in range(0, 10, 2))]


async def test_a_reader_sees_nothing_unfinished_and_everything_committed(database, beside):
    async with database.transaction() as writing:
        await add(writing, "alfa")
        assert await organisations(database) == []
        assert await organisations(beside) == []
    assert await organisations(database) == ["alfa"]
    assert await organisations(beside) == ["alfa"]


async def test_what_every_request_asks_is_read_anew_only_after_a_commit_of_whomever(database, beside):
    asked = "SELECT id FROM organisations ORDER BY id"
    before = await database.rows_again(asked)
    assert await database.rows_again(asked) is before
    await one_transaction(database, "alfa")
    assert [row["id"] for row in await database.rows_again(asked)] == ["alfa"]
    await one_transaction(beside, "beta")
    assert [row["id"] for row in await database.rows_again(asked)] == ["alfa", "beta"]


async def test_a_cancelled_transaction_leaves_nothing_and_holds_up_nobody(database):
    begun = asyncio.Event()

    async def never_ending():
        async with database.transaction() as writing:
            await add(writing, "alfa")
            begun.set()
            await asyncio.Event().wait()

    task = asyncio.create_task(never_ending())
    await begun.wait()
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    await one_transaction(database, "beta")
    assert await organisations(database) == ["beta"]


@pytest.mark.parametrize("turns", range(12))
async def test_a_transaction_may_be_cancelled_at_any_await(database, turns):
    task = asyncio.create_task(one_transaction(database, "alfa", "beta"))
    for _ in range(turns):
        await asyncio.sleep(0)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    await one_transaction(database, "gamma")
    assert await organisations(database) in (["gamma"], ["alfa", "beta", "gamma"])


async def test_a_reader_is_not_held_up_by_another_process_that_writes(database, beside):
    async with beside.transaction():
        waiting = asyncio.create_task(one_transaction(database, "alfa"))
        await asyncio.sleep(0)
        assert await organisations(database) == []
        assert not waiting.done()
    await waiting
    assert await organisations(database) == ["alfa"]


async def test_nothing_can_be_written_outside_a_transaction(database):
    with pytest.raises(Unavailable):
        await database.rows("INSERT INTO organisations VALUES ('alfa', 'alfa', '', 0)")


def test_what_was_committed_outlasts_a_kill_and_what_was_not_is_gone(tmp_path):
    writing = """
import asyncio, sys
from pathlib import Path
from library.database import open_database

async def main():
    database = await open_database(Path(sys.argv[1]))
    async with database.transaction() as writing:
        await writing.execute("INSERT INTO organisations VALUES ('alfa', '', '', 0)")
    async with database.transaction() as writing:
        await writing.execute("INSERT INTO organisations VALUES ('beta', '', '', 0)")
        print("ready", flush=True)
        await asyncio.sleep(60)

asyncio.run(main())
"""
    process = a_process(writing, tmp_path / "library.sqlite")
    assert process.stdout.readline() == "ready\n"
    process.send_signal(signal.SIGKILL)
    process.communicate()

    async def what_is_left():
        database = await open_database(tmp_path / "library.sqlite")
        left = await organisations(database)
        await database.close()
        return left

    assert asyncio.run(what_is_left()) == ["alfa"]


# What can break ------------------------------------------------------------------------------------------------------


async def test_a_locked_file_is_unavailable_and_the_cause_is_kept(database, beside):
    await beside._writer.execute("PRAGMA busy_timeout = 1")
    async with database.transaction():
        with pytest.raises(Unavailable, match=r"another process has been writing .* try again") as caught:
            await one_transaction(beside, "alfa")
    assert isinstance(caught.value.__cause__, sqlite3.OperationalError)
    await one_transaction(beside, "alfa")


async def test_a_full_disk_is_unavailable_and_the_transaction_leaves_nothing(database):
    pages = await pragma(database, "page_count")
    await rows(database._writer, f"PRAGMA max_page_count = {pages + 2}")
    with pytest.raises(Unavailable, match="the disk is full"):
        await one_transaction(database, *(f"{number:0200}" for number in range(1_000)))
    assert await organisations(database) == []
    await one_transaction(database, "alfa")
    assert await organisations(database) == ["alfa"]


async def test_a_file_that_is_no_database_is_unavailable_with_the_cure(tmp_path):
    (tmp_path / "library.sqlite").write_bytes(b"not a database at all" * 1_000)
    with pytest.raises(Unavailable, match=r"damaged.*restore the last backup"):
        await open_database(tmp_path / "library.sqlite")


async def test_damage_found_while_reading_is_unavailable_with_the_cure(tmp_path):
    path = tmp_path / "library.sqlite"
    opened = await open_database(path)
    await one_transaction(opened, *(f"{number:0100}" for number in range(1_000)))
    await opened.close()
    size = path.stat().st_size
    path.write_bytes(path.read_bytes()[: size // 2] + os.urandom(size - size // 2))
    torn = await open_database(path)
    for asked in (torn.rows, torn.few_rows):
        with pytest.raises(Unavailable, match=r"damaged.*restore the last backup"):
            await asked("SELECT id FROM organisations ORDER BY id")
    await torn.close()


async def test_a_path_that_cannot_be_opened_is_unavailable(tmp_path):
    with pytest.raises(Unavailable, match="cannot be opened"):
        await open_database(tmp_path)


async def test_a_folder_that_cannot_be_made_is_unavailable(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(Unavailable, match=r"folder .* cannot be made"):
        await open_database(tmp_path / "file" / "library.sqlite")


async def test_a_mistake_of_ours_is_not_dressed_up_as_bad_weather(database):
    with pytest.raises(sqlite3.OperationalError):
        await database.rows("SELEKT 1")


def a_process(code, *arguments: object):
    return subprocess.Popen(
        [sys.executable, "-c", code, *map(str, arguments)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
