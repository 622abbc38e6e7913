"""What goes into an extractor, and what comes out."""

from collections import deque
from collections.abc import Callable, Iterable
from typing import BinaryIO

from msgspec import Struct

from library.model import Clue, Page, Value

_SURENESS = ("high", "medium", "low")

READERS = 2
"""The version of all readers together. Whoever makes one better raises it, and `reread` finds what that would help."""


class Limits(Value, frozen=True):
    """How much one file may cost. What is over `pages` or `characters` is left out and said in the notes."""

    seconds: int = 120
    """Wall and processor time."""
    memory_mb: int = 1024
    """Address space of the process that reads."""
    ocr_pages: int = 1_000
    """Pages whose picture is read; each begins the time anew."""
    ocr_seconds: int = 40
    """Time for reading one picture once."""
    tessdata: str = ""
    """The folder of Tesseract's language files; empty: where systems keep them."""
    pages: int = 5_000
    characters: int = 20_000_000
    file_bytes: int = 500_000_000


class Extract(Value, frozen=True):
    """What a file holds, and what it says of itself."""

    pages: tuple[Page, ...]
    media_type: str
    clues: tuple[Clue, ...] = ()
    """What it says of itself, the surest first for each thing; nothing is guessed from its language here."""
    enclosed: int = 0
    """How many files it encloses that were given away: an archive has no text of its own."""
    repaired: bool = False
    """True where the file was damaged and could be read after repair."""
    notes: tuple[str, ...] = ()
    """Sentences: a limit that was reached, pages that could not be read."""
    ran_out: bool = False
    """True where memory ran out on the way, for a file in it: whoever has read it is not to read another one."""
    waits_for: str = ""
    """What this machine lacks for the rest of the pages, and the command that brings it; empty where it lacks nothing.
    """


def best(clues: Iterable[Clue], about: str) -> str:
    """The surest value for this; empty where the file tells nothing of it."""
    told = [clue for clue in clues if clue.about == about]
    return min(told, key=lambda clue: _SURENESS.index(clue.sure)).value if told else ""


OnPage = Callable[[int, int], None]
"""Told which page comes next, from 1, and of how many."""


def nobody_looks_on(_page: int, _pages: int) -> None:
    """For a reading that nobody follows."""


OnEnclosed = Callable[[str, Iterable[bytes]], None]
"""Given each file that a file encloses (a member of an archive, an attachment): its name there, and its bytes in
pieces."""


def nobody_takes(_name: str, pieces: Iterable[bytes]) -> None:
    """For a reading of which only the text is wanted; what is damaged or too large is found all the same."""
    deque(pieces, maxlen=0)


def nothing_to_do() -> None:
    """For a reading that is not limited."""


class Source(Struct, frozen=True):
    """One file to read: opened, so that an extractor needs no path and no right to open anything."""

    file: BinaryIO
    """Seekable, at its beginning."""
    name: str
    """As its owner called it: a label, never a path."""
    limits: Limits = Limits()
    on_page: OnPage = nobody_looks_on
    """Called before each page by extractors that may take long."""
    on_enclosed: OnEnclosed = nobody_takes
    """Called for each file in it, before the answer."""
    languages: tuple[str, ...] = ()
    """That its owner said it is in, ISO 639-1."""
    on_picture: Callable[[], None] = nothing_to_do
    """Called before each picture of a page is read: that takes seconds, and the time that a file may take begins anew.
    """


Extractor = Callable[[Source], Extract]
"""Raises ExtractionFailed."""
