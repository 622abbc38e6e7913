"""python -m tests.bench [PART ...]: measurements on one machine; JSON into .bench/ as it grows, and on the last line.

Parts are the names of collections (collections.py), `fill`, `pages`, `typed`, `commits`, `one commit` and `files`;
none: those of the SCALE. `fill` fills the engines with all collections of the SCALE, two at a time; a collection that
is not filled is filled before it is measured. What is filled stays in .bench/filled, so that a part can be measured
again; what was measured of other parts before stays in the results, each with the day on which it was measured. A part
that fails is told at the end, and the others are measured all the same.
"""

import asyncio
import os
import platform
import sys
import tempfile
import time
import traceback
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from tests.bench import as_typed, committing, growing, ingesting, searching
from tests.bench.collections import COLLECTIONS
from tests.bench.filling import all_filled
from tests.bench.progress import say
from tests.bench.report import plot, table
from tests.bench.searching import Effort, Results

SCALES = {
    "small": ("short",),
    "normal": ("10000", "pages", "files"),
    "full": ("fill", "1000", "10000", "100000", "long", "real", "pages", "typed", "commits", "one commit", "files"),
}
EFFORTS = {
    "small": Effort(questions=6, seconds=0.1, http=False),
    "normal": Effort(questions=20, seconds=2.0, http=True),
    "full": Effort(questions=40, seconds=6.0, http=True),
}
OTHERS = ("fill", "pages", "typed", "commits", "one commit", "files")
FOLDER = Path(".bench")
FILLED = FOLDER / "filled"
"""Filled once; what an engine keeps there is used again until the analysis changes."""
HEAD = """# What `make bench` measured

Milliseconds of the processor, warm medians; what they mean stands in `tests/bench/__init__.py`.

"""
COMMITTED_TO = "10000"
ONE_COMMITTED_TO = "100000"
SAMPLES = Path("ingest/samples/files")
READ_AS = "the machine may have been shared: compare within this run only, and never by a difference of a few per cent"


def main() -> int:
    scale = os.environ.get("SCALE", "normal")
    if scale not in SCALES:
        print(f"SCALE is one of {', '.join(SCALES)}, not '{scale}'", file=sys.stderr)
        return 2
    parts = sys.argv[1:] or SCALES[scale]
    unknown = [part for part in parts if part not in COLLECTIONS and part not in OTHERS]
    if unknown:
        known = ", ".join((*COLLECTIONS, *OTHERS))
        print(f"there is no part {', '.join(unknown)}; parts: {known}", file=sys.stderr)
        return 2
    begun = time.monotonic()
    # `make bench PART=...` adds to what is known; a whole run begins anew.
    results = _known() if sys.argv[1:] else {}
    results |= {
        "scale": scale,
        "complete": False,
        "read_as": READ_AS,
        "machine": {"python": platform.python_version(), "cores": os.cpu_count()},
    }
    failed = [part for part in parts if not _measured(part, scale, results)]
    results |= {"complete": not failed, "seconds": round(time.monotonic() - begun)}
    _keep(results)
    say(f"done; the results are in {FOLDER}" + (f"; failed: {', '.join(failed)}" if failed else ""))
    print(msgspec.json.encode(results).decode())
    return 1 if failed else 0


def _measured(part: str, scale: str, results: Results) -> bool:
    """Whether a part could be measured; the others do not go without because one fails."""
    try:
        asyncio.run(_measure(part, scale, results))
    except Exception:  # noqa: BLE001  # whatever it is, it is told, and an hour of other parts is not lost
        traceback.print_exc()
        return False
    return True


async def _measure(part: str, scale: str, results: Results) -> None:
    keep = _keeper(part, results)
    if part in COLLECTIONS:
        await searching.measure(FILLED / part, COLLECTIONS[part], EFFORTS[scale], keep)
    elif part == "fill":
        await all_filled(FILLED, [COLLECTIONS[name] for name in SCALES[scale] if name in COLLECTIONS])
    elif part == "commits":
        keep(await committing.measure(FILLED / COMMITTED_TO, COLLECTIONS[COMMITTED_TO]))
    elif part == "one commit":
        keep(await committing.measure_one(FILLED / ONE_COMMITTED_TO, COLLECTIONS[ONE_COMMITTED_TO]))
    else:
        with tempfile.TemporaryDirectory(prefix="bench-") as folder:
            if part == "pages":
                keep(await growing.measure(Path(folder)))
            elif part == "typed":
                keep(await as_typed.measure(Path(folder)))
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
        ("results.md", (HEAD + table(results)).encode()),
        ("latency.svg", plot(results).encode()),
    ):
        beside = FOLDER / f"{name}.new"
        beside.write_bytes(content)
        beside.replace(FOLDER / name)


if __name__ == "__main__":
    sys.exit(main())
