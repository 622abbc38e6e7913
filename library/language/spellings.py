"""Which words may be meant by one typed without diacritics: `detem` -> `detem`, `dětem`, `děťem`.

Every letter may take each mark that its language has, but only where each four letters in a row stand so in some word
of the dictionary. What is left is few enough to look up. A language's four-letter strings are kept as a bit map of
their checksums, which a few strangers pass: they only cost a look-up.
"""

import tomllib
from functools import lru_cache
from zlib import crc32

from library.language.fold import fold
from library.language.rules import DATA

SPELT_LANGUAGES = ("cs", "sk", "pl", "de", "uk", "ru")
"""Languages with letters that folding changes, and a bit map each."""

ALPHABETS = DATA / "alphabets.toml"

GRAM = 4
"""Letters in a row that must stand so in some word; an edge of the word counts as one letter."""

MAP_BITS = 1 << 20

EDGE = "|"

MOST_SPELLINGS = 64
"""Beginnings of a word that are followed at once: a word that could be spelt in more ways is no word."""

LONGEST = 32
"""Letters above which nothing is tried: no word that anybody types without diacritics is longer."""


def spellings(surface: str, language: str) -> tuple[str, ...]:
    """The spellings of a folded word that look like words of the language; the word as it is comes first."""
    if len(surface) > LONGEST:
        return ()
    letters, bits = _letters(language), bits_of(language)
    # ends[n] has the spellings of the first n letters: `ss` may be one letter, so they grow by one or by two.
    ends: list[list[str]] = [[EDGE]] + [[] for _ in surface]
    for start in range(len(surface)):
        for width in (1, 2)[: len(surface) - start]:
            for letter in letters.get(surface[start : start + width], ()):
                longer = (spelling + letter for spelling in ends[start])
                ends[start + width] += [spelling for spelling in longer if _stands(spelling[-GRAM:], bits)]
        del ends[start + 1][MOST_SPELLINGS:]
    return tuple(spelling[1:] for spelling in ends[-1] if _stands((spelling + EDGE)[-GRAM:], bits))


def can_write(word: str, language: str) -> bool:
    """Whether the language has the letters of the lower-case word, marks and all."""
    return _alphabet(language).issuperset(word)


def grams(word: str) -> set[str]:
    """The strings of letters that let a word's spelling pass."""
    edged = EDGE + word + EDGE
    beginnings = (edged[:length] for length in range(2, GRAM))
    return {edged[start : start + GRAM] for start in range(max(1, len(edged) - GRAM + 1))}.union(beginnings)


def bit(gram: str) -> int:
    """The place of a string in the bit map."""
    return crc32(gram.encode()) % MAP_BITS


def _stands(gram: str, bits: bytes) -> bool:
    place = bit(gram)
    return bool(bits[place >> 3] >> (place & 7) & 1)


@lru_cache
def bits_of(language: str) -> bytes:
    return (DATA / f"{language}.spellings").read_bytes()


@lru_cache
def _alphabet(language: str) -> frozenset[str]:
    return frozenset(tomllib.loads(ALPHABETS.read_text(encoding="utf-8"))[language])


@lru_cache
def _letters(language: str) -> dict[str, list[str]]:
    letters: dict[str, list[str]] = {}
    for letter in sorted(_alphabet(language)):  # a letter without marks sorts before those with
        letters.setdefault(fold(letter), []).append(letter)
    return letters
