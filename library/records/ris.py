"""A document as a RIS reference."""

from collections.abc import Iterator

from library.records.work import Work, one_line

MEDIA_TYPE = "application/x-research-info-systems"


def ris_reference(work: Work) -> str:
    """Ends with an empty line. Lines end as RIS says, with a carriage return and a line feed."""
    lines = "".join(f"{tag}  - {value}\r\n" for tag, value in _fields(work) if value)
    return f"TY  - RPRT\r\n{lines}ER  - \r\n\r\n"


def _fields(work: Work) -> Iterator[tuple[str, str]]:
    doi, isbn, issn = work.numbers
    yield "ID", work.document.id
    yield "TI", work.title
    for person in work.people:
        yield "AU", ", ".join(one_line(part) for part in (person.family, person.given) if part)
    if not work.people:
        yield "AU", one_line(work.holder)
    yield "PB", work.publisher
    yield "PY", str(work.document.year or "")
    yield "AB", work.abstract
    for subject in work.subjects:
        yield "KW", subject
    yield "LA", work.language
    yield "DO", doi
    yield "SN", isbn or issn
    yield "UR", work.url
