"""Each engine behind the same Litestar handler: python -m tests.bench.handler ENGINE FOLDER PORT

What a handler and a socket cost is the same for all then; the whole API of the library is measured in over_http.py.
"""

import asyncio
import socket
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from urllib.parse import quote

import uvicorn
from litestar import Litestar, get

from tests.bench.contenders import CONTENDERS, Contender
from tests.bench.over_http import Client
from tests.bench.queries import Question
from tests.bench.timing import percentiles

TRIES = 600


def application(engine: Contender) -> Litestar:
    @get("/search")
    async def search(kind: str, words: str) -> dict[str, int]:
        """Ten hits with three facets and fragments."""
        return {"total": await engine.full(Question(kind, tuple(words.split())))}

    return Litestar([search], on_startup=[engine.open], on_shutdown=[engine.close], openapi_config=None)


async def measure(name: str, folder: Path, questions: Sequence[Question]) -> dict[str, float]:
    """Milliseconds from asking to the answer, of one client, each question for the second time."""
    addresses = [f"/search?kind={each.kind}&words={quote(' '.join(each.words))}" for each in questions]
    async with _served(name, folder) as port, Client(port) as client:
        for address in addresses:
            await client.read(address)
        return percentiles([await client.milliseconds(address) for address in addresses])


@asynccontextmanager
async def _served(name: str, folder: Path) -> AsyncIterator[int]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
    arguments = ("-m", "tests.bench.handler", name, str(folder), str(port))
    server = await asyncio.create_subprocess_exec(sys.executable, *arguments)
    try:
        for _ in range(TRIES):
            try:
                async with Client(port):
                    break
            except OSError:
                await asyncio.sleep(0.1)
        yield port
    finally:
        server.terminate()
        await server.wait()


def main() -> None:
    name, folder, port = sys.argv[1:]
    uvicorn.run(application(CONTENDERS[name](Path(folder))), port=int(port), log_level="error")


if __name__ == "__main__":
    main()
