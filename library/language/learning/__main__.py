"""How the files in data/ were learnt: `python -m library.language.learning` writes them anew, byte for byte the same.

All is learnt from the dictionaries of simplemma 2.0.0 (MIT licence), which derive from the lemmatization lists of
Michal Měchura (Open Database License), Wiktionary as packaged by the Kaikki project, FreeLing, spaCy's lookups data,
the UniMorph project and the Wikinflection corpus of Eleni Metheniti (CC BY 4.0); so says its own documentation.

For each language: LANGUAGE.rules and LANGUAGE.folded.rules, what to do with the end of an unknown word (rules.py).
For those whose letters have marks: LANGUAGE.spellings, which letters stand side by side (spellings.py). For those with
a dictionary that was mended: LANGUAGE.mends, words with better lemmas than the dictionary's (mending.py, lemmas.py).
And alphabets.toml, the letters of each.

`python -m library.language.learning measure` says how good the rules are: they are learnt without a tenth of the lemmas
and asked for the forms of those, and so is simplemma's own guessing.
"""

import sys
import tomllib
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from zlib import crc32

from simplemma.strategies import DefaultStrategy
from simplemma.strategies.dictionaries import LOW_MEMORY_DICTIONARY_FACTORY, DictionaryFactory

from library.language import lemmas, rules, spellings
from library.language.fold import fold, normal_form
from library.language.learning.mending import Lemmas, mended
from library.language.learning.suffixes import Pair, learn
from library.language.lemmas import LEMMA_LANGUAGES, MENDED_LANGUAGES, SHORTEST_GUESS, with_negation
from library.language.rules import DATA, FOLDED_LANGUAGES, Rules, text_of_rules
from library.language.spellings import ALPHABETS, MAP_BITS, SPELT_LANGUAGES, bit, grams

FOLDED_SHARE = 0.2
"""LEAST_SHARE for folded words, of which no dictionary tells which alternative is a word."""

ENOUGH = 400_000
"""Words of a dictionary from which rules are learnt; of a larger one, lemmas are drawn by their checksum."""

RARE_LETTER = 0.0005
"""A letter in a smaller part of the words came with a foreign one: `ö` in Czech."""

HIDDEN = 10
"""One lemma in so many is kept from the learner when it is measured."""


def dictionary_pairs(language: str) -> list[Pair]:
    """The words of simplemma's dictionary with their lemmas, as they are written there, in lower case first."""
    words = LOW_MEMORY_DICTIONARY_FACTORY.get_dictionary(language)
    pairs = ((form, lemma) for form, lemma in words.items() if _is_word(form) and _is_word(lemma))
    return sorted(pairs, key=lambda pair: (pair[0] != pair[0].lower(), pair))


def _is_word(text: str) -> bool:
    return text.replace("'", "").isalpha()


def plain_lemmas(pairs: Iterable[Pair], language: str) -> Lemmas:
    """Each word in lower case with the one lemma that the dictionary has for it so."""
    found: Lemmas = {}
    for form, lemma in pairs:
        word = normal_form(form)
        found.setdefault(word, (with_negation(normal_form(lemma), word, language),))
    return found


def folded_pairs(pairs: Iterable[Pair], language: str) -> list[Pair]:
    """The pairs folded; German nouns keep the capital by which their shape is told."""
    return [(_folded(form, language), fold(lemma)) for form, lemma in pairs]


def _folded(form: str, language: str) -> str:
    return fold(form).capitalize() if language == "de" and form[0].isupper() else fold(form)


def drawn(pairs: list[Pair]) -> list[Pair]:
    """The pairs of as many lemmas as are enough."""
    part = 1 + (len(pairs) - 1) // ENOUGH
    return [(form, lemma) for form, lemma in pairs if crc32(lemma.encode()) % part == 0]


def letters(words: Iterable[str]) -> str:
    """The letters that the words are written with, but for strangers. Latin ones without marks are in all of them."""
    counted: Counter[str] = Counter()
    number = 0
    for word in words:
        counted.update({*word})
        number += 1
    usual = {letter for letter, times in counted.items() if times >= RARE_LETTER * number and letter.isalpha()}
    return "".join(sorted(usual | ({*"abcdefghijklmnopqrstuvwxyz"} if "a" in usual else set())))


