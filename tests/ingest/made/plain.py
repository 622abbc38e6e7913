"""Text in old and new encodings, Markdown, HTML, CSV, EPUB and e-mail."""

import csv
import io
import zipfile
from email.message import EmailMessage
from html import escape

from tests.ingest.made.known import Block, Known


def text(known: Known) -> bytes:
    return _text(known).encode()


def windows_1250(known: Known) -> bytes:
    return _text(known).replace("\n", "\r\n").encode("windows-1250")


def mac_latin2(known: Known) -> bytes:
    return _text(known).replace("\n", "\r").encode("mac_latin2")


def iso_8859_2(known: Known) -> bytes:
    return _text(known).encode("iso-8859-2")


def windows_1251(known: Known) -> bytes:
    return _text(known).replace("\n", "\r\n").encode("windows-1251")


def koi8_u(known: Known) -> bytes:
    return _text(known).encode("koi8-u")


def utf_16(known: Known) -> bytes:
    return _text(known).encode("utf-16")


def markdown(known: Known) -> bytes:
    return "\n\n".join(_markdown(block) for block in known.blocks()).replace(" |\n\n|", " |\n|").encode()


def html(known: Known) -> bytes:
    body = "\n".join(_html(block) for block in known.blocks())
    head = f'<title>{escape(known.title)}</title><meta name="author" content="{known.author}"><style>p {{}}</style>'
    return (
        f'<!doctype html><html lang="{known.language}"><head><meta charset="utf-8">{head}</head><body><nav>Domů</nav>'
        f"<article>{body}</article><footer>Patička</footer><script>let a = 1;</script></body></html>"
    ).encode()


def table(known: Known) -> bytes:
    made = io.StringIO()
    csv.writer(made, delimiter=";").writerows(block.texts for block in known.blocks())
    return made.getvalue().encode("utf-8-sig")


def epub(known: Known) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as book:
        book.writestr("mimetype", "application/epub+zip")
        container = (
            '<container xmlns="urn:oasis:names:tc:opendocument:xmlns:container"><rootfiles>{}</rootfiles></container>'
        )
        book.writestr("META-INF/container.xml", container.format('<rootfile full-path="OEBPS/book.opf"/>'))
        chapters = range(len(known.pages))
        book.writestr(
            "OEBPS/book.opf",
            '<package xmlns="http://www.idpf.org/2007/opf" xmlns:dc="http://purl.org/dc/elements/1.1/"><metadata>'
            f"<dc:title>{known.title}</dc:title><dc:creator>{known.author}</dc:creator>"
            f"<dc:language>{known.language}</dc:language><dc:date>2024-05-01</dc:date></metadata><manifest>"
            + "".join(f'<item id="c{each}" href="kapitola%20{each}.xhtml"/>' for each in chapters)
            + '<item id="nav" href="nav.xhtml" properties="nav"/></manifest><spine><itemref idref="nav"/>'
            + "".join(f'<itemref idref="c{each}"/>' for each in chapters)
            + "</spine></package>",
        )
        book.writestr("OEBPS/nav.xhtml", "<html><body><p>Obsah</p></body></html>")
        for each, page in enumerate(known.pages):
            body = "".join(_html(block) for block in page)
            book.writestr(
                f"OEBPS/kapitola {each}.xhtml",
                f'<?xml version="1.0"?><html xmlns="http://www.w3.org/1999/xhtml"><head><title/></head><body>{body}</body></html>',
            )
    return made.getvalue()


def mail(known: Known) -> bytes:
    made = EmailMessage()
    made["Subject"], made["From"] = known.title, f"{known.author} <nobody@alfa.example>"
    first, *others = known.blocks()
    assert first.texts == (known.title,)
    made.set_content("\n".join(block.read() for block in others))
    made.add_alternative(html(known).decode(), subtype="html")
    return made.as_bytes()


def packed(known: Known) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("text.txt", text(known))
    return made.getvalue()


def _text(known: Known) -> str:
    """Old encodings have no letters of other languages, which these texts do without."""
    return "\f".join("\n".join(block.read() for block in page) for page in known.pages)


def _markdown(block: Block) -> str:
    match block.kind:
        case "heading":
            return f"# {block.texts[0]}"
        case "item":
            return f"* {block.texts[0]}"
        case "row":
            return f"| {' | '.join(block.texts)} |"
        case _:
            return block.texts[0].replace("žena", "*žena*")


def _html(block: Block) -> str:
    match block.kind:
        case "heading":
            return f"<h1>{escape(block.texts[0])}</h1>"
        case "item":
            return f"<ul><li>{escape(block.texts[0])}</li></ul>"
        case "row":
            return f"<table><tr>{''.join(f'<td>{escape(cell)}</td>' for cell in block.texts)}</tr></table>"
        case _:
            return f"<p>{escape(block.texts[0])}</p>"
