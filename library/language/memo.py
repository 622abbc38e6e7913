"""What has been worked out of words, kept so that the next text with the same words is quick."""

from collections.abc import Callable
from typing import Generic, TypeVar

Word = TypeVar("Word")
Value = TypeVar("Value")

MOST_KEPT = 1 << 15
"""Words of which a memo keeps something: it then forgets all of them, which costs less than knowing which were used
last."""


class Memo(dict[Word, Value], Generic[Word, Value]):
    """A word -> what is worked out of it, when it is first looked up. Looked up ten times as fast as a call."""

    def __init__(self, work_out: Callable[[Word], Value]) -> None:
        super().__init__()
        self._work_out = work_out

    def __missing__(self, word: Word) -> Value:
        if len(self) >= MOST_KEPT:
            self.clear()
        value = self[word] = self._work_out(word)
        return value
