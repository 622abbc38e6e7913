"""python -m tests.bench: all measurements in one run; JSON into .bench/ as it grows, and on the last line."""

import asyncio
import os
import platform
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import msgspec

from tests.bench import ingesting, searching
from tests.bench.progress import say
from tests.bench.searching import Results

SIZES = {"small": (1_000,), "normal": (1_000, 10_000)}
QUESTIONS = {"small": 20, "normal": 60}
RESULTS = Path(".bench/results.json")
SAMPLES = Path("ingest/samples/files")
READ_AS = "the machine may have been shared: compare within this run only, and never by a difference of a few per cent"


def main() -> int:
    scale = os.environ.get("SCALE", "normal")
    if scale not in SIZES:
        print(f"SCALE is one of {', '.join(SIZES)}, not '{scale}'", file=sys.stderr)
        return 2
    begun = time.monotonic()
    results: Results = {
        "scale": scale,
        "complete": False,
        "read_as": READ_AS,
        "machine": {"python": platform.python_version(), "cores": os.cpu_count()},
    }
    asyncio.run(_measure(scale, sorted(SAMPLES.glob("*.pdf")), results, lambda: _keep(results)))
    results |= {"complete": True, "seconds": round(time.monotonic() - begun)}
    _keep(results)
    say(f"done; the results are in {RESULTS}")
    print(msgspec.json.encode(results).decode())
    return 0


async def _measure(scale: str, files: Sequence[Path], results: Results, keep: Callable[[], None]) -> None:
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        say(f"ingesting {len(files)} files")
        results["ingest"] = await ingesting.measure(Path(folder) / "ingest", files)
        results["search"] = []
        for size in SIZES[scale]:
            found: Results = {}
            results["search"].append(found)
            await searching.measure(Path(folder) / str(size), size, QUESTIONS[scale], found, keep)


def _keep(results: Results) -> None:
    """The file is whole at any moment: an interrupted run leaves what it had measured, marked as not complete."""
    RESULTS.parent.mkdir(exist_ok=True)
    beside = RESULTS.with_suffix(".new")
    beside.write_bytes(msgspec.json.format(msgspec.json.encode(results)))
    beside.replace(RESULTS)


if __name__ == "__main__":
    sys.exit(main())
