"""How people sign in and out, and what a page learns of who is signed in."""

import hmac
from typing import Annotated, Any
from urllib.parse import urlsplit

from litestar import Request, Response, get, post
from litestar.datastructures import Cookie
from litestar.di import NamedDependency
from litestar.params import FromQuery, QueryParameter
from msgspec import Struct

from library.acting import act_as
from library.errors import NotAllowed, NotFound, NotSignedIn
from library.exchange import Exchange
from library.model import Caller, Role, Scope
from library.people import Person, csrf_token
from library.web.access import OPEN_BUT_COUNTED, caller_of, check_csrf, cookie_name, needs, session_in, session_of
from library.web.addresses import base_of
from library.web.identity import Identity, IdentityProvider
from library.web.problems import documented

TICKET = "sign-in"
RETURN = "/sign-in/return"


class Me(Struct, frozen=True):
    """Who the caller is to the library."""

    name: str
    role: Role
    organisation: str
    scopes: list[Scope]
    signed_in: bool
    """By a session, not by a key."""
    csrf_token: str | None
    """To be sent as `X-CSRF-Token` with everything that changes something; null where no session is used."""
    sign_in: str | None
    """Where to sign in; null where people cannot."""


@get("/sign-in", opt=OPEN_BUT_COUNTED, include_in_schema=False)
async def sign_in(
    request: Request[Any, Any, Any], exchange: NamedDependency[Exchange], back: FromQuery[str] = "/"
) -> Response[None]:
    """To the identity provider, which sends the browser back to `/sign-in/return`."""
    begun = await _provider(request).begin(base_of(request, exchange.settings) + RETURN, _local(back))
    ticket = await exchange.people.begin(begun.sign_in)
    return away(begun.url, [_cookie(request, TICKET, ticket)])


@get(RETURN, opt=OPEN_BUT_COUNTED, include_in_schema=False)
async def signed_in(
    request: Request[Any, Any, Any],
    exchange: NamedDependency[Exchange],
    code: FromQuery[str] = "",
    oidc_state: Annotated[str, QueryParameter(name="state")] = "",
    iss: FromQuery[str] = "",
) -> Response[None]:
    """Back from the provider: with a session, if all is as it was agreed with this very browser."""
    settings = exchange.settings
    provider = _provider(request)
    counter = request.app.state.counter
    counter.check_wrong(request)
    begun = await exchange.people.take(request.cookies.get(cookie_name(request, TICKET), ""))
    if begun is None or not code or not hmac.compare_digest(begun.state.encode(), oidc_state.encode()):
        counter.count_wrong(request)
        raise NotSignedIn(
            "this sign-in was not begun in this browser, was given up, or took too long; begin anew at /sign-in"
        )
    if iss and iss != settings.oidc_issuer:
        raise NotSignedIn("this answer is of another identity provider; begin anew at /sign-in")
    identity = await provider.finish(begun, code, base_of(request, settings) + RETURN)
    person = await _person(identity, exchange)
    return away(begun.back, [await session_of_person(person, request, exchange), _gone(request, TICKET)])


@post("/sign-out", opt=OPEN_BUT_COUNTED, include_in_schema=False)
async def sign_out(request: Request[Any, Any, Any], exchange: NamedDependency[Exchange]) -> Response[None]:
    """End the session. The token of `/api/v1/me` goes in the header `X-CSRF-Token` or the field `csrf_token`."""
    session = session_in(request)
    if session:
        given = request.headers.get("x-csrf-token") or str((await request.form()).get("csrf_token", ""))
        check_csrf(session, given)
        caller = await exchange.people.signed_in(session, request.app.state.today())
        act_as(caller.name if caller else TICKET)
        await exchange.people.sign_out(session)
    return away("/", [_gone(request, "session")])


@get(
    "/me",
    operation_id="me",
    opt=needs(Scope.SEARCH),
    responses=documented(400, 401, 403),
    tags=["accounts"],
    summary="Who I am",
)
async def me(request: Request[Any, Any, Any], exchange: NamedDependency[Exchange]) -> Response[Me]:
    """What the key or the session that came with the request stands for."""
    caller: Caller = caller_of(request)
    session = session_of(request)
    found = Me(
        name=caller.name,
        role=caller.audience.role,
        organisation=caller.audience.organisation,
        scopes=list(caller.scopes),
        signed_in=bool(session),
        csrf_token=csrf_token(session) if session else None,
        sign_in="/sign-in" if exchange.settings.oidc_issuer else None,
    )
    return Response(found, headers={"Cache-Control": "no-store"})


def _provider(request: Request[Any, Any, Any]) -> IdentityProvider:
    provider: IdentityProvider | None = request.app.state.identity
    if provider is None:
        raise NotFound("people do not sign in here: the setting `oidc_issuer` is empty; use a key")
    return provider


async def session_of_person(person: Person, request: Request[Any, Any, Any], exchange: Exchange) -> Cookie:
    """Who has shown to be this person is signed in: the cookie for their browser."""
    act_as(person.email)
    hours = exchange.settings.session_hours
    return _cookie(request, "session", await exchange.people.sign_in(person, hours), seconds=hours * 3600)


async def _person(identity: Identity, exchange: Exchange) -> Person:
    """Who that is here: by the library's own table, else by what the provider says. Raises NotAllowed for strangers."""
    known = await exchange.people.person(identity.email) if identity.email else None
    if known is not None:
        return known
    settings = exchange.settings
    organisations = {each.id for each in await exchange.accounts.organisations()}
    named = [each for each in _several(identity.claims.get(settings.oidc_organisation_claim)) if each in organisations]
    roles = [Role(each) for each in _several(identity.claims.get(settings.oidc_role_claim)) if each in set(Role)]
    role = max(roles, key=list(Role).index, default=Role.READER)
    if not named or role is Role.READER:
        raise NotAllowed("nobody has entered you as a member of an organisation; ask whoever runs the library")
    return Person(email=identity.email or identity.subject, organisation=named[0], role=role)


def _several(claim: Any) -> list[str]:
    return [each for each in (claim if isinstance(claim, list) else [claim]) if isinstance(each, str)]


def _local(back: str) -> str:
    """A path of ours; anything else leads to the start, since it may lead to another site."""
    parts = urlsplit(back)
    ours = back.startswith("/") and not back.startswith(("//", "/\\")) and not (parts.scheme or parts.netloc)
    return back if ours and back.isprintable() and "\\" not in back else "/"


def away(url: str, cookies: list[Cookie]) -> Response[None]:
    return Response(None, status_code=303, headers={"Location": url, "Cache-Control": "no-store"}, cookies=cookies)


def _cookie(request: Request[Any, Any, Any], name: str, value: str, seconds: int = 600) -> Cookie:
    return Cookie(
        key=cookie_name(request, name),
        value=value,
        max_age=seconds,
        path="/",
        httponly=True,
        secure=request.url.scheme == "https",
        samesite="lax",
    )


def _gone(request: Request[Any, Any, Any], name: str) -> Cookie:
    return _cookie(request, name, "", seconds=0)
