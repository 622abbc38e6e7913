"""The text of pictures: scans and photographs as PNG, JPEG or TIFF, one page a picture."""

import warnings
from collections.abc import Iterator
from contextlib import closing

import msgspec
from PIL import Image, ImageOps, ImageSequence, UnidentifiedImageError

from ingest.extract.contract import Extract, Source
from ingest.extract.ocr import Picture, Recognised, Recogniser
from ingest.extract.pages import numbered
from ingest.extract.pdf_text import joined
from library.errors import DamagedFile, NoText, TooLarge
from library.model import Page

MOST_PIXELS = 25_000_000
"""An A4 page at 400 dpi has 15 million."""
_TOO_LARGE = (
    f"this picture has more than the {MOST_PIXELS // 1_000_000} million pixels allowed; scan it at 300 dpi, or save it "
    "smaller"
)
FORMATS = ("PNG", "JPEG", "TIFF")
_USUAL_DPI = 300
_DPI = range(70, 1201)
"""What can be believed: many programs write 1 or 72 into photographs."""
_DAMAGED = "this picture is damaged or was cut off on its way; scan it anew, or open it, save it and hand that in"


def read_picture(source: Source) -> Extract:
    read = list(_pages(source))
    texts = joined([page.text for page in read])
    pages, notes = numbered(texts, source.limits)
    if not any(page.text for page in pages):
        raise NoText("no text was found in this picture; if there is some, scan it anew, straight and at 300 dpi")
    return Extract(
        pages=with_confidence(pages, [page.confidence for page in read]),
        media_type=_media_type(source),
        notes=notes,
    )


def with_confidence(pages: tuple[Page, ...], confidence: list[float | None]) -> tuple[Page, ...]:
    """The pages with how sure the recognition of each was; None for those that were not recognised."""
    return tuple(msgspec.structs.replace(page, confidence=sure) for page, sure in zip(pages, confidence, strict=False))


def _pages(source: Source) -> Iterator[Recognised]:
    with closing(Recogniser(source.languages, source.limits)) as recogniser:
        for number, picture in enumerate(_pictures(source), 1):
            source.on_picture()
            read = recogniser.read(picture)
            yield read if read.is_text else Recognised("", 0.0)
            if number == min(source.limits.ocr_pages, source.limits.pages):
                return


def _pictures(source: Source) -> Iterator[Picture]:
    try:
        with _opened(source) as image:
            total = getattr(image, "n_frames", 1)
            for number, frame in enumerate(ImageSequence.Iterator(image), 1):
                source.on_page(number, total)
                yield _grey(frame)
    except Image.DecompressionBombError as error:
        raise TooLarge(_TOO_LARGE) from error
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, EOFError) as error:
        raise DamagedFile(_DAMAGED) from error


def _opened(source: Source) -> Image.Image:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", Image.DecompressionBombWarning)  # our own limit is lower, and checked
        return Image.open(source.file, formats=FORMATS)


def _grey(frame: Image.Image) -> Picture:
    if frame.width * frame.height > MOST_PIXELS:
        raise TooLarge(_TOO_LARGE)
    upright = ImageOps.exif_transpose(frame)
    if upright.has_transparency_data:  # letters on nothing are letters on paper
        upright = Image.alpha_composite(Image.new("RGBA", upright.size, "white"), upright.convert("RGBA"))
    grey = upright.convert("L")
    return Picture(grey.tobytes(), grey.width, grey.height, grey.width, _dpi(frame))


def _dpi(frame: Image.Image) -> int:
    told = frame.info.get("dpi", (0, 0))[0]
    return int(told) if int(told) in _DPI else _USUAL_DPI


def _media_type(source: Source) -> str:
    source.file.seek(0)
    with _opened(source) as image:
        return Image.MIME[str(image.format)]
