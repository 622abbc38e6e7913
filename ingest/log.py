"""How the staff's commands log: each line that is about a job carries its id."""

import logging
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TextIO

_job: ContextVar[str] = ContextVar("job", default="-")


@contextmanager
def of_job(job_id: str) -> Iterator[None]:
    """What this task logs within is about this job."""
    before = _job.set(job_id)
    try:
        yield
    finally:
        _job.reset(before)


def log_to_stderr() -> None:
    """For commands that stay: when, how grave, which job, what."""
    logging.basicConfig(level=logging.INFO, handlers=[handler(sys.stderr)])


def handler(stream: TextIO) -> logging.Handler:
    writing = logging.StreamHandler(stream)
    writing.setFormatter(logging.Formatter("%(asctime)s %(levelname)s job=%(job)s %(message)s"))
    writing.addFilter(_with_job)
    return writing


def _with_job(record: logging.LogRecord) -> bool:
    record.job = _job.get()
    return True
