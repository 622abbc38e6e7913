"""What is read from pictures of pages, how sure it is, and what happens where nothing can read them."""

import io
from contextlib import asynccontextmanager
from pathlib import Path

import msgspec
import pypdfium2
import pytest
from PIL import Image, ImageFilter
from rapidfuzz.distance import Levenshtein
from reportlab.pdfgen.canvas import Canvas

from ingest.batch import Descriptions, hand_in
from ingest.extract import Limits, Reader, extract
from ingest.extract.contract import Source
from ingest.extract.formats import extract_opened
from ingest.extract.legible import is_legible
from ingest.worker import work_with_others
from library.errors import NeedsOcr, NoText, TooLarge
from library.exchange import open_exchange
from library.jobs import JobState
from library.model import Audience, Organisation, Role, Visibility
from library.search import EVERYTHING, Filter, SearchQuery, Word
from library.settings import Settings
from tests.builders import TODAY
from tests.ingest.scans import CZECH, ENGLISH, SCANNED, scan, scanned_pdf

BORN_DIGITAL = "This page was printed by a program and its letters are known: nothing has to be guessed from pictures."


def accuracy(read: str, truth: str) -> float:
    """Share of characters that are right, however lines are broken."""
    read, truth = " ".join(read.split()), " ".join(truth.split())
    return 1 - Levenshtein.distance(read, truth) / len(truth)


async def test_scans_in_four_languages_that_nobody_named_are_read(tmp_path: Path):
    file = scanned_pdf(tmp_path / "scan.pdf", [scan(text) for text in SCANNED.values()])
    async with Reader(Limits()) as reader:
        extracted = await reader.read(file, file.name)
    for page, (language, truth) in zip(extracted.pages, SCANNED.items(), strict=True):
        assert accuracy(page.text, truth) >= 0.97, (language, page.text)
        assert (page.confidence or 0) > 0.85, language


async def test_a_scan_that_lies_on_its_side_is_read(tmp_path: Path):
    file = tmp_path / "scan.jpg"
    scan(CZECH).rotate(90, expand=True).save(file, dpi=(300, 300))
    async with Reader(Limits()) as reader:
        (page,) = (await reader.read(file, file.name, languages=["cs"])).pages
    assert accuracy(page.text, CZECH) >= 0.97, page.text


def test_each_picture_of_a_tiff_is_a_page(tmp_path: Path):
    file = tmp_path / "fax.tif"
    first, second = scan(ENGLISH[:200]).convert("1"), scan("The second page of the fax.").convert("1")
    first.save(file, save_all=True, append_images=[second], dpi=(300, 300))
    pages = extract(file, file.name, Limits()).pages
    assert [page.number for page in pages] == [1, 2]
    assert "second page" in pages[1].text


def test_only_pages_without_text_are_read_by_their_picture(tmp_path: Path):
    pages = extract(mixed(tmp_path / "mixed.pdf"), "mixed.pdf", Limits()).pages
    assert pages[0].text == BORN_DIGITAL
    assert pages[0].confidence is None
    assert accuracy(pages[1].text, ENGLISH) >= 0.97
    assert pages[1].confidence is not None


def test_a_file_has_no_more_pictures_read_than_are_allowed(tmp_path: Path):
    file = scanned_pdf(tmp_path / "two.pdf", [scan("The first page is read."), scan("The second is not.")])
    extracted = extract(file, file.name, Limits(ocr_pages=1))
    assert [bool(page.text) for page in extracted.pages] == [True, False]
    assert "1 of 2 pages" in extracted.notes[0]


def test_a_photograph_without_text_is_said_to_have_none(tmp_path: Path):
    file = tmp_path / "wall.png"
    Image.effect_noise((400, 300), 40).filter(ImageFilter.GaussianBlur(3)).save(file)
    with pytest.raises(NoText):
        extract(file, file.name, Limits())


def test_a_picture_with_too_many_pixels_is_refused_before_it_is_unpacked(tmp_path: Path):
    file = tmp_path / "poster.png"
    Image.new("1", (20_000, 20_000)).save(file)
    with pytest.raises(TooLarge, match="more than the 25 million pixels"):
        extract(file, file.name, Limits())


@pytest.mark.parametrize(
    ("text", "legible"),
    [
        ("Vzdělávání dětí cizinců ve škole a práce s rodiči. " * 5, True),
        ("ЗАКОН УКРАЇНИ про правовий статус іноземців та осіб без громадянства " * 5, True),
        ("VZDĚLÁVÁNÍ DĚTÍ CIZINCŮ VE ŠKOLE A PRÁCE S RODIČI " * 5, True),
        ("§ 16 odst. 3 zákona č. 326/1999 Sb., PR-2019-0042, OAM-1234-5/DP-2020 Praha 4, tel. 123 " * 5, True),
        ("학교에서 배우는 아이들과 부모를 위한 통역이 필요합니다 " * 5, True),
        ("6SDWHQVWLFK I\x81U GDV QHXH *HElXGH GHU 6FKXOH LQ GHU 6WDGW 0LW GHP %DX " * 5, False),
        ("\ue001\ue002\ue003 \ue004\ue005\ue006\ue007 " * 20, False),
        ("(cid:12) \ufffd\ufffd\ufffd\ufffd\ufffd \ufffd\ufffd\ufffd " * 20, False),
    ],
)
def test_what_no_font_can_explain_is_no_text(text, legible):
    assert is_legible(text) == legible


