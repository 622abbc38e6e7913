"""A source as a Word document, with the styles that Word itself would use."""

from datetime import datetime
from io import BytesIO
from typing import Any

import docx as python_docx
from docx.document import Document
from docx.enum.text import WD_BREAK
from docx.oxml.ns import qn
from docx.text.paragraph import Paragraph as Lines

from ingest.samples.build.archive import without_dates
from ingest.samples.build.source import (
    Block,
    Bullets,
    Heading,
    NewPage,
    Numbered,
    Paragraph,
    Quotation,
    Runs,
    Source,
    Table,
)

MADE = datetime(2026, 1, 1)  # noqa: DTZ001  # Word's dates have no zone


def docx(source: Source) -> bytes:
    document = python_docx.Document()
    _say_what_it_is(document, source)
    for block in source.blocks:
        _append(document, block)
    made = BytesIO()
    document.save(made)
    return without_dates(made.getvalue())


def _say_what_it_is(document: Document, source: Source) -> None:
    about = document.core_properties
    about.title = source.title
    about.author = about.last_modified_by = source.author
    about.language = source.language
    about.comments = ""
    about.created = about.modified = MADE
    for language in document.styles.element.iter(qn("w:lang")):
        # python-docx's template says that all text is American.
        language.attrib.clear()
        if source.language:
            language.set(qn("w:val"), source.language)


def _append(document: Document, block: Block) -> None:
    match block:
        case Heading(level=1):
            _write(document.add_paragraph(style="Title"), block.runs)
        case Heading():
            _write(document.add_paragraph(style=f"Heading {block.level - 1}"), block.runs)
        case Paragraph():
            _write(document.add_paragraph(), block.runs)
        case Quotation():
            _write(document.add_paragraph(style="Intense Quote"), block.runs)
        case Bullets():
            for item in block.items:
                _write(document.add_paragraph(style="List Bullet"), item)
        case Numbered():
            _append_numbered(document, block)
        case Table():
            _append_table(document, block)
        case NewPage():
            document.add_paragraph().add_run().add_break(WD_BREAK.PAGE)


def _append_numbered(document: Document, block: Numbered) -> None:
    # Word counts on through all paragraphs of a style, so each list gets a numbering of its own.
    style: Any = document.styles["List Number"].element
    numberings: Any = document.part.numbering_part.element
    abstract = numberings.num_having_numId(style.pPr.numPr.numId.val).abstractNumId.val
    numbering = numberings.add_num(abstract)
    numbering.add_lvlOverride(ilvl=0).add_startOverride(block.start)
    for item in block.items:
        lines = document.add_paragraph(style="List Number")
        properties: Any = lines.paragraph_format.element
        properties.get_or_add_pPr().get_or_add_numPr().get_or_add_numId().val = numbering.numId
        _write(lines, item)


def _append_table(document: Document, block: Table) -> None:
    table = document.add_table(len(block.rows), len(block.rows[0]), style="Light Grid Accent 1")
    for row, cells in zip(table.rows, block.rows, strict=True):
        for cell, runs in zip(row.cells, cells, strict=True):
            _write(cell.paragraphs[0], runs)
    document.add_paragraph()


def _write(lines: Lines, runs: Runs) -> None:
    for run in runs:
        written = lines.add_run(run.text)
        written.bold = run.bold or None
        written.italic = run.italic or None
