"""What people type, and how it is read."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from library.search import EVERYTHING, Clause, Every, Not, Phrase, Prefix, Some, Word, weakened
from library.syntax import DEEPEST_GROUP, LONGEST_QUERY, MOST_TERMS, parse, understood


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("", EVERYTHING),
        ("  !!! -- § ", EVERYTHING),
        ("děti", Word("děti")),
        ("vzdelavani deti cizincu", Every((Word("vzdelavani"), Word("deti"), Word("cizincu")))),
        ('"dvojjazyčný asistent"', Phrase("dvojjazyčný asistent")),
        ("„děti“", Phrase("děti")),
        ("“děti”", Phrase("děti")),
        ("«діти»", Phrase("діти")),
        ("děti -škola", Every((Word("děti"), Not(Word("škola"))))),
        ('děti -"základní škola"', Every((Word("děti"), Not(Phrase("základní škola"))))),
        ("-(a b) c", Every((Not(Every((Word("a"), Word("b")))), Word("c")))),
        ("bydlen*", Prefix("bydlen")),
        ("a*", Word("a")),
        ("a OR b c", Every((Some((Word("a"), Word("b"))), Word("c")))),
        ("a OR b OR c", Some((Word("a"), Word("b"), Word("c")))),
        ("a AND b", Every((Word("a"), Word("b")))),
        ("OR a OR", Word("a")),
        (":OR", Every(())),
        ("a, OR, b", Some((Word("a"), Word("b")))),
        ("a -OR", Every((Word("a"), Not(Word("OR"))))),
        ("title:asistent", Word("asistent", "title")),
        ("TITLE:asistent", Word("asistent", "title")),
        ('title:"dvojjazyčný asistent"', Phrase("dvojjazyčný asistent", "title")),
        ("topic:housing year:2021", Every((Word("housing", "topic"), Word("2021", "year")))),
        ("-kind:study", Not(Word("study", "kind"))),
        ("title:(a b)", Every((Word("a", "title"), Word("b", "title")))),
        ("nothing:here", Word("nothing:here")),
        ("title: a", Word("a")),
        ("-:title:a", Not(Word("a", "title"))),
        ("Praha-Krči", Word("Praha-Krči")),
        ("č. 326/1999 Sb.,", Every((Word("č"), Word("326/1999"), Word("Sb")))),
        ('((a "b - c: d/ OR', Every((Word("a"), Word("b"), Word("c"), Word("d")))),
        ("a) b", Every((Word("a"), Word("b")))),
        ("() a", Word("a")),
    ],
)
def test_what_is_typed_is_read_as_a_person_means_it(typed: str, meant: Clause):
    assert parse(typed) == meant


@given(st.text(alphabet=st.sampled_from('ab ž1"„“()-*:/§.ORAND_\n\ttitle:topic:'), max_size=80))
def test_what_was_understood_is_understood_the_same_again(typed: str):
    assert parse(understood(parse(typed))) == parse(typed)


@pytest.mark.parametrize("typed", [":OR", "a :OR b", "-(-b)", "-(-(-b) c)"])
def test_so_is_what_random_texts_seldom_have(typed: str):
    assert parse(understood(parse(typed))) == parse(typed)


@given(st.text())
def test_no_text_is_an_error(typed: str):
    understood(parse(typed))


def test_long_deep_and_crowded_text_is_read_up_to_the_limits():
    assert parse("a" * 10 * LONGEST_QUERY) == Word("a" * LONGEST_QUERY)
    assert parse("(" * 5 * DEEPEST_GROUP + "a" + ")" * 5 * DEEPEST_GROUP) == Word("a")
    crowded = parse(" ".join("ab" for _ in range(2 * MOST_TERMS)))
    assert isinstance(crowded, Every)
    assert len(crowded.clauses) == MOST_TERMS


def test_a_weaker_question_asks_for_one_word_fewer_at_a_time():
    asked = parse("a b c -d topic:housing")
    assert [(understood(clause), wanted, words) for clause, wanted, words in weakened(asked)] == [
        ("(at least 2 of: a, b, c) -d topic:housing", 2, 3),
        ("(a OR b OR c) -d topic:housing", 1, 3),
    ]


def test_one_word_cannot_be_asked_for_more_weakly():
    assert list(weakened(parse("a"))) == []
    assert list(weakened(parse("a -b"))) == []
