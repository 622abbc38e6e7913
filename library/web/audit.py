"""Who changed what, for the staff of the organisation whose it is."""

from datetime import datetime
from typing import Annotated

from litestar import get
from litestar.di import NamedDependency
from litestar.params import QueryParameter
from msgspec import Struct

from library.exchange import Exchange
from library.model import Audience, Role, Scope
from library.web.access import check_may_change, needs
from library.web.problems import documented

MOST_ENTRIES = 500
ENTRIES = 100


class AuditedChange(Struct, frozen=True):
    number: int
    when: datetime
    who: str
    what: str
    subject: str
    organisation: str
    detail: str


class AuditTrail(Struct, frozen=True):
    entries: list[AuditedChange]
    before: int | None
    """What to give as `before` to read on; null at the end."""


@get(
    "/audit",
    operation_id="audit",
    opt=needs(Scope.READ, Role.STAFF),
    responses=documented(400, 401, 403),
    tags=["accounts"],
    summary="Who changed what",
)
async def audit(
    *,
    audience: NamedDependency[Audience],
    exchange: NamedDependency[Exchange],
    subject: Annotated[str | None, QueryParameter(description="Only what was done to this document or key.")] = None,
    organisation: Annotated[
        str | None, QueryParameter(description="For administrators: only what concerns this one.")
    ] = None,
    before: Annotated[int | None, QueryParameter(description="Only entries with a lower number.", ge=1)] = None,
    limit: Annotated[int, QueryParameter(ge=1, le=MOST_ENTRIES)] = ENTRIES,
) -> AuditTrail:
    """Documents, keys, organisations and sign-ins of the own organisation, the latest first."""
    if audience.role is not Role.ADMIN:
        organisation = organisation or audience.organisation
        check_may_change(audience, organisation)
    found = await exchange.accounts.trail(subject=subject, organisation=organisation, before=before, limit=limit)
    entries = [
        AuditedChange(each.number, each.when, each.who, each.what, each.subject, each.organisation, each.detail)
        for each in found
    ]
    return AuditTrail(entries, entries[-1].number if len(entries) == limit else None)
