"""Which documents of the own organisation need somebody, and what for."""

from collections import Counter
from collections.abc import Mapping
from datetime import date, datetime
from enum import StrEnum
from typing import Annotated

from litestar import get
from litestar.di import NamedDependency
from litestar.params import QueryParameter
from msgspec import Struct

from library.exchange import Exchange
from library.model import Audience, Document, DocumentId, LocalizedText, Scope, Visibility, kind_of, missing_to_publish
from library.resemblances import Decision
from library.web.access import needs
from library.web.problems import documented
from library.web.results import document_link

MOST_IN_NEED = 1_000


class Need(StrEnum):
    """What somebody should do."""

    MISSING = "missing"
    """Fill in what it lacks to be public; unless it is for its own organisation alone."""
    PERSONAL_DATA = "personal_data"
    """Look at what may be personal data."""
    RESEMBLANCE = "resemblance"
    """Decide about a document that is like it."""
    REVIEW = "review"
    """Look whether it still holds: the day for that has come."""


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


async def in_need(need: Need | None, limit: int, audience: Audience, exchange: Exchange) -> DocumentsInNeed:
    own = {document.id: document for document in await exchange.catalog.of_organisation(audience.organisation)}
    held = await exchange.gate.held()
    alike = await _alike(own, audience, exchange)
    found = {document.id: _needs_of(document, held, alike, audience) for document in own.values()}
    counts = Counter(each for needed in found.values() for each in needed)
    wanted = [own[document_id] for document_id, needed in found.items() if (need in needed if need else needed)]
    return DocumentsInNeed(
        counts={each: counts[each] for each in Need},
        total=len(wanted),
        documents=[_in_need(document, found[document.id]) for document in wanted[:limit]],
    )


async def _alike(own: Mapping[DocumentId, Document], audience: Audience, exchange: Exchange) -> set[DocumentId]:
    """Those of one's own about which is to be decided, by what may be seen."""
    pairs = [
        each
        for each in await exchange.resemblances.of(decision=Decision.OPEN)
        if {each.document, each.other} & own.keys()
    ]
    seen = await exchange.documents([each for pair in pairs for each in (pair.document, pair.other)], audience)
    both = [pair for pair in pairs if pair.document in seen and pair.other in seen]
    return {each for pair in both for each in (pair.document, pair.other) if each in own}


def _needs_of(
    document: Document, held: Mapping[DocumentId, object], alike: set[DocumentId], audience: Audience
) -> list[Need]:
    kept = document.visibility is Visibility.ORGANISATION
    due = document.review_due is not None and document.review_due <= audience.today
    there = {
        Need.MISSING: bool(_missing(document)) and not kept,
        Need.PERSONAL_DATA: document.id in held,
        Need.RESEMBLANCE: document.id in alike,
        Need.REVIEW: due,
    }
    return [need for need, needed in there.items() if needed]


def _missing(document: Document) -> list[str]:
    return [name for name in missing_to_publish(document) if name != "personal_data_check"]


def _in_need(document: Document, found: list[Need]) -> DocumentInNeed:
    return DocumentInNeed(
        id=document.id,
        title=document.title,
        kind=kind_of(document),
        languages=list(document.languages),
        visibility=document.visibility,
        changed=document.changed,
        needs=found,
        missing=_missing(document),
        review_due=document.review_due,
        link=document_link(document.id),
    )
