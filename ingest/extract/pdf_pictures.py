"""Which pages of a PDF are read by their picture, and what that gives. Decided by page: most files are mixed."""

from contextlib import closing

import pypdfium2
from msgspec import Struct
from pypdfium2 import raw as pdfium

from ingest.extract.contract import Source
from ingest.extract.legible import is_legible
from ingest.extract.ocr import Picture, Recognised, Recogniser
from ingest.extract.pictures import MOST_PIXELS
from library.errors import NeedsOcr

_DPI = 300
_POINTS = 72
"""Of an inch, the unit of a PDF page."""
_FEWEST_LETTERS = 50
"""Letters below which a page that is mostly a picture has no text of its own: a stamp, a page number."""
_LARGE = 0.3
"""Share of the page that a picture covers which may be a scan."""
_DRAWN = 200
"""Shapes on a page without a letter from which on they may be letters drawn as curves."""
_DEPTH = 3
"""Of forms inside forms on a page."""


def is_picture(page: pypdfium2.PdfPage, text: str) -> bool:
    """Whether what can be read on the page is only in its picture."""
    letters = sum(map(str.isalnum, text))
    if letters >= _FEWEST_LETTERS:
        return not is_legible(text)
    return _covered_by_pictures(page) >= _LARGE or (not letters and _shapes(page) >= _DRAWN)


class Pictures:
    """Reads the pages of one PDF by their pictures, as long as it may and as the machine can."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._recogniser = Recogniser(source.languages, source.limits)
        self._read = 0
        self.lacking: NeedsOcr | None = None
        """What kept pages from being read, where that was the machine."""

    @property
    def all_allowed_read(self) -> bool:
        return self._read >= self._source.limits.ocr_pages

    def read(self, page: pypdfium2.PdfPage) -> Recognised | None:
        """None where it cannot be read, or no more may."""
        if self.lacking is not None or self.all_allowed_read:
            return None
        self._source.on_picture()
        self._read += 1
        try:
            return self._recogniser.read(_picture(page))
        except NeedsOcr as error:
            self.lacking = error
            return None

    def close(self) -> None:
        self._recogniser.close()


def _picture(page: pypdfium2.PdfPage) -> Picture:
    width, height = page.get_size()
    most = (MOST_PIXELS / max(width * height, 1)) ** 0.5
    scale = min(_DPI / _POINTS, most)
    with closing(page.render(scale=scale, grayscale=True)) as bitmap:
        return Picture(bytes(bitmap.buffer), bitmap.width, bitmap.height, bitmap.stride, int(scale * _POINTS))


class _Box(Struct, frozen=True):
    left: float
    bottom: float
    right: float
    top: float

    @property
    def area(self) -> float:
        return max(self.right - self.left, 0) * max(self.top - self.bottom, 0)


def _covered_by_pictures(page: pypdfium2.PdfPage) -> float:
    """Share of the page. Scans may be cut into strips, so all pictures count together."""
    width, height = page.get_size()
    boxes = (_box(found) for found in page.get_objects(filter=[pdfium.FPDF_PAGEOBJ_IMAGE], max_depth=_DEPTH))
    on_page = (_Box(max(box.left, 0), max(box.bottom, 0), min(box.right, width), min(box.top, height)) for box in boxes)
    return float(sum(box.area for box in on_page) / max(width * height, 1))


def _box(found: pypdfium2.PdfObject) -> _Box:
    try:
        return _Box(*found.get_bounds())
    except pypdfium2.PdfiumError:
        return _Box(0, 0, 0, 0)


def _shapes(page: pypdfium2.PdfPage) -> int:
    return sum(1 for _ in page.get_objects(filter=[pdfium.FPDF_PAGEOBJ_PATH], max_depth=_DEPTH))
