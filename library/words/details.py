"""What the library knows more exactly, said in English where it is found out, in the language of who reads it.

One data file a language, `details_cs.toml`, `details_uk.toml`: an English sentence = ours. `{}` is a blank in the
English one, `{0}`, `{1}` … what stood there, `{0:fields}` where that is a list of fields of a document.
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
            return form.ours.format(*(_Value(language, value) for value in found.groups()))
    return sentence


def details(language: str) -> dict[str, str]:
    """The English sentences for which this language has words, and these; none for English."""
    data = files(__package__).joinpath(f"details_{language}.toml")
    return tomllib.loads(data.read_text(encoding="utf-8")) if data.is_file() else {}


class _Value:
    """What stood in a blank, as the language says it."""

    def __init__(self, language: str, value: str) -> None:
        self._language = language
        self._value = value

    def __format__(self, kind: str) -> str:
        if kind == "fields":
            known = _fields(self._language)
            return ", ".join(known.get(name, name) for name in self._value.split(", "))
        if _THOUSANDS.fullmatch(self._value):
            return self._value.replace(",", "\u00a0")
        return in_words_of(self._language, self._value)


@cache
def _fields(language: str) -> dict[str, str]:
    """What fields of a document are called, by what English calls them."""
    english, ours = (
        tomllib.loads(files(__package__).joinpath(f"{each}.toml").read_text(encoding="utf-8"))["field"]
        for each in ("en", language)
    )
    return {called: ours[name] for name, called in english.items()}


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
