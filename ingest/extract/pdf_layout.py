"""In which order the pieces of a PDF page are read, where the file does not tell. Pure: nothing here opens a file.

A page is drawn piece by piece, mostly in reading order. Where the pieces keep jumping up, or where two columns were
drawn line by line across both, the page is read anew: rows of pieces from top to bottom, rows with the same white
gutter together, and in those the left column before the right.
"""

from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from statistics import median, quantiles
from typing import NamedTuple


class Piece(NamedTuple):
    """A stretch of text on one line, in points from the lower left corner of the page."""

    left: float
    bottom: float
    right: float
    top: float
    text: str = ""

    @property
    def height(self) -> float:
        return self.top - self.bottom


Span = tuple[float, float]
"""From left to right."""

_MOST_JUMPS = 0.5
"""Share of a page's lines that may begin above the line before: those of cells in a table do."""
_MOST_LEAPS = 0.1
"""Share of them that may begin far above it: columns, boxes, heads drawn last."""
_LEAP = 0.2
"""Of the height of the text on the page."""
_FEWEST_JUMPS = 4
_FEWEST_ROWS = 6
"""With a gap in the same place, which make two columns of them."""
_WIDE = 0.35
"""Share of the page's width that the wider lines on both sides of such a gap have; cells of tables are narrower."""
_SAME_PLACE = 4.0
"""Points by which the left edges of a column's lines differ."""
_NARROWEST_COLUMN = 0.15
"""Share of the page's width; what is narrower are the numbers of a list."""
_NARROWEST_GUTTER = 0.8
"""Of a line's height."""
_NEW_BAND = 2.0
"""Heights of a line that lie between what belongs together and what does not."""
_NEXT_WORD = 0.25
"""Height of a line that lies between two words."""


def is_scrambled(pieces: Sequence[Piece]) -> bool:
    """Whether the order of the pieces cannot be that of reading."""
    lines = list(_joined(pieces))
    if len(lines) < _FEWEST_ROWS:
        return False
    if median(map(_width, ([line] for line in lines))) < _NARROWEST_COLUMN * _width(lines):
        return False  # a drawing, which has no order
    leap = _LEAP * (max(line.top for line in lines) - min(line.bottom for line in lines))
    jumps = [after.bottom - before.top for before, after in pairwise(lines) if after.bottom > before.top]
    leaps = sum(jump > leap for jump in jumps)
    return (
        len(jumps) > max(_FEWEST_JUMPS, _MOST_JUMPS * len(lines))
        or leaps > max(_FEWEST_JUMPS, _MOST_LEAPS * len(lines))
        or _runs_across(lines)
    )


def in_reading_order(pieces: Iterable[Piece]) -> str:
    """The text, line by line."""
    placed = [piece for piece in pieces if piece.text.strip() and piece.height > 0]
    if not placed:
        return ""
    height = median(piece.height for piece in placed)
    narrowest = _NARROWEST_COLUMN * (max(piece.right for piece in placed) - min(piece.left for piece in placed))
    bands = _bands(list(_rows(placed)), height)
    columns = (column for band in bands for column in _columns(band, narrowest))
    return "\n".join(_line(row, height) for column in columns for row in column)


def _joined(pieces: Iterable[Piece]) -> Iterator[Piece]:
    """The pieces as they were drawn, with those joined that follow each other on a line."""
    line: Piece | None = None
    for piece in pieces:
        if line is not None and _same_row(line, piece) and -1 <= (piece.left - line.right) / line.height <= 1:
            line = Piece(line.left, min(line.bottom, piece.bottom), piece.right, max(line.top, piece.top))
        else:
            if line is not None:
                yield line
            line = piece if piece.height > 0 else None
    if line is not None:
        yield line


def _runs_across(lines: Sequence[Piece]) -> bool:
    """Whether lines of two columns were drawn by turns."""
    pairs = [(one, other) for one, other in pairwise(lines) if _same_row(one, other) and other.left > one.right]
    if len(pairs) < _FEWEST_ROWS:
        return False
    width = max(line.right for line in lines) - min(line.left for line in lines)
    edge = median(other.left for _, other in pairs)
    same = [(one, other) for one, other in pairs if abs(other.left - edge) <= _SAME_PLACE]
    if len(same) < _FEWEST_ROWS:
        return False
    sides = zip(*same, strict=True)
    return all(quantiles([line.right - line.left for line in side])[-1] >= _WIDE * width for side in sides)


