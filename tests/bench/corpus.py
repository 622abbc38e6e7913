"""What the benchmarks search: generated documents that are like real ones in what costs time."""

import random
from bisect import bisect
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import accumulate
from typing import NamedTuple

from simplemma.strategies import DEFAULT_DICTIONARY_FACTORY

VOCABULARY = 40_000
WORDS = 300
"""Words of a document."""
TOPICS = 16
LANGUAGES = ("cs", "cs", "cs", "en", "uk", "sk")
ORGANISATIONS = 20


class Generated(NamedTuple):
    id: str
    text: str
    topic: str
    language: str
    year: int
    organisation: str
    visibility: str
    added: datetime
    pages: int = 1
    """Into which the text is cut, in pieces of the same length."""

    def cut(self) -> list[str]:
        """The text of each page."""
        words = self.text.split()
        length = -(-len(words) // self.pages)
        return [" ".join(words[first : first + length]) for first in range(0, len(words), length)]


def documents(
    count: int, seed: int = 1, *, length: int = WORDS, different: int = VOCABULARY, pages: int = 1
) -> Iterator[Generated]:
    """So many documents, the same ones for the same seed; one in ten is for members only. `length`: words of each, of
    `different` that there are."""
    chance = random.Random(seed)
    words = vocabulary(seed, different)
    totals = list(accumulate(1 / (rank + 2.7) for rank in range(len(words))))
    for number in range(count):
        drawn = (words[bisect(totals, chance.random() * totals[-1])] for _ in range(length))
        yield Generated(
            id=f"d{number:06}",
            text=_sentences(list(drawn), chance),
            topic=f"topic{int(chance.random() ** 2 * TOPICS)}",
            language=chance.choice(LANGUAGES),
            year=2000 + int(chance.random() ** 0.5 * 26),
            organisation=f"org{chance.randrange(ORGANISATIONS)}",
            visibility="members" if chance.random() < 0.1 else "public",
            added=datetime(2020, 1, 1, tzinfo=UTC) + timedelta(minutes=number),
            pages=pages,
        )


def vocabulary(seed: int = 1, different: int = VOCABULARY) -> list[str]:
    """Czech word forms, the most frequent first; which of them are frequent is drawn."""
    forms = [form for form in DEFAULT_DICTIONARY_FACTORY.get_dictionary("cs") if form.isalpha() and len(form) > 1]
    return random.Random(seed).sample(sorted(forms), different)


def _sentences(words: list[str], chance: random.Random) -> str:
    parts, first = [], 0
    while first < len(words):
        length = chance.randint(6, 18)
        parts.append(" ".join(words[first : first + length]).capitalize() + ".")
        first += length
    return " ".join(parts)
