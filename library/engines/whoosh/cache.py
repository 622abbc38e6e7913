"""What was decoded once and is kept as long as there is room."""

from collections import OrderedDict
from collections.abc import Callable, Container, Hashable, Iterator, Sequence
from contextlib import contextmanager
from threading import Lock, local
from typing import Any, Generic, TypeVar, cast

Kept = TypeVar("Kept")


class NotKept(Exception):  # nothing is wrong: it says to ask where there is time
    """Something would have to be made, and now is not the time."""


class _Entry(Generic[Kept]):
    """A value, its size, and whether it was asked for since it was last looked at for leaving."""

    __slots__ = ("asked", "size", "value")

    def __init__(self, value: Kept, size: int) -> None:
        self.value = value
        self.size = size
        self.asked = False


class Cache(Generic[Kept]):
    """Values by key; those that nobody asked for in a while leave first. May be used by several threads at once: what
    is there is read without waiting for anybody, and two that miss the same key at the same time both make the value,
    and either is right. A key is a tuple that begins with its owner."""

    def __init__(self, room: int, size: Callable[[Kept], int]) -> None:
        """`room` and what `size` says of a value are in bytes."""
        self._room = room
        self._size = size
        self._entries: OrderedDict[tuple[Hashable, ...], _Entry[Kept]] = OrderedDict()
        self._used = 0
        self._lock = Lock()
        self._thread = local()

    @property
    def used(self) -> int:
        return self._used

    def get(self, key: tuple[Hashable, ...], make: Callable[[], Kept]) -> Kept:
        """The value under this key, made and kept where there was none. Raises NotKept where nothing is to be made."""
        entry = self._entries.get(key)
        if entry is not None:
            entry.asked = True
            return entry.value
        if getattr(self._thread, "hurries", False):
            raise NotKept
        return self._keep(key, make())

    def peek(self, key: tuple[Hashable, ...]) -> Kept | None:
        """The value under this key, if there is one."""
        entry = self._entries.get(key)
        return None if entry is None else entry.value

    def get_each(
        self, owner: Hashable, keys: Sequence[Hashable], make: Callable[[Sequence[Any]], Sequence[Kept]]
    ) -> list[Kept]:
        """The owner's values under these keys; `make` is given the keys of those that were not there, all at once."""
        if getattr(self._thread, "hurries", False) and not all((owner, key) in self._entries for key in keys):
            raise NotKept
        return self.combined_each(owner, keys, make)

    def combined_each(
        self, owner: Hashable, keys: Sequence[Hashable], make: Callable[[Sequence[Any]], Sequence[Kept]]
    ) -> list[Kept]:
        """The same where `make` only combines what is kept itself: that may be done in a hurry too."""
        found: list[Kept | None] = []
        for key in keys:
            entry = self._entries.get((owner, key))
            if entry is not None:
                entry.asked = True
            found.append(None if entry is None else entry.value)
        missing = [place for place, value in enumerate(found) if value is None]
        for place, value in zip(missing, make([keys[place] for place in missing]) if missing else (), strict=True):
            found[place] = self._keep((owner, keys[place]), value)
        return cast("list[Kept]", found)

    @contextmanager
    def only_what_is_kept(self) -> Iterator[None]:
        """In here and in this thread, what is not there is not made: NotKept is raised."""
        self._thread.hurries = True
        try:
            yield
        finally:
            self._thread.hurries = False

    def of_owner(self, owner: Hashable) -> list[tuple[Hashable, Kept]]:
        """What is kept of this owner: the second part of each key, and the value."""
        with self._lock:
            return [(key[1], entry.value) for key, entry in self._entries.items() if key[0] == owner]

    def keep_only(self, owners: Container[Hashable]) -> None:
        """Forget what belongs to nobody of these; the first part of a key names its owner."""
        with self._lock:
            for key in [key for key in self._entries if key[0] not in owners]:
                self._used -= self._entries.pop(key).size

    def _keep(self, key: tuple[Hashable, ...], value: Kept) -> Kept:
        size = self._size(value)
        with self._lock:
            if key not in self._entries:
                self._entries[key] = _Entry(value, size)
                self._used += size
                self._make_room()
        return value

    def _make_room(self) -> None:
        while self._used > self._room and self._entries:
            key, entry = self._entries.popitem(last=False)
            if entry.asked:
                entry.asked = False
                self._entries[key] = entry
            else:
                self._used -= entry.size
