"""The text of a web page: what stands in it, without what frames it."""

import re
from collections.abc import Iterator

from msgspec import Struct
from selectolax.lexbor import LexborHTMLParser, LexborNode

from ingest.extract.charset import decode
from ingest.extract.clues import dated, in_language, titled, with_doi, written_by
from ingest.extract.contract import Extract, Source
from ingest.extract.pages import SECTION, numbered, paginate
from library.model import Clue

_CHARSET = re.compile(
    rb"""<meta[^>]{0,200}?charset\s*=\s*["']?\s*([\w.:-]+)|<\?xml[^>]{0,100}?encoding=["']([\w.:-]+)""", re.IGNORECASE
)
_CHARSET_WITHIN = 4_096
"""Bytes at the beginning among which a page must declare its charset; browsers look at fewer."""
_LATIN = {"iso-8859-1", "iso8859-1", "latin1", "us-ascii", "ascii"}
"""What the web's standard takes for windows-1252."""


def _tags(names: str) -> frozenset[str]:
    return frozenset(names.split())


_XHTML = re.compile(r"\s*<\?xml\s|[^<]*(?:<!doctype[^>]*>)?\s*<html[^>]*\sxmlns=", re.IGNORECASE)
_CLOSED = re.compile(r"<([a-zA-Z][\w:-]*)((?:\s[^<>]*?)?)/>")
_VOID = _tags("area base br col embed hr img input link meta source track wbr")
_META = {
    "citation_title": "title",
    "dc.title": "title",
    "author": "author",
    "citation_author": "author",
    "dc.creator": "author",
    "article:published_time": "date",
    "citation_publication_date": "date",
    "dc.date": "date",
    "citation_doi": "doi",
    "dc.identifier": "doi",
}
"""What pages of newspapers, journals and libraries call what they say of themselves."""
_TEXT = "-text"
_NO_TEXT = _tags(
    "head script style template noscript iframe object svg math button select input textarea canvas audio video"
)
_FRAME = frozenset({"nav", "footer"})
"""What frames a page. A page that would be empty without it is read with it."""
_OF_ARTICLES = frozenset({"article", "blockquote", "main", "section"})
"""What may have a footer of its own, which belongs to the text."""
_BLOCKS = _tags(
    "address article aside blockquote body br caption center dd details div dl dt fieldset figcaption figure footer "
    "form h1 h2 h3 h4 h5 h6 header hr html legend li main menu nav ol p pre section summary table tbody td tfoot th "
    "thead tr ul"
)
_HEADINGS = _tags("h1 h2 h3")
_CELLS = frozenset({"td", "th"})
_OF_LAYOUT = _tags("table h1 h2 h3 h4 h5 h6 form article section")
"""What stands in tables that lay out a page, and hardly in those that show figures."""
_LINE_END, _CELL_END = "\x1e", "\x1f"
"""Signs that no text has, which `clean` would take away in any case."""


class WebPage(Struct, frozen=True):
    """What a page holds, and what it says of itself."""

    lines: tuple[str, ...]
    """A line for each block and each row of a table, and SECTION before each heading."""
    clues: tuple[Clue, ...]


def read_html(source: Source) -> Extract:
    page = web_page(source.file.read())
    pages, notes = numbered(paginate(page.lines), source.limits)
    return Extract(pages=pages, media_type="text/html", clues=page.clues, notes=notes)


def web_page(raw: bytes, charset: str = "") -> WebPage:
    """The page in these bytes, whose charset may have been declared elsewhere."""
    text = decode(raw, charset or _declared_charset(raw))
    tree = LexborHTMLParser(_CLOSED.sub(_opened_and_closed, text) if _XHTML.match(text) else text)
    said = _said(tree)
    lines = _lines(tree.root, _FRAME)
    if not any(line != SECTION for line in lines):
        lines = _lines(tree.root, frozenset())
    return WebPage(
        tuple(lines),
        clues=(
            *(clue for title in said["title"] for clue in titled("head", title)),
            *titled("head", _text(tree, "title")),
            *titled("heading", _text(tree, "h1")),
            *written_by("head", said["author"]),
            *(clue for day in said["date"] for clue in dated("head", day, "high")),
            *(clue for doi in said["doi"] for clue in with_doi("head", doi)),
            *in_language("head", _attribute(tree, "html", "lang") or _attribute(tree, "html", "xml:lang")),
        ),
    )


