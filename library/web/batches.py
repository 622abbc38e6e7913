"""How files that were handed in together are doing, and how several are handed in at once."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any

from litestar import Request, Response, get, post
from litestar.datastructures import FormMultiDict, UploadFile
from litestar.di import NamedDependency
from litestar.openapi.spec import OpenAPIType, Operation, Schema
from litestar.params import FromPath, HeaderParameter, QueryParameter
from litestar.response import ServerSentEvent
from msgspec import Struct

from library.batches import Batch, FailedAlike, no_batch
from library.errors import BadMetadata, BadRequest, Conflict, LibraryError, NotFound, TooLarge, listed
from library.exchange import Exchange
from library.jobs import JobState
from library.language import clean
from library.model import Audience, Scope
from library.said import Said, read_said
from library.sidecars import LONGEST, said_beside, sidecars_of
from library.web.access import looks_after, needs
from library.web.events import followed
from library.web.forms import FILE, HANDING_IN, form_body, form_of, metadata_in, name_of, organisation_in, pieces_of
from library.web.jobs import Job, shown_job
from library.web.languages import StaffLang, words_for
from library.web.parameters import unusable
from library.web.problems import documented
from library.web.results import API
from library.web.uploads import LONGEST_IDEMPOTENCY_KEY
from library.words import Words, because

MOST_BATCHES = 100
MOST_FILES = 1_000
"""In one request."""
MOST_READING = 20


class BatchLinks(Struct, frozen=True):
    self: str
    events: str
    jobs: str


class BatchReason(Struct, frozen=True):
    """Files that were not taken in for one reason."""

    code: str
    files: int
    names: list[str]
    """Of the first of them."""
    what: str
    cure: str
    detail: str
    """Of the first of them, with the figures and names that belong to it, in words."""


class BatchKnown(Struct, frozen=True):
    """A file that was handed in while the library had this very file already under another name."""

    name: str
    known_as: str
    job: str
    document: str
    """Once it is read."""


class BatchStanding(Struct, frozen=True):
    """A batch and how its files are doing. Each of its `files` is in one of the five numbers from `waiting` to
    `failed`; `known` are more, which the library had already."""

    id: str
    organisation: str
    submitted_by: str
    created: datetime
    files: int
    waiting: int
    working: int
    indexing: int
    done: int
    failed: int
    known: int
    known_as: list[BatchKnown]
    """The first of them that it has under another name."""
    paused: bool
    ended: bool
    reading: list[Job]
    """The files that are being read now, each with its page."""
    reasons: list[BatchReason]
    links: BatchLinks


class Batches(Struct, frozen=True):
    batches: list[BatchStanding]


class HandedInFile(Struct, frozen=True):
    """What became of one file: `new`, `again` where it had failed before, `known` where there was nothing to do, or
    `refused`."""

    name: str
    news: str
    job: Job | None
    code: str
    what: str
    cure: str


class HandedInTogether(Struct, frozen=True):
    batch: BatchStanding
    files: list[HandedInFile]


class BatchChange(StrEnum):
    PAUSE = "pause"
    RESUME = "resume"
    RETRY = "retry"


@dataclass
class HandInTogetherForm(Operation):
    """The documentation of the form."""

    def __post_init__(self) -> None:
        files = Schema(type=OpenAPIType.ARRAY, items=FILE, min_items=1, max_items=MOST_FILES)
        metadata, organisation = "Fields of all documents, as a JSON object.", "Whose they are; else the key's own."
        self.request_body = form_body(files, metadata, organisation)


@post(
    "/batches",
    operation_id="hand_in_together",
    operation_class=HandInTogetherForm,
    status_code=202,
    opt=needs(Scope.INGEST),
    responses=documented(400, 401, 403, 404, 409, 413, 415, 503),
    tags=["jobs"],
    summary="Hand in several files",
)
async def hand_in_together(
    request: Request[Any, Any, Any],
    audience: NamedDependency[Audience],
    exchange: NamedDependency[Exchange],
    idempotency_key: Annotated[
        str,
        HeaderParameter(
            name="Idempotency-Key",
            max_length=LONGEST_IDEMPOTENCY_KEY,
            description="Chosen by the sender: what is sent again with the same key goes into the same batch, and a "
            "file that is there already is known.",
        ),
    ] = "",
    lang: StaffLang = None,
) -> Response[HandedInTogether]:
    """Taken in is not read: `Location` is the batch that tells how the reading goes. A request that was cut off can be
    sent again whole. A file `report.pdf.toml` describes the file `report.pdf` of the same request too."""
    told = words_for(lang, request)
    async with form_of(request, HANDING_IN, exchange.settings.batch_bytes) as form:
        organisation = await organisation_in(form, audience, exchange)
        said = read_said(await metadata_in(form))
        files = files_in(form)
        batch = await exchange.batches.open(organisation, audience.organisation, idempotency_key)
        handed_in = await taken_in_together(files, said, batch, exchange, told)
    standing = await standing_of(batch, audience, exchange, told)
    return Response(HandedInTogether(standing, handed_in), status_code=202, headers={"Location": standing.links.self})


@get(
    "/batches",
    operation_id="batches",
    opt=needs(Scope.INGEST),
    responses=documented(400, 401, 403),
    tags=["jobs"],
    summary="The newest batches of the own organisation",
)
async def batches(
    request: Request[Any, Any, Any],
    audience: NamedDependency[Audience],
    exchange: NamedDependency[Exchange],
    limit: Annotated[int, QueryParameter(ge=1, le=MOST_BATCHES)] = 20,
    lang: StaffLang = None,
) -> Batches:
    """Newest first; for administrators, those of all organisations."""
    told = words_for(lang, request)
    found = await exchange.batches.newest(looks_after(audience), limit)
    return Batches([await standing_of(batch, audience, exchange, told) for batch in found])


@get(
    "/batches/{batch_id:str}",
    operation_id="batch",
    opt=needs(Scope.INGEST),
    responses=documented(400, 401, 403, 404),
    tags=["jobs"],
    summary="How files are doing that were handed in together",
)
async def batch(
    request: Request[Any, Any, Any],
    audience: NamedDependency[Audience],
    exchange: NamedDependency[Exchange],
    batch_id: FromPath[str],
    lang: StaffLang = None,
) -> BatchStanding:
    """When it has `ended`, this is the report: what is done, what failed, why, and what helps."""
    own = await own_batch(batch_id, audience, exchange)
    return await standing_of(own, audience, exchange, words_for(lang, request))


@get(
    "/batches/{batch_id:str}/events",
    operation_id="batch_events",
    media_type="text/event-stream",
    opt=needs(Scope.INGEST),
    responses=documented(400, 401, 403, 404),
    tags=["jobs"],
    summary="A batch, as it goes on",
)
async def batch_events(
    request: Request[Any, Any, Any],
    audience: NamedDependency[Audience],
    exchange: NamedDependency[Exchange],
    batch_id: FromPath[str],
    lang: StaffLang = None,
) -> ServerSentEvent:
    """Server-sent events: `batch` with all of it whenever something has changed, and `end` when it has ended."""
    own = await own_batch(batch_id, audience, exchange)
    told = words_for(lang, request)

    async def look() -> tuple[BatchStanding, bool]:
        standing = await standing_of(own, audience, exchange, told)
        return standing, standing.ended

    return followed("batch", look, exchange.settings.follow_seconds)


@post(
    "/batches/{batch_id:str}/{change:str}",
    operation_id="change_batch",
    status_code=200,
    opt=needs(Scope.INGEST),
    responses=documented(400, 401, 403, 404),
    tags=["jobs"],
    summary="Pause or resume a batch, or try again what failed",
)
async def change_batch(
    request: Request[Any, Any, Any],
    *,
    audience: NamedDependency[Audience],
    exchange: NamedDependency[Exchange],
    batch_id: FromPath[str],
    change: FromPath[BatchChange],
    lang: StaffLang = None,
) -> BatchStanding:
    """A paused batch begins no file until it is resumed; what is being read is read to its end."""
    own = await own_batch(batch_id, audience, exchange)
    match change:
        case BatchChange.PAUSE:
            await exchange.batches.pause(batch_id, audience.organisation)
        case BatchChange.RESUME:
            await exchange.batches.resume(batch_id)
        case BatchChange.RETRY:
            await exchange.inbox.retry(batch=batch_id, organisation=looks_after(audience))
    return await standing_of(own, audience, exchange, words_for(lang, request))


def files_in(form: FormMultiDict) -> list[UploadFile]:
    files = form.getall("file", [])
    if not files:
        raise unusable([because("file", "missing")])
    if len(files) > MOST_FILES:
        raise unusable([because("file", "too-many-files", files=len(files), most=MOST_FILES)])
    if not all(isinstance(file, UploadFile) and name_of(file) for file in files):
        raise unusable([because("file", "file-without-name")])
    return files


async def taken_in_together(
    files: Sequence[UploadFile], said: Said, batch: Batch, exchange: Exchange, told: Words
) -> list[HandedInFile]:
    """Each file with what is said of all; `report.pdf.toml` is no file of its own where `report.pdf` is there too, but
    says more of it, which wins."""
    # With their folders, where a browser sends them: in two folders there may be a file of the same name.
    named = {clean(file.filename): file for file in files}
    beside = sidecars_of(named)
    sidecars = {named[each] for each in beside.values()}
    handed_in = []
    for file in (each for each in files if each not in sidecars):
        own = named.get(beside.get(clean(file.filename), ""))
        try:
            more = await _said_in(own, batch) if own else {}
        except (BadMetadata, BadRequest) as error:
            handed_in.append(_refused(name_of(file), error, told))
        else:
            handed_in.append(await taken_in(file, {**said, **more}, batch, exchange, told))
    return handed_in


async def _said_in(sidecar: UploadFile, batch: Batch) -> Said:
    said = said_beside(await sidecar.read(LONGEST), name_of(sidecar))
    whose = said.pop("organisation", batch.organisation)
    if whose != batch.organisation:
        why = because("organisation", "of-another", value=whose, own=batch.organisation)
        raise BadRequest(listed([why]), reasons=(why,))
    return read_said(said)


def _refused(name: str, error: LibraryError, told: Words) -> HandedInFile:
    failure = told.of_failure(error.code)
    reasons = told.of_reasons(error.reasons)
    return HandedInFile(
        name, "refused", None, error.code, f"{failure.what} {reasons}." if reasons else failure.what, failure.cure
    )


async def taken_in(file: UploadFile, said: Said, batch: Batch, exchange: Exchange, told: Words) -> HandedInFile:
    """A file that cannot be taken does not stop the others; a library that can take none now stops all."""
    name = name_of(file)
    try:
        accepted = await exchange.accept(
            pieces_of(file, exchange.settings.upload_bytes),
            name=name,
            said=said,
            organisation=batch.organisation,
            submitted_by=batch.submitted_by,
            batch=batch.id,
        )
    except (BadRequest, TooLarge, Conflict, NotFound) as error:
        # What is said of all and of this one may not go together, and what it is to replace may not be there.
        return _refused(name, error, told)
    return HandedInFile(name, accepted.news, shown_job(accepted.job, told), "", "", "")


async def own_batch(batch_id: str, audience: Audience, exchange: Exchange) -> Batch:
    """Another organisation's batch looks like one that is not there."""
    found = await exchange.batches.batch(batch_id)
    if not audience.may_change(found.organisation):
        raise no_batch(batch_id)
    return found


