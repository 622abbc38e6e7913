"""Where on the picture of a page that stands which matched in its text.

The text of a page was mended when it was read, so picture and text have the same words, but not letter by letter. A
word that matched only here and there, as part of a phrase, is found by which of its like it is: the third "škola" of
the text is the third on the picture.
"""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from msgspec import Struct

from library.facsimiles import Facsimile, WrittenLine, WrittenWord
from library.language import fold

_WORD = re.compile(r"\w+")
_HYPHENS = ("-", "\N{SOFT HYPHEN}", "\N{HYPHEN}")
_BASELINE = 0.78
"""Of a line's height, from its top."""


class Box(Struct, frozen=True):
    """A rectangle on a page, in points from its upper left corner."""

    x: float
    y: float
    width: float
    height: float


def shown_facsimile(
    facsimile: Facsimile, text: str, spans: Sequence[tuple[int, int]], picture: str
) -> Mapping[str, Any]:
    """What the template `facsimile.html` shows; `picture` is the picture's address."""
    return {
        "picture": picture,
        "width": facsimile.width,
        "height": facsimile.height,
        "boxes": boxes(facsimile, text, spans),
        "lines": [_shown_line(line) for line in facsimile.lines],
    }


def boxes(facsimile: Facsimile, text: str, spans: Sequence[tuple[int, int]]) -> list[Box]:
    """Where these spans of the text stand; what is not found there is left out."""
    places: dict[str, list[tuple[Box, ...]]] = defaultdict(list)
    for written, stands in _words(facsimile.lines):
        places[written].append(stands)
    matched: dict[str, list[bool]] = defaultdict(list)
    for word in _WORD.finditer(text):
        matched[fold(word[0])].append(any(start < word.end() and word.start() < end for start, end in spans))
    return [box for word, matches in matched.items() for stands in _marked(places[word], matches) for box in stands]


def _marked(places: Sequence[tuple[Box, ...]], matches: Sequence[bool]) -> Iterator[tuple[Box, ...]]:
    """Which of a word's places are marked. Where it matched each time, all are: a picture may have more of them than
    the text, such as in the heads of pages."""
    if all(matches):
        yield from places
    else:
        yield from (place for place, match in zip(places, matches, strict=False) if match)


def _words(lines: Sequence[WrittenLine]) -> Iterator[tuple[str, tuple[Box, ...]]]:
    """The words on the picture, folded, each with its box; with two where a line's end divides it."""
    begun: tuple[str, Box] | None = None
    for line in lines:
        for place, word in enumerate(line.words):
            ends_line = place == len(line.words) - 1
            for part, box, divided in _parts(word, line, ends_line=ends_line):
                if begun is not None:
                    yield fold(begun[0] + part), (begun[1], box)
                    begun = None
                elif divided:
                    begun = (part, box)
                else:
                    yield fold(part), (box,)


def _parts(word: WrittenWord, line: WrittenLine, *, ends_line: bool) -> Iterator[tuple[str, Box, bool]]:
    """The words in what stands between two spaces, without the signs around them; and whether a hyphen at the end of
    the line follows."""
    letter = word.width / max(1, len(word.text))
    for found in _WORD.finditer(word.text):
        box = Box(round(word.x + found.start() * letter, 1), line.y, round(len(found[0]) * letter, 1), line.height)
        yield found[0], box, ends_line and word.text[found.end() :] in _HYPHENS


def _shown_line(line: WrittenLine) -> Mapping[str, Any]:
    left = min(word.x for word in line.words)
    right = max(word.x + word.width for word in line.words)
    return {
        "x": left,
        "y": round(line.y + _BASELINE * line.height, 1),
        "size": round(line.height, 1),
        "length": round(max(right - left, 0.1), 1),
        "text": " ".join(word.text for word in line.words),
    }
