"""How the one SQLite file is opened, brought up to date, read and written."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from datetime import UTC, datetime
from importlib.resources import files
from pathlib import Path
from typing import Any, NamedTuple, TypeVar, cast

import aiosqlite
import msgspec

from library.acting import THE_LIBRARY, acting
from library.errors import Unavailable
from library.together import Together

BUSY_SECONDS = 10
"""How long a writer waits for another process's transaction."""
_UNDO_IN_MEMORY = "PRAGMA temp_store = MEMORY"
"""Whatever a part of a transaction may have to undo would else go through a file in the system's folder for such, one
for nearly every document that is kept: on a disk where files come and go, what is purged here is still to be read."""

Parameters = Sequence[object] | Mapping[str, object]
Result = TypeVar("Result")


class _Write(NamedTuple):
    """What is to be written, and who is at work."""

    work: Callable[[sqlite3.Connection], object]
    actor: str


class Database:
    """One file through two connections: a transaction that waits for another process holds up no reader, and no
    reader sees another coroutine's unfinished transaction. Shared by all coroutines of a process.

    Every method raises Unavailable where the file is locked, damaged or cannot be written.
    """

    def __init__(
        self, path: Path, writer: aiosqlite.Connection, reader: aiosqlite.Connection, watcher: sqlite3.Connection
    ) -> None:
        self._path = path
        self._writer = writer
        self._reader = reader
        self._watcher = watcher
        self._kept: dict[str, tuple[int | None, list[sqlite3.Row]]] = {}
        self._turn = asyncio.Lock()
        self._waiting = Together[_Write, Any](self._written_together, self._turn)
        self._actor = THE_LIBRARY

    async def name_the_actor(self) -> None:
        """Let statements call `acting()`: who is at work in the present transaction."""
        for connection in (self._writer, self._reader):
            await connection.create_function("acting", 0, lambda: self._actor)

    async def rows(self, sql: str, parameters: Parameters = ()) -> list[sqlite3.Row]:
        """What a query finds among all that is committed."""
        with _our_errors(self._path):
            return await rows(self._reader, sql, parameters)

    async def row(self, sql: str, parameters: Parameters = ()) -> sqlite3.Row | None:
        """The first row that a query finds, or None."""
        return next(iter(await self.rows(sql, parameters)), None)

    async def rows_again(self, sql: str) -> list[sqlite3.Row]:
        """The same as `rows`, for the few small queries that every request asks: read anew only after a commit, of
        whichever process. Where they are asked: to hand one to the connection's thread takes longer than to answer it,
        and while documents come in there is a commit between any two requests."""
        present = self.commits()
        kept, found = self._kept.get(sql, (None, []))
        if present is None or kept != present:
            found = await self.few_rows(sql)
            self._kept[sql] = (present, found)
        return found

    def commits(self) -> int | None:
        """A number that changes with each commit of whomever (sqlite.org/pragma.html#pragma_data_version); None where
        another process is just holding the file. Some microseconds: it is read from memory that connections share."""
        try:
            return int(self._watcher.execute("PRAGMA data_version").fetchone()[0])
        except sqlite3.OperationalError:
            return None

    async def few_rows(self, sql: str, parameters: Parameters = ()) -> list[sqlite3.Row]:
        """The same as `rows` for what is found in some microseconds, so that it is asked here too."""
        try:
            return self._watcher.execute(sql, parameters).fetchall()
        except sqlite3.DatabaseError:  # another process is just holding the file, or `rows` says what is wrong
            return await self.rows(sql, parameters)

    async def few_row(self, sql: str, parameters: Parameters = ()) -> sqlite3.Row | None:
        """The same as `row` for what is found in some microseconds."""
        return next(iter(await self.few_rows(sql, parameters)), None)

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[aiosqlite.Connection]:
        """One coroutine's turn to write: all of it is lasting when the block ends, none of it where it raises.
        A block must not open another. What has nothing else to wait for is quicker as `write`."""
        with _our_errors(self._path):
            async with self._turn:
                try:
                    await self._writer.execute("BEGIN IMMEDIATE")
                    # The connection's thread cannot ask for it itself. Not before: a `write` that was cancelled may
                    # still have been running there.
                    self._actor = acting()
                    yield self._writer
                    await self._writer.commit()
                except BaseException:
                    # Even a cancelled BEGIN or COMMIT still runs in the connection's thread; this runs behind it.
                    await self._writer.rollback()
                    raise

    async def write(self, work: Callable[[sqlite3.Connection], Result]) -> Result:
        """A transaction in one go: `work` runs in the connection's thread, and all of it is lasting when this returns,
        none of it where `work` raises; one or the other where this is cancelled. Each statement of a `transaction`
        takes its own way to that thread and back, which is most of what a short one costs. What is to be written at the
        same moment, or while another writes, is committed together; none sees the others' errors."""
        write = _Write(work, acting())
        with _our_errors(self._path):
            return cast("Result", await self._waiting.ask(write))

    async def _written_together(self, waiting: Sequence[_Write]) -> Sequence[object]:
        """What became of each."""
        return await self._transacted(lambda on: [self._written_or_undone(on, each) for each in waiting])

    def _written_or_undone(self, on: sqlite3.Connection, write: _Write) -> object:
        """What `write` returned, or raised and left nothing of. Raises what ended the transaction of all."""
        on.execute("SAVEPOINT one")
        try:
            self._actor = write.actor
            result = write.work(on)
        except Exception as error:
            if not on.in_transaction:  # the disk is full, say: SQLite has undone all of it
                raise
            on.execute("ROLLBACK TO one")
            result = error
        on.execute("RELEASE one")
        return result

    async def _transacted(self, work: Callable[[sqlite3.Connection], Result]) -> Result:
        """A transaction in the writer's thread. Raises what ends it."""
        connection = cast("Any", self._writer)  # aiosqlite has no public name for what all its methods are made of

        def at_once() -> Result:
            writing: sqlite3.Connection = connection._conn  # noqa: SLF001
            writing.execute("BEGIN IMMEDIATE")
            try:
                result = work(writing)
                writing.commit()
            except BaseException:
                writing.rollback()
                raise
            return result

        return cast("Result", await connection._execute(at_once))  # noqa: SLF001

    async def change(self, sql: str, parameters: Parameters = ()) -> list[sqlite3.Row]:
        """One statement that is a transaction of its own, and what it returns."""
        return await self.write(lambda writing: read(writing, sql, parameters))

    async def copy_to(self, path: Path) -> None:
        """A copy of the whole as it is at one moment, in a new file; others may write meanwhile."""
        with _our_errors(self._path):
            async with self._turn:
                await self._writer.execute("VACUUM INTO ?", (str(path),))

    async def scrub(self) -> None:
        """Write the file anew, so that nothing is left in it of what was deleted or overwritten at any time, nor in the
        log beside it. Nobody else can write meanwhile.

        Raises Unavailable where another process keeps reading or writing for as long as BUSY_SECONDS; done again, it
        goes on.
        """
        with _our_errors(self._path):
            async with self._turn:
                await self._writer.execute("PRAGMA temp_store = FILE")  # all of it would be too much for memory
                try:
                    await self._writer.execute("VACUUM")
                finally:
                    await self._writer.execute(_UNDO_IN_MEMORY)
                busy, *_ = (await rows(self._writer, "PRAGMA wal_checkpoint(TRUNCATE)"))[0]
        if busy:
            raise Unavailable(f"another process keeps {self._path} open in the middle of its work: try again")

    async def close(self) -> None:
        self._watcher.close()
        # The writer last: whoever closes the file last folds the write-ahead log into it.
        await self._reader.close()
        await self._writer.close()


