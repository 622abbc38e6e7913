"""Which job a file becomes that is handed in, or read again: a new one, or one that is there already.

All of it happens inside a transaction.
"""

import hashlib
import secrets
import sqlite3

import msgspec

from library.database import as_json, now, read
from library.errors import Conflict, NotFound
from library.jobs import Accepted, IngestJob, JobState, Submission
from library.model import DocumentId
from library.said import REPLACES

_FIELDS = frozenset(IngestJob.__struct_fields__)
_BASE32 = 8 * b"abcdefghijklmnopqrstuvwxyz234567"
"""What becomes of each byte (RFC 4648)."""


def accepted(writing: sqlite3.Connection, submission: Submission) -> Accepted:
    """Queue a file, once: the same bytes described in the same way, or the same request again, make no second job.

    They do where the document was withdrawn since, or has become another one by a later job. Raises Conflict where
    `said` names the id of another organisation's document, and for an idempotency key that came with something else
    before.
    """
    digest = _digest(submission)
    _refuse_reused_key(writing, submission, digest)
    same = _same(writing, submission, digest)
    if same is None:
        document_id = _document_id(writing, submission)
        return Accepted(job=_enter(writing, submission, digest, document_id), news="new")
    if same.state is not JobState.FAILED:
        _note_again(writing, submission, same)
        return Accepted(job=same, news="known")
    writing.execute(
        "UPDATE jobs SET name = ?, batch = ?, submitted_by = ?, within = ? WHERE id = ?",
        (submission.name, submission.batch, submission.submitted_by, submission.within, same.id),
    )
    return Accepted(job=let_wait(writing, "id = ?", same.id)[0], news="again")


def entered_again(writing: sqlite3.Connection, submission: Submission, document_id: DocumentId) -> bool:
    """Queue the file of a document, or an archive, to be read again; False where it is queued for that already."""
    queued = read(
        writing,
        """
        SELECT 1
          FROM jobs
         WHERE document = ? AND sha256 = ? AND organisation = ? AND purpose = 'reread'
           AND state IN ('waiting', 'working')
        """,
        (document_id, submission.sha256, submission.organisation),
    )
    if not queued:
        job = _enter(writing, submission, "", document_id)
        writing.execute("UPDATE jobs SET purpose = 'reread' WHERE id = ?", (job.id,))
    return not queued


def let_wait(writing: sqlite3.Connection, which: str, *values: str | None) -> list[IngestJob]:
    """Have the jobs wait again, with all their attempts, for which this condition holds."""
    again = read(
        writing,
        f"""
        UPDATE jobs
           SET state = 'waiting', step = '', code = '', detail = '', attempts = 0, started = NULL, ended = NULL
         WHERE {which}
        RETURNING *
        """,  # noqa: S608  # conditions of ours
        values,
    )
    return [job_in(row) for row in again]


def job_in(row: sqlite3.Row) -> IngestJob:
    """The job that stands in a row of the table."""
    fields = {name: row[name] for name in row.keys() if name in _FIELDS}  # noqa: SIM118  # a Row
    fields |= {name: msgspec.json.decode(fields[name]) for name in fields.keys() & {"said", "notes", "other_names"}}
    return msgspec.convert(fields, IngestJob)


def new_id() -> str:
    """For a job, a document or a batch: 12 characters of random base32: 60 bits."""
    return secrets.token_bytes(12).translate(_BASE32).decode()


def _refuse_reused_key(writing: sqlite3.Connection, submission: Submission, digest: str) -> None:
    used = read(
        writing,
        "SELECT id FROM jobs WHERE idempotency_key = ? AND organisation = ? AND digest <> ?",
        (submission.idempotency_key or None, submission.organisation, digest),
    )
    if used:
        raise Conflict(f"this idempotency key came with another file or description before, in job {used[0]['id']}")


