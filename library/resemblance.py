"""How alike two texts are: the same words, an edited copy, or perhaps a translation; pure.

A text is remembered by a digest of its words, by 128 minima of hashes of its runs of three words (Broder 1997), and by
its anchors: what a translation leaves as it is. Each pair is then compared by these alone.
"""

import hashlib
import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Literal, NamedTuple

import msgspec
import numpy as np
from numpy.typing import NDArray

from library.language import TokenTable, fold, skeleton
from library.model import DocumentId

Kind = Literal["same_text", "copy", "alike", "translation"]

MINIMA = 128
SHINGLE = 3
"""Words of a run."""
LEAST_SHINGLES = 20
"""Runs below which a text is too short to be told a copy of another."""
ALIKE = 0.3
COPY = 0.5
"""Shares of common runs, as the minima estimate them, from which a pair is named."""
LEAST_ANCHORS = 8
MOST_ANCHORS = 400
TRANSLATION = 0.3
"""Share of common anchors, the rarer the more they count, from which a pair may be a translation."""
MOST_NAMED = 10
"""Pairs of each kind that one document is named in."""

Numbers = NDArray[np.uint64]


class Signature(msgspec.Struct, frozen=True, eq=False):
    """What is remembered of a text to compare it with others."""

    text: str
    """The digest of its words; empty where it has none."""
    minima: NDArray[np.uint32]
    """MINIMA of them; none where the text is too short."""
    anchors: NDArray[np.uint32]
    """Hashes, in ascending order."""
    language: str
    """The one that most of it is in, ISO 639-1; empty where it is not known."""


class Resembling(NamedTuple):
    """Another document that is like one."""

    other: DocumentId
    kind: Kind
    score: float
    """From 0 to 1."""


def signature(pages: Sequence[tuple[str, TokenTable]], language: str) -> Signature:
    """Of a text: its pages with their token tables."""
    words = np.concatenate([np.empty(0, np.uint64), *(_words(table) for _, table in pages)])
    return Signature(
        text=hashlib.sha256(words.tobytes()).hexdigest() if len(words) else "",
        minima=_minima(words),
        anchors=_hashes(_anchors(pages)),
        language=language,
    )


def estimate(one: NDArray[np.uint32], others: NDArray[np.uint32]) -> NDArray[np.float64]:
    """The share of runs that a text has in common with each of the others (one a row)."""
    shares: NDArray[np.float64] = (others == one).mean(axis=1)
    return shares


def _words(table: TokenTable) -> Numbers:
    """A hash for each word, without case and typography: what stays the same in another format."""
    hashes = np.fromiter((_hash(form.form) for form in table.forms), np.uint64, len(table.forms))
    found: Numbers = hashes[table.ids]
    return found


# Copies --------------------------------------------------------------------------------------------------------------

_RANDOM = np.random.Generator(np.random.PCG64(20_261_126))  # the same in each process, or nothing could be compared
_FACTORS: Numbers = _RANDOM.integers(1, 2**63, MINIMA, dtype=np.uint64) | np.uint64(1)
_ADDED: Numbers = _RANDOM.integers(0, 2**63, MINIMA, dtype=np.uint64)
_PLACES: Numbers = _RANDOM.integers(1, 2**63, SHINGLE, dtype=np.uint64) | np.uint64(1)
_AT_ONCE = 4_096
"""Runs that are hashed in one go: 4 MB."""


def _minima(words: Numbers) -> NDArray[np.uint32]:
    if len(words) < LEAST_SHINGLES + SHINGLE - 1:
        return np.empty(0, np.uint32)
    runs = np.zeros(len(words) - SHINGLE + 1, np.uint64)
    for place, factor in enumerate(_PLACES):
        runs += words[place : place + len(runs)] * factor
    runs = np.unique(runs ^ (runs >> np.uint64(29)))
    least = np.full(MINIMA, np.iinfo(np.uint32).max, np.uint32)
    for first in range(0, len(runs), _AT_ONCE):
        spread = (runs[first : first + _AT_ONCE, None] * _FACTORS + _ADDED) >> np.uint64(32)
        least = np.minimum(least, spread.astype(np.uint32).min(axis=0))
    return least


def _hash(text: str) -> int:
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest())


# Translations --------------------------------------------------------------------------------------------------------

