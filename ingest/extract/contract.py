"""What goes into an extractor, and what comes out."""

from collections.abc import Callable
from typing import BinaryIO

from msgspec import Struct

from library.model import Page, Value


class Limits(Value, frozen=True):
    """How much one file may cost. What is over `pages` or `characters` is left out and said in the notes."""

    seconds: int = 120
    """Wall and processor time."""
    memory_mb: int = 1024
    """Address space of the process that reads."""
    pages: int = 5_000
    characters: int = 20_000_000
    file_bytes: int = 500_000_000


class Extract(Value, frozen=True):
    """What a file holds, and what it says of itself."""

    pages: tuple[Page, ...]
    media_type: str
    title: str = ""
    title_from: str = ""
    """Where the title was found: `xmp`, `info`, `properties`, `head`, `heading`, `largest font` or `first line`."""
    language: str = ""
    """As declared inside the file, ISO 639-1; nothing is guessed here."""
    authors: tuple[str, ...] = ()
    repaired: bool = False
    """True where the file was damaged and could be read after repair."""
    notes: tuple[str, ...] = ()
    """Sentences: a limit that was reached, pages that need OCR."""


OnPage = Callable[[int, int], None]
"""Told which page comes next, from 1, and of how many."""


def nobody_looks_on(_page: int, _pages: int) -> None:
    """For a reading that nobody follows."""


class Source(Struct, frozen=True):
    """One file to read: opened, so that an extractor needs no path and no right to open anything."""

    file: BinaryIO
    """Seekable, at its beginning."""
    name: str
    """As its owner called it: a label, never a path."""
    limits: Limits = Limits()
    on_page: OnPage = nobody_looks_on
    """Called before each page by extractors that may take long."""


Extractor = Callable[[Source], Extract]
"""Raises ExtractionFailed."""
