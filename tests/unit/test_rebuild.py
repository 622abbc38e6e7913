"""The index made anew from the catalogue."""

import pytest

from library import filling
from library.catalog import AnalysedPage
from library.cataloging import put
from library.exchange import open_exchange
from library.filling import in_shares
from library.language.token_table import EMPTY_TABLE
from library.model import Organisation, Page
from library.search import SearchQuery, Word
from library.settings import Settings
from tests.builders import a_practice, an_admin


@pytest.fixture
async def exchange(tmp_path):
    opened = await open_exchange(Settings(data=tmp_path))
    await opened.accounts.add_organisation(Organisation(id="org", name="Org"))
    yield opened
    await opened.close()


async def test_what_was_never_indexed_is_written_once(exchange):
    for number in range(3):
        await exchange.add(a_practice(id=f"p{number}"), [Page(number=1, text="děti ve škole", language="cs")])
    assert await exchange.rebuild() == 3
    # The first commit of a new index is the only one.
    assert (await exchange.index.generation()).endswith(".1")
    assert (await exchange.index.search(SearchQuery(match=Word("škola")), an_admin())).total == 3
    assert await exchange.catch_up() == 0


async def test_more_than_one_commit_takes_goes_in_by_several_and_all_is_found(exchange, monkeypatch):
    monkeypatch.setattr("library.indexing.CATCH_UP_BYTES", 1)
    await exchange.rebuild()
    for number in range(3):
        await exchange.add(a_practice(id=f"p{number}"), [Page(number=1, text="děti ve škole", language="cs")])
    assert await exchange.catch_up() == 3
    assert (await exchange.index.generation()).endswith(".4")
    assert (await exchange.index.search(SearchQuery(match=Word("škola")), an_admin())).total == 3


async def test_documents_in_shares_stay_in_their_order_and_none_is_lost(exchange, monkeypatch):
    names = [f"p{number}" for number in range(7)]
    for name in names:
        await exchange.add(a_practice(id=name), [Page(number=1, text="děti ve škole " * len(names), language="cs")])
    database = exchange.settings.database
    assert len(await in_shares(names, exchange._kept, database, 3)) == 1  # few
    monkeypatch.setattr(filling, "SMALLEST_SHARE", 1)
    shares = await in_shares(names, exchange._kept, database, 3)
    read = [[entry.document.id async for batch in share() for entry in batch] for share in shares]
    assert [len(share) for share in read] == [2, 2, 3]
    assert [name for share in read for name in share] == names
    assert len(await in_shares([], exchange._kept, database, 3)) == 1


async def test_pages_of_another_analysis_are_analysed_anew_on_the_way(exchange):
    document = a_practice(id="p1")
    old = AnalysedPage(number=1, text="děti ve škole", language="cs", table=EMPTY_TABLE.encode(), analysis="old")
    await exchange._database.write(lambda writing: put(writing, document, [old]))
    told = []
    await exchange.rebuild(lambda done, of: told.append((done, of)))
    assert told == [(1, 1)]
    assert (await exchange.catalog.page("p1", 1)).analysis == exchange.analyzer.version
    assert (await exchange.index.search(SearchQuery(match=Word("škola")), an_admin())).total == 1
