"""Is the sample library whole: does every source parse, keep to the agreed lists, and have its made file?"""

import tomllib
from collections import Counter
from io import BytesIO
from zipfile import ZipFile

import docx as python_docx
import msgspec
import odfdo
import pypdfium2
import pytest

from ingest.samples import FILES, ORGANISATIONS, SOURCES
from ingest.samples.build import RENDERERS, build
from ingest.samples.build.brochure import FONTS
from ingest.samples.build.plain import CODE_PAGES
from ingest.samples.build.source import (
    Bullets,
    CannotBuild,
    Heading,
    NewPage,
    Numbered,
    Paragraph,
    Quotation,
    Run,
    Table,
    parse,
    parse_source,
    read_source,
    styled,
)
from library.model import Document, Practice, missing_to_publish
from library.said import read_said
from library.vocabulary import unknown_terms

PATHS = sorted(SOURCES.glob("*.md"))
LONG_STUDIES = (
    "vzdelavani-deti-cizincu-srovnavaci-studie",
    "metodika-integrace-v-male-obci",
    "eal-pupils-classroom-handbook",
)
A_SOURCE = """\
+++
format = "md"
kind = "practice"
organisation = "severka"
title = {cs = "Čaj o páté", en = "Tea at five"}
languages = ["cs"]
+++
# Čaj o páté

> Kdo přijde, ten **zůstane**,
> řekla paní.

Text s *kurzívou*
na dvou řádcích:
- první
- druhý

1. jeden
2. dva

| Den | Hostů |
|---|---:|
| pondělí | 7 |

<!-- page -->
## Ještě něco
"""

each_source = pytest.mark.parametrize("path", PATHS, ids=[path.stem for path in PATHS])
with_fonts = pytest.mark.skipif(not FONTS.exists(), reason="making a PDF needs the DejaVu fonts of the system")


@pytest.fixture(scope="module")
def sources():
    return [read_source(path) for path in PATHS]


@pytest.fixture(scope="module")
def documents(sources):
    return [msgspec.convert(source.metadata, Document) for source in sources]


# The library as it is ------------------------------------------------------------------------------------------------


@each_source
def test_a_source_describes_a_document_in_the_agreed_terms(path):
    source = read_source(path)
    document = msgspec.convert(source.metadata, Document)
    assert document.id == path.stem
    assert unknown_terms(source.metadata) == ()
    assert source.blocks[0] == Heading(1, source.blocks[0].runs)
    assert "**" not in RENDERERS["txt"](source).decode(CODE_PAGES.get(source.id, "utf-8"))


@each_source
def test_a_source_has_its_made_file_with_the_same_description(path):
    source = read_source(path)
    made = FILES / f"{source.id}.{source.format}"
    assert made.stat().st_size > 0
    assert tomllib.loads((FILES / f"{made.name}.toml").read_text(encoding="utf-8")) == source.metadata


@each_source
def test_a_description_is_one_that_the_library_takes(path):
    metadata = read_source(path).metadata
    said = read_said({name: value for name, value in metadata.items() if name != "organisation"})
    assert said.keys() == metadata.keys() - {"organisation"}


def test_no_file_is_left_of_a_source_that_is_gone(sources):
    expected = {f"{source.id}.{source.format}" for source in sources}
    assert {path.name for path in FILES.iterdir()} == expected | {f"{name}.toml" for name in expected}


def test_files_that_need_no_font_are_those_that_would_be_made_today(sources):
    stale = [
        source.id
        for source in sources
        if source.format in ("md", "txt", "html")
        and (FILES / f"{source.id}.{source.format}").read_bytes() != RENDERERS[source.format](source)
    ]
    assert stale == []


def test_all_formats_and_languages_of_the_members_are_there(sources):
    languages = Counter(source.spoken for source in sources)
    assert len(sources) >= 48
    assert languages["cs"] >= 20
    assert languages["en"] >= 8
    assert languages["uk"] >= 6
    assert languages.keys() >= {"sk", "ru", "de", "pl", "vi"}
    assert {source.format for source in sources} == set(RENDERERS)


