"""Which language a text is in."""

from collections.abc import Sequence
from functools import lru_cache
from itertools import islice

import numpy as np
from numpy.typing import NDArray
from py3langid.langid import MODEL_FILE, LanguageIdentifier

from library.language.function_words import languages_beyond_doubt
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


def detect_language(text: str) -> str:
    """ISO 639-1 of the served language that the text is most likely in; empty where it is too short to tell."""
    return detect_languages([text])[0]


def detect_languages(texts: Sequence[str], apart: Sequence[Apart] | None = None) -> list[str]:
    """The same of several texts: all pages of a document at once take less time. `apart` are these texts, where they
    have been taken apart already."""
    if not texts:
        return []
    apart = taken_apart(texts) if apart is None else apart
    told = languages_beyond_doubt(apart[0].lexicon, [_some(each.words) for each in apart])
    return ["" if _is_short(text) else language or _by_model(text) for text, language in zip(texts, told, strict=True)]


def _is_short(text: str) -> bool:
    letters = filter(str.isalpha, text[:2000])
    return next(islice(letters, SHORTEST - 1, None), None) is None


def _by_model(text: str) -> str:
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
