"""A purged document is nowhere: every byte under the data folder is looked at, raw, decompressed and decoded."""

import asyncio
import hashlib
import re
import sqlite3
import zlib
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import NamedTuple

import pytest

from library.errors import Conflict, IndexBusy, NotFound, PurgedFile, Unavailable
from library.exchange import Exchange, open_exchange
from library.language import TokenTable, fold
from library.model import File, Organisation, Visibility
from library.purges import OF_A_DOCUMENT, UNTOUCHED
from library.search import IndexState, SearchIndex, SearchQuery, Word
from library.settings import Settings
from tests.builders import a_practice, an_admin, an_exchange_on, pages_of

WORDS = ("zmrzlibert", "hvozdovice", "kvapilinka", "brumlovský", "šelestnice", "trnkobraní", "puclíkov", "mňoukal")
"""Words that nobody else writes: of title, summary, text, an earlier version, caveats, a file's name and bytes."""


@pytest.fixture
async def exchange(tmp_path) -> AsyncIterator[Exchange]:
    opened = await open_exchange(Settings(data=tmp_path / "data", free_mb=1))
    await opened.accounts.add_organisation(Organisation(id="alfa", name="Spolek Alfa"))
    await opened.rebuild()
    yield opened
    await opened.close()


async def a_file(exchange, name: str, content: bytes) -> File:
    kept = await exchange.originals.keep([content])
    return File(name=name, sha256=kept.sha256, media_type="text/plain", size=kept.size)


async def fill(exchange) -> None:
    """Other documents, and one with a history: two versions, a held and confirmed text, a job, entries in the trail."""
    for number in range(30):
        await exchange.add(a_practice(id=f"other{number}"), pages_of(f"Nájem bytu {number}. Děti cizinců."))
        if number % 7 == 0:
            await exchange.catch_up()
    first = await a_file(exchange, "Brumlovský.txt", "Starý text o Brumlovském.".encode())
    await exchange.add(a_practice(id="secret", files=(first,)), pages_of("Paní Brumlovský a Brumlovský mňoukal."))
    await exchange.catch_up()
    second = await a_file(exchange, "Puclíkov.txt", "Nový text z Puclíkova a Zmrzlibertu.".encode())
    document = a_practice(
        id="secret",
        files=(second,),
        title={"cs": "Zmrzlibert"},
        summary={"cs": "Hvozdovice a paní Šelestnice Nováková."},
        caveats={"cs": "Trnkobraní nevyšlo."},
        keywords=("kvapilinka",),
        change_note="Kvapilinka nově.",
        visibility=Visibility.PUBLIC,
    )
    await exchange.add(document, pages_of("Kvapilinka teče. Zmrzlibert, Hvozdovice.", "Klientka Mňoukal Puclíkov."))
    record = await exchange.gate.record("secret")
    assert record.held
    accepted = await exchange.accept(
        ["Nový text z Puclíkova a Zmrzlibertu.".encode()],
        name="Puclíkov.txt",
        said={"id": "secret", "title": {"cs": "Zmrzlibert"}},
        organisation="alfa",
    )
    again = ["Nový text z Puclíkova a Zmrzlibertu.".encode()]
    same = {"id": "secret", "title": {"cs": "Zmrzlibert"}}
    known = await exchange.accept(again, name="Šelestnice.txt", said=same, organisation="alfa", batch="b2")
    assert known.news == "known"
    await exchange.inbox.take()
    await exchange.inbox.done(accepted.job.id, ["Zmrzlibert"])
    await exchange.catch_up()


def sightings(data: Path) -> set[tuple[str, str]]:
    """Word and file of each purged word anywhere under the folder."""
    found = set()
    for path in (path for path in data.rglob("*") if path.is_file()):
        for content in (path.name.encode(), *contents(path.read_bytes())):
            lowered = content.lower()
            found |= {(word, path.name) for word in WORDS if any(spelt in lowered for spelt in spellings(word))}
    with closing(sqlite3.connect(data / "library.sqlite")) as catalogue:
        for (table,) in catalogue.execute("SELECT tokens FROM pages").fetchall():
            forms = {form.form for form in TokenTable.decode(table).forms}
            found |= {(word, "token table") for word in WORDS if any(form.startswith(word[:-2]) for form in forms)}
    return found


