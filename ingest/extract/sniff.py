"""What a file is, by its content. Its name decides only among texts, where any content could be any of them."""

import codecs
import re
import struct
from enum import StrEnum
from pathlib import PurePath
from typing import BinaryIO

import olefile

from ingest.extract.archive import Archive
from ingest.extract.charset import utf16_without_mark
from library.errors import DamagedFile, EncryptedFile, ExtractionFailed, UnsupportedFormat


class Kind(StrEnum):
    """What a file can be seen to be, in the words in which it is refused where nothing reads it."""

    PDF = "a PDF"
    DOCX = "a Word document (.docx)"
    ODT = "an OpenDocument text (.odt)"
    HTML = "a web page"
    MARKDOWN = "a Markdown text"
    TEXT = "a plain text"
    CSV = "a table in a plain text (CSV)"
    DOC = "a Word document of the old kind (.doc)"
    RTF = "a text in RTF"
    XLSX = "an Excel workbook"
    XLS = "an Excel workbook of the old kind (.xls)"
    XLSB = "a binary Excel workbook (.xlsb)"
    ODS = "an OpenDocument spreadsheet"
    PPTX = "a PowerPoint presentation"
    PPT = "a PowerPoint presentation of the old kind (.ppt)"
    ODP = "an OpenDocument presentation"
    ODF = "an OpenDocument file of another kind"
    OOXML_ENCRYPTED = "an Office document protected by a password"
    OLE = "an Office file of the old kind"
    EPUB = "an e-book (EPUB)"
    EML = "an e-mail"
    XML = "an XML file"
    POSTSCRIPT = "a PostScript file"
    DJVU = "a DjVu scan"
    PNG = "a PNG image"
    JPEG = "a JPEG image"
    GIF = "a GIF image"
    TIFF = "a TIFF image"
    BMP = "a BMP image"
    WEBP = "a WebP image"
    HEIC = "a HEIC image"
    SVG = "an SVG drawing"
    RECORDING = "a sound or video recording"
    ZIP = "a ZIP archive"
    PACKED = "a packed archive"
    PROGRAM = "a program"
    EMPTY_OF_SENSE = "neither a text nor a document of a known kind"


_IMAGES = (Kind.GIF, Kind.BMP, Kind.WEBP, Kind.HEIC, Kind.SVG, Kind.DJVU)
_ARCHIVES = (Kind.ZIP, Kind.PACKED)
_STRANGE = (Kind.RECORDING, Kind.PROGRAM, Kind.EMPTY_OF_SENSE)

