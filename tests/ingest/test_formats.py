"""Each format, read from files that are made of known texts: every letter, the pages, the title and the language."""

import io
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from rapidfuzz.distance import Levenshtein

from ingest.extract import Extract, Limits, best, extract
from library.errors import DamagedFile
from library.page_languages import with_languages
from tests.ingest.made import known, office, old, paper, plain
from tests.ingest.made.known import Block, Known

ACCURACY = 0.995

IN_PAGES: dict[str, Callable[[Known], bytes]] = {
    "docx": office.word,
    "odt": office.odt,
    "pptx": office.powerpoint,
    "odp": office.odp,
    "epub": plain.epub,
    "rtf": old.rtf,
    "doc": old.doc,
    "txt": plain.text,
}
"""Formats with pages, slides or chapters, which must come out as numbered pages."""
IN_SHEETS = {"xlsx": office.excel, "ods": office.ods}
WHOLE = {"html": plain.html, "md": plain.markdown, "eml": plain.mail, "csv": plain.table}
"""Formats without pages."""
MADE = {"pdf": paper.one_column, **IN_PAGES, **IN_SHEETS, **WHOLE}
ENCODED = {
    "cs windows-1250": (known.CZECH, plain.windows_1250),
    "cs iso-8859-2": (known.CZECH, plain.iso_8859_2),
    "cs x-mac-ce": (known.CZECH, plain.mac_latin2),
    "uk windows-1251": (known.UKRAINIAN, plain.windows_1251),
    "uk koi8-u": (known.UKRAINIAN, plain.koi8_u),
    "vi utf-16": (known.VIETNAMESE, plain.utf_16),
}

languages = pytest.mark.parametrize("text", known.ALL, ids=[text.language for text in known.ALL])


def read(folder: Path, name: str, content: bytes) -> Extract:
    (folder / name).write_bytes(content)
    return extract(folder / name, name, Limits())


def accuracy(read_: str, true: str) -> float:
    """1 less the share of letters that would have to be mended; how lines are broken counts for nothing."""
    one, other = " ".join(read_.split()), " ".join(true.split())
    return 1 - Levenshtein.distance(one, other) / len(other)


def assert_like(extracted: Extract, true: list[str]) -> None:
    assert [page.number for page in extracted.pages] == list(range(1, len(true) + 1))
    for page, expected in zip(extracted.pages, true, strict=True):
        assert accuracy(page.text, expected) >= ACCURACY, f"\n{page.text}\n--- instead of\n{expected}"


def rows(block: Block) -> str:
    return " | ".join(block.texts)


def assert_described(extracted: Extract, text: Known) -> None:
    assert best(extracted.clues, "title") == text.title
    assert {page.language for page in with_languages(extracted.pages, ())} == {text.language}


@languages
@pytest.mark.parametrize("suffix", IN_PAGES)
def test_pages_are_read_with_every_letter(tmp_path: Path, suffix: str, text: Known):
    extracted = read(tmp_path, f"a.{suffix}", IN_PAGES[suffix](text))
    assert_like(extracted, text.read())
    assert_described(extracted, text)


@languages
@pytest.mark.parametrize("suffix", IN_SHEETS)
def test_sheets_are_read_with_their_names(tmp_path: Path, suffix: str, text: Known):
    extracted = read(tmp_path, f"a.{suffix}", IN_SHEETS[suffix](text))
    pages = enumerate(text.pages, 1)
    assert_like(extracted, ["\n".join((f"List {number}", *map(rows, page))) for number, page in pages])
    assert_described(extracted, text)


@languages
@pytest.mark.parametrize("suffix", WHOLE)
def test_formats_without_pages_are_read_whole(tmp_path: Path, suffix: str, text: Known):
    extracted = read(tmp_path, f"a.{suffix}", WHOLE[suffix](text))
    if suffix == "csv":
        assert_like(extracted, ["\n".join(("a", *map(rows, text.blocks())))])
    else:
        assert_like(extracted, ["\n".join(text.read())])
        assert_described(extracted, text)


@languages
@pytest.mark.parametrize("made", [paper.one_column, paper.two_columns])
def test_a_pdf_is_read_page_by_page_column_by_column(tmp_path: Path, made: Callable[[Known], bytes], text: Known):
    extracted = read(tmp_path, "a.pdf", made(text.longer()))
    first, *others = text.longer().read(" ")
    assert_like(extracted, [f"{paper.running_head(text)}\n{first}", *others])
    assert_described(extracted, text)


@pytest.mark.parametrize("encoding", ENCODED)
def test_texts_in_old_encodings_are_read_as_they_were_written(tmp_path: Path, encoding: str):
    text, made = ENCODED[encoding]
    extracted = read(tmp_path, "a.txt", made(text))
    assert_like(extracted, text.read())
    assert_described(extracted, text)


@pytest.mark.parametrize("suffix", sorted(MADE.keys() - {"txt", "md", "csv"}))
def test_a_file_is_what_it_holds_whatever_it_is_called(tmp_path: Path, suffix: str):
    made = MADE[suffix](known.CZECH)
    named = read(tmp_path, f"a.{suffix}", made).media_type
    assert read(tmp_path, "b.pdf" if suffix != "pdf" else "b.docx", made).media_type == named


