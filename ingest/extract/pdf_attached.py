"""The files that are attached to a PDF or pinned to its pages, within limits. Its text is read whatever they are."""

import logging
import zlib
from collections.abc import Iterable, Iterator
from itertools import islice

import pikepdf
import pypdfium2
from msgspec import Struct
from pikepdf.settings import set_qpdf_limits
from pypdfium2 import raw as pdfium

from ingest.extract.archive import MOST_RATIO, RATIO_FROM, Inflation
from ingest.extract.attached import (
    MOST_ATTACHED,
    attached_name,
    damaged_ones,
    left_out,
    needing_memory,
    too_large_ones,
)
from ingest.extract.contract import OnEnclosed, Source
from library.errors import DamagedFile, ExtractionFailed, NeedsMemory, TooLarge

logger = logging.getLogger(__name__)

_MOST_STORED = 100_000_000
"""Bytes of one that are taken into memory, as they are stored: the reader has the whole PDF there too."""
_MOST_AT_ONCE = 100_000_000
"""Bytes of one that are unpacked in one go, where that cannot be done piece by piece."""
_CHUNK = 1 << 20
_MOST_LOOKED_AT = 100_000
"""Names and comments that are looked through: one file may be under many."""
_KEYS = ("/UF", "/F", "/Unix", "/DOS", "/Mac")
"""Under which of a file its names stand, and its bytes; the best first (PDF 1.7, 7.11.3)."""
_UNREADABLE = (pikepdf.PikepdfError, RuntimeError, ValueError, TypeError, KeyError)
"""What pikepdf raises where an object is missing, broken, or not what it should be."""
_DAMAGED = "files that are attached to this PDF were left out: they are damaged"
_HEAVY = "files that are attached to this PDF were left out: they need more memory than allowed"


class Attached(Struct, frozen=True):
    """What became of the files attached to a PDF."""

    given: int = 0
    """How many were given away."""
    notes: tuple[str, ...] = ()
    ran_out: bool = False
    """Whether there was not memory enough for one of them."""


_Found = tuple[str, pikepdf.Object | None]
"""What a file is called by whoever names it, and what describes it, where that can be read."""


def give_attached(opened: pikepdf.Pdf | None, document: pypdfium2.PdfDocument, source: Source) -> Attached:
    """Give away each file that is attached to this PDF, or pinned to one of its pages as a comment; none where only the
    `document` could be `opened`."""
    if opened is None:
        return Attached(notes=(_DAMAGED,) * (pdfium.FPDFDoc_GetAttachmentCount(document) > 0))
    giving = _Giving(opened, source.on_enclosed)
    notes: list[str] = []
    for found in (_named(opened), _pinned(opened, source.limits.pages)):
        try:
            for key, described in islice(found, _MOST_LOOKED_AT):
                giving.give(key, described)
        except MemoryError:
            giving.ran_out = True
            notes.append(_HEAVY)
        except _UNREADABLE:
            logger.warning("what is attached to the PDF cannot be listed", exc_info=True)
            notes.append(_DAMAGED)
    return Attached(giving.given, (*giving.notes(), *notes), giving.ran_out)


def _named(opened: pikepdf.Pdf) -> Iterator[_Found]:
    """Those that the whole has, by its tree of names."""
    for names in _under(("/Names",), opened.Root):
        for tree in _under(("/EmbeddedFiles",), names):
            yield from pikepdf.NameTree(tree).items()


def _pinned(opened: pikepdf.Pdf, most: int) -> Iterator[_Found]:
    """Those in the comments on so many pages at most."""
    try:
        pages = list(islice(opened.pages, most))
    except _UNREADABLE:
        logger.warning("the comments on the pages cannot be listed", exc_info=True)
        return
    for page in pages:
        for comment in _comments(page):
            if isinstance(comment, pikepdf.Dictionary) and comment.get("/Subtype") == "/FileAttachment":
                yield "", comment.get("/FS")


def _comments(page: pikepdf.Page) -> list[object]:
    try:
        return list(islice(page.obj.get("/Annots", ()), _MOST_LOOKED_AT))
    except _UNREADABLE:
        return []


class _Giving:
    """Gives away one file after the other, each once, and knows what became of them."""

    def __init__(self, opened: pikepdf.Pdf, on_enclosed: OnEnclosed) -> None:
        self._opened = opened
        self._on_enclosed = on_enclosed
        self._inflation = Inflation()
        self._seen: set[tuple[int, int]] = set()
        self._damaged: list[str] = []
        self._too_large: list[str] = []
        self._heavy: list[str] = []
        self.given = 0
        self.ran_out = False

    def give(self, key: str, described: pikepdf.Object | None) -> None:
        name = attached_name(key, len(self._seen) + 1)
        try:
            stream = _stream(described)
            if stream.objgen in self._seen:
                return
            self._seen.add(stream.objgen)
            if len(self._seen) > MOST_ATTACHED:
                return
            name = attached_name(_name(described) or key, len(self._seen))
            if self.ran_out:  # once is enough: each time takes seconds
                self._heavy.append(name)
                return
            self._on_enclosed(name, _pieces(self._opened, stream, self._inflation))
            self.given += 1
        except TooLarge:
            self._too_large.append(name)
        except (MemoryError, NeedsMemory):
            self.ran_out = True
            self._heavy.append(name)
        except (DamagedFile, *_UNREADABLE):
            self._damaged.append(name)

    def notes(self) -> tuple[str, ...]:
        """What staff should know of those that were not given away."""
        return (
            *damaged_ones(self._damaged),
            *too_large_ones(self._too_large),
            *needing_memory(self._heavy),
            *left_out(len(self._seen)),
        )


