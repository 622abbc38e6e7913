"""The text of a file in RTF, and what it says of itself."""

import codecs
import re
from collections.abc import Iterator

import msgspec
from msgspec import Struct

from ingest.extract.clues import dated, titled, written_by
from ingest.extract.contract import Extract, Source
from ingest.extract.pages import BULLET, PAGE_BREAK, SECTION, item, numbered, paginate, row, with_pairs
from library.model import Clue

_MEDIA_TYPE = "application/rtf"
_TOKEN = re.compile(
    rb"\\([a-zA-Z]{1,32})(-?\d{1,10})? ?|\\'([0-9a-fA-F]{2})|\\([^a-zA-Z])|([{}])|([^\\{}\r\n]+)|[\r\n]+|\\", re.DOTALL
)
_CHARSETS = {
    77: "mac_roman", 128: "cp932", 129: "cp949", 134: "gbk", 136: "big5", 161: "cp1253", 162: "cp1254", 163:
    "cp1258", 177: "cp1255", 178: "cp1256", 186: "cp1257", 204: "cp1251", 222: "cp874", 238: "cp1250", 255:
    "cp437",
}  # fmt: skip
"""What `\\fcharset` says of a font: code pages of Windows."""
_SIGNS = {
    "tab": "\t", "line": "\n", "column": "\n", "softline": "\n", "emdash": "—", "endash": "–", "emspace": " ",
    "enspace": " ", "qmspace": " ", "bullet": "•", "lquote": "‘", "rquote": "’", "ldblquote": "“", "rdblquote": "”",
}  # fmt: skip
_SYMBOLS = {b"~": "\u00a0", b"_": "-", b"{": "{", b"}": "}", b"\\": "\\"}
_PARAGRAPH_ENDS = {b"\n", b"\r"}
_KEPT = {"shptxt", "result", "ud", "nesttableprops", "shpinst", "shp", "do", "footnote"}
"""Destinations that hold text of the document. All others after `\\*` are for programs."""
_BESIDE = {"footnote", "shptxt", "dptxbxtext"}
"""Destinations that stand in the middle of a paragraph and are read behind it: notes, and text boxes, new and old."""
_SILENT = {
    "fonttbl", "colortbl", "stylesheet", "pict", "header", "headerl", "headerr", "headerf", "footer", "footerl",
    "footerr", "footerf", "themedata", "datastore", "listtable", "listoverridetable", "rsidtbl", "generator",
    "xmlnstbl", "fldinst", "bkmkstart", "bkmkend", "nonshppict", "datafield", "annotation", "atnid",
    "atnauthor", "atntime", "ftnsep", "ftnsepc", "aftnsep", "aftnsepc", "info", "objdata", "objclass",
    "sp", "shprslt", "filetbl", "revtbl", "xe", "tc",
}  # fmt: skip
_NUMBERS = {"listtext", "pntext"}
"""Destinations that hold what stands before the next paragraph of a list."""
_NUMBER = "number"
_LONGEST_NUMBER = 255
_SYMBOL = 2
"""What `\\fcharset` says of a font whose letters are pictures."""
_PICTURE = "•"
_CIRCLE = "o"
"""The sign of lists in lists, in Courier New."""
_GOES_ON = re.compile(rb"[^{}]{0,300}?\\sbknone")
"""What begins a section that begins no page."""
_WRAPS = 0x10000
_PROPERTIES = {"title", "author"}
_TIMES = {"creatim", "revtim"}


class _Group(Struct):
    """What holds until the group ends."""

    encoding: str = ""
    """Of the present font; empty where none was chosen."""
    symbols: bool = False
    """Whether the letters of that font are pictures."""
    silent: bool = False
    hidden: bool = False
    skips: int = 1
    """Signs after each `\\u` that stand for it in old programs."""
    into: str = ""
    """Which property its text is, or whether it is a number; empty where it is neither."""
    is_note: bool = False


def read_rtf(source: Source) -> Extract:
    reading = _Reading(source.file.read())
    pages, notes = numbered(paginate(reading.blocks()), source.limits)
    return Extract(pages=pages, media_type=_MEDIA_TYPE, clues=tuple(reading.clues()), notes=notes)


class _Stretch(Struct):
    """What is read of the text itself, of a note, or of a box, up to here."""

    letters: list[str] = []
    """Of the present paragraph."""
    number: str = ""
    """What stands before it, as it is written there."""
    in_table: bool = False
    level: int = -1
    """Of a heading, from 0."""
    beside: list[str] = []
    """The notes and boxes that stand in the present paragraph."""
    cell: list[str] = []
    cells: list[list[str]] = []
    blocks: list[str] = []
    """What is whole."""


