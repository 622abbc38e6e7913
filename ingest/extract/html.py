"""The text of a web page: what stands in it, without what frames it."""

import re

from selectolax.lexbor import LexborHTMLParser, LexborNode

from ingest.extract.charset import decode
from ingest.extract.contract import Extract, Source
from ingest.extract.pages import numbered, paginate
from ingest.extract.titles import first_believable, language_code, persons

_CHARSET = re.compile(
    rb"""<meta[^>]{0,200}?charset\s*=\s*["']?\s*([\w.:-]+)|<\?xml[^>]{0,100}?encoding=["']([\w.:-]+)""", re.IGNORECASE
)
_CHARSET_WITHIN = 4_096
"""Bytes at the beginning among which a page must declare its charset; browsers look at fewer."""
_LATIN = {"iso-8859-1", "iso8859-1", "latin1", "us-ascii", "ascii"}
"""What the web's standard takes for windows-1252."""

_TEXT = "-text"
_NO_TEXT = {
    *("head", "script", "style", "template", "noscript", "iframe", "object", "svg", "math", "button", "select"),
    *("input", "textarea", "canvas", "audio", "video"),
}
_FRAME = {"nav", "footer"}
"""What frames a page. A page that would be empty without it is read with it."""
_BLOCKS = {
    *("address", "article", "aside", "blockquote", "body", "caption", "dd", "details", "div", "dl", "dt", "fieldset"),
    *("figcaption", "figure", "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "html", "legend"),
    *("li", "main", "menu", "nav", "ol", "p", "pre", "section", "summary", "table", "tbody", "tfoot", "thead", "tr"),
    *("ul", "br"),
}
_CELLS = {"td", "th"}
_CELL_END = " | "


def read_html(source: Source) -> Extract:
    raw = source.file.read()
    tree = LexborHTMLParser(decode(raw, _declared_charset(raw)))
    lines = _lines(tree.root, _FRAME) or _lines(tree.root, set())
    pages, notes = numbered(paginate(lines), source.limits)
    title_from, title = first_believable(("head", _text(tree, "title")), ("heading", _text(tree, "h1")))
    return Extract(
        pages=pages,
        media_type="text/html",
        title=title,
        title_from=title_from,
        language=language_code(_attribute(tree, "html", "lang") or _attribute(tree, "html", "xml:lang")),
        authors=persons([_attribute(tree, 'meta[name="author" i]', "content")]),
        notes=notes,
    )


def _declared_charset(raw: bytes) -> str:
    found = _CHARSET.search(raw[:_CHARSET_WITHIN])
    name = (found[1] or found[2]).decode("ascii").lower() if found else ""
    return "windows-1252" if name in _LATIN else name


def _lines(root: LexborNode | None, left_out: set[str]) -> list[str]:
    """The text, a line for each block and each row of a table."""
    lines: list[str] = []
    line: list[str] = []
    # A stack of our own: pages nested 100,000 deep are somebody's joke, and must be no crash.
    waiting: list[tuple[LexborNode, bool]] = [] if root is None else [(root, False)]
    while waiting:
        node, ends = waiting.pop()
        tag = node.tag or ""
        if tag == _TEXT:
            line.append(node.text_content or "")
        if tag in _BLOCKS:
            lines.append(_one_line(line))
            line = ["- "] if tag == "li" and not ends else []
        elif tag in _CELLS and ends:
            line.append(_CELL_END)
        if not ends and tag not in _NO_TEXT and tag not in left_out:
            waiting.append((node, True))
            waiting += [(child, False) for child in reversed(list(node.iter(include_text=True)))]
    return [each for each in (*lines, _one_line(line)) if each.strip(" |-")]


def _one_line(parts: list[str]) -> str:
    return " ".join("".join(parts).split()).removesuffix(_CELL_END.rstrip()).rstrip()


def _text(tree: LexborHTMLParser, selector: str) -> str:
    node = tree.css_first(selector)
    return "" if node is None else node.text()


def _attribute(tree: LexborHTMLParser, selector: str, name: str) -> str | None:
    node = tree.css_first(selector)
    return None if node is None else node.attributes.get(name)
