"""The text of a PowerPoint presentation (.pptx), slide by slide with the notes to each, and what it says of itself."""

from collections.abc import Iterator

from lxml.etree import _Element as Element
from msgspec import Struct

from ingest.extract.archive import Archive, attribute, child, kind_of
from ingest.extract.clues import titled
from ingest.extract.contract import Extract, Source
from ingest.extract.drawingml import drawn_beside, paragraphs
from ingest.extract.ooxml import main_part, property_clues, related, related_by_id, relation_id
from ingest.extract.pages import numbered, row
from library.errors import DamagedFile

_MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.presentationml.presentation"
_NO_SLIDES = "this presentation has no slides; open it in PowerPoint, save it anew and hand that in"
_TITLES = {"title", "ctrTitle"}
_OF_ALL_SLIDES = {"dt", "ftr", "hdr", "sldNum", "sldImg"}
"""Placeholders whose text is on each slide: date, foot, number."""


class _Slide(Struct, frozen=True):
    title: str
    lines: tuple[str, ...]


def read_pptx(source: Source) -> Extract:
    archive = Archive(source.file)
    main = main_part(archive, "ppt/presentation.xml")
    root = archive.xml(main)
    if root is None:
        raise DamagedFile(_NO_SLIDES)
    targets = related_by_id(archive, main)
    listed = child(root, "sldIdLst")
    names = [targets.get(relation_id(slide), "") for slide in (() if listed is None else listed)]
    slides = [_slide(archive, name) for name in names]
    pages, notes = numbered(("\n".join(slide.lines) for slide in slides), source.limits)
    first = next((slide.title for slide in slides if slide.title), "")
    return Extract(
        pages=pages, media_type=_MEDIA_TYPE, clues=(*property_clues(archive), *titled("heading", first)), notes=notes
    )


def _slide(archive: Archive, name: str) -> _Slide:
    root = archive.xml(name)
    if root is None:
        return _Slide("", ())
    shapes = list(_shapes(root))
    titles = [shape for shape in shapes if _placeholder(shape) in _TITLES]
    others = [shape for shape in shapes if _placeholder(shape) not in _TITLES | _OF_ALL_SLIDES]
    title = " ".join(line for shape in titles for line in _lines(shape)).strip()
    beside = drawn_beside(archive, name)
    said = [line for part in related(archive, name, "notesSlide") for line in _notes(archive, part)]
    lines = [title, *(line for shape in others for line in _lines(shape)), *beside, *said]
    return _Slide(title, tuple(line for line in lines if line.strip()))


def _notes(archive: Archive, name: str) -> Iterator[str]:
    root = archive.xml(name)
    for shape in _shapes(root) if root is not None else ():
        if _placeholder(shape) not in _OF_ALL_SLIDES:
            yield from _lines(shape)


def _shapes(element: Element) -> Iterator[Element]:
    """What stands on a slide, groups taken apart, of older doubles the newer."""
    for part in element:
        match kind_of(part):
            case "sp" | "graphicFrame":
                yield part
            case "Fallback":
                pass
            case _:
                yield from _shapes(part)


def _placeholder(shape: Element) -> str:
    """What the shape holds the place of, such as `title`; empty where it stands for itself."""
    place = child(shape, "nvSpPr", "nvPr", "ph")
    return "" if place is None else attribute(place, "type") or "body"


def _lines(shape: Element) -> Iterator[str]:
    for part in shape:
        match kind_of(part):
            case "txBody":
                yield from paragraphs(part)
            case "tr":
                yield row(list(_lines(cell)) for cell in part if kind_of(cell) == "tc")
            case _:
                yield from _lines(part)
