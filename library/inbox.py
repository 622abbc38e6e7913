"""Which files wait to be read, which are being read, and how each ended."""

import hashlib
import secrets
import sqlite3
from base64 import b32encode
from collections.abc import Collection, Mapping, Sequence

import msgspec

from library.database import Database, as_json, now, read
from library.errors import Conflict, NotFound, PurgedFile, ReaderCrashed
from library.jobs import Accepted, IngestJob, JobState, Progress, Submission
from library.model import DocumentId, OrganisationId
from library.said import REPLACES

ATTEMPTS = 3
"""How often a job is begun that takes the worker down with it, before it has failed."""
_WITH_NAMES = """
    SELECT jobs.*,
           (SELECT json_group_array(DISTINCT again.name)
              FROM handed_in_again AS again
             WHERE again.job = jobs.id AND again.name <> jobs.name) AS other_names
      FROM jobs
    """
"""All jobs as whoever looks at them is told of them."""


class Inbox:
    """The queue of jobs. Many processes may hand in; one worker takes. Every method may raise Unavailable."""

    def __init__(self, database: Database) -> None:
        self._database = database

    # Waiting again ---------------------------------------------------------------------------------------------------

    async def retry_coded(self, code: str) -> int:
        """Have all files read again whose jobs ended with this code; how many. Where one is done with a document from
        part of its pages, the document is read again: what people have said of it since stays."""
        if code == PurgedFile.code:
            return 0  # there are no files any more that could be read

        def work(writing: sqlite3.Connection) -> int:
            ended = "code = ? AND (state = 'failed' OR (state = 'done' AND purpose = 'reread'))"
            again = len(_let_wait(writing, ended, code))
            for row in read(writing, "SELECT * FROM jobs WHERE code = ? AND state = 'done'", (code,)):
                again += _read_rest(writing, _read(row))
            return again

        return await self._database.write(work)

    async def retry(
        self, job_id: str | None = None, *, batch: str | None = None, organisation: OrganisationId | None = None
    ) -> int:
        """Let a failed job wait again, or all that have failed, of one batch or organisation where it is given; how
        many do. Raises NotFound, Conflict for a job that has not failed, and PurgedFile for one whose file is gone."""

        def work(writing: sqlite3.Connection) -> int:
            again = _wait_again(writing, job_id, batch, organisation)
            if job_id is not None and not again:
                job = _job(writing, job_id)
                if job.code == PurgedFile.code:
                    raise PurgedFile(job.detail)
                raise Conflict(f"job {job.id} has not failed: it is {job.state.value}")
            return len(again)

        return await self._database.write(work)

    async def reread(self, submission: Submission, document_id: DocumentId = "") -> bool:
        """Queue the file of a document, or an archive, to be read again; False where it is queued for that already."""
        return await self._database.write(lambda writing: _enter_again(writing, submission, document_id))

    # Working ---------------------------------------------------------------------------------------------------------

    async def take(self) -> IngestJob | None:
        """The job that has waited longest, now working; None where none waits that is not paused. No two takers get
        the same."""
        taken = await self._database.change(
            """
            UPDATE jobs
               SET state = 'working', attempts = attempts + 1, started = ?, step = 'reading', page = 0, pages = 0
             WHERE number = (SELECT number
                               FROM jobs
                              WHERE state = 'waiting'
                                AND NOT EXISTS (SELECT 1 FROM pauses WHERE pauses.batch IN ('', jobs.batch))
                              ORDER BY purpose, number
                              LIMIT 1)
            RETURNING *
            """,
            (now(),),
        )
        return _read(taken[0]) if taken else None

    async def recover(self) -> int:
        """Let what was cut off wait again; how many that were. What was cut off too often has failed. For the one
        worker, as it starts: whatever is `working` then is nobody's."""

        def work(writing: sqlite3.Connection) -> int:
            given_up = read(
                writing,
                """
                UPDATE jobs
                   SET state = 'failed', step = '', code = ?, detail = ?, ended = ?
                 WHERE state = 'working' AND attempts >= ?
                RETURNING id
                """,
                (
                    ReaderCrashed.code,
                    f"the worker was cut off {ATTEMPTS} times while it read this file; `retry` tries it once more",
                    now(),
                    ATTEMPTS,
                ),
            )
            again = read(writing, "UPDATE jobs SET state = 'waiting', step = '' WHERE state = 'working' RETURNING id")
            return len(given_up) + len(again)

        return await self._database.write(work)

    async def give_back(self) -> None:
        """Let what is `working` wait again, as if it had never been begun. For the one worker, when something stops it
        that is no file's fault: a full disk, somebody who ends it."""
        await self._database.change(
            "UPDATE jobs SET state = 'waiting', attempts = attempts - 1, step = '' WHERE state = 'working'"
        )

    async def note(self, progress: Mapping[str, Progress]) -> None:
        """Note how far jobs are, by their ids. Those that nobody works on any more stay as they are."""

        def work(writing: sqlite3.Connection) -> None:
            writing.executemany(
                "UPDATE jobs SET step = ?, page = ?, pages = ? WHERE id = ? AND state = 'working'",
                [(each.step, each.page, each.pages, job_id) for job_id, each in progress.items()],
            )

        await self._database.write(work)

    async def unpacked(self, job_id: str, notes: Sequence[str], reader: int) -> None:
        """What the job's file encloses was handed in, and there is nothing else in it, say readers of this version.
        Raises as `done` does."""

        def work(writing: sqlite3.Connection) -> None:
            _end(writing, job_id, "state = 'done', step = '', document = '', notes = ?", as_json(notes))
            writing.execute(
                """
                UPDATE jobs
                   SET reader = :reader
                 WHERE state = 'done' AND document = ''
                   AND (sha256, organisation) = (SELECT sha256, organisation FROM jobs WHERE id = :job)
                """,
                {"reader": reader, "job": job_id},
            )

        await self._database.write(work)

    async def done(self, job_id: str, notes: Sequence[str] = (), code: str = "", detail: str = "") -> None:
        """The job's document is kept; `note_indexed` says later that it can be found. `code` and `detail` say what part
        of it waits for. Like `fail`, raises NotFound, and Conflict for a job that nobody is working on."""
        await self._database.write(lambda writing: done(writing, job_id, notes, code, detail))

    async def fail(self, job_id: str, code: str, detail: str) -> None:
        ended = "state = 'failed', step = '', code = ?, detail = ?"
        await self._database.write(lambda writing: _end(writing, job_id, ended, code, detail))

    async def note_indexed(self) -> None:
        """Note which of the jobs that are done have a document that the index has got."""
        if await self._database.row("SELECT 1 FROM jobs WHERE step = 'indexing'") is None:
            return
        await self._database.change(
            """
            UPDATE jobs
               SET step = ''
             WHERE state = 'done'
               AND step = 'indexing'
               AND NOT EXISTS (SELECT 1 FROM documents WHERE documents.id = jobs.document AND unindexed = 1)
            """
        )

    # Looking ---------------------------------------------------------------------------------------------------------

    async def job(self, job_id: str) -> IngestJob:
        """Raises NotFound."""
        found = await self.these([job_id])
        if not found:
            raise no_job(job_id)
        return found[0]

    async def these(self, ids: Collection[str]) -> list[IngestJob]:
        """Those of these jobs that there are, in the order in which they came."""
        found = await self._database.rows(
            f"{_WITH_NAMES} WHERE id IN (SELECT value FROM json_each(?)) ORDER BY number",  # noqa: S608  # of ours
            (as_json(list(ids)),),
        )
        return [_read(row) for row in found]

    async def enclosed_in(self, job: IngestJob) -> list[IngestJob]:
        """The jobs of the files that were found in this job's file, in the order in which they came."""
        found = await self._database.rows(
            f"{_WITH_NAMES} WHERE batch = ? AND within = ? ORDER BY number", (job.batch, job.id)
        )
        return [_read(row) for row in found]

    async def jobs(
        self,
        *,
        state: JobState | None = None,
        organisation: OrganisationId | None = None,
        batch: str | None = None,
        limit: int = 100,
    ) -> list[IngestJob]:
        """The newest first; of one state, organisation or batch where it is given."""
        found = await self._database.rows(
            f"""
            {_WITH_NAMES}
             WHERE (:state        IS NULL OR state        = :state)
               AND (:organisation IS NULL OR organisation = :organisation)
               AND (:batch        IS NULL OR batch        = :batch)
             ORDER BY number DESC
             LIMIT :limit
            """,
            {"state": state, "organisation": organisation, "batch": batch, "limit": limit},
        )
        return [_read(row) for row in found]

    async def origin(self, job: IngestJob) -> IngestJob | None:
        """The job with which the document, or the archive, of this one last came."""
        row = await self._database.row(
            """
            SELECT *
              FROM jobs
             WHERE document = :document AND purpose = 'new' AND state = 'done'
               AND (document <> '' OR (sha256 = :sha256 AND organisation = :organisation))
             ORDER BY number DESC
            """,
            {"document": job.document, "sha256": job.sha256, "organisation": job.organisation},
        )
        return None if row is None else _read(row)

    async def archives(self, older_than: int, name_ends: str) -> list[IngestJob]:
        """The jobs that unpacked an archive with readers of a version below this one, and whose file's name ends so; in
        the order in which they came."""
        found = await self._database.rows(
            """
            SELECT *
              FROM jobs
             WHERE document = '' AND purpose = 'new' AND state = 'done' AND reader < ? AND lower(name) LIKE '%' || ?
             ORDER BY number
            """,
            (older_than, name_ends.lower()),
        )
        return [_read(row) for row in found]

    async def has_had(self, sha256: str, organisation: OrganisationId) -> bool:
        """Whether the organisation ever handed in this very file, also inside another one."""
        had = "SELECT 1 FROM jobs WHERE sha256 = ? AND organisation = ?"
        return await self._database.few_row(had, (sha256, organisation)) is not None

    async def has_work(self) -> bool:
        """Whether a job is being worked on, or waits and is not paused."""
        found = await self._database.few_row(
            """
            SELECT 1
              FROM jobs
             WHERE state = 'working'
                OR (state = 'waiting'
                    AND NOT EXISTS (SELECT 1 FROM pauses WHERE pauses.batch IN ('', jobs.batch)))
             LIMIT 1
            """
        )
        return found is not None

    async def has_waiting(self) -> bool:
        """Whether a job waits that is not paused."""
        found = await self._database.few_row(
            """
            SELECT 1
              FROM jobs
             WHERE state = 'waiting' AND NOT EXISTS (SELECT 1 FROM pauses WHERE pauses.batch IN ('', jobs.batch))
             LIMIT 1
            """
        )
        return found is not None

    def news(self) -> int | None:
        """A number that changes with everything that anybody commits, jobs among it; None where it cannot be told at
        this moment. Takes some microseconds."""
        return self._database.commits()

    async def counts(self) -> dict[JobState, int]:
        """How many jobs there are in each state, 0 among them."""
        found = await self._database.rows("SELECT state, count(*) AS jobs FROM jobs GROUP BY state")
        return dict.fromkeys(JobState, 0) | {JobState(row["state"]): row["jobs"] for row in found}


