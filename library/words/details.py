"""What the library knows more exactly, said in English where it is found out, in the language of who reads it.

One data file a language, `details_cs.toml`, `details_uk.toml`: an English sentence = ours. `{}` is a blank in the
English one, `{0}`, `{1}` … what stood there.
"""

import re
import tomllib
from functools import cache
from importlib.resources import files

from msgspec import Struct

_THOUSANDS = re.compile(r"\d{1,3}(?:,\d{3})+")


class _Form(Struct, frozen=True):
    """A sentence with blanks, and how we say it."""

    english: re.Pattern[str]
    ours: str


class _Details(Struct, frozen=True):
    whole: dict[str, str]
    """Sentences without blanks."""
    forms: tuple[_Form, ...]
    """The ones that say most first: a sentence may fit several."""


def in_words_of(language: str, sentence: str) -> str:
    """The sentence in this language, with what stands in its blanks; as it is, where there is none for it."""
    known = _details(language)
    if sentence in known.whole:
        return known.whole[sentence]
    for form in known.forms:
        if found := form.english.fullmatch(sentence):
            return form.ours.format(*(_value(language, value) for value in found.groups()))
    return sentence


def details(language: str) -> dict[str, str]:
    """The English sentences for which this language has words, and these; none for English."""
    data = files(__package__).joinpath(f"details_{language}.toml")
    return tomllib.loads(data.read_text(encoding="utf-8")) if data.is_file() else {}


def _value(language: str, value: str) -> str:
    return value.replace(",", "\u00a0") if _THOUSANDS.fullmatch(value) else in_words_of(language, value)


@cache
def _details(language: str) -> _Details:
    written = details(language)
    with_blanks = sorted((sentence for sentence in written if "{}" in sentence), key=len, reverse=True)
    return _Details(
        {sentence: ours for sentence, ours in written.items() if "{}" not in sentence},
        tuple(_Form(_pattern(sentence), written[sentence]) for sentence in with_blanks),
    )


def _pattern(sentence: str) -> re.Pattern[str]:
    return re.compile("(.*?)".join(map(re.escape, sentence.split("{}"))), re.DOTALL)
