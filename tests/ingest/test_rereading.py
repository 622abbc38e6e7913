"""Originals are read again by better readers: what people said stays, and the document can be found all the time."""

import asyncio
from datetime import date

import msgspec
import pytest

from ingest.batch import descriptions, hand_in, refused
from ingest.cli import main
from ingest.rereading import outdated, outdated_archives, queue, queue_archives
from ingest.worker import work_with_others
from library.jobs import JobState, Purpose
from library.language import LANGUAGES
from library.model import Audience, Page, Role, Visibility, title_of
from library.search import SearchQuery
from library.syntax import parse
from tests.ingest.test_enclosed import a_mail, a_zip

TEXT = "# Nájem bytu\n\nDěti cizinců se učí ve škole a rodiny bydlí ve městě.\n"
EVERYONE = Audience(role=Role.ADMIN, organisation="alfa", today=date(2025, 6, 1))


@pytest.fixture
async def document(exchange, tmp_path):
    """A document that a poor reader of long ago has read."""
    (tmp_path / "a.md").write_text(TEXT)
    await take_in(exchange, tmp_path / "a.md")
    (job,) = await exchange.inbox.jobs()
    await as_a_poor_reader(exchange, job.document, "Děti cizinců, a nic víc.")
    return job.document


async def take_in(exchange, path):
    said = descriptions(None, None)
    assert [each async for each in hand_in(exchange, [path], said, organisation="alfa", submitted_by="")]
    await work_with_others(exchange)


async def as_a_poor_reader(exchange, document_id, text):
    document = await exchange.catalog.document(document_id)
    files = tuple(msgspec.structs.replace(file, reader=0) for file in document.files)
    pages = [Page(number=1, text=text, language="cs")]
    await exchange.read_again(msgspec.structs.replace(document, files=files), pages)
    await exchange.catch_up()


async def read_anew(exchange, *documents: str):
    await queue(exchange, list(documents), (await exchange.batches.open("", "")).id)
    await work_with_others(exchange)


async def found(exchange, word):
    answer = await exchange.finding.search(SearchQuery(match=parse(word)), EVERYONE)
    return [each.hit.id for each in answer.found]


async def test_a_better_reader_finds_what_was_not_found_before(exchange, document):
    assert await found(exchange, "bydlí") == []
    assert await outdated(exchange, None, "") == [document]
    await read_anew(exchange, document)
    assert await found(exchange, "bydlí") == [document]
    assert await outdated(exchange, None, "") == []
    job, *_ = await exchange.inbox.jobs()
    assert (job.purpose, job.state, job.document) == (Purpose.REREAD, JobState.DONE, document)
    assert (await exchange.catalog.document(document)).version == 1


async def test_only_files_of_a_format_or_of_old_readers_are_chosen(exchange, document):
    assert await outdated(exchange, None, "md") == [document]
    assert await outdated(exchange, None, "pdf") == []
    assert await outdated(exchange, 0, "") == []


async def test_asked_for_twice_a_file_is_read_again_once(exchange, document):
    batch = (await exchange.batches.open("", "")).id
    assert [await queue(exchange, [document], batch) for _ in range(2)] == [1, 0]


async def test_what_people_said_stays(exchange, document):
    before = await exchange.catalog.document(document)
    await exchange.editing.revise(msgspec.structs.replace(before, title={"cs": "Bydlení rodin"}, topics=("housing",)))
    await exchange.editing.say_language(document, "sk")
    await read_anew(exchange, document)
    after = await exchange.catalog.document(document)
    assert (title_of(after), after.title, after.topics) == ("Bydlení rodin", {"cs": "Bydlení rodin"}, ("housing",))
    assert (after.languages, after.language_known) == (("sk",), "declared")
    assert [page.language for page in await exchange.catalog.pages(document)] == ["sk"]


async def test_a_page_whose_language_staff_corrected_keeps_it(exchange, document):
    assert "de" in LANGUAGES
    await exchange.editing.say_language(document, "de", 1)
    await read_anew(exchange, document)
    assert [page.language for page in await exchange.catalog.pages(document)] == ["de"]


