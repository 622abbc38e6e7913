"""RTF and the Word documents of before 2007."""

import struct
from collections.abc import Callable, Iterator
from itertools import groupby

from tests.ingest.made.known import Block, Known

_CODE_PAGES = {"cs": ("cp1250", 238), "uk": ("cp1251", 204), "vi": ("cp1252", 0)}
_FIB, _PAGE, _DELETED = 0x400, 512, 7


def rtf(known: Known) -> bytes:
    """Letters of the language's own code page as bytes, all others by number, as Word writes them."""
    encoding, charset = _CODE_PAGES[known.language]
    pages = r"\page ".join("".join(_rtf(block, encoding) for block in page) for page in known.pages)
    head = rf"{{\fonttbl{{\f0\fcharset0 Arial;}}{{\f1\fcharset{charset} Arial CE;}}}}{{\colortbl;\red0\green0\blue0;}}"
    info = rf"{{\info{{\title {_spelt(known.title, encoding)}}}{{\author {_spelt(known.author, encoding)}}}}}"
    info = info.replace(r"\title ", r"\title\f1 ").replace(r"\author ", r"\author\f1 ")
    foot = r"{\footer pata \chpgn\par}{\*\generator Test;}"
    return rf"{{\rtf1\ansi\ansicpg1252\deff1{head}{info}{foot}\f1\uc1 {pages}}}".encode("ascii")


def _rtf(block: Block, encoding: str) -> str:
    spelt = [_spelt(text, encoding) for text in block.texts]
    match block.kind:
        case "heading":
            return rf"\pard\outlinelevel0 {spelt[0]}\par" + "\n"
        case "item":
            return rf"{{\listtext\'b7\tab}}\pard\ls1 {spelt[0]}\par" + "\n"
        case "row":
            return r"\trowd " + "".join(rf"\pard\intbl {text}\cell " for text in spelt) + r"\row" + "\n"
        case _:
            return rf"\pard {spelt[0]}\par" + "\n"


def _spelt(text: str, encoding: str) -> str:
    return "".join(
        "".join(letters) if plain else "".join(_numbered(letter, encoding) for letter in letters)
        for plain, letters in groupby(text, str.isascii)
    )


def _numbered(letter: str, encoding: str) -> str:
    try:
        return rf"\'{letter.encode(encoding)[0]:02x}"
    except UnicodeEncodeError:
        number = ord(letter)
        return rf"\u{number - 65_536 if number > 32_767 else number}?"


