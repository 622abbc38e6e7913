"""From text to tokens: cleaning, folding, tokens, lemmas, the language of a text. Reads nothing but its own data files.

analyzer.py        all of it together: Analyzer, one per process
languages.py       the languages served
detect.py          which language a text is in
fold.py            one spelling for all: without case and diacritics
tokens.py          where the words of a text stand
token_table.py     the table of them that is kept beside the text
lemmas.py          the dictionary form of a word
dictionaries.py    the dictionaries of simplemma, in files that all processes share
__main__.py        makes those files beforehand
rules.py           what the lemma of an unknown word is likely to be, by its end
typed.py           which lemmas may be meant by a typed word, with its diacritics or without
spellings.py       which words may be meant by one typed without diacritics
mistyped.py        which known words may be meant by one that nobody wrote
latin.py           Cyrillic words typed in Latin letters
concepts.py        the thesaurus found in texts and in typed words
families.py        words near to a typed one: of another part of speech, of another language
lexicon.py         words by number, and what is known of each in arrays
memo.py            what was worked out of words, kept
derivation.py      words made from others by rule: mediátorka, prodloužení
function_words.py  words that carry a sentence and no subject
learning/          how the files in data/ were learnt; never runs in a search
"""

from library.language.analyzer import Analyzer, QueryToken, shared_analyzer
from library.language.concepts import Standing
from library.language.detect import detect_language, detect_languages
from library.language.fold import clean, fold
from library.language.function_words import is_function_key, is_function_word, language_by_function_words
from library.language.languages import LANGUAGES
from library.language.latin import skeleton, skeletons
from library.language.lemmas import LEMMA_LANGUAGES
from library.language.mistyped import errors_mended
from library.language.token_table import (
    Form,
    Forms,
    Named,
    Numbered,
    TokenPlaces,
    TokenTable,
    WrittenForms,
    language_of,
    token_places,
)
from library.language.tokens import Apart, taken_apart

__all__ = [
    "LANGUAGES",
    "LEMMA_LANGUAGES",
    "Analyzer",
    "Apart",
    "Form",
    "Forms",
    "Named",
    "Numbered",
    "QueryToken",
    "Standing",
    "TokenPlaces",
    "TokenTable",
    "WrittenForms",
    "clean",
    "detect_language",
    "detect_languages",
    "errors_mended",
    "fold",
    "is_function_key",
    "is_function_word",
    "language_by_function_words",
    "language_of",
    "shared_analyzer",
    "skeleton",
    "skeletons",
    "taken_apart",
    "token_places",
]
