"""The text of an e-book (EPUB), chapter by chapter, and what it says of itself."""

import posixpath
from collections.abc import Iterator
from urllib.parse import unquote

from lxml.etree import _Element as Element

from ingest.extract.archive import Archive, attribute, child, kind_of, text_of
from ingest.extract.clues import dated, in_language, titled, written_by
from ingest.extract.contract import Extract, Source
from ingest.extract.html import web_page
from ingest.extract.pages import PAGE_BREAK, numbered, paginate
from library.errors import DamagedFile, EncryptedFile
from library.model import Clue

_MEDIA_TYPE = "application/epub+zip"
_NO_BOOK = "this e-book has no table of its parts; export it anew from the program it was made in"
_LOCKED = "this e-book is protected against copying; hand in one that is not"


def read_epub(source: Source) -> Extract:
    archive = Archive(source.file)
    container = archive.xml("META-INF/container.xml")
    rootfile = None if container is None else child(container, "rootfiles", "rootfile")
    name = "" if rootfile is None else attribute(rootfile, "full-path")
    package = archive.xml(name)
    if package is None:
        raise DamagedFile(_NO_BOOK)
    chapters = list(_chapters(package, posixpath.dirname(name)))
    locked = _locked(archive)
    if any(chapter in locked for chapter in chapters):
        raise EncryptedFile(_LOCKED)
    pages, notes = numbered(paginate(_blocks(archive, chapters)), source.limits)
    return Extract(pages=pages, media_type=_MEDIA_TYPE, clues=tuple(_clues(package)), notes=notes)


def _chapters(package: Element, folder: str) -> Iterator[str]:
    """The names of the book's parts in reading order."""
    manifest, spine = child(package, "manifest"), child(package, "spine")
    parts = {attribute(item, "id"): item for item in (() if manifest is None else manifest)}
    for each in () if spine is None else spine:
        item = parts.get(attribute(each, "idref"))
        if item is not None and "nav" not in attribute(item, "properties").split():
            yield posixpath.normpath(posixpath.join(folder, unquote(attribute(item, "href"))))


def _blocks(archive: Archive, chapters: list[str]) -> Iterator[str]:
    for chapter in chapters:
        yield from web_page(archive.read(chapter)).lines
        yield PAGE_BREAK


def _locked(archive: Archive) -> set[str]:
    """The names of the parts that are encrypted; fonts often are, in books that anybody may read."""
    root = archive.xml("META-INF/encryption.xml")
    found = () if root is None else root.iter()
    return {unquote(attribute(part, "URI")) for part in found if kind_of(part) == "CipherReference"}


def _clues(package: Element) -> Iterator[Clue]:
    metadata = child(package, "metadata")
    if metadata is None:
        return
    yield from titled("properties", text_of(metadata, "title"))
    yield from written_by("properties", [part.text for part in metadata if kind_of(part) == "creator"])
    yield from dated("properties", text_of(metadata, "date"), "medium")
    yield from in_language("properties", text_of(metadata, "language"), "medium")
