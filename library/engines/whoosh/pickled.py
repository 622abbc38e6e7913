"""Numbers and short byte strings as pickle writes them, many at once.

A block of a Whoosh index is a pickled tuple. Pickling one after another, and within it a list of positions for each
document, is most of what writing an index takes; here all of a field are written as arrays of bytes. What comes out is
any pickle's business to read: protocol 2 and no memo.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Bytes = NDArray[np.uint8]
Offsets = NDArray[np.int64]

_BYTE, _SHORT, _INT = 1 << 8, 1 << 16, 1 << 31


class Packed(NamedTuple):
    """Pieces of bytes in a row: piece i is `content[offsets[i]:offsets[i + 1]]`."""

    content: Bytes
    offsets: Offsets


def packed_numbers(numbers: NDArray[np.int64]) -> Packed:
    """Each number, from 0 to 2**31 - 1, as the opcode that pushes it: K, M or J."""
    sizes = _sizes(numbers)
    offsets = _offsets(sizes)
    content = np.empty(int(offsets[-1]), np.uint8)
    _put_numbers(content, offsets[:-1], numbers)
    return Packed(content, offsets)


def packed_positions(places: Offsets, positions: NDArray[np.int64]) -> Packed:
    """For each posting p the positions from `places[p]` to `places[p + 1]`, as Whoosh's format has them, in the opcode
    that pushes a byte string: four bytes for their number, then a pickled list of the steps from one to the next."""
    steps = positions.copy()
    steps[1:] -= positions[:-1]
    steps[places[:-1]] = positions[places[:-1]]
    counts = np.diff(places)
    sizes = _sizes(steps)
    ends = _offsets(sizes)
    several = counts > 1
    values = 4 + 1 + several + (ends[places[1:]] - ends[places[:-1]]) + 2
    long = values >= _BYTE
    heads = np.where(long, 5, 2)
    offsets = _offsets(heads + values)
    content = np.empty(int(offsets[-1]), np.uint8)
    at = offsets[:-1]
    _put_head(content, at, values, long)
    at = at + heads
    for byte in range(4):
        content[at + byte] = (counts >> (24 - 8 * byte)) & 255
    content[at + 4] = ord("]")
    content[at[several] + 5] = ord("(")
    first = at + 5 + several
    _put_numbers(content, np.repeat(first - ends[places[:-1]], counts) + ends[:-1], steps)
    content[offsets[1:] - 2] = np.where(several, ord("e"), ord("a"))
    content[offsets[1:] - 1] = ord(".")
    return Packed(content, offsets)


def _sizes(numbers: NDArray[np.int64]) -> NDArray[np.int64]:
    return 2 + (numbers >= _BYTE) + 2 * (numbers >= _SHORT)


def _offsets(sizes: NDArray[np.int64]) -> Offsets:
    offsets = np.zeros(len(sizes) + 1, np.int64)
    np.cumsum(sizes, out=offsets[1:])
    return offsets


def _put_numbers(content: Bytes, at: Offsets, numbers: NDArray[np.int64]) -> None:
    content[at] = np.where(numbers < _BYTE, ord("K"), np.where(numbers < _SHORT, ord("M"), ord("J")))
    content[at + 1] = numbers & 255
    more = np.flatnonzero(numbers >= _BYTE)
    content[at[more] + 2] = (numbers[more] >> 8) & 255
    most = np.flatnonzero(numbers >= _SHORT)
    content[at[most] + 3] = (numbers[most] >> 16) & 255
    content[at[most] + 4] = numbers[most] >> 24


def _put_head(content: Bytes, at: Offsets, lengths: NDArray[np.int64], long: NDArray[np.bool_]) -> None:
    content[at] = np.where(long, ord("B"), ord("C"))
    content[at + 1] = lengths & 255
    far = np.flatnonzero(long)
    for byte in range(1, 4):
        content[at[far] + 1 + byte] = (lengths[far] >> (8 * byte)) & 255
