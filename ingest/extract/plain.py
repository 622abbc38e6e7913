"""The text of a plain text file."""

import re
from collections.abc import Iterator

from ingest.extract.charset import decode
from ingest.extract.clues import titled
from ingest.extract.contract import Extract, Source
from ingest.extract.pages import PAGE_BREAK, numbered, paginate
from library.language import clean

_LONGEST_TITLE = 120
"""Characters of a first line that can be a title."""


def read_plain(source: Source) -> Extract:
    text = decode(source.file.read())
    pages, notes = numbered(paginate(_blocks(text)), source.limits)
    title = _first_line(pages[0].text) if pages else ""
    return Extract(pages=pages, media_type="text/plain", clues=tuple(titled("first line", title, "low")), notes=notes)


def _blocks(text: str) -> Iterator[str]:
    """Lines, and the form feeds between the pages of printed texts."""
    for number, sheet in enumerate(re.sub(r"\r\n?", "\n", text).split("\f")):
        if number:
            yield PAGE_BREAK
        yield from paragraphs(sheet)


def paragraphs(sheet: str) -> Iterator[str]:
    """Paragraphs, each with the empty line after it where there is one."""
    for paragraph in re.split(r"(?<=\n)\s*\n", sheet):
        if paragraph.strip():
            yield paragraph.rstrip() + "\n"


def _first_line(text: str) -> str:
    line = clean(text).strip().partition("\n")[0]
    return line if len(line) <= _LONGEST_TITLE else ""
