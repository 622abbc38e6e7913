"""What the catalogue promises: every document and page as it was put, and which changes an index still lacks."""

import asyncio
from datetime import UTC, date, datetime
from typing import Any

import msgspec
import pytest

from library.catalog import AnalysedPage, Catalog, Pending
from library.errors import Conflict, NotFound, Unavailable
from library.model import File, Place, Visibility
from tests.builders import a_practice, a_study


@pytest.fixture
def catalog(database):
    return Catalog(database)


def a_file(content="one", **fields: Any):
    given = {"name": f"{content}.pdf", "sha256": content * 2, "media_type": "application/pdf", "size": 10}
    return File(**(given | fields))


def pages_of(*texts: str, analysis="1", first=1):
    return [
        AnalysedPage(number=number, text=text, language="cs", table=text.encode(), analysis=analysis)
        for number, text in enumerate(texts, first)
    ]


async def index_all(catalog):
    await catalog.mark_indexed(await catalog.unindexed(1_000))


async def waiting(catalog):
    return [change.id for change in await catalog.unindexed(1_000)]


# Putting and reading -------------------------------------------------------------------------------------------------


async def test_a_document_comes_out_as_it_was_put(catalog, put):
    given = a_practice(
        place=Place(region="CZ064"),
        files=(a_file(),),
        embargo_until=date(2030, 1, 1),
        visibility=Visibility.ORGANISATION,
    )
    kept = await put(given, [])
    assert await catalog.document("p1") == kept
    assert kept == msgspec.structs.replace(given, added=kept.added, changed=kept.changed)


async def test_both_kinds_come_out_as_what_they_are(catalog, put):
    practice, study = await put(a_practice(), []), await put(a_study(), [])
    assert await catalog.documents(["p1", "s1", "nobody"]) == {"p1": practice, "s1": study}


async def test_the_catalogue_says_itself_when_a_document_came_and_which_version_it_is(put):
    before = datetime.now(UTC)
    kept = await put(a_practice(added=datetime(1999, 1, 1, tzinfo=UTC), version=7), [])
    assert before <= kept.added <= datetime.now(UTC)
    assert (kept.changed, kept.version) == (kept.added, 1)


async def test_a_document_that_is_not_there_is_not_found(catalog):
    with pytest.raises(NotFound, match="there is no document 'nobody'"):
        await catalog.document("nobody")


async def test_pages_come_out_in_their_row_with_the_very_bytes_of_their_tables(catalog, put):
    pages = pages_of("první", "druhá", "třetí")
    pages[1] = msgspec.structs.replace(pages[1], table=bytes(range(256)))
    await put(a_practice(), pages)
    assert await catalog.pages("p1") == pages
    assert await catalog.page("p1", 2) == pages[1]


async def test_the_tables_of_several_documents_come_without_their_text(catalog, put):
    first, second = pages_of("první", "druhá"), pages_of("first")
    first[1] = msgspec.structs.replace(first[1], table=b"second")
    await put(a_practice(), first)
    await put(a_study(), second)
    await put(a_practice(id="gone"), pages_of("pryč"))
    await catalog.withdraw("gone", "")
    found = await catalog.tables(["s1", "gone", "p1", "nobody"])
    assert found == {"s1": [second[0].table], "gone": [], "p1": [first[0].table, b"second"], "nobody": []}


async def test_a_page_is_found_by_the_number_that_a_reader_counts(catalog, put):
    await put(a_practice(), pages_of("první", "druhá", first=5))
    assert (await catalog.page("p1", 6)).text == "druhá"
    with pytest.raises(NotFound, match="no page 1 of a document 'p1'"):
        await catalog.page("p1", 1)


async def test_a_document_without_pages_has_none_and_neither_has_one_that_is_not_there(catalog, put):
    await put(a_practice(), [])
    assert await catalog.pages("p1") == await catalog.pages("nobody") == []


