"""python -m tests.bench [PART ...]: measurements on one machine; JSON into .bench/ as it grows, and on the last line.

Parts are the names of collections (collections.py), `pages`, `commits` and `files`; none: those of the SCALE. What was
measured of other parts before stays in the results, each with the day on which it was measured.
"""

import asyncio
import os
import platform
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from tests.bench import committing, growing, ingesting, searching
from tests.bench.collections import COLLECTIONS
from tests.bench.progress import say
from tests.bench.report import plot, table
from tests.bench.searching import Effort, Results

SCALES = {
    "small": ("short",),
    "normal": ("10000", "pages", "files"),
    "full": ("1000", "10000", "100000", "real", "pages", "commits", "files"),
}
EFFORTS = {
    "small": Effort(questions=6, seconds=0.1, http=False),
    "normal": Effort(questions=20, seconds=2.0, http=True),
    "full": Effort(questions=40, seconds=6.0, http=True),
}
FOLDER = Path(".bench")
FILLED = FOLDER / "filled"
"""Filled once; what an engine keeps there is used again until the analysis changes."""
COMMITTED_TO = "10000"
SAMPLES = Path("ingest/samples/files")
READ_AS = "the machine may have been shared: compare within this run only, and never by a difference of a few per cent"


def main() -> int:
    scale = os.environ.get("SCALE", "normal")
    if scale not in SCALES:
        print(f"SCALE is one of {', '.join(SCALES)}, not '{scale}'", file=sys.stderr)
        return 2
    parts = sys.argv[1:] or SCALES[scale]
    unknown = [part for part in parts if part not in COLLECTIONS and part not in ("pages", "commits", "files")]
    if unknown:
        print(
            f"there is no part {', '.join(unknown)}; parts: {', '.join(COLLECTIONS)}, pages, commits, files",
            file=sys.stderr,
        )
        return 2
    begun = time.monotonic()
    results = _known() if sys.argv[1:] else {}
    results |= {
        "scale": scale,
        "complete": False,
        "read_as": READ_AS,
        "machine": {"python": platform.python_version(), "cores": os.cpu_count()},
    }
    for part in parts:
        asyncio.run(_measure(part, EFFORTS[scale], results))
    results |= {"complete": True, "seconds": round(time.monotonic() - begun)}
    _keep(results)
    say(f"done; the results are in {FOLDER}")
    print(msgspec.json.encode(results).decode())
    return 0


async def _measure(part: str, effort: Effort, results: Results) -> None:
    keep = _keeper(part, results)
    if part in COLLECTIONS:
        await searching.measure(FILLED / part, COLLECTIONS[part], effort, keep)
    elif part == "commits":
        keep(await committing.measure(FILLED / COMMITTED_TO, COLLECTIONS[COMMITTED_TO]))
    else:
        with tempfile.TemporaryDirectory(prefix="bench-") as folder:
            if part == "pages":
                keep(await growing.measure(Path(folder)))
            else:
                files = _sample_pdfs()
                say(f"ingesting {len(files)} files")
                keep(dict(await ingesting.measure(Path(folder), files)))


def _sample_pdfs() -> list[Path]:
    return sorted(SAMPLES.glob("*.pdf"))


def _keeper(part: str, results: Results) -> Callable[[Results], None]:
    parts = results.setdefault("parts", {})

    def keep(found: Results) -> None:
        parts[part] = {"measured": datetime.now(UTC).date().isoformat(), **found}
        _keep(results)

    return keep


def _known() -> Results:
    """What was measured before."""
    path = FOLDER / "results.json"
    return msgspec.json.decode(path.read_bytes(), type=Results) if path.exists() else {}


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
