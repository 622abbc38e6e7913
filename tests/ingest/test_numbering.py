"""The numbers that programs write before paragraphs by themselves are read as they are on their pages."""

from pathlib import Path

import pytest

from ingest.extract import Limits, extract
from tests.ingest.test_every_word import a_docx, a_style, an_odf, an_rtf, text_of


def a_level(number: int, text: str, kind: str = "decimal", start: int = 1, more: str = "") -> str:
    said = f'<start val="{start}"/><numFmt val="{kind}"/><lvlText val="{text}"/>'
    return f'<lvl ilvl="{number}">{said}{more}</lvl>'


def a_kind(*levels: str, name: str = "7", more: str = "") -> str:
    return f'<abstractNum abstractNumId="{name}">{more}{"".join(levels)}</abstractNum>'


def a_list(name: str = "1", kind: str = "7", more: str = "") -> str:
    return f'<num numId="{name}"><abstractNumId val="{kind}"/>{more}</num>'


def an_item(text: str, level: int | str = 0, number: str = "1", end: str = "") -> str:
    said = f'<numPr><ilvl val="{level}"/><numId val="{number}"/></numPr>'
    return f"<p><pPr>{said}<rPr>{end}</rPr></pPr><r><t>{text}</t></r></p>"


def in_style(style: str, text: str, more: str = "") -> str:
    return f'<p><pPr><pStyle val="{style}"/>{more}</pPr><r><t>{text}</t></r></p>'


def lines(folder: Path, body: str, numbering: str, styles: str = "") -> list[str]:
    parts = {"numbering": f"<numbering>{numbering}</numbering>", "styles": f"<styles>{styles}</styles>"}
    return text_of(folder, "a.docx", a_docx(body, **parts)).split("\n")


LAW = (
    a_kind(
        a_level(0, "Článek %1"),
        a_level(1, "§\u00a0%2", more='<lvlRestart val="0"/>'),
        a_level(2, "%3)", "lowerLetter"),
        a_level(3, "%1.%2.%4"),
    )
    + a_list()
)


def test_levels_count_on_and_begin_anew_under_the_next_of_a_higher_one(tmp_path: Path):
    levels = (0, 1, 2, 2, 1, 2, 0, 1, 3, 3)
    read = lines(tmp_path, "".join(an_item("x", level) for level in levels), LAW)
    assert read == [
        *("Článek 1 x", "§ 1 x", "a) x", "b) x", "§ 2 x", "a) x"),
        *("Článek 2 x", "§ 3 x", "2.3.1 x", "2.3.2 x"),
    ]


def test_a_number_is_read_where_a_paragraph_has_nothing_else(tmp_path: Path):
    assert lines(tmp_path, an_item("") + an_item("x"), LAW) == ["Článek 1", "Článek 2 x"]


@pytest.mark.parametrize(
    ("kind", "start", "read"),
    [
        ("decimal", 0, "0"),
        ("decimalZero", 7, "07"),
        ("ordinal", 3, "3."),
        ("lowerLetter", 26, "z"),
        ("upperLetter", 28, "BB"),
        ("russianLower", 4, "г"),
        ("lowerRoman", 1994, "mcmxciv"),
        ("upperRoman", 8, "VIII"),
        ("upperRoman", 900_000_000, "900000000"),
        ("lowerLetter", 900_000_000, "900000000"),
        ("lowerLetter", 0, "0"),
        ("cardinalText", 4, "4"),
        ("none", 1, ""),
        ("bullet", 1, "-"),
    ],
)
def test_a_number_is_written_as_its_level_says(tmp_path: Path, kind: str, start: int, read: str):
    written = a_kind(a_level(0, "%1", kind, start)) + a_list()
    assert lines(tmp_path, an_item("x"), written) == [f"{read} x".strip()]


@pytest.mark.parametrize(("more", "read"), [("", "IV.1"), ("<isLgl/>", "4.1"), ('<isLgl val="0"/>', "IV.1")])
def test_a_level_may_have_all_its_numbers_in_digits(tmp_path: Path, more: str, read: str):
    written = a_kind(a_level(0, "%1", "upperRoman", 4), a_level(1, "%1.%2", more=more)) + a_list()
    assert lines(tmp_path, an_item("x", 1), written) == [f"{read} x"]


