"""The text of a Word document of before 2007 (.doc), and what it says of itself.

The layout is that of Microsoft's [MS-DOC]: a head (FIB) says where the table of pieces lies, which says where the
letters lie; pages of formats say of each paragraph and of each run of letters how it is set.
"""

import re
import struct
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from itertools import islice, pairwise

import olefile
from msgspec import Struct

from ingest.extract.charset import decode
from ingest.extract.clues import dated, titled, written_by
from ingest.extract.contract import Extract, Source
from ingest.extract.pages import PAGE_BREAK, SECTION, numbered, paginate, row, with_pairs
from library.errors import DamagedFile, EncryptedFile
from library.model import Clue

_MEDIA_TYPE = "application/msword"
_DAMAGED = "this Word document is damaged; open it in Word or LibreOffice, save it as .docx and hand that in"
_LOCKED = "this Word document is protected by a password; remove the password and hand it in again"
_TOO_OLD = "this Word document is of a version before 1997 that is not read; save it as .docx and hand that in"

_WORD_97 = 0x00C1
_WORD_6 = 0x0065
_ENCRYPTED, _SECOND_TABLE, _COMPLEX = 0x0100, 0x0200, 0x0004
_LENGTHS = 0x4C
"""Where the head says how many letters each story has: text, footnotes, heads, macros, comments, endnotes, boxes."""
_TEXT, _FOOTNOTES, _ENDNOTES, _BOXES = 0, 1, 5, 6
_PLACES = 0x9A
"""Where the head lists offset and length of the tables; these are their numbers in that list."""
_FOOTNOTE_MARKS, _FOOTNOTE_TEXTS, _RUN_PAGES, _PARAGRAPH_PAGES, _PIECES = 2, 3, 12, 13, 33
_ENDNOTE_MARKS, _ENDNOTE_TEXTS = 46, 47
_PAGE = 512
_PARAGRAPH_STEP = 13
_COMPRESSED = 0x40000000

# Numbers of properties ([MS-DOC] 2.6), and how long the value of one is by the highest bits of its number.
_DELETED, _HIDDEN = 0x0800, 0x083C
_ROW_ENDS, _IN_TABLE, _BREAK_BEFORE, _LIST, _TABLE_DEFINITION, _TABS = 0x2417, 0x2416, 0x2407, 0x460B, 0xD608, 0xC615
_SIZES = (1, 1, 2, 4, 2, 2, 0, 3)
_LAST_HEADING = 9
"""Styles 1 to 9 are the headings in any language."""

_END, _CELL_END, _FIELD, _FIELD_RESULT, _FIELD_END = "\r", "\x07", "\x13", "\x14", "\x15"
_ENDS = re.compile(f"[{_END}{_CELL_END}]")
_SIGNS = str.maketrans(
    {"\x0b": "\n", "\x0e": "\n", "\x1e": "-", "\x1f": None, "\xa0": " ", **dict.fromkeys("\1\2\3\4\5\x08")}
)
# Numbers of what a file says of itself.
_CODE_PAGE, _TITLE, _AUTHOR, _CREATED, _SAVED = 1, 2, 4, 12, 13
_FAMILY = 0x3FF
_CHARSETS = {0x05: "cp1250", 0x0E: "cp1250", 0x15: "cp1250", 0x1B: "cp1250", 0x19: "cp1251", 0x22: "cp1251"}
"""Of old documents by the number of their language: Czech, Hungarian, Polish, Slovak; Russian, Ukrainian."""


class _Head(Struct, frozen=True):
    """What the head of the file says."""

    text: bytes
    """The stream that the letters are in."""
    tables: bytes
    lengths: tuple[int, ...]
    """Letters of each story, one after the other."""

    def table(self, number: int) -> bytes:
        offset, length = struct.unpack_from("<II", self.text, _PLACES + 8 * number)
        return self.tables[offset : offset + length]

    def story(self, number: int) -> range:
        start = sum(self.lengths[:number])
        return range(start, start + self.lengths[number])


class _Piece(Struct, frozen=True):
    """Letters that lie side by side in the file."""

    start: int
    """Of the first, among all letters."""
    offset: int
    """Of the first, in bytes."""
    width: int
    """Bytes of a letter."""
    letters: str

    def at(self, place: int) -> int:
        """Where this letter lies in the file."""
        return self.offset + (place - self.start) * self.width


class _Runs(Struct, frozen=True):
    """How stretches of the file are set: their beginnings in bytes, and the properties of each by number."""

    starts: Sequence[int]
    properties: Sequence[Mapping[int, bytes]]

    def at(self, offset: int) -> Mapping[int, bytes]:
        place = bisect_right(self.starts, offset) - 1
        return self.properties[place] if place >= 0 else {}


