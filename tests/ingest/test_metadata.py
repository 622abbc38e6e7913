"""What members say of their files, in descriptions and tables."""

from pathlib import Path

import pytest

from ingest.batch import descriptions, files_in
from library.errors import BadMetadata


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
