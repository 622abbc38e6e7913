"""Keys, for administrators: made, listed and revoked over HTTP."""

from datetime import UTC, datetime, timedelta
from typing import Annotated, Literal

from litestar import Response, delete, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody
from msgspec import Meta, Struct, field

from library.accounts import EVERY_SCOPE, ID_LENGTH, KeyRecord
from library.exchange import Exchange
from library.language import clean
from library.model import Role, Scope
from library.web.access import needs
from library.web.problems import documented
from library.web.results import API

LONGEST_NOTE = 500


class NewKey(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a key is to be."""

    organisation: str
    role: Literal["member", "staff", "reviewer", "admin"]
    """Not `reader`: anybody may read what is public without a key."""
    note: Annotated[str, Meta(max_length=LONGEST_NOTE)] = ""
    scopes: Annotated[list[Scope], Meta(min_length=1)] = field(default_factory=lambda: list(EVERY_SCOPE))
    """All, unless said."""
    days: Annotated[int, Meta(ge=1, le=3_660)] | None = None
    """For how long it holds; null: until somebody revokes it."""


class ShownKey(Struct, frozen=True):
    """What is known of a key; the key itself is not."""

    id: str
    organisation: str
    role: Role
    scopes: list[Scope]
    note: str
    created: datetime
    last_used: datetime | None
    expires: datetime | None
    revoked: datetime | None


class ShownKeys(Struct, frozen=True):
    keys: list[ShownKey]


class MadeKey(Struct, frozen=True):
    """A key, this once."""

    key: str
    known: ShownKey


@get(
    "/keys",
    operation_id="keys",
    opt=needs(Scope.ADMIN),
    responses=documented(400, 401, 403),
    tags=["accounts"],
    summary="All keys, without the keys themselves",
)
async def keys(exchange: NamedDependency[Exchange]) -> ShownKeys:
    """Those that have ended too, in the order in which they were made."""
    return ShownKeys([_shown(each) for each in await exchange.accounts.keys()])


@post(
    "/keys",
    operation_id="make_key",
    opt=needs(Scope.ADMIN),
    responses=documented(400, 401, 403, 404, 413, 415),
    tags=["accounts"],
    summary="Make a key",
)
async def make_key(data: JSONBody[NewKey], exchange: NamedDependency[Exchange]) -> Response[MadeKey]:
    """The answer holds the key; nobody can ask for it again."""
    expires = None if data.days is None else datetime.now(UTC) + timedelta(days=data.days)
    key = await exchange.accounts.add_key(
        data.organisation, Role(data.role), clean(data.note), scopes=data.scopes, expires=expires
    )
    known = _shown(await exchange.accounts.key(key[:ID_LENGTH]))
    headers = {"Location": f"{API}/keys/{known.id}", "Cache-Control": "no-store"}
    return Response(MadeKey(key, known), status_code=201, headers=headers)


@delete(
    "/keys/{key_id:str}",
    operation_id="revoke_key",
    opt=needs(Scope.ADMIN),
    responses=documented(400, 401, 403, 404),
    tags=["accounts"],
    summary="Revoke a key",
)
async def revoke_key(key_id: FromPath[str], exchange: NamedDependency[Exchange]) -> None:
    """From now on nobody is let in with it; revoking it twice is fine."""
    await exchange.accounts.revoke_key(key_id)


def _shown(known: KeyRecord) -> ShownKey:
    return ShownKey(
        id=known.id,
        organisation=known.organisation,
        role=known.role,
        scopes=list(known.scopes),
        note=known.note,
        created=known.created,
        last_used=known.last_used,
        expires=known.expires,
        revoked=known.revoked,
    )
