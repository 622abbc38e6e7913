"""The members of a zip file, and the XML in them, within limits. A member's name is a label, never a path."""

import lzma
import re
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from typing import Any, BinaryIO

from lxml import etree
from lxml.etree import _Element as Element

from ingest.extract.charset import decode
from library.errors import DamagedFile, EncryptedFile, TooLarge
from library.language import clean

MOST_MEMBERS = 10_000
MOST_BYTES = 500_000_000
"""Of all members together, as declared and as counted: what a header declares need not be true."""
MOST_RATIO = 200
"""Of inflated to stored bytes, for members above RATIO_FROM. Prose in XML reaches about 30."""
RATIO_FROM = 10_000_000
_CHUNK = 1 << 20
_LONGEST_DECLARATION = 20
"""Bytes of `<!DOCTYPE`, with zeros between them."""
_HARMLESS: dict[str, Any] = {
    "resolve_entities": False,
    "no_network": True,
    "load_dtd": False,
    "huge_tree": False,
    "remove_comments": True,
    "remove_pis": True,
}
"""What a parser of foreign XML is told."""
LONGEST_LABEL = 200
_MOST_DIGITS = 9
_ENCRYPTED = 0x1
_SAYS_UTF_8 = 0x800

_BROKEN = (zipfile.BadZipFile, zlib.error, lzma.LZMAError, EOFError, ValueError, OSError, NotImplementedError)
"""What zipfile raises for a member that is damaged or packed in a way of its own."""

_BOMB = "this file inflates to far more than a document needs; save it anew in the program it came from"
_DAMAGED = "this file is damaged or was cut off on its way; open it in the program it came from, save it, hand that in"
_DECLARES = (
    "this file declares its own XML entities, which no office program does; save it anew in one and hand that in"
)


class Archive:
    """A zip file opened for reading. Raises DamagedFile, EncryptedFile, TooLarge."""

    def __init__(self, file: BinaryIO) -> None:
        try:
            self._zip = zipfile.ZipFile(file)
        except (zipfile.BadZipFile, ValueError, NotImplementedError, UnicodeDecodeError) as error:
            raise DamagedFile(_DAMAGED) from error
        members = self._zip.infolist()
        if len(members) > MOST_MEMBERS or sum(member.file_size for member in members) > MOST_BYTES:
            raise TooLarge(_BOMB)
        self._members = {member.filename: member for member in members}
        self._inflation = Inflation()

    def __contains__(self, name: str) -> bool:
        return name in self._members

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(self._members)

    def files(self) -> list[tuple[zipfile.ZipInfo, str]]:
        """The files in it, no folders, several of one name too, and how each is to be called: with the letters that its
        name was given in old programs, which do not say their encoding, and without steps up."""
        files = [member for member in self._zip.infolist() if not member.is_dir()]
        old = [member for member in files if not member.flag_bits & _SAYS_UTF_8 and not member.filename.isascii()]
        # zipfile takes the bytes of such names for the first IBM PC's, where each byte is a sign.
        read = decode("\n".join(member.filename for member in old).encode("cp437")).split("\n") if old else []
        renamed = {id(member): name for member, name in zip(old, read, strict=True)} if len(old) == len(read) else {}
        return [(member, _label(renamed.get(id(member), member.filename))) for member in files]

    def read(self, name: str) -> bytes:
        """The bytes of a member, counted while they inflate; none where there is no such member."""
        return b"".join(self.pieces(self._members[name])) if name in self else b""

    def pieces(self, member: zipfile.ZipInfo) -> Iterator[bytes]:
        """The bytes of a member, as they inflate."""
        if member.flag_bits & _ENCRYPTED:
            raise EncryptedFile("this file is protected by a password; remove the password and hand it in again")
        try:
            with self._zip.open(member) as stream:
                yield from self._inflation.counted(iter(lambda: stream.read(_CHUNK), b""), member.compress_size)
        except _BROKEN as error:
            raise DamagedFile(_DAMAGED) from error

    def xml(self, name: str) -> Element | None:
        """The root of an XML member; None where there is no such member."""
        return parse_xml(self.read(name)) if name in self else None

    def each(self, name: str, kind: str) -> Iterator[Element]:
        """Each element of this kind in an XML member, forgotten once the next is asked for; none where there is no such
        member. For members that are larger than the memory of the reader."""
        parser = etree.XMLPullParser(("end",), tag=f"{{*}}{kind}", **_HARMLESS)
        before = b""
        for piece in self.pieces(self._members[name]) if name in self else ():
            _refuse_declarations(before + piece)
            before = piece[-_LONGEST_DECLARATION:]
            try:
                parser.feed(piece)
            except etree.XMLSyntaxError as error:
                raise DamagedFile(_DAMAGED) from error
            for _, element in parser.read_events():
                if isinstance(element, Element):  # as the stubs cannot know of `end` events
                    yield element
                    _forget(element)


