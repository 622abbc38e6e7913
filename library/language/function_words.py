"""Which words carry a sentence and no subject."""

import tomllib
from functools import cache
from importlib.resources import files

from library.language.fold import fold
from library.language.lemmas import lemma


def is_function_word(typed: str) -> bool:
    """Whether a word as it was typed says nothing of what is looked for. IT and WHO are no function words."""
    return not (len(typed) > 1 and typed.isupper()) and fold(typed) in _surfaces()


def is_function_key(key: str) -> bool:
    """The same of a lemma key: `cs:být`."""
    return key in _keys()


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
