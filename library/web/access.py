"""Who is asking: from the key in a request to an Audience, and what each route asks of those who call it."""

import hmac
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from typing import Any, NamedTuple

from litestar import Litestar, Request
from litestar.connection import ASGIConnection
from litestar.datastructures import MutableScopeHeaders, State
from litestar.handlers import BaseRouteHandler
from litestar.routes import HTTPRoute
from litestar.types import Message
from litestar.types import Scope as AsgiScope

from library.acting import act_as
from library.errors import NotAllowed, NotSignedIn
from library.exchange import Exchange
from library.model import Audience, Caller, Document, DocumentId, OrganisationId, Role, Scope
from library.people import csrf_token
from library.web.counting import Counter

Connection = ASGIConnection[Any, Any, Any, Any]

KEPT = "no-cache"
"""Anybody may keep an answer, but must ask each time whether it still holds: what is hidden is hidden at once.
"""
NOBODY = "somebody without a key"
NEEDS = "needs"
"""The key in a handler's `opt` under which stands what it needs."""

TOKEN_IN_FORM: dict[str, Any] = {"token_in_form": True}
"""For the `opt` of a handler that forms of our own pages call, which can set no header: the session's token comes in
the field `csrf_token`."""

_CALLER = "caller"
_SESSION = "session"
_VARIES = ("Authorization", "X-API-Key", "Cookie", "Accept-Language", "Accept-Encoding")
_WHOSE = {
    Role.READER: "anybody",
    Role.MEMBER: "a member",
    Role.STAFF: "an organisation's staff",
    Role.REVIEWER: "a reviewer",
    Role.ADMIN: "an administrator",
}
_LEAST_ROLE = {
    Scope.SEARCH: Role.READER,
    Scope.READ: Role.READER,
    Scope.INGEST: Role.STAFF,
    Scope.ADMIN: Role.ADMIN,
}


class Needed(NamedTuple):
    """What a route needs of its caller: a key's scope, and a role."""

    scope: Scope
    role: Role


def needs(scope: Scope, role: Role | None = None) -> dict[str, Any]:
    """For a handler's `opt`: who may call it. The role is the least one that makes sense of the scope, unless said."""
    return {NEEDS: Needed(scope, role or _LEAST_ROLE[scope])}


COUNTED = "counted"
"""The key in an open handler's `opt` that says that it counts as a request of its caller."""
OPEN: dict[str, Any] = {NEEDS: None}
"""For a handler's `opt`: it tells nothing that is not public, costs next to nothing, and answers anybody."""
OPEN_BUT_COUNTED: dict[str, Any] = {NEEDS: None, COUNTED: True}
"""The same for what does some work: an address may ask for it as often as for a search."""


def check_needs(app: Litestar) -> None:
    """Raises LookupError where a route does not say what it needs: forgetting it must not open anything."""
    for route in app.routes:
        for handler in route.route_handlers if isinstance(route, HTTPRoute) else ():
            if NEEDS not in handler.opt and handler.http_methods != {"OPTIONS"}:
                raise LookupError(f"{route.path} does not say who may call it: opt=needs(Scope.…), or opt=OPEN")


async def admit(connection: Connection, handler: BaseRouteHandler) -> None:
    """The guard before every route: finds out who calls, which handlers then get by `present_audience`.

    Raises NotSignedIn for a key that is not valid, and without one where the library is not open to anybody;
    NotAllowed where the route needs another role or scope; TooManyRequests.
    """
    needed: Needed | None = handler.opt.get(NEEDS)
    if needed is None:
        if COUNTED in handler.opt:
            connection.app.state.counter.count_address(connection)
        return
    caller = await _caller(connection)
    connection.scope["state"][_CALLER] = caller
    act_as(caller.name)
    _check(caller, needed)
    session = session_of(connection)
    changes = needed.scope in (Scope.INGEST, Scope.ADMIN) and connection.scope.get("method") != "GET"
    if session and changes:
        if handler.opt.keys() >= TOKEN_IN_FORM.keys():
            await _check_csrf_in_form(session, connection)
        else:
            check_csrf(session, connection.headers.get("x-csrf-token", ""))


async def present_audience(request: Request[Any, Any, Any]) -> Audience:
    """A dependency: who is asking."""
    return caller_of(request).audience


def caller_of(connection: Connection) -> Caller:
    """Who was let in by `admit`."""
    caller: Caller = connection.scope["state"][_CALLER]
    return caller


def caller_name(scope: AsgiScope) -> str:
    """As the audit trail would name who was let in; empty for everybody else."""
    caller: Caller | None = scope["state"].get(_CALLER)
    return "" if caller is None or caller.name == NOBODY else caller.name


