"""What stands in one of two texts only, as staff see it where both are side by side."""

import re
from collections.abc import Sequence
from difflib import SequenceMatcher

Spans = list[tuple[int, int]]

MOST_WORDS = 3_000
"""Of a text that are compared; behind them nothing is told. A page has some hundreds."""
LEAST_COMMON = 0.3
"""Of two texts that have a smaller share of their words in common nothing is told: nearly all would be different."""
_WORD = re.compile(r"\S+")


def differences(one: str, other: str) -> tuple[Spans, Spans]:
    """Of each text the stretches that the other has not: start and end in characters, whole words."""
    words = [list(_WORD.finditer(text))[:MOST_WORDS] for text in (one, other)]
    # With its rule of thumb for frequent words, which keeps a page of one word from being compared for minutes.
    ours, theirs = ([word.group() for word in each] for each in words)
    compared = SequenceMatcher(None, ours, theirs, autojunk=True)
    if compared.ratio() < LEAST_COMMON:
        return [], []
    changed = [code for code in compared.get_opcodes() if code[0] != "equal"]
    return (
        [_stretch(words[0][since:until]) for _, since, until, _, _ in changed if since < until],
        [_stretch(words[1][since:until]) for _, _, _, since, until in changed if since < until],
    )


def _stretch(words: Sequence[re.Match[str]]) -> tuple[int, int]:
    return words[0].start(), words[-1].end()
