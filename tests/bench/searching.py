"""How fast each engine answers, side by side in one process, and how much room it takes."""

import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from tests.bench import handler, over_http
from tests.bench.collections import Collection
from tests.bench.contenders import Contender, Ours, contenders
from tests.bench.filling import filled
from tests.bench.progress import say
from tests.bench.queries import Question, questions
from tests.bench.timing import Run, Taken, percentiles, ratio, side_by_side, summary

Results = dict[str, Any]
WAYS = ("bare", "facets", "full")
ONE_IN = 8
"""Of the questions that are asked of each engine behind the same handler."""
SAMPLE = 600_000
"""Words of the documents from which the questions are drawn."""
FEWEST = 200
"""Documents that are looked through at least: among fewer there is no rare word."""


class Effort(NamedTuple):
    """How much is asked."""

    questions: int
    """Of each kind."""
    seconds: float
    """For which each engine may be asked those of a kind."""
    http: bool
    """Whether over HTTP too."""


async def measure(folder: Path, collection: Collection, effort: Effort, keep: Callable[[Results], None]) -> None:
    """`keep` is called whenever there is more in what it is given."""
    found: Results = {"collection": collection.name, "load_average_before": _load()}
    found["filled"] = await filled(folder, collection)
    found["documents"] = found["filled"][Ours.name]["documents"]
    found["left_out"] = list(collection.without)
    keep(found)
    sampled = max(SAMPLE // collection.words, FEWEST)
    asked = questions(collection.documents(min(collection.size, sampled)), effort.questions)
    engines = contenders(folder, found["filled"])
    for engine in engines:
        await engine.open()
        # What a process loads once, dictionaries among it, is no part of any question.
        await engine.full(next(iter(asked.values()))[0])
    try:
        found["search"] = {}
        for kind, wanted in asked.items():
            found["search"][kind] = await _asked(kind, wanted, engines, effort.seconds)
            keep(found)
        found["group"] = await _group(engines[0], asked["one common word"])
        found["megabytes_of_this_process"] = memory()
    finally:
        for engine in engines:
            await engine.close()
    if effort.http:
        everything = [each for some in asked.values() for each in some]
        say(f"{collection.name}, over HTTP")
        async with over_http.served(folder / "ours") as server:
            found["http"] = await over_http.measure(server.port, everything)
            found["http"]["megabytes_of_the_server"] = memory(server.process)
        found["same_handler"] = {
            engine.name: await handler.measure(engine.name, folder, everything[::ONE_IN]) for engine in engines
        }
    found["load_average_after"] = _load()
    keep(found)


async def _asked(kind: str, wanted: Sequence[Question], engines: Sequence[Contender], seconds: float) -> Results:
    found: Results = {}
    for way in WAYS:
        say(f"{kind}, {way}")
        runs: dict[str, Run[Question]] = {engine.name: getattr(engine, way) for engine in engines}
        taken = await side_by_side(runs, wanted, seconds)
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


def memory(process: int | str = "self") -> dict[str, int]:
    """Megabytes that a process has in memory: all; its part of it, where others share what it has; its own alone. Files
    that are mapped into memory and may leave it at any time are among the first two."""
    told = Path(f"/proc/{process}/smaps_rollup").read_text(encoding="ascii")
    kilobytes = {
        name: int(rest.split()[0]) for name, _, rest in (line.partition(":") for line in told.splitlines()[1:])
    }
    own = kilobytes["Private_Clean"] + kilobytes["Private_Dirty"]
    shown = {"resident": kilobytes["Rss"], "proportional": kilobytes["Pss"], "private": own}
    return {**{name: size // 1024 for name, size in shown.items()}, "anonymous": kilobytes["Anonymous"] // 1024}


def _load() -> float:
    return round(os.getloadavg()[0], 2)
