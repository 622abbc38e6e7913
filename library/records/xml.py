"""How XML is written: elements with prefixed names as they stand in the file, and only characters that XML knows."""

import re
from collections.abc import Iterable
from xml.etree.ElementTree import Element, tostring  # writes only: nothing is parsed here

DECLARATION = b'<?xml version="1.0" encoding="UTF-8"?>\n'

_UNKNOWN_TO_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def element(tag: str, content: str | Iterable[Element] = (), attributes: dict[str, str] | None = None) -> Element:
    """An element with a text or with elements in it. Prefixes are declared by attributes `xmlns:…` of the outermost."""
    made = Element(tag, {name: xml_text(value) for name, value in (attributes or {}).items()})
    if isinstance(content, str):
        made.text = xml_text(content)
    else:
        made.extend(content)
    return made


def xml_text(text: str) -> str:
    """The text without characters that no XML file may hold, not even escaped."""
    return _UNKNOWN_TO_XML.sub("\N{REPLACEMENT CHARACTER}", text)


def xml_file(root: Element) -> bytes:
    written: bytes = tostring(root, encoding="utf-8")
    return DECLARATION + written
