"""A language that was told wrong is corrected from the kept text: no file is read again."""

import pytest

from library.errors import BadRequest, NotFound
from library.exchange import open_exchange
from library.language import TokenTable
from library.model import Audience
from library.search import Filter, SearchQuery, Word
from library.settings import Settings
from tests.builders import TODAY, a_practice, pages_of

PUBLIC = Audience(today=TODAY)


@pytest.fixture
async def exchange(tmp_path):
    """One Slovak document that somebody has called Czech; there is no file of it anywhere."""
    opened = await open_exchange(Settings(data=tmp_path))
    await opened.rebuild()
    text = "Prišelcom pomáhajú kamarátky."
    await opened.add(a_practice(id="wrong", summary={}, languages=("cs",)), pages_of(text, text, language="cs"))
    await opened.catch_up()
    yield opened
    await opened.close()


async def found(exchange, word, filters):
    asked = SearchQuery(match=Word(word), expand=False, filters=filters)
    return (await exchange.index.search(asked, PUBLIC)).total


async def test_after_the_correction_a_word_is_found_in_its_right_forms(exchange):
    assert await found(exchange, "kamarátka", (Filter("language", ("sk",)),)) == 0
    await exchange.editing.say_language("wrong", "sk")
    await exchange.catch_up()
    assert await found(exchange, "kamarátka", (Filter("language", ("sk",)),)) == 1
    keys = {key for page in await exchange.catalog.pages("wrong") for key in _keys(page)}
    assert keys
    assert all(key.startswith("sk:") for key in keys)


async def test_one_page_can_be_corrected_alone(exchange):
    document = await exchange.editing.say_language("wrong", "sk", 2)
    assert document.languages == ("cs", "sk")
    assert [page.language for page in await exchange.catalog.pages("wrong")] == ["cs", "sk"]


async def test_what_cannot_be_corrected_is_said(exchange):
    with pytest.raises(BadRequest, match="languages served"):
        await exchange.editing.say_language("wrong", "xx")
    with pytest.raises(NotFound, match="no page 3"):
        await exchange.editing.say_language("wrong", "sk", 3)
    with pytest.raises(NotFound):
        await exchange.editing.say_language("nobody", "sk")


def _keys(page):
    return [key for form in TokenTable.decode(page.table).forms for key in form.lemmas]
