"""Several segments' postings -> those of their living documents, as one segment has them."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import chain
from typing import NamedTuple

import numpy as np

from library.engines.whoosh.arrays import FieldArrays, FieldPostings, Numbers, Placed, rows_of
from library.engines.whoosh.pieces import Piece, together


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
    ranks = [np.fromiter(map(rank.__getitem__, some), np.int64, len(some)) for some in each]
    return together(field, terms, [*map(_living, parts, ranks, numbers)])


def _living(part: FieldArrays, ranks: Numbers, numbers: Numbers) -> Piece:
    """The postings of the documents that live, under their new numbers."""
    ids = numbers[part.ids]
    living = np.flatnonzero(ids >= 0)
    return Piece(
        terms=ranks,
        firsts=living.searchsorted(part.firsts),
        ids=ids[living],
        weights=part.weights[living],
        placed=_placed(part, living) if len(part.places) else None,
    )


def _placed(part: FieldArrays, rows: Numbers) -> Placed:
    places = part.places.astype(np.int64)
    counts = np.diff(places)[rows]
    return Placed(np.append(0, np.cumsum(counts)), part.positions[rows_of(places[rows], counts)])