# Inside a transaction ------------------------------------------------------------------------------------------------


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
    return Accepted(job=_let_wait(writing, "id = ?", same.id)[0], news="again")


def done(writing: sqlite3.Connection, job_id: str, notes: Sequence[str], code: str, detail: str) -> None:
    """What `Inbox.done` does."""
    ended = "state = 'done', step = 'indexing', notes = ?, code = ?, detail = ?"
    _end(writing, job_id, ended, as_json(notes), code, detail)


def _end(writing: sqlite3.Connection, job_id: str, ended: str, *values: str) -> None:
    """Have a job ended that somebody is working on; `ended` says how, with `values` in it."""
    sql = f"UPDATE jobs SET {ended}, ended = ? WHERE id = ? AND state = 'working'"  # noqa: S608  # of ours
    if not writing.execute(sql, (*values, now(), job_id)).rowcount:
        job = _job(writing, job_id)
        raise Conflict(f"nobody is working on job {job.id}: it is {job.state.value}")


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
    return _read(found[0]) if found else None


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
    return _read(entered[0])


def _enter_again(writing: sqlite3.Connection, submission: Submission, document_id: DocumentId) -> bool:
    """What `Inbox.reread` does."""
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


def _read_rest(writing: sqlite3.Connection, job: IngestJob) -> bool:
    """Have the document of a job read again that is done with part of its pages; False where it is queued already. For
    the rest nobody waits in this job any more."""
    notes = [note for note in job.notes if not note.endswith(job.detail)]
    writing.execute("UPDATE jobs SET code = '', detail = '', notes = ? WHERE id = ?", (as_json(notes), job.id))
    same = Submission(name=job.name, sha256=job.sha256, size=job.size, organisation=job.organisation, said={})
    return _enter_again(writing, same, job.document)