async def test_passages_are_pages_by_their_place_in_the_row(catalog, put):
    await put(a_practice(), pages_of("první", "druhá", first=5))
    await put(a_study(), pages_of("first", "second"))
    found = await catalog.passages([("p1", 1), ("s1", 0), ("p1", 2), ("nobody", 0)])
    assert {place: page.text for place, page in found.items()} == {("p1", 1): "druhá", ("s1", 0): "first"}
    assert await catalog.passages([]) == {}


async def test_more_documents_can_be_asked_for_than_a_statement_has_variables(catalog, put):
    await put(a_practice(), pages_of("první"))
    many = [f"d{number}" for number in range(40_000)]
    assert list(await catalog.documents([*many, "p1"])) == ["p1"]
    assert list(await catalog.passages([*((one, 0) for one in many), ("p1", 0)])) == [("p1", 0)]


async def test_an_odd_id_is_looked_up_as_it_is(catalog, put):
    odd = "'; DROP TABLE documents; -- \" \\ ž"
    await put(a_practice(id=odd), pages_of("první"))
    assert list(await catalog.documents([odd])) == [odd]
    assert list(await catalog.passages([(odd, 0)])) == [(odd, 0)]


async def test_documents_are_listed_in_the_order_in_which_they_came_and_counted(catalog, put):
    for name in ("b", "c", "a"):
        await put(a_practice(id=name), [])
    await put(a_practice(id="b"), [])
    assert await catalog.ids() == ["b", "c", "a"]
    assert await catalog.count() == 3


async def test_a_document_that_this_library_cannot_read_is_unavailable_and_named(catalog, database, put):
    await put(a_practice(), [])
    async with database.transaction() as writing:
        await writing.execute("UPDATE documents SET document = json_set(document, '$.mood', 'good')")
    with pytest.raises(Unavailable, match=r"'p1'.*mood.*newer version"):
        await catalog.document("p1")


# Putting again -------------------------------------------------------------------------------------------------------


async def test_the_same_file_again_replaces_the_document_in_place(catalog, put):
    first = await put(a_practice(files=(a_file(),)), pages_of("první", "druhá"))
    again = await put(a_practice(files=(a_file(name="other.pdf"),), title={"cs": "Jiný"}), pages_of("jiná"))
    assert (again.version, again.added) == (1, first.added)
    assert again.changed > first.changed
    assert await catalog.document("p1") == again
    assert [page.text for page in await catalog.pages("p1")] == ["jiná"]
    assert await catalog.earlier("p1") == []


async def test_another_file_makes_the_next_version_and_what_it_was_is_kept(catalog, database, put):
    first = await put(a_practice(files=(a_file("one"),)), pages_of("první", "druhá"))
    second = await put(a_practice(files=(a_file("two"),)), pages_of("jiná"))
    third = await put(a_practice(files=(a_file("two"), a_file("three"))), [])
    assert [first.version, second.version, third.version] == [1, 2, 3]
    assert third.added == first.added
    assert await catalog.earlier("p1") == [second, first]
    kept = await database.rows("SELECT pages FROM versions ORDER BY version")
    assert msgspec.json.decode(kept[0]["pages"]) == [
        {"number": 1, "language": "cs", "text": "první"},
        {"number": 2, "language": "cs", "text": "druhá"},
    ]


async def test_a_job_that_runs_twice_makes_one_version(catalog, put):
    await put(a_practice(files=(a_file("one"),)), [])
    for _ in range(2):
        again = await put(a_practice(files=(a_file("two"),)), pages_of("jiná"))
    assert again.version == 2
    assert len(await catalog.earlier("p1")) == 1


async def test_nobody_can_put_a_document_over_one_of_another_organisation(catalog, put):
    await put(a_practice(), pages_of("první"))
    with pytest.raises(Conflict, match="'p1' belongs to a document of another organisation"):
        await put(a_practice(organisation="beta"), [])
    assert len(await catalog.pages("p1")) == 1