def _name(described: pikepdf.Object | None) -> str:
    return next((str(name) for name in _under(_KEYS, described)), "")


def _stream(described: pikepdf.Object | None) -> pikepdf.Stream:
    """Where the bytes of a file are. Raises DamagedFile."""
    for kept in _under(("/EF",), described):
        for stream in _under(_KEYS, kept):
            if isinstance(stream, pikepdf.Stream):
                return stream
    raise DamagedFile(_DAMAGED)


def _under(keys: Iterable[str], described: object) -> Iterator[pikepdf.Object]:
    """What stands under those of these keys that there are."""
    if isinstance(described, pikepdf.Dictionary):
        yield from (described[key] for key in keys if key in described)


def _pieces(opened: pikepdf.Pdf, stream: pikepdf.Stream, inflation: Inflation) -> Iterator[bytes]:
    """The bytes of an attached file. Those that are packed as nearly all are inflate piece by piece; of others pikepdf
    gives all bytes at once."""
    try:
        if int(stream.stream_dict.get("/Length", 0)) > _MOST_STORED:
            raise TooLarge(_DAMAGED)
        stored = stream.read_raw_bytes()
        filters, predicted = _filters(stream), _is_predicted(stream)
    except _UNREADABLE as error:
        raise _meant(error) from error
    if not filters:
        yield from inflation.counted(_cut(stored), len(stored))
    elif filters in (["/FlateDecode"], ["/Fl"]) and not predicted:
        yield from inflation.counted(_inflated(stored), len(stored))
    else:
        size, stored = len(stored), b""
        for unpacked in inflation.counted(_unpacked(opened, stream, size), size):
            yield from _cut(unpacked)


def _filters(stream: pikepdf.Stream) -> list[str]:
    """How it is packed, the outermost way first."""
    filters = stream.stream_dict.get("/Filter")
    return [str(each) for each in filters] if isinstance(filters, pikepdf.Array) else [str(filters)] * bool(filters)


def _is_predicted(stream: pikepdf.Stream) -> bool:
    """Whether what inflates are differences from what stands before or above, as in pictures."""
    given = stream.stream_dict.get("/DecodeParms")
    all_given = list(given) if isinstance(given, pikepdf.Array) else [given]
    return any(predictor != 1 for each in all_given for predictor in _under(("/Predictor",), each))


def _unpacked(opened: pikepdf.Pdf, stream: pikepdf.Stream, stored: int) -> Iterator[bytes]:
    """All bytes of a file that has so many `stored`, whatever ways it is packed in."""
    yield b""  # whether there may be more is found out before
    most = min(_MOST_AT_ONCE, max(RATIO_FROM, MOST_RATIO * stored))
    before = set_qpdf_limits(
        flate_max_memory=most, run_length_max_memory=most, png_max_memory=most, tiff_max_memory=most
    )
    opened.get_warnings()
    try:
        unpacked = stream.read_bytes(pikepdf.StreamDecodeLevel.specialized)
    except _UNREADABLE as error:
        raise _meant(error) from error
    finally:
        set_qpdf_limits(**before)  # type: ignore[arg-type]  # as it gives them
    if opened.get_warnings():  # that it was cut off, say
        raise DamagedFile(_DAMAGED)
    yield unpacked


def _meant(error: Exception) -> ExtractionFailed:
    """What is wrong with a file, which qpdf says in words only."""
    said = str(error)
    if "memory limit" in said:
        return TooLarge(_DAMAGED)
    return NeedsMemory(_HEAVY) if "bad_alloc" in said else DamagedFile(_DAMAGED)


def _inflated(stored: bytes) -> Iterator[bytes]:
    inflating = zlib.decompressobj()
    try:
        while not inflating.eof:
            piece = inflating.decompress(stored, _CHUNK)
            stored = inflating.unconsumed_tail
            if not piece and not stored and not inflating.eof:
                raise DamagedFile(_DAMAGED)
            yield piece
    except zlib.error as error:
        raise DamagedFile(_DAMAGED) from error


def _cut(stored: bytes) -> Iterator[bytes]:
    return (stored[at : at + _CHUNK] for at in range(0, len(stored), _CHUNK))
