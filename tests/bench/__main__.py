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

from tests.bench import growing, ingesting, searching
from tests.bench.progress import say
from tests.bench.report import plot, table
from tests.bench.searching import Results

SIZES = {"small": (5_000,), "normal": (10_000,), "full": (1_000, 10_000, 100_000)}
QUESTIONS = {"small": 10, "normal": 40, "full": 40}
FOLDER = Path(".bench")
FILLED = FOLDER / "filled"
"""Filled once; what an engine keeps there is used again until the analysis changes."""
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
        "sizes": [],
    }
    asyncio.run(_measure(scale, sorted(SAMPLES.glob("*.pdf")), results, lambda: _keep(results)))
    results |= {"complete": True, "seconds": round(time.monotonic() - begun)}
    _keep(results)
    say(f"done; the results are in {FOLDER}")
    print(msgspec.json.encode(results).decode())
    return 0


async def _measure(scale: str, files: Sequence[Path], results: Results, keep: Callable[[], None]) -> None:
    for size in SIZES[scale]:
        found: Results = {}
        results["sizes"].append(found)
        await searching.measure(FILLED / str(size), size, QUESTIONS[scale], found, keep)
    if scale == "small":
        return
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        results["pages"] = await growing.measure(Path(folder) / "pages")
        keep()
        say(f"ingesting {len(files)} files")
        results["ingest"] = await ingesting.measure(Path(folder) / "ingest", files)


def _keep(results: Results) -> None:
    """The files are whole at any moment: an interrupted run leaves what it had measured, marked as not complete."""
    FOLDER.mkdir(exist_ok=True)
    for name, content in (
        ("results.json", msgspec.json.format(msgspec.json.encode(results))),
        ("results.md", table(results).encode()),
        ("latency.svg", plot(results).encode()),
    ):
        beside = FOLDER / f"{name}.new"
        beside.write_bytes(content)
        beside.replace(FOLDER / name)


if __name__ == "__main__":
    sys.exit(main())
