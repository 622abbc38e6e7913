"""Fills each engine once, in a process of its own, and says what it cost and how much room it takes.

python -m tests.bench.filling ENGINE FOLDER COLLECTION
"""

import asyncio
import sys
import time
from pathlib import Path
from typing import Any

import msgspec

from library.language import Analyzer
from tests.bench.collections import COLLECTIONS, Collection
from tests.bench.contenders import CONTENDERS, Contender
from tests.bench.progress import say

TOGETHER = 2
"""Engines that are filled at the same time: one a core."""
SLOWEST = "whoosh"
WITHIN_SECONDS = 600
"""That stock Whoosh may take; with 100,000 documents it takes more than fifteen minutes of a processor."""


async def filled(folder: Path, collection: Collection) -> dict[str, Any]:
    """What filling each engine in this folder took; who is filled already, is not filled again. Of those that are not
    filled in time (WITHIN_SECONDS) nothing is told."""
    turn = asyncio.Semaphore(TOGETHER)
    done = await asyncio.gather(*(_filled(name, folder, collection, turn) for name in CONTENDERS))
    return {name: told for name, told in zip(CONTENDERS, done, strict=True) if told is not None}


async def _filled(name: str, folder: Path, collection: Collection, turn: asyncio.Semaphore) -> Any:
    told = folder / f"{name}.json"
    async with turn:
        if not told.exists() or msgspec.json.decode(told.read_bytes())["analysis"] != Analyzer.version:
            if (folder / name).exists() and name == SLOWEST:
                say(f"{collection.name}: {name} was not filled in time before, and is left out")
                return None
            say(f"{collection.name}: filling {name}")
            arguments = ("-m", "tests.bench.filling", name, str(folder), collection.name)
            filling = await asyncio.create_subprocess_exec(sys.executable, *arguments)
            try:
                failed = await asyncio.wait_for(filling.wait(), WITHIN_SECONDS if name == SLOWEST else None)
            except TimeoutError:
                filling.kill()
                await filling.wait()
                say(f"{collection.name}: {name} was not filled within {WITHIN_SECONDS} s")
                return None
            if failed:
                raise RuntimeError(f"{name} could not be filled")
    return msgspec.json.decode(told.read_bytes())


async def _fill(engine: Contender, collection: Collection) -> dict[str, Any]:
    generated = collection.documents()
    size = len(generated)
    begun, begun_cpu = time.perf_counter(), time.process_time()
    indexing = await engine.fill(generated)
    return {
        "analysis": Analyzer.version,
        "documents": size,
        "seconds": round(time.perf_counter() - begun, 1),
        "cpu_seconds": round(time.process_time() - begun_cpu, 1),
        "indexed_per_cpu_second": round(size / indexing, 1),
        "megabytes": {part: round(_bytes(path) / 1e6, 1) for part, path in engine.parts.items()},
    }


def _bytes(path: Path) -> int:
    return sum(file.stat().st_size for file in [path, *path.rglob("*")] if file.is_file())


def main() -> None:
    name, folder, collection = sys.argv[1:]
    Path(folder).mkdir(parents=True, exist_ok=True)
    engine = CONTENDERS[name](Path(folder))
    told = asyncio.run(_fill(engine, COLLECTIONS[collection]))
    (Path(folder) / f"{name}.json").write_bytes(msgspec.json.encode(told))


if __name__ == "__main__":
    main()