def _wait_again(
    writing: sqlite3.Connection,
    job_id: str | None,
    batch: str | None = None,
    organisation: OrganisationId | None = None,
) -> list[IngestJob]:
    """Lets this failed job wait, or all of them: those of this batch and organisation, or of any; none whose file was
    purged."""
    which = """
        state = 'failed' AND code <> ?
        AND (? IS NULL OR id = ?) AND (? IS NULL OR batch = ?) AND (? IS NULL OR organisation = ?)
        """
    return _let_wait(writing, which, PurgedFile.code, job_id, job_id, batch, batch, organisation, organisation)


def _let_wait(writing: sqlite3.Connection, which: str, *values: str | None) -> list[IngestJob]:
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
    return [_read(row) for row in again]


def _job(writing: sqlite3.Connection, job_id: str) -> IngestJob:
    found = read(writing, "SELECT * FROM jobs WHERE id = ?", (job_id,))
    if not found:
        raise no_job(job_id)
    return _read(found[0])


# Values to rows and back ---------------------------------------------------------------------------------------------


def _digest(submission: Submission) -> str:
    same = [submission.sha256, submission.organisation, submission.said]
    return hashlib.sha256(msgspec.json.encode(same, order="deterministic")).hexdigest()


def new_id() -> str:
    """For a job, a document or a batch: 12 characters of random base32: 60 bits."""
    return b32encode(secrets.token_bytes(8)).decode().lower()[:12]


def _read(row: sqlite3.Row) -> IngestJob:
    fields = {name: row[name] for name in IngestJob.__struct_fields__ if name in row.keys()}  # noqa: SIM118  # a Row
    fields |= {name: msgspec.json.decode(fields[name]) for name in fields.keys() & {"said", "notes", "other_names"}}
    return msgspec.convert(fields, IngestJob)


def no_job(job_id: str) -> NotFound:
    return NotFound(f"there is no job '{job_id}'")
