"""The text of an OpenDocument spreadsheet (.ods), sheet by sheet: the values as they were shown last."""

from collections.abc import Iterator, Sequence

from lxml.etree import _Element as Element

from ingest.extract.archive import Archive, attribute, child, kind_of
from ingest.extract.contract import Extract, Source
from ingest.extract.opendocument import Text, content_of, copies, property_clues
from ingest.extract.sheets import Sheet, hidden_sheets, sheet_pages

_MEDIA_TYPE = "application/vnd.oasis.opendocument.spreadsheet"
_GROUPS = {"table-rows", "table-header-rows", "table-row-group"}


def read_ods(source: Source) -> Extract:
    archive = Archive(source.file)
    root, body = content_of(archive, "spreadsheet")
    hidden = _hidden_styles(root)
    text = Text(root)
    tables = [table for table in body if kind_of(table) == "table"]
    shown = [table for table in tables if attribute(table, "style-name") not in hidden]
    sheets = (Sheet(attribute(table, "name"), _rows(table, text)) for table in shown)
    pages, notes = sheet_pages(sheets, source.limits)
    return Extract(
        pages=pages,
        media_type=_MEDIA_TYPE,
        clues=property_clues(archive),
        notes=(*notes, *hidden_sheets(len(tables) - len(shown))),
    )


def _hidden_styles(root: Element) -> set[str]:
    """The styles of sheets that are not shown."""
    styles = child(root, "automatic-styles")
    properties = ((style, child(style, "table-properties")) for style in (() if styles is None else styles))
    return {
        attribute(style, "name")
        for style, each in properties
        if each is not None and attribute(each, "display") == "false"
    }


def _rows(table: Element, text: Text) -> Iterator[Sequence[str]]:
    for part in table:
        if kind_of(part) in _GROUPS:
            yield from _rows(part, text)
        elif kind_of(part) == "table-row":
            cells = _without_edges(text.cells(part))
            for _ in range(copies(part, "number-rows-repeated") if cells else 0):
                yield cells
        elif kind_of(part) == "shapes":
            yield from ([line] for line in text.blocks(part) if line.strip())


def _without_edges(cells: list[str]) -> list[str]:
    """Without the empty cells before the first and after the last."""
    filled = [place for place, cell in enumerate(cells) if cell.strip()]
    return cells[filled[0] : filled[-1] + 1] if filled else []
