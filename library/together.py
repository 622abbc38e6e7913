"""How what several coroutines ask for at the same moment is done in one go."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager
from typing import Any, Generic, TypeVar

Asked = TypeVar("Asked")
Answer = TypeVar("Answer")


class Together(Generic[Asked, Answer]):
    """One way to a thread, and one wait for the disk, for all that was asked for until its `turn` came, in the order in
    which it was asked for: the way there and back costs more than what most ask for."""

    def __init__(
        self,
        answers: Callable[[Sequence[Asked]], Awaitable[Sequence[Answer | BaseException]]],
        turn: AbstractAsyncContextManager[Any],
    ) -> None:
        self._answers = answers
        self._turn = turn
        self._waiting: list[tuple[Asked, asyncio.Future[Answer]]] = []
        self._tasks: set[asyncio.Task[None]] = set()

    def ask(self, asked: Asked) -> asyncio.Future[Answer]:
        """What becomes of it: an answer, or what is raised for it or for all. Cancelled before its turn it is not done,
        cancelled later it is."""
        answer = asyncio.get_running_loop().create_future()
        if not self._waiting:
            # A task begins when all have had their turn that could go on at this moment: they may ask too.
            task = asyncio.create_task(self._answer())
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        self._waiting.append((asked, answer))
        return answer

    async def _answer(self) -> None:
        async with self._turn:
            waiting, self._waiting = [each for each in self._waiting if not each[1].done()], []
            if not waiting:
                return
            try:
                answers = await self._answers([asked for asked, _ in waiting])
            except asyncio.CancelledError:
                for _, future in waiting:
                    future.cancel()
                raise
            except Exception as error:  # noqa: BLE001  # whoever asked has to know
                answers = [error] * len(waiting)
        for (_, future), answer in zip(waiting, answers, strict=True):
            if future.done():
                continue
            if isinstance(answer, BaseException):
                future.set_exception(answer)
            else:
                future.set_result(answer)
