"""The text of a PDF, page by page, and what it says of itself."""

import ctypes
import io
import logging
import math
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager

import pikepdf
import pypdf
import pypdfium2
from msgspec import Struct
from pypdfium2 import raw as pdfium

from ingest.extract.clues import dated, in_language, titled, with_doi, written_by
from ingest.extract.contract import Extract, Source
from ingest.extract.pages import numbered
from ingest.extract.pdf_attached import give_attached
from ingest.extract.pdf_layout import Piece, in_reading_order, is_scrambled
from ingest.extract.pdf_pictures import Pictures, is_picture
from ingest.extract.pdf_text import has_loose_accents, joined, with_accents, with_plain_lines, without_running_heads
from ingest.extract.pictures import with_confidence
from ingest.extract.titles import LONGEST_TITLE
from library.errors import DamagedFile, EncryptedFile, NeedsMemory, NoText
from library.model import Clue

logger = logging.getLogger(__name__)

_LOCKED = "this PDF is protected by a password; remove the password, or print it as PDF, and hand that in"
_DAMAGED = "this PDF is damaged or was cut off on its way, and cannot be repaired; hand in another copy"
_NO_PAGES = "this PDF has no pages; make it anew and hand that in"
_FIRST_LETTERS = 5_000
"""Of the first page, among which its title is."""
_WORD = re.compile(r"\s*\S+\s*|\s+")
_SMALLEST_TITLE = 4
"""Letters of a line on the first page that can be a title."""
_HYPHEN = "\x02"
"""What pdfium calls the hyphen of a divided word where it is asked for single letters."""
_SAME_SIZE = 0.06
"""By how much, of a sign's height, the signs of one line may differ."""


class _Sheet(Struct, frozen=True):
    """One page as it was found."""

    text: str = ""
    confidence: float | None = None
    """How sure the text is, where it was read from the picture of the page."""
    unread: bool = False
    """True where what can be read is in a picture that could not be read, or not any more."""
    damaged: bool = False


def read_pdf(source: Source) -> Extract:
    content = source.file.read()
    document, repaired = _open(content)
    with closing(document), closing(Pictures(source)) as pictures:
        document.init_forms()
        sheets = list(_sheets(document, content, source, pictures))
        total, largest = len(document), _largest_line(document)
        with _second_look(content) as opened:
            clues = (*_clues(opened), *titled("largest font", largest))
            attached = give_attached(opened, document, source)
    texts = without_running_heads(list(joined([sheet.text for sheet in sheets])))
    pages, notes = numbered(texts, source.limits)
    if not any(page.text for page in pages):  # what is attached to it becomes documents all the same
        if attached.ran_out:  # which also tells that whoever has read it is not to read another one
            raise NeedsMemory("; ".join((_why_no_text(sheets), *attached.notes)))
        raise pictures.lacking or NoText(_why_no_text(sheets))
    return Extract(
        pages=with_confidence(pages, [sheet.confidence for sheet in sheets]),
        media_type="application/pdf",
        clues=clues,
        enclosed=attached.given,
        repaired=repaired,
        notes=(*(notes or _left_out(len(pages), total)), *_missing(sheets, pictures), *attached.notes),
        ran_out=attached.ran_out,
        waits_for=pictures.lacking.detail if pictures.lacking else "",
    )


def _open(content: bytes) -> tuple[pypdfium2.PdfDocument, bool]:
    """The document, and whether it had to be repaired."""
    try:
        return pypdfium2.PdfDocument(content), False
    except pypdfium2.PdfiumError:
        # Its error code may be that of a file before this one, so qpdf tells what is wrong.
        logger.info("pdfium cannot open the file as it is; repairing it")
    try:
        return pypdfium2.PdfDocument(_saved_anew(content)), True
    except pypdfium2.PdfiumError as error:
        raise DamagedFile(_DAMAGED) from error


def _saved_anew(content: bytes) -> bytes:
    """The file as qpdf understands it, which finds objects where the table of them is lost."""
    saved = io.BytesIO()
    try:
        with pikepdf.open(io.BytesIO(content)) as document:
            if not document.pages:
                raise NoText(_NO_PAGES)
            document.save(saved)
    except pikepdf.PasswordError as error:
        raise EncryptedFile(_LOCKED) from error
    except (pikepdf.PdfError, RuntimeError, ValueError) as error:
        raise DamagedFile(_DAMAGED) from error
    return saved.getvalue()


