"""What those have left who were killed does not stay on the disk: readers of files, and who was handing files in."""

import asyncio
import tempfile

from ingest.extract import Limits, Reader, sweep_folders
from library.errors import Unavailable
from library.facsimiles import DrawnPage, Facsimile
from library.jobs import AN_ARCHIVE, IngestJob
from library.model import File
from tests.builders import a_practice, pages_of

AT_ONCE = 0.0
"""Seconds that a sweep gives those who are just handing something in."""


async def test_folders_of_dead_readers_go_and_those_of_living_ones_stay(tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    dead, foreign = tmp_path / "good-practice-reader-dead", tmp_path / "good-practice-reader-foreign"
    for folder in (dead, foreign):
        folder.mkdir()
        (folder / "enclosed").write_text("Tajné.", encoding="utf-8")
    (dead / "log").touch()
    text = tmp_path / "text.txt"
    text.write_text("Bydlení ve městě.", encoding="utf-8")
    async with Reader(Limits()) as reader:
        first = await reader.read(text, "text.txt")
        assert sweep_folders() == 1
        assert (dead.exists(), foreign.exists()) == (False, True)
        assert await reader.read(text, "text.txt") == first
    assert {path.name for path in tmp_path.iterdir()} == {"good-practice-reader-foreign", "text.txt"}


async def handed_in(exchange, content: bytes, **said: object) -> IngestJob:
    return (await exchange.accept([content], name="a.txt", said=said, organisation="alfa")).job


async def a_file(exchange, content: bytes) -> File:
    kept = await exchange.originals.keep([content])
    return File(name="a.txt", sha256=kept.sha256, media_type="text/plain", size=kept.size)


def originals_of(exchange) -> set[str]:
    return {path.name for path in exchange.settings.files.rglob("*") if path.is_file()}


async def test_an_original_that_nobody_lived_to_queue_is_swept(exchange):
    left = await exchange.originals.keep(["Osobní údaje, které nikdo nenajde.".encode()])
    await exchange.sweep(AT_ONCE)
    assert left.sha256 not in originals_of(exchange)


async def test_pictures_of_a_file_that_was_purged_while_it_was_drawn_are_swept(exchange):
    kept, purged = (await exchange.originals.keep([b"kept"])).sha256, "0" * 64
    for sha256 in (kept, purged):
        drawn = DrawnPage(number=1, picture=b"picture", facsimile=Facsimile(width=1.0, height=1.0, lines=()))
        assert await exchange.facsimiles.keep(sha256, drawn)
    await exchange.sweep()
    assert [await exchange.facsimiles.picture(sha256, 1) for sha256 in (kept, purged)] == [b"picture", None]


async def test_a_worker_leaves_alone_what_may_be_queued_yet(exchange):
    kept = await exchange.originals.keep([b"just being handed in"])
    await exchange.sweep()
    assert originals_of(exchange) == {kept.sha256}


async def test_a_sweep_leaves_what_a_job_a_document_an_earlier_version_or_a_withdrawn_one_has(exchange):
    waiting, failed = await handed_in(exchange, b"failed"), await handed_in(exchange, b"waiting")
    await exchange.inbox.fail((await exchange.inbox.take()).id, "no-text", "")
    first, second, withdrawn = [await a_file(exchange, content) for content in (b"first", b"second", b"withdrawn")]
    for version in (first, second):
        await exchange.add(a_practice(id="twice", files=(version,)), pages_of(f"Text {version.sha256}."))
    await exchange.add(a_practice(id="gone", files=(withdrawn,)), pages_of("Text."))
    await exchange.withdraw("gone", "na žádost")
    needed = {each.sha256 for each in (waiting, failed, first, second, withdrawn)}
    await exchange.sweep(AT_ONCE)
    assert originals_of(exchange) == needed


async def test_a_file_that_is_called_like_an_archive_whose_file_is_gone_is_read_all_the_same(exchange):
    waiting = await exchange.accept([b"text"], name=AN_ARCHIVE, said={}, organisation="alfa")
    await exchange.sweep(AT_ONCE)
    assert originals_of(exchange) == {waiting.job.sha256}


async def test_what_is_handed_in_while_others_sweep_is_kept_or_refused_and_never_lost(exchange):
    """However long a process stops between keeping a file and queueing it: here any time is too long."""

    async def sweep_on_and_on() -> None:
        while True:
            await exchange.sweep(AT_ONCE)

    sweeping = asyncio.create_task(sweep_on_and_on())
    handing_in = (handed_in(exchange, f"text {number}".encode()) for number in range(40))
    ended = await asyncio.gather(*handing_in, return_exceptions=True)
    sweeping.cancel()
    await asyncio.gather(sweeping, return_exceptions=True)
    accepted = {each.sha256 for each in ended if isinstance(each, IngestJob)}
    assert all(isinstance(each, IngestJob | Unavailable) for each in ended)
    assert accepted == originals_of(exchange)
