"""How everything that a document has left in the catalogue and the inbox is removed, but that it was removed."""

import sqlite3
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime

import aiosqlite
import msgspec

from library.acting import acting
from library.database import Database, as_json, now, rows
from library.errors import Conflict, NotFound, PurgedFile
from library.jobs import AN_ARCHIVE, HAS_ITS_FILE
from library.model import DocumentId, OrganisationId, Value

OF_A_DOCUMENT = ("files", "pages", "versions", "personal_data", "signatures", "places", "said_languages", "jobs")
"""The tables whose rows go with the document that their column `document` names."""
UNTOUCHED = (
    "resemblances",
    "handed_in_again",
    "documents",
    "purges",
    "purged_files",
    "trail",
    "organisations",
    "keys",
    "people",
    "sessions",
    "sign_ins",
    "links",
    "batches",
    "pauses",
    "unfound",
)
"""The other tables: the first six are seen to, the rest hold nothing of documents. A question that found nothing is no
part of one, whatever words the two have in common."""
_WENT_TOO = (
    "a part of this file was purged from the library, and with it the whole: take out of it what had to go, and hand "
    "in what is left"
)
_NEEDED = f"""
    SELECT 1 FROM files WHERE sha256 = {{0}}
     UNION ALL
    SELECT 1
      FROM jobs
     WHERE sha256 = {{0}} AND {HAS_ITS_FILE}
     UNION ALL
    SELECT 1
      FROM versions, json_each(described, '$.files') AS file
     WHERE file.value ->> 'sha256' = {{0}}
     LIMIT 1
    """  # noqa: S608  # a condition of ours
"""Finds something where any document, earlier version or job has this original."""


class Purged(Value, frozen=True):
    """All that is left of a document."""

    document: DocumentId
    purged: datetime
    who: str
    reason: str


class Purges:
    """What was purged. Every method may raise Unavailable."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def check(self, document_id: DocumentId) -> None:
        """Raises as `purge` does."""
        async with self._database.transaction() as writing:
            await _refuse(writing, document_id)

    async def purge(self, document_id: DocumentId, reason: str, discard: Callable[[str], Awaitable[None]]) -> Purged:
        """Remove a document from all tables; `discard` is called with the hash of each original that nothing else
        needs. Done again for what was purged, it changes nothing. The bytes stay in the database's file until it is
        scrubbed.

        Raises NotFound, and Conflict while the document is being read, or what its file lies in is still to be read, or
        is another document, which has to be purged first.
        """
        async with self._database.transaction() as writing:
            if done := await rows(writing, "SELECT * FROM purges WHERE document = ?", (document_id,)):
                return _read(done[0])
            organisation = await _refuse(writing, document_id)
            archives = await _archives_around(writing, document_id)
            own = await _hashes(writing, document_id)
            hashes = own | {archive["sha256"] for archive in archives}
            await writing.executemany(
                "INSERT OR REPLACE INTO purged_files (sha256, organisation, document) VALUES (?, ?, ?)",
                [(sha256, organisation, document_id) for sha256 in sorted(own)],
            )
            await _clear(writing, document_id)
            # One after the other: what lies in an archive in another one is called by the names of both.
            for reading in await _readings(writing, [archive["id"] for archive in archives]):
                await _call_by_own_names(writing, [reading])
            for archive in archives:
                await _end(writing, archive["id"])
            written = await rows(
                writing,
                "INSERT INTO purges (document, purged, who, reason) VALUES (?, ?, ?, ?) RETURNING *",
                (document_id, now(), acting(), reason),
            )
            await writing.execute(
                """
                INSERT INTO trail (noted, who, what, subject, organisation, detail)
                VALUES (?, ?, 'document purged', ?, ?, ?)
                """,
                (now(), acting(), document_id, organisation, reason),
            )
            # Within the transaction: whoever hands the same bytes in meanwhile waits for its end, and then sees whether
            # they are still there.
            for sha256 in [each for each in sorted(hashes) if not await _needed(writing, each)]:
                await discard(sha256)
            return _read(written[0])

    async def with_file(self, sha256: str, organisation: OrganisationId) -> Purged | None:
        """What is left of the organisation's document that had this very file and was purged."""
        row = await self._database.few_row(
            """
            SELECT purges.*
              FROM purged_files JOIN purges USING (document)
             WHERE sha256 = ? AND organisation = ?
            """,
            (sha256, organisation),
        )
        return None if row is None else _read(row)

    async def unneeded(self, hashes: Sequence[str]) -> list[str]:
        """Those of these originals that no document, no earlier version and no job has at this moment."""
        found = await self._database.rows(
            f"SELECT value FROM json_each(:hashes) AS each WHERE NOT EXISTS ({_NEEDED.format('each.value')})",  # noqa: S608
            {"hashes": as_json(hashes)},
        )
        return [row["value"] for row in found]

    async def discard_unneeded(self, sha256: str, discard: Callable[[str], Awaitable[None]]) -> None:
        """Call `discard` for an original that no document and no job has."""
        async with self._database.transaction() as writing:
            if not await _needed(writing, sha256):
                await discard(sha256)

    async def all(self) -> list[Purged]:
        """The latest first."""
        found = await self._database.rows("SELECT * FROM purges ORDER BY purged DESC")
        return [_read(row) for row in found]