_MAGIC = (
    (0, b"\x89PNG\r\n\x1a\n", Kind.PNG),
    (0, b"\xff\xd8\xff", Kind.JPEG),
    (0, b"GIF8", Kind.GIF),
    (0, b"II*\x00", Kind.TIFF),
    (0, b"MM\x00*", Kind.TIFF),
    (6, b"\x00\x00\x00\x00", Kind.BMP),
    (8, b"WEBP", Kind.WEBP),
    (4, b"ftyphei", Kind.HEIC),
    (4, b"ftypmif1", Kind.HEIC),
    (0, b"AT&TFORM", Kind.DJVU),
    (0, b"{\\rtf", Kind.RTF),
    (0, b"%!PS", Kind.POSTSCRIPT),
    (0, b"7z\xbc\xaf\x27\x1c", Kind.PACKED),
    (0, b"Rar!\x1a\x07", Kind.PACKED),
    (0, b"\x1f\x8b", Kind.PACKED),
    (257, b"ustar", Kind.PACKED),
    (4, b"ftyp", Kind.RECORDING),
    (8, b"WAVE", Kind.RECORDING),
    (0, b"ID3", Kind.RECORDING),
    (0, b"OggS", Kind.RECORDING),
    (0, b"\x1aE\xdf\xa3", Kind.RECORDING),
    (0, b"\x7fELF", Kind.PROGRAM),
    (0, b"MZ\x90\x00", Kind.PROGRAM),
)
_ALSO_BEGINS = {Kind.BMP: b"BM", Kind.WEBP: b"RIFF", Kind.RECORDING: b""}
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_OLE_STREAMS = (
    ("EncryptedPackage", Kind.OOXML_ENCRYPTED),
    ("WordDocument", Kind.DOC),
    ("PowerPoint Document", Kind.PPT),
    ("Workbook", Kind.XLS),
    ("Book", Kind.XLS),
)
_BROKEN_OLE = "this Office file is damaged or was cut off on its way; open it in Office, save it anew and hand that in"
_ZIP = (b"PK\x03\x04", b"PK\x05\x06")
_OOXML_PARTS = (
    (b"wordprocessingml.", Kind.DOCX),
    (b"spreadsheetml.", Kind.XLSX),
    (b"presentationml.", Kind.PPTX),
    (b"ms-word.", Kind.DOCX),
    (b"ms-excel.", Kind.XLSX),
    (b"ms-powerpoint.", Kind.PPTX),
)
"""The last three with macros, which nothing runs."""
_MAIN_PART = re.compile(rb"(%s)[\w.]*main\+xml" % b"|".join(re.escape(part) for part, _ in _OOXML_PARTS))
_BINARY_WORKBOOK = b"ms-excel.sheet.binary.macroEnabled.main"
_HEAD = 64_000
"""Bytes that are looked at."""
_PDF_WITHIN = 1_024
_PDF_HEADLESS = re.compile(rb"\s*(?:%[^\r\n]*\s+)*\d+ \d+ obj\b")
_HTML = re.compile(
    rb"\s*(?:<\?xml[^>]*>|<!--.*?-->|\s)*(?:<!doctype\s+html|<html|<head|<body)", re.IGNORECASE | re.DOTALL
)
_HTML_PIECE = re.compile(rb"</?(?:p|div|table|h[1-6]|ul|span|body|title|meta)\b[^>]*>", re.IGNORECASE)
_XML = re.compile(rb"\s*(?:<\?xml\s|<!DOCTYPE\s)", re.IGNORECASE)
_SVG = re.compile(rb"\s*(?:<\?xml[^>]*>|<!--.*?-->|<!DOCTYPE[^>]*>|\s)*<svg\b", re.DOTALL)
_MAIL_HEADER = re.compile(rb"[A-Za-z][A-Za-z0-9-]*:[ \t]|From ")
_MAIL = re.compile(rb"^(?:Received|Return-Path|Message-ID|MIME-Version|Delivered-To):", re.MULTILINE | re.IGNORECASE)
_CONTROLS = bytes(set(range(32)) - set(b"\t\n\r\f\v\x1a\x1b")) + b"\x7f"
_WIDE_MARKS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE, codecs.BOM_UTF32_BE)
_MOST_CONTROLS = 0.01
"""Share of control characters above which bytes are no text."""


def sniff(file: BinaryIO, name: str) -> Kind:
    """What the file is. Leaves it at its beginning. Raises DamagedFile where a zip or an OLE file is broken."""
    head = file.read(_HEAD)
    file.seek(0)
    if head.startswith(_ZIP):
        return _zipped(file)
    if head.startswith(_OLE):
        return _ole(file)
    if b"%PDF-" in head[:_PDF_WITHIN] or _PDF_HEADLESS.match(head):
        return Kind.PDF
    return _by_magic(head) or _text(head, PurePath(name).suffix.lower())


def refusal(kind: Kind, name: str) -> ExtractionFailed:
    """Why a file of a kind that nothing reads is refused, and what its owner can do."""
    if kind is Kind.OOXML_ENCRYPTED:
        return EncryptedFile(f"this is {kind}; remove the password in Office and hand it in again")
    suffix = PurePath(name).suffix.lower()
    if kind in _IMAGES:
        cure = "save it as PNG, JPEG, TIFF or PDF and hand in that"
    elif kind is Kind.XLSB:
        cure = "save it in Excel as .xlsx and hand in that"
    elif kind in _ARCHIVES:
        cure = "unpack it and hand in the documents that it holds"
    elif kind in _STRANGE:
        cure = "hand in a PDF, .docx, .odt, .html, .md or .txt"
    else:
        cure = "save or print it as PDF and hand in that"
    if suffix in _SUFFIXES and kind not in _SUFFIXES[suffix]:
        return UnsupportedFormat(f"this is {kind}, though its name ends in {suffix}; {cure}")
    return UnsupportedFormat(f"this is {kind}; {cure}")


