"""How fast each engine is filled and searched, and how much room it takes."""

import os
import time
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import Any

from tests.bench import over_http
from tests.bench.contenders import Contender, Ours, others
from tests.bench.corpus import Generated, documents
from tests.bench.progress import say
from tests.bench.queries import Question, questions
from tests.bench.timing import Rounds, summary, timed, times_as_long

UNCOUNTED = 3
"""Questions asked first that are not counted."""

Results = dict[str, Any]


async def measure(folder: Path, size: int, each: int, found: Results, keep: Callable[[], None]) -> None:
    """Everything about so many documents goes into `found`; `keep` is called whenever there is more in it."""
    generated = list(documents(size))
    asked = questions(generated, UNCOUNTED + each)
    ours = Ours(folder / "ours")
    engines: tuple[Contender, ...] = (ours, *others(folder))
    found |= {
        "documents": size,
        "text_megabytes": round(sum(len(document.text.encode()) for document in generated) / 1e6, 1),
        "load_average_before": _load(),
        "engines": {engine.name: {"bare_ms": {}, "full_ms": {}} for engine in engines},
        "http_ms": {},
    }
    for engine in engines:
        say(f"{size} documents: filling {engine.name}")
        found["engines"][engine.name] |= await _filled(engine, generated)
        keep()
    for kind, wanted in asked.items():
        await _ask_all(engines, kind, wanted, found["engines"])
        keep()
    async with over_http.served(folder / "ours") as address:
        for kind, wanted in asked.items():
            say(f"{size} documents: {kind}, over HTTP")
            found["http_ms"][kind] = await over_http.measure(address, wanted[UNCOUNTED:], wanted[:UNCOUNTED])
            keep()
    say(f"{size} documents: rebuilding the index of {ours.name} in one go")
    found["engines"][ours.name]["rebuild"] = await _taken(ours.rebuild, size)
    found["load_average_after"] = _load()
    keep()


async def _filled(engine: Contender, generated: Sequence[Generated]) -> Results:
    fill = await _taken(lambda: engine.fill(generated), len(generated))
    return {"fill": fill, "megabytes": {part: round(_bytes(path) / 1e6, 1) for part, path in engine.parts.items()}}


async def _taken(run: Callable[[], Awaitable[None]], size: int) -> Results:
    begun, begun_cpu = time.perf_counter(), time.process_time()
    await run()
    seconds, cpu = time.perf_counter() - begun, time.process_time() - begun_cpu
    return {
        "seconds": round(seconds, 2),
        "cpu_seconds": round(cpu, 2),
        "documents_per_cpu_second": round(size / cpu, 1),
    }


async def _ask_all(engines: Sequence[Contender], kind: str, wanted: Sequence[Question], found: Results) -> None:
    """One kind of all engines before the next kind, so that what else the machine does meets them alike."""
    for way in ("bare", "full"):
        rounds: dict[str, Rounds] = {}
        for engine in engines:
            say(f"{kind}, {way}: {engine.name}")
            rounds[engine.name] = await _asked(engine, way, wanted)
        ours = rounds[engines[0].name]
        for name, theirs in rounds.items():
            beside = {"times_ours": times_as_long(theirs.first, ours.first)} if theirs is not ours else {}
            found[name][f"{way}_ms"][kind] = summary(theirs) | beside


async def _asked(engine: Contender, way: str, wanted: Sequence[Question]) -> Rounds:
    # Opened anew each time: what was kept of the same questions for `bare` would make `full` look faster.
    await engine.open()
    try:
        run = engine.bare if way == "bare" else engine.full
        return await timed(run, wanted[UNCOUNTED:], uncounted=wanted[:UNCOUNTED])
    finally:
        await engine.close()


def _bytes(path: Path) -> int:
    return sum(file.stat().st_size for file in [path, *path.rglob("*")] if file.is_file())


def _load() -> float:
    return round(os.getloadavg()[0], 2)
