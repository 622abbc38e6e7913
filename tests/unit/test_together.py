"""What is asked for at the same moment is done in one go, and each learns only what became of its own."""

import asyncio
from contextlib import nullcontext

import pytest

from library.together import Together


class Squares:
    """Answers with squares, and raises for 0 and less."""

    def __init__(self, turn=None) -> None:
        self.gone = []
        self.together = Together[int, int](self._answers, turn or nullcontext())

    async def _answers(self, asked):
        self.gone.append(list(asked))
        await asyncio.sleep(0)
        return [number * number if number > 0 else ValueError(number) for number in asked]

    async def square(self, number):
        return await self.together.ask(number)


async def test_what_is_asked_for_at_the_same_moment_is_done_in_one_go_in_this_order():
    squares = Squares()
    assert await asyncio.gather(*map(squares.square, (3, 1, 2))) == [9, 1, 4]
    assert await squares.square(4) == 16
    assert squares.gone == [[3, 1, 2], [4]]


async def test_an_error_reaches_whoever_it_is_for_and_nobody_else():
    squares = Squares()
    first, second, third = await asyncio.gather(*map(squares.square, (1, 0, 2)), return_exceptions=True)
    assert (first, third) == (1, 4)
    assert isinstance(second, ValueError)


async def test_an_error_for_all_reaches_all():
    async def broken(_):
        raise OSError

    together = Together[int, int](broken, nullcontext())
    for each in [together.ask(1), together.ask(2)]:
        with pytest.raises(OSError):  # noqa: PT011  # it says nothing
            await each


async def test_what_comes_before_its_turn_goes_along_and_what_was_cancelled_until_then_does_not():
    turn = asyncio.Lock()
    squares = Squares(turn)
    async with turn:
        first, second = asyncio.create_task(squares.square(1)), asyncio.create_task(squares.square(2))
        await asyncio.sleep(0.01)
        third = asyncio.create_task(squares.square(3))
        second.cancel()
        await asyncio.sleep(0)
        assert squares.gone == []
    assert (await first, await third) == (1, 9)
    assert squares.gone == [[1, 3]]


async def test_when_all_ends_nobody_waits_on():
    async def endless(_):
        await asyncio.Event().wait()

    together = Together[int, int](endless, nullcontext())
    answer = together.ask(1)
    await asyncio.sleep(0)
    for task in together._tasks:
        task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await answer
