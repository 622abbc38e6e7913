"""How the sheets of a workbook become pages: one a sheet, or several where a sheet is long."""

from collections.abc import Iterable, Iterator, Sequence

from msgspec import Struct

from ingest.extract.contract import Limits
from ingest.extract.pages import LONGEST_PAGE, numbered
from library.model import Page

MOST_CELLS = 1_000_000
"""Of a workbook. More is a database, not a document."""


class Sheet(Struct, frozen=True):
    name: str
    rows: Iterable[Sequence[str]]
    """The cells of each row that has any; read once."""


def sheet_pages(sheets: Iterable[Sheet], limits: Limits) -> tuple[tuple[Page, ...], tuple[str, ...]]:
    """The pages, each under the name of its sheet, and notes on what was left out."""
    counted = _Counted()
    pages, notes = numbered((text for sheet in sheets for text in counted.texts(sheet)), limits)
    return pages, (*notes, *counted.notes)


def hidden_sheets(hidden: int) -> tuple[str, ...]:
    """A note on sheets that nobody sees who opens the workbook, if there are any."""
    return (f"hidden sheets that were not read: {hidden:,}",) if hidden else ()


class _Counted:
    """Counts cells until there are too many."""

    def __init__(self) -> None:
        self._room = MOST_CELLS
        self.notes: tuple[str, ...] = ()

    def texts(self, sheet: Sheet) -> Iterator[str]:
        lines, length = [sheet.name], 0
        for line in self._lines(sheet):
            if length + len(line) > LONGEST_PAGE and length:
                yield "\n".join(lines)
                lines, length = [sheet.name], 0
            lines.append(line)
            length += len(line)
        if length:
            yield "\n".join(lines)

    def _lines(self, sheet: Sheet) -> Iterator[str]:
        for cells in sheet.rows:
            self._room -= len(cells)
            if self._room < 0:
                self.notes = (f"only the first {MOST_CELLS:,} cells were read: more are not allowed in one file",)
                return
            line = " | ".join(" ".join(cell.split()) for cell in cells)
            if line.strip(" |"):
                yield line
