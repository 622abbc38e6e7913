"""Which files wait to be read, which are being read, and how each ended."""

import sqlite3
from collections.abc import Collection, Mapping, Sequence
from operator import itemgetter

from library.database import Database, as_json, now, read
from library.entering import entered_again, job_in, let_wait
from library.errors import Conflict, NotFound, PurgedFile, ReaderCrashed
from library.jobs import IngestJob, JobState, Progress, Submission
from library.model import DocumentId, OrganisationId

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
            again = len(let_wait(writing, ended, code))
            for row in read(writing, "SELECT * FROM jobs WHERE code = ? AND state = 'done'", (code,)):
                again += _read_rest(writing, job_in(row))
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
        return await self._database.write(lambda writing: entered_again(writing, submission, document_id))

    # Working ---------------------------------------------------------------------------------------------------------

    async def take(self) -> IngestJob | None:
        """The job that has waited longest, now working; None where none waits that is not paused. No two takers get
        the same."""
        return next(iter(await self.take_some(1)), None)

    async def take_some(self, most: int) -> list[IngestJob]:
        """The same of several, in the order in which they are to be worked on; so many at most."""
        taken = await self._database.change(
            """
            UPDATE jobs
               SET state = 'working', attempts = attempts + 1, started = ?, step = 'reading', page = 0, pages = 0
             WHERE number IN (SELECT number
                                FROM jobs
                               WHERE state = 'waiting'
                                 AND NOT EXISTS (SELECT 1 FROM pauses WHERE pauses.batch IN ('', jobs.batch))
                               ORDER BY purpose, number
                               LIMIT ?)
            RETURNING *
            """,
            (now(), most),
        )
        return [job_in(row) for row in sorted(taken, key=itemgetter("purpose", "number"))]

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
            UPDATE jobs INDEXED BY jobs_indexing
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
        return [job_in(row) for row in found]

    async def enclosed_in(self, job: IngestJob) -> list[IngestJob]:
        """The jobs of the files that were found in this job's file, in the order in which they came."""
        found = await self._database.rows(
            f"{_WITH_NAMES} WHERE batch = ? AND within = ? ORDER BY number", (job.batch, job.id)
        )
        return [job_in(row) for row in found]

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
        return [job_in(row) for row in found]

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
        return None if row is None else job_in(row)

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
        return [job_in(row) for row in found]

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


def _read_rest(writing: sqlite3.Connection, job: IngestJob) -> bool:
    """Have the document of a job read again that is done with part of its pages; False where it is queued already. For
    the rest nobody waits in this job any more."""
    notes = [note for note in job.notes if not note.endswith(job.detail)]
    writing.execute("UPDATE jobs SET code = '', detail = '', notes = ? WHERE id = ?", (as_json(notes), job.id))
    same = Submission(name=job.name, sha256=job.sha256, size=job.size, organisation=job.organisation, said={})
    return entered_again(writing, same, job.document)


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
    return let_wait(writing, which, PurgedFile.code, job_id, job_id, batch, batch, organisation, organisation)


def _job(writing: sqlite3.Connection, job_id: str) -> IngestJob:
    found = read(writing, "SELECT * FROM jobs WHERE id = ?", (job_id,))
    if not found:
        raise no_job(job_id)
    return job_in(found[0])


def no_job(job_id: str) -> NotFound:
    return NotFound(f"there is no job '{job_id}'")