def _same(writing: sqlite3.Connection, submission: Submission, digest: str) -> IngestJob | None:
    """The job that this submission would only repeat."""
    found = read(
        writing,
        """
        SELECT *
          FROM jobs
         WHERE sha256 = :sha256 AND organisation = :organisation AND digest = :digest AND purpose = 'new'
           AND (idempotency_key = :key
                OR NOT EXISTS (SELECT 1
                                 FROM jobs AS later
                                WHERE later.document = jobs.document
                                  AND later.document <> ''
                                  AND later.purpose = 'new'
                                  AND later.number > jobs.number
                                  AND later.state <> 'failed'))
           AND (state <> 'done'
                OR NOT EXISTS (SELECT 1
                                 FROM documents
                                WHERE documents.id = jobs.document AND withdrawn IS NOT NULL))
         ORDER BY number DESC
         LIMIT 1
        """,
        {
            "sha256": submission.sha256,
            "organisation": submission.organisation,
            "digest": digest,
            "key": submission.idempotency_key or None,
        },
    )
    return job_in(found[0]) if found else None


def _note_again(writing: sqlite3.Connection, submission: Submission, same: IngestJob) -> None:
    """Whoever handed it in looks for it under his own name and in his own batch."""
    if (submission.batch, submission.name) != (same.batch, same.name):
        writing.execute(
            "INSERT OR IGNORE INTO handed_in_again (batch, job, name) VALUES (?, ?, ?)",
            (submission.batch, same.id, submission.name),
        )


def _document_id(writing: sqlite3.Connection, submission: Submission) -> DocumentId:
    """That of what it replaces, else the one said, else that of the organisation's document or job with the same
    bytes, else a new one."""
    replaced = submission.said.get(REPLACES)
    if replaced is not None:
        alive = "SELECT 1 FROM documents WHERE id = ? AND organisation = ? AND withdrawn IS NULL"
        if not read(writing, alive, (replaced, submission.organisation)):
            raise NotFound(f"'{submission.organisation}' has no document '{replaced}' that this file could replace")
        return str(replaced)
    said = submission.said.get("id")
    if isinstance(said, str) and said:
        others = "SELECT 1 FROM documents WHERE id = ? AND organisation <> ?"
        if read(writing, others, (said, submission.organisation)):
            raise Conflict(f"the id '{said}' belongs to a document of another organisation")
        if read(writing, "SELECT 1 FROM purges WHERE document = ?", (said,)):
            raise Conflict(f"the document '{said}' was purged: an id is not used again")
        return said
    known = read(
        writing,
        """
        SELECT id, withdrawn IS NOT NULL AS rank, documents.rowid AS came
          FROM files JOIN documents ON documents.id = files.document
         WHERE sha256 = :sha256 AND organisation = :organisation
         UNION ALL
        SELECT document, 2, number
          FROM jobs
         WHERE sha256 = :sha256 AND organisation = :organisation AND state <> 'done' AND purpose = 'new'
         ORDER BY rank, came
         LIMIT 1
        """,
        {"sha256": submission.sha256, "organisation": submission.organisation},
    )
    return str(known[0]["id"]) if known else new_id()


def _enter(writing: sqlite3.Connection, submission: Submission, digest: str, document_id: DocumentId) -> IngestJob:
    entered = read(
        writing,
        """
        INSERT INTO jobs (id, document, organisation, name, sha256, size, said, digest, idempotency_key,
                          submitted_by, batch, within, created)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        RETURNING *
        """,
        (
            new_id(),
            document_id,
            submission.organisation,
            submission.name,
            submission.sha256,
            submission.size,
            as_json(submission.said),
            digest,
            submission.idempotency_key or None,
            submission.submitted_by,
            submission.batch,
            submission.within,
            now(),
        ),
    )
    return job_in(entered[0])


def _digest(submission: Submission) -> str:
    same = [submission.sha256, submission.organisation, submission.said]
    return hashlib.sha256(msgspec.json.encode(same, order="deterministic")).hexdigest()