def spellings(word: str) -> Iterator[bytes]:
    """As it may be written in a file: in UTF-8 and UTF-16, folded, escaped, without its ending."""
    for form in (word[:-2], fold(word)[:-2]):
        for spelt in (form, form.capitalize()):
            yield spelt.encode().lower()
            yield spelt.encode("utf-16-le").lower()
            yield spelt.encode("unicode_escape").lower()


def contents(raw: bytes) -> Iterator[bytes]:
    """The bytes, and what every zlib stream in them holds."""
    yield raw
    for begun in re.finditer(rb"\x78[\x01\x5e\x9c\xda]", raw):
        try:
            yield zlib.decompressobj().decompress(raw[begun.start() :])
        except zlib.error:
            continue


async def test_no_byte_of_a_purged_document_is_left_under_the_data_folder(exchange):
    data = exchange.settings.data
    await fill(exchange)
    beside = await open_exchange(exchange.settings)  # as a web process has it open
    admin = an_admin()
    assert (await beside.finding.search(SearchQuery(match=Word("kvapilinka")), admin)).total == 1
    before = sightings(data)
    assert {word for word, _ in before} == set(WORDS)  # else the search below would prove nothing
    assert {"library.sqlite-wal", "token table"} <= {file for _, file in before}
    assert any(file.endswith(".seg") for _, file in before)

    await exchange.purge("secret", "na žádost")

    assert sightings(data) == set()
    assert (await beside.finding.search(SearchQuery(match=Word("kvapilinka")), admin)).total == 0
    assert (await beside.finding.suggest("kvapil", admin, language="cs", limit=5)) == ()
    assert (await beside.finding.search(SearchQuery(match=Word("nájem")), admin)).total == 30
    await beside.close()
    await exchange.rebuild()
    assert sightings(data) == set()


async def test_of_a_purged_document_stays_that_when_by_whom_and_why(exchange):
    await fill(exchange)
    purged = await exchange.purge("secret", "na žádost")
    assert await exchange.purges.all() == [purged]
    assert (purged.document, purged.who, purged.reason) == ("secret", "the library", "na žádost")
    trail = await exchange.accounts.trail(subject="secret")
    assert [each.detail for each in trail if each.detail] == ["na žádost"]
    assert "document added" in {each.what for each in trail}
    with pytest.raises(NotFound):
        await exchange.readable.document("secret", an_admin())
    assert await exchange.catalog.pages("secret") == await exchange.catalog.earlier("secret") == []


async def test_a_withdrawn_document_can_be_purged_and_purging_again_changes_nothing(exchange):
    await fill(exchange)
    await exchange.withdraw("secret", "Zmrzlibert odvolán")
    await exchange.catch_up()
    purged = await exchange.purge("secret", "na žádost")
    assert await exchange.purge("secret", "znovu") == purged
    assert sightings(exchange.settings.data) == set()


async def test_bytes_that_another_document_has_too_stay(exchange):
    same = await a_file(exchange, "same.txt", b"the same")
    for document_id in ("one", "two"):
        await exchange.add(a_practice(id=document_id, files=(same,)), pages_of("text"))
    other = await a_file(exchange, "other.txt", b"another")
    await exchange.add(a_practice(id="two", files=(other,)), pages_of("text"))
    await exchange.purge("one", "why")
    assert exchange.originals.path(same.sha256).exists()  # an earlier version of `two` is this file
    await exchange.purge("two", "why")
    assert not exchange.originals.path(same.sha256).exists()
    assert not exchange.originals.path(other.sha256).exists()


