"""A source as an OpenDocument text, with the styles that LibreOffice itself would use."""

from datetime import datetime
from io import BytesIO

from odfdo import Cell, Document, Element, Header, List, ListItem, PageBreak, Row, Span, Style
from odfdo import Paragraph as Lines
from odfdo import Table as Grid

from ingest.samples.build.archive import without_dates
from ingest.samples.build.source import (
    Block,
    Bullets,
    Heading,
    NewPage,
    Numbered,
    Paragraph,
    Quotation,
    Run,
    Runs,
    Source,
    Table,
)

MADE = datetime(2026, 1, 1)  # noqa: DTZ001  # OpenDocument's dates have no zone


def odt(source: Source) -> bytes:
    document = Document("text")
    _say_what_it_is(document, source)
    _add_styles(document)
    document.body.clear()
    for block in source.blocks:
        document.body.append(_element(block))
    for number, table in enumerate(document.body.tables, 1):
        table.name = f"Table{number}"
    made = BytesIO()
    document.save(made, pretty=False)
    return without_dates(made.getvalue())


def _say_what_it_is(document: Document, source: Source) -> None:
    about = document.meta
    about.title = source.title
    about.creator = about.initial_creator = source.author
    about.creation_date = about.date = MADE
    if source.language:
        about.language = source.language
    for style in document.get_styles():
        # odfdo's template says that all text is French; zxx is how LibreOffice says "no language".
        for properties in style.get_elements("style:text-properties[@fo:language]"):
            properties.set_attribute("fo:language", source.language or "zxx")
            properties.set_attribute("fo:country", "none")


def _add_styles(document: Document) -> None:
    document.insert_style(Style("text", name="Bold", area="text", bold=True))
    document.insert_style(Style("text", name="Italic", area="text", italic=True))
    document.insert_style(Style("text", name="BoldItalic", area="text", bold=True, italic=True))
    document.insert_style(Style("paragraph", name="Quotations", area="paragraph", margin_left="1cm"))
    document.add_page_break_style()


def _element(block: Block) -> Element:
    match block:
        case Heading():
            heading = Header(block.level)
            heading.style = f"Heading_20_{block.level}"
            return _write(heading, block.runs)
        case Paragraph():
            return _write(Lines(style="Text_20_body"), block.runs)
        case Quotation():
            return _write(Lines(style="Quotations"), block.runs)
        case Bullets():
            return _list("List_20_1", block.items)
        case Numbered():
            numbered = _list("Numbering_20_1", block.items)
            numbered.get_elements("text:list-item")[0].set_attribute("text:start-value", str(block.start))
            return numbered
        case Table():
            return _table(block)
        case NewPage():
            return PageBreak()


def _list(style: str, items: tuple[Runs, ...]) -> Element:
    made = List(style=style)
    for item in items:
        made.append(ListItem(_write(Lines(style="Text_20_body"), item)))
    return made


def _table(block: Table) -> Element:
    grid = Grid()
    for cells in block.rows:
        row = Row()
        for runs in cells:
            cell = Cell(cell_type="string")
            cell.append(_write(Lines(), runs))
            row.append(cell)
        grid.append(row)
    return grid


def _write(element: Element, runs: Runs) -> Element:
    for run in runs:
        element.append(_styled(run))
    return element


def _styled(run: Run) -> Element | str:
    style = "Bold" * run.bold + "Italic" * run.italic
    return Span(run.text, style=style) if style else run.text
