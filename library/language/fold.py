"""How texts that differ only in case, diacritics and typography are made the same."""

import re
import unicodedata
from functools import lru_cache

_INVISIBLE = dict.fromkeys(map(ord, "\u00ad\ufeff\u200b\u200c\u200d\u2060"))
_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff\ud800-\udfff]")
_APOSTROPHES = str.maketrans({"’": "'", "ʼ": "'", "‘": "'", "`": "'"})

# Letters that no decomposition takes apart, and the two that must stay whole: й and ї are letters of their own, and
# и and і are others.
_LETTERS = str.maketrans({"ł": "l", "đ": "d", "ß": "ss", "ø": "o", "æ": "ae", "œ": "oe", "ё": "е", "ґ": "г", "ı": "i"})
_KEPT = {"й", "ї"}


def clean(text: str) -> str:
    """The text as it is stored: Unicode's form C, without soft hyphens, byte order marks and control characters."""
    return unicodedata.normalize("NFC", _CONTROLS.sub(" ", text).translate(_INVISIBLE))


def normal_form(word: str) -> str:
    """The word in lower case with straight apostrophes; diacritics stay."""
    return word.lower().translate(_APOSTROPHES)


@lru_cache(maxsize=1 << 15)
def fold(word: str) -> str:
    """The word without case and diacritics: `Žáci` -> `zaci`, `Łódź` -> `lodz`, but `Київ` -> `київ`."""
    lowered = normal_form(word).translate(_LETTERS)
    return lowered if lowered.isascii() else lowered.translate(_BASES)


class _Bases(dict[int, str]):
    """Letter -> what it is without marks, found out when it is first asked for."""

    def __missing__(self, code: int) -> str:
        parts = unicodedata.normalize("NFD", chr(code))
        base = "".join(part for part in parts if not unicodedata.combining(part))
        self[code] = base
        return base


_BASES = _Bases({ord(letter): letter for letter in _KEPT})
