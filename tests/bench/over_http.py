"""How fast the served API answers: one web process, one client."""

import asyncio
import os
import socket
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

import httpx

from tests.bench.contenders import FACETS
from tests.bench.queries import Question
from tests.bench.timing import summary, timed


@asynccontextmanager
async def served(data: Path) -> AsyncIterator[str]:
    """The library over this data folder, served by a process of its own: its address."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environment = {**os.environ, "LIBRARY_DATA": str(data), "LIBRARY_PORT": str(port), "PYTHONSAFEPATH": "1"}
    server = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "library", "serve"), env=environment, stderr=asyncio.subprocess.DEVNULL
    )
    try:
        address = f"http://127.0.0.1:{port}"
        await _ready(address)
        yield address
    finally:
        server.terminate()
        await server.wait()


async def measure(
    address: str, questions: Sequence[Question], uncounted: Sequence[Question]
) -> dict[str, dict[str, float]]:
    """Percentiles of a full answer of 20 hits with facets and fragments."""
    async with httpx.AsyncClient(base_url=address, timeout=60) as client:

        async def ask(question: Question) -> None:
            parameters = {"q": typed(question), "facets": ",".join(FACETS)}
            (await client.get("/api/v1/search", params=parameters)).raise_for_status()

        return summary(await timed(ask, questions, uncounted=uncounted))


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


async def _ready(address: str) -> None:
    async with httpx.AsyncClient() as client:
        for _ in range(600):
            try:
                if (await client.get(f"{address}/readyz")).status_code == httpx.codes.OK:
                    return
            except httpx.TransportError:
                pass
            await asyncio.sleep(0.1)
    raise TimeoutError(f"{address} was not ready within a minute")
