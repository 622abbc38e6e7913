"""python -m tests.bench: all measurements in one run; JSON into .bench/, and on the last line."""

import asyncio
import os
import platform
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import msgspec

from tests.bench import ingesting, over_http
from tests.bench.contenders import contenders
from tests.bench.corpus import documents
from tests.bench.queries import questions
from tests.bench.timing import timed

SIZES = {"small": (1_000,), "normal": (1_000, 10_000)}
QUESTIONS = {"small": 20, "normal": 60}
RESULTS = Path(".bench/results.json")
SAMPLES = Path("ingest/samples/files")


def main() -> int:
    scale = os.environ.get("SCALE", "normal")
    if scale not in SIZES:
        print(f"SCALE is one of {', '.join(SIZES)}, not '{scale}'", file=sys.stderr)
        return 2
    results = asyncio.run(_measured(scale, sorted(SAMPLES.glob("*.pdf"))))
    RESULTS.parent.mkdir(exist_ok=True)
    RESULTS.write_bytes(msgspec.json.format(msgspec.json.encode(results)))
    print(msgspec.json.encode(results).decode())
    return 0


async def _measured(scale: str, files: Sequence[Path]) -> dict[str, Any]:
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        return {
            "scale": scale,
            "machine": {"python": platform.python_version(), "cores": os.cpu_count()},
            "search": [await _search(Path(folder) / str(size), size, QUESTIONS[scale]) for size in SIZES[scale]],
            "ingest": await ingesting.measure(Path(folder) / "ingest", files),
        }


async def _search(folder: Path, size: int, each: int) -> dict[str, Any]:
    generated = list(documents(size))
    asked = questions(generated, each)
    engines: dict[str, Any] = {}
    for contender in contenders(folder):
        begun = time.process_time()
        await contender.fill(generated)
        filled = time.process_time() - begun
        engines[contender.name] = {
            "documents_per_cpu_second": round(size / filled, 1),
            "bare_ms": {kind: await timed(contender.bare, each_kind) for kind, each_kind in asked.items()},
            "full_ms": {kind: await timed(contender.full, each_kind) for kind, each_kind in asked.items()},
        }
        await contender.close()
        print(size, contender.name, "done", file=sys.stderr)
    async with over_http.served(folder / "ours") as address:
        over = await over_http.measure(address, asked)
    return {"documents": size, "engines": engines, "http_ms": over}


if __name__ == "__main__":
    sys.exit(main())
