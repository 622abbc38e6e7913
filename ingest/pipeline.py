"""The straight line from an original to the catalogue."""

import asyncio
from collections.abc import Sequence

import msgspec
from msgspec import Struct

from ingest.describe import describe, notes, said_of_next_version, with_languages
from ingest.enclosed import Enclosed
from ingest.extract import Extract, TakeEnclosed
from ingest.readers import Lent
from ingest.steps import Tell
from library.exchange import Exchange
from library.jobs import IngestJob, Progress, Step
from library.said import REPLACES


class Kept(Struct, frozen=True):
    """The file has become a document."""

    notes: tuple[str, ...]
    """What staff should know of it."""
    waits_for: str = ""
    """What the machine lacks for the rest of its pages."""


class Unpacked(Struct, frozen=True):
    """The file was an archive: what it encloses was handed in, and that was all."""

    notes: tuple[str, ...]


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
    return await reader.read(
        exchange.originals.path(job.sha256),
        job.name,
        lambda page, of: tell(Progress(Step.READING, page, of)),
        take,
        languages=tuple(languages),
    )


async def ingest(job: IngestJob, exchange: Exchange, reader: Lent, tell: Tell) -> Kept | Unpacked:
    """Read the job's file and put what it holds into the catalogue, telling how far it is; what it encloses is handed
    in.

    Raises ExtractionFailed for a file that cannot be read. Run again after having been cut off anywhere, it ends in
    the same document.
    """
    enclosed = Enclosed(exchange, job)
    extract = await read_original(
        job, exchange, reader, tell, take=enclosed.take, languages=job.said.get("languages", ())
    )
    if not extract.pages:
        return Unpacked((*extract.notes, *enclosed.notes()))
    tell(Progress(Step.DESCRIBING))
    pages = await asyncio.to_thread(with_languages, extract.pages, tuple(job.said.get("languages", ())))
    extract = msgspec.structs.replace(extract, pages=pages)
    if REPLACES in job.said:
        said = said_of_next_version(await exchange.replaced(job.document), job.said, extract)
        job = msgspec.structs.replace(job, said=said)
    document = describe(extract, job)
    tell(Progress(Step.KEEPING))
    kept = await exchange.add(document, pages)
    return Kept((*notes(extract, job, kept), *enclosed.notes()), extract.waits_for)
