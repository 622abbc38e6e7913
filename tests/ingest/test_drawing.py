"""Pages of PDFs as pictures, drawn by a limited child."""

from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image

from ingest.drawing import ChildDrawer
from ingest.drawing.page import WIDEST
from library.errors import DamagedFile, ExtractionFailed
from library.settings import Settings

SAMPLE = Path("ingest/samples/files/dvojjazycny-asistent-prvni-rok.pdf")


async def drawn(path: Path, *numbers: int, **settings: int):
    return [page async for page in ChildDrawer(Settings(**settings)).draw(path, numbers)]


async def test_pages_come_in_the_order_asked_for_with_their_words_in_place():
    second, first = await drawn(SAMPLE, 2, 1)
    assert (second.number, first.number) == (2, 1)
    picture = Image.open(BytesIO(first.picture))
    assert (picture.format, picture.width) == ("WEBP", WIDEST)
    page = first.facsimile
    assert [word.text for word in page.lines[0].words] == ["Dvojjazyčný", "asistent", "v", "základní"]
    for line in page.lines:
        assert 0 <= line.y < line.y + line.height <= page.height
        assert all(0 <= word.x < word.x + word.width <= page.width for word in line.words)


async def test_a_page_that_is_not_there_is_left_out():
    assert [page.number for page in await drawn(SAMPLE, 1, 99)] == [1]


async def test_a_file_that_is_no_pdf_is_refused(tmp_path):
    (tmp_path / "no.pdf").write_bytes(b"%PDF-1.4 and nothing else")
    with pytest.raises(DamagedFile):
        await drawn(tmp_path / "no.pdf", 1)


async def test_a_page_that_needs_more_than_is_allowed_ends_the_child_and_nothing_else():
    with pytest.raises(ExtractionFailed):
        await drawn(SAMPLE, 1, read_memory_mb=64)
    assert await drawn(SAMPLE, 1)
