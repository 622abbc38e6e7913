"""Fills each engine once, in a process of its own, and says what it cost and how much room it takes.

python -m tests.bench.filling ENGINE FOLDER COLLECTION
"""

import asyncio
import shutil
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import msgspec

from library.language import Analyzer
from tests.bench.collections import COLLECTIONS, Collection
from tests.bench.contenders import CONTENDERS, Contender
from tests.bench.progress import say

TOGETHER = 2
"""Engines that are filled at the same time: one a core."""


async def filled(folder: Path, collection: Collection) -> dict[str, Any]:
    """What filling each engine in this folder took; who is filled already, is not filled again."""
    return (await all_filled(folder.parent, [collection]))[collection.name]


async def all_filled(folder: Path, collections: Sequence[Collection]) -> dict[str, dict[str, Any]]:
    """The same of several collections, each in the folder of its name, those that take longest first."""
    turn = asyncio.Semaphore(TOGETHER)
    wanted = sorted(
        ((collection, name) for collection in collections for name in CONTENDERS if name not in collection.without),
        key=lambda one: -one[0].size * one[0].words * _HEAVY.get(one[1], 1),
    )
    done = await asyncio.gather(*(_filled(name, folder / each.name, each, turn) for each, name in wanted))
    found: dict[str, dict[str, Any]] = {each.name: {} for each in collections}
    for (each, name), told in zip(wanted, done, strict=True):
        found[each.name][name] = told
    return found


_HEAVY = {"ours": 12, "whoosh": 8}
"""How many times as long as the others they take, about."""


async def _filled(name: str, folder: Path, collection: Collection, turn: asyncio.Semaphore) -> Any:
    told = folder / f"{name}.json"
    async with turn:
        if not told.exists() or msgspec.json.decode(told.read_bytes())["analysis"] != Analyzer.version:
            # What was cut off half way is begun anew.
            told.unlink(missing_ok=True)
            await asyncio.to_thread(shutil.rmtree, folder / name, ignore_errors=True)
            say(f"{collection.name}: filling {name}")
            arguments = ("-m", "tests.bench.filling", name, str(folder), collection.name)
            filling = await asyncio.create_subprocess_exec(sys.executable, *arguments)
            try:
                failed = await filling.wait()
            finally:
                if filling.returncode is None:
                    filling.kill()
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
