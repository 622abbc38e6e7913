"""Which words the visible documents have: to complete one that is being typed, and to mend one that nobody wrote."""

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator
from itertools import compress
from typing import Any

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray
from rapidfuzz.distance import OSA
from rapidfuzz.process import extract

from library.engines.whoosh.matched import Mask
from library.engines.whoosh.schema import SEPARATOR
from library.engines.whoosh.segment import Segment
from library.engines.whoosh.snapshot import View
from library.language import errors_mended, fold, is_function_key

MORE_THAN_WANTED = 2
"""Times as many words as are wanted are looked at in each segment, since others have others."""
MOST_COMPLETIONS = 100
"""Words that a beginning is completed to at most."""

_LAST = "\U0010ffff"


class Vocabulary(Struct, frozen=True, eq=False):
    """The words of one segment in order, as the index has them: `surface SEPARATOR form SEPARATOR key`, where the key
    may be empty. Word i is `text[begins[i]:begins[i + 1]]`; as Python's texts they would take ten times as much memory.
    The documents that have it are those from `firsts[i]` on."""

    text: bytes
    begins: NDArray[np.int64]
    surface_bytes: NDArray[np.uint16]
    """Of each word's surface."""
    lengths: NDArray[np.uint16]
    """The same in letters."""
    firsts: NDArray[np.int64]
    documents: NDArray[Any]

    @property
    def nbytes(self) -> int:
        arrays = (self.begins, self.surface_bytes, self.lengths, self.firsts, self.documents)
        return len(self.text) + sum(array.nbytes for array in arrays)

    def surface(self, word: int) -> str:
        begin = self.begins.item(word)
        return self.text[begin : begin + self.surface_bytes.item(word)].decode()

    def written(self, word: int) -> tuple[str, str]:
        """The form, and its key."""
        _, form, key = self.text[self.begins.item(word) : self.begins.item(word + 1)].decode().split(SEPARATOR)
        return form, key

    def beginning_with(self, prefix: str) -> slice:
        words = range(len(self.firsts))
        first, behind = prefix.encode(), (prefix + _LAST).encode()
        return slice(bisect_left(words, first, key=self._word), bisect_left(words, behind, key=self._word))

    def _word(self, word: int) -> bytes:
        return self.text[self.begins.item(word) : self.begins.item(word + 1)]


class _Seen(Struct, frozen=True, eq=False):
    """In how many documents that one audience sees each word of a segment stands."""

    counts: NDArray[np.int32]

    @property
    def nbytes(self) -> int:
        return self.counts.nbytes


def completions(prefix: str, view: View, most: int) -> tuple[str, ...]:
    """The words that begin like this (folded), each in one form only, those in most documents first: the lemma where it
    begins so itself."""
    names: tuple[str, ...] = view.kept(("completions", prefix), lambda: _completions(prefix, view))
    return names[:most]


def _completions(prefix: str, view: View) -> tuple[str, ...]:
    # All of them are counted before any is chosen: which words share a segment is the doing of hidden documents too.
    written: dict[str, Counter[str]] = {}
    for vocabulary, counts in _vocabularies(view):
        place = vocabulary.beginning_with(prefix)
        for word in (np.flatnonzero(counts[place]) + place.start).tolist():
            form, key = vocabulary.written(word)
            if not is_function_key(key):
                written.setdefault(key or form, Counter())[form] += int(counts[word])
    names = {key: _name(key, forms, prefix) for key, forms in written.items()}
    ranked = sorted(written, key=lambda key: (-written[key].total(), names[key]))
    return tuple(dict.fromkeys(names[key] for key in ranked))[:MOST_COMPLETIONS]


def _name(key: str, forms: Counter[str], prefix: str) -> str:
    _, _, lemma = key.partition(":")
    return lemma if lemma and fold(lemma).startswith(prefix) else max(forms, key=lambda form: (forms[form], form))


def frequent_words(view: View, most: int) -> tuple[str, ...]:
    """The folded words that stand in most documents, those of most first; no function words."""
    counted: Counter[str] = Counter()
    for vocabulary, counts in _vocabularies(view):
        here: dict[str, int] = {}
        for word in (-counts).argsort(kind="stable")[: MORE_THAN_WANTED * most].tolist():
            _, key = vocabulary.written(word)
            if counts[word] and not is_function_key(key):
                # Of a word that is written in several ways the commonest counts: which come first needs no better.
                here.setdefault(vocabulary.surface(word), int(counts[word]))
        counted.update(here)
    return tuple(sorted(counted, key=lambda surface: (-counted[surface], surface))[:most])


def nearest(word: str, view: View, most: int) -> tuple[str, ...]:
    """The written words that differ from a folded one by an error or two, the likeliest first: fewer errors, the same
    first letter, more documents."""
    errors = errors_mended(word)
    if not errors:
        return ()
    counted: Counter[str] = Counter()
    apart: dict[str, tuple[int, bool]] = {}
    for vocabulary, counts in _vocabularies(view):
        near = np.flatnonzero((np.abs(vocabulary.lengths.astype(int) - len(word)) <= errors) & (counts > 0)).tolist()
        surfaces = list(map(vocabulary.surface, near))
        for surface, distance, at in extract(word, surfaces, scorer=OSA.distance, score_cutoff=errors, limit=None):
            form, _ = vocabulary.written(near[at])
            counted[form] += int(counts[near[at]])
            apart[form] = int(distance), surface[0] != word[0]
    return tuple(sorted(apart, key=lambda form: (*apart[form], -counted[form], form))[:most])


def words_of(segment: Segment) -> Vocabulary:
    """The segment's words."""
    vocabulary: Vocabulary = segment.kept("vocabulary", lambda: _read(segment))
    return vocabulary


def _read(segment: Segment) -> Vocabulary:
    found = segment.field("forms")
    terms, counts = found.terms(), np.diff(found.firsts).astype(np.int64)
    separator = SEPARATOR.encode()
    # What says which lemma is behind a key was written by nobody.
    written = np.array([2 * separator not in term for term in terms], bool)
    words = list(compress(terms, written.tolist()))
    surfaces = [word.partition(separator)[0] for word in words]
    read = Vocabulary(
        text=b"".join(words),
        begins=np.cumsum([0, *map(len, words)]),
        surface_bytes=np.fromiter(map(len, surfaces), np.uint16, len(words)),
        lengths=np.fromiter((len(surface.decode()) for surface in surfaces), np.uint16, len(words)),
        firsts=np.cumsum(counts[written]) - counts[written],
        documents=found.ids[np.repeat(written, counts)],
    )
    segment.give_back()
    return read


def _vocabularies(view: View) -> Iterator[tuple[Vocabulary, NDArray[np.int32]]]:
    for segment, place in view.snapshot.placed():
        vocabulary = words_of(segment)
        visible = view.visible[place]
        seen: _Seen = view.kept_of_segment(
            ("seen", segment.name),
            lambda vocabulary=vocabulary, visible=visible: _seen(vocabulary, visible),  # type: ignore[misc]
        )
        yield vocabulary, seen.counts


def _seen(vocabulary: Vocabulary, visible: Mask) -> _Seen:
    if not len(vocabulary.firsts):
        return _Seen(np.empty(0, np.int32))
    return _Seen(np.add.reduceat(visible[vocabulary.documents], vocabulary.firsts, dtype=np.int32))
