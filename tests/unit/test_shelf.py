"""What hits are shown from is read once, until it changes."""

import asyncio

import msgspec
import pytest

from library.catalog import AnalysedPage, Catalog
from library.language import shared_analyzer
from library.model import File
from library.search import Hit, Passage
from library.shelf import DOCUMENT_BYTES, FRAGMENT_BYTES, Shelf
from tests.builders import a_practice

FILE = File(name="text.txt", sha256="0" * 64, media_type="text/plain", size=1)
TEXT = "Děti ve škole."
HIT = Hit("p1", 1.0, (Passage("text", 0, (0,)),))


@pytest.fixture
async def catalog(database):
    return Catalog(database)


def page(text=TEXT):
    analyzer = shared_analyzer()
    table = analyzer.table(text, "cs").encode()
    return AnalysedPage(number=1, text=text, language="cs", table=table, analysis=analyzer.version)


async def test_a_document_is_read_once_with_the_pages_that_are_shown(catalog, put):
    await put(a_practice(files=(FILE,)), [page()])
    shelf = Shelf(catalog, 1 << 20)
    first = (await shelf.take([HIT]))["p1"]
    again = (await shelf.take([HIT]))["p1"]
    assert again is first
    fragment = again.fragment(0, (0,))
    assert fragment is not None
    assert fragment.text == TEXT
    assert again.fragment(0, (0,)) is fragment, "cut once"
    assert again.fragment(1, (0,)) is None, "a page that it does not have"


async def test_after_a_change_it_is_read_anew(catalog, put, revise, withdraw):
    added = await put(a_practice(files=(FILE,)), [page()])
    shelf = Shelf(catalog, 1 << 20)
    await shelf.take([HIT])
    await revise(msgspec.structs.replace(added, title={"cs": "Jinak"}))
    assert (await shelf.take([HIT]))["p1"].document.title == {"cs": "Jinak"}
    await withdraw("p1", "it was a mistake")
    assert await shelf.take([HIT]) == {}


async def test_what_has_not_changed_is_not_read_anew(catalog, put):
    await put(a_practice(files=(FILE,)), [page()])
    shelf = Shelf(catalog, 1 << 20)
    first = (await shelf.take([HIT]))["p1"]
    await put(a_practice(id="p2", files=(FILE,)), [page()])
    assert (await shelf.take([HIT]))["p1"] is first
    assert shelf.used == first.nbytes


async def test_what_changes_while_it_is_being_read_is_not_kept(catalog, put, revise):
    added = await put(a_practice(files=(FILE,)), [page()])
    shelf = Shelf(catalog, 1 << 20)
    for title in ("Jednou", "Podruhé"):
        added = msgspec.structs.replace(added, title={"cs": title})
        *_, added = await asyncio.gather(*(shelf.take([HIT]) for _ in range(5)), revise(added))
        assert (await shelf.take([HIT]))["p1"].document.title == {"cs": title}


async def test_it_keeps_no_more_than_it_has_room_for(catalog, put):
    for number in range(5):
        await put(a_practice(id=f"p{number}", files=(FILE,)), [page()])
    shelf = Shelf(catalog, 3 * DOCUMENT_BYTES)
    for number in range(5):
        taken = await shelf.take([Hit(f"p{number}", 1.0, (Passage("text", 0, (0,)),))])
        assert taken[f"p{number}"].has_page(0)
        assert 0 < shelf.used <= 3 * DOCUMENT_BYTES


async def test_of_fragments_too(catalog, put):
    await put(a_practice(files=(FILE,)), [page("slovo " * 100)])
    shelf = Shelf(catalog, 1 << 20)
    taken = (await shelf.take([HIT]))["p1"]
    for token in range(100):
        assert taken.fragment(0, (token,)) is not None
    await shelf.take([HIT])
    assert shelf.used == taken.nbytes < DOCUMENT_BYTES + 100 * FRAGMENT_BYTES
