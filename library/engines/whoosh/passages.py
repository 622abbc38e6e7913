"""Where in a document the words of a query stand.

Where a word stands in a document is decoded once and kept; of a long document, arrays say which few of its pages have
most of what was sought, and only these are looked at further.
"""

from bisect import bisect_right
from collections.abc import Container, Iterator, Sequence
from functools import partial
from itertools import chain, pairwise

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from library.engines.whoosh.arrays import Ids
from library.engines.whoosh.matched import Mask
from library.engines.whoosh.segment import Segment
from library.engines.whoosh.words import Slot, Sought
from library.search import ZONES, Passage

MOST_TOKENS = 50
"""Tokens that are pointed at in one passage."""
MANY = 64
"""Places from which sorting them into pages all at once beats one by one."""
FEW = 8
"""Texts of a document in which something was found, on average, up to which they are ranked one by one."""
ZONE_BITS = 32
DOCUMENT_BITS = 36

Places = list[int]
"""Positions in one zone of one document, in ascending order."""

_ZONES = sorted(ZONES, key=lambda zone: zone != "text")
"""Pages are shown before descriptions."""

_Best = tuple[int, int, list[tuple[int, ...]]]
"""One of a document's best texts: the document's place, the text, and the tokens of each thing that stands in it."""


class Standing(Struct, frozen=True, eq=False):
    """Where in one document something sought stands: in which of its texts (the zone's place in `_ZONES`, above
    ZONE_BITS bits for the number of the table), how many times it begins in each, and at which tokens."""

    texts: NDArray[np.int64]
    counts: NDArray[np.int64]
    tokens: tuple[tuple[int, ...], ...]

    @property
    def nbytes(self) -> int:
        return 500 + self.texts.nbytes + self.counts.nbytes + sum(60 + 40 * len(tokens) for tokens in self.tokens)


_NOWHERE = Standing(np.empty(0, np.int64), np.empty(0, np.int64), ())


def passages(
    segment: Segment, documents: Ids, wanted: Sequence[tuple[Sought, Mask]], most: int
) -> dict[int, tuple[Passage, ...]]:
    """The best passages of these documents (in ascending order), by document: those with most of what was sought,
    then those with most matches, then pages before descriptions. With each thing that is sought comes which of the
    documents have it."""
    numbers, sought = documents.tolist(), tuple(terms for terms, _ in wanted)
    having = [frozenset(documents[there].tolist()) for _, there in wanted]
    keys = [("passages", sought, most, number) for number in numbers]
    return dict(zip(numbers, segment.combined_each(keys, partial(_best, segment, having)), strict=True))


def _best(
    segment: Segment, having: Sequence[Container[int]], keys: Sequence[tuple[str, tuple[Sought, ...], int, int]]
) -> list[tuple[Passage, ...]]:
    """The best passages of each of some documents."""
    (_, wanted, most, _), *_ = keys
    numbers = [number for *_, number in keys]
    found = [
        each
        for sought, there in zip(wanted, having, strict=True)
        for each in _standing_in(numbers, sought, there, segment)
    ]
    few = sum(len(each.tokens) for each in found) <= FEW * len(numbers)
    chosen: list[list[Passage]] = [[] for _ in numbers]
    for place, text, tokens in (_best_of_few if few else _best_of_many)(found, len(numbers), most):
        zone, table = _ZONES[text >> ZONE_BITS], text & ((1 << ZONE_BITS) - 1)
        chosen[place].append(Passage(zone, table, _together(tokens)))
    return list(map(tuple, chosen))


def _best_of_few(found: Sequence[Standing], documents: int, most: int) -> Iterator[_Best]:
    """The best texts of each document, in order, one text after the other. `found` has one after the other what was
    sought, each in all documents."""
    for place in range(documents):
        texts: dict[int, tuple[int, int, int, list[tuple[int, ...]]]] = {}
        for each in found[place::documents]:
            for text, count, tokens in zip(each.texts.tolist(), each.counts.tolist(), each.tokens, strict=True):
                sought, matches, _, all_tokens = texts.get(text, (0, 0, 0, []))
                all_tokens.append(tokens)
                texts[text] = sought - 1, matches - count, text, all_tokens
        for _, _, text, all_tokens in sorted(texts.values())[:most]:
            yield place, text, all_tokens


