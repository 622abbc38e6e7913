"""How the reading of handed-in files goes, for the staff who handed them in."""

from datetime import datetime
from typing import Annotated, Any

from litestar import Request, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, QueryParameter
from litestar.response import ServerSentEvent
from msgspec import Struct

from library.exchange import Exchange
from library.inbox import no_job
from library.jobs import IngestJob, JobState, Step
from library.model import Audience, Role, Scope
from library.web.access import check_may_change, needs
from library.web.events import followed
from library.web.languages import StaffLang, words_for
from library.web.problems import documented
from library.web.results import API, document_link
from library.words import Failure, Words

MOST_JOBS = 1_000
JOBS = 100


class JobLinks(Struct, frozen=True):
    self: str
    document: str | None
    """Once it is done."""
    problem: str | None
    """What helps, where it failed."""


class Job(Struct, frozen=True):
    id: str
    document: str
    organisation: str
    name: str
    other_names: list[str]
    """Under which the very file was handed in again."""
    sha256: str
    size: int
    state: JobState
    step: str
    page: int
    """That is being read; 0 where that is not known."""
    pages: int
    standing: str
    """Where it stands, in words."""
    code: str
    detail: str
    """Of what failed, with the figures and names that belong to it, in words."""
    what: str
    """What failed, in words; empty where nothing did."""
    cure: str
    """What helps."""
    notes: list[str]
    """What else there is to know, in words: what was left out, or what a document waits for."""
    attempts: int
    submitted_by: str
    batch: str
    created: datetime
    started: datetime | None
    ended: datetime | None
    links: JobLinks


class Jobs(Struct, frozen=True):
    jobs: list[Job]


@get(
    "/jobs",
    operation_id="jobs",
    opt=needs(Scope.INGEST),
    responses=documented(400, 401, 403),
    tags=["jobs"],
    summary="The newest jobs of the own organisation",
)
async def jobs(
    request: Request[Any, Any, Any],
    *,
    audience: NamedDependency[Audience],
    exchange: NamedDependency[Exchange],
    in_state: Annotated[
        JobState | None, QueryParameter(name="state", description="Only those that are in this state.")
    ] = None,
    organisation: Annotated[
        str | None, QueryParameter(description="For administrators: only those of this one.")
    ] = None,
    batch: Annotated[str | None, QueryParameter(description="Only those that were handed in together.")] = None,
    limit: Annotated[int, QueryParameter(ge=1, le=MOST_JOBS)] = JOBS,
    lang: StaffLang = None,
) -> Jobs:
    """Newest first."""
    if audience.role is not Role.ADMIN:
        organisation = organisation or audience.organisation
        check_may_change(audience, organisation)
    found = await exchange.inbox.jobs(state=in_state, organisation=organisation, batch=batch, limit=limit)
    told = words_for(lang, request)
    return Jobs([shown_job(job, told) for job in found])


@get(
    "/jobs/{job_id:str}",
    operation_id="job",
    opt=needs(Scope.INGEST),
    responses=documented(400, 401, 403, 404),
    tags=["jobs"],
    summary="One job",
)
async def job(
    request: Request[Any, Any, Any],
    audience: NamedDependency[Audience],
    exchange: NamedDependency[Exchange],
    job_id: FromPath[str],
    lang: StaffLang = None,
) -> Job:
    """A failed job is no error of this request: it has a code and a sentence."""
    return shown_job(await own_job(job_id, audience, exchange), words_for(lang, request))


@get(
    "/jobs/{job_id:str}/events",
    operation_id="job_events",
    media_type="text/event-stream",
    opt=needs(Scope.INGEST),
    responses=documented(400, 401, 403, 404),
    tags=["jobs"],
    summary="One job, as it goes on",
)
async def job_events(
    request: Request[Any, Any, Any],
    audience: NamedDependency[Audience],
    exchange: NamedDependency[Exchange],
    job_id: FromPath[str],
    lang: StaffLang = None,
) -> ServerSentEvent:
    """Server-sent events: `job` with the whole job whenever it has changed, and `end` when it has ended."""
    await own_job(job_id, audience, exchange)
    told = words_for(lang, request)

    async def look() -> tuple[Job, bool]:
        seen = await exchange.inbox.job(job_id)
        return shown_job(seen, told), seen.ended is not None and seen.step is Step.NONE

    return followed("job", look, exchange.settings.follow_seconds)


@post(
    "/jobs/{job_id:str}/retry",
    operation_id="retry_job",
    status_code=202,
    opt=needs(Scope.INGEST),
    responses=documented(400, 401, 403, 404, 409),
    tags=["jobs"],
    summary="Read a file again that failed",
)
async def retry_job(
    request: Request[Any, Any, Any],
    audience: NamedDependency[Audience],
    exchange: NamedDependency[Exchange],
    job_id: FromPath[str],
    lang: StaffLang = None,
) -> Job:
    """409 where it has not failed."""
    await own_job(job_id, audience, exchange)
    await exchange.inbox.retry(job_id)
    return shown_job(await exchange.inbox.job(job_id), words_for(lang, request))


async def own_job(job_id: str, audience: Audience, exchange: Exchange) -> IngestJob:
    """Another organisation's job looks like one that is not there."""
    found = await exchange.inbox.job(job_id)
    if not audience.may_change(found.organisation):
        raise no_job(job_id)
    return found


def job_link(job_id: str) -> str:
    return f"{API}/jobs/{job_id}"


def shown_job(job: IngestJob, told: Words) -> Job:
    failure = told.of_failure(job.code) if job.code else Failure("", "")
    return Job(
        id=job.id,
        document=job.document,
        organisation=job.organisation,
        name=job.name,
        other_names=list(job.other_names),
        sha256=job.sha256,
        size=job.size,
        state=job.state,
        step=job.step,
        page=job.page,
        pages=job.pages,
        standing=told.of_step(job.step or job.state, job.page, job.pages),
        code=job.code,
        detail=told.of_detail(job.detail),
        what=failure.what,
        cure=failure.cure,
        notes=[
            *(told.of_detail(note) for note in job.notes),
            *(told.report["other_name"].format(file=name) for name in job.other_names),
        ],
        attempts=job.attempts,
        submitted_by=job.submitted_by,
        batch=job.batch,
        created=job.created,
        started=job.started,
        ended=job.ended,
        links=JobLinks(
            self=job_link(job.id),
            document=document_link(job.document) if job.state is JobState.DONE and job.document else None,
            problem=f"/problems/{job.code}" if job.code else None,
        ),
    )
