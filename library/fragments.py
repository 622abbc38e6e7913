"""From the tokens that matched in a text to the piece of it that is shown."""

import re
from collections import Counter, deque
from collections.abc import Sequence
from typing import Generic, NamedTuple, TypeVar

from library.language import TokenPlaces
from library.search import Fragment

FRAGMENT_LENGTH = 260
"""Characters of a fragment, about: three lines on a page of results."""
LOOK_BACK = 80
"""How far before the first match the beginning of its sentence is looked for."""
LONGEST_BETWEEN = FRAGMENT_LENGTH - LOOK_BACK
"""Characters from the first match of a fragment to the end of the last that is counted on."""

_OTHER_SPACE = re.compile(r"[^\S ]")
_SPACE = re.compile(r"\s")
_SENTENCE_ENDS = (". ", "! ", "? ", ".\n", "!\n", "?\n", "\n\n")


Table_co = TypeVar("Table_co", bound=TokenPlaces, covariant=True)


class Source(NamedTuple, Generic[Table_co]):
    """Where a fragment is cut from: the field's name, its page (None where there are none), and the analysed text."""

    field: str
    page: int | None
    text: str
    table: Table_co


def cut(source: Source[TokenPlaces], tokens: Sequence[int]) -> Fragment:
    """The piece around the matches that stand closest together, different words counting more than repeated ones."""
    tokens = _present(source.table, tokens)
    spans = source.table.spans(tokens)
    if not spans:
        return Fragment(source.field, source.page, _one_line(source.text[: _ending(source.text, FRAGMENT_LENGTH)]), ())
    # Most often all of them fit.
    fit = spans[-1][1] - spans[0][0] <= LONGEST_BETWEEN
    first, last = (0, len(spans) - 1) if fit else _densest(spans, source.table.ids[tokens].tolist())
    start = _beginning(source.text, spans[first][0])
    end = _ending(source.text, max(start + FRAGMENT_LENGTH, spans[last][1]))
    inside = tuple((begin - start, stop - start) for begin, stop in spans if start <= begin and stop <= end)
    return Fragment(source.field, source.page, _one_line(source.text[start:end]), inside)


def whole(source: Source[TokenPlaces], tokens: Sequence[int]) -> Fragment:
    """All of the text, with the matches in it."""
    spans = source.table.spans(_present(source.table, tokens))
    return Fragment(source.field, source.page, source.text, tuple(spans))


def _present(table: TokenPlaces, tokens: Sequence[int]) -> list[int]:
    # For a moment after a document was changed the index still speaks of its older text.
    return list(tokens) if tokens and max(tokens) < len(table) else [token for token in tokens if token < len(table)]


def _densest(spans: list[tuple[int, int]], words: list[int]) -> tuple[int, int]:
    """The first and last of the neighbouring spans that fit into a fragment and say most."""
    inside: deque[int] = deque()
    seen: Counter[int] = Counter()
    best, bounds = (0, 0), (0, 0)
    for place, word in enumerate(words):
        inside.append(place)
        seen[word] += 1
        while spans[place][1] - spans[inside[0]][0] > LONGEST_BETWEEN and len(inside) > 1:
            gone = words[inside.popleft()]
            seen[gone] -= 1
            if not seen[gone]:
                del seen[gone]
        worth = (len(seen), len(inside))
        if worth > best:
            best, bounds = worth, (inside[0], place)
    return bounds


def _beginning(text: str, match: int) -> int:
    """The start of the match's sentence if it is near, else of a word."""
    earliest = max(0, match - LOOK_BACK)
    if earliest == 0:
        return 0
    ends = [found + len(end) for end in _SENTENCE_ENDS if (found := text.rfind(end, earliest, match)) >= 0]
    return max(ends) if ends else _next_word(text, earliest, match)


def _next_word(text: str, place: int, limit: int) -> int:
    """The first beginning of a word from `place` on."""
    while place < limit and not text[place - 1].isspace():
        place += 1
    return place


def _ending(text: str, place: int) -> int:
    """The end of the word that `place` falls into, unless that word is endless."""
    space = _SPACE.search(text, place, place + LOOK_BACK)
    return space.start() if space else min(place + LOOK_BACK, len(text))


def _one_line(text: str) -> str:
    # One character for one, so that the spans stay true.
    return _OTHER_SPACE.sub(" ", text)
