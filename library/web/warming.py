"""What searches and suggestions need of each state of the index is made before somebody waits for it.

A commit is opened beside the searches. The words of a large index take seconds to be read for the first time, and those
of its new part after each commit; the first whole answer loads much that all later ones find there. What the first
letters suggest and what the most frequent words find takes seconds of the interpreter too, which searches would miss:
it is made when nothing has come in for a while, and by and by.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterator, Sequence
from datetime import UTC, datetime
from functools import partial
from time import perf_counter

from library.errors import LibraryError
from library.exchange import Exchange
from library.loaded import keep_what_is_loaded
from library.model import Audience
from library.search import FACETS, SearchQuery, Word
from library.syntax import parse
from library.web.languages import DEFAULT
from library.web.suggest import SUGGESTIONS

FIRST_LETTERS = "abcdefghijklmnoprstuvzабвгдежзийклмнопрстухцчшщяєі"
"""With which anybody begins to type; what they need of the index, longer beginnings need too."""
LOOK_EVERY = 5.0
"""Seconds between looks at whether the index has changed."""
LOOKS = 5
"""At which the index must have been the same until the first letters are made ready: longer than the worker lets its
commits wait."""
PAUSES = 3
"""How many times as long as a letter has taken, the next one waits."""
NO_WORD = "\U0010ffff"
"""Which begins no word; to ask for such words has the words read, and nothing else."""

MOST_WORDS = 500
"""Frequent words that are looked for beforehand: seven in ten of those that stand in a document of twenty or more."""
ROOM_FOR_WORDS = 0.75
"""Of what may be kept of the index, the part that may be in use until no further word is looked for."""

_log = logging.getLogger(__name__)


async def keep_warm(exchange: Exchange) -> None:
    """Follow the index until cancelled. Nothing that happens to the index gets out of here."""
    ready, seen, looks = "", "", LOOKS  # the first time at once
    while True:
        try:
            present = await exchange.index.generation()
            if present == seen:
                looks += 1
            else:
                await exchange.index.completions(NO_WORD, _anybody(), 1)
                seen, looks = present, 0 if seen else looks
            if looks >= LOOKS:
                before, ready = ready, await warm(exchange, ready)
                if not before:
                    keep_what_is_loaded()
        except LibraryError as error:
            _log.info("suggestions are not ready yet: %s", error.detail)
        except Exception:  # noqa: BLE001  # what is only made early must not take the server down
            _log.exception("suggestions could not be made ready")
        await asyncio.sleep(LOOK_EVERY)


async def keep_followed(exchange: Exchange) -> None:
    """Open what is committed beside the searches, until cancelled."""
    while True:
        try:
            await exchange.index.follow()
        except Exception:  # noqa: BLE001  # then searches open it themselves
            _log.exception("a commit could not be opened beforehand")
        await asyncio.sleep(LOOK_EVERY)


async def warm(exchange: Exchange, generation: str) -> str:
    """Make suggestions and frequent words ready unless they are, as far as the index stays the same; the generation of
    the index that they are ready for. Some times as long as a letter or word has taken, the next one waits."""
    present = await exchange.index.generation()
    if present == generation:
        return present
    words = await exchange.index.frequent_words(_anybody(), MOST_WORDS)
    for ask in (_whole_answer(words, exchange), *_letters(exchange), *_words(exchange, words)):
        begun = perf_counter()
        await ask()
        if await exchange.index.generation() != present:
            break
        await asyncio.sleep(PAUSES * (perf_counter() - begun))
    return present


def _whole_answer(words: Sequence[str], exchange: Exchange) -> Callable[[], Awaitable[object]]:
    """With all that a page of results shows: what is loaded for it the next one finds there."""
    asked = SearchQuery(match=parse(" ".join(words[:2])), facets=tuple(FACETS))
    return partial(exchange.finding.search, asked, _anybody())


def _letters(exchange: Exchange) -> Iterator[Callable[[], Awaitable[object]]]:
    for letter in FIRST_LETTERS:
        yield partial(exchange.finding.suggest, letter, _anybody(), language=DEFAULT, limit=SUGGESTIONS)


def _words(exchange: Exchange, words: Sequence[str]) -> Iterator[Callable[[], Awaitable[object]]]:
    for word in words:
        yield partial(_look_for, word, exchange)


async def _look_for(word: str, exchange: Exchange) -> None:
    if exchange.index.memory < ROOM_FOR_WORDS * exchange.settings.memory.index:
        await exchange.finding.search(SearchQuery(match=Word(word), limit=0), _anybody())


def _anybody() -> Audience:
    return Audience(today=datetime.now(UTC).date())
