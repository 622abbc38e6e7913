"""Which words the visible documents have: to complete one that is being typed, and to mend one that nobody wrote."""

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray
from rapidfuzz.distance import OSA
from rapidfuzz.process import extract

from library.engines.whoosh.blocks import Ids
from library.engines.whoosh.matched import Mask
from library.engines.whoosh.schema import SEPARATOR
from library.engines.whoosh.segment import Segment
from library.engines.whoosh.snapshot import View
from library.language import fold, is_function_key

SHORTEST_MENDED = 4
"""Letters below which a word is not mended: any other is near to it."""
LONG = 8
"""Letters from which two errors are mended."""
MOST_COMPLETIONS = 100
"""Words that a beginning is completed to at most."""

_LAST = "\U0010ffff"


class Vocabulary(Struct, frozen=True, eq=False):
    """The words of one segment in order: `surfaces[i]` was written as `forms[i]` and has the key `keys[i]` (or none).
    The documents that have word i are those from `firsts[i]` on."""

    surfaces: list[str]
    forms: list[str]
    keys: list[str]
    lengths: NDArray[np.uint8]
    firsts: NDArray[np.int64]
    documents: Ids

    @property
    def nbytes(self) -> int:
        return 250 * len(self.surfaces) + self.firsts.nbytes + self.documents.nbytes

    def beginning_with(self, prefix: str) -> slice:
        return slice(bisect_left(self.surfaces, prefix), bisect_left(self.surfaces, prefix + _LAST))


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
            form, key = vocabulary.forms[word], vocabulary.keys[word]
            if not is_function_key(key):
                written.setdefault(key or form, Counter())[form] += int(counts[word])
    names = {key: _name(key, forms, prefix) for key, forms in written.items()}
    ranked = sorted(written, key=lambda key: (-written[key].total(), names[key]))
    return tuple(dict.fromkeys(names[key] for key in ranked))[:MOST_COMPLETIONS]


def _name(key: str, forms: Counter[str], prefix: str) -> str:
    _, _, lemma = key.partition(":")
    return lemma if lemma and fold(lemma).startswith(prefix) else max(forms, key=lambda form: (forms[form], form))


def nearest(word: str, view: View, most: int) -> tuple[str, ...]:
    """The written words that differ from a folded one by an error or two, the likeliest first: fewer errors, the same
    first letter, more documents."""
    if len(word) < SHORTEST_MENDED:
        return ()
    errors = 2 if len(word) >= LONG else 1
    counted: Counter[str] = Counter()
    apart: dict[str, tuple[int, bool]] = {}
    for vocabulary, counts in _vocabularies(view):
        near = np.flatnonzero((np.abs(vocabulary.lengths.astype(int) - len(word)) <= errors) & (counts > 0)).tolist()
        surfaces = [vocabulary.surfaces[place] for place in near]
        for surface, distance, at in extract(word, surfaces, scorer=OSA.distance, score_cutoff=errors, limit=None):
            form = vocabulary.forms[near[at]]
            counted[form] += int(counts[near[at]])
            apart[form] = int(distance), surface[0] != word[0]
    return tuple(sorted(apart, key=lambda form: (*apart[form], -counted[form], form))[:most])


def words_of(segment: Segment) -> Vocabulary:
    """The segment's words; read once, which takes about a second a thousand documents."""
    vocabulary: Vocabulary = segment.kept("vocabulary", lambda: _read(segment))
    return vocabulary


def _read(segment: Segment) -> Vocabulary:
    found = segment.all_postings("forms")
    parts = [term.decode().split(SEPARATOR) for term in found.terms]
    # What says which lemma is behind a key was written by nobody.
    written = np.array([bool(form) for _, form, _ in parts], bool)
    words = [part for part in parts if part[1]]
    return Vocabulary(
        surfaces=[surface for surface, _, _ in words],
        forms=[form for _, form, _ in words],
        keys=[key for _, _, key in words],
        lengths=np.array([min(len(surface), 255) for surface, _, _ in words], np.uint8),
        firsts=np.cumsum(found.counts[written], dtype=np.int64) - found.counts[written],
        documents=found.documents[np.repeat(written, found.counts)],
    )


def _vocabularies(view: View) -> Iterator[tuple[Vocabulary, NDArray[np.int32]]]:
    for segment, place in view.snapshot.placed():
        vocabulary = words_of(segment)
        visible = view.visible[place]
        seen: _Seen = view.kept(
            ("seen", segment.name),
            lambda vocabulary=vocabulary, visible=visible: _seen(vocabulary, visible),  # type: ignore[misc]
        )
        yield vocabulary, seen.counts


def _seen(vocabulary: Vocabulary, visible: Mask) -> _Seen:
    if not vocabulary.surfaces:
        return _Seen(np.empty(0, np.int32))
    return _Seen(np.add.reduceat(visible[vocabulary.documents], vocabulary.firsts, dtype=np.int32))
