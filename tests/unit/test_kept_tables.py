"""Indexes are made from tables that are kept beside the texts; those of an older analysis are made anew."""

import msgspec
import pytest

from library.catalog import Catalog
from library.kept_tables import KeptTables
from tests.builders import a_practice, a_study, analysed_pages_of


@pytest.fixture
def catalog(database):
    return Catalog(database)


@pytest.fixture
def kept(database):
    return KeptTables(database)


async def test_the_tables_of_several_documents_come_without_their_text(kept, put, withdraw):
    first, second = analysed_pages_of("první", "druhá"), analysed_pages_of("first")
    first[1] = msgspec.structs.replace(first[1], table=b"second")
    await put(a_practice(), first)
    await put(a_study(), second)
    await put(a_practice(id="gone"), analysed_pages_of("pryč"))
    await withdraw("gone")
    found = await kept.of(["s1", "gone", "p1", "nobody"])
    assert found == {"s1": [second[0].table], "gone": [], "p1": [first[0].table, b"second"], "nobody": []}


async def test_pages_of_another_analysis_are_named_until_they_have_new_tables(kept, catalog, put):
    await put(a_practice(), analysed_pages_of("první", "druhá", analysis="old"))
    await put(a_study(), analysed_pages_of("first", analysis="new"))
    asked = ["p1", a_study().id]
    assert await kept.outdated(asked, "new") == {("p1", 0): ("první", "cs"), ("p1", 1): ("druhá", "cs")}
    await kept.keep({("p1", 1): b"table"}, "new")
    assert list(await kept.outdated(asked, "new")) == [("p1", 0)]
    page = await catalog.page("p1", 2)
    assert (page.text, page.table, page.analysis) == ("druhá", b"table", "new")


async def test_a_page_that_was_replaced_in_the_meantime_keeps_its_own_table(kept, catalog, put):
    await put(a_practice(), analysed_pages_of("první", analysis="old"))
    await put(a_practice(), analysed_pages_of("jiná", analysis="new"))
    await kept.keep({("p1", 0): b"of the old text"}, "new")
    assert (await catalog.page("p1", 1)).table == "jiná".encode()


async def test_those_of_a_withdrawn_document_are_not_made_anew(kept, put, withdraw):
    await put(a_practice(), analysed_pages_of("první", analysis="old"))
    await withdraw("p1")
    assert await kept.outdated(["p1"], "new") == {}
