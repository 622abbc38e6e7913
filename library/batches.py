"""Which files were handed in together, how all of them are doing, and which are not to be read for now."""

import sqlite3
from collections.abc import Mapping
from datetime import datetime

import msgspec

from library.database import Database, now, read
from library.entering import new_id
from library.errors import NotFound
from library.jobs import JobState, Step
from library.model import DocumentId, OrganisationId, Value

EVERYTHING = ""
"""What is paused where no batch is named."""

_MOST_NAMES = 20
"""Files that a batch names for each reason why some failed, and of those that were known under other names."""


class Batch(Value, frozen=True, kw_only=True):
    id: str
    organisation: OrganisationId
    """Empty where the files may be those of several."""
    submitted_by: str
    created: datetime


class FailedAlike(Value, frozen=True):
    """The files that failed for one reason."""

    code: str
    files: int
    names: tuple[str, ...]
    """Of the first of them."""
    detail: str
    """What is said of the first of them more exactly."""


class KnownAs(Value, frozen=True):
    """A file that was handed in while the library had it already under another name."""

    name: str
    known_as: str
    job: str
    document: DocumentId
    """Once it is read."""


class Tally(Value, frozen=True, kw_only=True):
    """How the files of a batch are doing. Each that came with it first is in one of the five numbers."""

    waiting: int
    working: int
    indexing: int
    """Read and kept, and not found yet."""
    done: int
    failed: int
    pages: int
    """In the files that are being read now and whose length is known."""
    page: int
    """How many of these pages have been read."""
    reasons: tuple[FailedAlike, ...]
    """The most frequent first."""
    paused: bool
    """Whether what waits is not begun before somebody resumes it."""
    known: int = 0
    """How many more there were that the library had already, or that had come with another batch."""
    known_as: tuple[KnownAs, ...] = ()
    """Those of them that it has under another name: the first ones."""

    @property
    def files(self) -> int:
        return self.waiting + self.working + self.indexing + self.done + self.failed

    @property
    def ended(self) -> bool:
        """Whether nothing will happen to it any more, unless somebody asks for it."""
        return not (self.waiting or self.working or self.indexing)


