"""Which documents are like a document of one's own, for its staff, and what they make of it."""

from datetime import datetime
from typing import Annotated, Literal

from litestar import get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody, QueryParameter
from msgspec import Struct

from library.exchange import Exchange
from library.model import Audience, Document, DocumentId, LocalizedText, Relation, Scope
from library.resemblance import Kind
from library.resemblances import Decision, Resemblance
from library.web.access import document_to_change, needs, organisation_names
from library.web.parameters import takes_json
from library.web.problems import documented
from library.web.results import Names, OrganisationName, document_link, organisation_name

Said = Literal["open", "accepted", "dismissed"]


class ResemblingDocument(Struct, frozen=True):
    id: str
    title: LocalizedText
    organisation: OrganisationName
    languages: list[str]
    link: str


class DocumentResemblance(Struct, frozen=True):
    document: ResemblingDocument
    """One's own; where both are, the one with the lesser id, unless it was asked for."""
    other: ResemblingDocument
    kind: Kind
    """`same_text` in another file, a `copy` with changes, `alike`, or perhaps a `translation`. A suggestion: nothing is
    done about it before somebody decides."""
    score: float
    """From 0 to 1: the share of what they have in common."""
    decision: Said
    found: datetime
    decided: datetime | None


class DocumentResemblances(Struct, frozen=True):
    resemblances: list[DocumentResemblance]


class ResemblanceDecision(Struct, frozen=True, forbid_unknown_fields=True):
    decision: Literal["accepted", "dismissed"]
    relation: Relation | None = None
    """What the document is to the other; None: what the kind of resemblance says."""


@get(
    "/resemblances",
    operation_id="resemblances",
    opt=needs(Scope.INGEST),
    responses=documented(400, 401, 403),
    tags=["documents"],
    summary="Documents of the own organisation that are like others",
)
async def resemblances(
    audience: NamedDependency[Audience],
    exchange: NamedDependency[Exchange],
    decision: Annotated[Said, QueryParameter(description="Those on which this was decided.")] = "open",
) -> DocumentResemblances:
    """The likest first. Nobody is told of a document that may not be seen."""
    found = await exchange.resemblances.of(decision=_decision(decision))
    return await resemblances_seen(found, audience, exchange)


@get(
    "/documents/{document_id:str}/resemblances",
    operation_id="document_resemblances",
    opt=needs(Scope.INGEST),
    responses=documented(400, 401, 403, 404),
    tags=["documents"],
    summary="Documents that are like this one",
)
async def document_resemblances(
    document_id: FromPath[str], audience: NamedDependency[Audience], exchange: NamedDependency[Exchange]
) -> DocumentResemblances:
    """For its staff, whatever was decided. Nobody is told of a document that may not be seen."""
    await document_to_change(document_id, audience, exchange)
    return await resemblances_seen(await exchange.resemblances.of(document_id), audience, exchange)


@post(
    "/documents/{document_id:str}/resemblances/{other:str}",
    operation_id="decide_resemblance",
    status_code=200,
    opt=needs(Scope.INGEST),
    guards=[takes_json],
    responses=documented(400, 401, 403, 404, 409, 415),
    tags=["documents"],
    summary="Accept or dismiss a resemblance",
)
async def decide_resemblance(
    data: JSONBody[ResemblanceDecision],
    document_id: FromPath[str],
    other: FromPath[str],
    audience: NamedDependency[Audience],
    exchange: NamedDependency[Exchange],
) -> DocumentResemblances:
    """Accepted, the other document becomes one of those to which this one is `related`."""
    decided = await decided_on(document_id, other, data, audience, exchange)
    return await resemblances_seen([decided], audience, exchange)


async def decided_on(
    document_id: DocumentId, other: DocumentId, said: ResemblanceDecision, audience: Audience, exchange: Exchange
) -> Resemblance:
    """Raises NotFound, NotAllowed, and else like `Editing.decide`."""
    await document_to_change(document_id, audience, exchange)
    await exchange.readable.document(other, audience)
    return await exchange.editing.decide(document_id, other, _decision(said.decision), said.relation)


def _decision(said: Said) -> Decision:
    return Decision.OPEN if said == "open" else Decision(said)


def _said(decision: Decision) -> Said:
    match decision:
        case Decision.OPEN:
            return "open"
        case Decision.ACCEPTED:
            return "accepted"
        case Decision.DISMISSED:
            return "dismissed"


async def resemblances_seen(found: list[Resemblance], audience: Audience, exchange: Exchange) -> DocumentResemblances:
    ids = list({each for pair in found for each in (pair.document, pair.other)})
    documents = await exchange.readable.documents(ids, audience)
    names = await organisation_names(exchange)
    seen = [pair for pair in found if pair.document in documents and pair.other in documents]
    ours = [_with_ours_first(pair, documents, audience) for pair in seen]
    return DocumentResemblances([_resemblance(pair, documents, names) for pair in ours if pair is not None])


def _with_ours_first(
    pair: Resemblance, documents: dict[DocumentId, Document], audience: Audience
) -> Resemblance | None:
    for document in (pair.document, pair.other):
        if audience.may_change(documents[document].organisation):
            return pair.seen_from(document)
    return None


def _resemblance(pair: Resemblance, documents: dict[DocumentId, Document], names: Names) -> DocumentResemblance:
    return DocumentResemblance(
        document=_document(documents[pair.document], names),
        other=_document(documents[pair.other], names),
        kind=pair.kind,
        score=pair.score,
        decision=_said(pair.decision),
        found=pair.found,
        decided=pair.decided,
    )


def _document(document: Document, names: Names) -> ResemblingDocument:
    return ResemblingDocument(
        id=document.id,
        title=document.title,
        organisation=organisation_name(document, names),
        languages=list(document.languages),
        link=document_link(document.id),
    )
