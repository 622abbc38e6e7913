r"""Which fields the index has, and what of an entry goes into each.

For each zone (title, about, text) two fields with positions: `text_surface` holds each token folded, `text_lemma` the
lemma keys (`cs:dítě`) of the tokens at the same positions. `forms` says for each folded word of a document how it was
written and which lemma keys it has: `surface \x1f form \x1f key`. `facet_<name>` holds the values that one can narrow
by. All are fields of stock Whoosh; their terms and postings are made here, so that its analysers never run.
"""

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime
from functools import lru_cache
from itertools import pairwise
from pickle import dumps
from struct import Struct as Packing
from typing import Any

import numpy as np
from msgspec import Struct
from whoosh.analysis import SpaceSeparatedTokenizer
from whoosh.columns import NumericColumn, VarBytesColumn
from whoosh.fields import COLUMN, ID, TEXT, Schema

from library.language import TokenTable, fold
from library.model import Document, title_of
from library.search import FACETS, ZONES, IndexEntry

SCHEMA_VERSION = 1
"""Raised with every change of what is written here: an index of another version is made anew."""

SEPARATOR = "\x1f"
TABLE_GAP = 16
"""Positions left free between two texts of a title or a description, so that no phrase reaches from one into another.
Pages follow without a gap, because sentences run on."""

NO_YEAR = -(2**31)
NO_TIME = -(2**63)

_count = Packing("!I").pack


def surface_field(zone: str) -> str:
    return f"{zone}_surface"


def lemma_field(zone: str) -> str:
    return f"{zone}_lemma"


def tables_field(zone: str) -> str:
    return f"{zone}_tables"


def facet_field(name: str) -> str:
    return f"facet_{name}"


ZONE_OF = {field(zone): zone for zone in ZONES for field in (surface_field, lemma_field)}
"""The fields with positions, and the zone that each stands for."""


def schema() -> Schema:
    positional = {name: TEXT(analyzer=SpaceSeparatedTokenizer()) for name in ZONE_OF}
    facets = {facet_field(name): ID() for name in FACETS}
    tables = {tables_field(zone): COLUMN(VarBytesColumn()) for zone in ZONES}
    return Schema(
        id=ID(unique=True, stored=True),
        forms=ID(),
        **positional,
        **facets,
        **tables,
        key=COLUMN(VarBytesColumn()),
        title=COLUMN(VarBytesColumn()),
        year=COLUMN(NumericColumn("i", default=NO_YEAR)),
        added=COLUMN(NumericColumn("q", default=NO_TIME)),
        embargo=COLUMN(NumericColumn("i")),
    )


Term = tuple[str, float, bytes]
"""A term, how often it stands in the document, and its encoded positions (empty where the field has none)."""


class Row(Struct, frozen=True):
    """A document as Whoosh takes it in."""

    id: str
    terms: dict[str, list[Term]]
    """By field."""
    columns: dict[str, Any]
    lengths: dict[str, int]
    """Of the fields with positions, in tokens."""


def row(entry: IndexEntry) -> Row:
    document = entry.document
    zones = [_zone(zone, tables) for zone, tables in zip(ZONES, (entry.title, entry.about, entry.text), strict=True)]
    return Row(
        id=document.id,
        terms={
            "id": [(document.id, 1.0, b"")],
            "forms": [(form, 1.0, b"") for form in set().union(*(zone.forms for zone in zones))],
            **{facet_field(name): _facet_terms(values(document)) for name, values in FACETS.items()},
            **{surface_field(zone.name): _placed_terms(zone.surfaces) for zone in zones},
            **{lemma_field(zone.name): _placed_terms(zone.lemmas) for zone in zones},
        },
        columns=_columns(document) | {tables_field(zone.name): zone.bounds for zone in zones},
        lengths={field(zone.name): zone.length for zone in zones for field in (surface_field, lemma_field)},
    )


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


def encode_positions(positions: list[int]) -> bytes:
    """As whoosh.formats.Positions writes them: their number, then the pickled steps from one to the next."""
    if len(positions) == 1:
        return _encode_one(positions[0])
    # Two forms may share a term; each came with its own positions in order.
    positions.sort()
    steps = [positions[0], *(here - before for before, here in pairwise(positions))]
    return _count(len(steps)) + dumps(steps, 2)


@lru_cache(maxsize=1 << 16)
def _encode_one(position: int) -> bytes:
    return _count(1) + dumps([position], 2)


class _Zone(Struct, frozen=True):
    name: str
    surfaces: dict[str, list[int]]
    lemmas: dict[str, list[int]]
    forms: set[str]
    bounds: bytes
    """The first position of each table and, last, the first behind all, as little-endian 32-bit numbers."""
    length: int


def _placed_terms(terms: dict[str, list[int]]) -> list[Term]:
    return [(term, float(len(places)), encode_positions(places)) for term, places in terms.items()]


def _facet_terms(values: Iterable[str]) -> list[Term]:
    return [(value, 1.0, b"") for value in dict.fromkeys(values)]


def _zone(name: str, tables: Sequence[TokenTable]) -> _Zone:
    surfaces: dict[str, list[int]] = {}
    lemmas: dict[str, list[int]] = {}
    forms: set[str] = set()
    bounds: list[int] = []
    position = 0
    gap = 0 if name == "text" else TABLE_GAP
    for table in tables:
        position += gap if bounds else 0
        bounds.append(position)
        for form, places in zip(table.forms, _places(table, position), strict=True):
            surface = form.surface
            surfaces.setdefault(surface, []).extend(places)
            for key in form.lemmas:
                lemmas.setdefault(key, []).extend(places)
                forms.add(f"{surface}{SEPARATOR}{form.form}{SEPARATOR}{key}")
            if not form.lemmas:
                forms.add(f"{surface}{SEPARATOR}{form.form}{SEPARATOR}")
        position += len(table)
    return _Zone(
        name=name,
        surfaces=surfaces,
        lemmas=lemmas,
        forms=forms,
        bounds=np.array([*bounds, position], dtype="<u4").tobytes(),
        length=sum(map(len, tables)),
    )


def _places(table: TokenTable, first: int) -> list[list[int]]:
    places: list[list[int]] = [[] for _ in table.forms]
    for position, form in enumerate(table.ids.tolist(), first):
        places[form].append(position)
    return places


def _columns(document: Document) -> dict[str, Any]:
    return {
        "key": document.id.encode(),
        "title": fold(title_of(document)).encode(),
        "year": NO_YEAR if document.year is None else document.year,
        "added": instant(document.added),
        "embargo": day_number(document.embargo_until),
    }
