"""Are the word families whole, and does a typed word stand for the others of its families?"""

from collections import Counter

import pytest

from library.expansion import RELATED, TRANSLATED, expanded
from library.language import Form, shared_analyzer
from library.language.families import MOST_FAMILIES, relatives
from library.search import Lemma, OneOf, Word
from library.vocabulary.families import families

SPOKEN_BY_ALL = ("cs", "en", "uk")
WITHOUT_ENGLISH = {"květen", "deset"}
"""*May* and *ten* are also words that carry no subject, in English and in Czech."""


def words(family, language):
    return [word for spoken, word in family if spoken == language]


def as_it_stands(word: str, language: str) -> Form:
    """A word that is its own lemma: for what has nothing to do with inflection."""
    return Form(word.lower(), (f"{language}:{word.lower()}",))


def stands_for(typed):
    """The lemma keys that a typed word stands for beside itself."""
    (token,) = shared_analyzer().query_tokens(typed)
    return set(shared_analyzer().relatives(token))


def weights(typed):
    """What the other words count that a typed one stands for, by their lemma keys."""
    match expanded(Word(typed), shared_analyzer()):
        case OneOf(clauses, each_counts):
            ways = zip(clauses, each_counts, strict=True)
            return {key: weight for way, weight in ways if isinstance(way, Lemma) for key in way.keys}
    return {}


def test_every_family_has_words_in_czech_english_and_ukrainian():
    lacking = {family[0][1] for family in families() for language in SPOKEN_BY_ALL if not words(family, language)}
    assert lacking == WITHOUT_ENGLISH


def test_no_family_says_a_word_twice():
    twice = [member for family in families() for member, times in Counter(family).items() if times > 1]
    assert twice == []


def test_no_two_families_are_the_same():
    counted = Counter(frozenset(family) for family in families())
    assert [set(family) for family, times in counted.items() if times > 1] == []


@pytest.mark.parametrize("language", SPOKEN_BY_ALL)
def test_nearly_every_single_word_is_in_its_dictionary_form(language):
    """A word in another form is found by its lemma all the same; more than one in ten would be carelessness."""
    table = shared_analyzer().table
    single = {word for family in families() for word in words(family, language) if word.isalpha()}
    inflected = [word for word in single if f"{language}:{word.lower()}" not in table(word, language).forms[0].lemmas]
    assert len(inflected) < len(single) / 10


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("přihláška", {"en:application", "uk:заява"}),
        ("prihlaska", {"en:application", "uk:заява"}),
        ("přihlášku", {"en:application", "uk:заява"}),
        ("theft", {"cs:krádež", "uk:крадіжка"}),
        ("чутка", {"cs:fáma", "en:rumour"}),
        ("чуток", {"cs:fáma", "en:rumour"}),
    ],
)
def test_a_word_stands_for_its_families_in_any_form(typed, meant):
    assert meant <= stands_for(typed)


def test_a_word_in_another_language_counts_more_than_another_one_of_the_same():
    counts = weights("knihovna")
    assert counts["en:library"] == TRANSLATED
    assert counts["cs:knihovník"] == RELATED


def test_of_a_word_in_many_families_those_count_in_which_it_stands_first():
    counted = Counter(word for family in families() for word in words(family, "en"))
    word, times = counted.most_common(1)[0]
    assert times > MOST_FAMILIES
    near = set(relatives((), frozenset({f"en:{word}"}), as_it_stands))
    for family in families():
        if words(family, "en")[:1] == [word]:
            assert not near.isdisjoint(f"cs:{each}" for each in words(family, "cs"))
