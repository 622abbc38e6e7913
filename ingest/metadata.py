"""What members say of their files: a description beside each (`report.pdf.toml`), or one table for a folder (CSV)."""

import csv
import io
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, get_args, get_origin

import msgspec

from library.errors import BadMetadata
from library.model import Practice, Study
from library.said import Said

SIDECAR = ".toml"
FILE_COLUMN = "file"
"""The column of a table that names the file a row is about."""

_LIST_SIGNS = "|;"
_TYPES = {field.name: field.type for kind in (Practice, Study) for field in msgspec.structs.fields(kind)}


def sidecar_of(path: Path) -> Path:
    """Where the description of this file would stand."""
    return path.with_name(path.name + SIDECAR)


def read_description(path: Path) -> Said:
    """The fields of a TOML file. Raises BadMetadata with the line that cannot be read."""
    try:
        return tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise BadMetadata(f"{path.name} cannot be read as TOML: {error}") from error


def read_table(path: Path) -> dict[str, Said]:
    """The rows of a CSV table by the name of the file each is about.

    The first row names the columns: `file`, and fields of a document; `title.en` is the English title, `place.region`
    a part of a field. Several values of one field stand in one cell, separated by `|` or `;`. Raises BadMetadata with
    the row and column that cannot be read.
    """
    text = _decoded(path)
    reader = csv.DictReader(io.StringIO(text), delimiter=_delimiter(text))
    columns = [column.strip() for column in reader.fieldnames or ()]
    if FILE_COLUMN not in columns:
        raise BadMetadata(f"{path.name} needs a column '{FILE_COLUMN}' that names the file of each row")
    reader.fieldnames = columns
    return {row[FILE_COLUMN].strip(): _said(row, number) for number, row in enumerate(reader, 2) if row[FILE_COLUMN]}


def _said(row: Mapping[str, str], number: int) -> Said:
    said: Said = {}
    for column, cell in row.items():
        if column is None:
            raise BadMetadata(f"row {number} has more cells than there are columns")
        if column == FILE_COLUMN or not (cell or "").strip():
            continue
        where = f"row {number}, column '{column}'"
        name, _, part = column.partition(".")
        if name in said and not (part and isinstance(said[name], dict)):
            raise BadMetadata(f"{where}: '{name}' stands in another column of this row already; keep one of them")
        value = _value(name, cell.strip(), where)
        said[name] = {**said.get(name, {}), part: value} if part else value
    return said


def _value(name: str, cell: str, where: str) -> Any:
    kind = _TYPES.get(name, str)
    if get_origin(kind) is tuple:
        if get_args(kind)[0] is not str:
            raise BadMetadata(f"{where}: this field does not fit into a cell; describe it in a file {SIDECAR} beside")
        return [item.strip() for item in _split(cell) if item.strip()]
    if int in (kind, *get_args(kind)):
        try:
            return int(cell)
        except ValueError as error:
            raise BadMetadata(f"{where}: '{cell}' is not a whole number") from error
    if kind is bool:
        return cell.lower() in ("yes", "true", "1", "ano", "так")
    return cell


def _split(cell: str) -> list[str]:
    sign = next((sign for sign in _LIST_SIGNS if sign in cell), _LIST_SIGNS[0])
    return cell.split(sign)


def _decoded(path: Path) -> str:
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise BadMetadata(f"{path.name} cannot be read: {error.strerror}") from error
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        return raw.decode("cp1250", errors="replace")  # what Czech spreadsheets save by default


def _delimiter(text: str) -> str:
    heading = text.partition("\n")[0]
    return max(";,\t", key=heading.count)