def test_documents_are_shared_by_the_invented_organisations(documents):
    written = tomllib.loads(ORGANISATIONS.read_text(encoding="utf-8"))["organisation"]
    assert {document.organisation for document in documents} == {organisation["id"] for organisation in written}


def test_related_documents_exist(documents):
    known = {document.id for document in documents}
    dangling = [
        (document.id, related.document)
        for document in documents
        for related in document.related
        if related.document not in known - {document.id}
    ]
    assert dangling == []


def test_public_documents_lack_at_most_the_language_that_is_left_to_be_detected(documents):
    lacking = {
        document.id: missing
        for document in documents
        if document.visibility == "public" and (missing := set(missing_to_publish(document)) - {"languages"})
    }
    assert lacking == {}


def test_every_practice_says_what_did_not_work(documents):
    assert [document.id for document in documents if isinstance(document, Practice) and not document.caveats] == []


@pytest.mark.parametrize("name", LONG_STUDIES)
def test_long_studies_have_more_than_twenty_pages(name):
    with pypdfium2.PdfDocument(FILES / f"{name}.pdf") as pdf:
        assert len(pdf) > 20


def test_one_text_is_in_an_old_code_page_on_purpose():
    old = (FILES / "interni-postup-krizovy-fond.txt").read_bytes()
    with pytest.raises(UnicodeDecodeError):
        old.decode("utf-8")
    assert "ř" in old.decode("windows-1250")


def test_the_whole_library_is_small():
    assert sum(path.stat().st_size for path in FILES.iterdir()) < 8_000_000


# How it is made ------------------------------------------------------------------------------------------------------


def test_markdown_becomes_blocks():
    assert parse_source("caj", A_SOURCE).blocks == (
        Heading(1, (Run("Čaj o páté"),)),
        Quotation((Run("Kdo přijde, ten "), Run("zůstane", bold=True), Run(", řekla paní."))),
        Paragraph((Run("Text s "), Run("kurzívou", italic=True), Run(" na dvou řádcích:"))),
        Bullets(((Run("první"),), (Run("druhý"),))),
        Numbered(((Run("jeden"),), (Run("dva"),))),
        Table((((Run("Den"),), (Run("Hostů"),)), ((Run("pondělí"),), (Run("7"),)))),
        NewPage(),
        Heading(2, (Run("Ještě něco"),)),
    )


def test_one_style_may_stand_inside_another():
    assert styled("**tučně *obojí* tučně** a ***hned*** 2 * 3 * 4") == (
        Run("tučně ", bold=True),
        Run("obojí", bold=True, italic=True),
        Run(" tučně", bold=True),
        Run(" a "),
        Run("hned", bold=True, italic=True),
        Run(" 2 * 3 * 4"),
    )


def test_a_numbered_list_goes_on_where_the_last_one_ended():
    assert parse("3. tři\n4. čtyři\n")[0] == Numbered(((Run("tři"),), (Run("čtyři"),)), start=3)


def test_the_description_is_the_front_matter_with_an_id_and_without_the_format():
    source = parse_source("caj", A_SOURCE)
    assert tomllib.loads(source.description) == source.metadata
    assert source.metadata["id"] == "caj"
    assert "format" not in source.metadata


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("# Bez hlavičky", "must stand at the top"),
        ('+++\nformat = "rtf"\n+++\n# A', "must be one of"),
        ('+++\nformat = "md"\nkind =\n+++\n# A', "Invalid value"),
    ],
)
def test_a_source_with_broken_front_matter_is_named(tmp_path, text, complaint):
    path = tmp_path / "rozbity.md"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(CannotBuild, match=f"rozbity.md: .*{complaint}"):
        read_source(path)


@pytest.mark.parametrize("line", ["  - vnořený", "<b>HTML</b>", "```"])
def test_markdown_that_is_not_ours_is_refused(line):
    with pytest.raises(CannotBuild, match="cannot read the line"):
        parse(line)


def test_a_table_with_uneven_rows_is_refused():
    with pytest.raises(CannotBuild, match="different numbers of cells"):
        parse("| a | b |\n| c |")


