"""A source as a small brochure in PDF: A5, running head, page numbers, outline, fonts embedded as subsets."""

from functools import cache
from io import BytesIO
from pathlib import Path
from textwrap import shorten
from typing import Any
from xml.sax.saxutils import escape

from reportlab.lib.colors import HexColor
from reportlab.lib.pagesizes import A5
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase.pdfmetrics import getFont, registerFont, registerFontFamily
from reportlab.pdfbase.ttfonts import TTFError, TTFont
from reportlab.platypus import (
    BaseDocTemplate,
    CondPageBreak,
    Flowable,
    Frame,
    ListFlowable,
    ListItem,
    PageTemplate,
    Spacer,
)
from reportlab.platypus import Paragraph as Lines
from reportlab.platypus import Table as Grid

from ingest.samples.build.source import (
    Block,
    Bullets,
    CannotBuild,
    Heading,
    NewPage,
    Numbered,
    Paragraph,
    Quotation,
    Run,
    Runs,
    Source,
    Table,
    words,
)

FONTS = Path("/usr/share/fonts/truetype/dejavu")
SERIF = {
    "DejaVuSerif": {},
    "DejaVuSerif-Bold": {"bold": 1},
    "DejaVuSerif-Italic": {"italic": 1},
    "DejaVuSerif-BoldItalic": {"bold": 1, "italic": 1},
}
SANS = "DejaVuSans-Bold"
MARGIN = 17 * mm
TEXT_HEIGHT = A5[1] - 2 * MARGIN
HEAD_LENGTH = 70
GREY = HexColor(0x666666)

BODY = ParagraphStyle("body", fontName="DejaVuSerif", fontSize=9.5, leading=14, spaceAfter=6, allowWidows=0)
CELL = ParagraphStyle("cell", BODY, fontSize=8, leading=10.5, spaceAfter=0)
QUOTATION = ParagraphStyle("quotation", BODY, leftIndent=8 * mm, rightIndent=8 * mm)
HEADINGS = {
    1: ParagraphStyle("title", BODY, fontName=SANS, fontSize=16, leading=20, spaceAfter=14),
    2: ParagraphStyle("chapter", BODY, fontName=SANS, fontSize=12, leading=15, spaceBefore=12, keepWithNext=1),
    3: ParagraphStyle("section", BODY, fontName=SANS, fontSize=10, leading=13, spaceBefore=8, keepWithNext=1),
    4: ParagraphStyle("subsection", BODY, fontName="DejaVuSerif-Bold", spaceBefore=6, keepWithNext=1),
}
GRID = [
    ("LINEBELOW", (0, 0), (-1, -1), 0.4, GREY),
    ("LINEBELOW", (0, 0), (-1, 0), 1, GREY),
    ("VALIGN", (0, 0), (-1, -1), "TOP"),
]


def pdf(source: Source) -> bytes:
    """Raises CannotBuild where the fonts are missing, or have no glyph for a letter of the source."""
    _register_fonts()
    _check_letters(source)
    made = BytesIO()
    brochure = _Brochure(
        made,
        title=source.title,
        author=source.author,
        lang=source.language or None,
        invariant=1,  # one creation date and file id for ever: two runs give the same bytes
    )
    brochure.build([flowable for block in source.blocks for flowable in _flowables(block, brochure.width)])
    return made.getvalue()


@cache
def _register_fonts() -> None:
    try:
        for name in (*SERIF, SANS):
            registerFont(TTFont(name, FONTS / f"{name}.ttf"))
    except TTFError as error:
        raise CannotBuild(
            f"the DejaVu fonts are not in {FONTS} ({error}); "
            "install your system's packages fonts-dejavu-core and fonts-dejavu-extra",
        ) from error
    registerFontFamily("DejaVuSerif", *SERIF)


