"""The straight line from an original to the catalogue."""

import asyncio

import msgspec

from ingest.describe import describe, notes, with_languages
from ingest.extract import Reader
from ingest.steps import Tell
from library.exchange import Exchange
from library.inbox import IngestJob, Progress, Step


async def ingest(job: IngestJob, exchange: Exchange, reader: Reader, tell: Tell) -> tuple[str, ...]:
    """Read the job's file and put what it holds into the catalogue, telling how far it is; what staff should know of it
    is returned.

    Raises ExtractionFailed for a file that cannot be read. Run again after having been cut off anywhere, it ends in
    the same document.
    """
    extract = await reader.read(
        exchange.originals.path(job.sha256), job.name, lambda page, of: tell(Progress(Step.READING, page, of))
    )
    tell(Progress(Step.DESCRIBING))
    pages = await asyncio.to_thread(with_languages, extract.pages, tuple(job.said.get("languages", ())))
    extract = msgspec.structs.replace(extract, pages=pages)
    document = describe(extract, job)
    tell(Progress(Step.KEEPING))
    await exchange.add(document, pages)
    return notes(extract, job, document)
