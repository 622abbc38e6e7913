"""From a page of a PDF to its picture, and where its words stand on it."""

import ctypes
import io
from collections.abc import Iterator
from contextlib import closing

import pypdfium2
from msgspec import Struct
from pypdfium2 import raw as pdfium

from library.facsimiles import DrawnPage, Facsimile, WrittenLine, WrittenWord

WIDEST = 1_100
"""Pixels: an A4 page at 133 dpi, which most screens show sharp."""
TALLEST = 3_000
QUALITY = 55
"""Of WebP: letters stay clean; an A4 page of text has 60 to 120 kB."""
MOST_SIGNS = 30_000
"""Of a page; what is more is no text to be read."""

_WIDEST_GAP = 2
"""Heights of a letter between words of one line; behind a wider one another column begins."""
_FINE = 16
"""Steps of a point in which pdfium tells places, since it tells whole numbers."""
_FIRST_HALVES, _SECOND_HALVES = range(0xD800, 0xDC00), range(0xDC00, 0xE000)
"""Of letters that do not fit into 16 bits, in which pdfium tells them."""
_HYPHEN = "\x02"
"""What pdfium calls the hyphen of a divided word where it is asked for single letters."""


class _Sign(Struct, frozen=True):
    """One letter and its box, from the upper left corner of the page."""

    text: str
    left: float
    top: float
    right: float
    bottom: float

    @property
    def middle(self) -> float:
        return (self.top + self.bottom) / 2


def drawn(document: pypdfium2.PdfDocument, number: int) -> DrawnPage:
    with closing(document[number - 1]) as page:
        width, height = page.get_size()
        picture = _picture(page, min(WIDEST / width, TALLEST / height))
        lines = tuple(_lines(_signs(page, width, height)))
    return DrawnPage(number, picture, Facsimile(round(width, 1), round(height, 1), lines))


def _picture(page: pypdfium2.PdfPage, scale: float) -> bytes:
    written = io.BytesIO()
    with closing(page.render(scale=scale, may_draw_forms=True)) as bitmap:
        bitmap.to_pil().convert("RGB").save(written, "WEBP", quality=QUALITY, method=3)
    return written.getvalue()


def _signs(page: pypdfium2.PdfPage, width: float, height: float) -> Iterator[_Sign]:
    """Letters in the order of the text. A space, or a letter that stands nowhere, is empty."""
    with closing(page.get_textpage()) as text:
        box = pdfium.FS_RECTF()
        for place in range(min(text.count_chars(), MOST_SIGNS)):
            letter = _letter(text, place)
            found = pdfium.FPDFText_GetLooseCharBox(text, place, ctypes.byref(box))
            if not letter or letter.isspace() or not found:
                yield _Sign("", 0, 0, 0, 0)
                continue
            one = _on_paper(page, box.left, box.top, width, height)
            other = _on_paper(page, box.right, box.bottom, width, height)
            yield _Sign(letter, *map(min, one, other), *map(max, one, other))


def _letter(text: pypdfium2.PdfTextPage, place: int) -> str:
    code: int = pdfium.FPDFText_GetUnicode(text, place)
    if code in _FIRST_HALVES:
        second: int = pdfium.FPDFText_GetUnicode(text, place + 1)
        pair = code.to_bytes(2, "little") + second.to_bytes(2, "little")
        return pair.decode("utf-16-le", "ignore")
    letter = "" if code in _SECOND_HALVES else chr(code)
    return "-" if letter == _HYPHEN else letter if letter.isprintable() else ""


def _on_paper(page: pypdfium2.PdfPage, x: float, y: float, width: float, height: float) -> tuple[float, float]:
    """A place of the page's own, which may be turned and cut, in points from its upper left corner."""
    right, down = ctypes.c_int(), ctypes.c_int()
    size = (int(width * _FINE), int(height * _FINE))
    pdfium.FPDF_PageToDevice(page, 0, 0, *size, 0, x, y, ctypes.byref(right), ctypes.byref(down))
    return right.value / _FINE, down.value / _FINE


def _lines(signs: Iterator[_Sign]) -> Iterator[WrittenLine]:
    line: list[list[_Sign]] = []
    for word in _words(signs):
        if line and not _is_beside(line[-1][-1], word[0]):
            yield _line(line)
            line = []
        line.append(word)
    if line:
        yield _line(line)


def _words(signs: Iterator[_Sign]) -> Iterator[list[_Sign]]:
    word: list[_Sign] = []
    for sign in signs:
        if word and (not sign.text or not _is_beside(word[-1], sign)):
            yield word
            word = []
        if sign.text:
            word.append(sign)
    if word:
        yield word


def _is_beside(one: _Sign, other: _Sign) -> bool:
    """Left or right of it: scripts run both ways."""
    return one.top <= other.middle <= one.bottom and _gap(one, other) < _WIDEST_GAP * (one.bottom - one.top)


def _gap(one: _Sign, other: _Sign) -> float:
    return max(other.left - one.right, one.left - other.right)


def _line(words: list[list[_Sign]]) -> WrittenLine:
    top = min(sign.top for word in words for sign in word)
    bottom = max(sign.bottom for word in words for sign in word)
    return WrittenLine(round(top, 1), round(bottom - top, 1), tuple(map(_word, words)))


def _word(signs: list[_Sign]) -> WrittenWord:
    left, right = min(sign.left for sign in signs), max(sign.right for sign in signs)
    return WrittenWord("".join(sign.text for sign in signs), round(left, 1), round(right - left, 1))
