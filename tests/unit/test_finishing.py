"""What a job has read goes into the catalogue together with its end, or not at all."""

import msgspec
import pytest

from library.errors import Conflict
from library.exchange import open_exchange
from library.jobs import JobState
from library.model import Organisation, Visibility
from library.settings import Settings
from tests.builders import a_practice, pages_of


@pytest.fixture
async def exchange(tmp_path):
    opened = await open_exchange(Settings(data=tmp_path / "data"))
    await opened.accounts.add_organisation(Organisation(id="alfa", name="Spolek Alfa"))
    yield opened
    await opened.close()


@pytest.fixture
async def job(exchange):
    await exchange.accept([b"bytes"], name="a.txt", said={}, organisation="alfa")
    return await exchange.inbox.take()


async def finish(exchange, job, replaced=None, waits_for=""):
    def notes(kept):
        return (f"kept {kept.id}",)

    document, pages = a_practice(id=job.document), pages_of("Děti a škola.")
    analysed = exchange.analysed(pages)
    return await exchange.finish(job, document, pages, analysed, notes=notes, replaced=replaced, waits_for=waits_for)


async def test_the_job_is_done_with_what_is_to_be_known_of_its_document(exchange, job):
    await finish(exchange, job, waits_for="Tesseract")
    ended = await exchange.inbox.job(job.id)
    assert (ended.state, ended.notes) == (JobState.DONE, (f"kept {job.document}",))
    assert (ended.code, ended.detail) == ("needs-ocr", "Tesseract")
    assert len(await exchange.catalog.pages(job.document)) == 1


async def test_of_a_job_that_nobody_works_on_any_more_nothing_is_kept(exchange, job):
    await exchange.inbox.recover()
    with pytest.raises(Conflict):
        await finish(exchange, job)
    assert await exchange.catalog.ids() == []
    assert (await exchange.inbox.job(job.id)).state is JobState.WAITING


async def test_what_staff_say_meanwhile_of_the_document_that_is_replaced_is_not_written_over(exchange, job):
    read = await exchange.add(a_practice(id=job.document, visibility=Visibility.MEMBERS), pages_of("Děti."))
    hidden = msgspec.structs.replace(read, visibility=Visibility.ORGANISATION)
    said = await exchange.editing.revise(hidden)
    assert not await finish(exchange, job, replaced=read)
    assert await exchange.catalog.document(job.document) == said
    assert (await exchange.inbox.job(job.id)).state is JobState.WORKING
    assert await finish(exchange, job, replaced=said)
