"""Fills each engine once, in a process of its own, and says what it cost and how much room it takes.

python -m tests.bench.filling ENGINE FOLDER SIZE
"""

import asyncio
import sys
import time
from pathlib import Path
from typing import Any

import msgspec

from library.language import Analyzer
from tests.bench.contenders import CONTENDERS, Contender
from tests.bench.corpus import documents
from tests.bench.progress import say

TOGETHER = 2
"""Engines that are filled at the same time: one a core."""


async def filled(folder: Path, size: int) -> dict[str, Any]:
    """What filling each engine in this folder took; who is filled already, is not filled again."""
    turn = asyncio.Semaphore(TOGETHER)
    done = await asyncio.gather(*(_filled(name, folder, size, turn) for name in CONTENDERS))
    return dict(zip(CONTENDERS, done, strict=True))


async def _filled(name: str, folder: Path, size: int, turn: asyncio.Semaphore) -> Any:
    told = folder / f"{name}.json"
    async with turn:
        if not told.exists() or msgspec.json.decode(told.read_bytes())["analysis"] != Analyzer.version:
            say(f"{size} documents: filling {name}")
            arguments = ("-m", "tests.bench.filling", name, str(folder), str(size))
            filling = await asyncio.create_subprocess_exec(sys.executable, *arguments)
            if await filling.wait():
                raise RuntimeError(f"{name} could not be filled")
    return msgspec.json.decode(told.read_bytes())


async def _fill(engine: Contender, size: int) -> dict[str, Any]:
    generated = list(documents(size))
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
    name, folder, size = sys.argv[1:]
    Path(folder).mkdir(parents=True, exist_ok=True)
    engine = CONTENDERS[name](Path(folder))
    told = asyncio.run(_fill(engine, int(size)))
    (Path(folder) / f"{name}.json").write_bytes(msgspec.json.encode(told))


if __name__ == "__main__":
    main()
