"""What the benchmarks ask: questions drawn from the documents, by how frequent their words are."""

import random
from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

from library.language import fold
from tests.bench.corpus import Generated


class Question(NamedTuple):
    """What is asked, for every engine alike: folded words, and how they are meant."""

    kind: str
    """`one`, `or`, `and`, `phrase` or `prefix`."""
    words: tuple[str, ...]


COMMON = (0.05, 0.6)
RARE = (0.005, 0.01)
"""Parts of the documents in which a word of this band stands."""


def questions(documents: Sequence[Generated], each: int, seed: int = 2) -> dict[str, list[Question]]:
    """So many questions of each kind; prefixes have 4 letters. No phrase or prefix is drawn twice."""
    chance = random.Random(seed)
    frequency: Counter[str] = Counter()
    for document in documents:
        frequency.update(set(_words(document)))
    common, rare = (_band(frequency, len(documents), *band) for band in (COMMON, RARE))

    def drawn(kind: str, count: int, words: Sequence[str]) -> list[Question]:
        return [Question(kind, tuple(chance.sample(words, count))) for _ in range(each)]

    prefixes = chance.sample(sorted({word[:4] for word in common if len(word) >= 6}), each)
    return {
        "one common word": drawn("one", 1, common),
        "two common words, or": drawn("or", 2, common),
        "four common words, or": drawn("or", 4, common),
        "two common words, and": drawn("and", 2, common),
        "four common words, and": drawn("and", 4, common),
        "two rare words, or": drawn("or", 2, rare),
        "phrase of two words": [Question("phrase", phrase) for phrase in _phrases(documents, each, chance)],
        "prefix of four letters": [Question("prefix", (prefix,)) for prefix in prefixes],
    }


def _band(frequency: Counter[str], documents: int, least: float, most: float) -> list[str]:
    return sorted(word for word, count in frequency.items() if least <= count / documents <= most)


def _phrases(documents: Sequence[Generated], count: int, chance: random.Random) -> list[tuple[str, ...]]:
    phrases: dict[tuple[str, ...], None] = {}
    while len(phrases) < count:
        phrases[_neighbours(chance.choice(documents), chance)] = None
    return list(phrases)


def _neighbours(document: Generated, chance: random.Random) -> tuple[str, ...]:
    words = _words(document)
    place = chance.randrange(len(words) - 1)
    return tuple(words[place : place + 2])


def _words(document: Generated) -> list[str]:
    return [fold(word.strip(".")) for word in document.text.split()]
