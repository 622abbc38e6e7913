"""The text of an Excel workbook (.xlsx), sheet by sheet: the values that Excel showed last."""

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from itertools import chain
from typing import BinaryIO

from lxml.etree import _Element as Element
from msgspec import Struct

from ingest.extract.archive import Archive, attribute, child, kind_of, number_in
from ingest.extract.contract import Extract, Source
from ingest.extract.drawingml import drawn, drawn_beside
from ingest.extract.ooxml import main_part, property_clues, related, related_by_id, relation_id, unescaped
from ingest.extract.sheets import Sheet, hidden_sheets, sheet_pages
from library.errors import DamagedFile

_MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_NO_SHEETS = "this workbook has no sheets; open it in Excel, save it anew and hand that in"
_BUILT_IN_DATES = {*range(14, 18), 22}
_BUILT_IN_TIMES = {*range(18, 22), 45, 47}
_BUILT_IN_DURATIONS = {46}
_BUILT_IN_PERCENT = {9, 10}
"""ECMA-376, part 1, 18.8.30: numbers of formats that no file spells out."""
_QUOTED = re.compile(r'"[^"]*"|\\.|\[[^\]]*\]|_.')
_COUNTS_UP = re.compile(r"\[(?:h+|m+|s+)\]")
"""In formats of durations, which may be longer than a day."""
_COLUMN = re.compile(r"[A-Z]{1,3}")
_WIDEST_GAP = 8
"""Empty cells between two that are shown."""
_DAY_ONE, _DAY_ONE_1904 = datetime(1899, 12, 30), datetime(1904, 1, 1)  # noqa: DTZ001  # days, nowhere in particular
_LAST_DAY = 2_950_000
"""In the years 9976 and 9980: nobody means a later one."""
_PRECISION = 12
_LONGEST_NUMBER = 1e15
"""From which on Excel knows no more all of its digits."""


class _Formats(Struct, frozen=True):
    """What each style makes of a number, by its place."""

    kinds: tuple[str, ...] = ()
    """`date`, `time`, `duration`, `percent` or nothing."""
    day_one: datetime = _DAY_ONE

    def shown(self, number: str, style: str) -> str:
        kind = _at(self.kinds, style)
        try:
            value = float(number)
        except ValueError:
            return number
        match kind:
            case "date" if 0 <= value <= _LAST_DAY:
                moment = self.day_one + timedelta(seconds=round(value * 86_400))
                return moment.date().isoformat() if value == int(value) else moment.isoformat(" ", "minutes")
            case "time" if 0 <= value <= _LAST_DAY:
                return (self.day_one + timedelta(seconds=round(value % 1 * 86_400))).time().isoformat("minutes")
            case "duration" if 0 <= value <= _LAST_DAY:
                hours, minutes = divmod(round(value * 1_440), 60)
                return f"{hours}:{minutes:02}"
            case "percent":
                return f"{value * 100:.{_PRECISION}g} %"
            case _ if len(number) <= _PRECISION:
                return number
            case _ if value.is_integer() and abs(value) < _LONGEST_NUMBER:  # of an account, or a book
                return f"{value:.0f}"
            case _:
                return f"{value:.{_PRECISION}g}"


def read_xlsx(source: Source) -> Extract:
    archive = Archive(source.file)
    main = main_part(archive, "xl/workbook.xml")
    root = archive.xml(main)
    listed = None if root is None else child(root, "sheets")
    if root is None or listed is None:
        raise DamagedFile(_NO_SHEETS)
    shown = [sheet for sheet in listed if attribute(sheet, "state") in ("", "visible")]
    targets = related_by_id(archive, main)
    strings = _all_strings(archive, main)
    formats = _formats(archive, main, root)
    parts = ((attribute(sheet, "name"), targets.get(relation_id(sheet), "")) for sheet in shown)
    sheets = (
        Sheet(name, chain(_rows(archive, part, strings, formats), _rows_beside(archive, part))) for name, part in parts
    )
    pages, notes = sheet_pages(sheets, source.limits)
    return Extract(
        pages=pages,
        media_type=_MEDIA_TYPE,
        clues=property_clues(archive),
        notes=(*notes, *hidden_sheets(len(listed) - len(shown))),
    )


def table_rows(file: BinaryIO) -> Iterator[tuple[int, Mapping[int, str]]]:
    """The rows of the first sheet that have anything in them: the number of each, from 1, and its cells by the number
    of their column, from 0. Raises DamagedFile for what is no workbook."""
    archive = Archive(file)
    main = main_part(archive, "xl/workbook.xml")
    root = archive.xml(main)
    first = None if root is None else child(root, "sheets", "sheet")
    if root is None or first is None:
        raise DamagedFile(_NO_SHEETS)
    strings = _all_strings(archive, main)
    formats = _formats(archive, main, root)
    name = related_by_id(archive, main).get(relation_id(first), "")
    for position, row in enumerate(archive.each(name, "row"), 1):
        number = number_in(attribute(row, "r"))
        if cells := dict(_cells(row, strings, formats)):
            yield number if number >= 0 else position, cells


