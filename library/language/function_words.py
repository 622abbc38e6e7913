"""Which words carry a sentence and no subject."""

import tomllib
from functools import cache
from importlib.resources import files

from library.language.fold import fold
from library.language.lemmas import lemma

FEWEST_FUNCTION_WORDS = 4
"""In a text of which they tell the language."""


def is_function_word(typed: str) -> bool:
    """Whether a word as it was typed says nothing of what is looked for. IT and WHO are no function words."""
    return not (len(typed) > 1 and typed.isupper()) and fold(typed) in _surfaces()


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


@cache
def _as_written() -> dict[str, frozenset[str]]:
    return {language: frozenset(words) for language, words in _words().items()}


@cache
def _surfaces() -> frozenset[str]:
    return frozenset(fold(word) for words in _words().values() for word in words)


@cache
def _keys() -> frozenset[str]:
    return frozenset(f"{language}:{lemma(word, language)}" for language, words in _words().items() for word in words)


@cache
def _words() -> dict[str, list[str]]:
    text = (files("library.language") / "function_words.toml").read_text(encoding="utf-8")
    return {language: words.split() for language, words in tomllib.loads(text).items()}
