"""How often somebody may ask: counted alike by all processes, forgotten with time."""

import os
import subprocess
import sys

import pytest

from library.limits import SIZE, WAYS, Limits, Rate, Verdict

FIVE_A_MINUTE = Rate(5, 60)


class Clock:
    def __init__(self) -> None:
        self.now = 1_000_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def limits(tmp_path, clock):
    opened = Limits(tmp_path / "limits", clock)
    yield opened
    opened.close()


def test_all_of_a_minute_may_be_asked_at_once_and_then_no_more(limits):
    left = [limits.take("a", FIVE_A_MINUTE).left for _ in range(5)]
    assert left == [4, 3, 2, 1, 0]
    assert limits.take("a", FIVE_A_MINUTE) == Verdict(allowed=False, limit=5, left=0, reset=60, wait=12)


def test_what_was_asked_is_paid_off_with_time(limits, clock):
    for _ in range(5):
        limits.take("a", FIVE_A_MINUTE)
    clock.now += 12
    assert limits.take("a", FIVE_A_MINUTE).allowed
    assert not limits.take("a", FIVE_A_MINUTE).allowed
    clock.now += 60
    assert [limits.take("a", FIVE_A_MINUTE).allowed for _ in range(6)] == [True] * 5 + [False]


def test_what_is_refused_costs_nothing(limits, clock):
    for _ in range(100):
        limits.take("a", FIVE_A_MINUTE)
    clock.now += 12
    assert limits.take("a", FIVE_A_MINUTE).allowed


def test_each_is_counted_alone(limits):
    for _ in range(5):
        limits.take("a", FIVE_A_MINUTE)
    assert limits.take("b", FIVE_A_MINUTE).left == 4


def test_looking_counts_nothing(limits):
    for _ in range(10):
        assert limits.look("a", FIVE_A_MINUTE).allowed
    for _ in range(5):
        limits.take("a", FIVE_A_MINUTE)
    assert not limits.look("a", FIVE_A_MINUTE).allowed


def test_a_clock_that_was_set_back_locks_nobody_out(limits, clock):
    for _ in range(5):
        limits.take("a", FIVE_A_MINUTE)
    clock.now -= 3_600
    assert limits.take("a", FIVE_A_MINUTE).allowed


def test_a_flood_of_names_lets_some_ask_more_but_nobody_less(limits):
    for number in range(3_000 * WAYS):
        limits.take(f"flood {number}", FIVE_A_MINUTE)
    assert [limits.take("a", FIVE_A_MINUTE).allowed for _ in range(6)] == [True] * 5 + [False]


def test_a_file_of_another_size_is_made_anew(tmp_path, clock):
    (tmp_path / "limits").write_bytes(b"x" * 100)
    limits = Limits(tmp_path / "limits", clock)
    assert limits.take("a", FIVE_A_MINUTE).left == 4
    limits.close()
    assert (tmp_path / "limits").stat().st_size == SIZE


def test_several_processes_count_together(tmp_path):
    asking = (
        "import sys; from pathlib import Path; from library.limits import Limits, Rate\n"
        "limits = Limits(Path(sys.argv[1]))\n"
        "print(sum(limits.take('a', Rate(1_000, 3_600)).allowed for _ in range(600)))"
    )
    environment = {**os.environ, "PYTHONPATH": os.getcwd()}  # noqa: PTH109
    asked = [
        subprocess.Popen([sys.executable, "-c", asking, tmp_path / "limits"], stdout=subprocess.PIPE, env=environment)
        for _ in range(3)
    ]
    # An hour's thousand pays off less than one every three seconds.
    assert 1_000 <= sum(int(process.communicate()[0]) for process in asked) <= 1_010
