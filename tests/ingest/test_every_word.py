"""What stands in a file in a less usual place is read all the same, where it stands, and once."""

import struct
from pathlib import Path

import pytest

from ingest.extract import Limits, extract
from tests.ingest.made import known, old


def text_of(folder: Path, name: str, content: bytes) -> str:
    """All pages, each line without the spaces around it, and a line of dashes where a page ends."""
    (folder / name).write_bytes(content)
    pages = extract(folder / name, name, Limits()).pages
    return "\n---\n".join("\n".join(line.strip() for line in page.text.splitlines()) for page in pages)


def an_rtf(body: str, head: str = r"\ansicpg1250\deff0") -> bytes:
    return rf"{{\rtf1\ansi{head} {body}}}".encode("ascii")


BOX = (
    r"{\shp{\*\shpinst{\sp{\sn shapeType}{\sv 202}}{\shptxt \pard uvnitr\par}}"
    r"{\shprslt{\*\do{\dptxbxtext uvnitr\par}}}}"
)


@pytest.mark.parametrize(
    ("body", "read"),
    [
        (r"pred{\super\chftn}{\*\footnote\pard poznamka} za\par dal\par", "pred za\npoznamka\ndal"),
        (r"pred{\*\footnote\ftnalt\pard na konci\par} za\par", "pred za\nna konci"),
        (rf"pred{BOX} za\par dal\par", "pred za\nuvnitr\ndal"),
        (rf"\trowd\pard\intbl a{BOX}\par b\cell c\cell\row\pard za\par", "a uvnitr b | c\nza"),
        (r"\trowd\pard\intbl a{\footnote\pard x}\par b\cell c\cell\row\pard za\par", "a x b | c\nza"),
        (r"a{\footnote\trowd\pard\intbl x\cell y\cell\row\pard z} b\par", "a b\nx | y\nz"),
        (r"pred{\*\do\dptxbx{\dptxbxtext\pard uvnitr\par}} za\par", "pred za\nuvnitr"),
        (r"leva\column prava\par", "leva\nprava"),
        ("\\uc1 \\u345\r\n?eka\\par", "řeka"),
        (r"a{\mvf odsud} b{\mvt sem}\par", "a bsem"),
    ],
)
def test_rtf(tmp_path: Path, body: str, read: str):
    assert text_of(tmp_path, "a.rtf", an_rtf(body)) == read


def test_an_rtf_that_was_cut_off_in_a_note_keeps_what_was_read(tmp_path: Path):
    assert text_of(tmp_path, "a.rtf", an_rtf(r"pred{\footnote\pard pozn")[:-1]) == "pred\npozn"


def test_letters_of_an_rtf_are_those_of_its_usual_font_where_no_other_is_chosen(tmp_path: Path):
    head = r"\ansicpg1252\deff1{\fonttbl{\f0\fcharset0 Arial;}{\f1\fcharset238 Arial;}{\f2\fcharset204 Arial;}}"
    body = r"\'f8eka {\f2\'f0} {\f0\'f8} \f2\'f0 \plain\'f8eka\par"
    assert text_of(tmp_path, "a.rtf", an_rtf(body, head)) == "řeka р ø р řeka"


def a_doc(at: int = 0, changed: bytes = b"") -> bytes:
    """A Word document whose head says something else in one place."""
    made = old.doc(known.CZECH)
    head = made.index(b"\xec\xa5\xc1\x00")
    return made[: head + at] + changed + made[head + at + len(changed) :]


def test_a_doc_with_fewer_letters_than_it_declares_is_read_to_its_last(tmp_path: Path):
    assert text_of(tmp_path, "a.doc", a_doc(0x4C, struct.pack("<i", 2_000_000_000))) == text_of(
        tmp_path, "b.doc", a_doc()
    )


def test_a_doc_with_properties_without_end_is_read_without_them(tmp_path: Path):
    title = struct.pack("<II", 30, len(known.CZECH.title) + 1)
    assert title in a_doc()
    endless = a_doc().replace(title, struct.pack("<II", 0x1063, 0xFFFFFFFF))
    assert text_of(tmp_path, "a.doc", endless) == text_of(tmp_path, "b.doc", a_doc())


@pytest.mark.parametrize(("how", "shown"), [(b"\x00", "x"), (b"\x01", ""), (b"\x80", "x"), (b"\x81", "")])
def test_letters_of_a_doc_are_hidden_or_as_in_their_style(tmp_path: Path, how: bytes, shown: str):
    made = a_doc().replace(b"\x00\x08\x01", b"\x3c\x08" + how)
    assert text_of(tmp_path, "a.doc", made).removeprefix(text_of(tmp_path, "b.doc", a_doc())).strip() == 6 * shown


def test_of_fields_in_a_doc_of_word_95_is_read_what_came_out(tmp_path: Path):
    read = text_of(tmp_path, "a.doc", a_doc(2, struct.pack("<H", 0x65)))
    assert known.CZECH.pages[0][0].texts[0] in read
    assert "HYPERLINK" not in read
