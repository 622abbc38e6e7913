"""How fast each engine answers, side by side in one process, and how much room it takes."""

import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from tests.bench import over_http
from tests.bench.contenders import Contender, Ours, contenders
from tests.bench.corpus import documents
from tests.bench.filling import filled
from tests.bench.progress import say
from tests.bench.queries import Question, questions
from tests.bench.timing import Run, Taken, percentiles, ratio, side_by_side, summary

Results = dict[str, Any]
WAYS = ("bare", "facets", "full")
SAMPLE = 2_000
"""Documents from which the questions are drawn."""
SECONDS = 6.0


async def measure(folder: Path, size: int, each: int, found: Results, keep: Callable[[], None]) -> None:
    """Everything about so many documents goes into `found`; `keep` is called whenever there is more in it."""
    found |= {"documents": size, "load_average_before": _load()}
    found["filled"] = await filled(folder, size)
    keep()
    asked = questions(list(documents(min(size, SAMPLE))), each)
    engines = contenders(folder)
    for engine in engines:
        await engine.open()
    try:
        found["search"] = {}
        for kind, wanted in asked.items():
            found["search"][kind] = await _asked(kind, wanted, engines)
            keep()
        found["group"] = await _group(engines[0], asked["one common word"])
        found["megabytes_of_this_process"] = memory()
    finally:
        for engine in engines:
            await engine.close()
    async with over_http.served(folder / "ours") as address:
        say(f"{size} documents, over HTTP")
        found["http"] = await over_http.measure(address, [each for some in asked.values() for each in some])
    found["load_average_after"] = _load()
    keep()


async def _asked(kind: str, wanted: Sequence[Question], engines: Sequence[Contender]) -> Results:
    found: Results = {}
    for way in WAYS:
        say(f"{kind}, {way}")
        runs: dict[str, Run[Question]] = {engine.name: getattr(engine, way) for engine in engines}
        taken = await side_by_side(runs, wanted, SECONDS)
        found[way] = {name: summary(rounds) for name, rounds in taken.items()}
        found[way]["ours_beside"] = _beside(taken)
    return found


def _beside(taken: dict[str, Taken]) -> dict[str, float | None]:
    """Our median, warm, as a part of each one's."""
    ours = taken[Ours.name].warm
    return {name: ratio(ours, rounds.warm) for name, rounds in taken.items() if name != Ours.name}


async def _group(ours: Contender, wanted: Sequence[Question]) -> Results:
    """A word that stands for its surface, lemmas and concepts, beside its surface alone."""
    plain = [Question("phrase", question.words) for question in wanted]
    group = await side_by_side({"group": ours.bare}, wanted)
    alone = await side_by_side({"plain": ours.bare}, plain)
    return {
        "group": percentiles(group["group"].warm),
        "plain": percentiles(alone["plain"].warm),
        "ratio": ratio(group["group"].warm, alone["plain"].warm),
    }


def memory(process: int | str = "self") -> int:
    """Megabytes that a process has in memory."""
    status = Path(f"/proc/{process}/status").read_text(encoding="ascii")
    return int(status.partition("VmRSS:")[2].split()[0]) // 1024


def _load() -> float:
    return round(os.getloadavg()[0], 2)
