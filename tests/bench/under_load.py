"""python -m tests.bench.under_load: many connections at once to one web process, while files are being taken in.

The sample library is served by one worker. 64 connections ask it for 30 s, each as soon as its last answer is there, in
three ways: a route that only says hello, searches that nobody asked before, and searches that come again and again.
While searches are measured, copies of the samples' texts are taken in by another process.
"""

import asyncio
import itertools
import os
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlencode, urlsplit

import msgspec

from tests.bench.over_http import served
from tests.bench.progress import say

CONNECTIONS = 64
SECONDS = float(os.environ.get("SECONDS", "30"))
SAMPLES = Path("ingest/samples")
WORDS = (
    *("děti", "škola", "bydlení", "nájem", "práce", "zdraví", "jazyk", "obec", "uprchlík", "asistent", "kurz", "úřad"),
    *("school", "housing", "legal", "health", "work", "women", "language", "municipality", "guardianship", "survey"),
    *("діти", "школа", "допомога", "робота", "житло", "лікар", "право", "жінки"),
)


class Taken(NamedTuple):
    errors: int
    seconds: float
    times: list[float]


async def ask(address: str, target: Callable[[], str], until: float) -> Taken:
    """One connection: asks until that moment. An answer that is not 200, or none, is an error."""
    host = urlsplit(address)
    reader, writer = await asyncio.open_connection(host.hostname, host.port)
    times, errors, begun = list[float](), 0, time.perf_counter()
    try:
        while time.perf_counter() < until:
            sent = time.perf_counter()
            writer.write(f"GET {target()} HTTP/1.1\r\nHost: {host.netloc}\r\n\r\n".encode())
            head = await reader.readuntil(b"\r\n\r\n")
            length = next(
                int(line.partition(b":")[2])
                for line in head.lower().split(b"\r\n")
                if line.startswith(b"content-length")
            )
            await reader.readexactly(length)
            errors += not head.startswith(b"HTTP/1.1 200")
            times.append(time.perf_counter() - sent)
    except (OSError, asyncio.IncompleteReadError):
        errors += 1
    finally:
        writer.close()
    return Taken(errors, time.perf_counter() - begun, times)


async def load(address: str, target: Callable[[], str], seconds: float) -> dict[str, float]:
    until = time.perf_counter() + seconds
    taken = await asyncio.gather(*(ask(address, target, until) for _ in range(CONNECTIONS)))
    times = sorted(itertools.chain.from_iterable(each.times for each in taken))
    return {
        "answers": len(times),
        "errors": sum(each.errors for each in taken),
        "per_second": round(len(times) / max(each.seconds for each in taken), 1),
        "p50_ms": round(times[len(times) // 2] * 1000, 1),
        "p99_ms": round(times[int(len(times) * 0.99)] * 1000, 1),
    }


def new_searches() -> Iterator[str]:
    """Pairs of words with a year, so that none comes twice."""
    for year in itertools.count(1000):
        for one, other in itertools.combinations(WORDS, 2):
            yield _search(f"{one} {other}", year)


def same_searches() -> Iterator[str]:
    yield from itertools.cycle([_search(word, 2000) for word in WORDS])


def _search(q: str, year: int) -> str:
    return "/api/v1/search?" + urlencode({"q": q, "year_from": year, "facets": "topic,language,kind"})


async def command(data: Path, *words: str) -> None:
    environment = {**os.environ, "LIBRARY_DATA": str(data), "PYTHONSAFEPATH": "1"}
    running = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", *words), env=environment, stdout=asyncio.subprocess.DEVNULL
    )
    try:
        assert await running.wait() == 0, words
    finally:
        if running.returncode is None:
            running.terminate()
            await running.wait()


async def taking_in(data: Path, folder: Path) -> None:
    """New texts, a few at a time, until cancelled."""
    texts = [path.read_text(encoding="utf-8") for path in sorted((SAMPLES / "files").glob("*.md"))]
    for number in itertools.count():
        batch = folder / str(number)
        batch.mkdir()
        for place, text in enumerate(texts):
            (batch / f"{place}.md").write_text(f"{text}\n\n{number} {place}\n", encoding="utf-8")
        await command(data, "ingest", "add", str(batch), "--organisation", "severka")


async def measure(data: Path, folder: Path) -> dict[str, dict[str, float]]:
    found = {}
    async with served(data) as server:
        address = f"http://127.0.0.1:{server.port}"
        say("hello")
        found["hello"] = await load(address, lambda: "/healthz", SECONDS)
        working = asyncio.create_task(taking_in(data, folder))
        for name, targets in (("new searches", new_searches()), ("the same searches", same_searches())):
            say(name)
            found[name] = await load(address, targets.__next__, SECONDS)
        assert not working.done(), working
        working.cancel()
        await asyncio.gather(working, return_exceptions=True)
    return found


async def main() -> int:
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        data = Path(folder) / "data"
        say("taking the sample library in")
        await command(data, "library", "organisations", "add", "--from", str(SAMPLES / "organisations.toml"))
        await command(data, "ingest", "add", str(SAMPLES / "files"))
        found = await measure(data, Path(folder))
    print(msgspec.json.format(msgspec.json.encode(found)).decode())
    return 1 if any(each["errors"] for each in found.values()) else 0


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