def _said(tree: LexborHTMLParser) -> dict[str, list[str]]:
    """What the page says of itself in its `meta` elements."""
    said: dict[str, list[str]] = {about: [] for about in _META.values()}
    for meta in tree.css("meta[content]"):
        name = (meta.attributes.get("name") or meta.attributes.get("property") or "").lower()
        if name in _META:
            said[_META[name]].append(meta.attributes.get("content") or "")
    return said


def _opened_and_closed(found: re.Match[str]) -> str:
    """`<title/>` is a whole element in XML; in HTML it would take in all that follows."""
    return found[0] if found[1].lower() in _VOID else f"<{found[1]}{found[2]}></{found[1]}>"


def _declared_charset(raw: bytes) -> str:
    found = _CHARSET.search(raw[:_CHARSET_WITHIN])
    name = (found[1] or found[2]).decode("ascii").lower() if found else ""
    return "windows-1252" if name in _LATIN else name


def _lines(root: LexborNode | None, left_out: frozenset[str]) -> list[str]:
    """The text, a line for each block and each row of a table."""
    layout = _layout_tables(root)
    parts: list[str] = []
    in_rows = [False]
    """For each table around: whether it shows figures, so that what its cells hold stands on one line."""
    for node, ends in _walk(root, left_out):
        tag = node.tag or ""
        if tag == _TEXT:
            parts.append(node.text_content or "")
        elif tag == "table":
            parts.append(" " if in_rows[-1] else _LINE_END)
            if ends:
                in_rows.pop()
            else:
                in_rows.append(node.mem_id not in layout)
        elif in_rows[-1] and tag in _CELLS:
            parts.append(_CELL_END if ends else "")
        elif tag in _HEADINGS and not in_rows[-1] and not ends:
            parts.append(f"{_LINE_END}{SECTION}{_LINE_END}")
        elif tag in _BLOCKS:
            parts.append(" " if in_rows[-1] and tag != "tr" else _LINE_END)
            parts.append("- " if tag == "li" and not ends else "")
    lines = (SECTION if raw == SECTION else _line(raw) for raw in "".join(parts).split(_LINE_END))
    return [line for line in lines if line.strip(" |-")]


def _line(raw: str) -> str:
    return " | ".join(" ".join(cell.split()) for cell in raw.strip().removesuffix(_CELL_END).split(_CELL_END))


def _layout_tables(root: LexborNode | None) -> set[int]:
    """The tables in which whole parts of a page stand."""
    layout: set[int] = set()
    around: list[int] = []
    for node, ends in _walk(root, frozenset()):
        if around and not ends and node.tag in _OF_LAYOUT:
            layout.add(around[-1])
        if node.tag == "table" and ends:
            around.pop()
        elif node.tag == "table":
            around.append(node.mem_id)
    return layout


def _walk(root: LexborNode | None, left_out: frozenset[str]) -> Iterator[tuple[LexborNode, bool]]:
    """Each node as it begins (False) and as it ends (True)."""
    # A stack of our own: pages nested 100,000 deep are somebody's joke, and must be no crash.
    waiting = [] if root is None else [(root, False)]
    while waiting:
        node, ends = waiting.pop()
        if ends or node.tag == _TEXT:
            yield node, ends
        elif not _is_silent(node, left_out):
            yield node, ends
            waiting.append((node, True))
            waiting += [(child, False) for child in reversed(list(node.iter(include_text=True)))]


def _is_silent(node: LexborNode, left_out: frozenset[str]) -> bool:
    if node.tag in _NO_TEXT or "hidden" in node.attributes:
        return True
    of_article = node.tag == "footer" and node.parent is not None and node.parent.tag in _OF_ARTICLES
    return node.tag in left_out and not of_article


def _text(tree: LexborHTMLParser, selector: str) -> str:
    node = tree.css_first(selector)
    return "" if node is None else node.text()


def _attribute(tree: LexborHTMLParser, selector: str, name: str) -> str | None:
    node = tree.css_first(selector)
    return None if node is None else node.attributes.get(name)
