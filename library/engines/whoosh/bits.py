"""A bit for each document, 64 in a number: how many of many documents have which values is counted by whole numbers.

Counting 60,000 hits by a list of their values takes a third of a millisecond a facet; 30 values of 100,000 documents as
bits take a fifth of that, and documents with several values cost nothing more.
"""

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from library.engines.whoosh.arrays import Ids

Bits = NDArray[np.uint64]


def as_bits(mask: NDArray[np.bool_]) -> Bits:
    """The mask as bits, filled up with zeros."""
    words = np.zeros(width(len(mask)), np.uint64)
    words.view(np.uint8)[: (len(mask) + 7) // 8] = np.packbits(mask)
    return words


def bits_of(ids: Ids, size: int) -> Bits:
    """These of so many documents as bits."""
    mask = np.zeros(size, bool)
    mask[ids] = True
    return as_bits(mask)


def as_mask(bits: Bits, size: int) -> NDArray[np.bool_]:
    """The bits as a mask over so many documents."""
    return np.unpackbits(bits.view(np.uint8), count=size).view(np.bool_)


def width(size: int) -> int:
    """Numbers that so many documents take."""
    return (size + 63) // 64


class FacetBits(Struct, frozen=True, eq=False):
    """Which documents have no value (the first row), and which have each."""

    rows: Bits

    @property
    def nbytes(self) -> int:
        return self.rows.nbytes

    def counts(self, hits: Bits) -> NDArray[np.intp]:
        """How many hits each row has."""
        counts: NDArray[np.intp] = np.bitwise_count(self.rows & hits).sum(axis=1, dtype=np.uint32).astype(np.intp)
        return counts


def facet_bits(size: int, rows: int, documents: Ids, places: Ids) -> FacetBits:
    """`documents[i]` stands in row `places[i]`."""
    bits = np.zeros((rows, width(size) * 8), np.uint8)
    # As numpy packs them: the first document is a byte's highest bit.
    np.bitwise_or.at(bits, (places, documents >> 3), (128 >> (documents & 7)).astype(np.uint8))
    return FacetBits(bits.view(np.uint64))
