"""What searching costs while documents come in, and how soon one that has come is found.

python -m tests.bench.committing FOLDER FIRST COUNT: puts so many generated documents in, a few in each commit.
"""

import asyncio
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from itertools import cycle
from pathlib import Path
from typing import Any
from urllib.parse import quote

from library.exchange import Exchange, open_exchange
from library.model import Page, Practice, Visibility
from library.settings import Settings
from tests.bench.collections import Collection
from tests.bench.over_http import Client, served
from tests.bench.progress import say
from tests.bench.queries import questions
from tests.bench.timing import percentiles

SECONDS = 10.0
"""For which searches are measured, without and with documents coming in."""
A_COMMIT = 20
"""Documents."""
SINGLE = ("xylofarma", "brzdokol", "kvintopol", "hrozenkář")
"""Words, unlike any other, of documents that are put in one at a time."""
SAMPLE = 2_000
LOOK_EVERY = 0.01


async def measure(folder: Path, collection: Collection) -> dict[str, Any]:
    """Milliseconds over HTTP of one client whose searches were never asked before: alone, while another process puts
    documents in as fast as it can, and while one document at a time is committed; and the seconds from its commit's
    beginning until a search finds it."""
    say(f"{collection.name}: searching while documents come in")
    with tempfile.TemporaryDirectory(prefix="bench-") as temporary:
        data = Path(temporary) / "data"
        shutil.copytree(folder / "ours", data)
        addresses = _addresses(collection)
        async with served(data) as server:
            await _asked(server.port, addresses, until=_after(SECONDS))
            alone = await _asked(server.port, addresses, until=_after(SECONDS))
            coming = await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", "tests.bench.committing", str(data), "0", "1000000")
            )
            try:
                await asyncio.sleep(8)  # until it has loaded its dictionaries
                beside = await _asked(server.port, addresses, until=_after(SECONDS))
            finally:
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


async def _single(data: Path, port: int, addresses: Iterator[str]) -> dict[str, Any]:
    exchange = await open_exchange(Settings(data=data))
    found_after, times = list[float](), list[float]()
    try:
        await _put(exchange, 5_000_000)
        for number, word in enumerate(SINGLE):
            await exchange.add(_practice(f"single-{number}"), [Page(number=1, text=f"{word} obec", language="cs")])
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


async def _put(exchange: Exchange, number: int) -> None:
    text = f"Dokument {number} o bydlení, škole a práci v obci číslo {number % 977}. " * 30
    await exchange.add(_practice(f"new{number}"), [Page(number=1, text=text, language="cs")])


def _practice(name: str) -> Practice:
    return Practice(
        id=name,
        organisation="org1",
        title={"cs": f"Zpráva {name}"},
        languages=("cs",),
        topics=("topic1",),
        visibility=Visibility.PUBLIC,
        added=datetime(2025, 1, 1, tzinfo=UTC),
    )


async def _put_many(folder: Path, first: int, count: int) -> None:
    exchange = await open_exchange(Settings(data=folder))
    try:
        for number in range(first, first + count):
            await _put(exchange, number)
            if number % A_COMMIT == A_COMMIT - 1:
                await exchange.catch_up()
    finally:
        await exchange.close()


def main() -> None:
    folder, first, count = sys.argv[1:]
    asyncio.run(_put_many(Path(folder), int(first), int(count)))


if __name__ == "__main__":
    main()
