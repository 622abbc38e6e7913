"""What a file is, by its content: what is read whatever it is called, and what is refused with a cure."""

import io
import random
import zipfile
from pathlib import Path

import pytest

from ingest.extract import Limits, extract
from ingest.extract.charset import utf16_without_mark
from ingest.extract.sniff import Kind, sniff
from library.errors import DamagedFile, EncryptedFile, ExtractionFailed, UnsupportedFormat
from tests.ingest.hostile_files import zipped
from tests.ingest.made import known, office, old, paper, plain

MADE = {
    Kind.PDF: paper.one_column,
    Kind.DOCX: office.word,
    Kind.PPTX: office.powerpoint,
    Kind.XLSX: office.excel,
    Kind.ODT: office.odt,
    Kind.ODP: office.odp,
    Kind.ODS: office.ods,
    Kind.DOC: old.doc,
    Kind.RTF: old.rtf,
    Kind.EPUB: plain.epub,
    Kind.EML: plain.mail,
    Kind.HTML: plain.html,
    Kind.ZIP: plain.packed,
    Kind.TEXT: plain.koi8_u,
}


def refused(folder: Path, name: str, content: bytes) -> ExtractionFailed:
    (folder / name).write_bytes(content)
    with pytest.raises(ExtractionFailed) as raised:
        extract(folder / name, name, Limits())
    return raised.value


@pytest.mark.parametrize("name", ["a.pdf", "a.docx", "a.txt", "a", "a.jpg"])
@pytest.mark.parametrize("kind", MADE)
def test_a_file_is_what_it_holds_whatever_it_is_called(kind: Kind, name: str):
    text = known.UKRAINIAN if kind is Kind.TEXT else known.CZECH
    assert sniff(io.BytesIO(MADE[kind](text)), name) is kind


def test_bytes_of_nothing_are_no_utf_16_where_zeros_happen_to_stand_among_them():
    anything = [random.Random(seed).randbytes(20) for seed in range(2_000)]
    with_zeros = [each for each in anything if 0 in each[::2] or 0 in each[1::2]]
    assert len(with_zeros) > 100
    assert [each for each in with_zeros if utf16_without_mark(each)] == []


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("text", known.ALL, ids=[text.language for text in known.ALL])
def test_utf_16_is_told_without_a_mark_even_from_one_line(text: known.Known, encoding: str):
    assert {utf16_without_mark(line.encode(encoding)) for line in (text.title, *text.read())} == {encoding}


def test_an_archive_that_begins_with_a_pdf_is_an_archive():
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        archive.writestr("a.pdf", paper.one_column(known.CZECH))
    made.seek(0)
    assert sniff(made, "a.zip") is Kind.ZIP


def test_an_office_file_under_a_password_says_so(tmp_path: Path):
    locked = old.compound({"EncryptedPackage": b"x", "EncryptionInfo": b"x"})
    assert isinstance(refused(tmp_path, "a.docx", locked), EncryptedFile)


@pytest.mark.parametrize(
    ("stream", "what"),
    [("Workbook", "Excel workbook"), ("PowerPoint Document", "PowerPoint presentation"), ("__nameid", "Office file")],
)
def test_office_files_of_the_old_kind_are_told_apart(tmp_path: Path, stream: str, what: str):
    error = refused(tmp_path, "a.doc", old.compound({stream: b"x"}))
    assert isinstance(error, UnsupportedFormat)
    assert what in error.detail
    assert "though its name ends in .doc" in error.detail


def test_a_binary_workbook_is_refused_with_the_cure_and_not_unpacked(tmp_path: Path):
    types = b'<Types><Override ContentType="application/vnd.ms-excel.sheet.binary.macroEnabled.main"/></Types>'
    made = zipped([("[Content_Types].xml", types), ("xl/workbook.bin", b"\x83\x01\x00"), ("docProps/app.xml", b"<x/>")])
    error = refused(tmp_path, "a.xlsb", made)
    assert isinstance(error, UnsupportedFormat)
    assert error.detail == "this is a binary Excel workbook (.xlsb); save it in Excel as .xlsx and hand in that"


def test_a_document_in_which_a_binary_workbook_lies_is_a_document():
    made = io.BytesIO(office.word(known.CZECH))
    with zipfile.ZipFile(made) as whole:
        parts = {name: whole.read(name) for name in whole.namelist()}
    beside = b'<Default Extension="xlsb" ContentType="application/vnd.ms-excel.sheet.binary.macroEnabled.12"/></Types>'
    parts["[Content_Types].xml"] = parts["[Content_Types].xml"].replace(b"</Types>", beside)
    assert sniff(io.BytesIO(zipped(parts.items())), "a.docx") is Kind.DOCX


@pytest.mark.parametrize("made", [office.word, office.odt, plain.epub, plain.packed])
@pytest.mark.parametrize("share", [0.1, 0.5, 0.95])
def test_a_file_that_was_cut_off_says_so(tmp_path: Path, made, share: float):
    whole = made(known.CZECH)
    assert isinstance(refused(tmp_path, "a.bin", whole[: int(len(whole) * share)]), DamagedFile)


def test_an_old_word_document_that_was_cut_off_is_repaired_where_its_text_is_there(tmp_path: Path):
    whole = old.doc(known.CZECH)
    (tmp_path / "a.doc").write_bytes(whole[: int(len(whole) * 0.6)])
    assert extract(tmp_path / "a.doc", "a.doc", Limits()).repaired
    assert isinstance(refused(tmp_path, "b.doc", whole[: int(len(whole) * 0.4)]), DamagedFile)


def test_a_document_with_a_locked_part_says_so(tmp_path: Path):
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        archive.writestr("tajné.txt", "tajné")
    raw = bytearray(made.getvalue())
    raw[6] |= 1
    raw[raw.index(b"PK\x01\x02") + 8] |= 1
    assert isinstance(refused(tmp_path, "a.zip", bytes(raw)), EncryptedFile)
