"""The text of a Word document (.docx), and what it says of itself."""

from collections.abc import Callable, Iterable, Iterator, Mapping

from lxml.etree import _Element as Element
from msgspec import Struct

from ingest.extract.archive import Archive, attribute, child, children, kind_of
from ingest.extract.clues import titled
from ingest.extract.contract import Extract, Source
from ingest.extract.drawingml import drawn
from ingest.extract.numbering import Numbering
from ingest.extract.ooxml import is_on, main_part, property_clues, related, related_by_id, relation_id
from ingest.extract.pages import BULLET, PAGE_BREAK, SECTION, item, numbered, paginate, row
from library.errors import DamagedFile

_MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
_NO_TEXT_PART = "this Word document has no text part; open it in Word, save it anew and hand that in"
_SILENT = {"del", "moveFrom", "instrText", "Fallback", "pPr", "rPr", "tblPr", "tcPr", "trPr", "rt"}
"""Elements whose text is no part of the document: what was deleted, what fields are computed from, older doubles,
how to pronounce a word."""


class _Style(Struct, frozen=True):
    name: str
    """In English and lower case, whatever Word's language: `heading 1`, `title`."""
    begins_page: bool = False

    @property
    def titles(self) -> bool:
        """Whether its paragraphs are headings, before which no bullet is read."""
        return self.name.startswith(("heading", "title"))


_PLAIN = _Style("")


def read_docx(source: Source) -> Extract:
    archive = Archive(source.file)
    main = main_part(archive, "word/document.xml")
    root = archive.xml(main)
    if root is None:
        raise DamagedFile(_NO_TEXT_PART)
    targets = related_by_id(archive, main)
    styles = _related(archive, main, "styles")
    body = _Body(
        styles=_styles(styles),
        numbering=Numbering(_related(archive, main, "numbering"), styles),
        notes={f"{kind}Reference": _by_number(_related(archive, main, f"{kind}s")) for kind in ("footnote", "endnote")},
        drawn=lambda relation: drawn(archive.xml(targets.get(relation, ""))),
    )
    pages, notes = numbered(paginate(body.blocks(root)), source.limits)
    return Extract(
        pages=pages,
        media_type=_MEDIA_TYPE,
        clues=(*property_clues(archive), *titled("heading", body.title)),
        notes=notes,
    )


def _related(archive: Archive, main: str, kind: str) -> Element | None:
    return archive.xml(next(related(archive, main, kind), f"{main.rpartition('/')[0]}/{kind}.xml"))


def _styles(root: Element | None) -> dict[str, _Style]:
    return {attribute(style, "styleId"): _style(style) for style in children(root, "style")}


def _style(style: Element) -> _Style:
    name = child(style, "name")
    return _Style(
        "" if name is None else attribute(name, "val").lower(),
        begins_page=is_on(child(style, "pPr", "pageBreakBefore")),
    )


def _by_number(root: Element | None) -> dict[str, Element]:
    return {attribute(note, "id"): note for note in children(root, "footnote", "endnote")}


class _Body:
    """Walks through the text once. A note is read where it is first referred to."""

    def __init__(
        self,
        styles: Mapping[str, _Style],
        numbering: Numbering,
        notes: Mapping[str, dict[str, Element]],
        drawn: Callable[[str], Iterable[str]],
    ) -> None:
        self._styles = styles
        self._numbering = numbering
        self._notes = notes
        self._drawn = drawn
        """The lines of a diagram or a chart, by the id of its relation."""
        self.title = ""
        """The first heading of the highest kind that was met so far."""

    def blocks(self, element: Element) -> Iterator[str]:
        for part in element:
            kind = kind_of(part)
            if kind == "p":
                yield from self._paragraph(part)
            elif kind == "tr":
                yield from self._row(part)
            elif kind not in _SILENT:
                yield from self.blocks(part)

    def _paragraph(self, paragraph: Element) -> Iterator[str]:
        beside: list[str] = []
        number = self._numbering.before(paragraph)
        text = "".join(self._inline(paragraph, beside))
        style = self._style_of(paragraph)
        if not self.title and style.name in ("title", "heading 1"):
            self.title = text.replace(PAGE_BREAK, " ").strip()
        if style.titles:
            yield SECTION
        breaks = child(paragraph, "pPr", "pageBreakBefore")
        if style.begins_page if breaks is None else is_on(breaks):
            yield PAGE_BREAK
        yield from _at_breaks(text if style.titles and number == BULLET else item(number, text))
        yield from beside
        section = child(paragraph, "pPr", "sectPr")
        if section is not None and not _goes_on(section):
            yield PAGE_BREAK

    def _row(self, element: Element) -> Iterator[str]:
        cells = [list(self.blocks(cell)) for cell in _cells(element)]
        if any(PAGE_BREAK in cell for cell in cells):
            yield PAGE_BREAK
        if len(cells) == 1:
            yield from cells[0]  # a table that only frames its text
        else:
            yield row(cells)

    def _inline(self, element: Element, beside: list[str]) -> Iterator[str]:  # noqa: C901  # one case an element
        """The text of a paragraph or a part of it; text boxes and notes that are anchored in it go beside it."""
        for part in element:
            match kind_of(part):
                case "t":
                    yield part.text or ""
                case "tab" | "ptab":
                    yield "\t"
                case "br":
                    yield PAGE_BREAK if attribute(part, "type") == "page" else "\n"
                case "cr":
                    yield "\n"
                case "lastRenderedPageBreak":
                    yield PAGE_BREAK
                case "noBreakHyphen":
                    yield "-"
                case "footnoteReference" | "endnoteReference" as kind:
                    note = self._notes[kind].pop(attribute(part, "id"), None)
                    beside.extend(() if note is None else self.blocks(note))
                case "txbxContent":
                    beside.extend(self.blocks(part))
                case "relIds" | "chart" as kind:  # a diagram has several parts, one with its texts
                    beside.extend(self._drawn(attribute(part, "dm") if kind == "relIds" else relation_id(part)))
                case "r" if is_on(child(part, "rPr", "vanish")):
                    pass  # hidden
                case kind if kind not in _SILENT:
                    yield from self._inline(part, beside)

    def _style_of(self, paragraph: Element) -> _Style:
        named = child(paragraph, "pPr", "pStyle")
        return _PLAIN if named is None else self._styles.get(attribute(named, "val"), _PLAIN)


def _cells(element: Element) -> Iterator[Element]:
    for part in element:
        if kind_of(part) == "tc":
            yield part
        elif kind_of(part) not in _SILENT:
            yield from _cells(part)


def _at_breaks(text: str) -> Iterator[str]:
    first, *others = text.split(PAGE_BREAK)
    yield first
    for piece in others:
        yield PAGE_BREAK
        yield piece


def _goes_on(section: Element) -> bool:
    """Whether the next section begins on the same page."""
    kind = child(section, "type")
    return kind is not None and attribute(kind, "val") == "continuous"
