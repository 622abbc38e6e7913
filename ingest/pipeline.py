"""The straight line from an original to the catalogue."""

import asyncio

import msgspec

from ingest.describe import describe, notes, with_languages
from ingest.extract import Reader
from library.exchange import Exchange
from library.inbox import IngestJob


async def ingest(job: IngestJob, exchange: Exchange, reader: Reader) -> tuple[str, ...]:
    """Read the job's file and put what it holds into the catalogue; what staff should know of it is returned.

    Raises ExtractionFailed for a file that cannot be read. Run again after having been cut off anywhere, it ends in
    the same document.
    """
    await exchange.inbox.step(job.id, "reading")
    extract = await reader.read(exchange.originals.path(job.sha256), job.name)
    await exchange.inbox.step(job.id, "analysing")
    pages = await asyncio.to_thread(with_languages, extract.pages, tuple(job.said.get("languages", ())))
    extract = msgspec.structs.replace(extract, pages=pages)
    document = describe(extract, job)
    await exchange.add(document, pages)
    return notes(extract, job, document)
