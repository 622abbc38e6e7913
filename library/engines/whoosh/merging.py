"""Several segments' postings -> those of their living documents, as one segment has them."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import chain
from typing import NamedTuple

import numpy as np

from library.engines.whoosh.arrays import FieldArrays, FieldPostings, Numbers, Placed, rows_of
from library.engines.whoosh.postings import in_order


class Part(NamedTuple):
    """A segment, and the number that each of its documents will have; -1 for the dead."""

    fields: Mapping[str, FieldArrays]
    numbers: Numbers


def merged_fields(parts: Sequence[Part]) -> Iterator[FieldPostings]:
    """All fields in order, without terms that nobody has any more. The parts' documents come one part after another."""
    for field in sorted({field for part in parts for field in part.fields}):
        here = [part for part in parts if field in part.fields]
        found = _merged(field, [part.fields[field] for part in here], [part.numbers for part in here])
        if len(found.terms):
            yield found


def _merged(field: str, parts: Sequence[FieldArrays], numbers: Sequence[Numbers]) -> FieldPostings:
    each = [part.terms() for part in parts]
    terms = sorted(set(chain.from_iterable(each)))
    rank = {term: place for place, term in enumerate(terms)}
    ranks = np.concatenate(
        [
            np.repeat(np.fromiter(map(rank.__getitem__, some), np.int64, len(some)), np.diff(part.firsts))
            for part, some in zip(parts, each, strict=True)
        ]
    )
    ids = np.concatenate([number[part.ids] for part, number in zip(parts, numbers, strict=True)])
    living = np.flatnonzero(ids >= 0)
    # Equal ranks stay as they are: in the order of the documents.
    rows = living[in_order(ranks[living])]
    ranks = ranks[rows]
    kept = np.unique(ranks)
    return FieldPostings(
        field=field,
        terms=[terms[place] for place in kept.tolist()],
        firsts=np.append(np.searchsorted(ranks, kept), len(ranks)),
        ids=ids[rows],
        weights=np.concatenate([part.weights.astype(np.int64) for part in parts])[rows],
        placed=_placed(parts, rows) if len(parts[0].places) else None,
    )


def _placed(parts: Sequence[FieldArrays], rows: Numbers) -> Placed:
    before = np.cumsum([0, *(len(part.positions) for part in parts)])
    places = [part.places.astype(np.int64) for part in parts]
    counts = np.concatenate([np.diff(each) for each in places])[rows]
    begins = np.concatenate([each[:-1] + first for each, first in zip(places, before, strict=False)])[rows]
    positions = np.concatenate([part.positions.astype(np.int64) for part in parts])
    return Placed(np.concatenate([[0], np.cumsum(counts)]), positions[rows_of(begins, counts)])
