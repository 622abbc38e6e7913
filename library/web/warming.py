"""What suggestions need of each state of the index is made before somebody who types waits for it.

The words of a large index take seconds to be read for the first time, and those of its new part after each commit.
"""

import asyncio
import logging
from datetime import UTC, datetime

from library.errors import LibraryError
from library.exchange import Exchange
from library.loaded import keep_what_is_loaded
from library.model import Audience
from library.web.languages import DEFAULT
from library.web.suggest import SUGGESTIONS

FIRST_LETTERS = "abcdefghijklmnoprstuvzабвгдежзийклмнопрстухцчшщяєі"
"""With which anybody begins to type; what they need of the index, longer beginnings need too."""
LOOK_EVERY = 5.0
"""Seconds between looks at whether the index has changed."""

_log = logging.getLogger(__name__)


async def keep_warm(exchange: Exchange) -> None:
    """Follow the index until cancelled. Nothing that happens to the index gets out of here."""
    generation = ""
    while True:
        try:
            before, generation = generation, await warm(exchange, generation)
            if not before and generation:
                keep_what_is_loaded()
        except LibraryError as error:
            _log.info("suggestions are not ready yet: %s", error.detail)
        except Exception:  # noqa: BLE001  # what is only made early must not take the server down
            _log.exception("suggestions could not be made ready")
        await asyncio.sleep(LOOK_EVERY)


async def warm(exchange: Exchange, generation: str) -> str:
    """Make suggestions ready unless they are; the generation of the index that they are ready for."""
    present = await exchange.index.generation()
    if present != generation:
        anybody = Audience(today=datetime.now(UTC).date())
        for letter in FIRST_LETTERS:
            await exchange.suggest(letter, anybody, language=DEFAULT, limit=SUGGESTIONS)
    return present
