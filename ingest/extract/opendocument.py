"""What all OpenDocument files have in common: opening, properties, and how text stands in them."""

from collections.abc import Iterable, Iterator, Mapping

from lxml.etree import _Element as Element

from ingest.extract.archive import Archive, attribute, child, kind_of, number_in, text_of
from ingest.extract.clues import dated, in_language, titled, written_by
from ingest.extract.list_styles import Listed, ListStyles
from ingest.extract.pages import BULLET, PAGE_BREAK, SECTION, item, row
from library.errors import DamagedFile, EncryptedFile
from library.model import Clue

_LOCKED = "this document is protected by a password; save it without one and hand it in again"
_NO_CONTENT = "this OpenDocument file has no content; open it in LibreOffice, save it anew and hand that in"
_SILENT = {"annotation", "tracked-changes", "forms", "scripts", "ruby-text", "sequence-decls", "variable-decls", "desc"}
"""Elements whose text is no part of the document: comments, what was deleted, how to pronounce a word."""
_MOST_SPACES = 100
_MOST_COPIES = 50
"""Cells and rows that are declared to repeat, of which more say nothing new."""


def content_of(archive: Archive, kind: str) -> tuple[Element, Element]:
    """The root of the content, and the part of it with the text: `text`, `spreadsheet` or `presentation`."""
    if b"encryption-data" in archive.read("META-INF/manifest.xml"):
        raise EncryptedFile(_LOCKED)
    root = archive.xml("content.xml")
    body = None if root is None else child(root, "body", kind)
    if root is None or body is None:
        raise DamagedFile(_NO_CONTENT)
    return root, body


def property_clues(archive: Archive) -> tuple[Clue, ...]:
    """What the properties of the file say."""
    meta = archive.xml("meta.xml")
    return (
        *titled("properties", text_of(meta, "title"), "low"),
        *written_by("properties", [text_of(meta, "initial-creator") or text_of(meta, "creator")]),
        *dated("properties", text_of(meta, "date") or text_of(meta, "creation-date")),
        *in_language("properties", text_of(meta, "language")),
    )


class Text:
    """Walks through text once."""

    def __init__(self, root: Element, common: Element | None = None) -> None:
        """`common` holds the styles that have names of their own, which those of the content go back to."""
        named = {**_styles(common, "styles"), **_styles(root, "automatic-styles")}
        self._before = {name for name in named if _breaks(named, name, "break-before")}
        self._after = {name for name in named if _breaks(named, name, "break-after")}
        self._hidden = {name for name, style in named.items() if _is_hidden(child(style, "text-properties"))}
        self._titles = {"Title"} | {
            name for name, style in named.items() if attribute(style, "parent-style-name") == "Title"
        }
        self._lists = ListStyles(common, root)
        self.title = ""
        """The first title or heading that was met so far."""

    def blocks(self, element: Iterable[Element], number: str = "", listed: Listed | None = None) -> Iterator[str]:
        """The blocks below an element, which may be in a list; `number` stands before the first one of an item."""
        for part in element:
            kind = kind_of(part)
            if kind in ("p", "h"):
                yield from self._paragraph(part, number)
                number = ""
            elif kind == "table-row":
                yield from [row([cell] for cell in self.cells(part))] * copies(part, "number-rows-repeated")
            elif kind == "list":
                yield from self.blocks(part, listed=self._lists.begun(part, listed))
            elif kind == "list-item":
                yield from self.blocks(part, self._lists.item(part, listed) if listed else BULLET, listed)
            elif kind == "list-header":
                yield from self.blocks(part, listed=listed)
            elif kind == "soft-page-break":
                yield PAGE_BREAK
            elif kind not in _SILENT and not _is_hidden(part):
                if kind == "table" and attribute(part, "style-name") in self._before:
                    yield PAGE_BREAK
                yield from self.blocks(part)

    def cells(self, element: Element) -> list[str]:
        """The cells of a row of a table."""
        cells: list[str] = []
        for cell in element:
            if kind_of(cell) in ("table-cell", "covered-table-cell"):
                cells += [" ".join(self.blocks(cell))] * copies(cell, "number-columns-repeated")
        return cells

    def _paragraph(self, paragraph: Element, number: str) -> Iterator[str]:
        beside: list[str] = []
        style = attribute(paragraph, "style-name")
        text = "" if style in self._hidden else "".join(self._inline(paragraph, beside))
        if not self.title and (kind_of(paragraph) == "h" or style in self._titles):
            self.title = text.replace(PAGE_BREAK, " ").strip()
        if kind_of(paragraph) == "h":
            yield SECTION
        if style in self._before:
            yield PAGE_BREAK
        first, *others = item("" if style in self._hidden else number, text).split(PAGE_BREAK)
        yield first
        for piece in others:
            yield PAGE_BREAK
            yield piece
        yield from beside
        if style in self._after:
            yield PAGE_BREAK

    def _inline(self, element: Element, beside: list[str]) -> Iterator[str]:  # noqa: C901  # one case an element
        """The text of a paragraph or a part of it; what is anchored in it goes beside it: notes, boxes, shapes."""
        yield element.text or ""
        for part in element:
            match kind_of(part):
                case "s":
                    yield " " * copies(part, "c", _MOST_SPACES)
                case "tab":
                    yield "\t"
                case "line-break":
                    yield "\n"
                case "soft-page-break":
                    yield PAGE_BREAK
                case "note":
                    note = child(part, "note-body")
                    beside.extend(() if note is None else self.blocks(note))
                case "p" | "h" | "list" | "table":
                    beside.extend(self.blocks([part]))
                case "span" if attribute(part, "style-name") in self._hidden:
                    pass
                case "title" if "svg" in str(part.tag):  # of a picture, unlike a field with the title of the text
                    beside.append(part.text or "")
                case kind if kind not in _SILENT:
                    yield from self._inline(part, beside)
            yield part.tail or ""


def copies(element: Element, name: str, most: int = _MOST_COPIES) -> int:
    """How often the element stands there, as it declares."""
    declared = number_in(attribute(element, name))
    return min(declared, most) if declared >= 0 else 1


def _styles(root: Element | None, place: str) -> dict[str, Element]:
    listed = None if root is None else child(root, place)
    return {} if listed is None else {attribute(style, "name"): style for style in listed}


def _breaks(named: Mapping[str, Element], name: str, place: str) -> bool:
    """Whether a new page begins at this place, `break-before` or `break-after`, of what has this style, or a style that
    it goes back to; also where it says of which kind the page is from then on."""
    seen = set()
    while name in named and name not in seen:
        seen.add(name)
        style = named[name]
        for kind in ("paragraph-properties", "table-properties"):
            properties = child(style, kind)
            if properties is not None and (told := attribute(properties, place)):
                return told == "page"
        if place == "break-before" and attribute(style, "master-page-name"):
            return True
        name = attribute(style, "parent-style-name")
    return False


def _is_hidden(element: Element | None) -> bool:
    return element is not None and attribute(element, "display") == "none"
