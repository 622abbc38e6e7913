"""What is known of files that were handed in together, and how they are kept from being read."""

import pytest

from library.batches import EVERYTHING, Batches, FailedAlike, KnownAs
from library.errors import NotFound
from library.inbox import Inbox
from library.jobs import Progress, Step, Submission


@pytest.fixture
def inbox(database):
    return Inbox(database)


@pytest.fixture
def batches(database):
    return Batches(database)


@pytest.fixture
def handed_in(accept):
    async def handed_in(batch: str, *names: str):
        given = {"size": 1, "organisation": "alfa", "said": {}, "batch": batch}
        return [(await accept(Submission(name=name, sha256=name, **given))).job for name in names]

    return handed_in


async def test_a_batch_knows_who_handed_it_in_and_when(batches):
    opened = await batches.open("alfa", "Jana")
    assert (opened.organisation, opened.submitted_by) == ("alfa", "Jana")
    assert await batches.batch(opened.id) == opened
    with pytest.raises(NotFound, match="there is no batch 'other'"):
        await batches.batch("other")


async def test_the_same_key_of_the_same_organisation_opens_the_same_batch(batches):
    first = await batches.open("alfa", "Jana", "key")
    assert await batches.open("alfa", "Eva", "key") == first
    others = [await batches.open("beta", "Jana", "key"), await batches.open("alfa", "Jana")]
    assert len({first.id, *(other.id for other in others)}) == 3


async def test_the_newest_batches_come_first_those_of_others_and_those_without_files_not_at_all(batches, handed_in):
    opened = [(await batches.open(organisation, "")).id for organisation in ("alfa", "beta", "alfa", "alfa")]
    for batch in opened[:3]:
        await handed_in(batch, f"file of {batch}")
    assert [batch.id for batch in await batches.newest("alfa", 10)] == [opened[2], opened[0]]
    assert len(await batches.newest(None, 2)) == 2


async def test_a_file_that_came_before_is_told_of_under_the_name_that_it_has_in_each_batch(
    inbox, batches, handed_in, accept
):
    first, second = [(await batches.open("alfa", "")).id for _ in range(2)]
    (kept,) = await handed_in(first, "a.pdf")
    for name in ("a.pdf", "b.pdf", "b.pdf"):
        same = Submission(name=name, sha256="a.pdf", size=1, organisation="alfa", said={}, batch=second)
        assert (await accept(same)).news == "known"
    assert [batch.id for batch in await batches.newest("alfa", 10)] == [second, first]
    tally = await batches.tally(second)
    assert (tally.files, tally.known, tally.known_as) == (0, 2, (KnownAs("b.pdf", "a.pdf", kept.id, ""),))
    await inbox.done((await inbox.take()).id)
    assert [each.document for each in (await batches.tally(second)).known_as] == [kept.document]
    assert (await batches.tally(first)).known == 0
    assert [(job.name, job.other_names) for job in await inbox.jobs()] == [("a.pdf", ("b.pdf",))]


async def test_a_file_that_failed_and_comes_again_has_the_name_under_which_it_comes(inbox, handed_in, accept):
    (failed,) = await handed_in("first", "a.pdf")
    await inbox.fail((await inbox.take()).id, "no-text", "")
    renamed = Submission(name="b.pdf", sha256="a.pdf", size=1, organisation="alfa", said={}, batch="second")
    assert (await accept(renamed)).news == "again"
    (job,) = await inbox.jobs()
    assert (job.id, job.name, job.batch, job.other_names) == (failed.id, "b.pdf", "second", ())


async def test_a_tally_puts_each_file_where_it_stands(inbox, batches, handed_in):
    batch = (await batches.open("alfa", "")).id
    await handed_in(batch, *"abcdefg")
    await handed_in("another", "z")
    for _ in range(5):
        await inbox.take()
    a, b, c, d, e, *_ = reversed(await inbox.jobs(batch=batch))
    await inbox.done(a.id)
    await inbox.fail(b.id, "no-text", "no text")
    await inbox.fail(c.id, "empty-file", "empty")
    await inbox.fail(d.id, "no-text", "no text")
    await inbox.note({e.id: Progress(Step.READING, 3, 40)})
    tally = await batches.tally(batch)
    assert (tally.waiting, tally.working, tally.indexing, tally.done, tally.failed) == (2, 1, 1, 0, 3)
    assert (tally.files, tally.ended, tally.page, tally.pages) == (7, False, 3, 40)
    assert tally.reasons == (
        FailedAlike("no-text", 2, ("b", "d"), "no text"),
        FailedAlike("empty-file", 1, ("c",), "empty"),
    )
    await inbox.note_indexed()
    assert ((await batches.tally(batch)).indexing, (await batches.tally(batch)).done) == (0, 1)


async def test_an_empty_batch_has_ended(batches):
    tally = await batches.tally((await batches.open("alfa", "")).id)
    assert (tally.files, tally.ended, tally.reasons) == (0, True, ())


async def test_a_paused_batch_waits_while_others_are_read(inbox, batches, handed_in):
    batch = (await batches.open("alfa", "")).id
    (waiting,) = await handed_in(batch, "a")
    (other,) = await handed_in("other", "b")
    await batches.pause(batch, "Jana")
    await batches.pause(batch, "Jana")
    assert (await inbox.take()).id == other.id
    await inbox.fail(other.id, "x", "x")
    assert await inbox.take() is None
    assert not await inbox.has_work()
    assert (await batches.tally(batch)).paused
    await batches.resume(batch)
    assert await inbox.has_work()
    assert (await inbox.take()).id == waiting.id


async def test_everything_can_be_paused_and_goes_on_where_it_was(inbox, batches, handed_in):
    (first, _) = await handed_in("", "a", "b")
    assert await inbox.take() is not None
    await batches.pause(EVERYTHING, "Jana")
    assert await inbox.has_work()
    await inbox.done(first.id)
    assert (await inbox.take(), await inbox.has_work()) == (None, False)
    await batches.resume(EVERYTHING)
    assert (await inbox.take()).name == "b"


async def test_what_is_no_batch_cannot_be_paused(batches):
    for change in (batches.pause("nothing", ""), batches.resume("nothing")):
        with pytest.raises(NotFound, match="nothing"):
            await change