async def rows(connection: aiosqlite.Connection, sql: str, parameters: Parameters = ()) -> list[sqlite3.Row]:
    """What a statement finds or returns, inside a transaction."""
    return list(await connection.execute_fetchall(sql, parameters))


def read(connection: sqlite3.Connection, sql: str, parameters: Parameters = ()) -> list[sqlite3.Row]:
    """The same inside a `write`."""
    return connection.execute(sql, parameters).fetchall()


def now() -> str:
    """This moment as the tables keep it."""
    return written(datetime.now(UTC))


def written(moment: datetime) -> str:
    """A moment as the tables keep it, so that moments sort as text."""
    return moment.astimezone(UTC).isoformat(timespec="microseconds")


def as_json(value: object) -> str:
    """A value as the tables keep it, and as `json_each` takes a list."""
    return msgspec.json.encode(value).decode()


async def open_database(path: Path) -> Database:
    """The database in this file, made where there is none. Many processes may open it at the same time.

    Raises Unavailable where the file is damaged, cannot be written or was written by a newer version of the library.
    """
    with _our_errors(path):
        _make(path)
        async with AsyncExitStack() as undone:
            writer = await _connect(path)
            undone.push_async_callback(writer.close)
            await _write_ahead(writer)
            await writer.execute("PRAGMA synchronous = FULL")
            await writer.execute("PRAGMA foreign_keys = ON")
            # What is deleted is overwritten with zeros, not only forgotten.
            await rows(writer, "PRAGMA secure_delete = ON")
            reader = await _connect(path)
            undone.push_async_callback(reader.close)
            await reader.execute("PRAGMA query_only = ON")
            watcher = sqlite3.connect(path, timeout=0, isolation_level=None)
            undone.callback(watcher.close)
            watcher.row_factory = sqlite3.Row
            database = Database(path, writer, reader, watcher)
            await database.name_the_actor()
            await _migrate(database, _migrations())
            await writer.execute(_UNDO_IN_MEMORY)
            undone.pop_all()
            return database


