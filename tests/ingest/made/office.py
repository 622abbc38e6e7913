"""Word, PowerPoint, Excel and OpenDocument, as parts of XML in a zip file."""

import io
import zipfile
from xml.sax.saxutils import escape

import docx
from docx.enum.text import WD_BREAK
from odfdo import Cell, Document, Header, List, Paragraph, Row, Table
from odfdo import Style as OdfStyle

from tests.ingest.made.known import Block, Known

_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_DRAWING = "http://schemas.openxmlformats.org/drawingml/2006/main"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_ODF = "urn:oasis:names:tc:opendocument:xmlns:"


def word(known: Known) -> bytes:
    made = docx.Document()
    made.core_properties.title, made.core_properties.author = known.title, known.author
    for number, page in enumerate(known.pages):
        if number:
            made.add_paragraph().add_run().add_break(WD_BREAK.PAGE)
        for block in page:
            _add_to_word(made, block)
    saved = io.BytesIO()
    made.save(saved)
    return saved.getvalue()


def odt(known: Known) -> bytes:
    made = Document("text")
    made.body.clear()
    made.meta.title, made.meta.initial_creator = known.title, known.author
    made.insert_style(
        OdfStyle("paragraph", name="Break", area="paragraph", **{"fo:break-before": "page"}), automatic=True
    )
    for number, page in enumerate(known.pages):
        for place, block in enumerate(page):
            made.body.append(part := _odf(block))
            if number and not place:
                part.set_attribute("text:style-name", "Break")
    saved = io.BytesIO()
    made.save(saved)
    return saved.getvalue()


def powerpoint(known: Known) -> bytes:
    slides = range(1, len(known.pages) + 1)
    return _packed(
        {
            "[Content_Types].xml": _content_types("presentationml.presentation"),
            "_rels/.rels": _relations({"r1": ("officeDocument", "ppt/presentation.xml"), "r2": _PROPERTIES}),
            "docProps/core.xml": _core(known),
            "ppt/presentation.xml": f'<p:presentation xmlns:p="p" xmlns:r="{_OFFICE}"><p:sldIdLst>'
            + "".join(f'<p:sldId id="{255 + each}" r:id="s{each}"/>' for each in slides)
            + "</p:sldIdLst></p:presentation>",
            "ppt/_rels/presentation.xml.rels": _relations(
                # The files are numbered in another order than the slides.
                {f"s{each}": ("slide", f"slides/slide{len(slides) - each}.xml") for each in slides}
            ),
            **{
                f"ppt/slides/slide{len(slides) - number}.xml": _slide(page, number)
                for number, page in enumerate(known.pages, 1)
            },
        }
    )


def excel(known: Known) -> bytes:
    strings = list(dict.fromkeys(text for block in known.blocks() for text in block.texts))
    sheets = range(1, len(known.pages) + 1)
    return _packed(
        {
            "[Content_Types].xml": _content_types("spreadsheetml.sheet"),
            "_rels/.rels": _relations({"r1": ("officeDocument", "xl/workbook.xml"), "r2": _PROPERTIES}),
            "docProps/core.xml": _core(known),
            "xl/workbook.xml": f'<workbook xmlns="s" xmlns:r="{_OFFICE}"><sheets>'
            + "".join(f'<sheet name="List {each}" sheetId="{each}" r:id="s{each}"/>' for each in sheets)
            + "</sheets></workbook>",
            "xl/_rels/workbook.xml.rels": _relations(
                {f"s{each}": ("worksheet", f"worksheets/sheet{each}.xml") for each in sheets}
                | {"t": ("sharedStrings", "sharedStrings.xml")}
            ),
            "xl/sharedStrings.xml": f'<sst xmlns="s">{"".join(_shared(text) for text in strings)}</sst>',
            **{f"xl/worksheets/sheet{each}.xml": _sheet(known.pages[each - 1], strings) for each in sheets},
        }
    )


def odp(known: Known) -> bytes:
    slides = "".join(
        "<draw:page><draw:frame><draw:text-box>"
        + "".join(_odf_xml(block) for block in page[1:])
        + "</draw:text-box></draw:frame>"
        + f'<draw:frame presentation:class="title"><draw:text-box>{_odf_xml(page[0])}</draw:text-box></draw:frame>'
        + '<draw:frame presentation:class="footer"><draw:text-box><text:p>pata</text:p></draw:text-box></draw:frame>'
        + "</draw:page>"
        for page in known.pages
    )
    return _opendocument(known, "presentation", slides)


def ods(known: Known) -> bytes:
    sheets = "".join(
        f'<table:table table:name="List {number}">'
        + "".join(
            f"<table:table-row>{''.join(map(_cell, block.texts))}"
            '<table:table-cell table:number-columns-repeated="16000"/>'
            "</table:table-row>"
            for block in page
        )
        + '<table:table-row table:number-rows-repeated="1000000"><table:table-cell/></table:table-row></table:table>'
        for number, page in enumerate(known.pages, 1)
    )
    return _opendocument(known, "spreadsheet", sheets)


_PROPERTIES = (f"{_PACKAGE}/relationships/metadata/core-properties", "docProps/core.xml")


def _add_to_word(made: docx.document.Document, block: Block) -> None:
    match block.kind:
        case "heading":
            made.add_heading(block.texts[0], 1)
        case "item":
            made.add_paragraph(block.texts[0], style="List Bullet")
        case "row":
            table = made.add_table(1, len(block.texts))
            for cell, text in zip(table.rows[0].cells, block.texts, strict=True):
                cell.text = text
        case _:
            made.add_paragraph(block.texts[0])


