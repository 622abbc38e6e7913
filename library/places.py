"""From where on this machine files were handed in, so that of a folder harvested again only what changed is read."""

from library.database import Database
from library.model import DocumentId, OrganisationId, Value


class Look(Value, frozen=True):
    """What can be seen of a file without reading it, and what was said of it."""

    size: int
    """In bytes."""
    mtime: int
    """When it was last written, in nanoseconds."""
    said: str
    """A digest."""


class Places:
    """What was handed in from which place. Every method may raise Unavailable."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def job_of(self, place: str, organisation: OrganisationId, look: Look) -> str:
        """The id of the job that read the file at this place as it looks now; empty where there is none."""
        row = await self._database.row(
            """
            SELECT job
              FROM places
             WHERE place = ? AND organisation = ? AND size = ? AND mtime = ? AND said = ?
            """,
            (place, organisation, look.size, look.mtime, look.said),
        )
        return "" if row is None else str(row["job"])

    async def last_document(self, place: str, organisation: OrganisationId) -> DocumentId:
        """The id of the document that a file at this place became, however it looked; empty where there is none."""
        row = await self._database.row(
            "SELECT document FROM places WHERE place = ? AND organisation = ?", (place, organisation)
        )
        return "" if row is None else str(row["document"])

    async def remember(
        self, place: str, organisation: OrganisationId, look: Look, job: str, becomes: DocumentId
    ) -> None:
        """The file at this place, as it looks, is read by a job and becomes a document."""
        await self._database.change(
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
            (place, organisation, look.size, look.mtime, look.said, job, becomes),
        )
