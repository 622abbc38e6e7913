"""What staff are told is complete in three languages."""

import ast
import re
import string
from importlib.resources import files
from pathlib import Path

import msgspec
import pytest

from ingest.extract.sniff import Kind
from library.errors import BadRequest, Conflict, ExtractionFailed, NotFound, PurgedFile, Unavailable
from library.jobs import JobState, Step
from library.model import Practice, Study
from library.said import GIVEN_BY_US, REPLACES, read_said
from library.words import LANGUAGES, words
from library.words.details import details

THE_SAME = {"field.doi", "field.isbn", "field.issn", "field.licence"}
"""What Czech or Ukrainian call as English does."""
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


FOUR_WORDS = re.compile(r"(?:[a-z]+[,;:]? ){3}[a-z]+")
"""What sentences have, and names and patterns do not."""
LINE = Path(str(files("ingest")))
TOLD_OF_FILES = [
    *LINE.joinpath("extract").glob("*.py"),
    LINE / "enclosed.py",
    LINE / "describe.py",
    LINE / "rereading.py",
]
NO_SENTENCES = re.compile(r"\(\?:|^address |^area |^head |^longer than any|^more than the child")
"""Patterns, tags, and what only the log says."""


def texts_in(source: Path) -> set[str]:
    """The texts of a module but for its docstrings and what it logs, with `{}` for what is filled in."""
    tree = ast.parse(source.read_text(encoding="utf-8"))
    apart = set[ast.AST]()
    for node in ast.walk(tree):
        match node:
            case ast.Expr(value=ast.Constant()):
                apart.add(node.value)
            case ast.Call(func=ast.Attribute(value=ast.Name(id="logger"))):
                apart.update(ast.walk(node))
            case ast.JoinedStr():
                apart.update(node.values)
    return {_text_of(node) for node in ast.walk(tree) if node not in apart} - {""}


def _text_of(node: ast.AST) -> str:
    match node:
        case ast.Constant(value=str(text)):
            return text
        case ast.JoinedStr(values=parts):
            return "".join(_text_of(part) or "{}" for part in parts)
        case _:
            return ""


def blanks(sentence: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(sentence) if name}


def sentences(language: str) -> dict[str, str]:
    written = msgspec.to_builtins(words(language))
    del written["language"]
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
        assert sentence != english[key] or key in THE_SAME, f"{key} is not translated"


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_field_that_may_be_said_is_called_something(language):
    fields = {field.name for kind in (Practice, Study) for field in msgspec.structs.fields(kind)}
    assert set(words(language).field) == fields - GIVEN_BY_US | {"kind", REPLACES}


def test_what_a_document_still_lacks_is_said_in_words():
    english = f"kept with the members until it has: {words('en').of_fields(['topics', 'target_groups'])}"
    assert english == "kept with the members until it has: topics, target groups"
    assert words("cs").of_detail(english) == "zůstává jen členům, dokud se nevyplní: témata, cílové skupiny"
    assert words("uk").of_detail(english) == "лишається тільки для членів, доки не буде заповнено: теми, цільові групи"


@pytest.mark.parametrize(
    ("language", "name", "said"),
    [
        ("cs", "topics[0]", "témata (topics, 1. hodnota)"),
        ("uk", "authors[1].family", "автори (authors, значення 2, family)"),
        ("en", "topics[0]", "topics, value 1"),
        ("en", "target_groups", "target groups (target_groups)"),
        ("cs", "titel", "titel"),
    ],
)
def test_a_field_that_was_refused_is_named_as_it_is_called_and_as_it_is_written(language, name, said):
    assert words(language).of_place(name) == said


@pytest.mark.parametrize("language", [language for language in LANGUAGES if language != "en"])
def test_whatever_readers_and_the_line_say_of_files_is_said_in_every_language(language):
    told = {text for source in TOLD_OF_FILES for text in texts_in(source) if FOUR_WORDS.search(text)}
    told = {text for text in told if not NO_SENTENCES.search(text)} | {str(kind) for kind in Kind}
    assert told - details(language).keys() == set()
    numbers = {str(place) for place in range(10)}
    for sentence, ours in details(language).items():
        assert blanks(ours) <= numbers
        assert len(blanks(ours)) == sentence.count("{}"), sentence


def test_what_is_known_more_exactly_is_said_with_its_figures_and_what_stands_in_it():
    told = words("cs")
    assert told.of_detail(
        "this is a GIF image, though its name ends in .docx; save or print it as PDF and hand in that"
    ) == ("je to obrázek GIF, i když jméno souboru končí na .docx; uložte ho nebo vytiskněte jako PDF a předejte to")
    assert told.of_detail("only the first 2,000 of 12,345 pages were read: more are not allowed in one file") == (
        "přečetlo se jen prvních 2\xa0000 stran z 12\xa0345: víc jich v jednom souboru být nesmí"
    )
    assert words("uk").of_detail("r.toml cannot be read as TOML: Invalid value (at line 1, column 9)") == (
        "r.toml не вдається прочитати як TOML: хибне значення; текст беруть у лапки (рядок 1, стовпець 9)"
    )
    assert told.of_detail("nobody has translated this") == "nobody has translated this"
    assert words("en").of_detail("this PDF has no pages; make it anew and hand that in").startswith("this PDF")


def test_a_step_that_counts_pages_says_where_it_is():
    assert words("uk").of_step("reading", 7, 12) == "читається сторінка 7 з 12"
    assert words("uk").of_step("reading", 0, 0) == "читається"
    assert words("cs").of_step("indexing", 0, 0) == "uloženo; za chvíli půjde najít"


def test_who_speaks_another_language_is_told_in_english():
    assert words("de") == words("en")
