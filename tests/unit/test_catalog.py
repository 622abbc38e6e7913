"""What the catalogue promises: every document and page as it was put."""

import asyncio
from datetime import UTC, date, datetime
from typing import Any

import msgspec
import pytest

from library.catalog import Catalog
from library.errors import Conflict, NotFound, Unavailable
from library.model import File, Place, Visibility
from library.unindexed import Unindexed
from tests.builders import a_practice, a_study, analysed_pages_of


@pytest.fixture
def catalog(database):
    return Catalog(database)


def a_file(content="one", **fields: Any):
    given = {"name": f"{content}.pdf", "sha256": content * 2, "media_type": "application/pdf", "size": 10}
    return File(**(given | fields))


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
    pages = analysed_pages_of("první", "druhá", "třetí")
    pages[1] = msgspec.structs.replace(pages[1], table=bytes(range(256)))
    await put(a_practice(), pages)
    assert await catalog.pages("p1") == pages
    assert await catalog.page("p1", 2) == pages[1]


async def test_a_page_is_found_by_the_number_that_a_reader_counts(catalog, put):
    await put(a_practice(), analysed_pages_of("první", "druhá", first=5))
    assert (await catalog.page("p1", 6)).text == "druhá"
    with pytest.raises(NotFound, match="no page 1 of a document 'p1'"):
        await catalog.page("p1", 1)


async def test_a_document_without_pages_has_none_and_neither_has_one_that_is_not_there(catalog, put):
    await put(a_practice(), [])
    assert await catalog.pages("p1") == await catalog.pages("nobody") == []


async def test_passages_are_pages_by_their_place_in_the_row(catalog, put):
    await put(a_practice(), analysed_pages_of("první", "druhá", first=5))
    await put(a_study(), analysed_pages_of("first", "second"))
    found = await catalog.passages([("p1", 1), ("s1", 0), ("p1", 2), ("nobody", 0)])
    assert {place: page.text for place, page in found.items()} == {("p1", 1): "druhá", ("s1", 0): "first"}
    assert await catalog.passages([]) == {}


async def test_more_documents_can_be_asked_for_than_a_statement_has_variables(catalog, put):
    await put(a_practice(), analysed_pages_of("první"))
    many = [f"d{number}" for number in range(40_000)]
    assert list(await catalog.documents([*many, "p1"])) == ["p1"]
    assert list(await catalog.passages([*((one, 0) for one in many), ("p1", 0)])) == [("p1", 0)]


async def test_an_odd_id_is_looked_up_as_it_is(catalog, put):
    odd = "'; DROP TABLE documents; -- \" \\ ž"
    await put(a_practice(id=odd), analysed_pages_of("první"))
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
    first = await put(a_practice(files=(a_file(),)), analysed_pages_of("první", "druhá"))
    again = await put(a_practice(files=(a_file(name="other.pdf"),), title={"cs": "Jiný"}), analysed_pages_of("jiná"))
    assert (again.version, again.added) == (1, first.added)
    assert again.changed > first.changed
    assert await catalog.document("p1") == again
    assert [page.text for page in await catalog.pages("p1")] == ["jiná"]
    assert await catalog.earlier("p1") == []


async def test_another_file_makes_the_next_version_and_what_it_was_is_kept(catalog, database, put):
    first = await put(a_practice(files=(a_file("one"),)), analysed_pages_of("první", "druhá"))
    second = await put(a_practice(files=(a_file("two"),)), analysed_pages_of("jiná"))
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
        again = await put(a_practice(files=(a_file("two"),)), analysed_pages_of("jiná"))
    assert again.version == 2
    assert len(await catalog.earlier("p1")) == 1


async def test_nobody_can_put_a_document_over_one_of_another_organisation(catalog, put):
    await put(a_practice(), analysed_pages_of("první"))
    with pytest.raises(Conflict, match="'p1' belongs to a document of another organisation"):
        await put(a_practice(organisation="beta"), [])
    assert len(await catalog.pages("p1")) == 1


async def test_a_put_that_fails_halfway_changes_nothing(catalog, put, database):
    unindexed = Unindexed(database)
    before = await put(a_practice(files=(a_file("one"),)), analysed_pages_of("první"))
    await unindexed.clear(await unindexed.oldest(1))
    broken = msgspec.structs.replace(analysed_pages_of("jiná")[0], text=None)
    with pytest.raises(Exception, match="NOT NULL"):
        await put(a_practice(files=(a_file("two"),)), [broken])
    assert await catalog.document("p1") == before
    assert [page.text for page in await catalog.pages("p1")] == ["první"]
    assert await catalog.earlier("p1") == []
    assert await unindexed.oldest(1) == []


async def test_coroutines_and_processes_that_put_at_once_do_not_disturb_each_other(catalog, put, database, beside):
    databases = [database, beside]
    jobs = [
        put(a_practice(id=f"d{number % 4}"), analysed_pages_of(*[f"{number}"] * 5), databases[number % 2])
        for number in range(16)
    ]
    await asyncio.gather(*jobs)
    assert await catalog.count() == 4
    for document_id in await catalog.ids():
        texts = [page.text for page in await catalog.pages(document_id)]
        assert texts == [texts[0]] * 5


# Revising ------------------------------------------------------------------------------------------------------------


async def test_a_revised_document_keeps_its_pages_files_and_version(catalog, put, revise):
    kept = await put(a_practice(files=(a_file(),)), analysed_pages_of("první"))
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


async def test_a_withdrawn_document_is_gone_for_all_who_read(catalog, put, revise, withdraw):
    kept = await put(a_practice(files=(a_file("one"),)), [])
    kept = await put(a_practice(files=(a_file("two"),)), analysed_pages_of("první", analysis="old"))
    await withdraw("p1", "the author asked for it")
    for gone in (catalog.document("p1"), catalog.page("p1", 1), revise(kept), withdraw("p1", "again")):
        with pytest.raises(NotFound):
            await gone
    assert await catalog.documents(["p1"]) == {}
    assert await catalog.pages("p1") == []
    assert await catalog.passages([("p1", 0)]) == {}
    assert await catalog.earlier("p1") == []
    assert await catalog.ids() == []
    assert await catalog.count() == 0
    assert await catalog.with_file(a_file("two").sha256, "alfa") is None


async def test_the_reason_stays_on_the_tombstone(database, put, withdraw):
    await put(a_practice(), [])
    await withdraw("p1", "the author asked for it")
    row = await database.row("SELECT reason, withdrawn FROM documents")
    assert row["reason"] == "the author asked for it"
    assert datetime.fromisoformat(row["withdrawn"]).tzinfo == UTC


async def test_what_is_not_there_cannot_be_withdrawn(withdraw):
    with pytest.raises(NotFound):
        await withdraw("nobody")


async def test_a_withdrawn_document_comes_back_when_it_is_put_again(catalog, put, withdraw):
    first = await put(a_practice(files=(a_file(),)), [])
    await withdraw("p1", "by mistake")
    again = await put(a_practice(files=(a_file(),)), analysed_pages_of("první"))
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
