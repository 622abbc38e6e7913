"""Which number Word writes before a paragraph."""

import re
from collections.abc import Iterable, Iterator, Mapping
from string import ascii_lowercase

from lxml.etree import _Element as Element
from msgspec import Struct
from msgspec.structs import replace

from ingest.extract.archive import attribute, child, children, number_in
from ingest.extract.ooxml import is_on
from ingest.extract.pages import BULLET

_LEVELS = range(9)
_PLACE = re.compile("%([1-9])")
"""Where the number of a level goes, in the text of one."""
_LONGEST = 255
"""Letters of a number, as Word allows."""
_DEEPEST = 20
"""Styles that are based on each other. Word itself allows fewer, and damaged files go in a circle."""
_NONE = "0"
_RUSSIAN = "абвгдежзиклмнопрстуфхцчшщыэюя"
_MOST_LETTERS = 30
"""How often one letter is repeated: behind `z` come `aa` and `bb`, as Word counts."""
_MOST_ROMAN = 3_999
_ROMAN = (
    (1000, "m"), (900, "cm"), (500, "d"), (400, "cd"), (100, "c"), (90, "xc"), (50, "l"), (40, "xl"), (10, "x"),
    (9, "ix"), (5, "v"), (4, "iv"), (1, "i"),
)  # fmt: skip
_GONE = ("del", "moveFrom")


class _Level(Struct, frozen=True):
    start: int
    format: str
    text: str
    """As it is written, with `%1` for the number of the first level, and so on."""
    restarts: int
    """A paragraph of a level below this one lets it begin anew."""
    style: str
    """The one whose paragraphs are of this level."""
    in_digits: bool
    """Whether all the numbers in its text are, whatever their own levels say."""


class _List(Struct, frozen=True):
    counter: str
    """Lists that have the same one go on where the other ended."""
    levels: Mapping[int, _Level]
    anew: frozenset[int]
    """The levels that begin anew with the list."""
    by_style: Mapping[str, int]


class _Setting(Struct, frozen=True):
    """What a paragraph or a style says of its number; empty where it leaves that to the next."""

    style: str
    list: str
    level: str
    next: str
    """The style of the paragraph, or the one that this style is based on."""


class Numbering:
    """Counts the paragraphs of a document, one after the other."""

    def __init__(self, numbering: Element | None, styles: Element | None) -> None:
        self._lists = dict(_lists(numbering))
        self._styles = {attribute(style, "styleId"): _setting(style) for style in children(styles, "style")}
        self._counts: dict[str, dict[int, int]] = {}
        self._begun: set[tuple[str, int]] = set()
        """The levels of lists in which there has been a paragraph."""

    def before(self, paragraph: Element) -> str:
        """The number of the next paragraph, or BULLET; empty where it has none."""
        settings = tuple(self._settings(paragraph))
        name = next((setting.list for setting in settings if setting.list), _NONE)
        if name == _NONE or _is_gone(paragraph):
            return ""
        listed = self._lists.get(name)
        level = -1 if listed is None else _level_of(settings, listed)
        if listed is None or level not in listed.levels:
            return BULLET  # of a list of which no more is known
        return _written(listed.levels, level, self._counted(name, listed, level))

    def _settings(self, paragraph: Element) -> Iterator[_Setting]:
        """Of the paragraph, its style, and all that this is based on."""
        setting: _Setting | None = _setting(paragraph)
        for _ in range(_DEEPEST):
            if setting is None:
                return
            yield setting
            setting = self._styles.get(setting.next)

    def _counted(self, name: str, listed: _List, level: int) -> Mapping[int, int]:
        """How far each level has come with this paragraph."""
        counts = self._counts.setdefault(listed.counter, {})
        if level not in counts or (level in listed.anew and (name, level) not in self._begun):
            counts[level] = listed.levels[level].start
        else:
            counts[level] += 1
        self._begun.add((name, level))
        for deeper, each in listed.levels.items():
            if level < each.restarts:
                counts.pop(deeper, None)
        return counts


def _setting(element: Element) -> _Setting:
    return _Setting(
        style=attribute(element, "styleId"),
        list=_value(element, "pPr", "numPr", "numId"),
        level=_value(element, "pPr", "numPr", "ilvl"),
        next=_value(element, "pPr", "pStyle") or _value(element, "basedOn"),
    )


