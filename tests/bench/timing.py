"""How long questions took: milliseconds, and percentiles of them."""

import statistics
import time
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, NamedTuple, TypeVar

Asked = TypeVar("Asked")

SECONDS = 8.0
"""What a round may take. Who is slower is asked fewer questions: always the first ones, and never a second time."""


class Rounds(NamedTuple):
    """Milliseconds a question took, in the order of the questions: all engines are asked the same ones first."""

    first: Sequence[float]
    """Asked for the first time."""
    again: Sequence[float]
    """Asked for the second time, when an engine that keeps answers has them; nothing where the first round was cut."""


async def timed(
    run: Callable[[Asked], Awaitable[object]],
    questions: Sequence[Asked],
    *,
    uncounted: Sequence[Asked],
    seconds: float = SECONDS,
) -> Rounds:
    """Two rounds of the questions, after some other questions that load what every question needs."""
    await _round(run, uncounted, seconds)
    first = await _round(run, questions, seconds)
    again = await _round(run, questions, seconds) if len(first) == len(questions) else ()
    return Rounds(first, again)


async def _round(
    run: Callable[[Asked], Awaitable[object]], questions: Sequence[Asked], seconds: float
) -> Sequence[float]:
    taken: list[float] = []
    for question in questions:
        begun = time.perf_counter()
        await run(question)
        taken.append((time.perf_counter() - begun) * 1000)
        if sum(taken) >= seconds * 1000:
            break
    return taken


def summary(rounds: Rounds) -> dict[str, Any]:
    return {"first": percentiles(rounds.first), "again": percentiles(rounds.again)}


def percentiles(taken: Sequence[float]) -> dict[str, float]:
    """How many questions were asked, and of so many: half, 95 % and all of them were answered within these times."""
    if not taken:
        return {"asked": 0}
    ordered = sorted(taken)
    return {
        "asked": len(ordered),
        "p50": round(statistics.median(ordered), 3),
        "p95": round(ordered[min(len(ordered) - 1, len(ordered) * 95 // 100)], 3),
        "max": round(ordered[-1], 3),
    }


def times_as_long(theirs: Sequence[float], ours: Sequence[float]) -> dict[str, float]:
    """Their median beside ours, over the questions that both were asked. Above 1 they are slower."""
    both = min(len(theirs), len(ours))
    if not both:
        return {"asked": 0}
    ratio = statistics.median(theirs[:both]) / statistics.median(ours[:both])
    return {"asked": both, "p50": float(f"{ratio:.3g}")}
