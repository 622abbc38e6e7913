"""How an administrator removes a document for good, and what was removed."""

from datetime import datetime
from typing import Annotated

from litestar import get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody
from msgspec import Meta, Struct

from library.exchange import Exchange
from library.model import Scope
from library.purges import Purged
from library.web.access import needs
from library.web.parameters import takes_json
from library.web.problems import documented


class Purge(Struct, frozen=True, forbid_unknown_fields=True):
    reason: Annotated[
        str, Meta(min_length=1, max_length=1_000, description="Stays for good: nothing of the content belongs in it.")
    ]


class PurgedDocument(Struct, frozen=True):
    document: str
    purged: datetime
    who: str
    reason: str


class PurgedDocuments(Struct, frozen=True):
    documents: list[PurgedDocument]


@post(
    "/documents/{document_id:str}/purge",
    operation_id="purge",
    status_code=200,
    opt=needs(Scope.ADMIN),
    guards=[takes_json],
    responses=documented(400, 401, 403, 404, 409, 415, 503),
    tags=["documents"],
    summary="Remove a document for good",
)
async def purge(
    data: JSONBody[Purge], document_id: FromPath[str], exchange: NamedDependency[Exchange]
) -> PurgedDocument:
    """From catalogue, earlier versions, files and index, with everything noted about it; only this answer stays. After
    a 503, ask again: it goes on where it was."""
    return _shown(await exchange.purge(document_id, data.reason))


@get(
    "/purges",
    operation_id="purges",
    opt=needs(Scope.ADMIN),
    responses=documented(400, 401, 403),
    tags=["documents"],
    summary="What was removed for good",
)
async def purges(exchange: NamedDependency[Exchange]) -> PurgedDocuments:
    """The latest first."""
    return PurgedDocuments([_shown(each) for each in await exchange.purges.all()])


def _shown(purged: Purged) -> PurgedDocument:
    return PurgedDocument(purged.document, purged.purged, purged.who, purged.reason)
