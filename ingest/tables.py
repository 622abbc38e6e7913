"""What a table says of the files of a folder, and what in it cannot be used: by row and column, with the cure."""

import csv
import io
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from difflib import get_close_matches
from pathlib import Path, PurePosixPath
from typing import Any, get_args, get_origin

import msgspec
from msgspec import Struct

from ingest.extract.xlsx import table_rows
from ingest.names import readable
from library.errors import BadMetadata, BadRequest, ExtractionFailed, Reason, listed
from library.model import Practice, Study
from library.said import Said, read_said
from library.words import DEFAULT, Words, because, words

FILE_COLUMN = "file"
"""The column that names the file a row is about."""
TABLES = (".csv", ".xlsx")

_LIST_SIGNS = "|;"
_YES = frozenset({"yes", "true", "1", "ano", "так"})
_TYPES = {field.name: field.type for kind in (Practice, Study) for field in msgspec.structs.fields(kind)}
_FIELD = re.compile(r"[^.\[]+")


class Complaint(Struct, frozen=True):
    """One place of a table that cannot be used."""

    row: int
    """As a spreadsheet numbers it."""
    column: str
    why: Reason

    def __str__(self) -> str:
        return self.told(words(DEFAULT))

    def told(self, by: Words) -> str:
        """With the cure."""
        return by.report["row"].format(row=self.row, column=self.column, reason=by.of_reason(self.why))


class Row(Struct, frozen=True):
    number: int
    file: str
    cells: Mapping[str, str]
    """What is not empty, by the name of its column."""


class Table(Struct, frozen=True):
    """A table as far as it can be used, and all that cannot."""

    said: Mapping[str, Said]
    """By the name of the file."""
    rows: Mapping[str, int]
    """Where each file stands."""
    complaints: tuple[Complaint, ...]

    def several(self, files: Sequence[Path]) -> list[Complaint]:
        """Rows that are about more than one of these files, which must not share one description."""
        meant: dict[str, list[str]] = {}
        for path in files:
            if name := named(path, self.rows):
                meant.setdefault(name, []).append("/".join(_parts(path)[-len(PurePosixPath(name).parts) - 1 :]))
        return [
            Complaint(
                self.rows[name], FILE_COLUMN, because(FILE_COLUMN, "several-files", file=name, files=", ".join(paths))
            )
            for name, paths in meant.items()
            if len(paths) > 1
        ]


def named(path: Path, names: Collection[str]) -> str:
    """By which of these names a table means this file: with as many of its folders as are said; empty for none."""
    parts = _parts(path) if names else ()
    return next((name for start in range(len(parts)) if (name := "/".join(parts[start:])) in names), "")


def _parts(path: Path) -> tuple[str, ...]:
    return tuple(map(readable, path.parts))


def read_table(path: Path) -> Table:
    """The rows of a CSV table or of the first sheet of an XLSX workbook.

    The first row names the columns: `file`, and fields of a document; `title.en` is the English title, `place.region`
    a part of a field. Files of one name are told apart by their folders (`2023/report.pdf`). Several values of one
    field stand in one cell, separated by `|` or `;`. Raises BadMetadata where it is no table of files.
    """
    said: dict[str, Said] = {}
    rows: dict[str, int] = {}
    complaints: list[Complaint] = []
    for row in _rows(path):
        if row.file in rows:
            twice = because(FILE_COLUMN, "file-twice", file=row.file, row=rows[row.file])
            complaints.append(Complaint(row.number, FILE_COLUMN, twice))
            continue
        rows[row.file] = row.number
        said[row.file], wrong = _said(row)
        complaints += wrong or _refused(said[row.file], row)
    return Table(said, rows, tuple(complaints))


def _said(row: Row) -> tuple[Said, list[Complaint]]:
    said: Said = {}
    complaints = []
    for column, cell in row.cells.items():
        name, _, part = column.partition(".")
        try:
            value = _value(name, cell)
        except BadRequest as error:
            complaints += [Complaint(row.number, column, each) for each in error.reasons]
            continue
        if name in said and not (part and isinstance(said[name], dict)):
            complaints.append(Complaint(row.number, column, because(column, "column-twice", field=name)))
        else:
            said[name] = {**said.get(name, {}), part: value} if part else value
    return said, complaints


