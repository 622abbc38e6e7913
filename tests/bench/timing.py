"""How long questions took: processor milliseconds of this process, and percentiles of them.

No engine waits for anything here, so on a machine of one's own that is the time that passes; where others work on the
machine too, it is the only time that says something about the engines.
"""

import statistics
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, NamedTuple, TypeVar

Asked = TypeVar("Asked")
Run = Callable[[Asked], Awaitable[object]]

SECONDS = 8.0
"""What an engine may take for one kind of question. Who is slower is asked fewer, always the first ones."""
AGAIN = 3
"""How often a question is asked again, once where the first time took all that there was; the median of these is how
long it takes warm."""


class Taken(NamedTuple):
    """Milliseconds a question took, in the order of the questions: all engines are asked the same ones first."""

    first: list[float]
    """New to the engine, all its caches as earlier questions left them."""
    warm: list[float]
    """Asked again: what is decoded of its words is there. No engine keeps answers."""


async def side_by_side(
    engines: Mapping[str, Run[Asked]], questions: Sequence[Asked], seconds: float = SECONDS
) -> dict[str, Taken]:
    """Each question of all engines before the next one, so that what else the machine does meets them alike."""
    taken = {name: Taken([], []) for name in engines}
    left = dict.fromkeys(engines, seconds * 1000)
    for question in questions:
        for name, run in engines.items():
            if left[name] > 0:
                first = await milliseconds(run, question)
                times = AGAIN if first < seconds * 1000 else 1
                again = [await milliseconds(run, question) for _ in range(times)]
                taken[name].first.append(first)
                taken[name].warm.append(statistics.median(again))
                left[name] -= first + sum(again)
    return taken


async def milliseconds(run: Run[Asked], question: Asked) -> float:
    begun = time.process_time()
    await run(question)
    return (time.process_time() - begun) * 1000


def summary(taken: Taken) -> dict[str, Any]:
    return {"first": percentiles(taken.first), "warm": percentiles(taken.warm)}


def percentiles(taken: Sequence[float]) -> dict[str, float]:
    """How many questions were asked, and of so many: half, 95 %, 99 % and all of them were answered within these."""
    if not taken:
        return {"asked": 0}
    ordered = sorted(taken)
    most = len(ordered) - 1
    return {
        "asked": len(ordered),
        "p50": round(statistics.median(ordered), 3),
        "p95": round(ordered[min(most, len(ordered) * 95 // 100)], 3),
        "p99": round(ordered[min(most, len(ordered) * 99 // 100)], 3),
        "max": round(ordered[-1], 3),
    }


def ratio(ours: Sequence[float], theirs: Sequence[float]) -> float | None:
    """Our median beside theirs, over the questions that both were asked. Below 1 we are faster."""
    both = min(len(ours), len(theirs))
    if not both:
        return None
    return float(f"{statistics.median(ours[:both]) / statistics.median(theirs[:both]):.3g}")
