"""The text of a web page: what stands in it, without what frames it."""

import re
from collections.abc import Callable, Iterable, Iterator

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
"""What frames a page. A page that would be empty without it, and without what lies over it, is read with both."""
_DIALOGS = frozenset({"dialog", "alertdialog"})
"""Roles of what lies over a page."""
_COOKIES = _tags("cookie cookies cookiebot")
_ALLOWED = ("cookie", "consent", "gdpr")
_OF_BARS = (
    *("bar", "banner", "notice", "popup", "pop-up", "modal", "dialog", "overlay", "layer", "box", "panel", "message"),
    *("alert", "manager", "container", "root", "sdk"),
)
_OF_COOKIES = ("consent", "gdpr", "law", "info", "settings", "preferences", "compliance", "disclaimer", "warning")
"""What stands in classes and ids of whatever asks to be allowed cookies, beside `cookie` and the others."""
_PERHAPS_OVER = ", ".join(
    ["dialog", "[role]", *(f"[{each}*={name} i]" for each in ("id", "class") for name in _ALLOWED)]
)
_STATES = tuple(f"{each}{sign}" for each in ("has", "is", "no", "show", "hide", "with", "without") for sign in "-_")
"""How classes begin that say of a page whether something lies over it."""
_OF_TEXT = "html,body,main,article,h1"
"""What is no bar and no dialog, nor in any: a page may be called as if it were one."""
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


LeftOut = Callable[[LexborNode], bool]
"""Which elements of a page are not read, with all in them."""


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
    lines = _lines(tree.root, _beside_the_text(tree))
    if not any(line != SECTION for line in lines):
        lines = _lines(tree.root, _nothing)
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


def _lines(root: LexborNode | None, left_out: LeftOut) -> list[str]:
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
    for node, ends in _walk(root, _nothing):
        if around and not ends and node.tag in _OF_LAYOUT:
            layout.add(around[-1])
        if node.tag == "table" and ends:
            around.pop()
        elif node.tag == "table":
            around.append(node.mem_id)
    return layout


def _walk(root: LexborNode | None, left_out: LeftOut) -> Iterator[tuple[LexborNode, bool]]:
    """Each node as it begins (False) and as it ends (True)."""
    # A stack of our own: pages nested 100,000 deep are somebody's joke, and must be no crash.
    waiting = [] if root is None else [(root, False)]
    while waiting:
        node, ends = waiting.pop()
        if ends or node.tag == _TEXT:
            yield node, ends
        elif not _is_silent(node) and not left_out(node):
            yield node, ends
            waiting.append((node, True))
            waiting += [(child, False) for child in reversed(list(node.iter(include_text=True)))]


def _is_silent(node: LexborNode) -> bool:
    return node.tag in _NO_TEXT or "hidden" in node.attributes


def _beside_the_text(tree: LexborHTMLParser) -> LeftOut:
    """What frames the page or lies over it."""
    over = {node.mem_id for node in tree.css(_PERHAPS_OVER) if _lies_over(node)}
    over -= _with_all_around(tree.css(_OF_TEXT))

    def is_beside(node: LexborNode) -> bool:
        if node.tag in _FRAME:
            return node.tag != "footer" or node.parent is None or node.parent.tag not in _OF_ARTICLES
        return node.mem_id in over

    return is_beside


def _with_all_around(nodes: Iterable[LexborNode]) -> set[int]:
    found: set[int] = set()
    for node in nodes:
        each: LexborNode | None = node
        while each is not None and each.mem_id not in found:
            found.add(each.mem_id)
            each = each.parent
    return found


def _lies_over(node: LexborNode) -> bool:
    """Whether it says of itself that it is a dialog, or asks to be allowed cookies."""
    attributes = node.attributes
    called = f"{attributes.get('id') or ''} {attributes.get('class') or ''}".lower()
    is_dialog = node.tag == "dialog" or (attributes.get("role") or "").lower() in _DIALOGS
    return is_dialog or any(_asks_for_cookies(each) for each in called.split() if not each.startswith(_STATES))


def _asks_for_cookies(name: str) -> bool:
    if name in _COOKIES or not any(each in name for each in _ALLOWED):
        return name in _COOKIES
    return any(each in name for each in _OF_BARS) or ("cookie" in name and any(each in name for each in _OF_COOKIES))


def _nothing(_node: LexborNode) -> bool:
    return False


def _text(tree: LexborHTMLParser, selector: str) -> str:
    node = tree.css_first(selector)
    return "" if node is None else node.text()


def _attribute(tree: LexborHTMLParser, selector: str, name: str) -> str | None:
    node = tree.css_first(selector)
    return None if node is None else node.attributes.get(name)
