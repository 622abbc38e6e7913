"""How long things took: percentiles, in milliseconds."""

import time
from collections.abc import Awaitable, Callable, Sequence
from typing import TypeVar

Asked = TypeVar("Asked")


async def timed(run: Callable[[Asked], Awaitable[object]], questions: Sequence[Asked]) -> dict[str, float]:
    """Percentiles of one run a question, after one round that is not counted."""
    for question in questions:
        await run(question)
    taken = []
    for question in questions:
        begun = time.perf_counter()
        await run(question)
        taken.append((time.perf_counter() - begun) * 1000)
    return percentiles(taken)


def percentiles(taken: Sequence[float]) -> dict[str, float]:
    ordered = sorted(taken)
    return {
        f"p{share}": round(ordered[min(len(ordered) - 1, len(ordered) * share // 100)], 3) for share in (50, 95, 99)
    }
