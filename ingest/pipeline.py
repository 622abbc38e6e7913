"""The straight line from an original to the catalogue."""

import asyncio
from collections.abc import Callable, Sequence

import msgspec
from msgspec import Struct

from ingest.describe import describe, notes, said_of_next_version
from ingest.enclosed import Enclosed
from ingest.extract import Extract, TakeEnclosed
from ingest.keeping import Keeping
from ingest.readers import Lent
from ingest.steps import Tell
from library.catalog import AnalysedPage
from library.errors import DamagedFile
from library.exchange import Exchange
from library.jobs import IngestJob, Progress, Step
from library.language import Apart, taken_apart
from library.model import Document, Page
from library.page_languages import with_languages
from library.said import REPLACES


class Kept(Struct, frozen=True):
    """The file has become a document, and with that its job is done."""


class Unpacked(Struct, frozen=True):
    """The file was an archive: what it encloses was handed in, and that was all."""

    notes: tuple[str, ...]


class _Described(Struct, frozen=True):
    job: IngestJob
    """With what is true of the document that it is the next version of, where it is."""
    document: Document
    extract: Extract
    """Whose pages know their languages."""
    analysed: Sequence[AnalysedPage]


async def read_original(
    job: IngestJob,
    exchange: Exchange,
    reader: Lent,
    tell: Tell,
    *,
    take: TakeEnclosed | None,
    languages: Sequence[str],
) -> Extract:
    """What the reader finds in the job's file, which is told page by page; `languages` are those it is said to be in.
    Raises ExtractionFailed."""
    original = exchange.originals.path(job.sha256)
    try:
        return await reader.read(
            original,
            job.name,
            lambda page, of: tell(Progress(Step.READING, page, of)),
            take,
            languages=tuple(languages),
        )
    except FileNotFoundError as error:
        if original.exists():
            raise
        raise DamagedFile("the library has lost this file: hand it in again") from error


async def ingest(job: IngestJob, exchange: Exchange, reader: Lent, keeping: Keeping, tell: Tell) -> Kept | Unpacked:
    """Read the job's file, put what it holds into the catalogue and end the job, telling how far it is; what it
    encloses is handed in.

    Raises ExtractionFailed for a file that cannot be read. Run again after having been cut off anywhere, it ends in
    the same document.
    """
    enclosed = Enclosed(exchange, job)
    extract = await read_original(
        job, exchange, reader, tell, take=enclosed.take, languages=job.said.get("languages", ())
    )
    if not extract.pages:
        return Unpacked((*extract.notes, *enclosed.notes()))
    while not await _kept(extract, job, exchange, enclosed, keeping=keeping, tell=tell):
        pass  # staff have just changed the document of which it is the next version: what they said is taken in
    return Kept()


async def _kept(
    extract: Extract, job: IngestJob, exchange: Exchange, enclosed: Enclosed, *, keeping: Keeping, tell: Tell
) -> bool:
    """Whether what was read is in the catalogue and the job done."""
    tell(Progress(Step.DESCRIBING))
    replaced = await exchange.replaced(job.document) if REPLACES in job.said else None
    described = await asyncio.to_thread(_described, extract, job, replaced, exchange.analysed)
    tell(Progress(Step.KEEPING))
    await keeping.turn()
    return await exchange.finish(
        job,
        described.document,
        described.extract.pages,
        described.analysed,
        notes=lambda kept: (*notes(described.extract, described.job, kept), *enclosed.notes()),
        replaced=replaced,
        waits_for=extract.waits_for,
    )


def _described(
    extract: Extract,
    job: IngestJob,
    replaced: Document | None,
    analysed: Callable[[Sequence[Page], Sequence[Apart]], Sequence[AnalysedPage]],
) -> _Described:
    """All that takes time, in one turn of a thread."""
    apart = taken_apart([page.text for page in extract.pages])
    pages = with_languages(extract.pages, tuple(job.said.get("languages", ())), apart)
    extract = msgspec.structs.replace(extract, pages=pages)
    if replaced is not None:
        job = msgspec.structs.replace(job, said=said_of_next_version(replaced, job.said, extract))
    return _Described(job, describe(extract, job), extract, analysed(pages, apart))