class Batches:
    """What was handed in together. Every method may raise Unavailable."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def open(self, organisation: OrganisationId, submitted_by: str, idempotency_key: str = "") -> Batch:
        """A new batch; with a key that came before, the batch of that time."""

        def work(writing: sqlite3.Connection) -> Batch:
            known = _with_key(writing, organisation, idempotency_key)
            if known is not None:
                return known
            opened = read(
                writing,
                """
                INSERT INTO batches (id, organisation, idempotency_key, submitted_by, created)
                VALUES (?, ?, ?, ?, ?)
                RETURNING *
                """,
                (new_id(), organisation, idempotency_key or None, submitted_by, now()),
            )
            return _read(opened[0])

        return await self._database.write(work)

    async def batch(self, batch_id: str) -> Batch:
        """Raises NotFound."""
        row = await self._database.row("SELECT * FROM batches WHERE id = ?", (batch_id,))
        if row is None:
            raise no_batch(batch_id)
        return _read(row)

    async def newest(self, organisation: OrganisationId | None, limit: int) -> list[Batch]:
        """Those of which there are files, the newest first; of one organisation, where it is given."""
        found = await self._database.rows(
            """
            SELECT *
              FROM batches
             WHERE (:organisation IS NULL OR organisation = :organisation)
               AND (EXISTS (SELECT 1 FROM jobs WHERE jobs.batch = batches.id)
                    OR EXISTS (SELECT 1 FROM handed_in_again AS again WHERE again.batch = batches.id))
             ORDER BY created DESC, id
             LIMIT :limit
            """,
            {"organisation": organisation, "limit": limit},
        )
        return [_read(row) for row in found]

    async def tally(self, batch_id: str, organisation: OrganisationId | None = None) -> Tally:
        """How its files are doing; those of one organisation, where it is given: whoever hands in on the machine itself
        may speak for several."""
        which = {"batch": batch_id, "organisation": organisation, "most": _MOST_NAMES}
        counted = await self._database.rows(
            """
            SELECT iif(step = 'indexing', step, state) AS standing,
                   count(*)                            AS files,
                   sum(page)                           AS page,
                   sum(pages)                          AS pages
              FROM jobs
             WHERE batch = :batch
               AND (:organisation IS NULL OR organisation = :organisation)
             GROUP BY standing
            """,
            which,
        )
        files = {row["standing"]: row["files"] for row in counted}
        read = {row["standing"]: (row["page"], row["pages"]) for row in counted}
        page, pages = read.get(JobState.WORKING, (0, 0))
        return Tally(
            waiting=files.get(JobState.WAITING, 0),
            working=files.get(JobState.WORKING, 0),
            indexing=files.get(Step.INDEXING, 0),
            done=files.get(JobState.DONE, 0),
            failed=files.get(JobState.FAILED, 0),
            page=page,
            pages=pages,
            reasons=await self._reasons(which),
            paused=await self.paused(batch_id),
            known=await self._known(which),
            known_as=await self._known_as(which),
        )

    async def _known(self, which: Mapping[str, object]) -> int:
        found = await self._database.rows(
            """
            SELECT count(*) AS files
              FROM handed_in_again AS again JOIN jobs ON jobs.id = again.job
             WHERE again.batch = :batch
               AND (:organisation IS NULL OR organisation = :organisation)
            """,
            which,
        )
        return int(found[0]["files"])

    async def _known_as(self, which: Mapping[str, object]) -> tuple[KnownAs, ...]:
        found = await self._database.rows(
            """
            SELECT again.name, jobs.name AS known_as, jobs.id AS job, iif(state = 'done', document, '') AS document
              FROM handed_in_again AS again JOIN jobs ON jobs.id = again.job
             WHERE again.batch = :batch AND again.name <> jobs.name
               AND (:organisation IS NULL OR organisation = :organisation)
             ORDER BY again.name
             LIMIT :most
            """,
            which,
        )
        return tuple(KnownAs(**dict(row)) for row in found)

    async def _reasons(self, which: Mapping[str, object]) -> tuple[FailedAlike, ...]:
        found = await self._database.rows(
            """
            SELECT code,
                   count(*)                                              AS files,
                   json_group_array(name) FILTER (WHERE place <= :most)  AS names,
                   max(detail) FILTER (WHERE place = 1)                  AS detail
              FROM (SELECT code, name, detail, row_number() OVER (PARTITION BY code ORDER BY number) AS place
                      FROM jobs
                     WHERE batch = :batch AND state = 'failed'
                       AND (:organisation IS NULL OR organisation = :organisation))
             GROUP BY code
             ORDER BY files DESC, code
            """,
            which,
        )
        return tuple(
            FailedAlike(row["code"], row["files"], tuple(msgspec.json.decode(row["names"])), row["detail"])
            for row in found
        )

    # Pausing ---------------------------------------------------------------------------------------------------------

    async def pause(self, batch_id: str, who: str) -> None:
        """Begin no file of this batch, or of EVERYTHING, until `resume`; what is being read is read to its end.
        Raises NotFound."""
        if batch_id != EVERYTHING:
            await self.batch(batch_id)
        await self._database.change(
            "INSERT INTO pauses (batch, since, who) VALUES (?, ?, ?) ON CONFLICT DO NOTHING", (batch_id, now(), who)
        )

    async def resume(self, batch_id: str) -> None:
        """Go on with this batch, or with EVERYTHING that was not paused by itself. Raises NotFound."""
        if batch_id != EVERYTHING:
            await self.batch(batch_id)
        await self._database.change("DELETE FROM pauses WHERE batch = ?", (batch_id,))

    async def paused(self, batch_id: str) -> bool:
        """Whether this batch, or everything, is paused."""
        return bool(await self.pauses(batch_id))

    async def pauses(self, batch_id: str) -> list[str]:
        """What of EVERYTHING and this batch is paused, and must be resumed."""
        found = await self._database.rows("SELECT batch FROM pauses WHERE batch IN ('', ?) ORDER BY batch", (batch_id,))
        return [row["batch"] for row in found]


# Inside a transaction, and rows to values ----------------------------------------------------------------------------


def _with_key(writing: sqlite3.Connection, organisation: OrganisationId, idempotency_key: str) -> Batch | None:
    found = read(
        writing,
        "SELECT * FROM batches WHERE organisation = ? AND idempotency_key = ?",
        (organisation, idempotency_key or None),
    )
    return _read(found[0]) if found else None


def _read(row: sqlite3.Row) -> Batch:
    return msgspec.convert({name: row[name] for name in Batch.__struct_fields__}, Batch)


def no_batch(batch_id: str) -> NotFound:
    return NotFound(f"there is no batch '{batch_id}'")
