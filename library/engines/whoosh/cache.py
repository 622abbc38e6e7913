"""What was decoded once and is kept as long as there is room."""

from collections import OrderedDict
from collections.abc import Callable, Container, Hashable
from threading import Lock
from typing import Generic, TypeVar

Kept = TypeVar("Kept")


class Cache(Generic[Kept]):
    """Values by key, the least recently used leaving first. May be used by several threads at once: two that miss the
    same key at the same time both make the value, and either is right. A key is a tuple that begins with its owner."""

    def __init__(self, room: int, size: Callable[[Kept], int]) -> None:
        """`room` and what `size` says of a value are in bytes."""
        self._room = room
        self._size = size
        self._values: OrderedDict[tuple[Hashable, ...], Kept] = OrderedDict()
        self._used = 0
        self._lock = Lock()

    @property
    def used(self) -> int:
        return self._used

    def get(self, key: tuple[Hashable, ...], make: Callable[[], Kept]) -> Kept:
        """The value under this key, made and kept where there was none."""
        with self._lock:
            if key in self._values:
                self._values.move_to_end(key)
                return self._values[key]
        value = make()
        with self._lock:
            if key not in self._values:
                self._values[key] = value
                self._used += self._size(value)
                self._make_room()
        return value

    def keep_only(self, owners: Container[Hashable]) -> None:
        """Forget what belongs to nobody of these; the first part of a key names its owner."""
        with self._lock:
            for key in [key for key in self._values if key[0] not in owners]:
                self._used -= self._size(self._values.pop(key))

    def _make_room(self) -> None:
        while self._used > self._room and self._values:
            _, value = self._values.popitem(last=False)
            self._used -= self._size(value)
