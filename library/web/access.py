"""Who is asking: from the key in a request to an Audience, and what each audience may do."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from litestar import Request
from litestar.connection import ASGIConnection
from litestar.datastructures import Headers, MutableScopeHeaders, State
from litestar.handlers import BaseRouteHandler
from litestar.types import Message, Scope

from library.errors import NotAllowed, NotSignedIn
from library.exchange import Exchange
from library.model import Audience, OrganisationId, Role

Connection = ASGIConnection[Any, Any, Any, Any]

KEPT = "no-cache"
"""Anybody may keep an answer, but must ask each time whether it still holds: what is hidden is hidden at once.
"""

_ADMITTED = "audience"


async def admit(connection: Connection, _handler: BaseRouteHandler) -> None:
    """A guard: notes the audience of this request, which `present_audience` then hands to handlers.

    Raises NotSignedIn for a key that is not valid, and without one where the library is not open to anybody.
    """
    exchange: Exchange = connection.app.state.exchange
    connection.scope["state"][_ADMITTED] = await _audience(exchange, key_in(connection.headers))


async def staff_only(connection: Connection, _handler: BaseRouteHandler) -> None:
    """A guard behind `admit`: for the staff of an organisation and for administrators."""
    if key_in(connection.headers) is None:
        raise NotSignedIn("this needs a key of an organisation's staff, in the header Authorization or X-API-Key")
    role = _admitted(connection).role
    if role not in (Role.STAFF, Role.ADMIN):
        raise NotAllowed(f"this needs a key of an organisation's staff; the one given is a {role.value}'s")


async def present_audience(request: Request[Any, Any, Any]) -> Audience:
    """A dependency: who is asking."""
    return _admitted(request)


async def opened_exchange(state: State) -> Exchange:
    """A dependency: the library."""
    opened: Exchange = state.exchange
    return opened


async def organisation_names(exchange: Exchange) -> dict[OrganisationId, str]:
    return {organisation.id: organisation.name for organisation in await exchange.accounts.organisations()}


def check_may_change(audience: Audience, organisation: OrganisationId) -> None:
    if not audience.may_change(organisation):
        raise NotAllowed(f"this key belongs to '{audience.organisation}', not to '{organisation}'")


def key_in(headers: Mapping[str, str]) -> str | None:
    """The key that came with a request; None where there is none. What is no key of ours comes back as it is and will
    be known to nobody."""
    given = headers.get("authorization")
    if given is not None:
        scheme, _, key = given.partition(" ")
        return key.strip() if scheme.lower() == "bearer" else ""
    return headers.get("x-api-key")


async def say_who_may_keep_it(message: Message, scope: Scope) -> None:
    """A hook before every answer of the API: what a key was used for is for its owner's eyes."""
    if message["type"] == "http.response.start" and _ADMITTED in scope["state"]:
        headers = MutableScopeHeaders.from_message(message)
        anybody = key_in(Headers.from_scope(scope)) is None
        headers.setdefault("Cache-Control", f"public, {KEPT}" if anybody else f"private, {KEPT}")
        headers["Vary"] = "Authorization, X-API-Key, Accept-Language"


async def _audience(exchange: Exchange, key: str | None) -> Audience:
    today = datetime.now(UTC).date()
    if key is None:
        if not exchange.settings.anonymous:
            raise NotSignedIn("this library is for members: send a key in the header Authorization or X-API-Key")
        return Audience(today=today)
    known = await exchange.accounts.audience(key, today)
    if known is None:
        raise NotSignedIn("this key is not known or was revoked; leave it out to see what is public")
    return known


def _admitted(connection: Connection) -> Audience:
    admitted: Audience = connection.scope["state"][_ADMITTED]
    return admitted
