"""Pieces of a field's postings -> all of them, as they are written.

Sorting is what takes time, and is done of each piece when it comes; pieces of documents that come one after another are
only put together: what one has of a term goes behind what those before it have.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from library.engines.whoosh.arrays import FieldPostings, Ids, Numbers, Placed, rows_of

DIGITS = 16


class Piece(NamedTuple):
    """Postings of some documents, by term and document: those of the term with the number `terms[i]` are from
    `firsts[i]` to `firsts[i + 1]`, as in FieldPostings."""

    terms: Numbers
    firsts: Numbers
    ids: Ids
    weights: Ids
    placed: Placed | None = None


def piece(terms: Numbers, documents: Ids) -> Piece:
    """Of the terms of documents, however often one has a term."""
    order = in_order(terms)
    terms, documents = terms[order], documents[order]
    begins = np.flatnonzero(_differs(terms) | _differs(documents))
    return _piece(terms[begins], documents[begins], np.ones(len(begins), np.int32), None)


def placed_piece(terms: Numbers, documents: Ids, firsts: Ids, lengths: Ids | None = None) -> Piece:
    """Of what stands in documents, by document and position: at so many positions from each first one on, or at that
    one. Each counts once."""
    order = in_order(terms)
    terms, documents, firsts = terms[order], documents[order], firsts[order]
    begins = np.flatnonzero(_differs(terms) | _differs(documents))
    ends = np.append(begins, len(terms))
    if lengths is None:
        placed = Placed(ends, firsts)
    else:
        lengths = lengths[order]
        placed = Placed(np.append(0, np.cumsum(lengths))[ends], rows_of(firsts, lengths))
    return _piece(terms[begins], documents[begins], np.diff(ends), placed)


def _piece(terms: Numbers, documents: Ids, weights: Ids, placed: Placed | None) -> Piece:
    """Of postings in order."""
    firsts = np.flatnonzero(_differs(terms))
    return Piece(terms[firsts], np.append(firsts, len(terms)), documents, weights, placed)


def together(field: str, terms: Sequence[bytes], pieces: Sequence[Piece]) -> FieldPostings:
    """Pieces whose terms are numbers of these, without the terms that none of them has."""
    rows = [some.terms for some in pieces]
    parts: list[tuple[Ids, ...]] = [(some.ids, some.weights) for some in pieces]
    placed = [some.placed for some in pieces if some.placed is not None]
    if placed:
        parts = [(*part, np.diff(its.places)) for part, its in zip(parts, placed, strict=True)]
    firsts, (ids, weights, *counts) = _behind_each_other(
        len(terms), rows, [np.diff(some.firsts) for some in pieces], parts
    )
    there = np.flatnonzero(np.diff(firsts))
    return FieldPostings(
        field=field,
        terms=[terms[term] for term in there.tolist()],
        firsts=np.append(firsts[there], firsts[-1]),
        ids=ids,
        weights=weights,
        placed=_placed(len(terms), pieces, placed, counts[0]) if placed else None,
    )


def _placed(size: int, pieces: Sequence[Piece], placed: Sequence[Placed], counts: Ids) -> Placed:
    positions = [np.diff(its.places[some.firsts]) for some, its in zip(pieces, placed, strict=True)]
    _, (found,) = _behind_each_other(
        size, [some.terms for some in pieces], positions, [(its.positions,) for its in placed]
    )
    return Placed(np.append(0, np.cumsum(counts)), found)


def _behind_each_other(
    size: int, rows: Sequence[Numbers], counts: Sequence[Numbers], parts: Sequence[tuple[Ids, ...]]
) -> tuple[Numbers, list[Ids]]:
    """Each piece has so many numbers for each of its rows, in its parts: all of the first row, piece by piece, then all
    of the next. Where each row begins, and every part as a whole."""
    firsts = np.zeros(size + 1, np.int64)
    for some, count in zip(rows, counts, strict=True):
        firsts[some + 1] += count
    firsts = np.cumsum(firsts)
    free = firsts[:-1].copy()
    whole = [np.empty(int(firsts[-1]), np.int32) for _ in parts[0]]
    for some, count, numbers in zip(rows, counts, parts, strict=True):
        places = rows_of(free[some], count)
        free[some] += count
        for into, part in zip(whole, numbers, strict=True):
            into[places] = part
    return firsts, whole


def in_order(numbers: Numbers) -> Numbers:
    """Places in the order of their numbers, equal ones as they are. By 16 bits at a time, because numpy sorts those by
    their digits, several times as fast as it sorts larger numbers."""
    order = np.argsort(numbers.astype(np.uint16), kind="stable")
    for shift in range(DIGITS, int(numbers.max(initial=0)).bit_length(), DIGITS):
        order = order[np.argsort((numbers[order] >> shift).astype(np.uint16), kind="stable")]
    return order


def _differs(numbers: Numbers | Ids) -> NDArray[np.bool_]:
    """Which of them are not as the one before."""
    differs = np.ones(len(numbers), bool)
    np.not_equal(numbers[1:], numbers[:-1], out=differs[1:])
    return differs