class _Text:
    """Puts letters together to paragraphs, rows and notes."""

    def __init__(self) -> None:
        self.title = ""
        self.now = _Stretch()
        self._around: list[_Stretch] = []
        """In which the note stands that is being read."""

    def add(self, letters: str) -> None:
        self.now.letters.append(letters)

    def add_to_number(self, letters: str) -> None:
        self.now.number = (self.now.number + letters)[:_LONGEST_NUMBER]

    def end_paragraph(self) -> None:
        now = self.now
        text = with_pairs("".join(now.letters))
        if now.level == 0 and not self.title:
            self.title = text.strip()
        text = item(_number(now.number), text)
        if now.in_table:
            now.cell += [text, *now.beside]
        else:
            now.blocks += [*([SECTION] if now.level >= 0 else ()), text, *now.beside]
        now.letters, now.beside, now.number = [], [], ""

    def number_alone(self) -> str:
        """The number behind which nothing has come yet; it no longer stands before what comes."""
        if any(map(str.strip, self.now.letters)):
            return ""
        number, self.now.number = self.now.number, ""
        return number

    def begin_note(self) -> None:
        self._around.append(self.now)
        self.now = _Stretch()

    def end_note(self) -> None:
        self._end_stretch()
        note, self.now = self.now, self._around.pop()
        self.now.beside += note.blocks

    def end_cell(self) -> None:
        self.now.in_table = True
        self.end_paragraph()
        self.now.cells.append(self.now.cell)
        self.now.cell = []

    def end_row(self) -> None:
        self.now.blocks.append(row(self.now.cells))
        self.now.cell, self.now.cells = [], []

    def end(self) -> None:
        """The file ends here, even in the middle of a note or a table."""
        while self._around:
            self.end_note()
        self._end_stretch()

    def end_page(self) -> None:
        number = self.number_alone()
        self.end_paragraph()
        self.now.number = number
        if not self._around:
            self.now.blocks.append(PAGE_BREAK)

    def taken(self) -> list[str]:
        """The blocks of the text itself that are whole."""
        if self._around:
            return []
        done, self.now.blocks = self.now.blocks, []
        return done

    def _end_stretch(self) -> None:
        self.end_paragraph()
        if self.now.cell or self.now.cells:
            self.now.cells.append(self.now.cell)
            self.end_row()


