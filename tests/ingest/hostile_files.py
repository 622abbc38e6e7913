"""Files that want to harm whoever reads them, each made from nothing: no sample of anybody's is needed."""

import hashlib
import io
import random
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator
from email.message import EmailMessage
from pathlib import Path

import pikepdf
from reportlab.pdfgen.canvas import Canvas

_MB = 1 << 20
SUFFIXES = (
    *("pdf", "docx", "doc", "odt", "rtf", "pptx", "odp", "xlsx", "xls", "ods", "csv", "html", "md", "txt", "epub"),
    *("eml", "zip", "png", "jpg", "tif", "xml", "svg"),
)
_LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
ENTITY_BOMB = f'<?xml version="1.0"?><!DOCTYPE b [<!ENTITY l0 "lol">{_LAUGHS}]><b>&l9;</b>'
TEXT = "A text of a counselling centre that does no harm."
CUTS = 20
ATTACHMENTS = 1_000
DEPTH = 100_000
EMPTY_PAGES = 100_000
LONGEST_NAME = "ř" * 125 + ".txt"
"""254 bytes: one more letter is more than file systems take."""
BACKWARDS = "zpráva\u202efdp.txt"
"""A name that seems to end in .pdf where it is shown."""


def a_pdf(pages: int = 3) -> bytes:
    made = io.BytesIO()
    canvas = Canvas(made, invariant=True, pageCompression=1)
    for page in range(1, pages + 1):
        canvas.drawString(72, 720, f"Page {page}: counselling for newcomers, and nothing that does harm.")
        canvas.showPage()
    canvas.save()
    return made.getvalue()


def zipped(members: Iterable[tuple[str, bytes]]) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members:
            archive.writestr(name, content)
    return made.getvalue()


def a_docx(body: bytes) -> bytes:
    main = b"application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
    types = b'<Types><Override ContentType="%b"/></Types>' % main
    return zipped([("[Content_Types].xml", types), ("word/document.xml", body)])


def an_odt(body: bytes) -> bytes:
    return zipped([("mimetype", b"application/vnd.oasis.opendocument.text"), ("content.xml", body)])


def nested(depth: int) -> bytes:
    inner = zipped([("text.txt", TEXT.encode())])
    for level in range(depth):
        inner = zipped([(f"level{level}.zip", inner)])
    return inner


def raw_pdf(objects: Iterable[bytes]) -> bytes:
    """A PDF of these objects, numbered from 1; the first is its catalogue."""
    made, places = bytearray(b"%PDF-1.7\n"), []
    for number, content in enumerate(objects, 1):
        places.append(len(made))
        made += b"%d 0 obj\n%b\nendobj\n" % (number, content)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    size = len(places) + 1
    made += b"xref\n0 %d\n0000000000 65535 f \n%btrailer\n<</Size %d /Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % (
        size,
        table,
        size,
        len(made),
    )
    return bytes(made)


def pdf_with_a_loop() -> bytes:
    return raw_pdf(
        [
            b"<</Type /Catalog /Pages 2 0 R>>",
            b"<</Type /Pages /Count 2 /Kids [3 0 R 2 0 R]>>",
            b"<</Type /Pages /Count 2 /Parent 2 0 R /Kids [2 0 R 3 0 R]>>",
        ]
    )


def pdf_of_empty_pages(count: int) -> bytes:
    def objects() -> Iterator[bytes]:
        yield b"<</Type /Catalog /Pages 2 0 R>>"
        kids = b" ".join(b"%d 0 R" % number for number in range(3, count + 3))
        yield b"<</Type /Pages /Count %d /MediaBox [0 0 595 842] /Kids [%b]>>" % (count, kids)
        for _ in range(count):
            yield b"<</Type /Page /Parent 2 0 R>>"

    return raw_pdf(objects())


