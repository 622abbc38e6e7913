"""Which words carry a sentence and no subject."""

import tomllib
from collections import Counter
from collections.abc import Sequence
from functools import cache
from importlib.resources import files
from itertools import chain

import numpy as np
from numpy.typing import NDArray

from library.language.fold import fold
from library.language.lemmas import LEMMA_LANGUAGES, lemma
from library.language.lexicon import Lexicon

FEWEST_FUNCTION_WORDS = 4
"""In a text of which they tell the language."""
FEWEST_OF_ITS_OWN = 6
"""Function words that only one language has, from which on they tell a text's language beyond doubt, if no other
language has a sixth as many."""
SHARE_OF_ITS_OWN = {"en": 0.1, "de": 0.1}
"""Of all words that they must be then: in a usual text .25 of English and German, and of the others, which say the same
by endings, .1."""
USUAL_SHARE = 0.025


def is_function_word(typed: str) -> bool:
    """Whether a word as it was typed says nothing of what is looked for. IT and WHO are no function words."""
    if len(typed) > 1 and typed.isupper():
        return False
    return fold(typed) in _surfaces() or typed.lower() in _with_marks()


def is_function_key(key: str) -> bool:
    """The same of a lemma key: `cs:být`."""
    return key in _keys()


def language_by_function_words(text: str) -> str:
    """The language (ISO 639-1) whose function words make up most of a text; empty where hardly any do. Less sure than
    `detect_language`, and without its model: for a process that may open no file."""
    words = [word for word in text.lower().split() if word.isalpha()]
    counts = {language: sum(word in known for word in words) for language, known in _as_written().items()}
    best = max(counts, key=lambda language: counts[language])
    return best if counts[best] >= FEWEST_FUNCTION_WORDS else ""


def languages_beyond_doubt(lexicon: Lexicon, texts: Sequence[NDArray[np.uint32]]) -> list[str]:
    """The language (ISO 639-1) of which each of these texts, given as numbers of words, has so many function words of
    its own that no model need be asked, which takes twenty times as long. Empty where there is any doubt."""
    names = ("", *_words())
    words, lengths = np.concatenate(texts), np.array([*map(len, texts)])
    numbers, languages = lexicon.known(words, _only_in, np.uint16, np.uint8)
    found = languages.take(words)
    telling = np.flatnonzero(found != _OF_NONE)
    found, words, of_text = found[telling], words[telling], np.repeat(np.arange(len(texts)), lengths)[telling]
    counts = np.bincount(len(names) * of_text + found, minlength=len(names) * len(texts)).reshape(-1, len(names))
    best = counts.argmax(axis=1)
    second, most = np.sort(counts, axis=1)[:, -2:].T
    own = found == best[of_text]
    different = np.unique(of_text[own] << _NUMBER_BITS | numbers.take(words[own])) >> _NUMBER_BITS
    enough = np.maximum(FEWEST_OF_ITS_OWN * np.maximum(second, 1), lengths * _shares().take(best))
    told = (most >= enough) & (np.bincount(different, minlength=len(texts)) >= FEWEST_FUNCTION_WORDS)
    return [names[language] for language in np.where(told, best, _OF_NONE).tolist()]


_OF_NONE = 0
"""The place of no language."""
_NUMBER_BITS = 16
"""That the number of a function word has."""


def _only_in(word: str) -> tuple[int, int]:
    """Which function word that only one language has it is, all ways to write it alike, and that language by its place
    among all, from 1."""
    return _of_one_language().get(word, (0, _OF_NONE))


@cache
def _shares() -> NDArray[np.float64]:
    """Of all words that those of each language must be, at its place."""
    return np.array([1, *(SHARE_OF_ITS_OWN.get(language, USUAL_SHARE) for language in _words())])


@cache
def _of_one_language() -> dict[str, tuple[int, int]]:
    """Each of them as it stands in sentences, before them and in headings."""
    counts = Counter(word for words in _as_written().values() for word in words)
    alone = (
        (word, language)
        for language, words in enumerate(_as_written().values(), _OF_NONE + 1)
        for word in words
        if counts[word] == 1
    )
    return {
        written: (number, language)
        for number, (word, language) in enumerate(alone)
        for written in (word, word.capitalize(), word.upper())
    }


@cache
def _as_written() -> dict[str, frozenset[str]]:
    return {language: frozenset(words) for language, words in _words().items()}


@cache
def _surfaces() -> frozenset[str]:
    return frozenset(fold(word) for _, word in _inflected())


@cache
def _with_marks() -> frozenset[str]:
    """Those that without their marks are words of other languages: `còn`, `con`."""
    return frozenset(chain.from_iterable(_as_written()[language] for language in _words().keys() - LEMMA_LANGUAGES))


@cache
def _keys() -> frozenset[str]:
    return frozenset(f"{language}:{lemma(word, language)}" for language, word in _inflected())


def _inflected() -> list[tuple[str, str]]:
    return [(language, word) for language in LEMMA_LANGUAGES for word in _words()[language]]


@cache
def _words() -> dict[str, list[str]]:
    text = (files("library.language") / "function_words.toml").read_text(encoding="utf-8")
    return {language: words.split() for language, words in tomllib.loads(text).items()}
