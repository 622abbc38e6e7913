"""A document as CSL-JSON, which citation processors and reference managers take."""

from typing import Any

from library.model import Person
from library.records.work import Work, one_line

MEDIA_TYPE = "application/vnd.citationstyles.csl+json"


def csl_item(work: Work) -> dict[str, Any]:
    doi, isbn, issn = work.numbers
    fields = {
        "id": work.document.id,
        "type": "report",
        "title": work.title,
        "author": [_name(person) for person in work.people] or [{"literal": one_line(work.holder)}],
        "publisher": work.publisher,
        "issued": {"date-parts": [[work.document.year]]} if work.document.year else None,
        "abstract": work.abstract,
        "keyword": ", ".join(work.subjects),
        "language": work.language,
        "DOI": doi,
        "ISBN": isbn,
        "ISSN": issn,
        "URL": work.url,
    }
    return {name: value for name, value in fields.items() if value}


def _name(person: Person) -> dict[str, str]:
    name = {"family": one_line(person.family), "given": one_line(person.given)}
    return {part: value for part, value in name.items() if value}
