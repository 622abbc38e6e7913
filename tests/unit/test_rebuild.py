"""The index made anew from the catalogue."""

import pytest

from library.exchange import open_exchange
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
