"""What the inbox promises: nothing twice, nothing lost, and every job ends in a state that says why."""

import asyncio
import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from library.errors import Conflict, NotFound
from library.inbox import ATTEMPTS, Inbox
from library.jobs import JobState, Progress, Step, Submission
from library.model import File
from library.unindexed import Unindexed
from tests.builders import a_practice


@pytest.fixture
def inbox(database):
    return Inbox(database)


def a_submission(content="one", **fields: Any):
    given = {"name": f"{content}.pdf", "sha256": content * 2, "size": 10, "organisation": "alfa", "said": {}}
    return Submission(**(given | fields))


@pytest.fixture
def accepted(accept):
    async def accepted(content="one", **fields: Any):
        return (await accept(a_submission(content, **fields))).job

    return accepted


@pytest.fixture
def taken(accept, inbox):
    async def taken(content="one", **fields: Any):
        await accept(a_submission(content, **fields))
        return await inbox.take()

    return taken


@pytest.fixture
def failed(taken, inbox):
    async def failed(content="one", **fields: Any):
        job = await taken(content, **fields)
        await inbox.fail(job.id, "damaged-file", "the file is cut off")
        return await inbox.job(job.id)

    return failed


@pytest.fixture
def ingested(taken, inbox, put):
    """A job that is done, as the worker does it."""

    async def ingested(content="one", **fields: Any):
        job = await taken(content, **fields)
        file = File(name=job.name, sha256=job.sha256, media_type="application/pdf", size=job.size)
        await put(a_practice(id=job.document, organisation=job.organisation, files=(file,)))
        await inbox.done(job.id)
        return await inbox.job(job.id)

    return ingested


# Handing in ----------------------------------------------------------------------------------------------------------


async def test_what_is_handed_in_waits_with_all_that_was_said(inbox, accept):
    said = {"title": {"cs": "Sousedský stůl"}, "year": 2023, "topics": ["housing"]}
    before = datetime.now(UTC)
    accepted = await accept(a_submission("one", said=said, submitted_by="Jana", batch="b1"))
    job = accepted.job
    assert accepted.news == "new"
    assert (job.name, job.sha256, job.size, job.organisation) == ("one.pdf", "oneone", 10, "alfa")
    assert (job.said, job.submitted_by, job.batch) == (said, "Jana", "b1")
    assert (job.state, job.attempts, job.notes, job.code, job.detail) == (JobState.WAITING, 0, (), "", "")
    assert before <= job.created <= datetime.now(UTC)
    assert (job.started, job.ended) == (None, None)
    assert await inbox.job(job.id) == job


async def test_a_job_and_its_document_get_opaque_ids(accepted):
    job = await accepted()
    assert re.fullmatch("[a-z2-7]{12}", job.document)
    assert re.fullmatch("[a-z2-7]{12}", job.id)
    assert job.id != job.document


async def test_the_same_again_is_known_while_it_waits_is_worked_on_and_is_done(inbox, accept, accepted):
    first = await accepted(said={"a": 1, "b": 2})
    same = a_submission(said={"b": 2, "a": 1})
    assert (await accept(same)).news == "known"
    await inbox.take()
    assert (await accept(same)).news == "known"
    await inbox.done(first.id)
    again = await accept(same)
    assert (again.news, again.job.id, again.job.state) == ("known", first.id, JobState.DONE)
    assert len(await inbox.jobs()) == 1


async def test_the_same_file_under_another_name_is_known(accept, accepted):
    await accepted()
    assert (await accept(a_submission(name="copy.pdf"))).news == "known"


async def test_the_same_again_waits_again_where_it_had_failed(inbox, accept, failed):
    first = await failed()
    again = await accept(a_submission(batch="b2", submitted_by="Petr"))
    job = again.job
    assert (again.news, job.id, job.document) == ("again", first.id, first.document)
    assert (job.state, job.attempts, job.code, job.detail) == (JobState.WAITING, 0, "", "")
    assert (job.started, job.ended, job.batch, job.submitted_by) == (None, None, "b2", "Petr")
    assert (await inbox.take()).id == first.id