_NUMBER = re.compile(r"\d+(?:[\s\u00a0.,/]\d+)*")
_NAME = re.compile(r"(?<=[^\W\d_][ ,(])[^\W\d_a-zà-ÿа-яёіїєґ]\w{3,}")
NAME_LETTERS = 4
"""Of a name that count: the rest is what each language bends."""


def _anchors(pages: Sequence[tuple[str, TokenTable]]) -> Iterator[str]:
    """What a translation leaves as it is: numbers, beginnings of names, and the concepts of the thesaurus."""
    for text, table in pages:
        for number in _NUMBER.findall(text):
            digits = re.sub(r"[^\d/]", "", number)
            if len(digits) > 1:
                yield f"#{digits}"
        for name in _NAME.findall(text):
            yield f"@{skeleton(fold(name))[:NAME_LETTERS]}"
        for named in table.concepts:
            yield f"={named.concept}"


def _hashes(anchors: Iterable[str]) -> NDArray[np.uint32]:
    found = {_hash(anchor) >> 32 for anchor in anchors}
    # The least hashes are a fair choice: two texts choose the same of what they have in common.
    return np.array(sorted(found)[:MOST_ANCHORS], np.uint32)


# Among many ----------------------------------------------------------------------------------------------------------


class Library:
    """The signatures of all documents, to find those that are like one."""

    def __init__(self, signatures: Sequence[tuple[DocumentId, Signature]]) -> None:
        self._ids = [document for document, _ in signatures]
        self._texts = [each.text for _, each in signatures]
        self._languages = np.array([each.language for _, each in signatures])
        self._long = [row for row, (_, each) in enumerate(signatures) if len(each.minima)]
        self._minima = np.array([signatures[row][1].minima for row in self._long], np.uint32).reshape(-1, MINIMA)
        owners = np.repeat(np.arange(len(signatures)), [len(each.anchors) for _, each in signatures])
        anchors = np.concatenate([np.empty(0, np.uint32), *(each.anchors for _, each in signatures)])
        order = np.argsort(anchors, kind="stable")
        self._anchors, self._owners = anchors[order], owners[order]
        _, first, counts = np.unique(self._anchors, return_index=True, return_counts=True)
        self._weight = np.zeros(len(anchors))
        self._weight[:] = np.repeat(np.log((1 + len(signatures)) / counts), counts) if len(first) else 0
        self._total = np.bincount(self._owners, self._weight, len(signatures))

    def like(self, document: DocumentId, known: Signature) -> list[Resembling]:
        """The documents that are like this one, the likest first; each under its strongest kind."""
        found = {each.other: each for each in (*self._translations(known), *self._copies(known))}
        found.pop(document, None)
        return sorted(found.values(), key=lambda each: -each.score)

    def _copies(self, known: Signature) -> Iterator[Resembling]:
        shares = estimate(known.minima, self._minima) if len(known.minima) and self._long else np.empty(0)
        near = [(float(shares[place]), self._long[place]) for place in np.flatnonzero(shares >= ALIKE)]
        for share, row in sorted(near)[-MOST_NAMED - 1 :]:
            yield Resembling(self._ids[row], "copy" if share >= COPY else "alike", round(share, 2))
        for row, text in enumerate(self._texts):
            if text and text == known.text:
                yield Resembling(self._ids[row], "same_text", 1.0)

    def _translations(self, known: Signature) -> Iterator[Resembling]:
        if len(known.anchors) < LEAST_ANCHORS or not known.language:
            return
        starts = np.searchsorted(self._anchors, known.anchors)
        ends = np.searchsorted(self._anchors, known.anchors, side="right")
        shared = np.zeros(len(self._ids))
        own = 0.0
        for start, end in zip(starts.tolist(), ends.tolist(), strict=True):
            if start < end:
                own += float(self._weight[start])
                shared[self._owners[start:end]] += self._weight[start]
        shares = shared / np.maximum(own + self._total - shared, 1e-9)
        shares[(self._languages == known.language) | (self._languages == "")] = 0
        near = [(float(shares[row]), int(row)) for row in np.flatnonzero(shares >= TRANSLATION)]
        for share, row in sorted(near)[-MOST_NAMED:]:
            yield Resembling(self._ids[row], "translation", round(share, 2))
