"""Forms -> their numbers in a batch.

Most forms come in tables that were just made, and have numbers of the lexicon then: what these are in the batch stands
in an array, which is read many times as fast as a dictionary of forms.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import accumulate, chain, count, groupby, pairwise

import numpy as np
from numpy.typing import NDArray

from library.engines.whoosh.arrays import Ids
from library.language import Form, Forms, WrittenForms

_Source = tuple[int, str]
"""Whose numbers they are: a lexicon's, for words looked up in a language."""
_NONE = -1


class FormNumbers:
    """Every distinct form of a batch has one, from 0 on as they come."""

    def __init__(self) -> None:
        self.of_forms: defaultdict[Form, int] = defaultdict(count().__next__)
        self._of_words: dict[_Source, Ids] = {}

    def of(self, rows: Iterable[Forms]) -> Ids:
        """Those of all these forms, one row after the other."""
        found = [
            self._one_by_one(chain.from_iterable(some))
            if source is None
            else self._by_words(source, [forms for forms in some if isinstance(forms, WrittenForms)])
            for source, some in groupby(rows, key=_source_of)
        ]
        return np.concatenate([*found, np.empty(0, np.int32)])

    def _one_by_one(self, forms: Iterable[Form]) -> Ids:
        return np.array([*map(self.of_forms.__getitem__, forms)], np.int32)

    def _by_words(self, source: _Source, rows: Sequence[WrittenForms]) -> Ids:
        words = np.concatenate([row.numbered.words for row in rows if row.numbered])
        known = self._known(source, int(words.max(initial=0)) + 1)
        numbers = known.take(words)
        new = np.flatnonzero(numbers == _NONE)
        if len(new):
            numbers[new] = known[words[new]] = self._one_by_one(_at(rows, new))
        return numbers

    def _known(self, source: _Source, size: int) -> Ids:
        """The numbers of words, of so many at least."""
        known = self._of_words.get(source, np.empty(0, np.int32))
        if len(known) < size:
            known = np.concatenate((known, np.full(2 * size - len(known), _NONE, np.int32)))
            self._of_words[source] = known
        return known


def _at(rows: Sequence[WrittenForms], places: NDArray[np.intp]) -> Iterator[Form]:
    """The forms at these places of rows that stand one after the other."""
    bounds = [*accumulate(map(len, rows), initial=0)]
    of_rows = pairwise(places.searchsorted(bounds).tolist())
    for row, begin, (first, behind) in zip(rows, bounds, of_rows, strict=False):
        if first < behind:
            yield from row.at((places[first:behind] - begin).tolist())


def _source_of(forms: Forms) -> _Source | None:
    numbered = forms.numbered if isinstance(forms, WrittenForms) else None
    return None if numbered is None else (numbered.lexicon, numbered.language)
