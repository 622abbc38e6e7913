"""How the parameters of a request are read: by name, with a reason for each that cannot be used."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from difflib import get_close_matches
from typing import TypeVar

from litestar.handlers import BaseRouteHandler
from litestar.params import QueryParameter

from library.errors import Reason, listed
from library.web.access import Connection
from library.web.problems import InvalidParameter, UnsupportedMediaType

Given = Mapping[str, Sequence[str]]
"""Parameter names to all values given under them."""

READS_QUERY_ITSELF = "reads_query_itself"
"""The key in a handler's `opt` that says: it looks for unknown parameters on its own."""

T = TypeVar("T")


class Parameters:
    """The parameters of one request, read one by one. What cannot be used is gathered, so that a caller hears of
    everything at once: read all of them, then call `check`."""

    def __init__(self, given: Given, *, place: str) -> None:
        # A form sends its empty fields too: they ask for nothing.
        self._given = {name: [value.strip() for value in values if value.strip()] for name, values in given.items()}
        self._sent = {name: len(values) for name, values in given.items()}
        self._place = place
        self._reasons: list[Reason] = []

    def refuse_unknown(self, known: Iterable[str]) -> None:
        self._reasons += unknown_parameters(self._given, known, self._place)

    def text(self, name: str) -> str:
        values = self._given.get(name, [])
        if len(values) > 1:
            self.refuse(name, "given more than once")
        return values[0] if values else ""

    def many(self, name: str, most: int) -> tuple[str, ...]:
        """The different values of a parameter that may be repeated, in the order in which they came."""
        sent = self._sent.get(name, 0)
        if sent > most:
            self.refuse(name, f"has {sent} values; {most} are the most")
        return tuple(dict.fromkeys(self._given.get(name, [])))

    def listed(self, name: str, known: Iterable[str]) -> tuple[str, ...]:
        """Names out of `known`, between commas."""
        known = list(known)
        names = [part.strip() for value in self._given.get(name, []) for part in value.split(",") if part.strip()]
        for unknown in (one for one in names if one not in known):
            self.refuse(name, f"'{unknown}' is not one of: {', '.join(known)}{nearest(unknown, known)}")
        return tuple(dict.fromkeys(names))

    def number(self, name: str, *, least: int, most: int) -> int | None:
        reason = f"must be a whole number from {least} to {most}"
        value = self.read(name, int, reason)
        if value is not None and not least <= value <= most:
            self.refuse(name, reason)
            return None
        return value

    def choice(self, name: str, choices: Iterable[str]) -> str:
        """One of the choices, or an empty text where none was made."""
        value, choices = self.text(name), list(choices)
        if value and value not in choices:
            self.refuse(name, f"must be one of: {', '.join(choices)}{nearest(value, choices)}")
            return ""
        return value

    def read(self, name: str, reader: Callable[[str], T], reason: str) -> T | None:
        """What `reader` makes of the value; where it raises ValueError, the parameter is refused for this reason."""
        value = self.text(name)
        try:
            return reader(value) if value else None
        except ValueError:
            self.refuse(name, reason)
            return None

    def refuse(self, name: str, reason: str) -> None:
        self._reasons.append(Reason(name, self._place, reason))

    def check(self) -> None:
        """Raises InvalidParameter if anything was refused."""
        raise_for(self._reasons)


def raise_for(reasons: Sequence[Reason]) -> None:
    if reasons:
        raise unusable(reasons)


def unusable(reasons: Sequence[Reason]) -> InvalidParameter:
    return InvalidParameter(listed(reasons), reasons=tuple(reasons))


def unknown_parameters(given: Iterable[str], known: Iterable[str], place: str) -> list[Reason]:
    known = list(known)
    return [
        Reason(name, place, f"unknown parameter{nearest(name, known)}") for name in sorted(given) if name not in known
    ]


async def takes_json(connection: Connection, _handler: BaseRouteHandler) -> None:
    """A guard: for bodies that are JSON and say so. A page of somebody else can send others without being asked."""
    if connection.headers.get("content-type", "").partition(";")[0].strip().lower() != "application/json":
        raise UnsupportedMediaType("send one JSON object, with Content-Type: application/json")


async def refuse_unknown_parameters(connection: Connection, handler: BaseRouteHandler) -> None:
    """A guard: parameters that a handler does not declare, and repeated ones, are refused, not passed over."""
    if handler.opt.get(READS_QUERY_ITSELF):
        return
    declared = {name: field.kwarg_definition for name, field in handler.parsed_fn_signature.parameters.items()}
    known = [kwarg.name or name for name, kwarg in declared.items() if isinstance(kwarg, QueryParameter)]
    given = connection.query_params.dict()
    repeated = [Reason(name, "query", "given more than once") for name, values in given.items() if len(values) > 1]
    raise_for([*unknown_parameters(given, known, "query"), *repeated])


def nearest(name: str, known: Sequence[str]) -> str:
    """The end of a sentence that says what may have been meant; empty where nothing is near."""
    found = get_close_matches(name, known, n=1)
    return f"; did you mean '{found[0]}'?" if found else ""
