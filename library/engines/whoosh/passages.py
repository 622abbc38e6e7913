"""Where in a document the words of a query stand."""

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, pairwise
from typing import NamedTuple

import numpy as np

from library.engines.whoosh.blocks import Ids
from library.engines.whoosh.segment import Segment
from library.engines.whoosh.words import Slot, Sought
from library.search import ZONES, Passage

MOST_TOKENS = 50
"""Tokens that are pointed at in one passage."""
MANY = 64
"""Places from which sorting them into pages all at once beats one by one."""

Places = list[int]
"""Positions in one zone of one document, in ascending order."""


class _Key(NamedTuple):
    """A text of a document."""

    zone: str
    table: int


class _Table:
    """What was found in one text of a document."""

    def __init__(self) -> None:
        self.sought: set[int] = set()
        self.matches = 0
        self.tokens: list[Places] = []

    def first_tokens(self) -> tuple[int, ...]:
        if len(self.tokens) == 1:
            return tuple(self.tokens[0])
        return tuple(sorted(set(chain.from_iterable(self.tokens)))[:MOST_TOKENS])


def passages(segment: Segment, documents: Ids, wanted: Sequence[Sought], most: int) -> dict[int, tuple[Passage, ...]]:
    """The best passages of these documents (in ascending order), by document: those with most of what was sought,
    then those with most matches, then pages before descriptions."""
    numbers = documents.tolist()
    tables: list[dict[_Key, _Table]] = [{} for _ in numbers]
    for number, one in enumerate(wanted):
        for zone in one.zones:
            for at, starts in _standing(segment, zone, one.slots, documents).items():
                bounds = segment.bounds(zone, numbers[at]).tolist()
                for further in range(len(one.slots)):
                    places = [place + further for place in starts] if further else starts
                    # What runs over a page's end is shown on both pages, and counted on the one where it begins.
                    _note(tables[at], number, zone, _by_table(places, bounds), counted=not further)
    return {document: tuple(_best(found, most)) for document, found in zip(numbers, tables, strict=True)}


def _standing(segment: Segment, zone: str, slots: Sequence[Slot], documents: Ids) -> dict[int, Places]:
    """In which of these documents (by its place among them) the slots stand side by side, and where the first does."""
    found = _having(segment, zone, slots[0], documents)
    for distance, slot in enumerate(slots[1:], 1):
        then = _having(segment, zone, slot, documents) if found else {}
        found = {
            at: both
            for at, starts in found.items()
            if at in then and (both := sorted(set(starts).intersection(place - distance for place in then[at])))
        }
    return found


def _having(segment: Segment, zone: str, slot: Slot, documents: Ids) -> dict[int, Places]:
    found: dict[int, list[Places]] = {}
    for field, term in slot.terms(zone):
        for at, places in segment.places(field, term, documents):
            found.setdefault(at, []).append(places)
    return {at: some[0] if len(some) == 1 else sorted(set(chain.from_iterable(some))) for at, some in found.items()}


def _by_table(places: Places, bounds: Sequence[int]) -> Iterator[tuple[int, Places]]:
    """The places by the table in which they stand, counted from its beginning."""
    if len(bounds) == 2:  # noqa: PLR2004  # the bounds of one table
        yield 0, places
    elif len(places) > MANY:
        edges = np.searchsorted(places, bounds).tolist()
        for table, (first, last) in enumerate(pairwise(edges)):
            if first < last:
                yield table, [place - bounds[table] for place in places[first:last]]
    else:
        for place in places:
            table = bisect_right(bounds, place) - 1
            yield table, [place - bounds[table]]


def _note(
    tables: dict[_Key, _Table], number: int, zone: str, found: Iterable[tuple[int, Places]], *, counted: bool
) -> None:
    for place, tokens in found:
        table = tables.setdefault(_Key(zone, place), _Table())
        table.sought.add(number)
        table.matches += len(tokens) if counted else 0
        table.tokens.append(tokens[:MOST_TOKENS])


def _best(tables: dict[_Key, _Table], most: int) -> Iterator[Passage]:
    for key in sorted(tables, key=lambda key: _order(key, tables[key]))[:most]:
        yield Passage(key.zone, key.table, tables[key].first_tokens())


def _order(key: _Key, table: _Table) -> tuple[int, int, bool, int, int]:
    return -len(table.sought), -table.matches, key.zone != "text", ZONES.index(key.zone), key.table
