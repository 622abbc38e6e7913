"""Which number an OpenDocument program writes before an item of a list."""

import re
from collections.abc import Mapping

from lxml.etree import _Element as Element
from msgspec import Struct

from ingest.extract.archive import attribute, children, kind_of, number_in
from ingest.extract.numbering import formatted
from ingest.extract.pages import BULLET

_NAMES = {"a": "lowerLetter", "A": "upperLetter", "i": "lowerRoman", "I": "upperRoman"}
_PLACE = re.compile(r"%(\d{1,2})%")
"""Where the number of a level goes, in the text of one as LibreOffice has it since 2021."""
_LONGEST = 255
_LEVELS = range(1, 11)


class _Level(Struct, frozen=True):
    start: int
    format: str
    """Empty where no number is shown."""
    text: str
    """With `%1%` for the number of the first level, and so on."""
    is_bullet: bool


class Listed(Struct, frozen=True):
    """A list that is being read."""

    style: str
    counts: dict[int, int]
    """How far each level has come; shared with the lists that it goes on from, and those in it."""
    level: int


class ListStyles:
    """Counts the items of a document, one after the other."""

    def __init__(self, *roots: Element | None) -> None:
        """The roots hold styles; those of the later stand before those of the earlier."""
        parts = [part for root in roots for part in children(root, "styles", "automatic-styles")]
        self._styles = {
            attribute(style, "name"): _levels(style) for part in parts for style in children(part, "list-style")
        }
        self._last: dict[str, dict[int, int]] = {}
        """How far the last list of a style has come."""
        self._named: dict[str, dict[int, int]] = {}

    def begun(self, element: Element, around: Listed | None) -> Listed:
        """The list that begins here, in an item of the one around it."""
        style = attribute(element, "style-name")
        if around is not None:
            return Listed(style or around.style, around.counts, around.level + 1)
        goes_on = attribute(element, "continue-numbering") == "true"
        counts = self._named.get(attribute(element, "continue-list"), self._last.get(style) if goes_on else None)
        listed = Listed(style, {} if counts is None else counts, 1)
        self._last[style] = listed.counts
        if name := attribute(element, "id"):
            self._named[name] = listed.counts
        return listed

    def item(self, element: Element, listed: Listed) -> str:
        """The number of the next item of a list, or BULLET; empty where nothing of its own stands in it."""
        if kind_of(next(iter(element), element)) not in ("p", "h"):
            return ""
        levels = self._styles.get(listed.style, {})
        if listed.level not in levels:
            return BULLET
        _count(levels, listed, number_in(attribute(element, "start-value")))
        return _written(levels, listed.level, listed.counts)


def _count(levels: Mapping[int, _Level], listed: Listed, start: int) -> None:
    counts, level = listed.counts, listed.level
    following = counts[level] + 1 if level in counts else levels[level].start
    counts[level] = start if start >= 0 else following
    for deeper in [each for each in counts if each > level]:
        del counts[deeper]


def _written(levels: Mapping[int, _Level], level: int, counts: Mapping[int, int]) -> str:
    if levels[level].is_bullet:
        return BULLET
    if not levels[level].format:
        return ""

    def placed(place: re.Match[str]) -> str:
        at = levels.get(int(place[1]))
        if at is None or not at.format:
            return ""
        return formatted(counts.get(int(place[1]), at.start), _NAMES.get(at.format, ""))

    return " ".join(_PLACE.sub(placed, levels[level].text)[:_LONGEST].split())


def _levels(style: Element) -> dict[int, _Level]:
    each = {number_in(attribute(level, "level")): level for level in style}
    formats = {number: attribute(level, "num-format") for number, level in each.items() if number in _LEVELS}
    return {number: _level(each[number], number, formats) for number in formats}


def _level(element: Element, number: int, formats: Mapping[int, str]) -> _Level:
    start = number_in(attribute(element, "start-value"))
    shown = max(number_in(attribute(element, "display-levels")), 1)
    places = ".".join(f"%{each}%" for each in range(max(number - shown, 0) + 1, number + 1) if formats.get(each))
    text = attribute(element, "num-prefix") + places + attribute(element, "num-suffix")
    return _Level(
        start=1 if start < 0 else start,
        format=formats[number],
        text=(attribute(element, "num-list-format") or text)[:_LONGEST],
        is_bullet=kind_of(element) in ("list-level-style-bullet", "list-level-style-image"),
    )
