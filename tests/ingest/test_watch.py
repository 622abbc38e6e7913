"""A watched folder: what comes is taken in when it has stopped changing, and moved when it has ended."""

import os

import pytest

from ingest.batch import descriptions
from ingest.watch import Watch, Watched
from ingest.worker import work_with_others
from library.jobs import JobState
from library.words import words


@pytest.fixture
def folder(tmp_path):
    made = tmp_path / "folder"
    made.mkdir()
    return made


@pytest.fixture
def watch(exchange, folder):
    return a_watch(exchange, folder)


def a_watch(exchange, folder):
    said = descriptions(None, "organisation")
    return Watch(exchange, Watched(folder, said, "alfa", "Jana", words("cs")))


async def looks(watch, exchange):
    """As often as it takes: seen, taken, read, moved."""
    await watch.look()
    await watch.look()
    await work_with_others(exchange)
    await watch.look()


def lying_in(folder):
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


async def test_a_file_that_was_read_well_is_moved_with_its_description(exchange, watch, folder):
    (folder / "sub").mkdir()
    (folder / "sub" / "a.md").write_text("# A text\n\nChildren learn at school.\n")
    (folder / "sub" / "a.md.toml").write_text('topics = ["housing"]\n')
    await looks(watch, exchange)
    assert lying_in(folder) == ["done/sub/a.md", "done/sub/a.md.toml"]
    (job,) = await exchange.inbox.jobs()
    assert (job.said, job.submitted_by) == ({"visibility": "organisation", "topics": ["housing"]}, "Jana")


async def test_a_file_is_left_alone_as_long_as_it_changes(exchange, watch, folder):
    for length in range(3):
        (folder / "a.txt").write_text("x" * length)
        await watch.look()
    assert await exchange.inbox.jobs() == []
    await watch.look()
    assert len(await exchange.inbox.jobs()) == 1


async def test_a_file_that_failed_is_moved_with_a_reason_that_says_what_helps(exchange, watch, folder):
    (folder / "a.txt").write_bytes(b"")
    await looks(watch, exchange)
    assert lying_in(folder) == ["failed/a.txt", "failed/a.txt.reason.txt"]
    reason = (folder / "failed" / "a.txt.reason.txt").read_text(encoding="utf-8")
    assert reason.startswith("Soubor je prázdný.\nCo s tím: Možná se ještě kopíroval.")
    assert "vraťte soubor do sledované složky" in reason
    assert "soubor nemá žádný obsah" in reason
    assert "empty-file" in reason


async def test_a_name_as_long_as_can_be_is_taken_and_moved_like_others(exchange, watch, folder):
    name = "a" * 251 + ".txt"
    (folder / name).write_bytes(b"")
    await looks(watch, exchange)
    assert lying_in(folder) == [f"failed/{'a' * 244}.reason.txt", f"failed/{name}"]


async def test_a_failed_file_that_is_put_back_is_tried_again_and_its_reason_goes(exchange, watch, folder):
    (folder / "a.txt").write_bytes(b"")
    await looks(watch, exchange)
    (folder / "failed" / "a.txt").rename(folder / "a.txt")
    (folder / "a.txt").write_text("Children learn at school.")
    await looks(watch, exchange)
    assert lying_in(folder) == ["done/a.txt"]


async def test_a_description_that_cannot_be_used_fails_its_file(exchange, watch, folder):
    (folder / "a.txt").write_text("Children learn at school.")
    (folder / "a.txt.toml").write_text("titel = 'x'")
    await looks(watch, exchange)
    assert lying_in(folder) == ["failed/a.txt", "failed/a.txt.reason.txt", "failed/a.txt.toml"]
    assert "titel" in (folder / "failed" / "a.txt.reason.txt").read_text(encoding="utf-8")


async def test_a_name_in_an_old_encoding_is_taken_and_moved_like_others(exchange, watch, folder):
    name = os.fsdecode("zpráva o šatníku.txt".encode("cp1250"))
    (folder / name).write_text("Rodiny si vybírají oblečení.")
    await looks(watch, exchange)
    assert lying_in(folder) == [f"done/{name}"]
    assert [job.name for job in await exchange.inbox.jobs()] == ["zpráva o šatníku.txt"]


async def test_unfinished_hidden_and_linked_files_and_lone_descriptions_are_left(exchange, watch, folder, tmp_path):
    (tmp_path / "secret.txt").write_text("secret")
    (folder / "link.txt").symlink_to(tmp_path / "secret.txt")
    left = [".hidden.txt", "a.pdf.part", "b.docx.crdownload", "~$c.docx", "d.pdf.toml"]
    for name in left:
        (folder / name).write_text("x")
    await looks(watch, exchange)
    assert lying_in(folder) == sorted([*left, "link.txt"])
    assert await exchange.inbox.jobs() == []


async def test_a_second_file_of_the_same_name_is_another_document_and_writes_nothing_over(exchange, watch, folder):
    for content in ("Children learn at school.", "Housing of workers."):
        (folder / "scan.txt").write_text(content)
        await looks(watch, exchange)
    assert lying_in(folder) == ["done/scan (2).txt", "done/scan.txt"]
    assert await exchange.catalog.count() == 2


async def test_a_watch_that_was_killed_goes_on_where_it_was(exchange, watch, folder):
    (folder / "a.txt").write_text("Children learn at school.")
    await watch.look()
    await watch.look()
    await work_with_others(exchange)
    await looks(a_watch(exchange, folder), exchange)
    assert lying_in(folder) == ["done/a.txt"]
    assert [job.state for job in await exchange.inbox.jobs()] == [JobState.DONE]


async def test_a_file_that_was_changed_after_it_was_taken_is_taken_anew(exchange, watch, folder):
    (folder / "a.txt").write_text("Children learn at school.")
    await watch.look()
    await watch.look()
    (folder / "a.txt").write_text("Children learn at home, said the second version.")
    await work_with_others(exchange)
    await watch.look()
    assert lying_in(folder) == ["a.txt"]
    await looks(watch, exchange)
    assert lying_in(folder) == ["done/a.txt"]
    assert len(await exchange.inbox.jobs()) == 2
