"""How fast born-digital PDFs go through the whole line, and through bare readers on as many cores beside it.

`python -m tests.bench.ingesting` measures this alone.
"""

import asyncio
import os
import sys
import tempfile
import time
import tomllib
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import asynccontextmanager, contextmanager
from multiprocessing import get_context
from operator import attrgetter
from pathlib import Path
from typing import NamedTuple

import httpx
import msgspec
import pypdfium2

from ingest.batch import Descriptions, hand_in
from ingest.extract import Limits, extract
from ingest.samples import FILES, ORGANISATIONS
from library.exchange import Exchange, open_exchange
from library.jobs import IngestJob
from library.model import Organisation, Role
from library.settings import Settings
from tests.bench.over_http import served

ROUNDS = 7
"""Each measures all three, our own reader before and after the whole line: a machine may be quick now and slow in a
moment, so only shares within a round can be compared, and of these the middle one counts."""
COPIES = 12
"""How often each file is read in a round; each time it differs by a comment at its end."""
LOOK_EVERY = 0.02
WORDS = ("begins", "counselling", "kindergarten", "newcomers")
"""One for each file that is uploaded alone. The first wakes the worker; of the others the slowest counts."""


Bare = Callable[[Callable[[Path], int], Sequence[Path]], float]
"""Given how one file is read, and files."""


