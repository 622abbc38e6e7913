"""Handing in at the staff desk: where staff begin, and how the reading of what they handed in goes."""

from collections.abc import Sequence
from typing import Any

import msgspec
from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect

from library.batches import Batch
from library.exchange import Exchange
from library.model import Audience, Scope
from library.page.batch_page import batch_page
from library.page.desk_page import desk_page
from library.said import read_said
from library.web.access import looks_after, needs
from library.web.batches import HandedInFile, files_in, own_batch, standing_of, taken_in_together
from library.web.desk.frame import BY_FORM, at_desk, onwards, text_in
from library.web.forms import form_of
from library.web.in_need import needs_counted
from library.web.jobs import MOST_JOBS, own_job, shown_job
from library.web.pages import spoken_wording
from library.words import words

BATCHES = 8
"""The newest ones, which the desk names."""
SAID_OF_ALL = ("kind", "visibility")
"""Fields of all documents that are handed in together."""


@get("/desk", include_in_schema=False, opt=needs(Scope.INGEST))
async def desk(
    request: Request[Any, Any, Any], audience: NamedDependency[Audience], exchange: NamedDependency[Exchange]
) -> Response[bytes]:
    """Where staff begin."""
    spoken = spoken_wording(request)
    told = words(spoken.language)
    newest = [
        msgspec.to_builtins(await standing_of(batch, audience, exchange, told))
        for batch in await exchange.batches.newest(looks_after(audience), BATCHES)
    ]
    counts = await needs_counted(audience, exchange)
    withdrawn = request.query_params.get("withdrawn", "")
    return await at_desk(request, "desk.html", desk_page(newest, counts, withdrawn, spoken), spoken, here="/desk")


@get("/desk/batches/{batch_id:str}", include_in_schema=False, opt=needs(Scope.INGEST))
async def batch_at_desk(
    request: Request[Any, Any, Any],
    batch_id: FromPath[str],
    audience: NamedDependency[Audience],
    exchange: NamedDependency[Exchange],
) -> Response[bytes]:
    """How the files of a batch are doing."""
    own = await own_batch(batch_id, audience, exchange)
    return await _shown_batch(request, own, (), audience, exchange)


@post("/desk/batches", include_in_schema=False, opt=BY_FORM, status_code=200)
async def hand_in_at_desk(
    request: Request[Any, Any, Any], audience: NamedDependency[Audience], exchange: NamedDependency[Exchange]
) -> Response[Any]:
    """Take in what was chosen, then show how it is doing."""
    told = words(spoken_wording(request).language)
    async with form_of(request, ("file", "csrf_token", *SAID_OF_ALL), exchange.settings.batch_bytes) as form:
        said = read_said({name: text_in(form, name) for name in SAID_OF_ALL if text_in(form, name)})
        files = files_in(form)
        batch = await exchange.batches.open(audience.organisation, audience.organisation)
        handed_in = await taken_in_together(files, said, batch, exchange, told)
    if all(each.news in ("new", "again") for each in handed_in):
        return onwards(request, f"/desk/batches/{batch.id}")
    return await _shown_batch(request, batch, handed_in, audience, exchange)


@post("/desk/batches/{batch_id:str}/retry", include_in_schema=False, opt=BY_FORM, status_code=303)
async def retry_batch_at_desk(
    request: Request[Any, Any, Any],
    batch_id: FromPath[str],
    audience: NamedDependency[Audience],
    exchange: NamedDependency[Exchange],
) -> Redirect:
    """Let all that failed be read again."""
    await own_batch(batch_id, audience, exchange)
    await exchange.inbox.retry(batch=batch_id, organisation=looks_after(audience))
    return onwards(request, f"/desk/batches/{batch_id}")


@post("/desk/jobs/{job_id:str}/retry", include_in_schema=False, opt=BY_FORM, status_code=303)
async def retry_job_at_desk(
    request: Request[Any, Any, Any],
    job_id: FromPath[str],
    audience: NamedDependency[Audience],
    exchange: NamedDependency[Exchange],
) -> Redirect:
    """Let one file that failed be read again."""
    job = await own_job(job_id, audience, exchange)
    await exchange.inbox.retry(job_id)
    return onwards(request, f"/desk/batches/{job.batch}" if job.batch else "/desk")


async def _shown_batch(
    request: Request[Any, Any, Any],
    batch: Batch,
    handed_in: Sequence[HandedInFile],
    audience: Audience,
    exchange: Exchange,
) -> Response[bytes]:
    spoken = spoken_wording(request)
    told = words(spoken.language)
    standing = await standing_of(batch, audience, exchange, told)
    jobs = await exchange.inbox.jobs(organisation=looks_after(audience), batch=batch.id, limit=MOST_JOBS)
    shown = batch_page(
        msgspec.to_builtins(standing),
        msgspec.to_builtins([shown_job(job, told) for job in jobs]),
        msgspec.to_builtins(list(handed_in)),
        spoken,
    )
    return await at_desk(request, "batch.html", shown, spoken, here=f"/desk/batches/{batch.id}")
