"""Which documents of an organisation need somebody, and what for: found by the database, however many there are."""

import sqlite3
from collections.abc import Collection, Iterable, Mapping
from datetime import date
from enum import StrEnum

from library.database import Database, as_json
from library.model import REQUIRED, REQUIRED_OF_PRACTICE, REQUIRED_OF_STUDY, DocumentId, OrganisationId, Value


class Need(StrEnum):
    """What somebody should do."""

    MISSING = "missing"
    """Fill in what it lacks to be public; unless it is for its own organisation alone."""
    PERSONAL_DATA = "personal_data"
    """Look at what may be personal data."""
    RESEMBLANCE = "resemblance"
    """Decide about a document that is like it."""
    REVIEW = "review"
    """Look whether it still holds: the day for that has come."""


class Own(Value, frozen=True):
    """Whose documents are looked at, and by what."""

    organisation: OrganisationId
    today: date
    alike: frozenset[DocumentId]
    """Those about which is to be decided, of all organisations."""


def _lacks(*fields: str) -> str:
    # What is empty is not in the JSON at all.
    return " OR ".join(f"document ->> '{name}' IS NULL" for name in fields if name != "personal_data_check")


_OWN = f"""
    WITH own AS (
        SELECT id, revision,
               coalesce(document ->> 'visibility', '') <> 'organisation' AND ({_lacks(*REQUIRED)}
                   OR CASE document ->> 'kind'
                      WHEN 'practice' THEN {_lacks(*REQUIRED_OF_PRACTICE)}
                      ELSE {_lacks(*REQUIRED_OF_STUDY)}
                      END) AS missing,
               id IN (SELECT document FROM personal_data WHERE held = 1) AS personal_data,
               id IN (SELECT value FROM json_each(:alike)) AS resemblance,
               coalesce(document ->> 'review_due' <= :today, 0) AS review
          FROM documents
         WHERE withdrawn IS NULL AND organisation = :organisation
    )
"""  # noqa: S608  # our own names
_ANY = "missing OR personal_data OR resemblance OR review"


class Needs:
    """Every method may raise Unavailable."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def counts(self, own: Own) -> tuple[dict[Need, int], int]:
        """How many documents have each need, and how many have any."""
        counted = ", ".join(f"total({need}) AS {need}" for need in Need)
        sql = f"{_OWN} SELECT {counted}, total({_ANY}) AS any_of_them FROM own"  # noqa: S608  # our own names
        (row,) = await self._database.rows(sql, _parameters(own))
        return {need: int(row[need]) for need in Need}, int(row["any_of_them"])

    async def those(
        self, own: Own, need: Need | None, limit: int, offset: int = 0
    ) -> dict[DocumentId, tuple[Need, ...]]:
        """The documents that have this need, or any; the last changed first."""
        sql = f"{_OWN} SELECT * FROM own WHERE {need or _ANY} ORDER BY revision DESC LIMIT :limit OFFSET :offset"  # noqa: S608
        return _found(await self._database.rows(sql, {**_parameters(own), "limit": limit, "offset": offset}))

    async def of(self, own: Own, ids: Collection[DocumentId]) -> dict[DocumentId, tuple[Need, ...]]:
        """What these documents need, as far as they are one's own."""
        sql = f"{_OWN} SELECT * FROM own WHERE id IN (SELECT value FROM json_each(:ids))"  # noqa: S608
        return _found(await self._database.rows(sql, {**_parameters(own), "ids": as_json(sorted(ids))}))


def _found(rows: Iterable[sqlite3.Row]) -> dict[DocumentId, tuple[Need, ...]]:
    return {row["id"]: tuple(each for each in Need if row[each]) for row in rows}


def _parameters(own: Own) -> Mapping[str, object]:
    return {"organisation": own.organisation, "today": own.today.isoformat(), "alike": as_json(sorted(own.alike))}
