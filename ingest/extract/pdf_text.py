"""What is wrong with the text of PDF pages, and its repair. Pure: nothing here opens a file."""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Sequence

_COMBINING = {
    "´": "\u0301",
    "ˇ": "\u030c",
    "¨": "\u0308",
    "˚": "\u030a",
    "˝": "\u030b",
    "¸": "\u0327",
    "˛": "\u0328",
    "˘": "\u0306",
    "˙": "\u0307",
    "¯": "\u0304",
    "ˆ": "\u0302",
    "˜": "\u0303",
}
"""Accents as signs of their own, the way old TeX fonts set them, and the marks that they stand for."""
_ACCENTS = "".join(_COMBINING)
_ACCENTED = re.compile(rf"([{_ACCENTS}]) ?([A-Za-zıȷ])")
_DOTLESS = {"ı": "i", "ȷ": "j"}
_MOST_ACCENTS = 0.01
"""Share of a page's letters above which its accents come from a font that has no letters with them."""
_LIGATURE = re.compile("[\ufb00-\ufb06]")

_MARKED = "\ufffe"
"""What pdfium puts where it has joined a word that was divided at the end of a line."""
_DIVIDED = re.compile(rf"([^\W\d_]+)(?:{_MARKED}|[-‐\u00ad][ \t]*\n[ \t]*-?)([^\W\d_]+)")
_WORD = re.compile(r"[^\W\d_]+(?:[-‐][^\W\d_]+)*")
_CLITICS = {"li"}
"""What Czech joins with a hyphen by rule: `je-li`, `bude-li`."""

_EDGE = 2
"""Lines at the top and at the bottom of a page that may be a running head."""
_FEWEST_REPEATS = 3
_MOST_PAGES = 0.6
"""Share of the left or of the right pages that a running head stands on."""
_LONGEST_HEAD = 150
_NUMBER = re.compile(r"\d+")
_LONGEST_NUMBER = 4
"""Digits of a page number."""


def has_loose_accents(text: str) -> bool:
    """Whether the page is set in a font that has no letters with accents, so that they stand beside the letters."""
    letters = sum(map(str.isalpha, text))
    return sum(map(text.count, _ACCENTS)) > max(_MOST_ACCENTS * letters, 1)


def with_accents(text: str) -> str:
    """The text with the accents on the letters that they belong to: `ˇze uzn´an´ı` -> `že uznání`."""
    return unicodedata.normalize("NFC", _ACCENTED.sub(_composed, text))


def with_plain_lines(text: str) -> str:
    """The text with newlines as line ends and with letters where the font has one sign for several: `ﬁ` -> `fi`."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    return _LIGATURE.sub(lambda found: unicodedata.normalize("NFKC", found[0]), lines)


def joined(pages: Sequence[str]) -> Iterator[str]:
    """The pages with the words whole that were divided at line ends.

    Whether a hyphen belongs to a word is told by the rest of the document: `česko-slovenský` keeps it where the
    document writes it so elsewhere, and so does what goes on with a capital letter.
    """
    asked = {
        word for page in pages for left, right in _DIVIDED.findall(page) for word in (left + right, f"{left}-{right}")
    }
    seen = Counter(
        word
        for page in pages
        for word in (found.replace("‐", "-") for found in (_WORD.findall(page) if asked else ()))
        if word in asked
    )
    for page in pages:
        yield _DIVIDED.sub(lambda found: _whole(found[1], found[2], seen), page).replace(_MARKED, "-")


def without_running_heads(pages: Sequence[str]) -> Iterator[str]:
    """The pages without the lines that repeat at the edges of most of them, and without page numbers.

    A running head stays on the first page that has it, so that nothing that can be looked for is lost; a page that
    would have nothing else stays as it is.
    """
    numbered = list(enumerate(page.split("\n") for page in pages))
    everywhere = _heads(numbered)
    heads = everywhere | _heads(numbered[::2]), everywhere | _heads(numbered[1::2])  # left and right may have their own
    met: set[str] = set()
    for number, page in numbered:
        yield "\n".join(_body(page, heads[number % 2], met, number) or page)


def _composed(found: re.Match[str]) -> str:
    letter = _DOTLESS.get(found[2], found[2])
    whole = unicodedata.normalize("NFC", letter + _COMBINING[found[1]])
    # A caron beside d, t and l is an apostrophe in print but a caron in Unicode, and composes like the others.
    return whole if len(whole) == 1 else found[0]


def _whole(left: str, right: str, seen: Counter[str]) -> str:
    together, apart = left + right, f"{left}-{right}"
    if seen[together] != seen[apart]:
        return together if seen[together] > seen[apart] else apart
    return apart if right in _CLITICS or not right[0].islower() else together


def _heads(pages: Sequence[tuple[int, Sequence[str]]]) -> set[str]:
    counted = Counter(form for number, page in pages for line in _edges(page) for form in _forms(line, number))
    enough = max(_FEWEST_REPEATS, _MOST_PAGES * len(pages))
    return {form for form, count in counted.items() if count >= enough}


def _edges(page: Sequence[str]) -> set[str]:
    filled = [line.strip() for line in page if line.strip()]
    return {line for line in (*filled[:_EDGE], *filled[-_EDGE:]) if len(line) <= _LONGEST_HEAD}


def _forms(line: str, number: int) -> set[str]:
    """The line as it is, and with its first or its last number counted from this page: `3 | Report 2019` on the
    second page and `5 | Report 2019` on the fourth have a form in common."""
    numbers = [found for found in _NUMBER.finditer(line) if len(found[0]) <= _LONGEST_NUMBER]
    counted = (f"{line[: at.start()]}#{int(at[0]) - number}{line[at.end() :]}" for at in (*numbers[:1], *numbers[-1:]))
    return {line, *counted}


def _is_page_number(line: str) -> bool:
    """Whether the line is only that, which nobody looks for."""
    return not any(map(str.isalpha, line))


def _body(page: Sequence[str], heads: set[str], met: set[str], number: int) -> list[str]:
    kept = [line for line in page if line.strip()]
    if not heads:
        return kept
    for edge in (0, -1):
        inside = 0
        """Lines at this edge that stay; behind them, only numbers go."""
        for _ in range(_EDGE):
            if len(kept) <= inside:
                break
            place = inside if edge == 0 else edge - inside
            found = heads & _forms(kept[place].strip(), number)
            if found and (_is_page_number(kept[place]) or (not inside and found & met)):
                kept.pop(place)
            else:
                met |= found
                inside += 1
    return kept
