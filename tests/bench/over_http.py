"""How fast the served API answers: one web process, first one client, then as many as keep it busy."""

import asyncio
import os
import random
import socket
import sys
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, NamedTuple, Self
from urllib.parse import quote

from library.settings import Settings
from library.web.warming import FIRST_LETTERS
from tests.bench.contenders import FACETS
from tests.bench.queries import Question
from tests.bench.timing import percentiles

CLIENTS = 4
SECONDS = 6.0
SETTLING = 12.0
"""Seconds after which a server is asked in which nothing comes in."""
DIFFERENT = 2_000
"""Different questions of the mix; which are asked often follows Zipf."""


class Served(NamedTuple):
    port: int
    process: int


@asynccontextmanager
async def served(data: Path, memory_mb: int = Settings().memory_mb) -> AsyncIterator[Served]:
    """The library over this data folder, served by a process of its own."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
    without = {"LIBRARY_REQUESTS_PER_MINUTE": "0", "PYTHONSAFEPATH": "1"}
    here = {"LIBRARY_DATA": str(data), "LIBRARY_PORT": str(port), "LIBRARY_MEMORY_MB": str(memory_mb)}
    environment = {**os.environ, **here, **without}
    server = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "library", "serve"), env=environment, stderr=asyncio.subprocess.DEVNULL
    )
    try:
        await _ready(port)
        yield Served(port, server.pid)
    finally:
        server.terminate()
        await server.wait()


async def measure(port: int, questions: Sequence[Question]) -> dict[str, Any]:
    """What a server that has warmed up takes: milliseconds of a full answer of 20 hits with facets and fragments: of
    words never asked for, of the same words in a question never asked, and asked again. And answers a second of a mix,
    beside the route that only says that the process lives."""
    addresses = [_address(question) for question in questions]
    await warmed(port)
    async with Client(port) as client:
        first = [await client.milliseconds(address) for address in addresses]
        again = [await client.milliseconds(address) for address in addresses]
        known = [await client.milliseconds(f"{address}&year_from=1000") for address in addresses]
        alive = [await client.milliseconds("/healthz") for _ in range(500)]
    mix = _mix(addresses)
    hello = await _throughput(port, ["/healthz"])
    mixed = await _throughput(port, mix)
    kept = await _throughput(port, mix[:1])
    return {
        "first_ms": percentiles(first),
        "of_known_words_ms": percentiles(known),
        "again_ms": percentiles(again),
        "hello_ms": percentiles(alive),
        "hello_per_second": round(hello),
        "mix_per_second": round(mixed),
        "mix_beside_hello": round(mixed / hello, 3),
        "same_question_per_second": round(kept),
        "same_question_beside_hello": round(kept / hello, 3),
    }


async def warmed(port: int) -> None:
    """Until what suggestions need is ready, and the frequent words are, which the server makes when it has started."""
    async with Client(port) as client:
        for letter in FIRST_LETTERS:
            await client.read(f"/api/v1/suggest?q={quote(letter)}")
    await asyncio.sleep(SETTLING)


def _address(question: Question) -> str:
    return f"/api/v1/search?q={quote(typed(question))}&facets={','.join(FACETS)}"


def typed(question: Question) -> str:
    match question.kind:
        case "phrase":
            return '"' + " ".join(question.words) + '"'
        case "prefix":
            return question.words[0] + "*"
        case "or":
            return " OR ".join(question.words)
        case _:
            return " ".join(question.words)


def _mix(addresses: Sequence[str]) -> list[str]:
    """Questions drawn by Zipf's frequencies from many: the given ones, and their second, third … pages of results."""
    chance = random.Random(3)
    different = [f"{address}&page={page}" for page in range(1, 30) for address in addresses][:DIFFERENT]
    weights = [1 / (rank + 2.7) for rank in range(len(different))]
    return chance.choices(different, weights, k=20_000)


async def _throughput(port: int, addresses: Sequence[str]) -> float:
    """Answers a second, of all clients together."""
    until = time.perf_counter() + SECONDS
    answered = 0

    async def ask(number: int) -> None:
        nonlocal answered
        async with Client(port) as client:
            while time.perf_counter() < until:
                await client.read(addresses[(number + answered) % len(addresses)])
                answered += 1

    begun = time.perf_counter()
    await asyncio.gather(*map(ask, range(CLIENTS)))
    return answered / (time.perf_counter() - begun)


class Client:
    """A connection that is kept open. httpx would take longer for a request than the server does."""

    def __init__(self, port: int) -> None:
        self._port = port

    async def __aenter__(self) -> Self:
        self._reader, self._writer = await asyncio.open_connection("127.0.0.1", self._port)
        return self

    async def __aexit__(self, *_: object) -> None:
        self._writer.close()

    async def milliseconds(self, address: str) -> float:
        begun = time.perf_counter()
        await self.read(address)
        return (time.perf_counter() - begun) * 1000

    async def read(self, address: str) -> bytes:
        self._writer.write(f"GET {address} HTTP/1.1\r\nHost: bench\r\n\r\n".encode())
        head = (await self._reader.readuntil(b"\r\n\r\n")).decode("latin-1").lower()
        length = int(head.partition("content-length:")[2].partition("\r\n")[0])
        body = await self._reader.readexactly(length)
        if " 200 " not in head[:20]:
            raise RuntimeError(f"{address}: {head} {body!r}")
        return body


async def _ready(port: int) -> None:
    for _ in range(900):
        try:
            async with Client(port) as client:
                await client.read("/readyz")
                return
        except (OSError, RuntimeError, asyncio.IncompleteReadError):
            await asyncio.sleep(0.1)
    raise TimeoutError(f"port {port} was not ready within a minute and a half")