def _same_row(one: Piece, other: Piece) -> bool:
    shared = min(one.top, other.top) - max(one.bottom, other.bottom)
    return shared > min(one.height, other.height) / 2


def _rows(pieces: Iterable[Piece]) -> Iterator[list[Piece]]:
    """What stands side by side, from top to bottom."""
    row: list[Piece] = []
    for piece in sorted(pieces, key=lambda piece: -(piece.top + piece.bottom)):
        if row and not _same_row(row[0], piece):
            yield row
            row = []
        row.append(piece)
    if row:
        yield row


class _Band(NamedTuple):
    rows: list[list[Piece]]
    gutters: list[Span]
    """Where no piece of any of the rows stands."""


def _bands(rows: Sequence[list[Piece]], height: float) -> Iterator[_Band]:
    """Rows that have a gutter in common, for as long as they have."""
    band: _Band | None = None
    for place, row in enumerate(rows):
        gutters = list(_free(row))
        if band is not None and band.rows[-1][0].bottom - row[0].top <= _NEW_BAND * height:
            shared = _wide_enough(_shared(band.gutters, gutters), height)
            goes_on = not _divides(band.gutters, band.rows) and not _begin_columns(
                rows[place : place + _FEWEST_ROWS], height
            )
            if _divides(shared, [*band.rows, row]) or goes_on:
                band = _Band([*band.rows, row], shared)
                continue
        if band is not None:
            yield band
        band = _Band([row], gutters)
    if band is not None:
        yield band


def _begin_columns(rows: Sequence[list[Piece]], height: float) -> bool:
    """Whether these rows have a gutter in common, as they may right below a heading that runs across it."""
    gutters = list(_free(rows[0]))
    for row in rows[1:]:
        gutters = _wide_enough(_shared(gutters, _free(row)), height)
    return len(rows) == _FEWEST_ROWS and _divides(gutters, rows)


def _wide_enough(gutters: Iterable[Span], height: float) -> list[Span]:
    return [span for span in gutters if span[1] - span[0] >= _NARROWEST_GUTTER * height]


def _free(row: Iterable[Piece]) -> Iterator[Span]:
    end = float("-inf")
    for piece in sorted(row):
        if piece.left > end:
            yield end, piece.left
        end = max(end, piece.right)
    yield end, float("inf")


def _shared(some: Iterable[Span], others: Iterable[Span]) -> Iterator[Span]:
    listed = list(others)
    for left, right in some:
        for other_left, other_right in listed:
            if min(right, other_right) > max(left, other_left):
                yield max(left, other_left), min(right, other_right)


def _divides(gutters: Iterable[Span], rows: Iterable[Iterable[Piece]]) -> bool:
    """Whether something stands on both sides of one of the gutters."""
    pieces = [piece for row in rows for piece in row]
    return any(
        any(piece.right <= left for piece in pieces) and any(piece.left >= right for piece in pieces)
        for left, right in gutters
    )


def _columns(band: _Band, narrowest: float) -> Iterator[list[list[Piece]]]:
    """The rows of each column of a band, the left one first."""
    pieces = [piece for row in band.rows for piece in row]
    edges = [float("-inf")]
    for left, right in sorted(band.gutters):
        between = [piece for piece in pieces if edges[-1] <= piece.left and piece.right <= left]
        beyond = [piece for piece in pieces if piece.left >= right]
        if min(_width(between), _width(beyond)) >= narrowest:
            edges.append(right)
    for start, end in pairwise((*edges, float("inf"))):
        column = [[piece for piece in row if start <= piece.left < end] for row in band.rows]
        yield [row for row in column if row]


def _width(pieces: Sequence[Piece]) -> float:
    return max((piece.right for piece in pieces), default=0.0) - min((piece.left for piece in pieces), default=0.0)


def _line(row: Iterable[Piece], height: float) -> str:
    line, end = "", float("-inf")
    for piece in sorted(row):
        apart = line and piece.left - end > _NEXT_WORD * height and not line.endswith(" ")
        line += f" {piece.text}" if apart else piece.text
        end = piece.right
    return line.strip()