async def test_a_poor_scan_says_so_on_its_record_and_can_be_asked_for(tmp_path: Path):
    poor = scan(ENGLISH).resize((900, 1273)).filter(ImageFilter.GaussianBlur(1.9)).resize((2480, 3507))
    file = scanned_pdf(tmp_path / "poor.pdf", [scan(ENGLISH), poor])
    async with a_library(Settings(data=tmp_path / "data")) as exchange:
        (document,) = await taken_in(exchange, file, {"languages": ["en"]})
        (kept,) = document.files
        assert kept.ocr is not None
        assert (kept.ocr.pages, kept.ocr.unsure) == (2, (2,))
        assert (await exchange.catalog.page(document.id, 1)).confidence > kept.ocr.confidence
        asked = SearchQuery(match=EVERYTHING, filters=(Filter("ocr", ("unsure",)),), facets=("ocr",))
        answer = await exchange.finding.search(asked, Audience(role=Role.ADMIN, today=TODAY))
        assert (answer.total, answer.facets["ocr"].values[0].value) == (1, "unsure")


async def test_where_a_language_file_is_missing_the_job_waits_for_it_and_names_the_command(tmp_path: Path):
    empty = tmp_path / "tessdata"
    empty.mkdir()
    file = scanned_pdf(tmp_path / "scan.pdf", [scan("A page about counselling.")])
    async with a_library(Settings(data=tmp_path / "data", tessdata=str(empty))) as exchange:
        assert not await taken_in(exchange, file, {"languages": ["en"]})
        (job,) = await exchange.inbox.jobs()
        assert (job.state, job.code) == (JobState.FAILED, "needs-ocr")
        assert "sudo apt-get install tesseract-ocr-osd tesseract-ocr-eng" in job.detail
    async with a_library(Settings(data=tmp_path / "data")) as exchange:
        assert await exchange.inbox.retry_coded("needs-ocr") == 1
        await work_with_others(exchange)
        assert await finds(exchange, "counselling")


async def test_pages_that_wait_for_a_language_file_come_into_their_document_later(tmp_path: Path):
    empty = tmp_path / "tessdata"
    empty.mkdir()
    file = mixed(tmp_path / "mixed.pdf")
    async with a_library(Settings(data=tmp_path / "data", tessdata=str(empty))) as exchange:
        assert await taken_in(exchange, file, {"languages": ["en"]})
        (job,) = await exchange.inbox.jobs()
        assert (job.state, job.code) == (JobState.DONE, "needs-ocr")
        assert await finds(exchange, "program")
        assert not await finds(exchange, "interpreter")
        before = await exchange.catalog.document(job.document)
        said = {"title": {"en": "Typed by staff"}, "visibility": Visibility.ORGANISATION}
        await exchange.editing.revise(msgspec.structs.replace(before, **said))
        await exchange.inbox.retry_coded("needs-ocr")
        await work_with_others(exchange)
        assert [each.code for each in await exchange.inbox.jobs()] == ["needs-ocr", ""]
    async with a_library(Settings(data=tmp_path / "data")) as exchange:
        assert await exchange.inbox.retry_coded("needs-ocr") == 1
        await work_with_others(exchange)
        assert await finds(exchange, "interpreter")
        assert {(each.state, each.code, each.notes) for each in await exchange.inbox.jobs()} == {
            (JobState.DONE, "", ())
        }
        kept = await exchange.catalog.document(job.document)
        assert (kept.title, kept.visibility) == ({"en": "Typed by staff"}, Visibility.ORGANISATION)


def test_no_language_file_is_asked_for_that_nobody_needs(tmp_path: Path):
    with pytest.raises(NeedsOcr, match="tesseract-ocr-osd tesseract-ocr-ces tesseract-ocr-eng`"):
        extract_in(scan("A page."), tmp_path, languages=("cs",))


def extract_in(page: Image.Image, folder: Path, languages: tuple[str, ...]) -> None:
    (folder / "tessdata").mkdir()
    picture = io.BytesIO()
    page.save(picture, format="PNG")
    picture.seek(0)
    extract_opened(Source(picture, "a.png", Limits(tessdata=str(folder / "tessdata")), languages=languages))


def mixed(path: Path) -> Path:
    """A page of letters, and a scanned one."""
    canvas = Canvas(str(path), pagesize=(595, 842), invariant=True)
    canvas.setFont("Helvetica", 9)
    canvas.drawString(72, 720, BORN_DIGITAL)
    canvas.showPage()
    canvas.drawInlineImage(scan(ENGLISH), 0, 0, 595, 842)
    canvas.showPage()
    canvas.save()
    assert len(pypdfium2.PdfDocument(path)) == 2
    return path


@asynccontextmanager
async def a_library(settings):
    """An exchange with one organisation."""
    exchange = await open_exchange(settings)
    try:
        if not await exchange.accounts.organisations():
            await exchange.accounts.add_organisation(Organisation(id="alfa", name="Alfa"))
        yield exchange
    finally:
        await exchange.close()


async def taken_in(exchange, file, said):
    async for _ in hand_in(exchange, [file], Descriptions(said, {}), organisation="alfa", submitted_by="tests"):
        pass
    await work_with_others(exchange)
    return list((await exchange.catalog.documents(await exchange.catalog.ids())).values())


async def finds(exchange, word):
    answer = await exchange.finding.search(SearchQuery(match=Word(word)), Audience(role=Role.ADMIN, today=TODAY))
    return answer.total
