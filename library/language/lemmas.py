"""What the dictionary form of a word is."""

from functools import lru_cache

from simplemma import Lemmatizer
from simplemma.strategies import DefaultStrategy, DictionaryLookupStrategy
from simplemma.strategies.dictionaries import LOW_MEMORY_DICTIONARY_FACTORY

from library.language.fold import normal_form

LEMMA_LANGUAGES = ("cs", "sk", "uk", "pl", "ru", "de", "en")
"""Languages whose words are lemmatised; the others are searched by surface."""

SHORTEST_GUESS = 5
"""Letters that an unknown word needs before rules may guess: NNO must not become nný."""

_dictionary = DictionaryLookupStrategy(dictionary_factory=LOW_MEMORY_DICTIONARY_FACTORY)
_lemmatizer = Lemmatizer(cache_max_size=1, lemmatization_strategy=DefaultStrategy(low_memory=True))


@lru_cache(maxsize=1 << 18)
def lemma(word: str, language: str) -> str | None:
    """The lemma of a word as it stands in a text, lower-cased: `dětem` -> `dítě`; None for what has no inflection
    that we know (numbers, acronyms, short unknown words), which is then found by its surface."""
    known = known_lemma(word, language)
    if known is not None:
        return known
    if len(word) < SHORTEST_GUESS or word.isupper() or not word.isalpha():
        return None
    return normal_form(_lemmatizer.lemmatize(word, lang=language))


@lru_cache(maxsize=1 << 16)
def known_lemma(word: str, language: str) -> str | None:
    """The lemma that the language's dictionary has for the word, lower-cased, or None."""
    # The original case first: German nouns are another word in lower case.
    found = _dictionary.get_lemma(word, language) or _dictionary.get_lemma(word.lower(), language)
    return None if found is None else normal_form(found)
