"""Who is at work: whom the audit trail names for what is done now."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

THE_LIBRARY = "the library"
"""At work where nobody said otherwise."""

_actor = ContextVar("actor", default=THE_LIBRARY)


def acting() -> str:
    """Who is at work in this task."""
    return _actor.get()


def act_as(who: str) -> None:
    """From now on, and to the end of the innermost `acting_as` around it, this task works for `who`."""
    _actor.set(who)


@contextmanager
def acting_as(who: str) -> Iterator[None]:
    """Work for `who` within this block."""
    before = _actor.set(who)
    try:
        yield
    finally:
        _actor.reset(before)
