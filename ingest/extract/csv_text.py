"""The text of a table in a plain file (CSV), row by row."""

import csv
import io
from collections.abc import Iterator, Sequence
from pathlib import PurePath

from ingest.extract.charset import decode
from ingest.extract.contract import Extract, Source
from ingest.extract.sheets import Sheet, sheet_pages
from library.errors import DamagedFile

_SIGNS = ";\t,|"
"""The first is taken where two divide as well: a comma is also in numbers."""
_SAMPLE = 50
"""Lines that tell by which sign cells are divided."""
_NOT_A_TABLE = "this file is called a table, but a cell in it has no end; save it anew from the spreadsheet program"


def read_csv(source: Source) -> Extract:
    text = decode(source.file.read())
    sheets = [Sheet(PurePath(source.name).stem, _rows(text))]
    pages, notes = sheet_pages(sheets, source.limits)
    return Extract(pages=pages, media_type="text/csv", notes=notes)


def _rows(text: str) -> Iterator[Sequence[str]]:
    rows = csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline=""), delimiter=_sign(text))
    try:
        yield from (row for row in rows if row)
    except csv.Error as error:
        raise DamagedFile(_NOT_A_TABLE) from error


def _sign(text: str) -> str:
    """The sign that stands in most lines, and as often in each of them."""
    lines = [line for line in text.split("\n", _SAMPLE)[:_SAMPLE] if line.strip()]
    declared = lines[0].strip().lower().removeprefix("sep=") if lines else ""  # what Excel writes
    if len(declared) == 1 and lines[0].lower().startswith("sep="):
        return declared

    def even(sign: str) -> int:
        counts = [line.count(sign) for line in lines]
        usual = max(set(counts) - {0}, key=counts.count, default=0)
        return counts.count(usual) if usual else 0

    return max(_SIGNS, key=even)
