"""From text to tokens: cleaning, folding, tokens, lemmas, the language of a text. Pure: nothing here reads or writes.

fold.py      one spelling for all: without case and diacritics
tokens.py    where the words of a text stand, as a table that is kept beside the text
lemmas.py    the dictionary form of a word
analyzer.py  all of it together: Analyzer, one per process
languages.py the languages served
detect.py    which language a text is in
"""

from library.language.analyzer import Analyzer, QueryToken, shared_analyzer
from library.language.detect import detect_language
from library.language.fold import clean, fold
from library.language.languages import LANGUAGES
from library.language.lemmas import LEMMA_LANGUAGES
from library.language.tokens import Form, TokenTable

__all__ = [
    "LANGUAGES",
    "LEMMA_LANGUAGES",
    "Analyzer",
    "Form",
    "QueryToken",
    "TokenTable",
    "clean",
    "detect_language",
    "fold",
    "shared_analyzer",
]
