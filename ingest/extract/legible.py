"""Whether the text that a PDF page gives is what can be seen on it. Pure.

A font may lack the table that says which letters its signs are: `Spatenstich` then reads `6SDWHQVWLFK`. Such a page is
read by its picture instead. Told by words, and only where there are enough of them: in no served language are most
words without a vowel, or made of capitals and digits by turns.
"""

import re
import unicodedata

FEWEST_WORDS = 15
"""Below so many nothing is told: a formula, a table of codes."""
MOST_STRANGE = 0.5
"""Share of strange words from which a text is none."""
MOST_SIGNS = 0.1
"""Share of signs that are no text in any font: control characters, and those of private use."""
_WORD = re.compile(r"\S{4,}")
_TURNS = re.compile(r"[^\W\d_]\d+[^\W\d_]|\d[^\W\d_]{4,}|[^\W\d_][\]\[\\^_`@{}|~<>=+*#$%&][^\W\d_]")
"""A letter, digits, a letter; a digit before a word; a sign of programs inside a word."""
_VOWELS = frozenset("aeiouyаеєиіїоуюяыэёąęøœæıµ")
_PLAIN = re.compile(
    rf"(?<!\S)(?=[^\W\d_]*[{''.join(sorted(_VOWELS))}áéíóúýěůäöüіїєąę])[^\W\d_]{{4,}}[.,;:!?)]?(?!\S)", re.IGNORECASE
)
"""Words about which there is no doubt: most of them, on most pages."""
_NO_TEXT = ("Cc", "Co", "Cn", "Cs")
_REPLACED = "\ufffd"


def is_legible(text: str) -> bool:
    """False where most of the page cannot be what somebody printed."""
    written = len("".join(text.split()))
    # Asked of each letter once: a page has thousands, and of some eighty kinds.
    signs = sum(text.count(letter) for letter in set(text) if _is_no_text(letter) and not letter.isspace())
    if signs > MOST_SIGNS * written:
        return False
    found = _WORD.findall(text)
    if len(_PLAIN.findall(text)) >= (1 - MOST_STRANGE) * len(found):
        return True
    words = [word for word in found if sum(map(str.isalpha, word)) > len(word) / 2]
    return len(words) < FEWEST_WORDS or sum(map(_is_strange, words)) <= MOST_STRANGE * len(words)


def _is_no_text(letter: str) -> bool:
    return letter == _REPLACED or unicodedata.category(letter) in _NO_TEXT


def _is_strange(word: str) -> bool:
    if _TURNS.search(word):
        return True
    bare = unicodedata.normalize("NFD", word.lower())
    # Only alphabets whose vowels are known here are judged.
    return any("a" <= letter <= "z" or "а" <= letter <= "я" for letter in bare) and _VOWELS.isdisjoint(bare)