class _Reading:
    """Walks through the file once."""

    def __init__(self, raw: bytes) -> None:
        self._raw = raw
        self._place = 0
        self._encoding = "cp1252"
        self._fonts: dict[int, str] = {}
        self._symbols: set[int] = set()
        self._font = self._default_font = 0
        self._groups = [_Group()]
        self._pending = b""
        """Bytes that are letters once it is known that no more follow: some letters have two."""
        self._to_skip = 0
        self._text = _Text()
        self._properties: dict[str, str] = {}
        self._times: dict[str, list[int]] = {}

    def blocks(self) -> Iterator[str]:
        while found := _TOKEN.match(self._raw, self._place):
            self._place = found.end()
            word, number, byte, sign, brace, text = found.groups()
            if found.lastindex is None:  # the end of a line, which says nothing
                continue
            if byte is not None or text is not None:
                self._bytes(text if byte is None else bytes([int(byte, 16)]))
                continue
            self._flush()
            if word is not None:
                self._word(word.decode("ascii"), int(number) if number else None)
            elif brace == b"{":
                self._groups.append(msgspec.structs.replace(self._groups[-1], is_note=False))
            elif brace == b"}":
                self._end_group()
            elif sign is not None:
                self._sign(sign)
            yield from self._text.taken()
        self._flush()
        self._text.end()
        yield from self._text.taken()

    def clues(self) -> Iterator[Clue]:
        """Once the blocks are read."""
        yield from titled("properties", with_pairs(self._properties.get("title", "")), "low")
        yield from titled("heading", self._text.title)
        yield from written_by("properties", [with_pairs(self._properties.get("author", ""))])
        day = self._times.get("revtim") or self._times.get("creatim") or []
        yield from dated("properties", "-".join(f"{number:02}" for number in day))

    def _word(self, word: str, number: int | None) -> None:  # noqa: C901  # one case a word
        group = self._groups[-1]
        match word:
            case "u":
                self._letter(chr((number or 0) % _WRAPS))
                self._to_skip = group.skips
            case "uc":
                group.skips = number or 0
            case "plain":
                group.hidden, group.encoding = False, self._encoding_of(self._default_font)
                group.symbols = self._default_font in self._symbols
            case "v" | "deleted" | "mvf":
                group.hidden = number != 0
            case "bin":
                self._place += max(number or 0, 0)
            case "yr" | "mo" | "dy" if group.into in _TIMES:
                self._times.setdefault(group.into, []).append(number or 0)
            case _ if word in _PROPERTIES | _TIMES and group.into in {"info", word}:
                group.into = word
                self._properties.pop(word, None)  # the same once more, in better letters
            case "ansicpg" | "mac" | "deff" | "f" | "fcharset":
                self._say_letters(word, number)
            case _ if word in _NUMBERS:
                group.into = _NUMBER
            case _ if word in _SILENT:
                group.silent = True
                group.into = word if word == "info" else ""
            case _ if group.into == _NUMBER:
                self._letter(_SIGNS.get(word, ""))
            case _ if not group.silent:
                self._layout(word, number)

    def _say_letters(self, word: str, number: int | None) -> None:
        """Which letters the bytes stand for from now on."""
        match word:
            case "ansicpg" if _is_known(f"cp{number}"):
                self._encoding = f"cp{number}"
            case "mac":
                self._encoding = "mac_roman"
            case "deff":
                self._default_font = number or 0
            case "f":
                self._font = number or 0
                self._groups[-1].encoding = self._encoding_of(self._font)
                self._groups[-1].symbols = self._font in self._symbols
            case "fcharset" if number in _CHARSETS:
                self._fonts[self._font] = _CHARSETS[number]
            case "fcharset" if number == _SYMBOL:
                self._symbols.add(self._font)

    def _encoding_of(self, font: int) -> str:
        return self._fonts.get(font, self._encoding)

    def _layout(self, word: str, number: int | None) -> None:  # noqa: C901  # one case a word
        match word:
            case "par":
                self._end_paragraph()
            case "page":
                self._text.end_page()
            case "sect" if _GOES_ON.match(self._raw, self._place):
                self._text.end_paragraph()
            case "sect":
                self._text.end_page()
            case "pagebb" if number != 0:
                self._text.end_page()
            case "pard":
                self._text.now.in_table, self._text.now.level = False, -1
            case "intbl":
                self._text.now.in_table = True
            case "outlinelevel":
                self._text.now.level = -1 if number is None else number
            case "cell" | "nestcell":
                self._text.end_cell()
            case "row" | "nestrow":
                self._text.end_row()
            case _ if word in _BESIDE and not self._groups[-1].is_note:
                self._text.begin_note()
                self._groups[-1].is_note = True
            case _ if word in _SIGNS:
                self._letter(_SIGNS[word])

    def _sign(self, sign: bytes) -> None:
        if sign == b"*":
            following = _TOKEN.match(self._raw, self._place)
            word = following[1].decode("ascii") if following is not None and following[1] else ""
            # What comes after this sign is a destination that old programs may pass over, and so do we.
            self._groups[-1].silent |= word not in _KEPT
        elif sign in _PARAGRAPH_ENDS and not self._groups[-1].silent:
            self._text.end_paragraph()
        elif sign in _SYMBOLS:
            self._letter(_SYMBOLS[sign])

    def _end_paragraph(self) -> None:
        if self._groups[-1].hidden:
            self._text.number_alone()
        self._text.end_paragraph()

    def _end_group(self) -> None:
        if len(self._groups) > 1 and self._groups.pop().is_note:
            self._text.end_note()

    def _bytes(self, raw: bytes) -> None:
        skipped = min(self._to_skip, len(raw))
        self._to_skip -= skipped
        self._pending += raw[skipped:]

    def _flush(self) -> None:
        raw, self._pending = self._pending, b""
        self._to_skip = 0
        if raw:
            group = self._groups[-1]
            # What a file says of itself is in no font.
            usual = self._encoding if group.into in _PROPERTIES else self._encoding_of(self._default_font)
            self._letter(raw.decode(group.encoding or usual, "replace"))

    def _letter(self, letters: str) -> None:
        group = self._groups[-1]
        if group.into in _PROPERTIES:
            self._properties[group.into] = self._properties.get(group.into, "") + letters
        elif group.silent or group.hidden:
            return
        elif group.into == _NUMBER:
            self._text.add_to_number(_PICTURE if group.symbols and letters.strip() else letters)
        else:
            self._text.add(letters)


def _number(written: str) -> str:
    """The number, or BULLET for any sign of a list without."""
    number = " ".join(with_pairs(written).split())
    counts = number != _CIRCLE and any(map(str.isalnum, number))
    return BULLET if number and not counts else number


def _is_known(encoding: str) -> bool:
    try:
        codecs.lookup(encoding)
    except LookupError:
        return False
    return True
