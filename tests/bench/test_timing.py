"""What the benchmarks count, and when they stop asking."""

from collections.abc import Awaitable, Callable

from tests.bench.timing import Rounds, percentiles, summary, timed, times_as_long


async def test_within_the_budget_every_question_is_asked_twice_after_the_uncounted_ones() -> None:
    asked: list[str] = []
    rounds = await timed(_noted(asked), ["a", "b"], uncounted=["x"], seconds=3600)
    assert asked == ["x", "a", "b", "a", "b"]
    assert (len(rounds.first), len(rounds.again)) == (2, 2)


async def test_over_the_budget_only_the_first_questions_are_asked_and_none_again() -> None:
    asked: list[str] = []
    rounds = await timed(_noted(asked), ["a", "b"], uncounted=["x", "y"], seconds=0)
    assert asked == ["x", "a"]
    assert (len(rounds.first), rounds.again) == (1, ())


def test_a_percentile_says_over_how_many_questions() -> None:
    assert percentiles([float(number) for number in range(100, 0, -1)]) == {
        "asked": 100,
        "p50": 50.5,
        "p95": 96.0,
        "max": 100.0,
    }


def test_a_round_that_was_not_asked_has_no_percentiles() -> None:
    assert summary(Rounds([2.0], ())) == {
        "first": {"asked": 1, "p50": 2.0, "p95": 2.0, "max": 2.0},
        "again": {"asked": 0},
    }


def test_engines_are_compared_over_the_questions_that_both_were_asked() -> None:
    assert times_as_long([10.0], [2.0, 900.0, 900.0]) == {"asked": 1, "p50": 5.0}
    assert times_as_long([], [2.0]) == {"asked": 0}


def _noted(asked: list[str]) -> Callable[[str], Awaitable[None]]:
    async def ask(question: str) -> None:
        asked.append(question)

    return ask