def a_workbook(cells: str, formats: str = "", **more: str) -> bytes:
    """A workbook whose one sheet has these cells in its first row."""
    parts = {
        "[Content_Types].xml": '<Types><Override ContentType="application/spreadsheetml.sheet.main+xml"/></Types>',
        "xl/workbook.xml": '<workbook xmlns:r="x"><sheets><sheet name="Výkaz" r:id="s"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": "<Relationships>"
        '<Relationship Id="s" Type="x/worksheet" Target="sheet.xml"/>'
        '<Relationship Id="f" Type="x/styles" Target="styles.xml"/></Relationships>',
        "xl/sheet.xml": f"<worksheet><sheetData><row>{cells}</row></sheetData></worksheet>",
        "xl/styles.xml": f"<styleSheet>{formats}</styleSheet>",
        **more,
    }
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        for name, xml in parts.items():
            archive.writestr(name, xml)
    return made.getvalue()


@pytest.mark.parametrize(
    ("number", "shown"),
    [("14", "2023-03-05"), ("22", "2023-03-05 12:00"), ("20", "12:00"), ("10", "4499050 %"), ("0", "44990.5")],
)
def test_a_number_in_a_sheet_is_shown_in_its_format(tmp_path: Path, number: str, shown: str):
    value = "44990" if number == "14" else "44990.5"
    formats = f'<cellXfs><xf numFmtId="{number}"/></cellXfs>'
    extracted = read(tmp_path, "a.xlsx", a_workbook(f'<c r="A1" s="0"><v>{value}</v></c>', formats))
    assert extracted.pages[0].text == f"Výkaz\n{shown}"


def test_a_date_in_a_format_of_its_own_is_a_date(tmp_path: Path):
    spelt = '<numFmts><numFmt numFmtId="164" formatCode="d\\.\\ mmmm\\ yyyy"/></numFmts>'
    formats = f'{spelt}<cellXfs><xf numFmtId="164"/></cellXfs>'
    extracted = read(tmp_path, "a.xlsx", a_workbook('<c s="0"><v>44990</v></c>', formats))
    assert extracted.pages[0].text == "Výkaz\n2023-03-05"


def test_a_far_cell_costs_nothing(tmp_path: Path):
    extracted = read(tmp_path, "a.xlsx", a_workbook('<c r="A1"><v>1</v></c><c r="XFD1"><v>2</v></c>'))
    assert extracted.pages[0].text.split(" | ")[-1] == "2"
    assert len(extracted.pages[0].text) < 100


def test_more_cells_than_are_allowed_are_left_out_and_that_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("ingest.extract.sheets.MOST_CELLS", 3)
    extracted = read(tmp_path, "a.csv", b"a,b\nc,d\n")
    assert extracted.pages[0].text == "a\na | b"
    assert extracted.notes == ("only the first 3 cells were read: more are not allowed in one file",)


@pytest.mark.parametrize("part", ["xl/workbook.xml", "xl/sheet.xml", "xl/styles.xml"])
def test_office_files_that_declare_entities_are_refused(tmp_path: Path, part: str):
    declares = {part: '<!DOCTYPE x [<!ENTITY a "aaaa">]><x>&a;</x>'}
    with pytest.raises(DamagedFile, match="declares its own XML entities"):
        read(tmp_path, "a.xlsx", a_workbook('<c r="A1"><v>1</v></c>', **declares))


def test_cells_are_divided_by_the_sign_that_divides_most_rows(tmp_path: Path):
    extracted = read(tmp_path, "a.csv", "rok;průměr, v hodinách\n2023;1,5\n2024;2,25\n".encode())
    assert extracted.pages[0].text == "a\nrok | průměr, v hodinách\n2023 | 1,5\n2024 | 2,25"


@languages
def test_a_pdf_that_was_drawn_from_its_end_is_read_from_its_beginning(tmp_path: Path, text: Known):
    assert_like(read(tmp_path, "a.pdf", paper.bottom_up(text.longer())), text.longer().read(" "))


def test_a_table_in_a_pdf_is_read_row_by_row(tmp_path: Path):
    cells = [[f"první slovo {row}", f"druhá buňka {row}", f"třetí sloupec {row}"] for row in range(8)]
    (page,) = read(tmp_path, "a.pdf", paper.with_table(cells)).pages
    assert page.text.split() == [word for row in cells for cell in row for word in cell.split()]


def test_what_was_typed_into_a_form_is_read(tmp_path: Path):
    (page,) = read(tmp_path, "a.pdf", paper.with_form("Jméno spolku:", "Severka Horni Ves")).pages
    assert page.text.split("\n") == ["Jméno spolku:", "Severka Horni Ves"]


@pytest.mark.parametrize("suffix", ["html", "md", "docx", "odt", "rtf", "doc"])
def test_a_long_text_without_pages_is_divided_at_its_headings(tmp_path: Path, suffix: str):
    sections = [[Block("heading", (f"Oddíl {number}",)), *[known.CZECH.pages[0][1]] * 8] for number in range(3)]
    text = known.CZECH._replace(pages=(tuple(block for section in sections for block in section),))
    pages = read(tmp_path, f"a.{suffix}", MADE[suffix](text)).pages
    assert [page.text.partition("\n")[0] for page in pages] == [f"Oddíl {number}" for number in range(3)]