def read_doc(source: Source) -> Extract:
    try:
        with olefile.OleFileIO(source.file) as ole:
            clues = tuple(_property_clues(ole))
            head = _stream(ole, "WordDocument")
            blocks, title = _read(ole, head)
            damaged = bool(ole.parsing_issues)
    except (OSError, struct.error, IndexError, ValueError, UnicodeDecodeError) as error:
        raise DamagedFile(_DAMAGED) from error
    pages, notes = numbered(paginate(blocks), source.limits)
    clues = (*clues, *titled("heading", title))
    return Extract(pages=pages, media_type=_MEDIA_TYPE, clues=clues, repaired=damaged, notes=notes)


def _read(ole: olefile.OleFileIO, text: bytes) -> tuple[list[str], str]:
    """The blocks, and the first heading."""
    _, version, _, language, _, flags = struct.unpack_from("<6H", text)
    if flags & _ENCRYPTED:
        raise EncryptedFile(_LOCKED)
    if version < _WORD_97:
        if version < _WORD_6 or flags & _COMPLEX:
            raise DamagedFile(_TOO_OLD)
        return list(_old_blocks(text, language)), ""
    tables = _stream(ole, "1Table" if flags & _SECOND_TABLE else "0Table")
    body = _Body(_Head(text, tables, struct.unpack_from("<8i", text, _LENGTHS)))
    blocks = list(body.blocks(body.head.story(_TEXT)))
    boxes = list(body.blocks(body.head.story(_BOXES)))
    return [*blocks, *boxes], body.title


def _stream(ole: olefile.OleFileIO, name: str) -> bytes:
    with ole.openstream(name) as stream:
        content: bytes = stream.read()
    return content


def _old_blocks(text: bytes, language: int) -> Iterator[str]:
    """Of Word 6 and 95, whose letters lie in one piece."""
    start, end = struct.unpack_from("<II", text, 0x18)
    charset = _CHARSETS.get(language & _FAMILY, "cp1252")
    for number, page in enumerate(decode(text[start:end], charset).split(PAGE_BREAK)):
        if number:
            yield PAGE_BREAK
        for line in page.split(_END):
            yield row([cell] for cell in _read_out(line).split(_CELL_END))


