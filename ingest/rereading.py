"""How originals are read again by better readers: which of them, and what becomes of their documents."""

import asyncio

import msgspec
from msgspec import Struct

from ingest.describe import described_again
from ingest.enclosed import Enclosed
from ingest.extract import READERS
from ingest.pipeline import read_original
from ingest.readers import Lent
from ingest.steps import Tell
from library.errors import Conflict, NotFound
from library.exchange import Exchange
from library.jobs import IngestJob, Progress, Step, Submission
from library.model import Document, DocumentId, OrganisationId, Page
from library.page_languages import with_languages


class ReadAgain(Struct, frozen=True):
    """The document has what its file says by now; its job is still to be ended."""

    notes: tuple[str, ...]
    """What staff should know of it."""
    waits_for: str = ""
    """As `Extract.waits_for`."""


_GONE = ReadAgain(("the document has been withdrawn or came with another file: nothing was changed",))


async def queue(exchange: Exchange, documents: list[DocumentId], batch: str) -> int:
    """Queue all files of these documents to be read again; how many are. Asked again, nothing is queued twice."""
    queued = 0
    for document in (await exchange.catalog.documents(documents)).values():
        for file in document.files:
            again = _again(file.name, file.sha256, file.size, document.organisation, batch)
            queued += await exchange.inbox.reread(again, document.id)
    return queued


async def queue_archives(exchange: Exchange, archives: list[IngestJob], batch: str) -> int:
    """The same for archives, of which there is no document. One that was purged with a file in it is not there."""
    queued = 0
    for job in archives:
        if await asyncio.to_thread(exchange.originals.path(job.sha256).exists):
            queued += await exchange.inbox.reread(_again(job.name, job.sha256, job.size, job.organisation, batch))
    return queued


def _again(name: str, sha256: str, size: int, organisation: OrganisationId, batch: str) -> Submission:
    return Submission(name=name, sha256=sha256, size=size, organisation=organisation, said={}, batch=batch)


async def outdated(exchange: Exchange, older_than: int | None, name_ends: str) -> list[DocumentId]:
    """The documents that readers of an older version read: older than this one, or than those at work now."""
    return await exchange.catalog.read_by(READERS if older_than is None else older_than, name_ends)


async def outdated_archives(exchange: Exchange, older_than: int | None, name_ends: str) -> list[IngestJob]:
    """The same of archives: the jobs that unpacked them."""
    return await exchange.inbox.archives(READERS if older_than is None else older_than, name_ends)


async def unpack_again(job: IngestJob, exchange: Exchange, reader: Lent, tell: Tell) -> tuple[str, ...]:
    """Unpack an archive again: files in it that no earlier reader found are handed in, the others stay as people have
    left them; what staff should know of it is returned. Raises ExtractionFailed."""
    origin = await exchange.inbox.origin(job) or job
    enclosed = Enclosed(exchange, origin)
    languages = origin.said.get("languages", ())
    extract = await read_original(job, exchange, reader, tell, take=enclosed.take_if_new, languages=languages)
    return (*extract.notes, *enclosed.notes())


async def reread(job: IngestJob, exchange: Exchange, reader: Lent, tell: Tell) -> ReadAgain:
    """Read the original of a document again and put what it says by now in the place of what it said. What people have
    said of the document stays, and it can be found all the time. Files in it that no earlier reader found are
    handed in.

    Raises ExtractionFailed, and then all is as it was. Run again after having been cut off, it ends in the same.
    """
    before = await _document(job, exchange)
    if before is None:
        return _GONE
    declared = before.languages if before.language_known == "declared" else ()
    origin = await exchange.inbox.origin(job)
    enclosed = Enclosed(exchange, origin) if origin is not None else None
    take = enclosed.take_if_new if enclosed else None
    extract = await read_original(job, exchange, reader, tell, take=take, languages=declared)
    told = (*extract.notes, *(enclosed.notes() if enclosed else ()))
    if not extract.pages:
        return ReadAgain((*told, "nothing was found in the file any more: the document stays as it was"))
    tell(Progress(Step.DESCRIBING))
    found = await asyncio.to_thread(with_languages, extract.pages, declared)
    said = await exchange.catalog.said_languages(job.document)
    pages = tuple(_in_language(page, said.get(page.number, page.language)) for page in found)
    extract = msgspec.structs.replace(extract, pages=pages)
    tell(Progress(Step.KEEPING))
    while (before := await _document(job, exchange)) is not None:
        again = described_again(before, extract, origin.said if origin else {}, job.sha256)
        try:
            await exchange.read_again(again, pages)
        except Conflict:
            continue  # somebody has just corrected the document: what they said is taken in
        except NotFound:
            break
        return ReadAgain(told, extract.waits_for)
    return _GONE


async def _document(job: IngestJob, exchange: Exchange) -> Document | None:
    """The job's document, where it is in the library and still has the job's file."""
    found = (await exchange.catalog.documents([job.document])).get(job.document)
    has_file = found is not None and any(file.sha256 == job.sha256 for file in found.files)
    return found if has_file else None


def _in_language(page: Page, language: str) -> Page:
    return msgspec.structs.replace(page, language=language)
