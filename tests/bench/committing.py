"""What searching costs while the line takes files in, and how soon one document that has come is found."""

import asyncio
import os
import random
import shutil
import sys
import tempfile
import time
from asyncio.subprocess import DEVNULL
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import UTC, datetime
from itertools import cycle
from pathlib import Path
from typing import Any
from urllib.parse import quote

from ingest.batch import Descriptions, files_in, hand_in
from library.exchange import Exchange, open_exchange
from library.jobs import IngestJob
from library.model import Organisation, Page, Practice, Visibility
from library.settings import Settings
from tests.bench.collections import Collection
from tests.bench.over_http import Client, served, warmed
from tests.bench.progress import say
from tests.bench.queries import questions
from tests.bench.timing import percentiles

SECONDS = 10.0
"""For which searches are measured, without and with documents coming in."""
FILES = 6_000
"""Of a page each."""
SINGLE = ("xylofarma", "brzdokol", "kvintopol", "hrozenkář")
"""Words, unlike any other, of documents that are put in one at a time."""
SAMPLE = 2_000
MEMORY_MB = 400
"""As the settings say for so many documents."""
LOOK_EVERY = 0.01


async def measure(folder: Path, collection: Collection) -> dict[str, Any]:
    """Milliseconds over HTTP of one client whose searches were never asked before: alone, while the line takes
    files in as fast as it can, and while one document at a time is committed; and the seconds from its commit's
    beginning until a search finds it."""
    say(f"{collection.name}: searching while documents come in")
    with tempfile.TemporaryDirectory(prefix="bench-") as temporary:
        data = Path(temporary) / "data"
        shutil.copytree(folder / "ours", data)
        files = _files(Path(temporary) / "files", collection)
        await _hand_in(data, files)
        addresses = _addresses(collection)
        async with served(data) as server:
            await _warm(server.port, addresses)
            alone = await _asked(server.port, addresses, until=_after(SECONDS))
            coming = await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", "ingest", "work"),
                env=os.environ | {"LIBRARY_DATA": str(data)},
                stdout=DEVNULL,
            )
            try:
                await asyncio.sleep(8)  # until its dictionaries are loaded and its readers run
                beside = await _asked(server.port, addresses, until=_after(SECONDS))
                assert coming.returncode is None, "the files came to an end before the searches did"
            finally:
                with suppress(ProcessLookupError):
                    coming.terminate()
                await coming.wait()
            single = await _single(data, server.port, addresses)
    return {
        "documents": collection.size,
        "alone_ms": percentiles(alone),
        "while_documents_come_ms": percentiles(beside),
        "p99_ratio": round(percentiles(beside)["p99"] / percentiles(alone)["p99"], 2),
        **single,
    }


async def measure_one(folder: Path, collection: Collection) -> dict[str, Any]:
    """The same for a large collection: alone, and while one document at a time is committed."""
    say(f"{collection.name}: searching while one document at a time comes in")
    with tempfile.TemporaryDirectory(prefix="bench-") as temporary:
        data = Path(temporary) / "data"
        shutil.copytree(folder / "ours", data)
        addresses = _addresses(collection)
        async with served(data, MEMORY_MB) as server:
            await _warm(server.port, addresses)
            alone = await _asked(server.port, addresses, until=_after(SECONDS))
            single = await _single(data, server.port, addresses)
    return {"documents": collection.size, "alone_ms": percentiles(alone), **single}


async def _single(data: Path, port: int, addresses: Iterator[str]) -> dict[str, Any]:
    exchange = await open_exchange(Settings(data=data))
    found_after, times = list[float](), list[float]()
    try:
        await _add(
            exchange, "first", "obec"
        )  # with which its dictionaries are loaded, and the rest of the line's goes in
        await exchange.catch_up()
        for number, word in enumerate(SINGLE):
            await _add(exchange, f"single-{number}", f"{word} obec")
            begun = time.perf_counter()
            committing = asyncio.create_task(exchange.catch_up())
            async with Client(port) as client:
                while b'"total":0' in await client.read(f"/api/v1/search?q={quote(word)}&highlight=off"):
                    times.append(await client.milliseconds(next(addresses)))
                    await asyncio.sleep(LOOK_EVERY)
            found_after.append(time.perf_counter() - begun)
            await committing
            times += await _asked(port, addresses, until=_after(0.5))
    finally:
        await exchange.close()
    return {
        "one_commit_found_after_seconds": [round(each, 2) for each in found_after],
        "around_commits_ms": percentiles(times),
    }


async def _warm(port: int, addresses: Iterator[str]) -> None:
    """Until the server has made ready what it makes when it has started, and knows the words."""
    await warmed(port)
    await _asked(port, addresses, until=_after(SECONDS))


def _after(seconds: float) -> Callable[[], bool]:
    end = time.perf_counter() + seconds
    return lambda: time.perf_counter() >= end


async def _asked(port: int, addresses: Iterator[str], until: Callable[[], bool]) -> list[float]:
    times = []
    # Each time a connection of its own: one that is idle for some seconds is closed.
    async with Client(port) as client:
        while not until():
            times.append(await client.milliseconds(next(addresses)))
    return times


def _addresses(collection: Collection) -> Iterator[str]:
    """Searches of common words; the year makes each one new."""
    asked = questions(collection.documents(min(collection.size, SAMPLE)), 40)
    words = [" ".join(each.words) for kind in ("one common word", "two common words, and") for each in asked[kind]]
    for number, typed in enumerate(cycle(words)):
        yield f"/api/v1/search?q={quote(typed)}&facets=topic,language,year&year_from={number % 1900}"


def _files(folder: Path, collection: Collection) -> Path:
    """More than the line can take in while it is measured, none like another."""
    chance = random.Random(20261127)
    words = [word for document in collection.documents(SAMPLE) for word in document.text.split()]
    folder.mkdir()
    for number in range(FILES):
        (folder / f"{number}.txt").write_text(" ".join(chance.choices(words, k=300)), encoding="utf-8")
    return folder


async def _hand_in(data: Path, folder: Path) -> None:
    exchange = await open_exchange(Settings(data=data))
    try:
        await exchange.accounts.add_organisation(Organisation(id="org1", name="Bench", invented=True))
        files = files_in([folder], None)
        async for job in hand_in(exchange, files, Descriptions({}, {}), organisation="org1", submitted_by="bench"):
            assert isinstance(job, IngestJob), job
    finally:
        await exchange.close()


async def _add(exchange: Exchange, name: str, text: str) -> None:
    document = Practice(
        id=name,
        organisation="org1",
        title={"cs": f"Zpráva {name}"},
        languages=("cs",),
        topics=("topic1",),
        visibility=Visibility.PUBLIC,
        added=datetime(2025, 1, 1, tzinfo=UTC),
    )
    await exchange.add(document, [Page(number=1, text=text, language="cs")])
