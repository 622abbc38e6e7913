"""Which language a text is in."""

from functools import lru_cache

from py3langid.langid import MODEL_FILE, LanguageIdentifier

from library.language.languages import LANGUAGES

SHORTEST = 20
"""Letters below which nothing is said: a heading of two words is in any language."""


def detect_language(text: str) -> str:
    """ISO 639-1 of the served language that the text is most likely in; empty where it is too short to tell."""
    if sum(map(str.isalpha, text[:2000])) < SHORTEST:
        return ""
    code: str = _identifier().classify(text[:20_000])[0]
    return code


@lru_cache(maxsize=1)
def _identifier() -> LanguageIdentifier:
    identifier = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=False)
    identifier.set_languages(list(LANGUAGES))
    return identifier
