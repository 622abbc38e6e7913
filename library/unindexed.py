"""Which changes of the catalogue the index has not got yet."""

import sqlite3
from collections.abc import Sequence

import msgspec

from library.database import Database
from library.model import DocumentId, Value


class Pending(Value, frozen=True):
    """A change that the index has not got yet."""

    id: DocumentId
    revision: int
    withdrawn: bool
    table_bytes: int = 0
    """What the token tables of its pages take."""


class Unindexed:
    """The marks that the catalogue sets with each change. Every method may raise Unavailable."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def oldest(self, limit: int, after: int = 0) -> list[Pending]:
        """Changes that the index has not got, oldest first, from behind that revision on."""
        found = await self._database.rows(
            """
            SELECT id, revision, withdrawn IS NOT NULL AS withdrawn,
                   (SELECT coalesce(sum(length(tokens)), 0) FROM pages WHERE document = id) AS table_bytes
              FROM documents
             WHERE unindexed = 1
               AND revision > ?
             ORDER BY revision
             LIMIT ?
            """,
            (after, limit),
        )
        return [msgspec.convert({**row, "withdrawn": bool(row["withdrawn"])}, Pending) for row in map(dict, found)]

    async def clear(self, pending: Sequence[Pending]) -> None:
        """The index has these; what has changed again since then stays unindexed."""

        def work(writing: sqlite3.Connection) -> None:
            writing.executemany(
                "UPDATE documents SET unindexed = 0 WHERE id = ? AND revision = ?",
                [(change.id, change.revision) for change in pending],
            )

        await self._database.write(work)