def _sheets(document: pypdfium2.PdfDocument, content: bytes, source: Source, pictures: Pictures) -> Iterator[_Sheet]:
    """The pages in the order of the file, until one is over a limit."""
    second_reader = _SecondReader(content)
    characters = 0
    count = min(len(document), source.limits.pages)
    for index in range(count):
        source.on_page(index + 1, count)
        sheet = _sheet(document, index, pictures)
        if has_loose_accents(sheet.text):
            sheet = _Sheet(with_accents(second_reader.text(index) or sheet.text))
        yield sheet
        characters += len(sheet.text)
        if characters > source.limits.characters:
            return


def _sheet(document: pypdfium2.PdfDocument, index: int, pictures: Pictures) -> _Sheet:
    try:
        with closing(_page(document, index)) as page, closing(page.get_textpage()) as letters:
            text = with_plain_lines(_text(letters))
            return _by_picture(page, text, pictures) if is_picture(page, text) else _Sheet(text)
    except pypdfium2.PdfiumError:
        return _Sheet(damaged=True)


def _text(letters: pypdfium2.PdfTextPage) -> str:
    """The text of a page, as it was drawn, or as it is laid out where it was not drawn as it is read."""
    places = list(_places(letters))
    if not is_scrambled(places):
        text: str = letters.get_text_range()
        return text
    pieces = (place._replace(text=letters.get_text_bounded(*place[:4])) for place in places)
    return in_reading_order(piece._replace(text=_at_line_end(piece.text)) for piece in pieces)


def _places(letters: pypdfium2.PdfTextPage) -> Iterator[Piece]:
    """Where the pieces of text on the page stand, as they were drawn."""
    sides = [ctypes.c_double() for _ in range(4)]
    left, top, right, bottom = sides
    for number in range(pdfium.FPDFText_CountRects(letters, 0, -1)):
        pdfium.FPDFText_GetRect(letters, number, *sides)
        yield Piece(left.value, bottom.value, right.value, top.value)


def _at_line_end(text: str) -> str:
    """A piece of a line, which may end with the hyphen of a divided word."""
    line = text.rstrip("\r\n")
    return f"{line[:-1]}-" if line.endswith((_HYPHEN, "\ufffe")) else line


def _by_picture(page: pypdfium2.PdfPage, text: str, pictures: Pictures) -> _Sheet:
    read = pictures.read(page)
    if read is None:
        return _Sheet(text, unread=True)
    return _Sheet(read.text, read.confidence) if read.is_text else _Sheet(text)


def _page(document: pypdfium2.PdfDocument, index: int) -> pypdfium2.PdfPage:
    """The page with what was typed into its form fields as part of its text."""
    page = document[index]
    if document.formenv is None:
        return page
    with closing(page):
        page.flatten()
    return document[index]


class _SecondReader:
    """pypdf, opened for the first page that pdfium reads badly: it is ten times slower."""

    def __init__(self, content: bytes) -> None:
        self._content = content
        self._reader: pypdf.PdfReader | None = None

    def text(self, index: int) -> str:
        """The text of a page; empty where pypdf cannot read it."""
        try:
            self._reader = self._reader or pypdf.PdfReader(io.BytesIO(self._content))
            return with_plain_lines(self._reader.pages[index].extract_text())
        except MemoryError:
            raise
        except Exception:
            logger.warning("pypdf cannot read page %d", index + 1, exc_info=True)
            return ""


@contextmanager
def _second_look(content: bytes) -> Iterator[pikepdf.Pdf | None]:
    """The file as qpdf understands it; None where it does not, as the text counts."""
    try:
        opened = pikepdf.open(io.BytesIO(content))
    except MemoryError:
        raise
    except Exception:
        logger.warning("only the text of the PDF can be read", exc_info=True)
        yield None
        return
    with opened:
        yield opened