async def test_the_same_bytes_of_another_organisation_are_another_document(accept, accepted):
    first = await accepted()
    other = await accept(a_submission(organisation="beta"))
    assert other.news == "new"
    assert other.job.document != first.document


async def test_the_same_bytes_described_otherwise_are_a_new_job_for_the_document_that_is_there(accept, ingested):
    first = await ingested()
    later = await accept(a_submission(said={"year": 2023}))
    assert (later.news, later.job.document) == ("new", first.document)


async def test_the_same_bytes_described_otherwise_are_a_new_job_for_the_document_that_is_on_its_way(accept, accepted):
    first = await accepted()
    later = await accept(a_submission(said={"year": 2023}))
    assert (later.news, later.job.document) == ("new", first.document)


async def test_the_same_bytes_described_otherwise_belong_to_the_document_of_a_job_that_failed(accept, failed):
    first = await failed()
    again = await accept(a_submission(said={"year": 2023}))
    assert (again.news, again.job.document) == ("new", first.document)


async def test_an_id_that_was_said_is_the_documents(accepted, ingested):
    await ingested()
    assert (await accepted(said={"id": "stul"})).document == "stul"


async def test_an_id_that_is_no_text_is_left_to_those_who_check_descriptions(accepted):
    assert re.fullmatch("[a-z2-7]{12}", (await accepted(said={"id": 5})).document)


async def test_an_id_of_another_organisations_document_is_refused(inbox, accept, accepted, put):
    await put(a_practice(id="stul", organisation="beta"), [])
    with pytest.raises(Conflict, match="'stul' belongs to a document of another organisation"):
        await accept(a_submission(said={"id": "stul"}))
    assert await inbox.jobs() == []
    assert (await accepted(said={"id": "stul"}, organisation="beta")).document == "stul"


async def test_what_was_withdrawn_can_be_handed_in_again_and_keeps_its_id(accept, ingested, withdraw):
    first = await ingested()
    await withdraw(first.document, "by mistake")
    again = await accept(a_submission())
    assert (again.news, again.job.document) == ("new", first.document)
    assert (await accept(a_submission())).news == "known"


async def test_a_document_in_the_library_goes_before_a_withdrawn_one_with_the_same_bytes(accepted, ingested, withdraw):
    first = await ingested()
    second = await ingested(said={"id": "stul"})
    await withdraw(first.document, "one is enough")
    assert (await accepted(said={"year": 2023})).document == second.document == "stul"


async def test_going_back_to_an_earlier_file_of_a_document_is_a_new_job(accept, ingested):
    await ingested("one", said={"id": "stul"})
    await ingested("two", said={"id": "stul"})
    assert (await accept(a_submission("two", said={"id": "stul"}))).news == "known"
    assert (await accept(a_submission("one", said={"id": "stul"}))).news == "new"


async def test_a_request_sent_again_with_its_key_asks_for_nothing_new_whatever_came_after_it(accept, ingested):
    first = await ingested("one", said={"id": "stul"}, idempotency_key="k1")
    await ingested("two", said={"id": "stul"}, idempotency_key="k2")
    again = await accept(a_submission("one", said={"id": "stul"}, idempotency_key="k1"))
    assert (again.news, again.job.id) == ("known", first.id)


async def test_an_idempotency_key_that_came_with_something_else_is_refused(accept, accepted):
    first = await accepted(idempotency_key="k1")
    with pytest.raises(Conflict, match=f"came with another file or description before, in job {first.id}"):
        await accept(a_submission("two", idempotency_key="k1"))
    assert (await accept(a_submission("two", idempotency_key="k1", organisation="beta"))).news == "new"


async def test_jobs_without_an_idempotency_key_have_nothing_to_do_with_each_other(accept, accepted):
    await accepted("one")
    assert (await accept(a_submission("two"))).news == "new"