async def _refuse(writing: aiosqlite.Connection, document_id: DocumentId) -> OrganisationId:
    """Raises where a document cannot be purged; whose it is."""
    found = await rows(writing, "SELECT organisation FROM documents WHERE id = ?", (document_id,))
    if not found:
        raise NotFound(f"there is no document '{document_id}'")
    for around in await _archives_around(writing, document_id):
        if around["state"] in ("waiting", "working"):  # its file has to be there until it is read
            raise Conflict(
                f"the file of '{document_id}' lies within another one, which is still to be read (job {around['id']}): "
                "try again when it is done"
            )
    working = "SELECT id FROM jobs WHERE document = ? AND state = 'working'"
    if at_work := await rows(writing, working, (document_id,)):
        raise Conflict(
            f"'{document_id}' is being read at the moment (job {at_work[0]['id']}): try again when it is done"
        )
    return str(found[0]["organisation"])


async def _archives_around(writing: aiosqlite.Connection, document_id: DocumentId) -> list[sqlite3.Row]:
    """The jobs of the archives that the document's files came in, which are documents no more than a folder is."""
    around = await rows(
        writing,
        """
        WITH RECURSIVE around (id) AS (
            SELECT within FROM jobs WHERE document = :document AND within <> ''
             UNION
            SELECT within FROM jobs JOIN around USING (id) WHERE within <> ''
        )
        SELECT jobs.id, jobs.document, sha256, state,
               EXISTS (SELECT 1
                         FROM documents
                        WHERE documents.id = jobs.document
                          AND documents.id <> :document
                          AND documents.id NOT IN (SELECT document FROM purges)) AS is_document
          FROM jobs JOIN around USING (id)
        """,
        {"document": document_id},
    )
    if enclosing := [row["document"] for row in around if row["is_document"]]:
        raise Conflict(f"the file of '{document_id}' lies within that of '{enclosing[0]}': purge that one first")
    return around


async def _hashes(writing: aiosqlite.Connection, document_id: DocumentId) -> set[str]:
    """Of all originals that the document ever had."""
    found = await rows(
        writing,
        """
        SELECT file.value ->> 'sha256' AS sha256
          FROM documents, json_each(documents.document, '$.files') AS file
         WHERE documents.id = :document
         UNION
        SELECT file.value ->> 'sha256'
          FROM versions, json_each(described, '$.files') AS file
         WHERE document = :document
         UNION
        SELECT sha256 FROM jobs WHERE document = :document
        """,
        {"document": document_id},
    )
    return {row["sha256"] for row in found}


