"""The texts in what Office draws: on slides and sheets, in diagrams and charts."""

from collections.abc import Iterator

from lxml.etree import _Element as Element

from ingest.extract.archive import Archive, attribute, child, kind_of
from ingest.extract.ooxml import related, unescaped
from ingest.extract.pages import row

_BODIES = {"txBody", "rich", "t"}
"""What holds paragraphs: of a shape, of the title of a chart, of a point of a diagram (SmartArt)."""


def drawn(root: Element | None) -> tuple[str, ...]:
    """The lines on a drawing, each once: a chart names the same for each of its rows."""
    return () if root is None else tuple(dict.fromkeys(_drawn(root)))


def drawn_beside(archive: Archive, part: str) -> Iterator[str]:
    """The lines of the diagrams and charts that this part shows."""
    for kind in ("diagramData", "chart"):
        for drawing in related(archive, part, kind):
            yield from drawn(archive.xml(drawing))


def paragraphs(body: Element) -> Iterator[str]:
    for paragraph in body:
        if kind_of(paragraph) == "p":
            text = unescaped("".join(_runs(paragraph)))
            yield f"- {text}" if text.strip() and _is_listed(paragraph) else text


def _drawn(element: Element) -> Iterator[str]:
    for part in element:
        match kind_of(part):
            case kind if kind in _BODIES:
                yield from paragraphs(part)
            case "strCache":  # what the rows or columns of a chart are called
                yield row([each.text or ""] for each in part.iter() if kind_of(each) == "v")
            case "Fallback":
                pass
            case _:
                yield from _drawn(part)


def _runs(paragraph: Element) -> Iterator[str]:
    for part in paragraph:
        match kind_of(part):
            case "r" | "fld":
                text = child(part, "t")
                yield "" if text is None else text.text or ""
            case "br":
                yield "\n"
            case "Fallback":
                pass
            case _:  # a formula
                yield from _runs(part)


def _is_listed(paragraph: Element) -> bool:
    properties = child(paragraph, "pPr")
    if properties is None:
        return False
    return attribute(properties, "lvl") not in ("", "0") or any(
        kind_of(part) in ("buChar", "buAutoNum") for part in properties
    )
