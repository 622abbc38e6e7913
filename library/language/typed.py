"""Which lemmas may be meant by a word that somebody typed, in one language: with its diacritics or without."""

from collections.abc import Iterator

from library.language.fold import fold, normal_form
from library.language.lemmas import SHORTEST_GUESS, guessed_lemmas, known_lemmas
from library.language.rules import likely_folded_lemmas
from library.language.spellings import SPELT_LANGUAGES, can_write, spellings

MOST_GUESSES = 3
"""Lemmas that are guessed for a word without diacritics in one language."""


def typed_lemmas(word: str, language: str) -> tuple[str, ...]:
    """What the dictionary has for the word as it was typed; nobody types the capitals of German nouns."""
    found = known_lemmas(word, language)
    if language == "de" and word.islower():
        return tuple(dict.fromkeys((*found, *known_lemmas(word.capitalize(), language))))
    return found


def lemmas_of_likes(word: str, language: str) -> tuple[str, ...]:
    """What the dictionary has for other words that fold to the same letters; nothing where the word was typed with
    marks that make it a word of the language."""
    lowered, surface = normal_form(word), fold(word)
    if lowered != surface and known_lemmas(lowered, language):
        return ()
    others = (spelling for spelling in spellings(surface, language) if spelling != lowered)
    return tuple(dict.fromkeys(lemma for other in others for lemma in typed_lemmas(other, language)))


def guesses(word: str, language: str) -> tuple[str, ...]:
    """What rules have for a word that no dictionary knows; from a word without marks come lemmas without marks, but
    where the dictionary knows them with."""
    surface = fold(word)
    if normal_form(word) != surface:
        return guesses_as_typed(word, language)
    if len(word) < SHORTEST_GUESS or not can_write(surface, language):
        return ()
    likely = likely_folded_lemmas(surface, language)
    return tuple(dict.fromkeys((*_known_of(likely, language), *likely[:MOST_GUESSES])))


def guesses_as_typed(word: str, language: str) -> tuple[str, ...]:
    """What rules have for the word if it is spelt as it should be."""
    return guessed_lemmas(word, language) if can_write(normal_form(word), language) else ()


def _known_of(surfaces: tuple[str, ...], language: str) -> Iterator[str]:
    for surface in surfaces:
        spelt = spellings(surface, language) if language in SPELT_LANGUAGES else (surface,)
        known = [spelling for spelling in spelt if spelling in known_lemmas(spelling, language)]
        if known:
            yield from known
            return
