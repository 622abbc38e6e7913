"""Which documents of the own organisation need somebody, and what for."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Annotated

import msgspec
from litestar import get
from litestar.di import NamedDependency
from litestar.params import QueryParameter
from msgspec import Struct

from library.exchange import Exchange
from library.model import Audience, Document, DocumentId, LocalizedText, Scope, Visibility, kind_of, to_fill_in
from library.needs import Need, Own
from library.web.access import needs
from library.web.problems import documented
from library.web.results import document_link

MOST_IN_NEED = 1_000


class DocumentInNeed(Struct, frozen=True):
    id: str
    title: LocalizedText
    kind: str
    languages: list[str]
    visibility: Visibility
    changed: datetime | None
    needs: list[Need]
    missing: list[str]
    """What it lacks to be public, beside a check for personal data."""
    review_due: date | None
    link: str


class DocumentsInNeed(Struct, frozen=True):
    counts: dict[str, int]
    """Need -> how many documents have it."""
    total: int
    """Of those asked for."""
    documents: list[DocumentInNeed]


@get(
    "/needs",
    operation_id="documents_in_need",
    opt=needs(Scope.INGEST),
    responses=documented(400, 401, 403),
    tags=["documents"],
    summary="Documents of the own organisation that need somebody",
)
async def documents_in_need(
    audience: NamedDependency[Audience],
    exchange: NamedDependency[Exchange],
    need: Annotated[Need | None, QueryParameter(description="Only those that need this.")] = None,
    limit: Annotated[int, QueryParameter(ge=1, le=MOST_IN_NEED)] = 100,
) -> DocumentsInNeed:
    """The last changed first."""
    return await in_need(need, limit, audience, exchange)


async def in_need(
    need: Need | None, limit: int, audience: Audience, exchange: Exchange, offset: int = 0
) -> DocumentsInNeed:
    own = await _own(audience, exchange)
    counts, any_of_them = await exchange.needs.counts(own)
    return DocumentsInNeed(
        counts={each: counts[each] for each in Need},
        total=any_of_them if need is None else counts[need],
        documents=await _described(await exchange.needs.those(own, need, limit, offset), exchange),
    )


async def needs_counted(audience: Audience, exchange: Exchange) -> dict[str, int]:
    """For each need, how many documents have it."""
    counts, _ = await exchange.needs.counts(await _own(audience, exchange))
    return {each: counts[each] for each in Need}


async def needs_of(ids: Sequence[DocumentId], audience: Audience, exchange: Exchange) -> list[DocumentInNeed]:
    """Those of these documents that are one's own, whatever they need."""
    return await _described(await exchange.needs.of(await _own(audience, exchange), ids), exchange)


async def _own(audience: Audience, exchange: Exchange) -> Own:
    pairs = await exchange.resemblances.open_of(audience.organisation)
    alike = frozenset(document for document, other in pairs if audience.may_see(*msgspec.structs.astuple(other)))
    return Own(organisation=audience.organisation, today=audience.today, alike=alike)


async def _described(found: Mapping[DocumentId, Sequence[Need]], exchange: Exchange) -> list[DocumentInNeed]:
    documents = await exchange.catalog.documents(list(found))
    return [_in_need(documents[each], needs) for each, needs in found.items() if each in documents]


def _in_need(document: Document, found: Sequence[Need]) -> DocumentInNeed:
    return DocumentInNeed(
        id=document.id,
        title=document.title,
        kind=kind_of(document),
        languages=list(document.languages),
        visibility=document.visibility,
        changed=document.changed,
        needs=list(found),
        missing=list(to_fill_in(document)),
        review_due=document.review_due,
        link=document_link(document.id),
    )
