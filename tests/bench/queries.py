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


def questions(documents: Sequence[Generated], each: int, seed: int = 2) -> dict[str, list[Question]]:
    """So many questions of each kind. Common words stand in 5 to 60 % of the documents, prefixes have 4 letters.

    No word of one question is drawn for another one, and no phrase or prefix twice: whoever keeps what it found for
    one question has nothing of the next.
    """
    chance = random.Random(seed)
    sample = documents[:2_000]
    frequency: Counter[str] = Counter()
    for document in sample:
        frequency.update(set(_words(document)))
    common = sorted(word for word, count in frequency.items() if 0.05 <= count / len(sample) <= 0.6)
    words = iter(chance.sample(common, 5 * each))
    return {
        "one common word": [Question("one", (next(words),)) for _ in range(each)],
        "two common words, or": [Question("or", (next(words), next(words))) for _ in range(each)],
        "two common words, and": [Question("and", (next(words), next(words))) for _ in range(each)],
        "phrase of two words": [Question("phrase", phrase) for phrase in _phrases(sample, each, chance)],
        "prefix of four letters": [
            Question("prefix", (prefix,))
            for prefix in chance.sample(sorted({word[:4] for word in common if len(word) >= 6}), each)
        ],
    }


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
