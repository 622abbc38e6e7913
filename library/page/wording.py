"""How something is said in the reader's language: texts, plurals, dates, numbers, and the order of the alphabet."""

import tomllib
from collections.abc import Mapping
from datetime import date, datetime
from functools import cache
from importlib.resources import files
from typing import Any

from babel import Locale
from babel.dates import format_date
from babel.numbers import format_decimal
from msgspec import Struct

LANGUAGES = {"cs": "Čeština", "en": "English", "uk": "Українська"}
"""The languages that pages are in, and what each calls itself."""
DEFAULT = "en"

Text = str | dict[str, str]
"""A text with `{names}` to be filled in; or one for each plural category of CLDR (one, few, many, other)."""

_ALPHABETS = {
    "cs": "a b c č d e f g h ch i j k l m n o p q r ř s š t u v w x y z ž",
    "en": "a b c d e f g h i j k l m n o p q r s t u v w x y z",
    "uk": "а б в г ґ д е є ж з и і ї й к л м н о п р с т у ф х ц ч ш щ ь ю я",
}
_UNACCENTED = str.maketrans("áďéěíňóťúůýäëöüôľĺŕ", "adeeinotuuyaeouollr")
"""Letters that Czech sorts with their plain ones."""


class Wording(Struct, frozen=True):
    """One language. `say` is what templates call."""

    language: str
    texts: dict[str, Text]

    @property
    def locale(self) -> Locale:
        return _locale(self.language)

    def say(self, key: str, **values: object) -> str:
        """The text with this key, filled in. A text with plurals needs a number `n`. Raises KeyError for an unknown
        key: a test knows all that are used."""
        text = self.texts[key]
        if isinstance(text, dict):
            count = values["n"]
            assert isinstance(count, int)
            text = text[self.locale.plural_form(count)]
        return text.format(**{name: self._written(value) for name, value in values.items()})

    def number(self, value: float) -> str:
        return str(format_decimal(value, locale=self.locale))

    def day(self, value: date | str) -> str:
        """A date in words; of text, ISO 8601, as JSON has it. A year or a month stays as coarse as it is."""
        if isinstance(value, str):
            return _written_day(value, self.locale)
        return str(format_date(value, format="long", locale=self.locale))

    def in_order(self, text: str) -> tuple[tuple[int, ...], str]:
        """The key by which texts stand in this language's alphabetical order."""
        return _sort_key(text, self.language)

    def _written(self, value: object) -> str:
        return self.number(value) if isinstance(value, int) else str(value)


@cache
def wording(language: str) -> Wording:
    """The texts of one of LANGUAGES; read once."""
    written = files(__package__).joinpath("translations", f"{language}.toml").read_text(encoding="utf-8")
    return Wording(language, dict(_flat(tomllib.loads(written), "")))


def _flat(table: Mapping[str, Any], before: str) -> list[tuple[str, Text]]:
    """`[search] title = …` -> `search.title`. A table with `other` in it is a text with plurals."""
    found: list[tuple[str, Text]] = []
    for name, value in table.items():
        match value:
            case str():
                found.append((before + name, value))
            case {"other": str()}:
                found.append((before + name, {str(category): str(text) for category, text in value.items()}))
            case dict():
                found += _flat(value, f"{before}{name}.")
            case _:
                raise TypeError(f"{before}{name} is neither a text nor a table of texts")
    return found


@cache
def _locale(language: str) -> Locale:
    return Locale.parse(language)


def _written_day(text: str, locale: Locale) -> str:
    match text.count("-"):
        case 0:
            return text
        case 1:
            month = date.fromisoformat(f"{text}-01")
            return str(format_date(month, format="LLLL y", locale=locale))
        case _:
            return str(format_date(datetime.fromisoformat(text).date(), format="long", locale=locale))


def _sort_key(text: str, language: str) -> tuple[tuple[int, ...], str]:
    """The places of the letters; among texts that differ in nothing else, plain letters before those with a sign."""
    places = _places(language)
    folded, key, at = text.lower(), list[int](), 0
    while at < len(folded):
        letter = folded[at : at + 2] if folded[at : at + 2] in places else folded[at]
        at += len(letter)
        plain = letter if letter in places else letter.translate(_UNACCENTED)
        key.append(places.get(plain, len(places) if letter.isalpha() else -1))
    return tuple(key), folded


@cache
def _places(language: str) -> dict[str, int]:
    """Letter -> its place: the reader's own alphabet first, then the others."""
    own = _ALPHABETS[language].split()
    rest = [letter for other in _ALPHABETS.values() for letter in other.split() if len(letter) == 1]
    return {letter: place for place, letter in enumerate(dict.fromkeys([*own, *rest]))}
