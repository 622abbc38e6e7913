r"""Which fields the index has, and what of an entry goes into each.

For each zone (title, about, text) three fields with positions: `text_surface` holds each token folded, `text_lemma` the
lemma keys (`cs:dítě`) of the tokens at the same positions, `text_concept` the concepts of the thesaurus, at each token
of their labels. `facet_<name>` holds the values that one can narrow by. Two fields say what may be meant by a word that
was typed in another way: `forms` has for each folded word how it was written and its lemma key
(`surface \x1f form \x1f key`), and for each key its lemma folded (`lemma \x1f \x1f key`); `skeletons` has the words of
another alphabet by how they look in Latin letters (`skeleton \x1f surface`). All are fields of stock Whoosh; their
terms and postings are made here, so that its analysers never run.
"""

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime
from functools import lru_cache
from itertools import chain, pairwise
from pickle import dumps
from struct import Struct as Packing
from typing import Any

import numpy as np
from msgspec import Struct
from whoosh.analysis import SpaceSeparatedTokenizer
from whoosh.columns import NumericColumn, VarBytesColumn
from whoosh.fields import COLUMN, ID, TEXT, Schema

from library.language import Form, TokenTable, fold, skeletons
from library.model import Document, title_of
from library.search import FACETS, ZONES, IndexEntry

SCHEMA_VERSION = 3
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


def concept_field(zone: str) -> str:
    return f"{zone}_concept"


def tables_field(zone: str) -> str:
    return f"{zone}_tables"


def facet_field(name: str) -> str:
    return f"facet_{name}"


ZONE_OF = {field(zone): zone for zone in ZONES for field in (surface_field, lemma_field, concept_field)}
"""The fields with positions, and the zone that each stands for."""


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
            **_spellings(entry),
            **{facet_field(name): _facet_terms(values(entry)) for name, values in FACETS.items()},
            **{surface_field(zone.name): _placed_terms(zone.surfaces) for zone in zones},
            **{lemma_field(zone.name): _placed_terms(zone.lemmas) for zone in zones},
            **{concept_field(zone.name): zone.concepts for zone in zones},
        },
        columns=_columns(document) | {tables_field(zone.name): zone.bounds for zone in zones},
        lengths={field: zone.length for zone in zones for field, of in ZONE_OF.items() if of == zone.name},
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
    concepts: list[Term]
    bounds: bytes
    """The first position of each table and, last, the first behind all, as little-endian 32-bit numbers."""
    length: int


def _placed_terms(terms: dict[str, list[int]]) -> list[Term]:
    return [(term, float(len(places)), encode_positions(places)) for term, places in terms.items()]


def _concept_term(concept: str, places: Sequence[tuple[int, int]]) -> Term:
    # At every token, so that all of a label is pointed at, but each label counts once.
    tokens = [first + further for first, length in places for further in range(length)]
    return concept, float(len(places)), encode_positions(tokens)


def _spellings(entry: IndexEntry) -> dict[str, list[Term]]:
    forms = {form for table in chain(entry.title, entry.about, entry.text) for form in table.forms}
    return {
        "forms": [(term, 1.0, b"") for term in set().union(*map(_form_terms, forms))],
        "skeletons": [(term, 1.0, b"") for term in set().union(*map(_skeleton_terms, forms))],
    }


@lru_cache(maxsize=1 << 16)
def _form_terms(form: Form) -> frozenset[str]:
    if not form.lemmas:
        return frozenset((SEPARATOR.join((form.surface, form.form, "")),))
    written = (SEPARATOR.join((form.surface, form.form, key)) for key in form.lemmas)
    lemmas = (SEPARATOR.join((fold(key.partition(":")[2]), "", key)) for key in form.lemmas)
    return frozenset((*written, *lemmas))


@lru_cache(maxsize=1 << 16)
def _skeleton_terms(form: Form) -> frozenset[str]:
    return frozenset(SEPARATOR.join((skeleton, form.surface)) for skeleton in skeletons(form.form))


def _facet_terms(values: Iterable[str]) -> list[Term]:
    return [(value, 1.0, b"") for value in dict.fromkeys(values)]


def _zone(name: str, tables: Sequence[TokenTable]) -> _Zone:
    surfaces: dict[str, list[int]] = {}
    lemmas: dict[str, list[int]] = {}
    concepts: dict[str, list[tuple[int, int]]] = {}
    bounds: list[int] = []
    position = 0
    gap = 0 if name == "text" else TABLE_GAP
    for table in tables:
        position += gap if bounds else 0
        bounds.append(position)
        for form, places in zip(table.forms, _places(table, position), strict=True):
            surfaces.setdefault(form.surface, []).extend(places)
            for key in form.lemmas:
                lemmas.setdefault(key, []).extend(places)
        for named in table.concepts:
            concepts.setdefault(named.concept, []).extend((position + first, length) for first, length in named.places)
        position += len(table)
    return _Zone(
        name=name,
        surfaces=surfaces,
        lemmas=lemmas,
        concepts=[_concept_term(concept, places) for concept, places in concepts.items()],
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
