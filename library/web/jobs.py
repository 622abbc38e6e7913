"""How the reading of handed-in files goes, for the staff who handed them in."""

from datetime import datetime
from typing import Annotated

from litestar import get
from litestar.di import NamedDependency
from litestar.params import FromPath, QueryParameter
from msgspec import Struct

from library.errors import NotFound
from library.exchange import Exchange
from library.inbox import IngestJob, JobState
from library.model import Audience, Role, Scope
from library.web.access import check_may_change, needs
from library.web.problems import documented
from library.web.results import API, document_link

MOST_JOBS = 100


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
    sha256: str
    size: int
    state: JobState
    step: str
    code: str
    detail: str
    notes: list[str]
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
    limit: Annotated[int, QueryParameter(ge=1, le=MOST_JOBS)] = MOST_JOBS,
) -> Jobs:
    """Newest first."""
    if audience.role is not Role.ADMIN:
        organisation = organisation or audience.organisation
        check_may_change(audience, organisation)
    found = await exchange.inbox.jobs(state=in_state, organisation=organisation, batch=batch, limit=limit)
    return Jobs([shown_job(job) for job in found])


@get(
    "/jobs/{job_id:str}",
    operation_id="job",
    opt=needs(Scope.INGEST),
    responses=documented(400, 401, 403, 404),
    tags=["jobs"],
    summary="One job",
)
async def job(audience: NamedDependency[Audience], exchange: NamedDependency[Exchange], job_id: FromPath[str]) -> Job:
    """A failed job is no error of this request: it has a code and a sentence."""
    found = await exchange.inbox.job(job_id)
    if not audience.may_change(found.organisation):
        raise NotFound(f"there is no job '{job_id}'")
    return shown_job(found)


def job_link(job_id: str) -> str:
    return f"{API}/jobs/{job_id}"


def shown_job(job: IngestJob) -> Job:
    return Job(
        id=job.id,
        document=job.document,
        organisation=job.organisation,
        name=job.name,
        sha256=job.sha256,
        size=job.size,
        state=job.state,
        step=job.step,
        code=job.code,
        detail=job.detail,
        notes=list(job.notes),
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