async def test_a_put_that_fails_halfway_changes_nothing(catalog, put):
    before = await put(a_practice(files=(a_file("one"),)), pages_of("první"))
    await index_all(catalog)
    broken = msgspec.structs.replace(pages_of("jiná")[0], text=None)
    with pytest.raises(Exception, match="NOT NULL"):
        await put(a_practice(files=(a_file("two"),)), [broken])
    assert await catalog.document("p1") == before
    assert [page.text for page in await catalog.pages("p1")] == ["první"]
    assert await catalog.earlier("p1") == []
    assert await waiting(catalog) == []


async def test_coroutines_and_processes_that_put_at_once_do_not_disturb_each_other(catalog, put, database, beside):
    databases = [database, beside]
    jobs = [
        put(a_practice(id=f"d{number % 4}"), pages_of(*[f"{number}"] * 5), databases[number % 2])
        for number in range(16)
    ]
    await asyncio.gather(*jobs)
    assert await catalog.count() == 4
    for document_id in await catalog.ids():
        texts = [page.text for page in await catalog.pages(document_id)]
        assert texts == [texts[0]] * 5


# Revising ------------------------------------------------------------------------------------------------------------


async def test_a_revised_document_keeps_its_pages_files_and_version(catalog, put, revise):
    kept = await put(a_practice(files=(a_file(),)), pages_of("první"))
    revised = await revise(msgspec.structs.replace(kept, title={"cs": "Jiný"}, files=(), version=9))
    assert await catalog.document("p1") == revised
    assert (revised.title, revised.files, revised.version, revised.added) == ({"cs": "Jiný"}, kept.files, 1, kept.added)
    assert revised.changed > kept.changed
    assert len(await catalog.pages("p1")) == 1


async def test_of_two_people_who_revise_the_same_document_the_second_is_told(catalog, put, revise):
    kept = await put(a_practice(), [])
    await revise(msgspec.structs.replace(kept, title={"cs": "První"}))
    with pytest.raises(Conflict, match="'p1' has changed in the meantime: read it again"):
        await revise(msgspec.structs.replace(kept, title={"cs": "Druhý"}))
    assert (await catalog.document("p1")).title == {"cs": "První"}


async def test_what_is_not_there_cannot_be_revised(revise):
    with pytest.raises(NotFound):
        await revise(a_practice())


# Withdrawing ---------------------------------------------------------------------------------------------------------


async def test_a_withdrawn_document_is_gone_for_all_who_read(catalog, put, revise):
    kept = await put(a_practice(files=(a_file("one"),)), [])
    kept = await put(a_practice(files=(a_file("two"),)), pages_of("první", analysis="old"))
    await catalog.withdraw("p1", "the author asked for it")
    for gone in (catalog.document("p1"), catalog.page("p1", 1), revise(kept), catalog.withdraw("p1", "again")):
        with pytest.raises(NotFound):
            await gone
    assert await catalog.documents(["p1"]) == {}
    assert await catalog.pages("p1") == []
    assert await catalog.passages([("p1", 0)]) == {}
    assert await catalog.earlier("p1") == []
    assert await catalog.ids() == []
    assert await catalog.count() == 0
    assert await catalog.with_file(a_file("two").sha256, "alfa") is None
    assert await catalog.outdated(["p1"], "new") == {}


async def test_the_reason_stays_on_the_tombstone(catalog, database, put):
    await put(a_practice(), [])
    await catalog.withdraw("p1", "the author asked for it")
    row = await database.row("SELECT reason, withdrawn FROM documents")
    assert row["reason"] == "the author asked for it"
    assert datetime.fromisoformat(row["withdrawn"]).tzinfo == UTC


async def test_what_is_not_there_cannot_be_withdrawn(catalog):
    with pytest.raises(NotFound):
        await catalog.withdraw("nobody", "")


async def test_a_withdrawn_document_comes_back_when_it_is_put_again(catalog, put):
    first = await put(a_practice(files=(a_file(),)), [])
    await catalog.withdraw("p1", "by mistake")
    again = await put(a_practice(files=(a_file(),)), pages_of("první"))
    assert (again.added, again.version) == (first.added, 1)
    assert await catalog.document("p1") == again