def doc(known: Known) -> bytes:
    """A Word document of 1997, as [MS-DOC] lays it out: letters of two bytes, formats on pages of their own."""
    letters, formats = "", []
    for number, page in enumerate(known.pages):
        for place, block in enumerate(page):
            broken = "\x0c" if number and not place else ""
            for text, set_ in _word(block):
                letters += broken + text
                formats.append((len(letters), set_))
                broken = ""
    # Something deleted, a field, a hidden letter and a foot, none of which is read.
    letters, formats = _with_traps(letters, formats)
    raw = letters.encode("utf-16-le")
    text_end = _FIB + len(raw)
    first_page = -(-text_end // _PAGE)
    paragraphs = _format_page(formats, _paragraph_format)
    runs = _format_page([(len(letters) - _DELETED, b""), (len(letters), b"\x00\x08\x01")], _run_format)
    document = bytearray(first_page * _PAGE)
    document[_FIB:text_end] = raw
    document += paragraphs + runs
    pieces = struct.pack("<BIIIHIH", 2, 16, 0, len(letters), 0, _FIB, 0)
    table_of = struct.Struct("<III").pack
    tables = [pieces, table_of(_FIB, text_end, first_page), table_of(_FIB, text_end, first_page + 1)]
    struct.pack_into("<HHHHHH", document, 0, 0xA5EC, 0xC1, 0, 0x405, 0, 0x1200)
    struct.pack_into("<II", document, 0x18, _FIB, text_end)
    struct.pack_into("<H", document, 0x20, 14)
    struct.pack_into("<H", document, 0x3E, 22)
    struct.pack_into("<H", document, 0x98, 93)
    struct.pack_into("<i", document, 0x4C, len(letters))
    offset = 0
    for number, table in zip((33, 13, 12), tables, strict=True):
        struct.pack_into("<II", document, 0x9A + 8 * number, offset, len(table))
        offset += len(table)
    streams = {"WordDocument": bytes(document), "1Table": b"".join(tables)}
    return compound({**streams, "\x05SummaryInformation": _property_set(known)})


def _word(block: Block) -> Iterator[tuple[str, bytes]]:
    """The paragraphs of a block, each with its style and its properties."""
    match block.kind:
        case "heading":
            yield f"{block.texts[0]}\r", b"\x01\x00"
        case "item":
            yield f"{block.texts[0]}\r", b"\x00\x00\x0b\x46\x01\x00"
        case "row":
            for text in block.texts:
                yield f"{text}\x07", b"\x00\x00\x16\x24\x01"
            yield "\x07", b"\x00\x00\x16\x24\x01\x17\x24\x01"
        case _:
            begin, _, end = block.texts[0].partition(" ")
            yield f"\x13 HYPERLINK \x14{begin}\x15 {end}\r", b"\x00\x00"


def _with_traps(letters: str, formats: list[tuple[int, bytes]]) -> tuple[str, list[tuple[int, bytes]]]:
    deleted = "x" * (_DELETED - 1) + "\r"
    return letters + deleted, [*formats, (len(letters) + _DELETED, b"\x00\x00")]


def _format_page(ends: list[tuple[int, bytes]], pack: Callable[[bytes], bytes]) -> bytes:
    """Where stretches end, counted in letters, and how each is set."""
    page = bytearray(_PAGE)
    step = 13 if pack is _paragraph_format else 1
    page[-1] = len(ends)
    struct.pack_into(f"<{len(ends) + 1}I", page, 0, _FIB, *(_FIB + 2 * end for end, _ in ends))
    place = _PAGE - 2
    kept: dict[bytes, int] = {}
    for number, (_, set_) in enumerate(ends):
        if set_ not in kept and set_:
            packed = pack(set_)
            place = (place - len(packed)) // 2 * 2
            page[place : place + len(packed)] = packed
            kept[set_] = place
        page[4 * (len(ends) + 1) + step * number] = kept.get(set_, 0) // 2
    assert 4 * (len(ends) + 1) + step * len(ends) <= place
    return bytes(page)


def _paragraph_format(set_: bytes) -> bytes:
    if len(set_) % 2:
        return bytes([(len(set_) + 1) // 2]) + set_
    return bytes([0, len(set_) // 2]) + set_


def _run_format(set_: bytes) -> bytes:
    return bytes([len(set_)]) + set_


def _property_set(known: Known) -> bytes:
    encoding, _ = _CODE_PAGES[known.language]
    number, codec = (65001, "utf-8") if known.language == "vi" else (int(encoding[2:]), encoding)
    values = [(1, struct.pack("<IhH", 2, number if number < 32_768 else number - 65_536, 0))]
    for identifier, text in ((2, known.title), (4, known.author)):
        spelt = text.encode(codec) + b"\0"
        values.append((identifier, struct.pack("<II", 30, len(spelt)) + spelt + bytes(-len(spelt) % 4)))
    listed, body = b"", b""
    for identifier, value in values:
        listed += struct.pack("<II", identifier, 8 + 8 * len(values) + len(body))
        body += value
    section = struct.pack("<II", 8 + len(listed) + len(body), len(values)) + listed + body
    kind = bytes.fromhex("e0859ff2f94f6810ab9108002b27b3d9")
    return struct.pack("<HHIIIIII", 0xFFFE, 0, 0x20005, 0, 0, 0, 0, 1) + kind + struct.pack("<I", 48) + section


def compound(streams: dict[str, bytes]) -> bytes:
    """A compound file ([MS-CFB]) in which each stream is long enough to lie in sectors of its own."""
    end, free, of_table = 0xFFFFFFFE, 0xFFFFFFFF, 0xFFFFFFFD
    sectors, table, entries = b"", [of_table, end], []
    for name, content in streams.items():
        padded = content + bytes(max(4_096, -(-len(content) // _PAGE) * _PAGE) - len(content))
        first, count = len(table), len(padded) // _PAGE
        table += [*range(first + 1, first + count), end]
        sectors += padded
        following = len(entries) + 2 if len(entries) + 1 < len(streams) else free
        entries.append(_entry(name, 2, struct.pack("<II", following, free), first, len(padded)))
    root = _entry("Root Entry", 5, struct.pack("<II", free, 1), end, 0)
    directory = b"".join((root, *entries))
    assert len(directory) <= _PAGE
    assert len(table) <= _PAGE // 4
    head = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16) + struct.pack(
        "<HHHHHHIIIIIIIIIII", 0x3E, 3, 0xFFFE, 9, 6, 0, 0, 0, 1, 1, 0, 4_096, end, 0, end, 0, 0
    )  # fmt: skip
    first = struct.pack("<I", 0) + struct.pack("<I", free) * 108
    numbers = table + [free] * (_PAGE // 4 - len(table))
    return head + first[4:] + struct.pack(f"<{_PAGE // 4}I", *numbers) + directory.ljust(_PAGE, b"\0") + sectors


def _entry(name: str, kind: int, near: bytes, first: int, size: int) -> bytes:
    """`near` are the numbers of the entry to the right and of the first one below."""
    spelt = name.encode("utf-16-le") + b"\0\0"
    return (
        spelt.ljust(64, b"\0")
        + struct.pack("<HBBI", len(spelt), kind, 1, 0xFFFFFFFF)
        + near
        + bytes(36)
        + struct.pack("<III", first, size, 0)
    )
