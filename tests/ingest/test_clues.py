"""What a file tells of itself: where it was found, how sure it is, and what becomes of it."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from ingest.describe import describe
from ingest.extract import Extract, Limits, best, extract
from ingest.extract.text_clues import is_isbn, is_issn
from library.jobs import IngestJob, JobState
from library.model import Clue, Page, Study

ABSTRACT = "Tato zpráva shrnuje zkušenosti sedmi obcí s prvním rokem dvojjazyčných asistentů v mateřských školách."


def clues(path: Path, text: str) -> tuple[Clue, ...]:
    path.write_text(text, encoding="utf-8")
    return extract(path, path.name, Limits()).clues


def about(told: tuple[Clue, ...], name: str) -> list[tuple[str, str, str, int]]:
    return [(clue.value, clue.where, clue.sure, clue.page) for clue in told if clue.about == name]


def test_a_declared_title_is_sure_where_the_text_bears_it_out(tmp_path: Path):
    told = clues(tmp_path / "a.html", "<title>Sousedský stůl</title><body><h1>SOUSEDSKÝ  STŮL</h1><p>Text.")
    assert about(told, "title") == [("Sousedský stůl", "head", "high", 1), ("SOUSEDSKÝ STŮL", "heading", "high", 1)]


def test_a_title_that_no_page_has_gives_way_to_one_that_stands_there(tmp_path: Path):
    rtf = r"{\rtf1\ansi\ansicpg1250{\info{\title Vzor}}\pard\outlinelevel0 Stůl\par Text.\par}".replace("ů", r"\'f9")
    told = clues(tmp_path / "a.rtf", rtf)
    assert about(told, "title") == [("Vzor", "properties", "low", 0), ("Stůl", "heading", "medium", 0)]
    assert best(told, "title") == "Stůl"


def test_a_heading_that_the_head_names_too_is_the_title(tmp_path: Path):
    told = clues(tmp_path / "a.html", "<title>Stůl | Spolek Alfa</title><body><h1>Stůl</h1><p>Text.")
    assert best(told, "title") == "Stůl"


def test_a_heading_that_the_head_does_not_name_is_not_the_title(tmp_path: Path):
    told = clues(tmp_path / "a.html", "<title>Sousedský stůl</title><body><h1>Menu</h1><p>Text.")
    assert best(told, "title") == "Sousedský stůl"


@pytest.mark.parametrize(("title", "sure"), [("Rod", "medium"), ("Rodičům", "high")])
def test_a_title_of_one_word_is_sure_where_it_is_a_word_of_the_page(tmp_path: Path, title: str, sure: str):
    told = clues(tmp_path / "a.html", f"<title>{title}</title><body><p>Rodičům: jak na přihlášku do školky.")
    assert about(told, "title") == [(title, "head", sure, 1 if sure == "high" else 0)]


@pytest.mark.parametrize(("written", "days"), [("1601-01-01", []), ("1602-01-01", [("1602-01-01", "head", "high", 0)])])
def test_the_day_from_which_programs_count_is_no_date(tmp_path: Path, written: str, days: list[tuple[str, ...]]):
    page = f'<meta name="dc.date" content="{written}"><body><p>Text.'
    assert about(clues(tmp_path / "a.html", page), "date") == days


def test_heads_of_a_mail_that_an_old_program_did_not_encode_are_read(tmp_path: Path):
    head = "From: Jan Novák <jan@alfa.example>\r\nSubject: Žádost o příspěvek\r\nMIME-Version: 1.0\r\n\r\nDobrý den."
    (tmp_path / "a.eml").write_bytes(head.encode("cp1250"))
    told = extract(tmp_path / "a.eml", "a.eml", Limits()).clues
    assert best(told, "title") == "Žádost o příspěvek"
    assert best(told, "author") == "Jan Novák"


@pytest.mark.parametrize(
    "head",
    ["Content-Type: multipart/related; boundary=none", f"Date: Mon, 1 Jan {10**20} 10:00:00 +0000"],
    ids=["no-parts", "no-year"],
)
def test_a_mail_with_a_head_that_makes_no_sense_is_read(tmp_path: Path, head: str):
    heads = f"From: Jan <jan@alfa.example>\nSubject: Žádost\nMIME-Version: 1.0\n{head}"
    (tmp_path / "a.eml").write_text(f"{heads}\n\nDobrý den.\n")
    read = extract(tmp_path / "a.eml", "a.eml", Limits())
    assert (read.media_type, best(read.clues, "title")) == ("message/rfc822", "Žádost")
    assert "Dobrý den." in read.pages[0].text or read.enclosed == 1


@pytest.mark.parametrize("title", ["Scan0001", "sken_12", "image 3"])
def test_what_a_scanner_calls_its_files_is_no_title(tmp_path: Path, title: str):
    assert about(clues(tmp_path / "a.html", f"<title>{title}</title><body><p>Zápis z porady."), "title") == []


@pytest.mark.parametrize(
    ("number", "right"),
    [
        ("9788090876545", True),
        ("9788090876546", False),
        ("8085850559", True),
        ("080442957X", True),
        ("8085850558", False),
    ],
)
def test_an_isbn_is_believed_with_its_check_digit(number: str, right: bool):  # noqa: FBT001  # a column of the table
    assert is_isbn(number) is right


def test_an_issn_is_believed_with_its_check_digit():
    assert is_issn("03178471")
    assert is_issn("2434561X")
    assert not is_issn("03178472")


def test_identifiers_are_found_where_they_are_called_so(tmp_path: Path):
    told = clues(
        tmp_path / "a.txt", "Studie\nISBN 978-80-908765-4-5, ISSN 0317-8471\nhttps://doi.org/10.1234/abc.(5).\n"
    )
    assert about(told, "isbn") == [("9788090876545", "text", "high", 1)]
    assert about(told, "issn") == [("0317-8471", "text", "high", 1)]
    assert about(told, "doi") == [("10.1234/abc.(5)", "text", "high", 1)]


def test_several_dois_are_citations(tmp_path: Path):
    told = clues(tmp_path / "a.txt", "Literatura\ndoi:10.1234/abc\ndoi:10.1234/def\n")
    assert about(told, "doi") == [("10.1234/abc", "text", "low", 1)]


@pytest.mark.parametrize("cue", ["Abstrakt\n", "Anotace: ", "SOUHRN\n\n", "Анотація. ", "Резюме:\n", "1 Abstract\n"])
def test_an_abstract_is_what_follows_its_heading(tmp_path: Path, cue: str):
    told = clues(tmp_path / "a.txt", f"Zpráva\n\n{cue}{ABSTRACT}\nKlíčová slova: škola\n\nÚvod\nDalší text.")
    assert about(told, "abstract") == [(ABSTRACT, "text", "medium", 1)]


def a_job(**said: object) -> IngestJob:
    given = {"id": "j1", "document": "d1", "organisation": "alfa", "name": "a.txt", "sha256": "00", "size": 1}
    return IngestJob(
        **given,
        said=said,
        state=JobState.WORKING,
        attempts=1,
        submitted_by="",
        batch="",
        created=datetime(2025, 6, 1, tzinfo=UTC),
    )


def an_extract(*told: Clue) -> Extract:
    return Extract(pages=(Page(number=1, text="Text", language="cs"),), media_type="text/plain", clues=told)


def test_what_a_member_says_wins_over_the_file():
    told = an_extract(Clue(about="title", value="Z souboru", where="info", sure="high"))
    assert describe(told, a_job(title="Řečený")).title == {"cs": "Řečený"}
    assert describe(told, a_job()).title == {"cs": "Z souboru"}


def test_a_study_has_the_identifiers_that_its_file_is_sure_of():
    sure = Clue(about="isbn", value="9788090876545", where="text", sure="high", page=2)
    unsure = Clue(about="doi", value="10.1234/abc", where="text", sure="low", page=2)
    study = describe(an_extract(sure, unsure), a_job(kind="study"))
    assert isinstance(study, Study)
    assert (study.isbn, study.doi) == ("9788090876545", "")
    assert study.clues[:2] == (sure, unsure)


def test_the_language_of_the_text_is_told_with_its_share():
    assert describe(an_extract(), a_job()).clues == (Clue(about="language", value="cs", where="text", sure="high"),)


@pytest.mark.parametrize(
    ("line", "names"),
    [
        ("Autorky: Mgr. Eva Malá, Ph.D., a Bc. Hana Tichá", ["Eva Malá", "Hana Tichá"]),
        ("Zpracovala: PhDr. Jana z Lipé", ["Jana z Lipé"]),
        ("Written by: John O'Hara and Mary Ann-Lee", ["John O'Hara", "Mary Ann-Lee"]),
        ("Автори: Оксана Гай, Іван Кос", ["Оксана Гай", "Іван Кос"]),
        ("Autor: neuveden", []),
        ("Autorem myšlenky byl kdosi jiný", []),
    ],
)
def test_who_is_called_the_author_is_one(tmp_path: Path, line: str, names: list[str]):
    told = clues(tmp_path / "a.txt", f"Zpráva o práci\n{line}\nText zprávy.\n")
    assert [value for value, where, *_ in about(told, "author") if where == "text"] == names


@pytest.mark.parametrize(
    "line", ["© Spolek Alfa, 2019", "Vydáno v Praze roku 2019", "Published in 2019", "Рік видання: 2019"]
)
def test_the_year_of_publication_is_found_by_what_stands_before_it(tmp_path: Path, line: str):
    assert about(clues(tmp_path / "a.txt", f"Zpráva\n{line}\n"), "date") == [("2019", "text", "medium", 1)]