async def standing_of(batch: Batch, audience: Audience, exchange: Exchange, told: Words) -> BatchStanding:
    """How those files are doing of which the caller is told."""
    whose = looks_after(audience)
    tally = await exchange.batches.tally(batch.id, whose)
    reading = await exchange.inbox.jobs(state=JobState.WORKING, organisation=whose, batch=batch.id, limit=MOST_READING)
    link = f"{API}/batches/{batch.id}"
    return BatchStanding(
        id=batch.id,
        organisation=batch.organisation,
        submitted_by=batch.submitted_by,
        created=batch.created,
        files=tally.files,
        waiting=tally.waiting,
        working=tally.working,
        indexing=tally.indexing,
        done=tally.done,
        failed=tally.failed,
        known=tally.known,
        known_as=[BatchKnown(each.name, each.known_as, each.job, each.document) for each in tally.known_as],
        paused=tally.paused,
        ended=tally.ended,
        reading=[shown_job(job, told) for job in reading],
        reasons=[_reason(reason, told) for reason in tally.reasons],
        links=BatchLinks(self=link, events=f"{link}/events", jobs=f"{API}/jobs?batch={batch.id}"),
    )


def _reason(reason: FailedAlike, told: Words) -> BatchReason:
    failure = told.of_failure(reason.code)
    detail = told.of_detail(reason.detail)
    return BatchReason(reason.code, reason.files, list(reason.names), failure.what, failure.cure, detail)
