"""What the benchmarks count, and when they stop asking."""

from collections.abc import Awaitable, Callable

from tests.bench.timing import AGAIN, Taken, percentiles, ratio, side_by_side, summary


async def test_each_question_is_asked_of_all_engines_before_the_next_one() -> None:
    asked: list[str] = []
    engines = {name: _noted(name, asked) for name in ("x", "y")}
    taken = await side_by_side(engines, ["1", "2"], seconds=3600)
    times = 1 + AGAIN
    assert asked == ["x1"] * times + ["y1"] * times + ["x2"] * times + ["y2"] * times
    assert [len(taken["x"].first), len(taken["y"].warm)] == [2, 2]


async def test_who_has_used_up_its_seconds_is_asked_no_more() -> None:
    asked: list[str] = []
    taken = await side_by_side({"x": _noted("x", asked)}, ["1", "2"], seconds=1e-12)
    assert asked == ["x1", "x1"]
    assert len(taken["x"].first) == 1


def test_a_percentile_says_over_how_many_questions() -> None:
    assert percentiles([float(number) for number in range(100, 0, -1)]) == {
        "asked": 100,
        "p50": 50.5,
        "p95": 96.0,
        "p99": 100.0,
        "max": 100.0,
    }


def test_an_engine_that_was_not_asked_has_no_percentiles() -> None:
    assert summary(Taken([], [])) == {"first": {"asked": 0}, "warm": {"asked": 0}}


def test_engines_are_compared_over_the_questions_that_both_were_asked() -> None:
    assert ratio([2.0, 900.0, 900.0], [10.0]) == 0.2
    assert ratio([], [2.0]) is None


def _noted(name: str, asked: list[str]) -> Callable[[str], Awaitable[None]]:
    async def ask(question: str) -> None:
        asked.append(name + question)

    return ask