async def test_a_title_that_was_found_is_found_anew(exchange, document):
    before = await exchange.catalog.document(document)
    poor = tuple(msgspec.structs.replace(clue, value="Najem") for clue in before.clues if clue.about == "title")
    await exchange.editing.revise(msgspec.structs.replace(before, title={"cs": "Najem"}, clues=poor))
    await read_anew(exchange, document)
    assert title_of(await exchange.catalog.document(document)) == "Nájem bytu"


async def test_at_no_moment_the_document_is_not_found(exchange, document):
    batch = (await exchange.batches.open("", "")).id
    await queue(exchange, [document], batch)
    working = asyncio.create_task(work_with_others(exchange))
    looks = 0
    while not working.done():
        assert await found(exchange, "cizinců") == [document]
        looks += 1
        await asyncio.sleep(0.01)  # an answer that is kept waits for nothing, and the work would never get its turn
    await working
    assert looks > 0
    assert await found(exchange, "bydlí") == [document]


async def test_a_file_that_cannot_be_read_any_more_leaves_its_document_as_it_was(exchange, document):
    (file,) = (await exchange.catalog.document(document)).files
    exchange.originals.path(file.sha256).write_bytes(b"")
    await read_anew(exchange, document)
    job, *_ = await exchange.inbox.jobs()
    assert (job.state, job.code) == (JobState.FAILED, "empty-file")
    assert await found(exchange, "cizinců") == [document]


async def test_what_was_withdrawn_meanwhile_does_not_come_back(exchange, document):
    await queue(exchange, [document], (await exchange.batches.open("", "")).id)
    await exchange.withdraw(document, "a test")
    await work_with_others(exchange)
    assert await exchange.catalog.count() == 0
    job, *_ = await exchange.inbox.jobs()
    assert (job.state, job.notes) == (
        JobState.DONE,
        ("the document has been withdrawn or came with another file: nothing was changed",),
    )


async def test_new_files_are_read_before_old_ones_are_read_again(exchange, document, tmp_path):
    await queue(exchange, [document], (await exchange.batches.open("", "")).id)
    (tmp_path / "b.md").write_text("# Nový\n\nNový dokument.\n")
    said = descriptions(None, None)
    (job,) = [e async for e in hand_in(exchange, [tmp_path / "b.md"], said, organisation="alfa", submitted_by="")]
    assert (await exchange.inbox.take()).id == job.id
    assert (await exchange.inbox.take()).purpose is Purpose.REREAD


async def test_the_same_file_handed_in_after_it_was_read_again_is_known(exchange, document, tmp_path):
    await read_anew(exchange, document)
    said = descriptions(None, None)
    arguments = {"organisation": "alfa", "submitted_by": "", "by_place": False}
    (outcome,) = [each async for each in hand_in(exchange, [tmp_path / "a.md"], said, **arguments)]
    assert (outcome.ended, outcome.document) == ("known", document)