_OF_TEXTS = {
    ".md": Kind.MARKDOWN,
    ".markdown": Kind.MARKDOWN,
    ".csv": Kind.CSV,
    ".tsv": Kind.CSV,
}
"""What a text is by the end of its name: nothing in it could tell."""
_SUFFIXES = {
    ".pdf": (Kind.PDF,),
    ".docx": (Kind.DOCX,),
    ".odt": (Kind.ODT,),
    ".html": (Kind.HTML,),
    ".htm": (Kind.HTML,),
    ".md": (Kind.MARKDOWN,),
    ".txt": (Kind.TEXT,),
    ".csv": (Kind.CSV,),
    ".doc": (Kind.DOC,),
    ".rtf": (Kind.RTF,),
    ".xlsx": (Kind.XLSX,),
    ".pptx": (Kind.PPTX,),
}


def _by_magic(head: bytes) -> Kind | None:
    for offset, magic, kind in _MAGIC:
        if head[offset : offset + len(magic)] == magic and head.startswith(_ALSO_BEGINS.get(kind, b"")):
            return kind
    return None


def _zipped(file: BinaryIO) -> Kind:
    archive = Archive(file)
    file.seek(0)
    declared = archive.read("mimetype") if "mimetype" in archive else b""
    if declared.startswith(b"application/epub"):
        return Kind.EPUB
    if declared.startswith(b"application/vnd.oasis.opendocument."):
        kind = declared.rpartition(b".")[2].strip().decode("ascii", "replace").removesuffix("-template")
        return {"text": Kind.ODT, "text-master": Kind.ODT, "spreadsheet": Kind.ODS, "presentation": Kind.ODP}.get(
            kind, Kind.ODF
        )
    types = archive.read("[Content_Types].xml")
    main = _MAIN_PART.search(types)
    if main is None:
        return Kind.XLSB if _BINARY_WORKBOOK in types else Kind.ZIP
    return dict(_OOXML_PARTS)[main[1]]


def _ole(file: BinaryIO) -> Kind:
    try:
        with olefile.OleFileIO(file) as ole:
            streams = {path[0] for path in ole.listdir() if len(path) == 1}
    except (OSError, ValueError, IndexError, struct.error) as error:
        raise DamagedFile(_BROKEN_OLE) from error
    finally:
        file.seek(0)
    return next((kind for stream, kind in _OLE_STREAMS if stream in streams), Kind.OLE)


def _text(head: bytes, suffix: str) -> Kind:
    if not _is_text(head):
        return Kind.EMPTY_OF_SENSE
    plain = head.removeprefix(codecs.BOM_UTF8).replace(b"\x00", b"").removeprefix(b"\xff\xfe").removeprefix(b"\xfe\xff")
    if _HTML.match(plain) and suffix not in (".md", ".markdown"):
        return Kind.HTML
    if suffix in (".html", ".htm", ".xhtml") and _HTML_PIECE.search(plain):
        return Kind.HTML
    if _SVG.match(plain):
        return Kind.SVG
    if _XML.match(plain):
        return Kind.HTML if b"<html" in plain else Kind.XML
    if _MAIL_HEADER.match(plain) and _MAIL.search(plain.partition(b"\n\n")[0].partition(b"\r\n\r\n")[0]):
        return Kind.EML
    return _OF_TEXTS.get(suffix, Kind.TEXT)


def _is_text(head: bytes) -> bool:
    if head.startswith(_WIDE_MARKS) or utf16_without_mark(head):
        return True
    return len(head) - len(head.translate(None, _CONTROLS)) <= _MOST_CONTROLS * len(head)