def _all_strings(archive: Archive, main: str) -> list[str]:
    return [text for part in related(archive, main, "sharedStrings") for text in _strings(archive, part)]


def _strings(archive: Archive, name: str) -> Iterator[str]:
    return (_text(item) for item in archive.each(name, "si"))


def _text(element: Element) -> str:
    """The text of a cell or a shared string, without how to pronounce it."""
    return unescaped(
        "".join(
            part.text or ""
            for part in element.iter()
            if kind_of(part) == "t" and (parent := part.getparent()) is not None and kind_of(parent) != "rPh"
        )
    )


def _rows(archive: Archive, name: str, strings: Sequence[str], formats: _Formats) -> Iterator[Sequence[str]]:
    for row in archive.each(name, "row"):
        cells: list[str] = []
        before = -1
        for column, value in _cells(row, strings, formats):
            gap = column - before - 1 if cells else 0
            cells += [""] * max(0, min(gap, _WIDEST_GAP))
            cells.append(value)
            before = column
        if cells:
            yield cells


def _rows_beside(archive: Archive, sheet: str) -> Iterator[Sequence[str]]:
    """What stands in boxes, diagrams and charts that lie on a sheet, a line a row."""
    for drawing in related(archive, sheet, "drawing"):
        for line in (*drawn(archive.xml(drawing)), *drawn_beside(archive, drawing)):
            yield [line]


def _cells(row: Element, strings: Sequence[str], formats: _Formats) -> Iterator[tuple[int, str]]:
    """Those that are not empty, each with the number of its column, from 0."""
    for position, cell in enumerate(part for part in row if kind_of(part) == "c"):
        if value := _value(cell, strings, formats):
            yield _column(attribute(cell, "r"), position), value


def _value(cell: Element, strings: Sequence[str], formats: _Formats) -> str:
    kind = attribute(cell, "t")
    if kind == "inlineStr":
        return _text(cell)
    shown = child(cell, "v")
    value = "" if shown is None else (shown.text or "").strip("\r\n")
    match kind:
        case "s":
            return _at(strings, value)
        case "b":
            return {"0": "FALSE", "1": "TRUE"}.get(value, value)
        case "e":
            return ""
        case "" | "n":
            return formats.shown(value, attribute(cell, "s"))
        case _:
            return unescaped(value)


def _at(texts: Sequence[str], place: str) -> str:
    """The text at a place that is written in a cell; empty where there is none."""
    number = number_in(place)
    return texts[number] if 0 <= number < len(texts) else ""


def _column(reference: str, position: int) -> int:
    """The number of a cell's column, from 0: that of `AB12` is 27."""
    letters = _COLUMN.match(reference)
    if letters is None:
        return position
    number = 0
    for letter in letters[0]:
        number = number * 26 + ord(letter) - ord("A") + 1
    return number - 1


def _formats(archive: Archive, main: str, workbook: Element) -> _Formats:
    root = next((archive.xml(name) for name in related(archive, main, "styles")), None)
    properties = child(workbook, "workbookPr")
    counts_from_1904 = properties is not None and attribute(properties, "date1904") in ("1", "true")
    if root is None:
        return _Formats()
    spelt = {attribute(each, "numFmtId"): attribute(each, "formatCode") for each in _below(root, "numFmts")}
    kinds = tuple(_kind(attribute(each, "numFmtId"), spelt) for each in _below(root, "cellXfs"))
    return _Formats(kinds, _DAY_ONE_1904 if counts_from_1904 else _DAY_ONE)


def _below(root: Element, name: str) -> Iterator[Element]:
    found = child(root, name)
    return iter(() if found is None else found)


def _kind(number: str, spelt: Mapping[str, str]) -> str:
    if number in spelt:
        if _COUNTS_UP.search(spelt[number].lower()):
            return "duration"
        signs = _QUOTED.sub("", spelt[number].lower().partition(";")[0])
        if "%" in signs:
            return "percent"
        if set("yd") & set(signs) or ("m" in signs and not set("hs#0") & set(signs)):
            return "date"
        return "time" if set("hs") & set(signs) else ""
    kinds = {
        "date": _BUILT_IN_DATES,
        "time": _BUILT_IN_TIMES,
        "duration": _BUILT_IN_DURATIONS,
        "percent": _BUILT_IN_PERCENT,
    }
    return next((kind for kind, numbers in kinds.items() if number_in(number) in numbers), "")
