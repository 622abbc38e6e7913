"""What staff are told is complete in three languages."""

import re
import string
from importlib.resources import files

import msgspec
import pytest

from library.errors import BadRequest, Conflict, ExtractionFailed, NotFound, PurgedFile, Unavailable
from library.jobs import JobState, Step
from library.said import read_said
from library.words import LANGUAGES, words

CODES = {
    *(kind.code for kind in (ExtractionFailed, *ExtractionFailed.__subclasses__())),
    *(kind.code for kind in (BadRequest, Conflict, NotFound, PurgedFile, Unavailable)),
    "internal-error",
    "unreadable-file",
}

GIVEN = re.compile(r'because\([^,()]+, f?"([a-z-]+)')
"""Where a reason is given: its code, or what codes begin with."""
FROM_MSGSPEC = re.compile(r'^    \(re\.compile\(.*\), "([a-z-]+)"\),$', re.MULTILINE)


def reasons_given() -> set[str]:
    folders = [files(name) for name in ("library", "library.vocabulary", "library.web", "library.web.desk", "ingest")]
    sources = [each.read_text() for folder in folders for each in folder.iterdir() if each.name.endswith(".py")]
    found = {code for source in sources for form in (GIVEN, FROM_MSGSPEC) for code in form.findall(source)}
    return found - {"not-of-a-"} | {"not-of-a-practice", "not-of-a-study"}


def blanks(sentence: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(sentence) if name}


def sentences(language: str) -> dict[str, str]:
    written = msgspec.to_builtins(words(language))
    return {f"{section}.{key}": str(value) for section, table in written.items() for key, value in table.items()}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_way_in_which_a_file_can_fail_has_words_and_a_cure(language):
    assert set(words(language).failure) == CODES
    assert all(failure.what and failure.cure for failure in words(language).failure.values())


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_reason_that_is_given_is_said_in_every_language_and_no_other(language):
    assert set(words(language).reason) == reasons_given()


def test_a_reason_is_said_as_the_language_says_it():
    with pytest.raises(BadRequest) as caught:
        read_said({"kind": "study", "year": "loni", "authors": [{}], "topics": ["housin"]})
    assert [words("cs").of_reason(each) for each in caught.value.reasons] == [
        "„housin“ v dohodnutém seznamu „topic“ není; nemá to být „housing“?"
    ]
    with pytest.raises(BadRequest) as caught:
        read_said({"kind": "study", "authors": [{}]})
    assert [(each.name, words("uk").of_reason(each)) for each in caught.value.reasons] == [
        ("authors[0].family", "бракує")
    ]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_state_and_step_has_words(language):
    needed = {str(each) for each in (*JobState, *Step) if each}
    assert needed - {"working"} | {"paused", "reading_page"} == set(words(language).standing)


@pytest.mark.parametrize("language", [language for language in LANGUAGES if language != "en"])
def test_all_languages_say_the_same_things_with_the_same_blanks(language):
    ours, english = sentences(language), sentences("en")
    assert ours.keys() == english.keys()
    for key, sentence in ours.items():
        if not key.startswith("failure"):
            assert blanks(sentence) == blanks(english[key]), key
        assert sentence != english[key], f"{key} is not translated"


def test_a_step_that_counts_pages_says_where_it_is():
    assert words("uk").of_step("reading", 7, 12) == "читається сторінка 7 з 12"
    assert words("uk").of_step("reading", 0, 0) == "читається"
    assert words("cs").of_step("indexing", 0, 0) == "uloženo; za chvíli půjde najít"


def test_who_speaks_another_language_is_told_in_english():
    assert words("de") == words("en")