def bit_map(words: Iterable[str]) -> bytes:
    """The strings of letters of the words as spellings.py looks them up."""
    bits = bytearray(MAP_BITS // 8)
    for gram in {gram for word in words for gram in grams(word)}:
        place = bit(gram)
        bits[place >> 3] |= 1 << (place & 7)
    return bytes(bits)


def text_of_mends(lemmas: Lemmas) -> str:
    words: dict[tuple[str, ...], list[str]] = defaultdict(list)
    for word, found in lemmas.items():
        words[found].append(word)
    return "".join(f"{' '.join(found)}\t{' '.join(sorted(words[found]))}\n" for found in sorted(words))


def learn_language(language: str, say: Callable[[str], object] = print) -> str:
    """Writes the files of a language; its letters."""
    pairs = dictionary_pairs(language)
    if language in MENDED_LANGUAGES:
        plain = plain_lemmas(pairs, language)
        right, lacking = mended(plain, language)
        pairs = [(word, found[0]) for word, found in right.items()]
    sample = drawn(pairs)
    _write(f"{language}.rules", text_of_rules(learn(sample, language)))
    if language in FOLDED_LANGUAGES:
        _write(f"{language}.folded.rules", text_of_rules(learn(folded_pairs(sample, language), language, FOLDED_SHARE)))
    if language in SPELT_LANGUAGES:
        (DATA / f"{language}.spellings").write_bytes(bit_map(form.lower() for form, _ in pairs))
    if language in MENDED_LANGUAGES:
        better = {word: found for word, found in right.items() if found != plain[word]}
        _write(f"{language}.mends", text_of_mends(better))
        _forget()
        missed = {word: found for word, found in lacking.items() if lemmas.guessed_lemmas(word, language) != found}
        _write(f"{language}.mends", text_of_mends(better | missed))
        say(f"{language}: {len(better)} words mended, {len(missed)} of {len(lacking)} lacking ones added")
    _forget()
    say(f"{language}: learnt from {len(sample)} of {len(pairs)} words")
    return letters(form.lower() for form, _ in pairs)


def _write(name: str, text: str) -> None:
    (DATA / name).write_text(text, encoding="utf-8")


def _forget() -> None:
    for cached in (lemmas.known_lemmas, lemmas.guessed_lemmas, lemmas.mends, rules.read_rules, spellings.bits_of):
        cached.cache_clear()


def held_out_accuracy(language: str) -> tuple[int, float, float]:
    """How many forms of hidden lemmas were asked for, and what part the rules and simplemma's guessing got right."""
    pairs = drawn(dictionary_pairs(language))
    shown = [(form, lemma) for form, lemma in pairs if not _hidden(lemma)]
    asked = [(form, lemma) for form, lemma in pairs if _hidden(lemma) and len(form) >= SHORTEST_GUESS]
    learnt = learn(shown, language)
    theirs = DefaultStrategy(dictionary_factory=_Only(dict(shown)))
    own = sum(_first(form, learnt, language) == lemma.lower() for form, lemma in asked)
    other = sum((theirs.get_lemma(form, language) or form).lower() == lemma.lower() for form, lemma in asked)
    return len(asked), own / len(asked), other / len(asked)


def _hidden(lemma: str) -> bool:
    return crc32(lemma.lower().encode()) // 97 % HIDDEN == 0


def _first(form: str, learnt: Rules, language: str) -> str | None:
    return next(rules.lemmas_by_rules(form, language, learnt), None)


class _Only(DictionaryFactory):
    """A dictionary that has been shown in part."""

    def __init__(self, words: Mapping[str, str]) -> None:
        self._words = words

    def get_dictionary(self, lang: str) -> Mapping[str, str]:  # noqa: ARG002 - there is only one
        return self._words


def main(arguments: list[str]) -> None:
    if arguments == ["measure"]:
        for language in LEMMA_LANGUAGES:
            number, own, theirs = held_out_accuracy(language)
            print(f"{language}: {number} forms of hidden lemmas, rules {own:.3f}, simplemma's guessing {theirs:.3f}")
        return
    Path(DATA).mkdir(exist_ok=True)
    alphabets = tomllib.loads(ALPHABETS.read_text(encoding="utf-8")) if ALPHABETS.exists() else {}
    alphabets |= {language: learn_language(language) for language in arguments or LEMMA_LANGUAGES}
    text = "".join(f'{language} = "{alphabets[language]}"\n' for language in LEMMA_LANGUAGES if language in alphabets)
    ALPHABETS.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