class Inflation:
    """Counts what comes out of one file, and stops what is far more than a document needs."""

    def __init__(self) -> None:
        self._inflated = 0

    def counted(self, pieces: Iterable[bytes], stored: int) -> Iterator[bytes]:
        """The pieces of one of the files in it, which has so many bytes as it is `stored`. Raises TooLarge."""
        inflated = 0
        for piece in pieces:
            inflated += len(piece)
            self._inflated += len(piece)
            if self._inflated > MOST_BYTES or (inflated > RATIO_FROM and inflated > MOST_RATIO * max(stored, 1)):
                raise TooLarge(_BOMB)
            yield piece


def _label(name: str) -> str:
    steps = (" ".join(clean(step).split()) for step in re.split(r"[/\\]", name))
    return "/".join(step for step in steps if step.strip("."))[-LONGEST_LABEL:]


def parse_xml(xml: bytes) -> Element:
    """The root element. Nothing is fetched, no entity is resolved, and a file that declares any is refused."""
    _refuse_declarations(xml)
    try:
        root = etree.fromstring(xml, etree.XMLParser(**_HARMLESS))
    except etree.XMLSyntaxError as error:
        raise DamagedFile(_DAMAGED) from error
    if root.getroottree().docinfo.doctype:  # type: ignore[union-attr]  # the stubs lack it
        raise DamagedFile(_DECLARES)  # in an encoding in which the bytes did not show it
    return root


def _refuse_declarations(xml: bytes) -> None:
    # Bytes of UTF-16 show what they declare once their zeros are gone.
    plain = xml.replace(b"\x00", b"") if b"\x00" in xml[:100] else xml
    if b"<!DOCTYPE" in plain or b"<!ENTITY" in plain:
        raise DamagedFile(_DECLARES)


def _forget(element: Element) -> None:
    """Give up an element and all before it."""
    element.clear()
    parent = element.getparent()
    while parent is not None and element.getprevious() is not None:
        del parent[0]


def kind_of(element: Element) -> str:
    """An element's name without its namespace: the strict and the usual form of OOXML differ in nothing else."""
    return str(element.tag).rpartition("}")[2]


def attribute(element: Element, name: str) -> str:
    """The value of the attribute with this local name, whatever its namespace; empty where there is none."""
    return next((str(value) for key, value in element.attrib.items() if str(key).rpartition("}")[2] == name), "")


def children(element: Element | None, *names: str) -> Iterator[Element]:
    """The children that have one of these local names; none where there is no element."""
    return (part for part in (() if element is None else element) if kind_of(part) in names)


def child(element: Element, *names: str) -> Element | None:
    """The first child with this local name, and so on down; None where a step leads nowhere."""
    found: Element | None = element
    for name in names:
        found = next((part for part in found if kind_of(part) == name), None) if found is not None else None
    return found


def number_in(written: str) -> int:
    """The whole number that this is; -1 where it is none, or larger than any in a document."""
    return int(written) if written.isdecimal() and len(written) <= _MOST_DIGITS else -1


def text_of(root: Element | None, name: str) -> str:
    """The text of the first element with this local name anywhere below; empty where there is none."""
    found = next((part for part in root.iter() if kind_of(part) == name), None) if root is not None else None
    return "" if found is None else (found.text or "")
