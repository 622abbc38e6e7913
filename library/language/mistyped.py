"""Which known words may be meant by one that nobody wrote: it may be a slip of a word that has an answer elsewhere.

A word that stands in texts is mended by them (vocabulary.py of the engine); one whose answer is in another language
only stands in none.
"""

from collections.abc import Iterator
from itertools import chain

from rapidfuzz.distance import OSA
from rapidfuzz.process import extract

from library.language.concepts import FormOf
from library.language.families import words_like
from library.language.fold import fold
from library.vocabulary.thesaurus import concepts

SHORTEST_MENDED = 4
"""Letters below which a word is not mended: any other is near to it."""
LONG = 8
"""Letters from which two errors are mended."""


def errors_mended(surface: str) -> int:
    """How many errors a folded word may have: letters left out, put in, changed, or two side by side changed over."""
    return 0 if len(surface) < SHORTEST_MENDED else 2 if len(surface) >= LONG else 1


def known_near(surface: str, form_of: FormOf, most: int) -> tuple[str, ...]:
    """The words of families and of the thesaurus that differ from a folded one by an error or two and begin with the
    same letter, those with fewer errors first; of words that fold alike the one that stands first."""
    errors = errors_mended(surface)
    if not errors:
        return ()
    words: dict[str, str] = {}
    for word in _known(surface[0], len(surface) - errors, len(surface) + errors, form_of):
        words.setdefault(fold(word), word)
    found = extract(surface, list(words), scorer=OSA.distance, score_cutoff=errors, limit=None)
    return tuple([words[each] for each, _, _ in sorted(found, key=lambda near: (near[1], near[0]))[:most]])


def _known(letter: str, shortest: int, longest: int, form_of: FormOf) -> Iterator[str]:
    yield from words_like(letter, shortest, longest, form_of)
    for concept in concepts().values():
        for label in chain.from_iterable(concept.labels.values()):
            if shortest <= len(label) <= longest and fold(label[0]) == letter:
                yield label