def _refused(said: Said, row: Row) -> list[Complaint]:
    """What the library would refuse, by the column in which it stands."""
    try:
        read_said({name: value for name, value in said.items() if name != "organisation"})
    except BadRequest as error:
        return [Complaint(row.number, _column(reason.name, row), reason) for reason in error.reasons]
    return []


def _column(field: str, row: Row) -> str:
    """The column that a field of a description came from: `place.region`, or `topics` for `topics[1]`."""
    name = _FIELD.match(field)
    return field if field in row.cells or name is None else name[0]


def _value(name: str, cell: str) -> Any:
    """Raises BadRequest with a reason."""
    kind = _TYPES.get(name, str)
    if get_origin(kind) is tuple:
        if get_args(kind)[0] is not str:
            raise _unusable(because(name, "no-cell"))
        return [item.strip() for item in _split(cell) if item.strip()]
    if int in (kind, *get_args(kind)):
        try:
            return int(cell)
        except ValueError as error:
            raise _unusable(because(name, "no-number-in-cell", cell=cell)) from error
    if kind is bool:
        return cell.lower() in _YES
    return cell


def _unusable(why: Reason) -> BadRequest:
    return BadRequest(listed([why]), reasons=(why,))


def _split(cell: str) -> list[str]:
    sign = next((sign for sign in _LIST_SIGNS if sign in cell), _LIST_SIGNS[0])
    return cell.split(sign)


# From a file to rows -------------------------------------------------------------------------------------------------


def _rows(path: Path) -> Iterator[Row]:
    numbered = _workbook(path) if path.suffix.lower() == ".xlsx" else _plain(path)
    _, heading = next(numbered, (1, {}))
    names = {place: name.strip() for place, name in heading.items()}
    if FILE_COLUMN not in names.values():
        nearest = get_close_matches(FILE_COLUMN, names.values(), n=1, cutoff=0.5)
        perhaps = f"; is it '{nearest[0]}'?" if nearest else ""
        raise BadMetadata(f"{path.name} needs a column '{FILE_COLUMN}' that names the file of each row{perhaps}")
    for number, cells in numbered:
        cells_named = {names.get(place, ""): cell.strip() for place, cell in cells.items() if cell.strip()}
        if "" in cells_named:
            raise BadMetadata(f"row {number} has more cells than there are columns; give each column a name")
        if file := cells_named.pop(FILE_COLUMN, ""):
            yield Row(number, file.replace("\\", "/").removeprefix("./"), cells_named)


def _workbook(path: Path) -> Iterator[tuple[int, Mapping[int, str]]]:
    try:
        with path.open("rb") as file:
            yield from table_rows(file)
    except OSError as error:
        raise _not_read(path, error) from error
    except ExtractionFailed as error:
        raise BadMetadata(f"{path.name} cannot be read as a workbook: {error.detail}") from error


def _plain(path: Path) -> Iterator[tuple[int, Mapping[int, str]]]:
    text = _decoded(path)
    rows: Iterator[Sequence[str]] = csv.reader(io.StringIO(text), delimiter=_delimiter(text))
    number = 0
    try:
        for number, cells in enumerate(rows, 1):
            if any(cells):
                yield number, dict(enumerate(cells))
    except csv.Error as error:
        raise BadMetadata(
            f"{path.name}, row {number + 1}: {error}; close the quotation marks there, or save the table as XLSX"
        ) from error


def _decoded(path: Path) -> str:
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise _not_read(path, error) from error
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        return raw.decode("cp1250", errors="replace")  # what Czech spreadsheets save by default


def _not_read(path: Path, error: OSError) -> BadMetadata:
    return BadMetadata(f"{path.name} cannot be read: {error.strerror}")


def _delimiter(text: str) -> str:
    heading = text.partition("\n")[0]
    return max(";,\t", key=heading.count)
