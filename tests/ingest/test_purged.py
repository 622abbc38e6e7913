"""What lies around a purged file goes with it and says so; what lay in one is read all the same."""

import pytest

from ingest.rereading import outdated_archives, queue_archives
from ingest.worker import work_with_others
from library.errors import PurgedFile
from library.jobs import AN_ARCHIVE, IngestJob, JobState, Purpose
from tests.builders import a_practice, pages_of
from tests.ingest.test_enclosed import a_mail, a_pdf, a_zip

TEXT = "# Nájem bytu\n\nDěti cizinců se učí ve škole a rodiny bydlí ve městě.\n"

SCAN = a_pdf({"a.md": TEXT.encode()}, text="")
"""Without any text, but with a file."""


async def taken_in(exchange, name: str, content: bytes) -> dict[str, IngestJob]:
    """A file and what lies in it, by name."""
    await exchange.accept([content], name=name, said={}, organisation="alfa")
    await work_with_others(exchange)
    return {job.name: job for job in await exchange.inbox.jobs()}


async def purged_in_one_that_failed(exchange) -> IngestJob:
    """The job of the PDF, after what was attached to it has been purged."""
    jobs = await taken_in(exchange, "scan.pdf", SCAN)
    assert (jobs["scan.pdf"].code, jobs["scan.pdf/a.md"].state) == ("no-text", JobState.DONE)
    await exchange.purge(jobs["scan.pdf/a.md"].document, "a test")
    return jobs["scan.pdf"]


async def test_a_file_that_failed_goes_with_the_purged_one_in_it_and_says_what_helps(exchange):
    job = await purged_in_one_that_failed(exchange)
    assert not exchange.originals.path(job.sha256).exists()
    gone = await exchange.inbox.job(job.id)
    assert (gone.state, gone.code) == (JobState.FAILED, "purged-file")
    assert gone.detail.endswith("take out of it what had to go, and hand in what is left")
    assert await exchange.inbox.retry() == await exchange.inbox.retry_coded("purged-file") == 0
    with pytest.raises(PurgedFile, match="hand in what is left"):
        await exchange.inbox.retry(job.id)


async def test_a_file_that_went_with_a_purged_one_is_read_when_it_is_handed_in_again_but_for_that_one(exchange):
    job = await purged_in_one_that_failed(exchange)
    await taken_in(exchange, "scan.pdf", SCAN)
    again = await exchange.inbox.job(job.id)
    assert (again.name, again.code) == ("scan.pdf", "no-text")
    assert await exchange.catalog.ids() == []


async def test_an_archive_that_waits_to_be_read_again_goes_with_the_purged_file_in_it(exchange):
    jobs = await taken_in(exchange, "year.zip", a_zip(a_md=TEXT))
    await queue_archives(exchange, await outdated_archives(exchange, 99, "zip"), "again")
    await exchange.purge(jobs["year.zip/a.md"].document, "a test")
    await work_with_others(exchange)
    again, *_ = await exchange.inbox.jobs()
    assert (again.purpose, again.state, again.code) == (Purpose.REREAD, JobState.FAILED, "purged-file")


async def test_a_job_whose_file_is_lost_says_to_hand_it_in_again(exchange):
    job = (await exchange.accept([b"text"], name="a.txt", said={}, organisation="alfa")).job
    await exchange.originals.discard(job.sha256)
    await work_with_others(exchange)
    failed = await exchange.inbox.job(job.id)
    assert (failed.code, failed.detail) == ("damaged-file", "the library has lost this file: hand it in again")


async def test_what_lies_in_an_archive_in_a_purged_mail_is_read_and_is_called_by_its_own_name(exchange):
    mail = (await exchange.accept([b"mail"], name="tajné.eml", said={"id": "mail"}, organisation="alfa")).job
    await exchange.inbox.take()
    packed = [a_zip(one_zip=a_zip(a_md=TEXT))]
    await exchange.accept(packed, name="tajné.eml/two.zip", said={}, organisation="alfa", within=mail.id)
    await exchange.add(a_practice(id="mail"), pages_of("text"))
    await exchange.inbox.done(mail.id)
    await exchange.purge("mail", "a test")
    await work_with_others(exchange)
    states = {job.name: (job.state, job.notes) for job in await exchange.inbox.jobs()}
    assert states == {
        "two.zip": (JobState.DONE, ("files in it that were handed in as documents of their own: 1",)),
        "two.zip/one.zip": (
            JobState.DONE,
            ("files in it that lie too deep and were left out, unpack the archives first: 1",),
        ),
    }


async def test_what_was_here_already_when_a_purged_mail_brought_it_too_does_not_bear_its_name(exchange):
    jobs = await taken_in(exchange, "a.eml", a_mail(a_txt=TEXT.encode()))
    jobs = await taken_in(exchange, "tajné.eml", a_mail(a_txt=TEXT.encode(), b_txt=b"other"))
    assert jobs["a.eml/a.txt"].other_names == ("tajné.eml/a.txt",)
    await exchange.purge(jobs["tajné.eml"].document, "a test")
    assert (await exchange.inbox.job(jobs["a.eml/a.txt"].id)).other_names == ("a.txt",)


async def test_no_file_keeps_the_name_of_an_archive_that_went_with_a_purged_one(exchange):
    other = TEXT.replace("bytu", "domu")
    jobs = await taken_in(exchange, "a.txt", b"third")
    jobs = await taken_in(exchange, "tajné.zip", a_zip(in_zip=a_zip(a_md=TEXT, b_md=other), a_txt="third"))
    assert jobs["a.txt"].other_names == ("tajné.zip/a.txt",)
    await exchange.purge(jobs["tajné.zip/in.zip/a.md"].document, "a test")
    kept = await exchange.inbox.jobs()
    assert sorted(job.name for job in kept) == ["a.txt", AN_ARCHIVE, AN_ARCHIVE, "b.md"]
    assert not any(job.other_names for job in kept)