async def _clear(writing: aiosqlite.Connection, document_id: DocumentId) -> None:
    own = await rows(writing, "SELECT id FROM jobs WHERE document = ?", (document_id,))
    await _call_by_own_names(writing, [job["id"] for job in own])
    await writing.execute(
        "DELETE FROM handed_in_again WHERE job IN (SELECT id FROM jobs WHERE document = ?)", (document_id,)
    )
    for table in OF_A_DOCUMENT:
        await writing.execute(f"DELETE FROM {table} WHERE document = ?", (document_id,))  # noqa: S608  # our own names
    await writing.execute("DELETE FROM resemblances WHERE document = :id OR other = :id", {"id": document_id})
    await writing.execute(
        """
        UPDATE documents
           SET unpublished = CASE WHEN withdrawn IS NULL
                                   AND document ->> 'visibility' = 'public'
                                   AND coalesce(document ->> 'embargo_until', '') <= date(:now)
                                  THEN :now
                                  ELSE unpublished
                              END,
               withdrawn = coalesce(withdrawn, :now), reason = '',
               revision = (SELECT max(revision) + 1 FROM documents),
               document = json_object('kind', document ->> 'kind', 'id', id, 'organisation', organisation,
                                      'title', json_object(), 'added', document ->> 'added',
                                      'changed', document ->> 'changed')
         WHERE id = :document
        """,
        {"document": document_id, "now": now()},
    )
    # The trail is never rewritten, but what staff wrote into it about the document goes with the document.
    noted = await rows(writing, "DELETE FROM trail WHERE subject = ? RETURNING *", (document_id,))
    await writing.executemany(
        """
        INSERT INTO trail (number, noted, who, what, subject, organisation, detail)
        VALUES (:number, :noted, :who, :what, :subject, :organisation, '')
        """,
        [dict(row) for row in noted],
    )


async def _end(writing: aiosqlite.Connection, archive: str) -> None:
    """Take the archive's names out of its job, and out of those that have read it again, or are to: nobody can read it
    any more."""
    await writing.execute("DELETE FROM handed_in_again WHERE job = ?", (archive,))
    await writing.execute(
        """
        UPDATE jobs
           SET name   = :name,
               state  = iif(state IN ('waiting', 'failed'), 'failed', state),
               code   = iif(state IN ('waiting', 'failed'), :code, code),
               detail = iif(state IN ('waiting', 'failed'), :detail, detail),
               ended  = coalesce(ended, :now)
         WHERE id = :job
            OR (document = '' AND purpose = 'reread'
                AND (sha256, organisation) = (SELECT sha256, organisation FROM jobs WHERE id = :job))
        """,
        {"name": AN_ARCHIVE, "job": archive, "code": PurgedFile.code, "detail": _WENT_TOO, "now": now()},
    )


async def _readings(writing: aiosqlite.Connection, archives: Sequence[str]) -> list[str]:
    """The jobs of these archives, and those that have read them again."""
    found = await rows(
        writing,
        """
        SELECT id
          FROM jobs
         WHERE id IN (SELECT value FROM json_each(:archives))
            OR (document = '' AND purpose = 'reread'
                AND (sha256, organisation) IN (SELECT sha256, organisation
                                                 FROM jobs
                                                WHERE id IN (SELECT value FROM json_each(:archives))))
        """,
        {"archives": as_json(archives)},
    )
    return [row["id"] for row in found]


async def _call_by_own_names(writing: aiosqlite.Connection, jobs: Sequence[str]) -> None:
    """Take the names of the files of these jobs out of those of the files that lay in them."""
    await writing.execute(
        """
        WITH RECURSIVE inside (id, before) AS (
            SELECT jobs.id, around.name || '/'
              FROM jobs JOIN jobs AS around ON around.id = jobs.within
             WHERE around.id IN (SELECT value FROM json_each(?))
             UNION
            SELECT jobs.id, before FROM jobs JOIN inside ON inside.id = jobs.within
        )
        UPDATE jobs
           SET name = substr(name, length(before) + 1)
          FROM inside
         WHERE inside.id = jobs.id AND substr(name, 1, length(before)) = before
        """,
        (as_json(jobs),),
    )
    # Of those that were here already, jobs have other names.
    await writing.execute(
        """
        UPDATE OR REPLACE handed_in_again
           SET name = substr(handed_in_again.name, length(around.name) + 2)
          FROM jobs AS around
         WHERE around.id IN (SELECT value FROM json_each(?)) AND around.batch = handed_in_again.batch
           AND substr(handed_in_again.name, 1, length(around.name) + 1) = around.name || '/'
        """,
        (as_json(jobs),),
    )


async def _needed(writing: aiosqlite.Connection, sha256: str) -> bool:
    """Whether any other document, earlier version or job has this original."""
    return bool(await rows(writing, _NEEDED.format(":sha256"), {"sha256": sha256}))


def _read(row: sqlite3.Row) -> Purged:
    return msgspec.convert(dict(row), Purged)
