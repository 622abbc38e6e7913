r"""Which fields the index has, and what of an entry goes into each.

For each zone (title, about, text) three fields with positions: `text_surface` holds each token folded, `text_lemma` the
lemma keys (`cs:dítě`) of the tokens at the same positions, `text_concept` the concepts of the thesaurus, at each token
of their labels. `facet_<name>` holds the values that one can narrow by. Two fields say what may be meant by a word that
was typed in another way: `forms` has for each folded word how it was written and its lemma key
(`surface \x1f form \x1f key`), and for each key its lemma folded (`lemma \x1f \x1f key`); `skeletons` has the words of
another alphabet by how they look in Latin letters (`skeleton \x1f surface`). All are fields of stock Whoosh; their
terms and postings are made here, so that its analysers never run. Of the last two only the arrays have postings: they
say what a question means, not what a document has, and stock Whoosh finds the same documents without.
"""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from functools import lru_cache
from typing import Any

import numpy as np
from msgspec import Struct
from whoosh.analysis import SpaceSeparatedTokenizer
from whoosh.columns import NumericColumn, VarBytesColumn
from whoosh.fields import COLUMN, ID, TEXT, Schema

from library.language import Form, TokenTable, fold, skeletons
from library.model import Document, title_of
from library.search import FACETS, ZONES, IndexEntry

SCHEMA_VERSION = 4
"""Raised with every change of what is written here: an index of another version is made anew."""

SEPARATOR = "\x1f"
TABLE_GAP = 16
"""Positions left free between two texts of a title or a description, so that no phrase reaches from one into another.
Pages follow without a gap, because sentences run on."""

NO_YEAR = -(2**31)
NO_TIME = -(2**63)


def surface_field(zone: str) -> str:
    return f"{zone}_surface"


def lemma_field(zone: str) -> str:
    return f"{zone}_lemma"


def concept_field(zone: str) -> str:
    return f"{zone}_concept"


def tables_field(zone: str) -> str:
    return f"{zone}_tables"


def facet_field(name: str) -> str:
    return f"facet_{name}"


ZONE_OF = {field(zone): zone for zone in ZONES for field in (surface_field, lemma_field, concept_field)}
"""The fields with positions, and the zone that each stands for."""


ONLY_ARRAYS = ("forms", "skeletons")
"""Fields of which Whoosh's own part of a segment has nothing: that would be a fifth of a small segment."""


def schema() -> Schema:
    positional = {name: TEXT(analyzer=SpaceSeparatedTokenizer()) for name in ZONE_OF}
    facets = {facet_field(name): ID() for name in FACETS}
    tables = {tables_field(zone): COLUMN(VarBytesColumn()) for zone in ZONES}
    return Schema(
        id=ID(unique=True, stored=True),
        forms=ID(),
        skeletons=ID(),
        **positional,
        **facets,
        **tables,
        key=COLUMN(VarBytesColumn()),
        title=COLUMN(VarBytesColumn()),
        year=COLUMN(NumericColumn("i", default=NO_YEAR)),
        added=COLUMN(NumericColumn("q", default=NO_TIME)),
        embargo=COLUMN(NumericColumn("i")),
    )


class Stored(Struct, frozen=True):
    """What Whoosh keeps by document."""

    id: str
    columns: dict[str, Any]
    lengths: dict[str, int]
    """Of the fields with positions, in tokens."""


def stored(entry: IndexEntry) -> Stored:
    tables = {zone: zone_tables(entry, zone) for zone in ZONES}
    bounds = {tables_field(zone): np.array(zone_bounds(zone, some), "<u4").tobytes() for zone, some in tables.items()}
    return Stored(
        id=entry.document.id,
        columns=_columns(entry.document) | bounds,
        lengths={field: sum(map(len, tables[zone])) for field, zone in ZONE_OF.items()},
    )


def zone_tables(entry: IndexEntry, zone: str) -> Sequence[TokenTable]:
    match zone:
        case "title":
            return entry.title
        case "about":
            return entry.about
        case _:
            return entry.text


def zone_bounds(zone: str, tables: Sequence[TokenTable]) -> list[int]:
    """The first position of each table and, last, the first behind all."""
    gap = 0 if zone == "text" else TABLE_GAP
    bounds: list[int] = []
    position = 0
    for table in tables:
        position += gap if bounds else 0
        bounds.append(position)
        position += len(table)
    return [*bounds, position]


def day_number(day: date | None) -> int:
    """A day as a number to compare; 0 for none."""
    return 0 if day is None else day.toordinal()


def instant(moment: datetime | None) -> int:
    """Microseconds since 1970 UTC; what names no zone is UTC."""
    if moment is None:
        return NO_TIME
    aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    since = aware - datetime(1970, 1, 1, tzinfo=UTC)
    return (since.days * 86_400 + since.seconds) * 1_000_000 + since.microseconds


@lru_cache(maxsize=1 << 16)
def form_terms(form: Form) -> frozenset[str]:
    """What `forms` has of it."""
    if not form.lemmas:
        return frozenset((SEPARATOR.join((form.surface, form.form, "")),))
    written = (SEPARATOR.join((form.surface, form.form, key)) for key in form.lemmas)
    lemmas = (SEPARATOR.join((fold(key.partition(":")[2]), "", key)) for key in form.lemmas)
    return frozenset((*written, *lemmas))


@lru_cache(maxsize=1 << 16)
def skeleton_terms(form: Form) -> frozenset[str]:
    """What `skeletons` has of it."""
    return frozenset(SEPARATOR.join((skeleton, form.surface)) for skeleton in skeletons(form.form))


def _columns(document: Document) -> dict[str, Any]:
    return {
        "key": document.id.encode(),
        "title": fold(title_of(document)).encode(),
        "year": NO_YEAR if document.year is None else document.year,
        "added": instant(document.added),
        "embargo": day_number(document.embargo_until),
    }