def _make(path: Path) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise Unavailable(f"the folder {path.parent} cannot be made: {error.strerror}") from error
    # Where a file cannot be opened, aiosqlite leaves a thread behind that dies noisily: so that is found out here.
    sqlite3.connect(path).close()


async def _connect(path: Path) -> aiosqlite.Connection:
    # isolation_level=None: transactions begin where we say, never by themselves.
    connection = await aiosqlite.connect(path, timeout=BUSY_SECONDS, isolation_level=None)
    connection.row_factory = sqlite3.Row
    return connection


async def _write_ahead(writer: aiosqlite.Connection) -> None:
    # Where two processes make the file at once, SQLite refuses one of them the switch without waiting.
    deadline = asyncio.get_running_loop().time() + BUSY_SECONDS
    while True:
        try:
            await rows(writer, "PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode != sqlite3.SQLITE_BUSY or asyncio.get_running_loop().time() > deadline:
                raise
            await asyncio.sleep(0.02)
        else:
            return


# Migrations ----------------------------------------------------------------------------------------------------------


def _migrations() -> list[str]:
    folder = files("library") / "migrations"
    return [script.read_text(encoding="utf-8") for script in sorted(folder.iterdir(), key=lambda script: script.name)]


async def _migrate(database: Database, scripts: Sequence[str]) -> None:
    found = await _version(database)
    if found > len(scripts):
        raise Unavailable(
            f"the catalogue was written by a newer version of the library (its tables are of version {found}, "
            f"known are {len(scripts)}): install that version"
        )
    for version, script in enumerate(scripts[found:], start=found + 1):
        async with database.transaction() as writing:
            # Another process may have been here while we waited for our turn.
            if await _version(database) < version:
                for statement in _statements(script):
                    await writing.execute(statement)
                await writing.execute(f"PRAGMA user_version = {version}")


async def _version(database: Database) -> int:
    row = await database.row("PRAGMA user_version")
    return int(row[0]) if row is not None else 0


def _statements(script: str) -> Iterator[str]:
    # One by one, since sqlite3's executescript commits whatever transaction is open.
    statement = ""
    for line in script.splitlines(keepends=True):
        statement += line
        if sqlite3.complete_statement(statement):
            yield statement
            statement = ""


# What SQLite raises --------------------------------------------------------------------------------------------------


@contextmanager
def _our_errors(path: Path) -> Iterator[None]:
    try:
        yield
    except sqlite3.Error as error:
        sentence = _sentence(getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR), path)
        if sentence is None:
            raise  # a mistake of ours
        raise Unavailable(f"{sentence} ({error})") from error


def _sentence(code: int, path: Path) -> str | None:
    """What went wrong and the cure; None where no state of the machine explains it."""
    match code & 0xFF:  # the rest is detail
        case sqlite3.SQLITE_BUSY | sqlite3.SQLITE_LOCKED:
            return f"another process has been writing to {path} for {BUSY_SECONDS} s: try again"
        case sqlite3.SQLITE_FULL:
            return f"the disk is full, and {path} cannot grow: make room and try again"
        case sqlite3.SQLITE_CORRUPT | sqlite3.SQLITE_NOTADB:
            return f"{path} is damaged: stop the library and restore the last backup"
        case sqlite3.SQLITE_IOERR:
            return f"the disk does not read or write {path}: look whether it is full or failing"
        case sqlite3.SQLITE_CANTOPEN | sqlite3.SQLITE_READONLY | sqlite3.SQLITE_PERM:
            return f"{path} cannot be opened and written: look at the rights of the file and its folder"
        case _:
            return None