def pdf_with_a_long_stream(size: int) -> bytes:
    """A page whose drawing inflates to so many bytes, from a file of about a thousandth of that."""
    block = b" " * _MB
    packer = zlib.compressobj(9, wbits=-15)
    packer.compress(b"")
    piece = packer.compress(block) + packer.flush(zlib.Z_FULL_FLUSH)
    check = 1
    for _ in range(size // _MB):
        check = zlib.adler32(block, check)
    stream = b"\x78\xda" + piece * (size // _MB) + b"\x03\x00" + check.to_bytes(4, "big")
    return raw_pdf(
        [
            b"<</Type /Catalog /Pages 2 0 R>>",
            b"<</Type /Pages /Count 1 /Kids [3 0 R]>>",
            b"<</Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R>>",
            b"<</Filter /FlateDecode /Length %d>>\nstream\n%b\nendstream" % (len(stream), stream),
        ]
    )


def encrypted(user: str) -> bytes:
    made = io.BytesIO()
    with pikepdf.open(io.BytesIO(a_pdf())) as pdf:
        pdf.save(made, encryption=pikepdf.Encryption(owner="owner", user=user))
    return made.getvalue()


def pdf_with_bombs(count: int, size: int) -> bytes:
    """So many files are attached to it that inflate to so many bytes each."""
    made = io.BytesIO()
    # Packed once: to have each packed anew would take longer than to read all hostile files.
    packed, check = zlib.compress(bytes(size)), hashlib.md5(bytes(size), usedforsecurity=False).digest()
    with pikepdf.open(io.BytesIO(a_pdf())) as pdf:
        for number in range(count):
            attached = pikepdf.AttachedFileSpec(pdf, b"", filename=f"../../{number}.pdf")
            attached.obj.EF.F.write(packed, filter=pikepdf.Name.FlateDecode)
            attached.obj.EF.F.Params.update({"/Size": size, "/CheckSum": pikepdf.String(check)})
            pdf.attachments[f"{number}"] = attached
        pdf.save(made)
    return made.getvalue()


def lzw_bomb(times: int) -> bytes:
    """Each code stands for one byte more than the one before, as long as there are codes: so many times 7 MB."""
    longer = "".join(f"{code:0{9 + (code > 510) + (code > 1022) + (code > 2046)}b}" for code in range(258, 4094))
    return in_bytes(f"{256:09b}" + times * f"{97:09b}{longer}{256:012b}")


def in_bytes(bits: str) -> bytes:
    size = -(-len(bits) // 8)
    return int(bits.ljust(size * 8, "0"), 2).to_bytes(size, "big")


def pdf_with_names(count: int) -> bytes:
    """One file is attached to it under so many names, and the tree of them has a loop."""
    names = b" ".join(b"(%06d) 7 0 R" % number for number in range(count))
    return raw_pdf(
        [
            b"<</Type /Catalog /Pages 2 0 R /Names <</EmbeddedFiles 5 0 R>>>>",
            *a_page(b""),
            b"<</Kids [6 0 R 5 0 R]>>",
            b"<</Limits [(000000) (%06d)] /Names [%b]>>" % (count - 1, names),
            b"<</Type /Filespec /F (same.txt) /EF <</F 8 0 R>>>>",
            b"<</Type /EmbeddedFile /Length 5>>\nstream\nTwice\nendstream",
        ]
    )


def pdf_with_comments(count: int) -> bytes:
    """To its page so many comments are pinned, the list of them among them, and some with a file that grows to 2 GB."""
    bomb = lzw_bomb(300)
    comment = b"<</Subtype /FileAttachment /FS <</F (%b.txt) /EF <</F %d 0 R>>>>>>"
    return raw_pdf(
        [
            b"<</Type /Catalog /Pages 2 0 R>>",
            *a_page(b"/Annots 5 0 R"),
            b"[%b]" % (b"6 0 R 5 0 R 7 0 R 9 0 R " * (count // 4)),
            comment % (b"same", 8),
            comment % (b"bomb", 10),
            b"<</Length 6>>\nstream\nPinned\nendstream",
            comment % (b"another bomb", 11),
            *[b"<</Filter /LZWDecode /Length %d>>\nstream\n%b\nendstream" % (len(bomb), bomb)] * 2,
        ]
    )


def a_page(more: bytes) -> list[bytes]:
    """The second, third and fourth object of a PDF: its one page, with this in it too."""
    drawn = f"BT /F1 12 Tf 72 720 Td ({TEXT}) Tj ET".encode()
    font = b"<</Type /Font /Subtype /Type1 /BaseFont /Helvetica>>"
    return [
        b"<</Type /Pages /Count 1 /Kids [3 0 R]>>",
        b"<</Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources <</Font <</F1 %b>>>> %b>>"
        % (font, more),
        b"<</Length %d>>\nstream\n%b\nendstream" % (len(drawn), drawn),
    ]


def mail_with_attachments(count: int) -> bytes:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = "a@example.org", "b@example.org", "Attachments"
    mail.set_content(TEXT)
    for number in range(count):
        mail.add_attachment(f"Attachment {number}.\n", filename=f"../../{number}.txt")
    return mail.as_bytes()


def deep_html(depth: int) -> bytes:
    return b"<html><body>" + b"<div>" * depth + b"at the bottom" + b"</div>" * depth + b"</body></html>"


def noise(size: int, seed: int) -> bytes:
    return random.Random(seed).randbytes(size)


HOSTILE: dict[str, Callable[[], bytes]] = {
    "bomb.docx": lambda: a_docx(b"<a>" + b" " * (60 * _MB) + b"</a>"),
    "bomb.zip": lambda: zipped([("zeros.txt", bytes(60 * _MB))]),
    "nested.zip": lambda: nested(10),
    "paths.zip": lambda: zipped([("../../../escaped.txt", b"Out of the folder."), ("/tmp/escaped.txt", b"Absolute.")]),
    "entities.docx": lambda: a_docx(ENTITY_BOMB.encode()),
    "entities.odt": lambda: an_odt(ENTITY_BOMB.encode()),
    "entities-utf16.odt": lambda: an_odt(ENTITY_BOMB.replace("?>", ' encoding="utf-16"?>', 1).encode("utf-16")),
    "entities.xml": ENTITY_BOMB.encode,
    "loop.pdf": pdf_with_a_loop,
    "empty-pages.pdf": lambda: pdf_of_empty_pages(EMPTY_PAGES),
    "long-stream.pdf": lambda: pdf_with_a_long_stream(1 << 30),
    "locked.pdf": lambda: encrypted("secret"),
    "attachments.eml": lambda: mail_with_attachments(ATTACHMENTS),
    "bombs.pdf": lambda: pdf_with_bombs(20, 60 * _MB),
    "names.pdf": lambda: pdf_with_names(20_000),
    "comments.pdf": lambda: pdf_with_comments(20_000),
    "deep.html": lambda: deep_html(DEPTH),
    "empty.pdf": lambda: b"",
    **{f"noise.{suffix}": (lambda seed=number: noise(5_000, seed)) for number, suffix in enumerate(SUFFIXES)},  # type: ignore[misc]
    **{f"cut{cut:02}.pdf": (lambda cut=cut: cut_off(cut)) for cut in range(CUTS)},  # type: ignore[misc]
}
"""By name; what harms nobody is in it too, where it must not be taken for harmful."""


def cut_off(cut: int) -> bytes:
    whole = a_pdf()
    return whole[: len(whole) * (cut + 1) // (CUTS + 1)]


def write_all(folder: Path) -> None:
    for name, make in HOSTILE.items():
        (folder / name).write_bytes(make())