def _is_gone(paragraph: Element) -> bool:
    """Whether its end was deleted or is hidden, so that it is none; one that only runs on into the next is one."""
    end = child(paragraph, "pPr", "rPr")
    if end is None:
        return False
    hidden = is_on(child(end, "vanish")) and not is_on(child(end, "specVanish"))
    return hidden or any(child(end, kind) is not None for kind in _GONE)


def _level_of(settings: Iterable[_Setting], listed: _List) -> int:
    for setting in settings:
        if setting.style in listed.by_style:
            return listed.by_style[setting.style]
        if setting.level:
            return number_in(setting.level)
    return 0


def _lists(root: Element | None) -> Iterator[tuple[str, _List]]:
    kinds = {attribute(kind, "abstractNumId"): kind for kind in children(root, "abstractNum")}
    linked = {link: name for name, kind in kinds.items() if (link := _value(kind, "styleLink"))}
    levels = {name: _levels(kind) for name, kind in kinds.items()}
    for each in children(root, "num"):
        name = _value(each, "abstractNumId")
        name = linked.get(_value(kinds[name], "numStyleLink"), name) if name in kinds else name
        yield attribute(each, "numId"), _list(name, levels.get(name, {}), each)


def _list(counter: str, usual: Mapping[int, _Level], element: Element) -> _List:
    levels, anew = dict(usual), set()
    for override in children(element, "lvlOverride"):
        levels.update(_levels(override))
        number, start = number_in(attribute(override, "ilvl")), number_in(_value(override, "startOverride"))
        if number in levels and start >= 0:
            levels[number] = replace(levels[number], start=start)
            anew.add(number)
    by_style = {level.style: number for number, level in levels.items() if level.style}
    return _List(counter, levels, frozenset(anew), by_style)


def _levels(element: Element) -> dict[int, _Level]:
    each = ((number_in(attribute(level, "ilvl")), level) for level in children(element, "lvl"))
    return {number: _level(number, level) for number, level in each if number in _LEVELS}


def _level(number: int, element: Element) -> _Level:
    restarts = number_in(_value(element, "lvlRestart"))
    return _Level(
        start=max(number_in(_value(element, "start")), 0),
        format=_value(element, "numFmt"),
        text=_value(element, "lvlText")[:_LONGEST],
        restarts=min(restarts, number) if restarts >= 0 else number,
        style=_value(element, "pStyle"),
        in_digits=is_on(child(element, "isLgl")),
    )


def _written(levels: Mapping[int, _Level], number: int, counts: Mapping[int, int]) -> str:
    written = levels[number]
    if written.format == "bullet":
        return BULLET

    def placed(place: re.Match[str]) -> str:
        at = int(place[1]) - 1
        if at not in levels or levels[at].format in ("bullet", "none"):
            return ""
        return formatted(counts.get(at, levels[at].start), "" if written.in_digits else levels[at].format)

    return " ".join(_PLACE.sub(placed, written.text)[:_LONGEST].split())


def formatted(number: int, how: str) -> str:
    """The number in the letters or digits that have this name in Word's files."""
    match how:
        case "decimalZero":
            return f"{number:02}"
        case "ordinal":
            return f"{number}."
        case "lowerLetter":
            return _lettered(number, ascii_lowercase)
        case "upperLetter":
            return _lettered(number, ascii_lowercase).upper()
        case "russianLower":
            return _lettered(number, _RUSSIAN)
        case "russianUpper":
            return _lettered(number, _RUSSIAN).upper()
        case "lowerRoman":
            return _roman(number)
        case "upperRoman":
            return _roman(number).upper()
        case _:
            return str(number)


def _lettered(number: int, alphabet: str) -> str:
    repeated, letter = divmod(number - 1, len(alphabet))
    return alphabet[letter] * (repeated + 1) if 0 <= repeated < _MOST_LETTERS else str(number)


def _roman(number: int) -> str:
    if not 0 < number <= _MOST_ROMAN:
        return str(number)
    written = ""
    for value, letters in _ROMAN:
        times, number = divmod(number, value)
        written += letters * times
    return written


def _value(element: Element, *names: str) -> str:
    found = child(element, *names)
    return "" if found is None else attribute(found, "val")
