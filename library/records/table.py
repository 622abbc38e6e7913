"""A document as a row of a spreadsheet."""

import csv
import io
from collections.abc import Iterable

from library.model import Practice, Study
from library.records.work import Work, one_line

MEDIA_TYPE = "text/csv"
COLUMNS = (
    *("id", "kind", "title", "summary", "organisation", "authors", "publisher", "year", "languages", "topics"),
    *("keywords", "target_groups", "country", "region", "municipality", "scale", "stage", "evidence"),
    *("transferability", "study_type", "licence", "visibility", "doi", "url"),
)
BETWEEN = " | "
"""Stands between several values of one cell."""

_STARTS_A_FORMULA = tuple("=+-@\t\r")


def header() -> str:
    """The first line. The mark before it tells spreadsheets that this is UTF-8; without it they take it for Latin."""
    return "\N{BYTE ORDER MARK}" + _line(COLUMNS)


def row(work: Work) -> str:
    document, place = work.document, work.document.place
    cells = {
        "id": document.id,
        "title": work.title,
        "summary": work.abstract,
        "organisation": work.holder,
        "authors": BETWEEN.join(f"{person.family}, {person.given}".strip(", ") for person in work.people),
        "publisher": work.publisher,
        "year": str(document.year or ""),
        "languages": BETWEEN.join(document.languages),
        "topics": BETWEEN.join(document.topics),
        "keywords": BETWEEN.join(document.keywords),
        "target_groups": BETWEEN.join(document.target_groups),
        "scale": document.scale,
        "stage": document.stage,
        "licence": document.licence,
        "visibility": document.visibility.value,
        "doi": work.numbers[0],
        "url": work.url,
        **_of_its_kind(document),
    }
    if place is not None:
        cells |= {"country": place.country, "region": place.region, "municipality": place.municipality}
    return _line(cells.get(column, "") for column in COLUMNS)


def _of_its_kind(document: Practice | Study) -> dict[str, str]:
    match document:
        case Practice():
            fields = {"evidence": document.evidence, "transferability": document.transferability}
            return {"kind": "practice", **fields}
        case Study():
            return {"kind": "study", "study_type": document.study_type}


def _line(cells: Iterable[str]) -> str:
    written = io.StringIO()
    csv.writer(written).writerow([_harmless(one_line(cell)) for cell in cells])
    return written.getvalue()


def _harmless(cell: str) -> str:
    """A spreadsheet must not take what a member wrote for a formula and run it."""
    return f"'{cell}" if cell.startswith(_STARTS_A_FORMULA) else cell