async def test_an_id_that_was_purged_is_not_used_again(exchange):
    await fill(exchange)
    await exchange.purge("secret", "why")
    with pytest.raises(Conflict, match="was purged"):
        await exchange.add(a_practice(id="secret"), pages_of("text"))
    with pytest.raises(Conflict, match="was purged"):
        await exchange.accept([b"text"], name="a.txt", said={"id": "secret"}, organisation="alfa")
    with pytest.raises(NotFound):
        await exchange.restore("secret")
    again = await exchange.accept([b"text"], name="a.txt", said={}, organisation="alfa")
    assert again.job.document != "secret"


async def test_a_document_that_is_being_read_is_not_purged(exchange):
    await exchange.accept([b"text"], name="a.txt", said={"id": "busy"}, organisation="alfa")
    await exchange.add(a_practice(id="busy"), pages_of("text"))
    await exchange.inbox.take()
    with pytest.raises(Conflict, match="is being read"):
        await exchange.purge("busy", "why")
    assert (await exchange.catalog.document("busy")).id == "busy"


async def within(exchange, job_id: str, content: bytes, said) -> str:
    accepted = await exchange.accept([content], name="a/b.txt", said=said, organisation="alfa", within=job_id)
    return accepted.job.id


async def an_archive_being_read(exchange):
    """Of the first file in it there is a document."""
    await exchange.accept([b"PK secret"], name="a.zip", said={}, organisation="alfa")
    archive = await exchange.inbox.take()
    await within(exchange, archive.id, b"part", {"id": "part"})
    await exchange.add(a_practice(id="part"), pages_of("text"))
    return archive


async def test_an_archive_goes_with_the_document_that_came_in_it(exchange):
    archive = await an_archive_being_read(exchange)
    await exchange.inbox.unpacked(archive.id, [], 1)
    await exchange.purge("part", "why")
    assert not exchange.originals.path(archive.sha256).exists()


async def test_what_came_in_a_file_waits_for_that_one_to_be_read(exchange):
    archive = await an_archive_being_read(exchange)
    with pytest.raises(Conflict, match=f"still to be read .job {archive.id}"):
        await exchange.purge("part", "why")
    assert exchange.originals.path(archive.sha256).exists()
    assert (await exchange.catalog.document("part")).id == "part"


async def test_a_document_in_the_file_of_another_waits_for_that_one_to_be_purged(exchange):
    mail = (await exchange.accept([b"mail"], name="a.eml", said={"id": "mail"}, organisation="alfa")).job
    await within(exchange, mail.id, b"part", {"id": "part"})
    for document_id in ("mail", "part"):
        await exchange.add(a_practice(id=document_id), pages_of("text"))
    with pytest.raises(Conflict, match="within that of 'mail'"):
        await exchange.purge("part", "why")
    await exchange.purge("mail", "why")
    await exchange.purge("part", "why")


async def test_a_document_that_never_was_cannot_be_purged(exchange):
    with pytest.raises(NotFound):
        await exchange.purge("never", "why")


async def test_purging_knows_every_table(exchange):
    """Whoever adds a table says what becomes of its rows when a document is purged."""
    tables = await exchange._database.rows(
        "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite%'"
    )
    assert {row["name"] for row in tables} == {*OF_A_DOCUMENT, *UNTOUCHED}


async def test_a_torn_index_is_made_anew_without_the_purged(exchange):
    await fill(exchange)
    folder = next(path for path in (exchange.settings.data / "index").iterdir() if path.is_dir())
    for segment in folder.glob("*.seg"):
        segment.write_bytes(segment.read_bytes()[:100])
    (exchange.settings.data / "index" / "current").write_bytes(b"{")
    await exchange.purge("secret", "why")
    assert await exchange.index.state() is IndexState.READY
    assert sightings(exchange.settings.data) == set()


async def test_the_bytes_of_a_purged_document_are_not_taken_in_again(exchange):
    await fill(exchange)
    (file,) = (await exchange.catalog.document("secret")).files
    await exchange.purge("secret", "na žádost")
    again = "Nový text z Puclíkova a Zmrzlibertu.".encode()
    with pytest.raises(PurgedFile, match=r"purged from the library on .* na žádost"):
        await exchange.accept([again], name="jinak.txt", said={}, organisation="alfa")
    assert not exchange.originals.path(file.sha256).exists()
    assert not await exchange.inbox.has_work()


