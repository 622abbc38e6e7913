"""Tables that describe the files of a folder, and what in them cannot be used."""

import zipfile
from pathlib import Path

import pytest

from ingest.batch import descriptions, files_in, what_is_wrong
from ingest.tables import read_table
from library.errors import BadMetadata
from library.words import words

TOLD = words("en")
SHEET = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def a_workbook(path: Path, rows: dict[int, dict[str, str]]) -> Path:
    """An XLSX file with these cells, by row and by letter of the column."""
    written = "".join(
        f'<row r="{number}">'
        + "".join(f'<c r="{column}{number}" t="inlineStr"><is><t>{cell}</t></is></c>' for column, cell in cells.items())
        + "</row>"
        for number, cells in rows.items()
    )
    package = "http://schemas.openxmlformats.org/package/2006"
    with zipfile.ZipFile(path, "w") as file:
        file.writestr(
            "[Content_Types].xml",
            f'<Types xmlns="{package}/content-types"><Default Extension="xml" ContentType="application/xml"/></Types>',
        )
        file.writestr(
            "_rels/.rels",
            f'<Relationships xmlns="{package}/relationships"><Relationship Id="r1" '
            f'Type="{RELATIONS}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        )
        file.writestr(
            "xl/workbook.xml",
            f'<workbook xmlns="{SHEET}" xmlns:r="{RELATIONS}"><sheets><sheet name="S" sheetId="1" r:id="r1"/></sheets>'
            "</workbook>",
        )
        file.writestr(
            "xl/_rels/workbook.xml.rels",
            f'<Relationships xmlns="{package}/relationships"><Relationship Id="r1" Type="{RELATIONS}/worksheet" '
            'Target="worksheets/sheet1.xml"/></Relationships>',
        )
        file.writestr(
            "xl/worksheets/sheet1.xml",
            f'<worksheet xmlns="{SHEET}"><sheetData>{written}</sheetData></worksheet>',
        )
    return path


def test_a_table_has_a_row_for_each_file(tmp_path: Path):
    table = tmp_path / "table.csv"
    table.write_text(
        "file;title;title.en;topics;year;place.municipality;peer_reviewed;kind\n"
        "a.pdf;Děti ve škole;;housing | education;2024;Javorná;ano;study\n"
        "b.pdf;;At school;health;;;\n",
        encoding="utf-8-sig",
    )
    read = read_table(table)
    assert read.complaints == ()
    assert read.said == {
        "a.pdf": {
            "title": "Děti ve škole",
            "topics": ["housing", "education"],
            "year": 2024,
            "place": {"municipality": "Javorná"},
            "peer_reviewed": True,
            "kind": "study",
        },
        "b.pdf": {"title": {"en": "At school"}, "topics": ["health"]},
    }


def test_a_workbook_says_the_same_as_a_table_in_plain_text(tmp_path: Path):
    rows = {
        1: {"A": "file", "B": "title", "D": "year"},
        2: {"A": "a.pdf", "D": "2024"},
        4: {"A": "b.pdf", "B": "Děti"},
    }
    read = read_table(a_workbook(tmp_path / "table.xlsx", rows))
    assert read.said == {"a.pdf": {"year": 2024}, "b.pdf": {"title": "Děti"}}
    assert read.rows == {"a.pdf": 2, "b.pdf": 4}


def test_a_table_saved_by_a_czech_spreadsheet_is_read(tmp_path: Path):
    table = tmp_path / "table.csv"
    table.write_bytes("file,funders\nx.pdf,Město Žďár\n".encode("cp1250"))
    assert read_table(table).said["x.pdf"]["funders"] == ["Město Žďár"]


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("file;year\na.pdf;soon\n", "row 2, column 'year': 'soon' is not a whole number; write digits only"),
        ("file;authors\na.pdf;Nová\n", "row 2, column 'authors': this field does not fit into a cell"),
        ("file;title;title.en\na.pdf;b;c\n", "row 2, column 'title.en': 'title' stands in another column"),
        ("file;topics\na.pdf;housing|housin\n", "row 2, column 'topics': "),
        ("file;titel\na.pdf;x\n", "row 2, column 'titel': unknown field; did you mean 'title'?"),
        ("file;scale\na.pdf;local\nb.pdf;\na.pdf;local\n", "row 4, column 'file': 'a.pdf' stands in row 2 already"),
    ],
)
def test_each_cell_that_cannot_be_used_is_named_with_the_cure(tmp_path: Path, text: str, sentence: str):
    table = tmp_path / "table.csv"
    table.write_text(text)
    (complaint,) = read_table(table).complaints
    assert str(complaint).startswith(sentence)
    with pytest.raises(BadMetadata, match=r"table\.csv: row"):
        descriptions(table, None)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("files;title\na;b\n", "column 'file' that names the file of each row; is it 'files'"),
        ("file;title\na.pdf;b;c\n", "row 2 has more cells"),
        ("", "column 'file'"),
    ],
)
def test_what_is_no_table_of_files_says_so(tmp_path: Path, text: str, sentence: str):
    table = tmp_path / "table.csv"
    table.write_text(text)
    with pytest.raises(BadMetadata, match=sentence):
        read_table(table)