def session_of(connection: Connection) -> str:
    """The session by which the caller was let in; empty where it was none."""
    return str(connection.scope["state"].get(_SESSION, ""))


def session_in(connection: Connection) -> str:
    """The session that the browser sent, whatever it is worth; empty for none."""
    return connection.cookies.get(cookie_name(connection, "session"), "")


def cookie_name(connection: Connection, name: str) -> str:
    """Browsers take a `__Host-` cookie from this very host over TLS only."""
    return f"__Host-{name}" if connection.url.scheme == "https" else name


def check_csrf(session: str, given: str) -> None:
    if not hmac.compare_digest(csrf_token(session).encode(), given.encode()):
        raise NotAllowed("with a session, what changes something needs the token of /api/v1/me in X-CSRF-Token")


async def _check_csrf_in_form(session: str, connection: Connection) -> None:
    assert isinstance(connection, Request)
    form = await connection.form()
    try:
        check_csrf(session, str(form.get("csrf_token", "")))
    except NotAllowed:
        await form.close()  # what lets a handler in closes it otherwise
        raise


async def opened_exchange(state: State) -> Exchange:
    """A dependency: the library."""
    opened: Exchange = state.exchange
    return opened


async def organisation_names(exchange: Exchange) -> dict[OrganisationId, str]:
    return {organisation.id: organisation.name for organisation in await exchange.accounts.organisations()}


def looks_after(audience: Audience) -> OrganisationId | None:
    """The organisation of whose files and questions staff are told; None for administrators, who are told of all."""
    return None if audience.role is Role.ADMIN else audience.organisation


def check_may_change(audience: Audience, organisation: OrganisationId) -> None:
    if not audience.may_change(organisation):
        raise NotAllowed(f"this key belongs to '{audience.organisation}', not to '{organisation}'")


async def document_to_change(document_id: DocumentId, audience: Audience, exchange: Exchange) -> Document:
    """A document that the caller may change. Raises NotFound, NotAllowed."""
    found = await exchange.readable.document(document_id, audience)
    check_may_change(audience, found.organisation)
    return found


def key_in(headers: Mapping[str, str]) -> str | None:
    """The key that came with a request; None where there is none. What is no key of ours comes back as it is and will
    be known to nobody."""
    given = headers.get("authorization")
    if given is not None:
        scheme, _, key = given.partition(" ")
        return key.strip() if scheme.lower() == "bearer" else ""
    return headers.get("x-api-key")


def today() -> date:
    """The day on which embargoes are looked at, UTC."""
    return datetime.now(UTC).date()


async def say_who_may_keep_it(message: Message, scope: AsgiScope) -> None:
    """A hook before every answer: what a key was used for is for its owner's eyes."""
    if message["type"] == "http.response.start" and _CALLER in scope["state"]:
        headers = MutableScopeHeaders.from_message(message)
        anybody = scope["state"][_CALLER].name == NOBODY
        headers.setdefault("Cache-Control", f"public, {KEPT}" if anybody else f"private, {KEPT}")
        own = [headers["Vary"]] if "Vary" in headers else []
        headers["Vary"] = ", ".join([*_VARIES, *own])


async def _caller(connection: Connection) -> Caller:
    exchange: Exchange = connection.app.state.exchange
    counter: Counter = connection.app.state.counter
    day: Callable[[], date] = connection.app.state.today
    key = key_in(connection.headers)
    if key is None and (session := session_in(connection)):
        person = await exchange.people.signed_in(session, day())
        # A session that has ended makes nobody of its holder, who can sign in again.
        if person is not None:
            counter.count_caller(connection, f"person {person.name}")
            connection.scope["state"][_SESSION] = session
            return person
    if key is None:
        counter.count_address(connection)
        if not exchange.settings.anonymous:
            raise NotSignedIn("this library is for members: send a key in the header Authorization or X-API-Key")
        return Caller(name=NOBODY, audience=Audience(today=day()))
    counter.check_wrong(connection)
    known = await exchange.accounts.holder(key, day())
    if known is None:
        counter.count_wrong(connection)
        raise NotSignedIn("this key is not known, has expired or was revoked; leave it out to see what is public")
    counter.count_caller(connection, known.name)
    return known


def _check(caller: Caller, needed: Needed) -> None:
    role = caller.audience.role
    if not role.may(needed.role):
        if role is Role.READER:
            raise NotSignedIn(f"this needs a key of {_WHOSE[needed.role]}, in the header Authorization or X-API-Key")
        raise NotAllowed(f"this needs a key of {_WHOSE[needed.role]}; the one given is of {_WHOSE[role]}")
    if needed.scope not in caller.scopes:
        scopes = ", ".join(f"'{scope}'" for scope in caller.scopes) or "nothing"
        raise NotAllowed(f"this key may be used for {scopes}, not for '{needed.scope}'")
