"""What was asked and found nothing: which questions and how often, and nothing of who asked them.

Who asks is known by a keyed hash alone, whose key stays in memory and is another each day; so one who asks the same all
day counts once. A question waits until its asker has typed on: what it was the beginning of counts instead. Questions
that may hold personal data are never kept.
"""

import re
import secrets
from collections import Counter
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from hashlib import blake2b

from library.database import Database
from library.model import OrganisationId, Value
from library.personal import sighted

SETTLED = timedelta(minutes=1)
"""After which nobody types on."""
LONGEST = 100
"""Characters of a question. What is longer was pasted from somewhere, perhaps from a letter."""
MOST_ASKERS = 2_000
"""Whose questions wait in memory at a time, with at most MOST_OF_ONE of each; others are not counted."""
MOST_OF_ONE = 50
MOST_COUNTED = 50_000
"""Questions of askers that are counted in a day."""
MOST_KEPT = 20_000
"""Rows of the table: what was asked least gives way."""

_SPACE = re.compile(r"\s+")
_YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")
_LONG_NUMBER = re.compile(r"(?:\d\W?){6}")
"""More digits than a year, a law or a page has: part of a telephone, an account or a number of somebody's."""

Asked = tuple[OrganisationId, str]
"""The organisation of who asked, and the question."""


class UnfoundQuestion(Value, frozen=True):
    question: str
    askings: int


class _Heard(Value, frozen=True):
    organisation: OrganisationId
    at: datetime
    found: bool


class Listening:
    """What one process was asked and has not kept yet. For one event loop."""

    def __init__(self) -> None:
        self._day = date.min
        self._secret = b""
        self._counted: set[bytes] = set()
        self._waiting: dict[bytes, dict[str, _Heard]] = {}

    def hear(self, asker: str, organisation: OrganisationId, question: str, *, found: bool, at: datetime) -> None:
        """Somebody asked this. What was found is remembered until it has settled, since it may be what an earlier
        question was the beginning of."""
        written = _SPACE.sub(" ", question).strip()
        plain = written.lower()
        who = self._who(asker, at.date())
        asked = self._waiting.pop(who, {})
        asked = {each: heard for each, heard in asked.items() if each == plain or not plain.startswith(each)}
        typed_further = any(each != plain and each.startswith(plain) for each in asked)
        if plain and not typed_further and len(asked) < MOST_OF_ONE and (found or may_be_kept(written)):
            asked[plain] = _Heard(organisation=organisation, at=at, found=found)
        if asked and len(self._waiting) < MOST_ASKERS:
            self._waiting[who] = asked

    def settled(self, before: datetime) -> Counter[Asked]:
        """What was asked before this moment and found nothing, each once of each asker in a day; it waits no more."""
        counted = Counter[Asked]()
        for who, asked in list(self._waiting.items()):
            for question in [each for each, heard in asked.items() if heard.at <= before]:
                heard = asked.pop(question)
                once = blake2b(question.encode(), key=who, digest_size=16).digest()
                if not heard.found and once not in self._counted and len(self._counted) < MOST_COUNTED:
                    self._counted.add(once)
                    counted[heard.organisation, question] += 1
            if not asked:
                del self._waiting[who]
        return counted

    def _who(self, asker: str, day: date) -> bytes:
        if day != self._day:
            self._day, self._secret = day, secrets.token_bytes(32)
            self._counted.clear()
        return blake2b(asker.encode(), key=self._secret, digest_size=32).digest()


def may_be_kept(question: str) -> bool:
    """Whether nothing in a question looks like personal data. Names in small letters do not: against these helps that
    a question is told only when it was asked often."""
    if len(question) > LONGEST or "@" in question or _LONG_NUMBER.search(_YEAR.sub("", question)):
        return False
    return not sighted(question)


class Unfound:
    """What is kept. Every method may raise Unavailable."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def keep(self, counted: Mapping[Asked, int], day: date, least: int) -> None:
        """Add these. What is older than a year goes, and after its month what was asked less than `least` times."""
        month = f"{day:%Y-%m}"
        a_year_ago = f"{day.year - 1:04}-{day:%m}"
        async with self._database.transaction() as writing:
            await writing.executemany(
                """
                INSERT INTO unfound (month, organisation, question, askings)
                VALUES (?, ?, ?, ?)
                    ON CONFLICT DO UPDATE SET askings = askings + excluded.askings
                """,
                [(month, organisation, question, times) for (organisation, question), times in counted.items()],
            )
            await writing.execute(
                """
                DELETE FROM unfound
                 WHERE month < :a_year_ago
                    OR question IN (SELECT question
                                      FROM unfound
                                     GROUP BY question
                                    HAVING sum(askings) < :least AND max(month) < :month)
                    OR (month, organisation, question) IN (SELECT month, organisation, question
                                                             FROM unfound
                                                            ORDER BY askings DESC, month DESC
                                                            LIMIT -1 OFFSET :most)
                """,
                {"a_year_ago": a_year_ago, "least": least, "month": month, "most": MOST_KEPT},
            )

    async def most_asked(
        self, least: int, limit: int, organisation: OrganisationId | None = None
    ) -> list[UnfoundQuestion]:
        """The questions that were asked at least so often, by this organisation and by nobody known, or by anybody."""
        found = await self._database.rows(
            """
            SELECT question, sum(askings) AS askings
              FROM unfound
             WHERE :organisation IS NULL OR organisation IN ('', :organisation)
             GROUP BY question
            HAVING sum(askings) >= :least
             ORDER BY 2 DESC, question
             LIMIT :limit
            """,
            {"organisation": organisation, "least": least, "limit": limit},
        )
        return [UnfoundQuestion(question=row["question"], askings=row["askings"]) for row in found]

    async def forget(self) -> None:
        """All of it."""
        if await self._database.row("SELECT 1 FROM unfound LIMIT 1") is not None:
            await self._database.change("DELETE FROM unfound")
