"""How far each job is: gathered as it happens, noted in the inbox now and then."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping

from library.errors import Unavailable
from library.jobs import Progress

logger = logging.getLogger(__name__)

NOTE_EVERY = 0.5
"""Seconds between two notes: who looks on sees all that takes longer, and files that do not cost no write."""

Tell = Callable[[Progress], None]
"""Called with each step of one job, and with each page of a step that counts them."""

Note = Callable[[Mapping[str, Progress]], Awaitable[None]]
"""What makes progress lasting, by the ids of jobs."""


class Steps:
    """The steps of all jobs that are being worked on."""

    def __init__(self, note: Note) -> None:
        self._note = note
        self._news: dict[str, Progress] = {}

    def of(self, job_id: str) -> Tell:
        def tell(progress: Progress) -> None:
            self._news[job_id] = progress

        return tell

    async def keep_telling(self) -> None:
        """Until cancelled."""
        while True:
            await asyncio.sleep(NOTE_EVERY)
            news, self._news = self._news, {}
            if news:
                try:
                    await self._note(news)
                except Unavailable as error:  # what matters is written elsewhere, and fails there
                    logger.info("progress is not noted: %s", error.detail)
