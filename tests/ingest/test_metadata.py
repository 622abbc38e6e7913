"""What members say of their files, in descriptions and tables."""

from pathlib import Path

import pytest

from ingest.batch import descriptions, files_in
from ingest.metadata import read_table
from library.errors import BadMetadata


def test_a_table_has_a_row_for_each_file(tmp_path: Path):
    table = tmp_path / "table.csv"
    table.write_text(
        "file;title;title.en;topics;year;place.municipality;peer_reviewed\n"
        "a.pdf;Děti ve škole;;housing | education;2024;Javorná;ano\n"
        "b.pdf;;At school;health;;;\n",
        encoding="utf-8-sig",
    )
    assert read_table(table) == {
        "a.pdf": {
            "title": "Děti ve škole",
            "topics": ["housing", "education"],
            "year": 2024,
            "place": {"municipality": "Javorná"},
            "peer_reviewed": True,
        },
        "b.pdf": {"title": {"en": "At school"}, "topics": ["health"]},
    }


def test_a_table_saved_by_a_czech_spreadsheet_is_read(tmp_path: Path):
    table = tmp_path / "table.csv"
    table.write_bytes("file,funders\nx.pdf,Město Žďár\n".encode("cp1250"))
    assert read_table(table)["x.pdf"]["funders"] == ["Město Žďár"]


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("name;title\na;b\n", "column 'file'"),
        ("file;year\na.pdf;soon\n", "row 2, column 'year'"),
        ("file;authors\na.pdf;Nová\n", "row 2, column 'authors'"),
        ("file;title\na.pdf;b;c\n", "row 2 has more cells"),
        ("file;title;title.en\na.pdf;b;c\n", r"row 2, column 'title\.en'"),
    ],
)
def test_what_cannot_be_read_is_named_by_row_and_column(tmp_path: Path, text: str, sentence: str):
    table = tmp_path / "table.csv"
    table.write_text(text)
    with pytest.raises(BadMetadata, match=sentence):
        read_table(table)


def test_the_description_beside_a_file_wins_over_the_table_and_the_table_over_the_rest(tmp_path: Path):
    (tmp_path / "table.csv").write_text("file;scale;stage\na.pdf;local;pilot\n")
    file = tmp_path / "a.pdf"
    file.with_name("a.pdf.toml").write_text('stage = "ended"\n')
    said = descriptions(tmp_path / "table.csv", "public").of(file)
    assert said == {"visibility": "public", "scale": "local", "stage": "ended"}


def test_a_description_that_is_no_toml_is_named(tmp_path: Path):
    (tmp_path / "a.pdf.toml").write_text("title = \n")
    with pytest.raises(BadMetadata, match=r"a\.pdf\.toml"):
        descriptions(None, None).of(tmp_path / "a.pdf")


def test_a_folder_means_its_files_but_no_descriptions_hidden_files_or_links(tmp_path: Path):
    for name in ("b.pdf", "b.pdf.toml", "table.csv", "config.toml", ".hidden", "sub/a.txt", ".git/x", "žlutý kůň.md"):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text("x")
    (tmp_path / "link.txt").symlink_to("/etc/hostname")
    found = files_in([tmp_path], tmp_path / "table.csv")
    assert [path.relative_to(tmp_path).as_posix() for path in found] == [
        "b.pdf",
        "config.toml",
        "sub/a.txt",
        "žlutý kůň.md",
    ]
