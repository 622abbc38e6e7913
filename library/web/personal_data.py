"""What may be personal data in a document that is to be public, for its staff, and how they say that it may be."""

from collections import Counter
from datetime import UTC, datetime
from typing import Annotated, Literal

from litestar import get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody
from msgspec import Meta, Struct

from library.errors import NotAllowed
from library.exchange import Exchange
from library.gate import GateRecord, seen
from library.model import Audience, DocumentId, LocalizedText, PersonalDataCheck, Scope, to_fill_in
from library.personal import Kind, PersonalFinding
from library.web.access import document_to_change, needs
from library.web.parameters import takes_json
from library.web.problems import documented
from library.web.results import document_link, page_link


class SightedPersonalData(Struct, frozen=True):
    """Something that may be personal data: masked, since whoever may read it finds it in its place."""

    kind: Kind
    page: int | None
    field: str
    """`text`, or which field of the description."""
    start: int
    end: int
    """In characters of the page's text or of the field."""
    masked: str
    confirmed: bool
    """Somebody has looked at it already, in this version or an earlier one."""
    link: str


class PersonalDataState(Struct, frozen=True):
    document: str
    title: LocalizedText
    held: bool
    """It would be public, had a person looked at all of these."""
    checked: datetime | None
    """None: it was never to be public, and nobody has looked for personal data."""
    seen: str
    """Send it with a confirmation: it stands for what was shown here."""
    counts: dict[str, int]
    """Kind -> how many of it nobody has looked at yet."""
    findings: list[SightedPersonalData]
    missing: list[str]
    """What else the document needs to be public."""


class HeldDocuments(Struct, frozen=True):
    documents: list[PersonalDataState]


class Confirmation(Struct, frozen=True, forbid_unknown_fields=True):
    by: Annotated[str, Meta(min_length=1, max_length=200, description="The person who has looked.")]
    result: Literal["consent given", "not personal"]
    seen: str


@get(
    "/personal-data",
    operation_id="held_documents",
    opt=needs(Scope.INGEST),
    responses=documented(400, 401, 403),
    tags=["documents"],
    summary="Documents that wait for somebody to look at personal data",
)
async def held_documents(audience: NamedDependency[Audience], exchange: NamedDependency[Exchange]) -> HeldDocuments:
    """Those of the own organisation; for reviewers and administrators, all that they see. The longest waiting first."""
    held = await exchange.gate.held()
    documents = await exchange.catalog.documents(list(held))
    return HeldDocuments(
        [
            await personal_data_in(each, audience, exchange)
            for each in held
            if each in documents and audience.may_confirm(documents[each])
        ]
    )


@get(
    "/documents/{document_id:str}/personal-data",
    operation_id="personal_data",
    opt=needs(Scope.INGEST),
    responses=documented(400, 401, 403, 404),
    tags=["documents"],
    summary="What may be personal data in a document",
)
async def personal_data(
    document_id: FromPath[str], audience: NamedDependency[Audience], exchange: NamedDependency[Exchange]
) -> PersonalDataState:
    """What was found when the document was last to become public."""
    await check_may_confirm(document_id, audience, exchange)
    return await personal_data_in(document_id, audience, exchange)


@post(
    "/documents/{document_id:str}/personal-data",
    operation_id="confirm_personal_data",
    status_code=200,
    opt=needs(Scope.INGEST),
    guards=[takes_json],
    responses=documented(400, 401, 403, 404, 409, 415),
    tags=["documents"],
    summary="Say that a document may be public",
)
async def confirm_personal_data(
    data: JSONBody[Confirmation],
    document_id: FromPath[str],
    audience: NamedDependency[Audience],
    exchange: NamedDependency[Exchange],
) -> PersonalDataState:
    """A person has looked at all that `GET` showed. It is noted in the audit trail, and the document becomes public
    unless something else is `missing`."""
    await check_may_confirm(document_id, audience, exchange)
    check = PersonalDataCheck(by=data.by, on=datetime.now(UTC).date(), result=data.result)
    await exchange.editing.confirm(document_id, check, data.seen)
    return await personal_data_in(document_id, audience, exchange)


@post(
    "/documents/{document_id:str}/personal-data/leave",
    operation_id="leave_with_members",
    status_code=200,
    opt=needs(Scope.INGEST),
    responses=documented(400, 401, 403, 404, 409),
    tags=["documents"],
    summary="Say that a document is not to be public",
)
async def leave_with_members(
    document_id: FromPath[str], audience: NamedDependency[Audience], exchange: NamedDependency[Exchange]
) -> PersonalDataState:
    """It stays with the members and waits for nobody any more; what was found in it stays unconfirmed."""
    await document_to_change(document_id, audience, exchange)
    await exchange.editing.leave_with_members(document_id)
    return await personal_data_in(document_id, audience, exchange)


async def check_may_confirm(document_id: DocumentId, audience: Audience, exchange: Exchange) -> None:
    if not audience.may_confirm(await exchange.readable.document(document_id, audience)):
        raise NotAllowed("this needs a key of the document's own staff, or of a reviewer")


async def personal_data_in(document_id: DocumentId, audience: Audience, exchange: Exchange) -> PersonalDataState:
    document = await exchange.readable.document(document_id, audience)
    record = await exchange.gate.record(document_id)
    return PersonalDataState(
        document=document_id,
        title=document.title,
        held=record is not None and record.held,
        checked=record.checked if record else None,
        seen=seen(record) if record else "",
        counts=dict(Counter(each.kind for each in record.unconfirmed)) if record else {},
        findings=[_shown(document_id, each, record) for each in record.findings] if record else [],
        missing=list(to_fill_in(document)),
    )


def _shown(document_id: DocumentId, finding: PersonalFinding, record: GateRecord) -> SightedPersonalData:
    return SightedPersonalData(
        kind=finding.kind,
        page=finding.page,
        field=finding.field,
        start=finding.start,
        end=finding.end,
        masked=finding.masked,
        confirmed=finding.value in record.confirmed,
        link=document_link(document_id) if finding.page is None else page_link(document_id, finding.page, ""),
    )