def test_plain_text_has_no_markup():
    text = RENDERERS["txt"](parse_source("caj", A_SOURCE)).decode()
    assert text == (
        "Čaj o páté\n\n"
        "    Kdo přijde, ten zůstane, řekla paní.\n\n"
        "Text s kurzívou na dvou řádcích:\n\n"
        "- první\n- druhý\n\n"
        "1. jeden\n2. dva\n\n"
        "Den      Hostů\npondělí  7\n\n"
        "Ještě něco\n"
    )


def test_a_web_page_says_its_language_only_where_the_source_does():
    source = parse_source("caj", A_SOURCE)
    silent = parse_source("caj", A_SOURCE.replace('languages = ["cs"]\n', ""))
    assert b'<html lang="cs">' in RENDERERS["html"](source)
    assert b"<html>" in RENDERERS["html"](silent)


def test_a_word_document_has_real_styles_and_properties():
    made = python_docx.Document(BytesIO(RENDERERS["docx"](parse_source("caj", A_SOURCE))))
    styles = {paragraph.text: paragraph.style.name for paragraph in made.paragraphs}
    assert styles["Čaj o páté"] == "Title"
    assert styles["první"] == "List Bullet"
    assert styles["jeden"] == "List Number"
    assert styles["Ještě něco"] == "Heading 1"
    assert [cell.text for cell in made.tables[0].rows[1].cells] == ["pondělí", "7"]
    assert (made.core_properties.title, made.core_properties.language) == ("Čaj o páté", "cs")


def test_an_open_document_has_real_styles_and_properties():
    made = odfdo.Document(BytesIO(RENDERERS["odt"](parse_source("caj", A_SOURCE))))
    assert [(head.style, head.text) for head in made.body.headers] == [
        ("Heading_20_1", "Čaj o páté"),
        ("Heading_20_2", "Ještě něco"),
    ]
    assert made.body.lists[1].style == "Numbering_20_1"
    assert made.body.tables[0].get_cell("B2").text_recursive.strip() == "7"
    assert (made.meta.title, made.meta.language) == ("Čaj o páté", "cs")


@with_fonts
def test_a_pdf_says_its_title_and_language_and_can_be_read():
    made = RENDERERS["pdf"](parse_source("caj", A_SOURCE))
    with pypdfium2.PdfDocument(made) as pdf:
        assert pdf.get_metadata_value("Title") == "Čaj o páté"
        assert [entry.get_title() for entry in pdf.get_toc()] == ["Čaj o páté", "Ještě něco"]
        assert len(pdf) == 2
        assert "Text s kurzívou na dvou řádcích" in pdf[0].get_textpage().get_text_range()
    assert b"/Lang (cs)" in made


@with_fonts
def test_a_letter_that_the_font_lacks_is_named():
    with pytest.raises(CannotBuild, match="caj: the font has no glyph for 中"):
        RENDERERS["pdf"](parse_source("caj", A_SOURCE + "中"))


@with_fonts
def test_two_builds_give_the_same_bytes(tmp_path):
    sources = tmp_path / "sources"
    sources.mkdir()
    for kind in RENDERERS:
        text = A_SOURCE.replace('format = "md"', f'format = "{kind}"')
        (sources / f"caj-{kind}.md").write_text(text, encoding="utf-8")
    first = [path.read_bytes() for path in build(sources, tmp_path / "files")]
    again = [path.read_bytes() for path in build(sources, tmp_path / "files")]
    assert first == again


def test_a_file_of_no_source_is_removed(tmp_path):
    sources, files = tmp_path / "sources", tmp_path / "files"
    sources.mkdir()
    (sources / "caj.md").write_text(A_SOURCE, encoding="utf-8")
    files.mkdir()
    (files / "davno-pryc.pdf").write_bytes(b"%PDF")
    assert build(sources, files) == [files / "caj.md", files / "caj.md.toml"]
    assert set(files.iterdir()) == {files / "caj.md", files / "caj.md.toml"}


def test_members_of_an_office_file_have_no_date_and_the_type_comes_first():
    made = ZipFile(BytesIO(RENDERERS["odt"](parse_source("caj", A_SOURCE))))
    assert {member.date_time for member in made.infolist()} == {(1980, 1, 1, 0, 0, 0)}
    assert made.namelist()[0] == "mimetype"
