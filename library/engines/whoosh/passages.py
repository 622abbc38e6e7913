"""Where in a document the words of a query stand."""

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from library.engines.whoosh.blocks import Ids
from library.engines.whoosh.evaluate import sequences
from library.engines.whoosh.segment import DOCUMENT_BITS, Keys, Segment
from library.engines.whoosh.words import Sought
from library.search import ZONES, Passage

MOST_TOKENS = 50
"""Tokens that are pointed at in one passage."""

_POSITION = (1 << DOCUMENT_BITS) - 1


class _Found(NamedTuple):
    """Where one sought thing stands in one zone."""

    number: int
    zone: str
    length: int
    places: Keys


class _Table:
    """What was found in one text of a document."""

    def __init__(self) -> None:
        self.sought: set[int] = set()
        self.matches = 0
        self.tokens: list[NDArray[np.int64]] = []


def passages(segment: Segment, documents: Ids, wanted: Sequence[Sought], most: int) -> dict[int, tuple[Passage, ...]]:
    """The best passages of these documents (in ascending order), by document: those with most of what was sought,
    then those with most matches, then pages before descriptions."""
    found = [
        _Found(number, zone, len(one.slots), sequences(segment, zone, one.slots, documents))
        for number, one in enumerate(wanted)
        for zone in one.zones
    ]
    return {document: tuple(_best(segment, document, found, most)) for document in documents.tolist()}


def _best(segment: Segment, document: int, found: Iterable[_Found], most: int) -> Iterator[Passage]:
    tables: dict[tuple[str, int], _Table] = {}
    for one in found:
        _note(tables, one, document, segment.bounds(one.zone, document).astype(np.int64))
    ranked = sorted(tables, key=lambda key: _order(key, tables[key]))
    for zone, table in ranked[:most]:
        tokens = np.unique(np.concatenate(tables[zone, table].tokens))
        yield Passage(zone, table, tuple(tokens[:MOST_TOKENS].tolist()))


def _order(key: tuple[str, int], table: _Table) -> tuple[int, int, bool, int, int]:
    zone, number = key
    return -len(table.sought), -table.matches, zone != "text", ZONES.index(zone), number


def _note(tables: dict[tuple[str, int], _Table], found: _Found, document: int, bounds: NDArray[np.int64]) -> None:
    first, last = np.searchsorted(found.places, [document << DOCUMENT_BITS, (document + 1) << DOCUMENT_BITS])
    starts = found.places[first:last] & _POSITION
    for further in range(found.length):
        # What runs over a page's end is shown on both pages, and counted on the first.
        _spread(tables, found, starts + further, bounds, counts=not further)


def _spread(
    tables: dict[tuple[str, int], _Table],
    found: _Found,
    places: NDArray[np.int64],
    bounds: NDArray[np.int64],
    *,
    counts: bool,
) -> None:
    numbers = np.searchsorted(bounds[:-1], places, side="right") - 1
    for number in np.unique(numbers).tolist():
        table = tables.setdefault((found.zone, number), _Table())
        here = places[numbers == number] - bounds[number]
        table.sought.add(found.number)
        table.matches += len(here) if counts else 0
        table.tokens.append(here)
