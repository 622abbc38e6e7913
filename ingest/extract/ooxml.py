"""What all files of Microsoft Office since 2007 have in common: parts, the relations between them, and properties."""

import posixpath
import re
from collections.abc import Iterable, Iterator

from lxml.etree import _Element as Element

from ingest.extract.archive import Archive, attribute, text_of
from ingest.extract.clues import dated, in_language, titled, written_by
from ingest.extract.pages import with_pairs
from library.model import Clue

_OFF = {"0", "false", "off", "none"}
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")
"""How a letter is spelt that XML cannot have, and what only looks like that."""


def main_part(archive: Archive, usual: str) -> str:
    """The name of the part that the others hang on."""
    return next(related(archive, "", "officeDocument"), usual)


def related(archive: Archive, part: str, kind: str) -> Iterator[str]:
    """The names of the parts that this one refers to as being of this kind, in order; `""` is the whole file."""
    relations = _relations(archive, part)
    return (name for each in relations if _kind(each) == kind and (name := _target(part, each)) in archive)


def related_by_id(archive: Archive, part: str) -> dict[str, str]:
    """The names of the parts that this one refers to, by the id that it calls them."""
    return {attribute(each, "Id"): _target(part, each) for each in _relations(archive, part)}


def relation_id(element: Element) -> str:
    """By which id an element calls a part: `r:id`, beside which it may have an `id` of another kind."""
    return next((str(value) for key, value in element.attrib.items() if str(key).endswith("}id")), "")


def property_clues(archive: Archive) -> tuple[Clue, ...]:
    """What the properties of the file say."""
    core = archive.xml(next((name for name in related(archive, "", "core-properties")), "docProps/core.xml"))
    return (
        *titled("properties", text_of(core, "title"), "low"),
        *written_by("properties", [text_of(core, "creator")]),
        *dated("properties", text_of(core, "modified") or text_of(core, "created")),
        *in_language("properties", text_of(core, "language")),
    )


def is_on(setting: Element | None) -> bool:
    """Whether this property of a text is there, and not there only to be switched off."""
    return setting is not None and attribute(setting, "val") not in _OFF


def unescaped(text: str) -> str:
    """The text of a cell or a shape, with its letters in place of their numbers."""
    return with_pairs(_ESCAPED.sub(lambda found: chr(int(found[1], 16)), text)) if "_x" in text else text


def _relations(archive: Archive, part: str) -> Iterable[Element]:
    folder, name = posixpath.split(part)
    root = archive.xml(posixpath.join(folder, "_rels", f"{name}.rels"))
    return () if root is None else root


def _kind(relation: Element) -> str:
    return attribute(relation, "Type").rpartition("/")[2]


def _target(part: str, relation: Element) -> str:
    target = attribute(relation, "Target")
    return posixpath.normpath(posixpath.join("/", posixpath.dirname(part), target)).lstrip("/")