def _clues(opened: pikepdf.Pdf | None) -> tuple[Clue, ...]:
    """What XMP, the information dictionary and the catalogue say; nothing where they are broken, as the text counts."""
    if opened is None:
        return ()
    try:
        xmp, info = opened.open_metadata(), opened.docinfo
        creators = xmp.get("dc:creator") or ()
        return (
            *titled("xmp", str(xmp.get("dc:title") or "")),
            *titled("info", str(info.get("/Title", ""))),
            *written_by("xmp", [creators] if isinstance(creators, str) else creators),
            *written_by("info", [str(info.get("/Author", ""))]),
            *dated("xmp", str(xmp.get("xmp:CreateDate") or "")),
            *dated("info", str(info.get("/CreationDate", ""))),
            *with_doi("xmp", str(xmp.get("prism:doi") or "")),
            *in_language("properties", str(opened.Root.get("/Lang", ""))),
        )
    except MemoryError:
        raise
    except Exception:
        logger.warning("what the PDF says of itself cannot be read", exc_info=True)
        return ()


def _largest_line(document: pypdfium2.PdfDocument) -> str:
    """What is set in the largest letters on the first page."""
    try:
        with closing(document[0]) as page, closing(page.get_textpage()) as letters:
            lines = list(_lines_of_one_size(letters))
    except pypdfium2.PdfiumError:
        return ""
    sizes: Counter[float] = Counter()
    for size, text in lines:
        sizes[round(size, 1)] += len(text)
    (body, _), *_ = sizes.most_common(1)
    titles = [(size, text) for size, text in lines if _can_be_title(text)]
    largest = max((size for size, _ in titles), default=0.0)
    if largest <= body * (1 + _SAME_SIZE) and sizes.total() > LONGEST_TITLE:
        return ""  # all is set alike
    return next(joined([with_accents(with_plain_lines(text)) for size, text in titles if size == largest]), "")


def _can_be_title(text: str) -> bool:
    letters = sum(map(str.isalpha, text))
    return letters >= _SMALLEST_TITLE and letters * 2 >= len("".join(text.split()))


def _lines_of_one_size(letters: pypdfium2.PdfTextPage) -> Iterator[tuple[float, str]]:
    """Stretches of the page in letters of one size, which is looked at where words begin."""
    size, line = 0.0, ""
    place = 0
    for word in _WORD.findall(_first_letters(letters)):
        own = _size(letters, place)
        if abs(own - size) > _SAME_SIZE * size and line:
            yield size, line
            line = ""
        size = size if line else own
        line += word
        place += len(word)
    yield size, line


def _first_letters(letters: pypdfium2.PdfTextPage) -> str:
    """The beginning of the page, with one letter for each number."""
    count = min(letters.count_chars(), _FIRST_LETTERS)
    text: str = letters.get_text_range(0, count)
    if len(text) != count:  # what has no letter of its own was left out
        text = "".join(chr(pdfium.FPDFText_GetUnicode(letters, number)) for number in range(count))
    return text.replace(_HYPHEN, "\ufffe")


def _size(letters: pypdfium2.PdfTextPage, number: int) -> float:
    """Of a letter, in points."""
    matrix = pdfium.FS_MATRIX()
    pdfium.FPDFText_GetMatrix(letters, number, matrix)
    return float(pdfium.FPDFText_GetFontSize(letters, number)) * math.hypot(matrix.c, matrix.d)


def _why_no_text(sheets: Sequence[_Sheet]) -> str:
    if all(sheet.damaged for sheet in sheets):
        return "all pages of this PDF are damaged; hand in another copy"
    return (
        "no text was found in this PDF, nor in the pictures of its pages; if letters can be seen on them, scan it anew"
    )


def _left_out(read: int, total: int) -> tuple[str, ...]:
    return (f"only the first {read:,} of {total:,} pages were read: more are not allowed in one file",) * (read < total)


def _missing(sheets: Sequence[_Sheet], pictures: Pictures) -> Iterator[str]:
    """Notes on the pages of which there is no text."""
    unread = sum(sheet.unread for sheet in sheets)
    if unread and pictures.lacking is not None:
        yield f"{unread:,} of {len(sheets):,} pages are pictures of text and wait: {pictures.lacking.detail}"
    elif unread:
        yield f"{unread:,} of {len(sheets):,} pages are pictures of text, and more than may be read of one file"
    damaged = sum(sheet.damaged for sheet in sheets)
    if damaged:
        yield f"{damaged:,} of {len(sheets):,} pages are damaged and could not be read"