def _odf(block: Block) -> Header | List | Paragraph | Table:
    match block.kind:
        case "heading":
            return Header(1, block.texts[0])
        case "item":
            return List([block.texts[0]])
        case "row":
            table, cells = Table("t"), Row()
            for text in block.texts:
                cells.append_cell(Cell(text=text, cell_type="string"))
            table.append_row(cells)
            return table
        case _:
            return Paragraph(block.texts[0])


def _odf_xml(block: Block) -> str:
    text = f"<text:p>{escape(block.texts[0])}</text:p>"
    match block.kind:
        case "item":
            return f"<text:list><text:list-item>{text}</text:list-item></text:list>"
        case "row":
            return f"<table:table><table:table-row>{''.join(map(_cell, block.texts))}</table:table-row></table:table>"
        case _:
            return text


def _cell(text: str) -> str:
    return f"<table:table-cell><text:p>{escape(text)}</text:p></table:table-cell>"


def _opendocument(known: Known, kind: str, body: str) -> bytes:
    spaces = " ".join(
        f'xmlns:{name}="{_ODF}{space}:1.0"'
        for name, space in [
            ("office", "office"), ("text", "text"), ("table", "table"), ("draw", "drawing"), ("meta", "meta"),
            ("presentation", "presentation"),
        ]
    ) + ' xmlns:dc="http://purl.org/dc/elements/1.1/"'  # fmt: skip
    meta = f"<dc:title>{known.title}</dc:title><meta:initial-creator>{known.author}</meta:initial-creator>"
    return _packed(
        {
            "mimetype": f"application/vnd.oasis.opendocument.{kind}",
            "content.xml": f"<office:document-content {spaces}><office:body><office:{kind}>{body}</office:{kind}>"
            "</office:body></office:document-content>",
            "meta.xml": f"<office:document-meta {spaces}><office:meta>{meta}</office:meta></office:document-meta>",
        }
    )


def _slide(page: tuple[Block, ...], number: int) -> str:
    title, *others = page
    return (
        f'<p:sld xmlns:p="p" xmlns:a="{_DRAWING}"><p:cSld><p:spTree>'
        f"<p:sp>{_place('sldNum')}<p:txBody><a:p><a:fld><a:t>{number}</a:t></a:fld></a:p></p:txBody></p:sp>"
        + "".join(_shape(block) for block in others)
        + f"<p:sp>{_place('title')}<p:txBody>{_drawn(title.texts[0])}</p:txBody></p:sp></p:spTree></p:cSld></p:sld>"
    )


def _shape(block: Block) -> str:
    match block.kind:
        case "item":
            return f"<p:sp><p:txBody>{_drawn(block.texts[0], '<a:pPr><a:buChar/></a:pPr>')}</p:txBody></p:sp>"
        case "row":
            cells = "".join(f"<a:tc><a:txBody>{_drawn(text)}</a:txBody></a:tc>" for text in block.texts)
            return f"<p:graphicFrame><a:graphic><a:tbl><a:tr>{cells}</a:tr></a:tbl></a:graphic></p:graphicFrame>"
        case _:
            return f"<p:grpSp><p:sp><p:txBody>{_drawn(block.texts[0])}</p:txBody></p:sp></p:grpSp>"


def _place(kind: str) -> str:
    return f'<p:nvSpPr><p:nvPr><p:ph type="{kind}"/></p:nvPr></p:nvSpPr>'


def _drawn(text: str, properties: str = "") -> str:
    """A paragraph in two runs, as an editor leaves it where somebody corrected a word."""
    half = len(text) // 2
    runs = "".join(f"<a:r><a:t>{escape(part)}</a:t></a:r>" for part in (text[:half], text[half:]))
    return f"<a:p>{properties}{runs}</a:p>"


def _shared(text: str) -> str:
    half = len(text) // 2
    runs = "".join(f'<r><t xml:space="preserve">{escape(part)}</t></r>' for part in (text[:half], text[half:]))
    return f"<si>{runs}<rPh><t>yomi</t></rPh></si>"


def _sheet(page: tuple[Block, ...], strings: list[str]) -> str:
    rows = "".join(
        f'<row r="{number}">'
        + "".join(
            f'<c r="{"ABCDEFG"[place]}{number}" t="s"><v>{strings.index(text)}</v></c>'
            for place, text in enumerate(block.texts)
        )
        + "</row>"
        for number, block in enumerate(page, 1)
    )
    far = '<row r="1048576"><c r="XFD1048576"/></row>'
    return f'<worksheet xmlns="s"><sheetData>{rows}{far}</sheetData></worksheet>'


def _content_types(main: str) -> str:
    kind = f"application/vnd.openxmlformats-officedocument.{main}.main+xml"
    return f'<Types xmlns="{_PACKAGE}/content-types"><Override PartName="/main" ContentType="{kind}"/></Types>'


def _core(known: Known) -> str:
    return (
        '<cp:coreProperties xmlns:cp="c" xmlns:dc="http://purl.org/dc/elements/1.1/">'
        f"<dc:title>{known.title}</dc:title><dc:creator>{known.author}</dc:creator></cp:coreProperties>"
    )


def _relations(targets: dict[str, tuple[str, str]]) -> str:
    each = (
        f'<Relationship Id="{name}" Type="{kind if "/" in kind else f"{_OFFICE}/{kind}"}" Target="{target}"/>'
        for name, (kind, target) in targets.items()
    )
    return f'<Relationships xmlns="{_PACKAGE}/relationships">{"".join(each)}</Relationships>'


def _packed(parts: dict[str, str]) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in parts.items():
            archive.writestr(name, text if name == "mimetype" else f'<?xml version="1.0" encoding="UTF-8"?>{text}')
    return made.getvalue()
