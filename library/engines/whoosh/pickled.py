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
_SHORT = np.dtype([("opcode", "S1"), ("length", "u1"), ("count", ">u4"), ("list", "S2")])
_LONG = np.dtype([("opcode", "S1"), ("length", "<u4"), ("count", ">u4"), ("list", "S2")])
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


def sizes_of_positions(counts: Numbers, width: Numbers) -> Numbers:
    """How many bytes so many positions of one document take, each number of them in so many bytes."""
    size = _AROUND + width * counts
    return size + np.where(size < 1 << 8, 2, 5)


def put_positions(content: Bytes, at: Numbers, places: Numbers, steps: Numbers, width: Numbers) -> None:
    """For each posting p the steps from `places[p]` to `places[p + 1]` to its place, as Whoosh's format has positions,
    in the opcode that pushes a byte string: four bytes for their number, then a pickled list."""
    counts = np.diff(places)
    size = _AROUND + width * counts
    for long, kind, opcode in ((False, _SHORT, b"C"), (True, _LONG, b"B")):
        these = np.flatnonzero((size >= 1 << 8) == long)
        heads = np.empty(len(these), kind)
        heads["opcode"] = opcode
        heads["length"] = size[these]
        heads["count"] = counts[these]
        heads["list"] = b"]("
        put(content, at[these], heads)
    first = at + np.where(size < 1 << 8, _SHORT.itemsize, _LONG.itemsize)
    content[first + width * counts] = ord("e")
    each = np.repeat(width, counts)
    put_numbers(content, np.repeat(first - width * places[:-1], counts) + each * np.arange(len(steps)), steps, each)