def _check_letters(source: Source) -> None:
    missing = {letter for letter in source.body if ord(letter) not in getFont("DejaVuSerif").face.charToGlyph} - {"\n"}
    if missing:
        raise CannotBuild(f"{source.id}: the font has no glyph for {' '.join(sorted(missing))}")


class _Brochure(BaseDocTemplate):  # type: ignore[misc]  # reportlab has no types
    """Pages with a running head and a number; each heading in the outline."""

    def __init__(self, made: BytesIO, **about: Any) -> None:
        super().__init__(made, pagesize=A5, leftMargin=MARGIN, rightMargin=MARGIN, **about)
        frame = Frame(MARGIN, MARGIN, self.width, TEXT_HEIGHT, 0, 0, 0, 0)
        self.addPageTemplates(PageTemplate(frames=[frame], onPageEnd=self._furnish))

    def _furnish(self, canvas: Any, _: Any) -> None:
        canvas.setFont("DejaVuSerif-Italic", 7.5)
        canvas.setFillColor(GREY)
        number = canvas.getPageNumber()
        if number > 1:
            canvas.drawString(MARGIN, A5[1] - 11 * mm, _shortened(self.title))
        canvas.drawCentredString(A5[0] / 2, 9 * mm, str(number))

    def afterFlowable(self, flowable: Flowable) -> None:  # noqa: N802  # the name that reportlab calls
        if isinstance(flowable, _Title):
            key = f"{self.page}-{flowable.text}"
            self.canv.bookmarkPage(key)
            self.canv.addOutlineEntry(flowable.text, key, flowable.level - 1)


class _Title(Lines):  # type: ignore[misc]  # reportlab has no types
    """A heading that knows its level."""

    def __init__(self, heading: Heading) -> None:
        super().__init__(_inline(heading.runs), HEADINGS[heading.level])
        self.text = words(heading.runs)
        self.level = heading.level


def _shortened(title: str) -> str:
    return shorten(title, HEAD_LENGTH, placeholder=" …")


def _flowables(block: Block, width: float) -> list[Flowable]:
    match block:
        case Heading():
            return [_Title(block)]
        case Paragraph():
            return [Lines(_inline(block.runs), BODY)]
        case Quotation():
            return [Lines(_inline(block.runs), QUOTATION)]
        case Bullets():
            return [_list(block.items, bulletType="bullet", start="•"), Spacer(0, 4)]
        case Numbered():
            return [_list(block.items, bulletType="1", start=block.start, bulletFormat="%s."), Spacer(0, 4)]
        case Table():
            return [Spacer(0, 4), _grid(block, width), Spacer(0, 10)]
        case NewPage():
            return [CondPageBreak(TEXT_HEIGHT - 1)]


def _list(items: tuple[Runs, ...], **marks: Any) -> Flowable:
    return ListFlowable(
        [ListItem(Lines(_inline(item), ParagraphStyle("item", BODY, spaceAfter=3))) for item in items],
        leftIndent=18,  # room for a number of two digits
        bulletFontName="DejaVuSerif",
        bulletFontSize=9.5,
        **marks,
    )


def _grid(table: Table, width: float) -> Flowable:
    """Each column as wide as its share of the text, and never too narrow to read."""
    columns = list(zip(*([words(cell) for cell in row] for row in table.rows), strict=True))
    shares = [max(6, *map(len, column)) ** 0.6 for column in columns]
    head, *rows = [[_inline(cell) for cell in row] for row in table.rows]
    cells = [[f"<b>{cell}</b>" for cell in head], *rows]
    return Grid(
        [[Lines(cell, CELL) for cell in row] for row in cells],
        colWidths=[width * share / sum(shares) for share in shares],
        style=GRID,
        repeatRows=1,
    )


def _inline(runs: Runs) -> str:
    return "".join(map(_styled, runs))


def _styled(run: Run) -> str:
    text = escape(run.text)
    text = f"<i>{text}</i>" if run.italic else text
    return f"<b>{text}</b>" if run.bold else text
