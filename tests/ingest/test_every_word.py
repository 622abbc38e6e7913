"""What stands in a file in a less usual place is read all the same, where it stands, and once."""

import io
import struct
import zipfile
from pathlib import Path

import pytest

from ingest.extract import Limits, extract
from library.errors import DamagedFile
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


def test_a_row_of_a_doc_whose_end_is_set_elsewhere_is_read_where_it_stands(tmp_path: Path):
    ends = b"\x16\x24\x01\x17\x24\x01"
    assert ends in a_doc()
    elsewhere = text_of(tmp_path, "a.doc", a_doc().replace(ends, b"\x0b\x46\x00\x00\x00\x00"))
    assert elsewhere == text_of(tmp_path, "b.doc", a_doc())


def test_of_fields_in_a_doc_of_word_95_is_read_what_came_out(tmp_path: Path):
    read = text_of(tmp_path, "a.doc", a_doc(2, struct.pack("<H", 0x65)))
    assert known.CZECH.pages[0][0].texts[0] in read
    assert "HYPERLINK" not in read


def a_zip(**parts: str) -> bytes:
    """A file of such parts, in XML; `styles` stands for `styles.xml`, and so on."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        for name, xml in parts.items():
            archive.writestr(name if "/" in name or name == "mimetype" else f"{name}.xml", xml)
    return made.getvalue()


def relations(*names: str) -> str:
    each = (f'<Relationship Id="{name}" Type="x/{name.rstrip("0123456789")}" Target="{name}.xml"/>' for name in names)
    return f"<Relationships>{''.join(each)}</Relationships>"


def an_office_file(kind: str, body: str, **parts: str) -> bytes:
    """One whose main part has relations to all others, by their names, which are also what they are."""
    return a_zip(
        **{
            "[Content_Types]": f'<Types><Override ContentType="{kind}.main+xml"/></Types>',
            "_rels/.rels": '<Relationships><Relationship Type="x/officeDocument" Target="main.xml"/></Relationships>',
            "_rels/main.xml.rels": relations(*parts),
            "main": body,
            **parts,
        }
    )


def a_docx(paragraphs: str, **parts: str) -> bytes:
    body = f'<document xmlns:r="r"><body>{paragraphs}</body></document>'
    return an_office_file("wordprocessingml.document", body, **parts)


def drawing(*lines: str) -> str:
    return "".join(f"<p><r><t>{line}</t></r></p>" for line in lines)


CHART = f"""<chartSpace><chart><title><tx><rich>{drawing("Klienti")}</rich></tx></title><plotArea>
    <ser><cat><strRef><strCache><pt><v>Brno</v></pt><pt><v>Plzeň</v></pt></strCache></strRef></cat></ser>
    <ser><cat><strRef><strCache><pt><v>Brno</v></pt><pt><v>Plzeň</v></pt></strCache></strRef></cat></ser>
    </plotArea></chart></chartSpace>"""
DIAGRAM = (
    f"<dataModel><ptLst><pt><t>{drawing('Podat žádost')}</t></pt><pt><t>{drawing('Čekat')}</t></pt></ptLst></dataModel>"
)


def test_notes_of_a_docx_are_read_whatever_their_part_is_called(tmp_path: Path):
    noted = '<p><r><t>pred</t></r><r><footnoteReference id="2"/></r><r><t> za</t></r></p>'
    notes = '<footnotes><footnote id="2"><p><r><t>pod čarou</t></r></p></footnote></footnotes>'
    made = a_docx(noted, footnotes2=notes)
    assert text_of(tmp_path, "a.docx", made) == "pred za\npod čarou"


def test_diagrams_and_charts_of_a_docx_are_read_where_they_stand(tmp_path: Path):
    kinds = ('relIds r:dm="diagramData1"', 'chart r:id="chart1"')
    drawn = "".join(f"<p><r><drawing><{each}/></drawing></r></p>" for each in kinds)
    made = a_docx(f"{drawn}<p><r><t>za</t></r></p>", diagramData1=DIAGRAM, chart1=CHART)
    assert text_of(tmp_path, "a.docx", made) == "Podat žádost\nČekat\nKlienti\nBrno | Plzeň\nza"


def test_what_is_hidden_in_a_docx_is_not_read(tmp_path: Path):
    hidden = "<r><rPr><vanish/></rPr><t>skryté</t></r>"
    shown = '<r><rPr><vanish val="0"/></rPr><t>vidět</t></r>'
    assert text_of(tmp_path, "a.docx", a_docx(f"<p>{hidden}{shown}</p>")) == "vidět"


def test_a_style_of_a_docx_may_begin_a_page(tmp_path: Path):
    styles = '<styles><style styleId="K"><name val="Kapitola"/><pPr><pageBreakBefore/></pPr></style></styles>'
    one, two, three = (f"<r><t>{word}</t></r>" for word in ("jedna", "dva", "tři"))
    body = (
        f'<p>{one}</p><p><pPr><pStyle val="K"/></pPr>{two}</p>'
        f'<p><pPr><pStyle val="K"/><pageBreakBefore val="0"/></pPr>{three}</p>'
    )
    assert text_of(tmp_path, "a.docx", a_docx(body, styles=styles)) == "jedna\n---\ndva\ntři"


def test_charts_and_formulas_of_a_pptx_are_read(tmp_path: Path):
    formula = "<Choice><m><oMath><r><t>a+b</t></r></oMath></m></Choice><Fallback><r><t>?</t></r></Fallback>"
    text = f"<p><AlternateContent>{formula}</AlternateContent><r><t> je c_x000B_d</t></r></p>"
    slide = f"<sld><sp><txBody>{text}</txBody></sp></sld>"
    made = an_office_file(
        "presentationml.presentation",
        '<presentation xmlns:r="r"><sldIdLst><sldId r:id="slide1"/></sldIdLst></presentation>',
        **{
            "slide1": slide,
            "chart1": CHART,
            "_rels/slide1.xml.rels": relations("chart1"),
        },
    )
    assert text_of(tmp_path, "a.pptx", made) == "a+b je c d\nKlienti\nBrno | Plzeň"


def an_xlsx(cells: str, formats: str = "", day_one: str = "", kind: str = "spreadsheetml.sheet", **parts: str) -> bytes:
    book = f'<workbook xmlns:r="r">{day_one}<sheets><sheet name="List" r:id="worksheet1"/></sheets></workbook>'
    return an_office_file(
        kind,
        book,
        worksheet1=f"<worksheet><sheetData><row>{cells}</row></sheetData></worksheet>",
        styles=f"<styleSheet>{formats}</styleSheet>",
        **parts,
    )


@pytest.mark.parametrize(
    ("code", "number", "read"),
    [
        ("0", "9788024712345", "9788024712345"),
        ("0", "-420777123456.0", "-420777123456"),
        ("General", "0.30000000000000004", "0.3"),
        ("General", "1e300", "1e300"),
        ("[h]:mm", "1.5", "36:00"),
        ("[mm]:ss", "0.0625", "1:30"),
        ("d.m.yyyy", "2958465", "2958465"),
    ],
)
def test_a_number_of_an_xlsx_is_read_with_all_its_digits(tmp_path: Path, code: str, number: str, read: str):
    formats = f'<numFmts><numFmt numFmtId="164" formatCode="{code}"/></numFmts><cellXfs><xf numFmtId="164"/></cellXfs>'
    made = an_xlsx(f'<c s="0"><v>{number}</v></c>', formats, '<workbookPr date1904="1"/>')
    assert text_of(tmp_path, "a.xlsx", made) == f"List\n{read}"


def test_letters_that_are_spelt_by_number_in_an_xlsx_are_those_letters(tmp_path: Path):
    cells = (
        '<c t="inlineStr"><is><t>první_x000D_\nřádek_x005F_x0041_ _xD800_</t></is></c><c t="str"><v>a_x0009_b</v></c>'
    )
    assert text_of(tmp_path, "a.xlsx", an_xlsx(cells)) == "List\nprvní řádek_x0041_ \ufffd | a b"


def test_boxes_and_charts_on_a_sheet_are_read_behind_its_rows(tmp_path: Path):
    new, old_ = (f"<sp><txBody>{drawing(text)}</txBody></sp>" for text in ("Návod", "staré"))
    box = f"<wsDr>{new}<AlternateContent><Fallback>{old_}</Fallback></AlternateContent></wsDr>"
    related = {"_rels/worksheet1.xml.rels": relations("drawing1"), "_rels/drawing1.xml.rels": relations("chart1")}
    made = an_xlsx("<c><v>1</v></c>", drawing1=box, chart1=CHART, **related)
    assert text_of(tmp_path, "a.xlsx", made) == "List\n1\nNávod\nKlienti\nBrno | Plzeň"


@pytest.mark.parametrize("cell", ['<c t="s"><v>{}</v></c>', '<c s="{}"><v>1</v></c>'])
def test_places_with_thousands_of_digits_are_no_places(tmp_path: Path, cell: str):
    assert text_of(tmp_path, "a.xlsx", an_xlsx(f"<c><v>7</v></c>{cell.format('9' * 5_000)}")).startswith("List\n7")


def test_a_part_that_is_packed_otherwise_and_damaged_is_named_as_damaged(tmp_path: Path):
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_LZMA) as archive:
        archive.writestr(
            "[Content_Types].xml", '<Types><Override ContentType="wordprocessingml.document.main+xml"/></Types>'
        )
        archive.writestr("word/document.xml", "".join(map(chr, range(100, 3_000))))
    at = made.getvalue().index(b"word/document.xml") + 40
    broken = made.getvalue()[:at] + b"\xff" * 200 + made.getvalue()[at + 200 :]
    with pytest.raises(DamagedFile):
        text_of(tmp_path, "a.docx", broken)


def an_odf(kind: str, body: str, own: str = "", **parts: str) -> bytes:
    document = f"<doc><automatic-styles>{own}</automatic-styles><body><{kind}>{body}</{kind}></body></doc>"
    return a_zip(mimetype=f"application/vnd.oasis.opendocument.{kind}", content=document, **parts)


def a_style(name: str, properties: str = "", more: str = "") -> str:
    return f'<style name="{name}" {more}>{properties}</style>'


def test_shapes_and_boxes_in_a_paragraph_of_an_odt_do_not_run_into_its_words(tmp_path: Path):
    shape = "<custom-shape><p>jedna</p><p>dvě</p></custom-shape>"
    box = "<frame><text-box><p>tři</p></text-box></frame>"
    picture = '<frame xmlns:svg="svg"><image/><svg:title>čtyři</svg:title></frame>'
    body = f"<p>pred{shape}<span>{box} za</span>{picture} tím</p>"
    assert text_of(tmp_path, "a.odt", an_odf("text", body)) == "pred za tím\njedna\ndvě\ntři\nčtyři"


BROKEN = '<paragraph-properties break-before="page"/>'


@pytest.mark.parametrize(
    ("styles", "common"),
    [
        (a_style("P1", BROKEN), ""),
        (a_style("P1", more='master-page-name="Landscape"'), ""),
        (a_style("P1", "<paragraph-properties/>", 'parent-style-name="K"'), a_style("K", BROKEN)),
        ("", a_style("P1", more='parent-style-name="P1"') + a_style("P1", BROKEN)),
    ],
    ids=["its-own", "kind-of-page", "goes-back-to", "with-a-name"],
)
@pytest.mark.parametrize(
    "begins", ["<p {}>dva</p>", "<table {}><table-row><table-cell><p>dva</p></table-cell></table-row></table>"]
)
def test_a_style_of_an_odt_begins_a_page(tmp_path: Path, styles: str, common: str, begins: str):
    body = "<p>jedna</p>" + begins.format('style-name="P1"')
    made = an_odf("text", body, styles, styles=f"<doc><styles>{common}</styles></doc>")
    assert text_of(tmp_path, "a.odt", made) == "jedna\n---\ndva"


def test_what_is_hidden_in_an_odt_is_not_read(tmp_path: Path):
    styles = a_style("H", '<text-properties display="none"/>')
    body = (
        '<p>vidět<span style-name="H"> ne</span></p><p style-name="H">ne</p><section display="none"><p>ne</p></section>'
    )
    assert text_of(tmp_path, "a.odt", an_odf("text", body, styles)) == "vidět"


def test_boxes_on_a_sheet_of_an_ods_are_read(tmp_path: Path):
    cell = '<table-row><table-cell number-columns-repeated="{}"><p>1</p></table-cell></table-row>'
    box = "<shapes><frame><text-box><p>Návod</p></text-box></frame></shapes>"
    made = an_odf("spreadsheet", f'<table name="List">{cell.format("9" * 5_000)}{box}</table>')
    assert text_of(tmp_path, "a.ods", made) == "List\n1\nNávod"


@pytest.mark.parametrize("kind", ["ms-excel.sheet", "ms-excel.template"])
def test_a_workbook_with_macros_is_a_workbook(tmp_path: Path, kind: str):
    made = an_xlsx("<c><v>1</v></c>", kind=f"{kind}.macroEnabled")
    assert text_of(tmp_path, "a.xlsm", made) == "List\n1"
