"""How a file is handed in over HTTP: kept and queued here, read later by the worker."""

import asyncio
from dataclasses import dataclass
from hashlib import sha256
from typing import Annotated, Any

from litestar import Request, Response, post
from litestar.datastructures import UploadFile
from litestar.di import NamedDependency
from litestar.openapi.datastructures import ResponseSpec
from litestar.openapi.spec import Operation
from litestar.params import HeaderParameter, QueryParameter
from msgspec import Struct

from library.exchange import Exchange
from library.model import Audience, OrganisationId, Scope, missing_to_publish
from library.said import document_from, read_said
from library.web.access import needs
from library.web.forms import (
    FILE,
    HANDING_IN,
    file_in,
    form_body,
    form_of,
    metadata_in,
    name_of,
    organisation_in,
    pieces_of,
)
from library.web.jobs import Job, shown_job
from library.web.languages import StaffLang, words_for
from library.web.problems import documented

LONGEST_IDEMPOTENCY_KEY = 200


class HandedIn(Struct, frozen=True):
    """What became of a file: `new`, `again` where it had failed before, or `known` where there was nothing to do."""

    news: str
    job: Job


class WouldHandIn(Struct, frozen=True):
    """What would become of a file; nothing was kept."""

    name: str
    size: int
    organisation: str
    document: str | None
    """The document that has this very file already."""
    missing: list[str]
    """What the description lacks for the document to be public; what is found in the file may still fill it in."""


@dataclass
class HandInForm(Operation):
    """The documentation of the form."""

    def __post_init__(self) -> None:
        self.request_body = form_body(
            FILE, "Fields of the document, as a JSON object.", "Whose it is; else the key's own."
        )


@post(
    "/documents",
    operation_id="hand_in",
    operation_class=HandInForm,
    status_code=202,
    opt=needs(Scope.INGEST),
    responses={
        200: ResponseSpec(WouldHandIn, description="With `dry_run`: what would become of it", generate_examples=False),
        **documented(400, 401, 403, 404, 409, 413, 415, 503),
    },
    tags=["documents"],
    summary="Hand in a file",
)
async def hand_in(
    request: Request[Any, Any, Any],
    audience: NamedDependency[Audience],
    exchange: NamedDependency[Exchange],
    *,
    idempotency_key: Annotated[
        str,
        HeaderParameter(
            name="Idempotency-Key",
            max_length=LONGEST_IDEMPOTENCY_KEY,
            description="Chosen by the sender: sent again with the same key, nothing is taken in twice.",
        ),
    ] = "",
    dry_run: Annotated[
        bool, QueryParameter(description="Only say whether the file and its description would be taken in.")
    ] = False,
    lang: StaffLang = None,
) -> Response[HandedIn]:
    """Taken in is not read: `Location` is the job that tells how the reading goes."""
    async with form_of(request, HANDING_IN, exchange.settings.upload_bytes) as form:
        organisation = await organisation_in(form, audience, exchange)
        file = file_in(form)
        if dry_run:
            would = await _would_hand_in(file, await metadata_in(form), organisation, exchange)
            return Response(would, status_code=200)  # type: ignore[arg-type]  # documented among the responses
        accepted = await exchange.accept(
            pieces_of(file, exchange.settings.upload_bytes),
            name=name_of(file),
            said=await metadata_in(form),
            organisation=organisation,
            submitted_by=audience.organisation,
            idempotency_key=idempotency_key,
        )
    job = shown_job(accepted.job, words_for(lang, request))
    return Response(HandedIn(accepted.news, job), status_code=202, headers={"Location": job.links.self})


async def _would_hand_in(
    file: UploadFile, said: dict[str, Any], organisation: OrganisationId, exchange: Exchange
) -> WouldHandIn:
    """Raises what handing it in would raise."""
    checked = read_said(said)
    digest, size = await asyncio.to_thread(_hash_and_size, file, exchange.settings.upload_bytes)
    await exchange.refuse_purged(digest, organisation)
    described = document_from({"title": {}, **checked}, language="", id="", organisation=organisation)
    return WouldHandIn(
        name=name_of(file),
        size=size,
        organisation=organisation,
        document=await exchange.catalog.with_file(digest, organisation),
        missing=list(missing_to_publish(described)),
    )


def _hash_and_size(file: UploadFile, upload_bytes: int) -> tuple[str, int]:
    digest, size = sha256(), 0
    for piece in pieces_of(file, upload_bytes):
        digest.update(piece)
        size += len(piece)
    return digest.hexdigest(), size
