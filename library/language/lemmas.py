"""What the dictionary form of a word is.

Asked in turn: the exceptions of this project, what was mended of the dictionary (learning/mending.py), the dictionary,
and for words that none of them knows the rules. A form that belongs to two words (`dílu` to `díl` and `dílo`) has two
lemmas, where the mending found the second.
"""

import tomllib
from collections.abc import Iterator, Mapping
from functools import lru_cache

from library.language.dictionaries import dictionary
from library.language.fold import normal_form
from library.language.rules import DATA, likely_lemmas

LEMMA_LANGUAGES = ("cs", "sk", "uk", "pl", "ru", "de", "en")
"""Languages whose words are lemmatised; the others are searched by surface."""

MENDED_LANGUAGES = ("cs", "sk", "uk")
"""Languages whose dictionary has been mended."""

SHORTEST_GUESS = 5
"""Letters that an unknown word needs before rules may guess: NNO must not become nný."""

SHORTEST_SELF = 4
"""Letters of an unknown word that may be its own lemma: `azyl`, where rules make `azyl` of `azylu`."""

NEGATIONS = {"cs": "ne", "sk": "ne"}
"""What stands before a negated word: it stays in the lemma."""

SUPERLATIVES = {"cs": "nej", "sk": "naj", "uk": "най"}
"""What stands before a superlative, and not before its lemma."""

_VOWELS = frozenset("aáäąeéěęiíoóôöuúůüyýаеєиіїоуюяыэё")

_INFINITIVES = {
    "cs": ("at", "át", "it", "ít", "et", "ět", "ut", "yt", "ýt", "st", "zt", "ct", "ci"),
    "sk": ("ť",),
    "uk": ("ти", "тися"),
}


def lemma(word: str, language: str) -> str | None:
    """The first lemma of a word as it stands in a text, lower-cased: `dětem` -> `dítě`; None for what has no inflection
    that we know (numbers, acronyms, short unknown words), which is then found by its surface."""
    return next(iter(lemmas(word, language)), None)


def lemmas(word: str, language: str) -> tuple[str, ...]:
    """All lemmas of a word as it stands in a text, the likeliest first."""
    return known_lemmas(word, language) or guessed_lemmas(word, language)


@lru_cache(maxsize=1 << 14)
def known_lemmas(word: str, language: str) -> tuple[str, ...]:
    """The lemmas that somebody wrote down for the word, lower-cased: we, or its language's dictionary."""
    lowered = normal_form(word)
    written = exceptions(language).get(lowered)
    if written:
        return written
    cased = dictionary_lemma(word, language) if word != lowered else None
    if language == "de" and cased is not None:  # a noun, and another word in lower case
        return (cased,)
    plain = mends(language).get(lowered) or dictionary_lemma(lowered, language)
    # The original case first: what begins a sentence may be a name, but need not.
    return tuple(dict.fromkeys((*_each(cased), *_each(plain)))) or _each(
        dictionary_lemma(lowered.capitalize(), language)
    )


def dictionary_lemma(word: str, language: str) -> str | None:
    """The lemma that the dictionary has for the word as it is written, lower-cased and with its negation, or None."""
    found = dictionary(language).get(word)
    return None if found is None else with_negation(normal_form(found), normal_form(word), language)


def with_negation(found: str, word: str, language: str) -> str:
    """The lemma that was found for the word, negated as the word is: `nezletilých` is none of `zletilý`."""
    negation = NEGATIONS.get(language)
    if negation is None or not word.startswith(negation) or found.startswith(negation):
        return found
    if not _keeps_negation(found, language):
        return found
    superlative = SUPERLATIVES[language] + negation
    rest = word[len(negation) :]
    negated = word.startswith(superlative) or (not word.startswith(SUPERLATIVES[language]) and rest[:2] == found[:2])
    return negation + found if negated and len(word) >= SHORTEST_GUESS else found


def is_infinitive(lemma: str, language: str) -> bool:
    return lemma.endswith(_INFINITIVES.get(language, ()))


def _keeps_negation(lemma: str, language: str) -> bool:
    # The Czech dictionary takes the negation off its verbs, the Slovak one keeps it.
    return not (language == "cs" and is_infinitive(lemma, language))


@lru_cache(maxsize=1 << 14)
def guessed_lemmas(word: str, language: str) -> tuple[str, ...]:
    """What the lemma of a word is that nobody wrote down: one that somebody did, if a rule leads to it."""
    lowered = normal_form(word)
    if len(word) < SHORTEST_SELF or word.isupper() or not lowered.replace("'", "").isalpha():
        return ()
    likely = tuple(likely_lemmas(word, language))
    verified = (each for each in likely if each in known_lemmas(each, language))
    known = next((each for each in verified if not _is_abstract_noun(lowered, each, likely[0])), None)
    if known is not None:
        return (known,)
    stems = tuple(_without_prefix(lowered, language))
    if stems:
        return stems
    if len(word) < SHORTEST_GUESS:
        return (lowered,) if not _VOWELS.isdisjoint(lowered) else ()
    # A rule that leads to a known form leads on to its lemma: `novějšíma`, `novější`, `nový`.
    return known_lemmas(likely[0], language) or likely[:1] if likely else ()


def _is_abstract_noun(word: str, lemma: str, likeliest: str) -> bool:
    # `znevýhodnění` may be a plural of `znevýhodněný`, and seldom is.
    return word == likeliest and word[-1] == "í" and lemma == word[:-1] + "ý"


def _without_prefix(word: str, language: str) -> Iterator[str]:
    """The lemmas of what is left of a negated word or a superlative, where that is known."""
    negation = NEGATIONS.get(language, "\0")
    if word.startswith(negation):
        for found in known_lemmas(word[len(negation) :], language):
            yield negation + found if _keeps_negation(found, language) else found
    superlative = SUPERLATIVES.get(language, "\0")
    if word.startswith(superlative):
        yield from known_lemmas(word[len(superlative) :], language)


def _each(found: tuple[str, ...] | str | None) -> tuple[str, ...]:
    return (found,) if isinstance(found, str) else found or ()


@lru_cache
def mends(language: str) -> Mapping[str, tuple[str, ...]]:
    """Words whose lemma the dictionary has wrong, or lacks and the rules miss, with their lemmas."""
    if language not in MENDED_LANGUAGES:
        return {}
    text = (DATA / f"{language}.mends").read_text(encoding="utf-8")
    lines = (line.split("\t") for line in text.splitlines())
    return {word: tuple(found.split(" ")) for found, words in lines for word in words.split(" ")}


@lru_cache
def exceptions(language: str) -> Mapping[str, tuple[str, ...]]:
    """The words of exceptions.toml with their lemmas."""
    text = DATA.with_name("exceptions.toml").read_text(encoding="utf-8")
    entries = tomllib.loads(text).get(language, ())
    found: dict[str, tuple[str, ...]] = {}
    for entry in entries:
        for word in entry["forms"].split():
            found[word] = (*found.get(word, ()), entry["lemma"])
    return found
