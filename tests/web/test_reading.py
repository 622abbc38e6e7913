"""Pages of PDFs as people read them: their pictures, drawn when somebody first looks."""

from pathlib import Path

import msgspec
import pytest

from ingest.drawing import ChildDrawer
from library.model import Visibility
from tests.builders import a_practice, pages_of
from tests.web.conftest import a_kept_file, served
from tests.web.test_pages import page

CONTENT = Path("ingest/samples/files/dvojjazycny-asistent-prvni-rok.pdf").read_bytes()
TEXT = "Dvojjazyčný asistent v základní škole: první rok"


@pytest.fixture
async def reader(settings, exchange):
    """A web process that can draw, with a document of four pages."""
    file = await a_kept_file(exchange, "rok.pdf", "application/pdf", CONTENT)
    file = msgspec.structs.replace(file, pages=4)
    for name, visibility in (("drawn", Visibility.PUBLIC), ("inside", Visibility.ORGANISATION)):
        document = a_practice(id=name, organisation="beta", files=(file,), visibility=visibility)
        await exchange.add(document, pages_of(TEXT, "x", "y", "z", language="cs"))
    await exchange.catch_up()
    async with served(settings, drawer=ChildDrawer(settings)) as client:
        yield client


async def test_a_page_is_drawn_with_what_matched_marked_under_text_that_can_be_selected(reader):
    html = await page(reader, "/documents/drawn/pages/1?q=asistent&lang=cs")
    address = html.css_first(".facsimile image").attributes["href"]
    picture = await reader.get(address)
    assert (picture.status_code, picture.headers["content-type"]) == (200, "image/webp")
    assert picture.content[8:12] == b"WEBP"
    assert html.css(".facsimile rect.match")
    assert "Dvojjazyčný asistent v základní" in [line.text() for line in html.css(".facsimile text")]
    again = await reader.get(address, headers={"If-None-Match": picture.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")


async def test_a_picture_is_for_the_eyes_of_who_may_see_the_document(reader, keys):
    hidden = "/documents/inside/pages/1"
    assert (await reader.get(hidden, headers=keys["other staff"])).status_code == 200
    missing = await reader.get("/documents/never/pages/1/picture")
    for headers in ({}, keys["member"]):
        answer = await reader.get(f"{hidden}/picture", headers=headers)
        assert (answer.status_code, answer.content) == (404, missing.content)
    shown = await reader.get(f"{hidden}/picture", headers=keys["other staff"])
    assert "private" in shown.headers["cache-control"]


async def test_pictures_are_purged_with_the_last_document_that_has_the_file(reader, exchange):
    await reader.get("/documents/drawn/pages/1")
    (file,) = (await exchange.catalog.document("drawn")).files
    assert await exchange.facsimiles.picture(file.sha256, 1)
    for document in ("inside", "drawn"):
        await exchange.purge(document, "asked for")
    assert await exchange.facsimiles.picture(file.sha256, 1) is None
    assert await exchange.facsimiles.kept(file.sha256, 1) is None


async def test_where_nothing_can_be_drawn_the_text_is_read(reader, exchange):
    broken = await a_kept_file(exchange, "torn.pdf", "application/pdf", b"%PDF-1.4 torn")
    document = a_practice(id="torn", files=(msgspec.structs.replace(broken, pages=1),))
    await exchange.add(document, pages_of("Jen text.", language="cs"))
    await exchange.catch_up()
    html = await page(reader, "/documents/torn/pages/1?q=text")
    assert not html.css(".facsimile")
    assert html.css_first(".leaf mark").text() == "text"