def test_lists_of_a_kind_go_on_but_where_one_begins_anew_or_has_levels_of_its_own(tmp_path: Path):
    written = (
        a_kind(a_level(0, "%1."))
        + a_list()
        + a_list("2")
        + a_list("3", more='<lvlOverride ilvl="0"><startOverride val="5"/></lvlOverride>')
        + a_list("4", more=f'<lvlOverride ilvl="0">{a_level(0, "[%1]")}</lvlOverride>')
    )
    body = "".join(an_item("x", number=number) for number in "1233412")
    assert lines(tmp_path, body, written) == ["1. x", "2. x", "5. x", "6. x", "[7] x", "8. x", "9. x"]


def test_a_list_may_be_that_of_a_style(tmp_path: Path):
    written = (
        a_kind(more='<numStyleLink val="S"/>')
        + a_kind(a_level(0, "(%1)"), name="8", more='<styleLink val="S"/>')
        + a_list()
        + a_list("2", "8")
    )
    assert lines(tmp_path, an_item("x") + an_item("x", number="2"), written) == ["(1) x", "(2) x"]


def test_a_paragraph_has_the_number_of_its_style_or_that_which_this_is_based_on(tmp_path: Path):
    styles = (
        '<style styleId="A"><pPr><numPr><numId val="1"/></numPr></pPr></style>'
        '<style styleId="B"><basedOn val="A"/></style>'
        '<style styleId="C"><basedOn val="B"/><pPr><numPr><ilvl val="2"/></numPr></pPr></style>'
        '<style styleId="D"><basedOn val="A"/><pPr><numPr><numId val="0"/></numPr></pPr></style>'
    )
    written = a_kind(a_level(0, "Článek %1"), a_level(1, "§ %2", more='<pStyle val="A"/>'), a_level(2, "%3)"))
    body = "".join(in_style(style, "x") for style in "ABCD") + in_style("A", "x", '<numPr><numId val="0"/></numPr>')
    assert lines(tmp_path, body, written + a_list(), styles) == ["§ 1 x", "§ 2 x", "1) x", "x", "x"]


def test_what_is_deleted_or_hidden_does_not_count(tmp_path: Path):
    ends = ("", "<del/>", "<moveFrom/>", "<vanish/>", '<vanish val="0"/>', "<vanish/><specVanish/>")
    body = "".join(an_item("x" if number in (0, 4, 5) else "", end=end) for number, end in enumerate(ends))
    assert lines(tmp_path, body, LAW) == ["Článek 1 x", "Článek 2 x", "Článek 3 x"]


def test_a_number_is_read_before_what_stands_in_a_note_of_its_paragraph(tmp_path: Path):
    noted = an_item("x").replace("</r></p>", '</r><r><footnoteReference id="2"/></r></p>')
    notes = f'<footnotes><footnote id="2">{an_item("y")}</footnote></footnotes>'
    made = a_docx(noted, numbering=f"<numbering>{LAW}</numbering>", footnotes=notes)
    assert text_of(tmp_path, "a.docx", made) == "Článek 1 x\nČlánek 2 y"


def test_a_number_is_on_the_page_of_its_paragraph(tmp_path: Path):
    broken = an_item("x").replace("<t>", "<lastRenderedPageBreak/><t>")
    assert lines(tmp_path, an_item("x") + broken, LAW) == ["Článek 1 x", "---", "Článek 2 x"]


def test_a_heading_is_read_with_its_number_and_is_a_title_without(tmp_path: Path):
    head = '<style styleId="{}"><name val="heading 1"/><pPr><numPr><numId val="{}"/></numPr></pPr></style>'
    styles = head.format("H", 1) + head.format("B", 2)
    written = LAW + a_kind(a_level(0, "o", "bullet"), name="8") + a_list("2", "8")
    body = in_style("H", "Povinnosti poskytovatele") + in_style("B", "Práva klienta")
    assert lines(tmp_path, body, written, styles) == ["Článek 1 Povinnosti poskytovatele", "Práva klienta"]
    clues = extract(tmp_path / "a.docx", "a.docx", Limits()).clues
    assert [clue.value for clue in clues if clue.about == "title"] == ["Povinnosti poskytovatele"]


