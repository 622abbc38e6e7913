"""Where in a document the words of a query stand."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, pairwise
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
    """Where one sought thing stands in one zone of the documents."""

    number: int
    zone: str
    length: int
    places: list[NDArray[np.int64]]
    """By document, in the order asked for: the positions where it begins."""


class _Table:
    """What was found in one text of a document."""

    def __init__(self) -> None:
        self.sought: set[int] = set()
        self.matches = 0
        self.tokens: list[NDArray[np.int64]] = []

    def first_tokens(self) -> tuple[int, ...]:
        first = [tokens[:MOST_TOKENS].tolist() for tokens in self.tokens]
        return tuple(first[0] if len(first) == 1 else sorted(set(chain.from_iterable(first)))[:MOST_TOKENS])


def passages(segment: Segment, documents: Ids, wanted: Sequence[Sought], most: int) -> dict[int, tuple[Passage, ...]]:
    """The best passages of these documents (in ascending order), by document: those with most of what was sought,
    then those with most matches, then pages before descriptions."""
    found = [
        _Found(number, zone, len(one.slots), _by_document(sequences(segment, zone, one.slots, documents), documents))
        for number, one in enumerate(wanted)
        for zone in one.zones
    ]
    return {
        document: tuple(_best(segment, document, place, found, most))
        for place, document in enumerate(documents.tolist())
    }


def _by_document(keys: Keys, documents: Ids) -> list[NDArray[np.int64]]:
    starts = np.searchsorted(keys, documents.astype(np.int64) << DOCUMENT_BITS).tolist()
    positions = keys & _POSITION
    return [positions[first:last] for first, last in pairwise([*starts, len(keys)])]


def _best(segment: Segment, document: int, place: int, found: Iterable[_Found], most: int) -> Iterator[Passage]:
    tables: dict[tuple[str, int], _Table] = {}
    for one in found:
        starts = one.places[place]
        if len(starts):
            bounds = segment.bounds(one.zone, document)
            for further in range(one.length):
                _note(tables, one, starts + further, bounds, 0 if further else 1)
    ranked = sorted(tables, key=lambda key: _order(key, tables[key]))
    for zone, table in ranked[:most]:
        yield Passage(zone, table, tables[zone, table].first_tokens())


def _note(
    tables: dict[tuple[str, int], _Table],
    found: _Found,
    places: NDArray[np.int64],
    bounds: NDArray[np.uint32],
    worth: int,
) -> None:
    # What runs over a page's end is shown on both pages, and counted (`worth` 1) on the one where it begins.
    edges = np.searchsorted(places, bounds).tolist()
    for number, (first, last) in enumerate(pairwise(edges)):
        if first < last:
            table = tables.setdefault((found.zone, number), _Table())
            table.sought.add(found.number)
            table.matches += worth * (last - first)
            table.tokens.append(places[first:last] - int(bounds[number]))


def _order(key: tuple[str, int], table: _Table) -> tuple[int, int, bool, int, int]:
    zone, number = key
    return -len(table.sought), -table.matches, zone != "text", ZONES.index(zone), number
