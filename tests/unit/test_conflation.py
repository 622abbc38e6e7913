"""The analyzer brings the forms of a Czech word together, and no others: whole paradigms, with and without diacritics.

For each form as a query: which forms of the whole test vocabulary does it find? Precision and recall are taken over
each word's forms and averaged over the words. Homographs in the test set count as right for both words. The words were
written down before the analyzer was asked for any of them (paradigms_cs.toml says how), and none is in exceptions.toml.
"""

import tomllib
from collections import defaultdict
from pathlib import Path

import pytest

from library.language import fold, shared_analyzer
from library.language.lemmas import exceptions

FOLDER = Path(__file__).parent
ANALYZER = shared_analyzer()


def paradigms():
    words = tomllib.loads((FOLDER / "paradigms_cs.toml").read_text())["word"]
    return {word["lemma"]: frozenset(word["forms"]) for word in words}


def field_words():
    rows = tomllib.loads((FOLDER / "field_words_cs.toml").read_text()).values()
    return {row.split()[0]: frozenset(row.split()) for kind in rows for row in kind}


SETS = {"paradigms": paradigms(), "words of the field": field_words()}


class Vocabulary:
    """The forms of a test set as an index has them."""

    def __init__(self, words) -> None:
        self.owners = defaultdict(set)
        for lemma, forms in words.items():
            for form in forms:
                self.owners[form].add(lemma)
        self.keys = {form: ANALYZER.table(form, "cs").forms[0].lemmas for form in self.owners}
        self.forms_of = defaultdict(set)
        self.written = defaultdict(set)
        for form, keys in self.keys.items():
            self.written[fold(form)].add(form)
            for key in keys:
                self.forms_of[key].add(form)

    def found_by(self, keys):
        return set().union(*(self.forms_of[key] for key in keys))

    def as_written(self, form):
        (token,) = ANALYZER.query_tokens(form)
        return {form} | self.found_by(key for key in token.lemmas or self.keys[form] if key.startswith("cs:"))

    def without_diacritics(self, form):
        written = self.written[fold(form)]
        return written | self.found_by(key for other in written for key in self.keys[other])

    def never_written(self, form):
        """By the dictionaries and rules alone, as if no document had the form."""
        (token,) = ANALYZER.query_tokens(fold(form))
        return self.found_by((*token.lemmas, *token.folded))


def measured(words, way):
    vocabulary = Vocabulary(words)
    find = getattr(vocabulary, way)
    figures = {}
    for lemma, forms in words.items():
        right = found = missed = 0
        for form in forms:
            answer = find(form)
            allowed = forms.union(*(words[owner] for owner in vocabulary.owners[form]))
            right += len(answer & allowed)
            found += len(answer)
            missed += len(forms - answer)
        figures[lemma] = (right / found if found else 0.0, right / (right + missed) if right else 0.0)
    return figures


@pytest.mark.parametrize("name", SETS)
@pytest.mark.parametrize(
    ("way", "precision", "recall"), [("as_written", 0.95, 0.95), ("without_diacritics", 0.93, 0.95)]
)
def test_forms_find_their_word_and_no_other(name, way, precision, recall):
    figures = measured(SETS[name], way)
    worst = sorted((min(both), lemma) for lemma, both in figures.items())[:20]
    means = [sum(both[measure] for both in figures.values()) / len(figures) for measure in (0, 1)]
    assert means[0] >= precision, (means, worst)
    assert means[1] >= recall, (means, worst)


def test_no_exception_was_made_for_a_test_word():
    tested = {form for words in SETS.values() for forms in words.values() for form in forms}
    assert tested.isdisjoint(exceptions("cs"))