def test_a_cell_that_never_ends_is_named_by_its_row(tmp_path: Path):
    table = tmp_path / "table.csv"
    table.write_text('file,summary\na.pdf,Good\nb.pdf,"Never ends ' + "and goes on " * 20_000)
    with pytest.raises(BadMetadata, match=r"table\.csv, row 3: .*close the quotation marks"):
        read_table(table)


def test_what_only_looks_like_a_workbook_says_so(tmp_path: Path):
    (tmp_path / "table.xlsx").write_text("file;title")
    with pytest.raises(BadMetadata, match="cannot be read as a workbook"):
        read_table(tmp_path / "table.xlsx")


def test_files_of_one_name_in_several_folders_need_rows_that_tell_them_apart(tmp_path: Path):
    files = [tmp_path / "report.pdf", tmp_path / "2023" / "report.pdf", tmp_path / "2024" / "report.pdf"]
    table = tmp_path / "table.csv"
    table.write_text("file;year\n2023/report.pdf;2023\n.\\2024\\report.pdf;2024\nreport.pdf;2025\n")
    said = descriptions(table, None, files)
    assert [said.of(path)["year"] for path in files] == [2025, 2023, 2024]
    table.write_text("file;year\nreport.pdf;2023\n2024/report.pdf;2024\n")
    several = (
        f"row 2, column 'file': several files are called 'report.pdf': {tmp_path.name}/report.pdf, 2023/report.pdf; "
        "write a row for each, with its folder"
    )
    assert what_is_wrong(files, table, TOLD) == [several]
    with pytest.raises(BadMetadata, match="several files are called"):
        descriptions(table, None, files)


def test_a_name_that_leaves_no_room_for_a_description_beside_it_is_none_the_worse(tmp_path: Path):
    (tmp_path / ("a" * 251 + ".pdf")).write_text("x")
    assert what_is_wrong(files_in([tmp_path], None), None, TOLD) == []


def test_a_table_is_no_document_by_whatever_path_it_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    for name in ("a.pdf", "table.csv"):
        (tmp_path / name).write_text("file\na.pdf\n")
    monkeypatch.chdir(tmp_path)
    assert files_in([tmp_path], Path("table.csv")) == [tmp_path / "a.pdf"]


def test_a_dry_run_names_everything_at_once(tmp_path: Path):
    for name in ("a.pdf", "c.pdf"):
        (tmp_path / name).write_text("x")
    (tmp_path / "c.pdf.toml").write_text("yaer = 1")
    table = tmp_path / "table.csv"
    table.write_text("file;year\na.pdf;soon\nb.pdf;2024\n")
    wrong = what_is_wrong([tmp_path / "a.pdf", tmp_path / "c.pdf"], table, TOLD)
    assert wrong[:3] == [
        "row 2, column 'year': 'soon' is not a whole number; write digits only",
        "row 3: there is no file 'b.pdf' in the folder; correct the name or leave the row out",
        "'c.pdf' has no row in the table; it would be taken in without a description",
    ]
    assert wrong[3].startswith("c.pdf.toml: ")
    assert "yaer" in wrong[3]
    assert what_is_wrong([tmp_path / "a.pdf"], None, TOLD) == []
