"""The text of an OpenDocument presentation (.odp), slide by slide with the notes to each."""

from collections.abc import Iterator

from lxml.etree import _Element as Element

from ingest.extract.archive import Archive, attribute, kind_of
from ingest.extract.clues import titled
from ingest.extract.contract import Extract, Source
from ingest.extract.opendocument import Text, content_of, property_clues
from ingest.extract.pages import numbered

_MEDIA_TYPE = "application/vnd.oasis.opendocument.presentation"
_OF_ALL_SLIDES = {"header", "footer", "date-time", "page-number", "page"}
"""Classes of frames whose text is on each slide, or its small picture."""


def read_odp(source: Source) -> Extract:
    archive = Archive(source.file)
    root, body = content_of(archive, "presentation")
    text = Text(root)
    slides = [slide for slide in body if kind_of(slide) == "page"]
    pages, notes = numbered(("\n".join(_lines(slide, text)) for slide in slides), source.limits)
    title = next((line for slide in slides for frame in _titles(slide) for line in text.blocks(frame)), "")
    clues = (*property_clues(archive), *titled("heading", title))
    return Extract(pages=pages, media_type=_MEDIA_TYPE, clues=clues, notes=notes)


def _lines(slide: Element, text: Text) -> Iterator[str]:
    """The title first, wherever it stands in the file."""
    titles = list(_titles(slide))
    frames = [frame for frame in slide if frame not in titles and _class(frame) not in _OF_ALL_SLIDES]
    for frame in (*titles, *frames):
        if kind_of(frame) == "notes":
            yield from _lines(frame, text)
        else:
            yield from (line for line in text.blocks([frame]) if line.strip())


def _titles(slide: Element) -> Iterator[Element]:
    return (frame for frame in slide if _class(frame) == "title")


def _class(frame: Element) -> str:
    """What a frame is for, in a presentation."""
    return attribute(frame, "class")
