"""From what a file says of itself to clues: only what can be believed becomes one."""

import re
from collections.abc import Iterable, Iterator
from datetime import date

from ingest.extract.titles import believable, language_code, persons
from library.model import Clue, Sureness

_DATE = re.compile(r"\s*(?:D:)?((?:1[5-9]|20)\d\d)(?:[-/.]?(\d\d)(?:[-/.]?(\d\d))?)?(?!\d{5})")
"""As ISO 8601, XMP, Dublin Core and PDF write it."""
_DOI = re.compile(r"\b10\.\d{4,9}/\S+")
_BEGINNINGS = {"1601-01-01", "1899-12-30", "1904-01-01", "1970-01-01", "1980-01-01"}
"""From which programs count days: what they write where they know none."""


def titled(where: str, title: str | None, sure: Sureness = "medium") -> Iterator[Clue]:
    if line := believable(title):
        yield Clue(about="title", value=line, where=where, sure=sure)


def written_by(where: str, names: Iterable[str | None], sure: Sureness = "medium") -> Iterator[Clue]:
    for name in persons(names):
        yield Clue(about="author", value=name, where=where, sure=sure)


def dated(where: str, written: str | None, sure: Sureness = "low") -> Iterator[Clue]:
    """As `2019`, `2019-05` or `2019-05-31`."""
    if day := _day(written or ""):
        yield Clue(about="date", value=day, where=where, sure=sure)


def in_language(where: str, tag: str | None, sure: Sureness = "low") -> Iterator[Clue]:
    """Low, since most programs declare the language of who wrote, or their own."""
    if code := language_code(tag):
        yield Clue(about="language", value=code, where=where, sure=sure)


def with_doi(where: str, written: str | None) -> Iterator[Clue]:
    if found := _DOI.search(written or ""):
        yield Clue(about="doi", value=found[0], where=where, sure="high")


def _day(written: str) -> str:
    found = _DATE.match(written)
    if found is None:
        return ""
    year, month, day = (int(part or 0) for part in found.groups())
    try:
        date(year, month or 1, day or 1)
    except ValueError:
        return f"{year}"
    told = "-".join(part for part in found.groups() if part and int(part))
    return "" if told in _BEGINNINGS else told