@pytest.mark.parametrize("level", [0, 9, -1, "x", "9" * 5_000])
@pytest.mark.parametrize(
    "written",
    [
        "",
        a_list(),
        "<num/><abstractNum/><abstractNum><lvl/></abstractNum><num><abstractNumId/><lvlOverride/></num>",
        a_kind() + a_list(),
        a_kind(more='<styleLink val="S"/><numStyleLink val="S"/>') + a_list(),
        a_kind('<lvl ilvl="0"><numFmt val="bullet"/><start val="-1"/><lvlRestart val="-5"/></lvl>') + a_list(),
    ],
)
def test_an_item_of_a_list_that_is_not_described_is_one_all_the_same(tmp_path: Path, written: str, level: int | str):
    circle = '<style styleId="A"><basedOn val="B"/></style><style styleId="B"><basedOn val="A"/></style>'
    body = an_item("x", level) + in_style("A", "y")
    assert lines(tmp_path, body, written, circle) == ["- x", "y"]


def test_the_text_of_a_level_without_end_is_cut(tmp_path: Path):
    written = a_kind(a_level(0, "%1" * 100_000, start=900_000_000)) + a_list()
    assert [len(line) for line in lines(tmp_path, an_item("x") * 9, written)] == 9 * [257]


SIGNS = r"\ansicpg1250\deff0{\fonttbl{\f0\fcharset238 Arial;}{\f1\fcharset2 Wingdings;}{\f2\fcharset0 Courier New;}}"


@pytest.mark.parametrize(
    ("body", "read"),
    [
        (r"{\listtext\pard\plain\f0 \'a7\~12.\tab}\pard x\par", "§ 12. x"),
        (r"{\pntext\f0 1.2.3\tab}{\*\pn\pnlvlbody\pndec{\pntxta .}}x\par", "1.2.3 x"),
        (r"{\listtext\u268?l\'e1nek {\b 5}\tab}x\par y\par", "Článek 5 x\ny"),
        (r"{\listtext Kapitola 5\tab}\par x\par", "Kapitola 5\nx"),
        (r"x\par{\listtext a)\tab}\pard\plain\pagebb y\par", "x\n---\na) y"),
        (r"{\listtext a)\tab}x\page y\par", "a) x\n---\ny"),
        (r"{\deleted{\listtext\plain 1.\tab}x\par}{\listtext 1.\tab}y\par", "1. y"),
        (r"\trowd\pard\intbl{\listtext 1.\tab}\cell x\cell\row\pard y\par", "1. | x\ny"),
        (r"{\footnote{\listtext i)\tab}y\par}{\listtext 1.\tab}x\par", "1. x\ni) y"),
        (r"{\listtext\f1 \'a7\tab}x\par{\listtext\f1 v\tab}y\par", "- x\n- y"),
        (r"{\listtext\f2 o\tab}x\par{\listtext\'96\tab}y\par{\listtext\bullet\tab}z\par", "- x\n- y\n- z"),
        (r"{\listtext\f1\'a7\tab}\par{\listtext}x\par{\listtext\tab}y\par", "x\ny"),
    ],
)
def test_in_an_rtf_a_number_is_read_that_its_writer_left(tmp_path: Path, body: str, read: str):
    assert text_of(tmp_path, "a.rtf", an_rtf(body, SIGNS)) == read


def test_a_number_without_end_in_an_rtf_is_cut(tmp_path: Path):
    endless = an_rtf(r"{\listtext" + r"\u345?" * 200_000 + r"}x\par")
    assert text_of(tmp_path, "a.rtf", endless) == f"{255 * 'ř'} x"