def _best_of_many(found: Sequence[Standing], documents: int, most: int) -> Iterator[_Best]:
    """The same, of all texts at once."""
    tokens = list(chain.from_iterable(each.tokens for each in found))
    lengths = [len(each.tokens) for each in found]
    of = np.tile(np.arange(documents, dtype=np.int64) << DOCUMENT_BITS, len(found) // documents)
    keys = np.concatenate([each.texts for each in found]) + np.repeat(of, lengths)
    order = keys.argsort(kind="stable")
    sorted_keys = keys[order]
    begins = np.concatenate([[0], (sorted_keys[1:] != sorted_keys[:-1]).nonzero()[0] + 1])
    texts = sorted_keys[begins]
    sought = np.diff(begins, append=len(keys))
    matches = np.add.reduceat(np.concatenate([each.counts for each in found])[order], begins)
    owner = texts >> DOCUMENT_BITS
    ranked = np.lexsort((texts, -matches, -sought, owner))
    nth = np.arange(len(ranked)) - owner.searchsorted(owner)
    chosen = ranked[nth < most]
    for text, begin, count in zip(
        texts[chosen].tolist(), begins[chosen].tolist(), sought[chosen].tolist(), strict=True
    ):
        some = [tokens[row] for row in order[begin : begin + count].tolist()]
        yield text >> DOCUMENT_BITS, text & ((1 << DOCUMENT_BITS) - 1), some


def _together(tokens: Sequence[tuple[int, ...]]) -> tuple[int, ...]:
    return tokens[0] if len(tokens) == 1 else tuple(sorted(set(chain.from_iterable(tokens)))[:MOST_TOKENS])


def _standing_in(numbers: Sequence[int], sought: Sought, having: Container[int], segment: Segment) -> list[Standing]:
    """Where one thing that is sought stands in each of some documents."""
    there = [place for place, number in enumerate(numbers) if number in having]
    keys = [("standing", sought, numbers[place]) for place in there]
    found = [_NOWHERE] * len(numbers)
    for place, standing in zip(there, segment.kept_each(keys, partial(_all, segment)), strict=True):
        found[place] = standing
    return found


def _all(segment: Segment, keys: Sequence[tuple[str, Sought, int]]) -> list[Standing]:
    """The same of documents that have it."""
    (_, sought, _), *_ = keys
    numbers = [number for _, _, number in keys]
    documents = np.array(numbers, np.int32)
    texts: list[dict[int, tuple[int, Places]]] = [{} for _ in numbers]
    for order, zone in enumerate(_ZONES):
        if zone in sought.zones:
            for at, starts in _side_by_side(segment, zone, sought.slots, documents).items():
                bounds = segment.bounds(zone, numbers[at]).tolist()
                for table, places, begun in _by_table(starts, len(sought.slots), bounds):
                    texts[at][(order << ZONE_BITS) + table] = begun, places
    return [*map(_standing, texts)]


def _standing(texts: dict[int, tuple[int, Places]]) -> Standing:
    ordered = sorted(texts)
    return Standing(
        np.array(ordered, np.int64),
        np.array([texts[text][0] for text in ordered], np.int64),
        tuple(tuple(texts[text][1][:MOST_TOKENS]) for text in ordered),
    )


def _by_table(starts: Places, slots: int, bounds: Sequence[int]) -> Iterator[tuple[int, Places, int]]:
    """By the table in which they stand: the places, counted from its beginning, of all slots, and how many first ones
    there are among them. What runs over a page's end is shown on both pages, and counted on the one where it begins."""
    begun = dict(_sorted_in(starts, bounds))
    found = (
        begun if slots == 1 else dict(_sorted_in(sorted({start + n for start in starts for n in range(slots)}), bounds))
    )
    for table, places in found.items():
        yield table, places, len(begun.get(table, ()))


def _sorted_in(places: Places, bounds: Sequence[int]) -> Iterator[tuple[int, Places]]:
    """The places by the table in which they stand, counted from its beginning."""
    if len(bounds) == 2:  # noqa: PLR2004  # the bounds of one table
        yield 0, places
    elif len(places) > MANY:
        edges = np.searchsorted(places, bounds).tolist()
        for table, (first, last) in enumerate(pairwise(edges)):
            if first < last:
                yield table, [place - bounds[table] for place in places[first:last]]
    else:
        found: dict[int, Places] = {}
        for place in places:
            table = bisect_right(bounds, place) - 1
            found.setdefault(table, []).append(place - bounds[table])
        yield from found.items()


def _side_by_side(segment: Segment, zone: str, slots: Sequence[Slot], documents: Ids) -> dict[int, Places]:
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
    for field, terms in slot.terms(zone):
        for _, there in segment.having(field, terms):
            for at, places in there.places(documents):
                found.setdefault(at, []).append(places)
    return {at: some[0] if len(some) == 1 else sorted(set(chain.from_iterable(some))) for at, some in found.items()}
