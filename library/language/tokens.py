"""Where the words of a text stand."""

import os
import re
from collections.abc import Iterator, Sequence
from functools import cache
from itertools import accumulate
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from library.language.lexicon import Lexicon, lexicon

# Letters and digits with the combining marks that may follow them; an apostrophe inside a word belongs to it.
_MARKS = "\u0300-\u036f\u064b-\u065f\u0670"
# Nothing is ever given back (`+` behind a quantifier): that takes a third of the time.
_TOKEN = re.compile(rf"[^\W_][^\W_{_MARKS}]*+(?:[{_MARKS}]++[^\W_]*+)*+(?:['’ʼ][^\W_{_MARKS}]++)*+")
_APART = re.compile(f"({_TOKEN.pattern})")

LONGEST_TOKEN = 64
"""Characters of a token that count; what is longer is no word that anybody types."""
SHORTEST_AT_ONCE = 400
"""Characters from which on a text is quicker taken apart as one array than token by token."""
LONGEST_AT_ONCE = 200_000
"""Characters of texts that are taken apart as one array: it takes 25 bytes for each."""

_NO_PART, _PART, _APOSTROPHE, _MARK = range(4)
"""What a character is to tokens."""


class Apart(NamedTuple):
    """A text as its tokens: token i is the word with the number `words[i]` in the lexicon, of which at most
    LONGEST_TOKEN characters count, begins at `starts[i]` and is `lengths[i]` long, in characters."""

    lexicon: Lexicon
    words: NDArray[np.uint32]
    starts: NDArray[np.uint32]
    lengths: NDArray[np.uint32]


def spans(text: str) -> Iterator[tuple[int, int]]:
    """Where each token begins and ends. The parts of `Praha-Krči`, `326/1999` and `a@b.cz` are tokens of their own:
    whoever asks for the whole asks for the parts side by side."""
    for found in _TOKEN.finditer(text):
        yield found.span()


def taken_apart(texts: Sequence[str]) -> list[Apart]:
    """Each of these texts, with the same tokens and one lexicon. All pages of a document at once take a fifth of the
    time."""
    words = lexicon()
    apart: list[Apart] = []
    some: list[str] = []
    length = 0
    for text in texts:
        if some and length + len(text) > LONGEST_AT_ONCE:
            apart += _together(some, words)
            some, length = [], 0
        some.append(text)
        length += len(text)
    return apart + _together(some, words)


def _together(texts: Sequence[str], words: Lexicon) -> list[Apart]:
    whole = "\n".join(texts)
    if SHORTEST_AT_ONCE <= len(whole) <= LONGEST_AT_ONCE:
        codes = np.frombuffer(whole.encode("utf-16-le", "surrogatepass"), np.uint16)
        kinds = _kinds().take(codes)
        # Where a character takes two places, or marks have a say, the pattern is asked.
        if len(codes) == len(whole) and kinds.max() < _MARK:
            begins = list(accumulate((len(text) + 1 for text in texts), initial=0))
            return _cut(_at_once(whole, codes, kinds, words), begins)
    return [_one_by_one(text, words) for text in texts]


def _at_once(whole: str, codes: NDArray[np.uint16], kinds: NDArray[np.uint8], words: Lexicon) -> Apart:
    part = np.zeros(len(kinds) + 2, np.bool_)  # with something that is none before and behind
    inside = part[1:-1]
    np.equal(kinds, _PART, out=inside)
    apostrophes = np.flatnonzero(kinds == _APOSTROPHE)
    if len(apostrophes):
        inside[apostrophes] = part[apostrophes] & part[apostrophes + 2]
    edges = np.flatnonzero(part[1:] != part[:-1]).astype(np.uint32)
    starts, lengths = edges[::2], edges[1::2] - edges[::2]

    def strings(tokens: NDArray[np.intp]) -> list[str]:
        begins = starts.take(tokens)
        ends = begins + np.minimum(lengths.take(tokens), LONGEST_TOKEN)
        return [whole[begin:end] for begin, end in zip(begins.tolist(), ends.tolist(), strict=True)]

    return Apart(words, words.hashed_numbers(_hashes(codes[inside], lengths), strings), starts, lengths)


def _hashes(letters: NDArray[np.uint16], lengths: NDArray[np.uint32]) -> NDArray[np.uint64]:
    """Of words that stand side by side and are so long: two different ones have the same at most once in 2 ** 48 pairs,
    whoever chose them, since nobody knows by what they are multiplied."""
    if not len(lengths):
        return np.empty(0, np.uint64)
    begins = lengths.cumsum(dtype=np.intp) - lengths
    places = np.arange(len(letters)) - begins.repeat(lengths)
    return np.add.reduceat(_multipliers().take(places, mode="clip") * letters, begins)


def _one_by_one(text: str, words: Lexicon) -> Apart:
    parts = _APART.split(text)  # what stands before the first token, the token, what stands before the second
    lengths = np.fromiter(map(len, parts), np.uint32, len(parts))
    return _apart(words, parts[1::2], lengths.cumsum(dtype=np.uint32)[:-1:2], lengths[1::2])


def _apart(words: Lexicon, tokens: list[str], starts: NDArray[np.uint32], lengths: NDArray[np.uint32]) -> Apart:
    if lengths.max(initial=0) > LONGEST_TOKEN:
        tokens = [token[:LONGEST_TOKEN] for token in tokens]
    return Apart(words, words.numbers(tokens, len(tokens)), starts, lengths)


def side_by_side(texts: Sequence[Apart]) -> tuple[Apart, NDArray[np.intp]]:
    """Texts that were taken apart together as one, in which the tokens of text i are those from the i-th bound to the
    next; each begins where it does in its own text."""
    if len(texts) == 1:
        return texts[0], np.array((0, len(texts[0].words)))
    words, starts, lengths = (np.concatenate([text[column] for text in texts]) for column in (1, 2, 3))
    bounds = np.array([*accumulate((len(text.words) for text in texts), initial=0)])
    return Apart(texts[0].lexicon, words, starts, lengths), bounds


def _cut(apart: Apart, begins: Sequence[int]) -> list[Apart]:
    """Texts that stood side by side, by where each of them begins, and the end."""
    words, numbers, starts, lengths = apart
    bounds = np.searchsorted(starts, begins).tolist()
    return [
        Apart(words, numbers[first:behind], starts[first:behind] - np.uint32(begin), lengths[first:behind])
        for first, behind, begin in zip(bounds, bounds[1:], begins, strict=False)
    ]


@cache
def _multipliers() -> NDArray[np.uint64]:
    """One for each place in a word; what stands behind does not count."""
    return np.append(np.frombuffer(os.urandom(8 * LONGEST_TOKEN), np.uint64), np.uint64(0))


@cache
def _kinds() -> NDArray[np.uint8]:
    """What each character of Unicode's first plane is to tokens."""
    kinds = np.fromiter(map(str.isalnum, map(chr, range(1 << 16))), np.uint8, 1 << 16)
    kinds[[ord("'"), ord("’")]] = _APOSTROPHE  # ʼ is a letter to Unicode
    kinds[[code for code in range(1 << 16) if re.match(f"[{_MARKS}]", chr(code))]] = _MARK
    return kinds