class _Body:
    """Walks through the stories of a document."""

    def __init__(self, head: _Head) -> None:
        self.head = head
        self.title = ""
        self._pieces = list(_pieces(head))
        self._starts = [piece.start for piece in self._pieces]
        self._paragraphs = _runs(head, _PARAGRAPH_PAGES)
        self._letters = _runs(head, _RUN_PAGES)
        self._notes = {
            mark: note
            for marks, texts, story in (
                (_FOOTNOTE_MARKS, _FOOTNOTE_TEXTS, _FOOTNOTES),
                (_ENDNOTE_MARKS, _ENDNOTE_TEXTS, _ENDNOTES),
            )
            for mark, note in self._notes_of(marks, texts, story)
        }
        self._marks = sorted(self._notes)

    def blocks(self, story: range) -> Iterator[str]:
        """Paragraphs, rows of tables and page breaks."""
        cells: list[list[str]] = []
        cell: list[str] = []
        for paragraph in self._paragraphs_of(story):
            set_ = self._paragraphs.at(self._offset(paragraph.stop - 1))
            text, end = self._text(paragraph)
            if _is_on(set_, _ROW_ENDS):
                yield row(cells)
                cells, cell = [], []
            elif _is_on(set_, _IN_TABLE):
                cell += [text, *self._beside(paragraph)]
                if end == _CELL_END:
                    cells.append(cell)
                    cell = []
            else:
                if cells or cell:  # of a row whose format stands elsewhere, as that of a wide one does
                    yield row([*cells, cell])
                    cells, cell = [], []
                yield from self._paragraph(text, set_)
                yield from self._beside(paragraph)
        yield row([*cells, cell])

    def _paragraph(self, text: str, set_: Mapping[int, bytes]) -> Iterator[str]:
        if _is_on(set_, _BREAK_BEFORE):
            yield PAGE_BREAK
        style = set_.get(0, b"\0")[0]
        if 1 <= style <= _LAST_HEADING:
            yield SECTION
        if not self.title and style == 1 and text.strip():
            self.title = text.replace(PAGE_BREAK, " ").strip()
        listed = _is_on(set_, _LIST) and not 1 <= style <= _LAST_HEADING
        first, *others = text.split(PAGE_BREAK)
        yield f"- {first}" if listed and first.strip() else first
        for piece in others:
            yield PAGE_BREAK
            yield piece

    def _beside(self, paragraph: range) -> Iterator[str]:
        """The notes that a paragraph refers to."""
        first, behind = (bisect_left(self._marks, place) for place in (paragraph.start, paragraph.stop))
        for mark in self._marks[first:behind]:
            yield from self.blocks(self._notes.pop(mark, range(0)))

    def _paragraphs_of(self, story: range) -> Iterator[range]:
        start = story.start
        for piece, letters in self._within(story):
            for end in _ENDS.finditer(piece.letters, letters.start - piece.start, letters.stop - piece.start):
                yield range(start, piece.start + end.end())
                start = piece.start + end.end()
        if start < story.stop:
            yield range(start, story.stop)

    def _text(self, paragraph: range) -> tuple[str, str]:
        """What is read of a paragraph, without what was deleted, what is hidden and what fields are computed from; and
        how it ends."""
        letters = "".join(self._shown(paragraph))
        return _read_out(letters.rstrip(_END + _CELL_END)), letters[-1:]

    def _shown(self, letters: range) -> Iterator[str]:
        for piece, here in self._within(letters):
            place = here.start
            while place < here.stop:
                offset = piece.at(place)
                following = bisect_right(self._letters.starts, offset)
                end = here.stop
                if following < len(self._letters.starts):
                    run = -(-(self._letters.starts[following] - offset) // piece.width)
                    end = min(end, place + max(run, 1))
                set_ = self._letters.at(offset)
                if not _is_set(set_, _DELETED) and not _is_set(set_, _HIDDEN):
                    yield piece.letters[place - piece.start : end - piece.start]
                place = end

    def _within(self, letters: range) -> Iterator[tuple[_Piece, range]]:
        """The pieces that hold any of these letters, and which each holds: fewer than it declares, in a file that was
        cut off."""
        for piece in islice(self._pieces, max(bisect_right(self._starts, letters.start) - 1, 0), None):
            if piece.start >= letters.stop:
                return
            here = range(max(letters.start, piece.start), min(letters.stop, piece.start + len(piece.letters)))
            if here:
                yield piece, here

    def _piece(self, place: int) -> _Piece:
        return self._pieces[bisect_right(self._starts, place) - 1]

    def _offset(self, place: int) -> int:
        return self._piece(place).at(place)

    def _notes_of(self, marks: int, texts: int, story: int) -> Iterator[tuple[int, range]]:
        first = self.head.story(story).start
        places = _numbers(self.head.table(marks))
        edges = _numbers(self.head.table(texts))
        for mark, (start, end) in zip(places, pairwise(edges), strict=False):
            yield mark, range(first + start, first + end)


def _pieces(head: _Head) -> Iterator[_Piece]:
    table = head.table(_PIECES)
    place = 0
    while table[place] == 1:  # properties that pieces refer to
        place += 3 + struct.unpack_from("<H", table, place + 1)[0]
    (size,) = struct.unpack_from("<I", table, place + 1)
    count = (size - 4) // 12
    edges = struct.unpack_from(f"<{count + 1}I", table, place + 5)
    if any(start > end for start, end in pairwise(edges)):
        raise DamagedFile(_DAMAGED)
    for number, (start, end) in enumerate(pairwise(edges)):
        (offset,) = struct.unpack_from("<I", table, place + 5 + 4 * (count + 1) + 8 * number + 2)
        width = 1 if offset & _COMPRESSED else 2
        offset = (offset & ~_COMPRESSED) // 2 if width == 1 else offset
        raw = head.text[offset : offset + (end - start) * width]
        letters = raw.decode("cp1252" if width == 1 else "utf-16-le", errors="replace")
        # A letter beyond the first 65,536 counts twice, as it does in the table.
        yield _Piece(start, offset, width, letters if len(letters) == len(raw) // width else _in_halves(raw))


def _read_out(letters: str) -> str:
    """The text that letters of the file stand for, of fields what came out."""
    kept: list[str] = []
    fields: list[str] = []
    for letter in letters:
        if letter == _FIELD:
            fields.append(letter)
        elif letter == _FIELD_RESULT and fields:
            fields[-1] = letter
        elif letter == _FIELD_END and fields:
            fields.pop()
        elif _FIELD not in fields:
            kept.append(letter)
    return with_pairs("".join(kept)).translate(_SIGNS)


def _in_halves(raw: bytes) -> str:
    return "".join(map(chr, struct.unpack(f"<{len(raw) // 2}H", raw[: len(raw) // 2 * 2])))


def _numbers(table: bytes) -> tuple[int, ...]:
    return struct.unpack(f"<{len(table) // 4}I", table[: len(table) // 4 * 4])


def _runs(head: _Head, number: int) -> _Runs:
    """What the pages of formats say, that this table lists: of paragraphs or of letters."""
    table = head.table(number)
    count = (len(table) - 4) // 8
    starts: list[int] = []
    properties: list[Mapping[int, bytes]] = []
    for (page,) in struct.iter_unpack("<I", table[4 * (count + 1) : 4 * (count + 1) + 4 * count]):
        at = page * _PAGE
        read = _page_of_paragraphs if number == _PARAGRAPH_PAGES else _page_of_letters
        for start, each in read(head.text[at : at + _PAGE]):
            starts.append(start)
            properties.append(each)
    return _Runs(starts, properties)


def _page_of_paragraphs(page: bytes) -> Iterator[tuple[int, Mapping[int, bytes]]]:
    """Where each paragraph begins, and how it is set; its style is its property 0."""
    for start, place in _listed(page, _PARAGRAPH_STEP):
        if not place:
            yield start, {}
            continue
        # The length stands in one byte, in words less half, or after a zero in the next.
        begins, length = (place + 1, page[place] * 2 - 1) if page[place] else (place + 2, page[place + 1] * 2)
        yield start, {0: page[begins : begins + 2], **dict(_properties(page[begins + 2 : begins + length]))}


def _page_of_letters(page: bytes) -> Iterator[tuple[int, Mapping[int, bytes]]]:
    """Where each run of letters begins, and how it is set."""
    for start, place in _listed(page, 1):
        yield start, dict(_properties(page[place + 1 : place + 1 + page[place]])) if place else {}


def _listed(page: bytes, step: int) -> Iterator[tuple[int, int]]:
    """Where each stretch begins in the file, and where on the page it is said how it is set."""
    count = page[_PAGE - 1]
    starts = struct.unpack_from(f"<{count}I", page)
    return ((start, page[4 * (count + 1) + step * number] * 2) for number, start in enumerate(starts))


def _properties(listed: bytes) -> Iterator[tuple[int, bytes]]:
    place = 0
    while place + 2 < len(listed):
        (number,) = struct.unpack_from("<H", listed, place)
        place += 2
        size = _SIZES[number >> 13]
        if number in (_TABLE_DEFINITION, _TABS):
            return  # long, and nothing that matters comes after them
        if not size:
            size = listed[place]
            place += 1
        yield number, listed[place : place + size]
        place += size


def _is_on(set_: Mapping[int, bytes], number: int) -> bool:
    return any(set_.get(number, b""))


def _is_set(set_: Mapping[int, bytes], number: int) -> bool:
    """The same of what can also be as, or otherwise than, in the style, which has neither hidden nor deleted text."""
    return (set_.get(number) or b"\0")[0] & 1 == 1


def _property_clues(ole: olefile.OleFileIO) -> Iterator[Clue]:
    try:
        said = _properties_of_file(_stream(ole, "\x05SummaryInformation"))
    except (OSError, struct.error):
        return
    (number,) = struct.unpack("<H", said.get(_CODE_PAGE, b"\0\0"))
    charset = f"cp{number}" if number else ""
    yield from titled("properties", decode(said.get(_TITLE, b""), charset), "low")
    yield from written_by("properties", [decode(said.get(_AUTHOR, b""), charset)])
    yield from dated("properties", _day(said.get(_SAVED, b"")) or _day(said.get(_CREATED, b"")))


def _properties_of_file(stream: bytes) -> dict[int, bytes]:
    """The values that a property set ([MS-OLEPS]) has by number, of those kinds that are asked for."""
    (section,) = struct.unpack_from("<I", stream, 44)
    _, count = struct.unpack_from("<II", stream, section)
    listed = stream[section + 8 : section + 8 + 8 * count]
    values: dict[int, bytes] = {}
    for number, offset in struct.iter_unpack("<II", listed[: len(listed) // 8 * 8]):
        kind, size = struct.unpack_from("<II", stream, section + offset)
        match kind:
            case 2:  # a number of two bytes
                values[number] = stream[section + offset + 4 : section + offset + 6]
            case 30:  # text
                values[number] = stream[section + offset + 8 : section + offset + 8 + size].replace(b"\0", b"")
            case 64:  # a moment
                values[number] = stream[section + offset + 4 : section + offset + 12]
    return values


def _day(moment: bytes) -> str:
    """Of a moment in tenths of microseconds since 1601."""
    try:
        return (datetime(1601, 1, 1) + timedelta(microseconds=struct.unpack("<Q", moment)[0] // 10)).date().isoformat()  # noqa: DTZ001  # a day, nowhere in particular
    except (struct.error, OverflowError):
        return ""