async def test_the_same_handed_in_at_once_by_many_makes_one_job(inbox, database, beside, accept):
    databases = [database, beside]
    news = [
        outcome.news
        for outcome in await asyncio.gather(*(accept(a_submission(), databases[number % 2]) for number in range(10)))
    ]
    assert sorted(news) == ["known"] * 9 + ["new"]
    assert len(await inbox.jobs()) == 1


# Working -------------------------------------------------------------------------------------------------------------


async def test_the_job_that_has_waited_longest_is_taken_first(inbox, accepted):
    first, second = await accepted("one"), await accepted("two")
    before = datetime.now(UTC)
    job = await inbox.take()
    assert (job.id, job.state, job.attempts) == (first.id, JobState.WORKING, 1)
    assert before <= job.started <= datetime.now(UTC)
    assert (await inbox.take()).id == second.id
    assert await inbox.take() is None


async def test_no_two_takers_get_the_same_job(inbox, beside, accepted):
    for number in range(12):
        await accepted(f"{number}")
    inboxes = [inbox, Inbox(beside)]
    jobs = await asyncio.gather(*(inboxes[number % 2].take() for number in range(16)))
    assert len({job.id for job in jobs if job is not None}) == 12
    assert jobs.count(None) == 4


async def test_one_can_see_how_far_a_job_is(inbox, taken):
    job = await taken()
    assert (await inbox.job(job.id)).step is Step.READING
    await inbox.note({job.id: Progress(Step.READING, page=3, pages=40)})
    seen = await inbox.job(job.id)
    assert (seen.step, seen.page, seen.pages) == (Step.READING, 3, 40)


async def test_progress_that_comes_too_late_changes_nothing(inbox, failed):
    job = await failed()
    await inbox.note({job.id: Progress(Step.KEEPING), "nothing": Progress(Step.KEEPING)})
    assert await inbox.job(job.id) == job


async def test_a_job_that_is_done_keeps_its_notes(inbox, taken):
    job = await taken()
    await inbox.done(job.id, ["page 3 needs OCR", "„cap“ reached"])
    ended = await inbox.job(job.id)
    assert (ended.state, ended.notes) == (JobState.DONE, ("page 3 needs OCR", "„cap“ reached"))
    assert ended.ended - ended.started >= timedelta(0)


async def test_a_job_is_indexing_until_its_document_can_be_found(inbox, database, ingested):
    job = await ingested()
    await inbox.note_indexed()
    assert (await inbox.job(job.id)).step is Step.INDEXING
    unindexed = Unindexed(database)
    await unindexed.clear(await unindexed.oldest(10))
    await inbox.note_indexed()
    assert (await inbox.job(job.id)).step == ""


async def test_a_job_that_failed_says_why(inbox, taken):
    job = await taken()
    await inbox.fail(job.id, "damaged-file", "the file is cut off")
    ended = await inbox.job(job.id)
    assert (ended.state, ended.step, ended.code) == (JobState.FAILED, "", "damaged-file")
    assert ended.detail == "the file is cut off"
    assert ended.ended is not None


async def test_a_job_that_nobody_works_on_cannot_end(inbox, accepted):
    job = await accepted()
    for ending in (inbox.done(job.id), inbox.fail(job.id, "x", "x")):
        with pytest.raises(Conflict, match=r"nobody is working on job .*: it is waiting"):
            await ending
    with pytest.raises(NotFound, match="there is no job 'nothing'"):
        await inbox.done("nothing")


async def test_several_are_taken_at_once_in_the_order_in_which_they_came(inbox, accepted):
    ids = [(await accepted(content)).id for content in ("one", "two", "three")]
    assert [job.id for job in await inbox.take_some(2)] == ids[:2]
    assert [(job.id, job.state) for job in await inbox.take_some(8)] == [(ids[2], JobState.WORKING)]
    assert await inbox.take_some(8) == []


async def test_a_failed_job_does_not_stop_the_queue(inbox, accepted, failed):
    await failed("one")
    second = await accepted("two")
    assert (await inbox.take()).id == second.id