# Finding by file -----------------------------------------------------------------------------------------------------


async def test_a_document_is_found_by_its_file_within_its_organisation(catalog, put):
    await put(a_practice(files=(a_file("one"), a_file("two"))), [])
    assert await catalog.with_file(a_file("two").sha256, "alfa") == "p1"
    assert await catalog.with_file(a_file("two").sha256, "beta") is None
    assert await catalog.with_file("nothing", "alfa") is None


async def test_a_file_that_was_replaced_no_longer_leads_to_the_document(catalog, put):
    await put(a_practice(files=(a_file("one"),)), [])
    await put(a_practice(files=(a_file("two"),)), [])
    assert await catalog.with_file(a_file("one").sha256, "alfa") is None


async def test_of_several_documents_with_a_file_the_first_that_came_is_meant(catalog, put):
    for name in ("b", "a"):
        await put(a_practice(id=name, files=(a_file(),)), [])
    assert await catalog.with_file(a_file().sha256, "alfa") == "b"


async def test_a_document_may_have_the_same_file_under_two_names(catalog, put):
    await put(a_practice(files=(a_file(), a_file(name="copy.pdf"))), [])
    assert await catalog.with_file(a_file().sha256, "alfa") == "p1"


# What the index lacks ------------------------------------------------------------------------------------------------


async def test_every_change_waits_for_the_index_the_oldest_first(catalog, put, revise):
    for name in ("a", "b", "c", "d"):
        await put(a_practice(id=name), [])
    await put(a_practice(id="a"), [])
    await catalog.withdraw("b", "")
    await revise(await catalog.document("c"))
    pending = await catalog.unindexed(100)
    assert [(change.id, change.withdrawn) for change in pending] == [
        ("d", False),
        ("a", False),
        ("b", True),
        ("c", False),
    ]
    assert [change.id for change in await catalog.unindexed(2)] == ["d", "a"]


async def test_what_the_index_has_waits_no_longer(catalog, put):
    await put(a_practice(), [])
    await put(a_study(), [])
    await catalog.mark_indexed(await catalog.unindexed(1))
    assert await waiting(catalog) == ["s1"]
    await catalog.mark_indexed([])
    assert await waiting(catalog) == ["s1"]


async def test_what_changes_while_the_index_takes_it_in_waits_again(catalog, put):
    await put(a_practice(), [])
    taken = await catalog.unindexed(1)
    await put(a_practice(), [])
    await catalog.mark_indexed(taken)
    (change,) = await catalog.unindexed(1)
    assert change.revision > taken[0].revision
    assert change == Pending(id="p1", revision=change.revision, withdrawn=False)


async def test_the_index_hears_of_a_withdrawal_until_it_has_it(catalog, put):
    await put(a_practice(), [])
    await index_all(catalog)
    await catalog.withdraw("p1", "")
    assert await waiting(catalog) == ["p1"]
    await index_all(catalog)
    assert await waiting(catalog) == []


# Tables of another version of the analysis ---------------------------------------------------------------------------


async def test_pages_of_another_analysis_are_named_until_they_have_new_tables(catalog, put):
    await put(a_practice(), pages_of("první", "druhá", analysis="old"))
    await put(a_study(), pages_of("first", analysis="new"))
    asked = ["p1", a_study().id]
    assert [page.text for page in (await catalog.outdated(asked, "new")).values()] == ["první", "druhá"]
    await catalog.keep_tables({("p1", 1): b"table"}, "new")
    assert list(await catalog.outdated(asked, "new")) == [("p1", 0)]
    page = await catalog.page("p1", 2)
    assert (page.text, page.table, page.analysis) == ("druhá", b"table", "new")


async def test_a_page_that_was_replaced_in_the_meantime_keeps_its_own_table(catalog, put):
    await put(a_practice(), pages_of("první", analysis="old"))
    await put(a_practice(), pages_of("jiná", analysis="new"))
    await catalog.keep_tables({("p1", 0): b"of the old text"}, "new")
    assert (await catalog.page("p1", 1)).table == "jiná".encode()
