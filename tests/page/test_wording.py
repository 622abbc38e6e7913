"""What pages say: complete in each language, and said as that language says it."""

import re
from importlib.resources import files

import pytest
from babel import Locale

import library.page
import library.web.app  # which knows all errors
from library.errors import ExtractionFailed, LibraryError, TooLarge
from library.page.wording import LANGUAGES, wording

PAGE = files(library.page)
SAID = re.compile(r"""\bsay\(\s*f?(["'`])([a-z_.]+)(\{|\$\{|["'`] ~)?""")
"""A text that is said: its key, or the beginning of keys where the end is put in."""


def sources():
    for folder, ending in ((PAGE, ".py"), (PAGE / "templates", ".html"), (PAGE / "static", ".js")):
        yield from (file.read_text(encoding="utf-8") for file in folder.iterdir() if file.name.endswith(ending))


def said() -> tuple[set[str], tuple[str, ...]]:
    """Whole keys, and beginnings of keys."""
    web = [files("library.web").joinpath("pages.py").read_text(encoding="utf-8")]
    found = [match for source in (*sources(), *web) for match in SAID.findall(source)]
    return {key for _, key, more in found if not more}, tuple({key for _, key, more in found if more})


def placeholders(text: str | dict[str, str]) -> set[str]:
    forms = text.values() if isinstance(text, dict) else [text]
    return {name for form in forms for name in re.findall(r"\{(\w+)\}", form)}


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_text_that_a_page_says_is_missing(language):
    keys, beginnings = said()
    texts = wording(language).texts
    assert sorted(keys - set(texts)) == []
    assert [beginning for beginning in beginnings if not any(key.startswith(beginning) for key in texts)] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_text_is_there_that_no_page_says(language):
    keys, beginnings = said()
    assert sorted(key for key in wording(language).texts if key not in keys and not key.startswith(beginnings)) == []


def kinds_of(error):
    return {error, *(kind for each in error.__subclasses__() for kind in kinds_of(each))}


def test_every_error_that_a_page_can_have_is_said():
    # What goes wrong with a file is told by `library.words`; only one that is too large never comes that far.
    on_pages = {kind for kind in kinds_of(LibraryError) if not issubclass(kind, ExtractionFailed)} | {TooLarge}
    ours = {kind.code for kind in on_pages if kind.__module__.startswith("library.")}
    assert ours == {key.removeprefix("problem.") for key in wording("en").texts if key.startswith("problem.")}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_has_the_same_texts_with_the_same_names_in_them(language):
    english = {key: placeholders(text) for key, text in wording("en").texts.items()}
    assert {key: placeholders(text) for key, text in wording(language).texts.items()} == english


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_text_with_a_number_has_all_plurals_of_its_language(language):
    plurals = {*Locale.parse(language).plural_form.tags, "other"}
    for key, text in wording(language).texts.items():
        assert isinstance(text, str) or set(text) == plurals, key


@pytest.mark.parametrize(
    ("language", "counted"),
    [
        ("cs", ["1 dokument", "3 dokumenty", "5 dokumentů", "1 234 dokumentů"]),
        ("uk", ["1 документ", "3 документи", "5 документів", "1 234 документи"]),
        ("en", ["1 document", "3 documents", "5 documents", "1,234 documents"]),
    ],
)
def test_numbers_are_said_as_the_language_says_them(language, counted):
    words = wording(language)
    said = [words.say("search.total", n=number).replace("\N{NO-BREAK SPACE}", " ") for number in (1, 3, 5, 1234)]
    assert said == counted


@pytest.mark.parametrize(
    ("language", "days"),
    [
        ("cs", ["2024", "květen 2024", "31. května 2024"]),
        ("en", ["2024", "May 2024", "May 31, 2024"]),
        ("uk", ["2024", "травень 2024", "31 травня 2024\N{NARROW NO-BREAK SPACE}р."]),
    ],
)
def test_days_are_as_coarse_as_they_were_given(language, days):
    assert [wording(language).day(given) for given in ("2024", "2024-05", "2024-05-31")] == days


def test_each_language_has_its_own_alphabetical_order():
    def ordered(language, *names: str):
        return sorted(names, key=wording(language).in_order)

    assert ordered("cs", "chata", "hůl", "íčko", "čaj", "cena", "dům", "ďábel") == [
        "cena", "čaj", "ďábel", "dům", "hůl", "chata", "íčko",
    ]  # fmt: skip
    assert ordered("en", "chalet", "hill", "cinema") == ["chalet", "cinema", "hill"]
    assert ordered("uk", "ґанок", "єдність", "жито", "гора", "іграшка", "їжа", "йод") == [
        "гора", "ґанок", "єдність", "жито", "іграшка", "їжа", "йод",
    ]  # fmt: skip