def test_staff_ask_for_it_by_a_command(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("LIBRARY_DATA", str(tmp_path / "data"))
    assert main(["reread", "--format", "pdf"]) == 0
    assert capsys.readouterr().out.startswith("Files that are read again as soon as nothing new waits: 0;")


async def test_files_in_a_file_that_no_reader_had_found_come_as_hidden_as_it_is_and_others_stay_as_people_left_them(
    exchange, tmp_path
):
    mail = tmp_path / "mail.eml"
    mail.write_bytes(a_mail(known_txt="Známá příloha o škole.".encode(), new_txt="Nová příloha o bydlení.".encode()))
    await take_in(exchange, mail)
    jobs = {job.name.rpartition("/")[2]: job for job in await exchange.inbox.jobs()}
    await exchange.withdraw(jobs["known.txt"].document, "a test")
    async with exchange.inbox._database.transaction() as writing:  # as if its reader had not found it
        await writing.execute("DELETE FROM jobs WHERE id = ?", (jobs["new.txt"].id,))
    mail_document = await exchange.catalog.document(jobs["mail.eml"].document)
    hidden = msgspec.structs.replace(mail_document, visibility=Visibility.ORGANISATION)
    await exchange.editing.revise(hidden)
    await read_anew(exchange, mail_document.id)
    again, newest = (await exchange.inbox.jobs())[1], (await exchange.inbox.jobs())[0]
    assert (newest.name, newest.within, newest.state) == ("mail.eml/new.txt", jobs["mail.eml"].id, JobState.DONE)
    assert again.notes == ("files in it that were handed in as documents of their own: 1",)
    assert jobs["known.txt"].document not in await exchange.catalog.ids()
    assert (await exchange.catalog.document(newest.document)).visibility is Visibility.ORGANISATION


async def an_archive(exchange, tmp_path):
    """A ZIP file of which a poor reader of long ago has found one of three files; another was withdrawn since."""
    (tmp_path / "year.zip").write_bytes(
        a_zip(known_txt="Známá zpráva o škole.", gone_txt="Stažená zpráva o škole.", new_txt="Zpráva o bydlení.")
    )
    await take_in(exchange, tmp_path / "year.zip")
    jobs = {job.name.rpartition("/")[2]: job for job in await exchange.inbox.jobs()}
    await exchange.withdraw(jobs["gone.txt"].document, "a test")
    async with exchange.inbox._database.transaction() as writing:  # as if its reader had not found it
        await writing.execute("DELETE FROM jobs WHERE id = ?", (jobs["new.txt"].id,))
        await writing.execute("UPDATE jobs SET reader = 0")
    return jobs


async def test_archives_are_unpacked_again_and_give_what_no_reader_had_found(exchange, tmp_path):
    jobs = await an_archive(exchange, tmp_path)
    (archive,) = await outdated_archives(exchange, None, "zip")
    assert archive.id == jobs["year.zip"].id
    assert await outdated_archives(exchange, None, "pdf") == []
    assert [await queue_archives(exchange, [archive], "again") for _ in range(2)] == [1, 0]
    await work_with_others(exchange)
    newest, again, *_ = await exchange.inbox.jobs()
    assert (newest.name, newest.within, newest.state) == ("year.zip/new.txt", archive.id, JobState.DONE)
    assert (again.purpose, again.state, again.document) == (Purpose.REREAD, JobState.DONE, "")
    assert again.notes == ("files in it that were handed in as documents of their own: 1",)
    assert jobs["gone.txt"].document not in await exchange.catalog.ids()
    assert await outdated_archives(exchange, None, "zip") == []


async def test_of_an_archive_that_was_read_again_nothing_is_left_when_a_file_in_it_is_purged(exchange, tmp_path):
    jobs = await an_archive(exchange, tmp_path)
    archives = await outdated_archives(exchange, None, "zip")
    await queue_archives(exchange, archives, "again")
    await work_with_others(exchange)
    await exchange.purge(jobs["known.txt"].document, "a test")
    assert not exchange.originals.path(jobs["year.zip"].sha256).exists()
    assert "year.zip" not in {job.name for job in await exchange.inbox.jobs()}
    assert await queue_archives(exchange, archives, "again") == 0


async def test_a_purged_file_that_comes_within_an_archive_is_left_out_and_said(exchange, tmp_path):
    (tmp_path / "a.md").write_text(TEXT)
    await take_in(exchange, tmp_path / "a.md")
    (job,) = await exchange.inbox.jobs()
    await exchange.purge(job.document, "a test")
    (tmp_path / "both.zip").write_bytes(a_zip(a_md=TEXT, b_md=f"{TEXT} Druhý text."))
    await take_in(exchange, tmp_path / "both.zip")
    kept, archive = await exchange.inbox.jobs()
    assert archive.notes == (
        "files in it that were handed in as documents of their own: 1",
        "files in it that were purged from the library and were left out: 1",
    )
    assert (kept.name, kept.state) == ("both.zip/b.md", JobState.DONE)
    assert await found(exchange, "nájem") == [kept.document]


async def test_a_dry_run_says_what_was_purged_and_what_cannot_be_opened(exchange, tmp_path):
    (tmp_path / "a.md").write_text(TEXT)
    await take_in(exchange, tmp_path / "a.md")
    (job,) = await exchange.inbox.jobs()
    files = [tmp_path / "a.md", tmp_path / "missing.md"]
    assert [each async for each in refused(exchange, files, None, "alfa")] == [(files[1], "unreadable-file")]
    await exchange.purge(job.document, "a test")
    assert [each async for each in refused(exchange, files, None, "alfa")] == [
        (files[0], "purged-file"),
        (files[1], "unreadable-file"),
    ]
