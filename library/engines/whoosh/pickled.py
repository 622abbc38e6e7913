"""Numbers and short byte strings as pickle writes them, many at once.

A block of a Whoosh index is a pickled tuple. Pickling one after another, and within it a list of positions for each
document, is most of what writing an index takes; here all of a field are put where they belong in one array of bytes.
What comes out is any pickle's business to read: protocol 2 and no memo.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

Bytes = NDArray[np.uint8]
Numbers = NDArray[np.signedinteger[Any]]

_NUMBERS = {2: (b"K", "u1"), 3: (b"M", "<u2"), 5: (b"J", "<u4")}
"""How many bytes a number takes with its opcode -> the opcode, and what follows it."""
FEW = 16
"""Positions, up to which lists of so many are put as wholes, because there are many of each length."""
_AROUND = 7
"""Bytes that positions of a document take beside the numbers: their count, an empty list that is begun to be filled,
and filled. Whoosh's format itself adds the full stop that ends a pickle."""


def put(content: Bytes, at: Numbers, pieces: NDArray[Any]) -> None:
    """Each of these pieces, which have one size, to its place."""
    size = pieces.dtype.itemsize
    if len(pieces):
        anywhere = np.ndarray(len(content) - size + 1, f"V{size}", content, strides=(1,))
        anywhere[at] = pieces.view(f"V{size}")


def steps_from(numbers: Numbers, begins: Numbers) -> Numbers:
    """From each number to the next; those at `begins` as they are."""
    steps = numbers.copy()
    steps[1:] -= numbers[:-1]
    steps[begins] = numbers[begins]
    return steps


def widths(largest: Numbers) -> Numbers:
    """How many bytes a number, from 0 to 2**31 - 1, takes with the opcode that pushes it."""
    return 2 + (largest >= 1 << 8) + 2 * (largest >= 1 << 16)


def put_numbers(content: Bytes, at: Numbers, numbers: Numbers, width: Numbers) -> None:
    """Each number to its place, in so many bytes."""
    for size, (opcode, kind) in _NUMBERS.items():
        of_size = width == size
        # Mostly all of a field: nothing needs to be picked out then.
        these = slice(None) if of_size.all() else np.flatnonzero(of_size)
        pieces = np.empty(len(at[these]), [("opcode", "S1"), ("number", kind)])
        pieces["opcode"] = opcode
        pieces["number"] = numbers[these]
        put(content, at[these], pieces)


def widths_of_positions(places: Numbers, steps: Numbers) -> Numbers:
    """How many bytes each step of a posting is to take in `put_positions`. Where most are of one size they are quicker
    to put, which is worth more than the few bytes that smaller ones save."""
    return np.where(np.maximum.reduceat(steps, places[:-1]) < 1 << 16, 3, 5)


def sizes_of_positions(counts: Numbers, width: Numbers) -> Numbers:
    """How many bytes so many positions of one document take, each number of them in so many bytes."""
    size = _AROUND + width * counts
    return size + np.where(size < 1 << 8, 2, 5)


def put_positions(content: Bytes, at: Numbers, places: Numbers, steps: Numbers, width: Numbers) -> None:
    """For each posting p the steps from `places[p]` to `places[p + 1]` to its place, as Whoosh's format has positions,
    in the opcode that pushes a byte string: four bytes for their number, then a pickled list."""
    counts = np.diff(places)
    kinds = np.minimum(counts, FEW + 1).astype(np.uint16) * 8 + width.astype(np.uint16)
    order = np.argsort(kinds, kind="stable")
    for these in np.split(order, np.flatnonzero(np.diff(kinds[order])) + 1):
        if len(these) and counts[these[0]] <= FEW:
            of_each = steps[places[these, np.newaxis] + np.arange(counts[these[0]])]
            _put_few(content, at[these], of_each, int(width[these[0]]))
    many = np.flatnonzero(counts > FEW)
    _put_many(content, at[many], counts[many], steps[np.repeat(counts > FEW, counts)], width[many])


def _put_few(content: Bytes, at: Numbers, steps: Numbers, width: int) -> None:
    """Of postings that have the same number of steps each, in rows."""
    opcode, kind = _NUMBERS[width]
    count = steps.shape[1]
    pieces = np.empty(len(at), [*_HEAD, ("steps", [("opcode", "S1"), ("number", kind)], (count,)), ("end", "S1")])
    _begin(pieces, width * count, count)
    pieces["steps"]["opcode"] = opcode
    pieces["steps"]["number"] = steps
    pieces["end"] = b"e"
    put(content, at, pieces)


def _put_many(content: Bytes, at: Numbers, counts: Numbers, steps: Numbers, width: Numbers) -> None:
    """Of postings that have any number of steps, one after the other."""
    size = width * counts
    firsts = np.empty(len(at), np.int64)
    for head, these in ((_HEAD, _AROUND + size < 1 << 8), (_LONG_HEAD, _AROUND + size >= 1 << 8)):
        heads = np.empty(int(these.sum()), head)
        _begin(heads, size[these], counts[these])
        put(content, at[these], heads)
        firsts[these] = at[these] + heads.itemsize
    content[firsts + size] = ord("e")
    each = np.repeat(width, counts)
    begins = np.cumsum(counts) - counts
    put_numbers(content, np.repeat(firsts - width * begins, counts) + each * np.arange(len(steps)), steps, each)


_HEAD = [("opcode", "S1"), ("length", "u1"), ("count", ">u4"), ("list", "S2")]
_LONG_HEAD = [("opcode", "S1"), ("length", "<u4"), ("count", ">u4"), ("list", "S2")]


def _begin(pieces: NDArray[Any], size: Any, count: Any) -> None:
    """What stands before steps that take so many bytes."""
    pieces["opcode"] = b"C" if pieces.dtype["length"].itemsize == 1 else b"B"
    pieces["length"] = _AROUND + size
    pieces["count"] = count
    pieces["list"] = b"]("
