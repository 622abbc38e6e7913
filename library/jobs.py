"""What waits to be read, and how far that is: a file as it is handed in, and the job that reads it."""

from datetime import datetime
from enum import StrEnum
from typing import Any, Literal

from library.model import DocumentId, OrganisationId, Value

AN_ARCHIVE = "an archive of which a part was purged"
"""The name of a job whose file is gone because a purged one lay in it."""
HAS_ITS_FILE = f"(name <> '{AN_ARCHIVE}' OR (purpose = 'new' AND state IN ('waiting', 'working')))"
"""Which jobs have their file among the originals, also those that are done: as a condition of SQL."""


class JobState(StrEnum):
    WAITING = "waiting"
    WORKING = "working"
    DONE = "done"
    FAILED = "failed"


class Purpose(StrEnum):
    """Why a file is read."""

    NEW = "new"
    REREAD = "reread"
    """Its document is there already, and what is read from the file is to be better. Comes after everything new."""


class Step(StrEnum):
    """What is being done for a job. People are told in the words of `library/words/`."""

    NONE = ""
    """It waits, has failed, or is done and its document can be found."""
    READING = "reading"
    DESCRIBING = "describing"
    KEEPING = "keeping"
    INDEXING = "indexing"
    """The document is kept: the job is done, but nothing finds it yet."""


class Progress(Value, frozen=True):
    """How far a job is."""

    step: Step
    page: int = 0
    """That is being read, from 1; 0 where that is not known."""
    pages: int = 0
    """Of so many."""


class Submission(Value, frozen=True):
    """A file that is kept already, and what the member said of it."""

    name: str
    """The file's, as handed in: a label, never a path."""
    sha256: str
    size: int
    organisation: OrganisationId
    said: dict[str, Any]
    """Of what JSON can hold."""
    submitted_by: str = ""
    idempotency_key: str = ""
    """Chosen by the sender: a request sent again with the same key asks for nothing new."""
    batch: str = ""
    """What was handed in together."""
    within: str = ""
    """The id of the job whose file encloses this one, if any does."""


class IngestJob(Value, frozen=True, kw_only=True):
    id: str
    document: DocumentId
    """The id that the document has, or will have once this is done; empty once an archive is unpacked."""
    organisation: OrganisationId
    name: str
    other_names: tuple[str, ...] = ()
    """Under which the very file was handed in again; known where jobs are looked at, not while they are worked on."""
    sha256: str
    size: int
    said: dict[str, Any]
    state: JobState
    purpose: Purpose = Purpose.NEW
    step: Step = Step.NONE
    page: int = 0
    """That is, or was last being read; 0 where that is not known."""
    pages: int = 0
    """Of so many."""
    code: str = ""
    """Of the error, where it failed; of what the rest of its pages wait for, where part of it is done."""
    detail: str = ""
    notes: tuple[str, ...] = ()
    attempts: int
    """Since it came, or since somebody asked for it again."""
    submitted_by: str
    batch: str
    within: str = ""
    """The id of the job whose file encloses this one; empty for one that was handed in by itself."""
    created: datetime
    started: datetime | None = None
    ended: datetime | None = None


class Accepted(Value, frozen=True):
    """What became of a submission: a new job, a failed one that waits again, or one that is known and goes its way."""

    job: IngestJob
    news: Literal["new", "again", "known"]
