"""PDF: in one column and in two, with running heads, page numbers and divided words."""

import io
from collections.abc import Iterator, Sequence
from itertools import zip_longest

from reportlab.lib.pagesizes import A4
from reportlab.pdfbase.pdfmetrics import registerFont, stringWidth
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

from ingest.samples.build.brochure import FONTS
from tests.ingest.made.known import Block, Known

_FONT, _SIZE, _LEADING = "DejaVuSans", 10, 14
_WIDTH, _HEIGHT = A4
_MARGIN, _GAP = 60, 30
_SHORTEST_DIVIDED = 9


def one_column(known: Known) -> bytes:
    """In one column, with words divided at line ends."""
    canvas, saved = _canvas(known)
    for number, page in enumerate(known.pages, 1):
        _edges(canvas, known, number)
        top = _HEIGHT - 2 * _MARGIN
        for block in page:
            for line in _lines(block, _WIDTH - 2 * _MARGIN):
                canvas.setFont(_FONT, _SIZE * 2 if block.kind == "heading" else _SIZE)
                canvas.drawString(_MARGIN, top, line)
                top -= _LEADING * (2 if block.kind == "heading" else 1)
        canvas.showPage()
    canvas.save()
    return saved.getvalue()


def two_columns(known: Known) -> bytes:
    """In two columns, drawn line by line across both of them, as some programs do."""
    canvas, saved = _canvas(known)
    width = (_WIDTH - 2 * _MARGIN - _GAP) / 2
    for number, page in enumerate(known.pages, 1):
        _edges(canvas, known, number)
        canvas.setFont(_FONT, _SIZE)
        lines = [line for block in page for line in _lines(block, width)]
        half = (len(lines) + 1) // 2
        for place, (left, right) in enumerate(zip_longest(lines[:half], lines[half:], fillvalue="")):
            top = _HEIGHT - 2 * _MARGIN - place * _LEADING
            canvas.drawString(_MARGIN, top, left)
            canvas.drawString(_MARGIN + width + _GAP, top, right)
        canvas.showPage()
    canvas.save()
    return saved.getvalue()


def running_head(known: Known) -> str:
    return f"{known.author}: {known.title}"


def _canvas(known: Known) -> tuple[Canvas, io.BytesIO]:
    registerFont(TTFont(_FONT, FONTS / "DejaVuSans.ttf"))
    saved = io.BytesIO()
    canvas = Canvas(saved, pagesize=A4, invariant=True, lang=known.language)
    canvas.setTitle(known.title)
    canvas.setAuthor(known.author)
    return canvas, saved


def _edges(canvas: Canvas, known: Known, number: int) -> None:
    canvas.setFont(_FONT, _SIZE - 2)
    canvas.drawString(_MARGIN, _HEIGHT - _MARGIN, running_head(known))
    canvas.drawRightString(_WIDTH - _MARGIN, _MARGIN, str(number))


def _lines(block: Block, width: float) -> Iterator[str]:
    """The block as lines of this width, with long words divided where they meet the edge."""
    size = _SIZE * 2 if block.kind == "heading" else _SIZE
    line = ""
    for word in block.read("   ").split(" "):
        longer = f"{line} {word}" if line else word
        if stringWidth(longer, _FONT, size) <= width:
            line = longer
            continue
        half = len(word) // 2
        begun = f"{line} {word[:half]}-"
        if len(word) >= _SHORTEST_DIVIDED and word.isalpha() and stringWidth(begun, _FONT, size) <= width:
            yield begun
            line = word[half:]
        else:
            yield line
            line = word
    yield line


def bottom_up(known: Known) -> bytes:
    """In one column whose last line was drawn first."""
    canvas, saved = _canvas(known)
    for page in known.pages:
        lines = [line for block in page for line in _lines(_small(block), _WIDTH - 2 * _MARGIN)]
        canvas.setFont(_FONT, _SIZE)
        for place, line in reversed(list(enumerate(lines))):
            canvas.drawString(_MARGIN, _HEIGHT - 2 * _MARGIN - place * _LEADING, line)
        canvas.showPage()
    canvas.save()
    return saved.getvalue()


def _small(block: Block) -> Block:
    """A heading in letters of the size of all others."""
    return block._replace(kind="paragraph") if block.kind == "heading" else block


def with_table(cells: Sequence[Sequence[str]]) -> bytes:
    """One page with a table, drawn cell by cell; each word of a cell stands on a line of its own."""
    canvas, saved = _canvas(Known("cs", "Tabulka", "Eva Malá", ()))
    canvas.setFont(_FONT, _SIZE)
    top = _HEIGHT - _MARGIN
    for row in cells:
        for place, cell in enumerate(row):
            for number, word in enumerate(cell.split()):
                canvas.drawString(_MARGIN + 150 * place, top - _LEADING * number, word)
        top -= _LEADING * max(len(cell.split()) for cell in row) + _LEADING
    canvas.save()
    return saved.getvalue()


def with_form(field: str, typed: str) -> bytes:
    """One page with a field of a form and what somebody typed into it."""
    canvas, saved = _canvas(Known("cs", "Formulář", "Eva Malá", ()))
    canvas.setFont(_FONT, _SIZE)
    canvas.drawString(_MARGIN, _HEIGHT - _MARGIN, field)
    canvas.acroForm.textfield(name="field", value=typed, x=_MARGIN, y=_HEIGHT - 2 * _MARGIN, width=300)
    canvas.save()
    return saved.getvalue()
