"""The files that are attached to a PDF, within limits. Its pages are read whatever becomes of them."""

import io
import logging
import zlib
from collections.abc import Iterator
from itertools import islice

import pikepdf
import pypdfium2
from msgspec import Struct
from pypdfium2 import raw as pdfium

from ingest.extract.archive import Inflation
from ingest.extract.attached import MOST_ATTACHED, attached_name, damaged_ones, left_out, too_large_ones
from ingest.extract.contract import OnEnclosed
from library.errors import DamagedFile, TooLarge

logger = logging.getLogger(__name__)

_MOST_STORED = 100_000_000
"""Bytes of one that are taken into memory, as they are stored: the reader has the whole PDF there too."""
_CHUNK = 1 << 20
_UNREADABLE = (pikepdf.PdfError, RuntimeError, ValueError, TypeError, KeyError)
"""What pikepdf raises where an object is missing, broken, or not what it should be."""
_DAMAGED = "files that are attached to this PDF were left out: they are damaged"


class Attached(Struct, frozen=True):
    """What became of the files attached to a PDF."""

    given: int = 0
    """How many were given away."""
    notes: tuple[str, ...] = ()


def give_attached(document: pypdfium2.PdfDocument, content: bytes, on_enclosed: OnEnclosed) -> Attached:
    """Give away each file that is attached to this PDF. Where there is none, as in most, this is one call."""
    if pdfium.FPDFDoc_GetAttachmentCount(document) <= 0:
        return Attached()
    try:
        with pikepdf.open(io.BytesIO(content)) as opened:
            return _given(opened, on_enclosed)
    except _UNREADABLE:
        logger.warning("what is attached to the PDF cannot be listed", exc_info=True)
        return Attached(notes=(_DAMAGED,))


def _given(opened: pikepdf.Pdf, on_enclosed: OnEnclosed) -> Attached:
    inflation = Inflation()
    damaged: list[str] = []
    too_large: list[str] = []
    attachments = opened.attachments  # each time it is asked for, the tree of names is read anew
    names = list(islice(attachments, MOST_ATTACHED))
    for number, key in enumerate(names, 1):
        name = attached_name(key, number)
        try:
            attached = attachments[key]
            name = attached_name(attached.filename or key, number)
            on_enclosed(name, _pieces(attached.get_file().obj, inflation))
        except TooLarge:
            too_large.append(name)
        except (DamagedFile, *_UNREADABLE):
            damaged.append(name)
    notes = (*damaged_ones(damaged), *too_large_ones(too_large), *left_out(len(attachments)))
    return Attached(len(names) - len(damaged) - len(too_large), notes)


def _pieces(stream: pikepdf.Object, inflation: Inflation) -> Iterator[bytes]:
    """The bytes of an attached file as they inflate. pikepdf itself would inflate all of them at once."""
    try:
        if int(stream.stream_dict.get("/Length", 0)) > _MOST_STORED:
            raise TooLarge(_DAMAGED)
        stored = stream.read_raw_bytes()
        packed = _is_packed(stream)
    except _UNREADABLE as error:
        raise DamagedFile(_DAMAGED) from error
    yield from inflation.counted(_inflated(stored) if packed else _cut(stored), len(stored))


def _is_packed(stream: pikepdf.Object) -> bool:
    """Whether it is deflated. Raises DamagedFile where it is packed in ways that no program chooses for such files."""
    filters = stream.stream_dict.get("/Filter")
    names = [str(each) for each in filters] if isinstance(filters, pikepdf.Array) else [str(filters)] * bool(filters)
    if names not in ([], ["/FlateDecode"], ["/Fl"]):
        raise DamagedFile(_DAMAGED)
    return bool(names)


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
