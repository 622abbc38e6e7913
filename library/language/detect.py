"""Which language a text is in."""

from functools import lru_cache
from itertools import islice

import numpy as np
from numpy.typing import NDArray
from py3langid.langid import MODEL_FILE, LanguageIdentifier

from library.language.function_words import language_beyond_doubt
from library.language.languages import LANGUAGES
from library.language.tokens import Apart, taken_apart

SHORTEST = 20
"""Letters below which nothing is said: a heading of two words is in any language."""
READ = 160
"""Words at the beginning, in the middle and at the end of a text that are looked at."""
PIECE = 150
"""Letters of each of these that the model is asked about first: a page seldom needs more."""
SURE = 80.0
"""How much likelier, as a difference of logarithms, the first language of the pieces must be than the second. On pages
of every served language it is some 200; where it is less, the whole text is looked at."""


def detect_language(text: str, apart: Apart | None = None) -> str:
    """ISO 639-1 of the served language that the text is most likely in; empty where it is too short to tell. `apart` is
    the text, where it has been taken apart already."""
    letters = filter(str.isalpha, text[:2000])
    if next(islice(letters, SHORTEST - 1, None), None) is None:
        return ""
    apart = taken_apart([text])[0] if apart is None else apart
    if told := language_beyond_doubt(apart.lexicon, _some(apart.words)):
        return told
    if len(text) > 4 * PIECE:
        (likeliest, score), (_, second), *_ = _identifier().rank(_pieces(text, PIECE))
        if score - second >= SURE:
            return str(likeliest)
    return str(_identifier().classify(text[:20_000])[0])


def _some(words: NDArray[np.uint32]) -> NDArray[np.uint32]:
    """Those at the beginning, in the middle and at the end; all where there are few."""
    if len(words) <= 3 * READ:
        return words
    middle = len(words) // 2
    return np.concatenate((words[:READ], words[middle : middle + READ], words[-READ:]))


def _pieces(text: str, length: int) -> str:
    """The beginning, the middle and the end of a text; all of it where it is short."""
    if len(text) <= 3 * length:
        return text
    middle = len(text) // 2
    return " ".join((text[:length], text[middle : middle + length], text[-length:]))


@lru_cache(maxsize=1)
def _identifier() -> LanguageIdentifier:
    identifier = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=False)
    identifier.set_languages(list(LANGUAGES))
    return identifier