async def test_what_was_cut_off_waits_again_in_its_old_place(inbox, accepted, taken):
    first = await taken("one")
    await accepted("two")
    assert await inbox.recover() == 1
    assert (await inbox.job(first.id)).step == ""
    again = await inbox.take()
    assert (again.id, again.attempts) == (first.id, 2)


async def test_what_is_given_back_waits_as_if_it_had_never_been_begun(inbox, accepted):
    first = await accepted("one")
    for _ in range(ATTEMPTS + 1):
        assert (await inbox.take()).id == first.id
        await inbox.give_back()
        assert (await inbox.job(first.id)).state is JobState.WAITING
    assert await inbox.recover() == 0
    assert (await inbox.take()).attempts == 1


async def test_what_is_cut_off_again_and_again_has_failed(inbox, accepted):
    await accepted()
    for _ in range(ATTEMPTS):
        assert await inbox.take() is not None
        assert await inbox.recover() == 1
    (job,) = await inbox.jobs()
    assert (job.state, job.code, job.attempts) == (JobState.FAILED, "reader-crashed", ATTEMPTS)
    assert "cut off 3 times" in job.detail
    assert job.ended is not None
    assert await inbox.take() is None


async def test_recovering_leaves_alone_what_waits_and_what_has_ended(inbox, accepted, failed):
    await failed("one")
    await accepted("two")
    assert await inbox.recover() == 0
    assert await inbox.counts() == {
        JobState.WAITING: 1,
        JobState.WORKING: 0,
        JobState.DONE: 0,
        JobState.FAILED: 1,
    }


# Trying again --------------------------------------------------------------------------------------------------------


async def test_a_failed_job_can_be_tried_again_with_all_its_attempts(inbox, failed):
    job = await failed()
    assert await inbox.retry(job.id) == 1
    again = await inbox.take()
    assert (again.id, again.attempts, again.code, again.detail, again.ended) == (job.id, 1, "", "", None)


async def test_all_failed_jobs_can_be_tried_again_at_once(inbox, accepted, failed):
    await failed("one")
    await failed("two")
    await accepted("three")
    assert await inbox.retry() == 2
    assert (await inbox.counts())[JobState.WAITING] == 3
    assert await inbox.retry() == 0


async def test_only_a_failed_job_can_be_tried_again(inbox, accepted):
    job = await accepted()
    with pytest.raises(Conflict, match="has not failed: it is waiting"):
        await inbox.retry(job.id)
    with pytest.raises(NotFound):
        await inbox.retry("nothing")


# Looking -------------------------------------------------------------------------------------------------------------


async def test_a_job_that_is_not_there_is_not_found(inbox):
    with pytest.raises(NotFound, match="there is no job 'nothing'"):
        await inbox.job("nothing")


async def test_some_jobs_are_asked_for_by_their_ids(inbox, accepted):
    first, second, _ = await accepted("one"), await accepted("two"), await accepted("three")
    assert await inbox.these({second.id, first.id, "nothing"}) == [first, second]
    assert await inbox.these([]) == []


async def test_jobs_are_listed_newest_first_and_narrowed_by_state_organisation_and_batch(inbox, accepted):
    one = await accepted("one", batch="b1")
    two = await accepted("two", organisation="beta", batch="b1")
    three = await accepted("three")
    await inbox.take()

    async def listed(**narrowed: Any):
        return [job.id for job in await inbox.jobs(**narrowed)]

    assert await listed() == [three.id, two.id, one.id]
    assert await listed(limit=2) == [three.id, two.id]
    assert await listed(state=JobState.WORKING) == [one.id]
    assert await listed(organisation="beta") == [two.id]
    assert await listed(batch="b1") == [two.id, one.id]
    assert await listed(batch="b1", state=JobState.WAITING) == [two.id]


async def test_an_empty_inbox_counts_nothing_in_each_state(inbox):
    assert await inbox.counts() == dict.fromkeys(JobState, 0)