async def measure(folder: Path, files: Sequence[Path]) -> dict[str, float]:
    """Pages a second, wall time, of a worker that has read before: from files on the disk, through the inbox and all
    that the worker does, until all are found; beside pdfium alone and our own reader of PDFs alone, each in one plain
    process a core. And how many seconds after its upload over HTTP one file is found, when nothing else waits."""
    exchange = await open_exchange(Settings(data=folder / "data"))
    try:
        for organisation in _organisations():
            await exchange.accounts.add_organisation(organisation)
        async with served(folder / "data") as server, _worker(folder / "data") as worker:
            found_after = [await _seconds_until_found(exchange, server.port, word) for word in WORDS]
            await _taken(exchange, _copies(folder / "first", files, 1))
            with _bare(files) as bare:
                rounds = [
                    await _round(exchange, worker, _copies(folder / f"{n}", files, COPIES), bare) for n in range(ROUNDS)
                ]
    finally:
        await exchange.close()
    middle = sorted(rounds, key=attrgetter("share"))[ROUNDS // 2]
    return {
        "files": COPIES * len(files),
        "pages": middle.pages,
        "pages_per_second": round(middle.whole, 1),
        "pdfium_pages_per_second": round(middle.pdfium, 1),
        "our_reader_pages_per_second": round(middle.reader, 1),
        "share_of_pdfium": round(middle.whole / middle.pdfium, 3),
        "share_of_our_reader": round(middle.share, 3),
        "least_share_of_our_reader": round(min(each.share for each in rounds), 3),
        "largest_share_of_our_reader": round(max(each.share for each in rounds), 3),
        "processor_ms_per_page": round(middle.processor_ms, 2),
        "found_after_seconds": round(max(found_after[1:]), 2),
    }


class _Round(NamedTuple):
    """Pages, how many of them a second by the whole line and by each reader alone, and what one cost the worker and its
    children."""

    pages: int
    whole: float
    pdfium: float
    reader: float
    processor_ms: float

    @property
    def share(self) -> float:
        return self.whole / self.reader


async def _round(exchange: Exchange, worker: int, copies: Sequence[Path], bare: Bare) -> _Round:
    read_before = await asyncio.to_thread(bare, _read, copies)
    before, spent = await _pages(exchange), _processor_seconds(worker)
    seconds = await _taken(exchange, copies)
    spent = _processor_seconds(worker) - spent
    pages = await _pages(exchange) - before
    while await exchange.resemblances.uncompared(1):  # noqa: ASYNC110  # or the readers would feel it
        await asyncio.sleep(LOOK_EVERY)
    read_after = await asyncio.to_thread(bare, _read, copies)
    return _Round(
        pages=pages,
        whole=pages / seconds,
        pdfium=await asyncio.to_thread(bare, _read_with_pdfium, copies),
        reader=(read_before + read_after) / 2,
        processor_ms=1000 * spent / pages,
    )


@asynccontextmanager
async def _worker(data: Path) -> AsyncIterator[int]:
    """A worker as it is run: the id of its process."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "ingest", "work", "--follow"),
        env={**os.environ, "LIBRARY_DATA": str(data), "PYTHONSAFEPATH": "1"},
        stderr=asyncio.subprocess.DEVNULL,
    )
    try:
        yield process.pid
    finally:
        process.terminate()
        await process.wait()


async def _seconds_until_found(exchange: Exchange, port: int, word: str) -> float:
    """From the first byte of the upload until a search over HTTP has the document among its hits."""
    key = await exchange.accounts.add_key(_organisations()[0].id, Role.STAFF)
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}/api/v1", headers={"X-API-Key": key}) as client:
        begun = time.perf_counter()
        file = {"file": (f"{word}.txt", f"The word {word} stands in this text.")}
        handed_in = await client.post("/documents", files=file)
        document = handed_in.raise_for_status().json()["job"]["document"]
        while f'"{document}"' not in (await client.get("/search", params={"q": word})).text:  # noqa: ASYNC110
            await asyncio.sleep(LOOK_EVERY)
        return time.perf_counter() - begun


async def _taken(exchange: Exchange, files: Sequence[Path]) -> float:
    """Seconds until all are found."""
    organisation = _organisations()[0].id
    begun = time.perf_counter()
    async for job in hand_in(exchange, files, Descriptions({}, {}), organisation=organisation, submitted_by="bench"):
        assert isinstance(job, IngestJob), job
    while await exchange.inbox.has_work() or await exchange.unindexed.oldest(1):  # noqa: ASYNC110
        await asyncio.sleep(LOOK_EVERY)
    return time.perf_counter() - begun


async def _pages(exchange: Exchange) -> int:
    documents = await exchange.catalog.documents(await exchange.catalog.ids())
    return sum(file.pages for document in documents.values() for file in document.files)


def _copies(folder: Path, files: Sequence[Path], count: int) -> list[Path]:
    folder.mkdir(parents=True)
    copies = []
    for number in range(count):
        for file in files:
            copy = folder / f"{number}-{file.name}"
            copy.write_bytes(file.read_bytes() + f"\n%% {copy}\n".encode())
            copies.append(copy)
    return copies


def _organisations() -> list[Organisation]:
    return msgspec.convert(tomllib.loads(ORGANISATIONS.read_text(encoding="utf-8"))["organisation"], list[Organisation])


def _processor_seconds(worker: int) -> float:
    """Of a process and of its children, those that live and those that have ended."""
    children = Path(f"/proc/{worker}/task/{worker}/children").read_text().split()
    return sum(map(_ticks, [str(worker), *children])) / os.sysconf("SC_CLK_TCK")


def _ticks(process: str) -> int:
    fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return sum(map(int, fields[11:15]))


@contextmanager
def _bare(files: Sequence[Path]) -> Iterator[Bare]:
    """Reads files in as many processes as there are cores, which have read some before: pages a second."""
    cores = os.cpu_count() or 1
    with ProcessPoolExecutor(cores, mp_context=get_context("spawn")) as pool:

        def pages_a_second(read: Callable[[Path], int], copies: Sequence[Path]) -> float:
            begun = time.perf_counter()
            pages = sum(pool.map(read, copies, chunksize=4))
            return pages / (time.perf_counter() - begun)

        for read in (_read_with_pdfium, _read):
            pages_a_second(read, cores * list(files))
        yield pages_a_second


def _read_with_pdfium(path: Path) -> int:
    with pypdfium2.PdfDocument(path) as document:
        for page in document:
            page.get_textpage().get_text_range()
        return len(document)


def _read(path: Path) -> int:
    return len(extract(path, path.name, Limits()).pages)


def main() -> int:
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        figures = asyncio.run(measure(Path(folder), sorted(FILES.glob("*.pdf"))))
    print(msgspec.json.format(msgspec.json.encode(figures)).decode())
    return 0


if __name__ == "__main__":
    sys.exit(main())
