"""What is asked and not found: heard where searches are answered, kept now and then, and told to staff.

Nothing of it happens unless `unfound_askings` is set.
"""

import asyncio
import logging
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Annotated, Any

from litestar import Request, get
from litestar.di import NamedDependency
from litestar.params import QueryParameter
from msgspec import Struct

from library.errors import LibraryError
from library.exchange import Exchange
from library.model import Audience, Scope
from library.unfound import SETTLED, Listening
from library.web.access import NOBODY, caller_of, looks_after, needs
from library.web.counting import address_of
from library.web.problems import documented
from library.web.results import SearchAnswer

KEEP_EVERY = 300.0
"""Seconds between two looks at what may be kept."""
MOST_QUESTIONS = 200

_log = logging.getLogger(__name__)


class UnfoundItem(Struct, frozen=True):
    question: str
    """In small letters."""
    askings: int
    """How often it was asked: by one asker once a day."""


class UnfoundAnswer(Struct, frozen=True):
    least: int
    """The askings from which on a question is told; 0 where such questions are not kept."""
    questions: list[UnfoundItem]


@get(
    "/unfound",
    operation_id="unfound_questions",
    opt=needs(Scope.INGEST),
    responses=documented(400, 401, 403),
    tags=["search"],
    summary="What was asked and found nothing",
)
async def unfound_questions(
    audience: NamedDependency[Audience],
    exchange: NamedDependency[Exchange],
    limit: Annotated[int, QueryParameter(ge=1, le=MOST_QUESTIONS)] = 50,
) -> UnfoundAnswer:
    """The most asked first, of the last twelve months: by the own organisation and by those of whom none is known;
    administrators are told of all organisations."""
    return await most_asked(limit, audience, exchange)


async def most_asked(limit: int, audience: Audience, exchange: Exchange) -> UnfoundAnswer:
    least = exchange.settings.unfound_askings
    if not least:
        return UnfoundAnswer(0, [])
    found = await exchange.unfound.most_asked(least, limit, looks_after(audience))
    return UnfoundAnswer(least, [UnfoundItem(each.question, each.askings) for each in found])


# Hearing -------------------------------------------------------------------------------------------------------------


def finds_nothing(answer: SearchAnswer) -> bool:
    """Whether it is the question that finds nothing, and not what narrows it."""
    return answer.total == 0 and all(other.why != "without_filters" for other in answer.instead)


def heard(request: Request[Any, Any, Any], question: str, *, found: bool) -> None:
    """Somebody asked this."""
    listening: Listening | None = request.app.state.listening
    if listening is None or not question:
        return
    caller = caller_of(request)
    asker = address_of(request) if caller.name == NOBODY else f"caller {caller.name}"
    listening.hear(asker, caller.audience.organisation, question, found=found, at=datetime.now(UTC))


def heard_together(request: Request[Any, Any, Any], asked: Iterable[tuple[str, int]]) -> None:
    """Questions with their totals that differ in what narrows them: one is found where any of them found something."""
    found: dict[str, bool] = {}
    for question, total in asked:
        found[question] = found.get(question, False) or total > 0
    for question, any_of_them in found.items():
        heard(request, question, found=any_of_them)


async def keep_unfound(listening: Listening | None, exchange: Exchange) -> None:
    """Keep what was heard until cancelled, and then the rest. No trouble of the catalogue gets out of here."""
    try:
        while True:
            await _keep(listening, datetime.now(UTC) - SETTLED, exchange)
            await asyncio.sleep(KEEP_EVERY)
    finally:
        await _keep(listening, datetime.now(UTC), exchange)


async def _keep(listening: Listening | None, before: datetime, exchange: Exchange) -> None:
    try:
        if listening is None:
            await exchange.unfound.forget()
        else:
            least = exchange.settings.unfound_askings
            await exchange.unfound.keep(listening.settled(before), datetime.now(UTC).date(), least)
    except LibraryError as error:
        _log.warning("questions that found nothing could not be kept or forgotten: %s", error.detail)
