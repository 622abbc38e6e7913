"""A folder that is harvested again: only what changed is read."""

import os

import pytest

from ingest.batch import Outcome, descriptions, files_in, hand_in
from ingest.worker import work_with_others


@pytest.fixture
def folder(tmp_path):
    made = tmp_path / "folder"
    made.mkdir()
    for name in ("a.txt", "b.txt"):
        (made / name).write_text(f"Children learn at school {name}.")
    return made


async def harvest(exchange, folder):
    """The outcomes and jobs of one harvest, after which everything is read."""
    said = descriptions(None, None)
    files = files_in([folder], None)
    news = [each async for each in hand_in(exchange, files, said, organisation="alfa", submitted_by="")]
    await work_with_others(exchange)
    return [each.ended if isinstance(each, Outcome) else "read" for each in news]


async def test_what_looks_as_before_is_not_opened(exchange, folder):
    assert await harvest(exchange, folder) == ["read", "read"]
    seen = (folder / "a.txt").stat()
    (folder / "a.txt").write_text("Children learn at school x.txt.")  # of the same length
    os.utime(folder / "a.txt", ns=(seen.st_atime_ns, seen.st_mtime_ns))
    assert await harvest(exchange, folder) == ["known", "known"]
    assert len(await exchange.inbox.jobs()) == 2


async def test_what_was_touched_is_opened_and_what_is_the_same_is_known(exchange, folder):
    await harvest(exchange, folder)
    os.utime(folder / "a.txt")
    assert await harvest(exchange, folder) == ["known", "known"]
    assert len(await exchange.inbox.jobs()) == 2


async def test_another_file_at_the_same_place_is_the_next_version_of_the_document(exchange, folder):
    await harvest(exchange, folder)
    (folder / "a.txt").write_text("Children learn at school, second edition.")
    assert await harvest(exchange, folder) == ["read", "known"]
    assert await exchange.catalog.count() == 2
    document = next(job.document for job in await exchange.inbox.jobs() if job.name == "a.txt")
    assert (await exchange.catalog.document(document)).version == 2
    (page,) = await exchange.catalog.pages(document)
    assert "second edition" in page.text


async def test_what_is_described_anew_or_was_withdrawn_is_read_again(exchange, folder):
    await harvest(exchange, folder)
    (folder / "a.txt.toml").write_text('topics = ["housing"]\n')
    assert await harvest(exchange, folder) == ["read", "known"]
    document = next(job.document for job in await exchange.inbox.jobs() if job.name == "b.txt")
    await exchange.withdraw(document, "a test")
    assert await harvest(exchange, folder) == ["known", "read"]


async def test_a_name_in_an_old_encoding_or_on_two_lines_is_readable_and_holds_up_nothing(exchange, folder):
    (folder / os.fsdecode("zpráva o šatníku.txt".encode("cp1250"))).write_text("Rodiny si vybírají oblečení.")
    (folder / "two\nlines.txt").write_text("Families choose clothes.")
    assert await harvest(exchange, folder) == ["read"] * 4
    names = ["a.txt", "b.txt", "two lines.txt", "zpráva o šatníku.txt"]
    assert sorted(job.name for job in await exchange.inbox.jobs()) == names
    assert await harvest(exchange, folder) == ["known"] * 4


async def test_many_are_handed_in_in_their_order_and_those_that_cannot_be_hold_up_no_other(exchange, folder):
    for number in range(40):
        (folder / f"c{number:02}.txt").write_text(f"Text number {number}.")
    (folder / "c05.txt.toml").write_text("topics = 5\n")
    files = files_in([folder], None)
    (folder / "c20.txt").unlink()
    said = descriptions(None, None)
    news = [each async for each in hand_in(exchange, files, said, organisation="alfa", submitted_by="")]
    assert [each.file if isinstance(each, Outcome) else each.name for each in news] == [path.name for path in files]
    assert [each.code for each in news if isinstance(each, Outcome)] == ["bad-request", "unreadable-file"]
    assert [job.name for job in reversed(await exchange.inbox.jobs())] == [
        path.name for path in files if path.name not in ("c05.txt", "c20.txt")
    ]


async def test_what_failed_is_tried_again(exchange, folder):
    (folder / "a.txt").write_bytes(b"")
    await harvest(exchange, folder)
    assert await harvest(exchange, folder) == ["read", "known"]
