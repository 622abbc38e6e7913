"""How fast born-digital PDFs go through the whole pipeline, and through the bare reader on as many cores beside it."""

import asyncio
import os
import time
import tomllib
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import msgspec
import pypdfium2

from ingest.batch import Descriptions, hand_in
from ingest.samples import ORGANISATIONS
from ingest.worker import follow, work_with_others
from library.exchange import Exchange, open_exchange
from library.inbox import IngestJob
from library.model import Audience, Organisation, Role
from library.search import SearchQuery
from library.settings import Settings
from library.syntax import parse
from tests.builders import TODAY

COPIES = 8
"""How often each file is handed in; each time it differs by a comment at its end."""
LOOK_EVERY = 0.02


async def measure(folder: Path, files: Sequence[Path]) -> dict[str, float]:
    """Pages a second, wall time: from originals on the disk to found in a search, the start of all processes and the
    loading of all dictionaries among it (`from_cold`) or before it; pdfium alone on as many cores; and how long after
    its upload one file is found."""
    copies = _copies(folder / "files", files)
    exchange = await open_exchange(Settings(data=folder / "data"))
    try:
        for organisation in _organisations():
            await exchange.accounts.add_organisation(organisation)
        first, rest = copies[: len(files)], copies[len(files) :]
        cold = await _taken(exchange, first)
        pages = await _pages(exchange)
        spent = _processor_seconds()
        warm = await _taken(exchange, rest)
        spent = _processor_seconds() - spent
        more = await _pages(exchange) - pages
        bare, bare_spent = _bare_readers(rest)
        found_after = await _seconds_until_found(exchange, folder)
    finally:
        await exchange.close()
    return {
        "files": len(copies),
        "pages": pages + more,
        "from_cold_pages_per_second": round(pages / cold, 1),
        "pages_per_second": round(more / warm, 1),
        "bare_pdfium_pages_per_second": round(bare, 1),
        "share_of_bare": round(more / warm / bare, 3),
        "processor_ms_per_page": round(1000 * spent / more, 2),
        "bare_processor_ms_per_page": round(1000 * bare_spent / more, 2),
        "found_after_seconds": round(found_after, 2),
    }


async def _seconds_until_found(exchange: Exchange, folder: Path) -> float:
    """From handing in one file, with a worker that has nothing else to do, until a search finds the word in it."""
    everyone = Audience(role=Role.ADMIN, today=TODAY)
    working = asyncio.create_task(follow(exchange))
    try:
        for word in ("xqfirst", "xqsecond"):  # the first waits until the worker has started
            file = folder / f"{word}.txt"
            file.write_text(f"The word {word} stands in this text.")
            begun = time.perf_counter()
            await _hand_in(exchange, [file])
            while not (await exchange.search(SearchQuery(match=parse(word)), everyone)).total:  # noqa: ASYNC110
                await asyncio.sleep(LOOK_EVERY)
        return time.perf_counter() - begun
    finally:
        working.cancel()
        await asyncio.gather(working, return_exceptions=True)


async def _hand_in(exchange: Exchange, files: Sequence[Path]) -> None:
    organisation = _organisations()[0].id
    async for job in hand_in(exchange, files, Descriptions({}, {}), organisation=organisation, submitted_by="bench"):
        assert isinstance(job, IngestJob), job


async def _taken(exchange: Exchange, files: Sequence[Path]) -> float:
    """Seconds until all are found."""
    begun = time.perf_counter()
    await _hand_in(exchange, files)
    await work_with_others(exchange)
    return time.perf_counter() - begun


async def _pages(exchange: Exchange) -> int:
    documents = await exchange.catalog.documents(await exchange.catalog.ids())
    return sum(file.pages for document in documents.values() for file in document.files)


def _copies(folder: Path, files: Sequence[Path]) -> list[Path]:
    folder.mkdir(parents=True)
    copies = []
    for number in range(COPIES):
        for file in files:
            copy = folder / f"{number}-{file.name}"
            copy.write_bytes(file.read_bytes() + b"\n%% %d\n" % number)
            copies.append(copy)
    return copies


def _organisations() -> list[Organisation]:
    return msgspec.convert(tomllib.loads(ORGANISATIONS.read_text(encoding="utf-8"))["organisation"], list[Organisation])


def _processor_seconds() -> float:
    """Of this process and of those that have ended."""
    return sum(os.times()[:4])


def _bare_readers(files: Sequence[Path]) -> tuple[float, float]:
    """Pages a second, and processor time, of as many processes as there are cores, which do nothing but take the
    text."""
    with ProcessPoolExecutor(os.cpu_count(), mp_context=get_context("spawn")) as pool:
        list(pool.map(_read_barely, files[:8]))  # so that all are started
        begun = time.perf_counter()
        read = list(pool.map(_read_barely, files, chunksize=4))
        seconds = time.perf_counter() - begun
    return sum(pages for pages, _ in read) / seconds, sum(spent for _, spent in read)


def _read_barely(path: Path) -> tuple[int, float]:
    begun = time.process_time()
    with pypdfium2.PdfDocument(path) as document:
        for page in document:
            page.get_textpage().get_text_range()
        pages = len(document)
    return pages, time.process_time() - begun
