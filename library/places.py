"""From where on this machine files were handed in, so that of a folder harvested again only what changed is read."""

import sqlite3

from library.database import Database
from library.jobs import IngestJob
from library.model import DocumentId, OrganisationId, Value


class Look(Value, frozen=True):
    """What can be seen of a file without reading it, and what was said of it."""

    size: int
    """In bytes."""
    mtime: int
    """When it was last written, in nanoseconds."""
    said: str
    """A digest."""


class Seen(Value, frozen=True):
    """A file where it is handed in from."""

    place: str
    """Its whole path."""
    look: Look


class Placed(Value, frozen=True):
    """The last file that was handed in from a place."""

    look: Look
    job: str
    document: DocumentId
    """Empty for an archive."""


class Places:
    """What was handed in from which place. Every method may raise Unavailable."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def at(self, place: str, organisation: OrganisationId) -> Placed | None:
        """What the organisation last handed in from there."""
        row = await self._database.few_row(
            "SELECT * FROM places WHERE place = ? AND organisation = ?", (place, organisation)
        )
        if row is None:
            return None
        look = Look(size=row["size"], mtime=row["mtime"], said=row["said"])
        return Placed(look=look, job=row["job"], document=row["document"])


def remember(writing: sqlite3.Connection, seen: Seen, job: IngestJob) -> None:
    """Inside a transaction: the file at this place, as it looks, is read by this job."""
    writing.execute(
        """
        INSERT INTO places (place, organisation, size, mtime, said, job, document)
        VALUES (?, ?, ?, ?, ?, ?, ?)
            ON CONFLICT (place, organisation) DO UPDATE
           SET size     = excluded.size,
               mtime    = excluded.mtime,
               said     = excluded.said,
               job      = excluded.job,
               document = excluded.document
        """,
        (seen.place, job.organisation, seen.look.size, seen.look.mtime, seen.look.said, job.id, job.document),
    )
