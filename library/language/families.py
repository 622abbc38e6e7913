"""Which other words somebody may mean who types one: of another part of speech, or of another language.

Some eighty thousand words are kept as one text and a few arrays, since each process that searches has them.
"""

import re
from array import array
from collections import Counter
from collections.abc import Iterable, Iterator
from functools import cache
from itertools import islice

import numpy as np

from library.language.concepts import FormOf, Keys
from library.language.derivation import derived
from library.language.fold import fold
from library.language.token_table import language_of
from library.language.tokens import spans
from library.vocabulary.families import Family, families

MOST_FAMILIES = 4
"""Families that a word stands for at most: *order* is in many, and who types it means one of them."""

_LETTERS = "".join(map(chr, (*range(0x41, 0x180), *range(0x400, 0x4A0))))
"""Latin and Cyrillic ones, plain and marked."""

Members = tuple[str, ...]
"""A family as the lemma keys of its words."""


def relatives(lemmas: Iterable[str], keys: Keys, form_of: FormOf) -> tuple[str, ...]:
    """The lemma keys of all who are in a family with one of these lemma keys or folded keys."""
    kept = _kept(form_of)
    members = {member for number in islice(kept.having(keys), MOST_FAMILIES) for member in kept.members(number)}
    members.update(member for lemma in lemmas for member in derived(lemma))
    return tuple(sorted(member for member in members if fold(member) not in keys))


def words_like(letter: str, shortest: int, longest: int, form_of: FormOf) -> Iterable[str]:
    """The words of families, in their dictionary forms, of so many letters and with this folded one first; in the order
    in which they stand there."""
    return _kept(form_of).words_like(letter, shortest, longest)


class _Kept:
    """The families, and where each folded key stands in them."""

    def __init__(self, found: Iterable[Members]) -> None:
        text, ends = bytearray(), array("I", [0])
        hashes, numbers, places = array("q"), array("H"), array("B")
        for number, members in enumerate(found):
            text += ("\n".join(members) + "\n").encode()
            ends.append(len(text))
            hashes.extend(hash(fold(member)) for member in members)  # the same within this process
            numbers.extend([number] * len(members))
            places.extend(_places(members))
        order = np.argsort(np.array(hashes), kind="stable")
        self._text, self._ends = bytes(text), ends
        self._hashes = np.array(hashes)[order]
        self._families = np.array(numbers)[order]
        self._places = np.array(places)[order]

    def having(self, keys: Keys) -> Iterator[int]:
        """The numbers of the families with one of these keys, first those in which it is the most usual word."""
        found: list[tuple[int, int]] = []
        for key in keys:
            first, behind = (int(np.searchsorted(self._hashes, hash(key), side)) for side in ("left", "right"))
            found += zip(self._places[first:behind].tolist(), self._families[first:behind].tolist(), strict=True)
        yield from dict.fromkeys(number for _, number in sorted(found))

    def members(self, number: int) -> Members:
        """The lemma keys of one family."""
        return tuple(self._text[self._ends[number] : self._ends[number + 1]].decode().splitlines())

    def words_like(self, letter: str, shortest: int, longest: int) -> Iterable[str]:
        """The words of so many letters that begin with this one, whatever marks it has."""
        marked = "".join(filter(lambda each: fold(each) == letter, _LETTERS)) or letter
        found = re.finditer(rf":([{re.escape(marked)}].{{{shortest - 1},{longest - 1}}})\n", self._text.decode())
        return dict.fromkeys(each[1] for each in found)


def _places(members: Members) -> Iterator[int]:
    """For each word its place among those of its language."""
    counted = Counter[str]()
    for language in map(language_of, members):
        yield counted[language]
        counted[language] += 1


@cache
def _kept(form_of: FormOf) -> _Kept:
    return _Kept(tuple(dict.fromkeys(_keys(family, form_of))) for family in families())


def _keys(family: Family, form_of: FormOf) -> Iterator[str]:
    # A term of two words (town hall) has no key of its own.
    single = ((language, word) for language, word in family if len(list(spans(word))) == 1)
    return (key for language, word in single for key in form_of(word, language).lemmas)
