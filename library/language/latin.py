"""How a word in Cyrillic letters looks when somebody types it in Latin ones.

People without a Cyrillic keyboard write `dity inozemtsiv`, `dity inozemciv`, `dyty inozemtsiw`: by the Ukrainian rules
of 2010, as scholars, Czechs or Poles do, as it comes. A skeleton is what all these ways have in common. Czech words
have skeletons too, and some agree by chance, so what is found by one counts less than what is found by its letters.
"""

import re
from functools import lru_cache
from itertools import islice, product

from library.language.fold import fold

SHORTEST = 4
"""Letters of a skeleton below which it says too little."""
MOST_READINGS = 8
"""Readings of a Cyrillic word that are followed."""

_SOUNDS: dict[str, tuple[str, ...]] = {
    **{cyrillic: (latin,) for cyrillic, latin in zip("абвгдезийклмнопрстуф", "abvhdeziiklmnoprstuf", strict=True)},
    "і": ("i",),
    "ї": ("i",),
    "ы": ("i",),
    "э": ("e",),
    "х": ("h",),
    "ж": ("z",),
    "ц": ("c",),
    "ш": ("s",),
    "ь": ("",),
    "ъ": ("",),
    "'": ("",),
    "щ": ("sc",),
    "ю": ("iu",),
    "я": ("ia",),
    # `ch` is ч to a Ukrainian and х to a Czech; і comes before є or does not.
    "ч": ("c", "h"),
    "є": ("ie", "e"),
}
_ALIKE = (
    (re.compile("shch|szcz|sch"), "sc"),
    (re.compile("kh|ch|x|g"), "h"),
    (re.compile("zh"), "z"),
    (re.compile("sh|sz"), "s"),
    (re.compile("cz|ts|tz"), "c"),
    (re.compile("w"), "v"),
    (re.compile("[ijy]+"), "i"),
    (re.compile(r"[^a-z]"), ""),
    (re.compile(r"(.)\1+"), r"\1"),
)


@lru_cache(maxsize=1 << 14)
def skeleton(word: str) -> str:
    """What a word typed in Latin letters has in common with other ways to type it; empty where that says too little."""
    found = fold(word)
    if not found.isascii():
        return ""
    for likes, one in _ALIKE:
        found = likes.sub(one, found)
    return found if len(found) >= SHORTEST else ""


def skeletons(word: str) -> tuple[str, ...]:
    """The skeletons of a Cyrillic word; none for other words, and for short ones."""
    letters = [_SOUNDS.get(letter) for letter in fold(word)]
    known = [sounds for sounds in letters if sounds is not None]
    if len(known) < len(letters):
        return ()
    readings = islice(product(*known), MOST_READINGS)
    return tuple(dict.fromkeys(filter(None, (skeleton("".join(reading)) for reading in readings))))
