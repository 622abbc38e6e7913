"""Words by number, and what is known of each: looked up for all tokens of a document at once.

Of a text that has been taken apart only numbers are kept. Whatever is to be known of its words is worked out when a
word is first met, and then stands in an array at the word's number.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from functools import cache
from itertools import count, islice
from threading import Lock
from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray

MOST_WORDS = 1 << 15
"""From which on there is a new lexicon, with no words: that costs less than knowing which were met last."""

PLACE_BITS = 16
"""Of a hash, which say where its word is kept: twice as many places as there are words, of 12 bytes."""

_ids = count()

Numbers = NDArray[np.uint32]
WorkOut = Callable[[str], tuple[Any, ...]]


class Lexicon:
    """May be used by several threads."""

    def __init__(self) -> None:
        self.id = next(_ids)
        """Which of all that this process has had: for those who note its numbers and must not hold it for that."""
        self._numbers: defaultdict[str, int] = defaultdict(count().__next__)
        self._words: list[str] = []
        self._columns: dict[WorkOut, _Columns] = {}
        self._met = (_Met(0), _Met(1))
        """Of a dozen words one has its place where another has; only one in a hundred then has both."""
        self._lock = Lock()

    def __len__(self) -> int:
        return len(self._words)

    def word(self, number: int) -> str:
        return self._words[number]

    def numbers(self, words: Iterable[str], how_many: int) -> Numbers:
        """The numbers of so many words, new ones where they have none."""
        with self._lock:
            numbers = np.fromiter(map(self._numbers.__getitem__, words), np.uint32, how_many)
            new = [*islice(reversed(self._numbers), len(self._numbers) - len(self._words))]
            self._words += reversed(new)
        return numbers

    def hashed_numbers(
        self, hashes: NDArray[np.uint64], strings: Callable[[NDArray[np.intp]], Sequence[str]]
    ) -> Numbers:
        """The same of words that have these hashes of 64 bits, of which any are as good. Most were met not long ago:
        only of the others, by their places, the words themselves are asked for, which takes longer."""
        first, second = self._met
        with self._lock:
            numbers, others = first.look_up(hashes)
            if len(others):
                numbers[others], unmet = second.look_up(hashes.take(others))
                others = others.take(unmet)
        if len(others):
            numbers[others] = self.numbers(strings(others), len(others))
            with self._lock:
                left = others.take(first.note(hashes.take(others), numbers.take(others)))
                second.note_over(hashes.take(left), numbers.take(left))
        return numbers

    def known(self, numbers: Numbers, work_out: WorkOut, *types: DTypeLike) -> tuple[NDArray[Any], ...]:
        """What is worked out of words, an array for each of the types: of the word with the number n at n. Of words
        that are not among `numbers` there may be anything."""
        with self._lock:
            columns = self._columns.get(work_out)
            if columns is None:
                columns = self._columns[work_out] = _Columns(types)
            columns.work_out(numbers, work_out, self._words)
            return columns.values


class _Met:
    """Numbers of words, each at the place that some bits of its hash tell; which those are, differs between tables."""

    def __init__(self, which: int) -> None:
        self._shift = np.uint64(64 - (which + 1) * PLACE_BITS)
        self._hashes = np.zeros(1 << PLACE_BITS, np.uint64)
        self._numbers = np.zeros(1 << PLACE_BITS, np.uint32)

    def look_up(self, hashes: NDArray[np.uint64]) -> tuple[Numbers, NDArray[np.intp]]:
        """The numbers of words that have these hashes, and which of them are not here."""
        places = self._places(hashes)
        return self._numbers.take(places), (self._hashes.take(places) != hashes).nonzero()[0]

    def note(self, hashes: NDArray[np.uint64], numbers: Numbers) -> NDArray[np.intp]:
        """Keep those whose place is free; which of them are not here after that."""
        free = (self._hashes.take(self._places(hashes)) == 0).nonzero()[0]
        self.note_over(hashes.take(free), numbers.take(free))
        return self.look_up(hashes)[1]

    def note_over(self, hashes: NDArray[np.uint64], numbers: Numbers) -> None:
        """Keep them, in the place of others where they must: of two at one place, the one that came last."""
        places = self._places(hashes)
        self._hashes[places], self._numbers[places] = hashes, numbers

    def _places(self, hashes: NDArray[np.uint64]) -> NDArray[np.intp]:
        return ((hashes >> self._shift) & np.uint64((1 << PLACE_BITS) - 1)).astype(np.intp)


class _Columns:
    def __init__(self, types: Iterable[DTypeLike]) -> None:
        self.values = tuple(np.empty(0, of_one) for of_one in types)
        self._is_known = np.zeros(0, np.bool_)

    def work_out(self, numbers: Numbers, work_out: WorkOut, words: Sequence[str]) -> None:
        if len(words) > len(self._is_known):
            self._make_room(2 * len(words))
        known = self._is_known.take(numbers)
        if known.all():
            return
        for number in np.unique(numbers[~known]).tolist():
            for column, value in zip(self.values, work_out(words[number]), strict=True):
                column[number] = value
            self._is_known[number] = True

    def _make_room(self, words: int) -> None:
        """In new arrays: whoever asked before goes on with those that they have."""
        more = words - len(self._is_known)
        self.values = tuple(np.concatenate((column, np.zeros(more, column.dtype))) for column in self.values)
        self._is_known = np.concatenate((self._is_known, np.zeros(more, np.bool_)))


def lexicon() -> Lexicon:
    """The one to take the next texts apart with."""
    latest = _latest()
    if len(latest) >= MOST_WORDS:
        _latest.cache_clear()
        return _latest()
    return latest


@cache
def _latest() -> Lexicon:
    return Lexicon()
