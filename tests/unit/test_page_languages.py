"""Every page has a language: the one it is known or said to be in, or the one that its text is in."""

import pytest

from library.model import Page
from library.page_languages import with_languages

CZECH = "Děti se ve škole učí česky a odpoledne chodí do kroužků."
ENGLISH = "The children learn here and go home in the afternoon."
UKRAINIAN = "Діти вчаться тут і повертаються додому після обіду."


def languages(*pages: tuple[str, str], declared=()):
    numbered = [Page(number=number, text=text, language=language) for number, (text, language) in enumerate(pages, 1)]
    return [page.language for page in with_languages(numbered, declared)]


def test_where_nobody_said_anything_each_is_as_detected():
    assert languages((CZECH, ""), (UKRAINIAN, "")) == ["cs", "uk"]


def test_one_too_short_to_tell_is_like_the_one_before_and_the_first_like_the_first_that_could_tell():
    assert languages(("1", ""), (CZECH, ""), ("2", ""), (ENGLISH, "")) == ["cs", "cs", "cs", "en"]


def test_of_one_declared_language_are_all():
    assert languages((CZECH, ""), (ENGLISH, "en"), declared=["uk"]) == ["uk", "uk"]


def test_of_several_declared_languages_no_other_is_detected():
    assert languages((UKRAINIAN, ""), (ENGLISH, ""), ("1", ""), declared=["cs", "en"]) == ["cs", "en", "en"]


@pytest.mark.parametrize("declared", [(), ("uk", "de")], ids=["nothing declared", "its own declared"])
def test_a_known_language_stays_where_it_may(declared):
    assert languages((CZECH, "de"), declared=declared) == ["de"]


def test_a_known_language_that_is_none_of_those_declared_is_detected_anew():
    assert languages((ENGLISH, "de"), declared=["cs", "en"]) == ["en"]