async def test_a_file_that_a_purge_takes_away_while_it_is_handed_in_is_not_queued(exchange):
    kept = exchange.originals.path(hashlib.sha256(b"text").hexdigest())
    async with exchange._database.transaction():
        handing_in = asyncio.create_task(exchange.accept([b"text"], name="a.txt", said={}, organisation="alfa"))
        while not kept.exists():  # noqa: ASYNC110  # a thread keeps it
            await asyncio.sleep(0)
        await exchange.originals.discard(kept.name)
    with pytest.raises(Unavailable, match="hand it in again"):
        await handing_in
    assert await exchange.inbox.jobs() == []


async def test_another_organisation_is_not_told_and_may_share_the_same_bytes(exchange):
    await exchange.accounts.add_organisation(Organisation(id="beta", name="Beta"))
    await fill(exchange)
    await exchange.purge("secret", "na žádost")
    again = "Nový text z Puclíkova a Zmrzlibertu.".encode()
    accepted = await exchange.accept([again], name="jinak.txt", said={}, organisation="beta")
    with pytest.raises(PurgedFile):
        await exchange.accept([again], name="jinak.txt", said={}, organisation="alfa")
    assert exchange.originals.path(accepted.job.sha256).read_bytes() == again


class _WaitsToUpdate:
    """An index that is told when to take in, and tells in which order it was asked."""

    def __init__(self, index: SearchIndex) -> None:
        self._index = index
        self.asked: list[str] = []
        self.is_killed = False
        self.waits, self.go_on = asyncio.Event(), asyncio.Event()

    def __getattr__(self, name: str) -> object:
        return getattr(self._index, name)

    async def update(self, *given: object) -> None:
        self.waits.set()
        await self.go_on.wait()
        await self._index.update(*given)
        self.asked.append("update")

    async def purge(self, documents: Sequence[str]) -> None:
        if self.is_killed:
            raise IndexBusy("this process is no more")
        self.asked.append("purge")
        await self._index.purge(documents)


class _AtWork(NamedTuple):
    """A process that is just giving a document to the index."""

    exchange: Exchange
    index: _WaitsToUpdate
    catching_up: asyncio.Task[int]


@pytest.fixture
async def worker(exchange) -> AsyncIterator[_AtWork]:
    index = _WaitsToUpdate(exchange.index)
    beside = await an_exchange_on(index, exchange.settings)
    await beside.add(a_practice(id="secret"), pages_of("Zmrzlibert."))
    catching_up = asyncio.create_task(beside.catch_up())
    await index.waits.wait()
    yield _AtWork(beside, index, catching_up)
    await beside._database.close()


async def test_what_another_process_purges_while_it_is_being_indexed_is_not_left_in_the_index(exchange, worker):
    await exchange.purge("secret", "why")
    worker.index.go_on.set()
    await worker.catching_up
    assert worker.index.asked == ["update", "purge"]
    assert sightings(exchange.settings.data) == set()
    await worker.exchange.catch_up()
    assert worker.index.asked == ["update", "purge", "update"]


async def test_what_a_process_that_was_killed_has_left_in_the_index_goes_with_the_next_commit(exchange, worker):
    worker.index.is_killed = True
    await exchange.purge("secret", "why")
    worker.index.go_on.set()
    with pytest.raises(IndexBusy):
        await worker.catching_up
    assert sightings(exchange.settings.data) != set()
    await exchange.catch_up()
    assert sightings(exchange.settings.data) == set()


async def test_what_is_just_being_indexed_is_purged_after_that(exchange, worker):
    purging = asyncio.create_task(worker.exchange.purge("secret", "why"))
    await asyncio.wait([purging], timeout=0.2)
    worker.index.go_on.set()
    await asyncio.gather(worker.catching_up, purging)
    assert worker.index.asked[0] == "update"
    assert worker.index.asked[-1] == "purge"
    assert sightings(exchange.settings.data) == set()