def test_a_heading_of_an_rtf_is_read_with_its_number_and_is_a_title_without(tmp_path: Path):
    made = an_rtf(r"{\listtext 1.\tab}\pard\outlinelevel0 Povinnosti poskytovatele\par")
    assert text_of(tmp_path, "a.rtf", made) == "1. Povinnosti poskytovatele"
    clues = extract(tmp_path / "a.rtf", "a.rtf", Limits()).clues
    assert [clue.value for clue in clues if clue.about == "title"] == ["Povinnosti poskytovatele"]


def an_odf_level(level: int, how: str = "1", more: str = 'num-suffix="."', kind: str = "number") -> str:
    return f'<list-level-style-{kind} level="{level}" num-format="{how}" {more}/>'


def an_odf_list(*items: str, more: str = "") -> str:
    return f'<list style-name="L" {more}>{"".join(items)}</list>'


def odf_items(*texts: str, more: str = "") -> str:
    return "".join(f"<list-item {more}><p>{text}</p></list-item>" for text in texts)


ODF_LAW = (
    an_odf_level(1, "I", 'num-prefix="Článek "')
    + an_odf_level(2, "1", 'num-prefix="(" num-suffix=")" display-levels="2" start-value="3"')
    + an_odf_level(3, "a", 'num-list-format="§\u00a0%2%%3%)" display-levels="9"')
    + an_odf_level(4, "•", kind="bullet")
)
INNER = f"<list>{odf_items('c')}<list-item><list>{odf_items('d')}<list-item><list>{{}}</list></list-item></list>"


@pytest.mark.parametrize(
    ("body", "read"),
    [
        (an_odf_list(odf_items("a", "b")), "Článek I a\nČlánek II b"),
        (
            an_odf_list(f"<list-item><p>a</p>{INNER.format(odf_items('e'))}</list-item></list></list-item>"),
            "Článek I a\n(I.3) c\n§ 3a) d\n- e",
        ),
        (an_odf_list(odf_items("a")) + an_odf_list(odf_items("b")), "Článek I a\nČlánek I b"),
        (
            an_odf_list(odf_items("a")) + "<p>x</p>" + an_odf_list(odf_items("b"), more='continue-numbering="true"'),
            "Článek I a\nx\nČlánek II b",
        ),
        (
            an_odf_list(odf_items("a"), more='id="n"')
            + an_odf_list(odf_items("x"))
            + an_odf_list(odf_items("b"), more='continue-list="n"'),
            "Článek I a\nČlánek I x\nČlánek II b",
        ),
        (
            an_odf_list("<list-header><p>x</p></list-header>", odf_items("a", more='start-value="4"'), odf_items("b")),
            "x\nČlánek IV a\nČlánek V b",
        ),
        (
            an_odf_list("<list-item><p>a</p><p>x</p></list-item>", odf_items("", "b")),
            "Článek I a\nx\nČlánek II\nČlánek III b",
        ),
        (an_odf_list('<list-item><p style-name="H">a</p></list-item>') + "<p>x</p>", "x"),
        (f"<list>{odf_items('a')}</list>", "- a"),
    ],
)
def test_items_of_an_odt_have_the_numbers_of_their_list(tmp_path: Path, body: str, read: str):
    style = f'<list-style name="L">{ODF_LAW}</list-style>' + a_style("H", '<text-properties display="none"/>')
    assert text_of(tmp_path, "a.odt", an_odf("text", body, style)) == read
    common = f"<doc><styles>{style}</styles></doc>"
    assert text_of(tmp_path, "b.odt", an_odf("text", body, styles=common)) == read


@pytest.mark.parametrize("level", ["0", "-1", "11", "x", "9" * 5_000])
def test_levels_of_an_odt_that_make_no_sense_have_no_numbers(tmp_path: Path, level: str):
    wild = f'level="{level}" num-format="I" display-levels="{level}" start-value="{level}" num-prefix="{level}"'
    style = f'<list-style name="L"><list-level-style-number {wild}/></list-style>'
    assert text_of(tmp_path, "a.odt", an_odf("text", an_odf_list(odf_items("a")), style)) == "- a"
