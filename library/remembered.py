"""What was worked out once and holds until something changes."""

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Hashable
from typing import Generic, TypeVar

Value = TypeVar("Value")


class Remembered(Generic[Value]):
    """Values by key, all of one edition; the least recently used leave first. Who asks for what is just being worked
    out waits for it instead of working it out again. For one event loop."""

    def __init__(self, room: int, weight: Callable[[Value], int]) -> None:
        """`room` and what `weight` says of a value are in the same unit, whichever."""
        self._room = room
        self._weight = weight
        self._edition = ""
        self._used = 0
        self._values: OrderedDict[Hashable, Value] = OrderedDict()
        self._coming: dict[Hashable, asyncio.Task[Value]] = {}
        self.asked = 0
        self.made = 0
        """How often a value was asked for, and how often one had to be worked out."""

    @property
    def used(self) -> int:
        """Never more than there is room for."""
        return self._used

    async def get(self, edition: str, key: Hashable, make: Callable[[], Awaitable[Value]]) -> Value:
        """The value under this key, made where there is none. What `make` raises is raised and not remembered."""
        self.asked += 1
        if edition != self._edition:
            self._begin(edition)
        if key in self._values:
            self._values.move_to_end(key)
            return self._values[key]
        if key not in self._coming:
            self._coming[key] = asyncio.create_task(self._made(edition, key, make))
        # Shielded: that one of those who wait goes away must not take it from the others.
        return await asyncio.shield(self._coming[key])

    def _begin(self, edition: str) -> None:
        self._edition, self._used = edition, 0
        self._values.clear()
        self._coming.clear()

    async def _made(self, edition: str, key: Hashable, make: Callable[[], Awaitable[Value]]) -> Value:
        self.made += 1
        try:
            value = await make()
        finally:
            # In the meantime another edition may have begun: then this belongs nowhere any more.
            if edition == self._edition:
                self._coming.pop(key, None)
        if edition == self._edition:
            self._values[key] = value
            self._used += self._weight(value)
            while self._used > self._room:
                _, oldest = self._values.popitem(last=False)
                self._used -= self._weight(oldest)
        return value
