"""How often each caller may ask: who is counted, and what an answer says of it."""

from ipaddress import IPv6Address, ip_address
from typing import Any

from litestar.connection import ASGIConnection
from litestar.datastructures import MutableScopeHeaders
from litestar.types import Message, Scope

from library.errors import TooManyRequests
from library.limits import Limits, Rate, Verdict
from library.settings import Settings

MINUTE = 60.0
_VERDICT = "verdict"


class Counter:
    """The limits that the settings name, over the counts that all processes share."""

    def __init__(self, settings: Settings) -> None:
        self._limits = Limits(settings.data / "limits")
        self._nameless = settings.requests_per_minute
        self._keys = settings.key_requests_per_minute
        self._wrong = settings.wrong_keys_per_minute

    def close(self) -> None:
        self._limits.close()

    def count_address(self, connection: ASGIConnection[Any, Any, Any, Any]) -> None:
        """Somebody without a key asks. Raises TooManyRequests."""
        self._count(connection, f"address {address_of(connection)}", self._nameless)

    def count_caller(self, connection: ASGIConnection[Any, Any, Any, Any], name: str) -> None:
        """Somebody who was let in asks. Raises TooManyRequests."""
        self._count(connection, name, self._keys)

    def count_wrong(self, connection: ASGIConnection[Any, Any, Any, Any]) -> None:
        """What was sent as a key, or as a sign-in, was none."""
        if self._wrong:
            self._limits.take(f"wrong {address_of(connection)}", Rate(self._wrong, MINUTE))

    def check_wrong(self, connection: ASGIConnection[Any, Any, Any, Any]) -> None:
        """Raises TooManyRequests where too many keys from this address were none: the next is not even looked at."""
        if self._wrong:
            _refuse(self._limits.look(f"wrong {address_of(connection)}", Rate(self._wrong, MINUTE)))

    def _count(self, connection: ASGIConnection[Any, Any, Any, Any], who: str, times: int) -> None:
        if times:
            verdict = connection.scope["state"][_VERDICT] = self._limits.take(who, Rate(times, MINUTE))
            _refuse(verdict)


async def say_what_is_left(message: Message, scope: Scope) -> None:
    """A hook before every answer."""
    verdict: Verdict | None = scope["state"].get(_VERDICT)
    if message["type"] == "http.response.start" and verdict is not None:
        headers = MutableScopeHeaders.from_message(message)
        headers["RateLimit-Limit"] = str(verdict.limit)
        headers["RateLimit-Remaining"] = str(verdict.left)
        headers["RateLimit-Reset"] = str(verdict.reset)


def _refuse(verdict: Verdict) -> None:
    if not verdict.allowed:
        raise TooManyRequests(
            f"{verdict.limit} requests a minute are allowed; ask again in {verdict.wait} s", verdict.wait
        )


def address_of(connection: ASGIConnection[Any, Any, Any, Any]) -> str:
    """Who asks, as far as an address tells. One household has a whole network of IPv6 addresses."""
    client = connection.scope.get("client")
    host = client[0] if client else ""
    try:
        address = ip_address(host)
    except ValueError:
        return host
    if isinstance(address, IPv6Address):
        return str(address.ipv4_mapped or int(address) >> 64)
    return str(address)
