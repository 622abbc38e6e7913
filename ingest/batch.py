"""Which files were handed in, what was said of each, and how each of them ended."""

import asyncio
import secrets
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, Literal

from msgspec import Struct

from ingest.metadata import SIDECAR, read_description, read_table, sidecar_of
from library.errors import LibraryError
from library.exchange import Exchange
from library.inbox import IngestJob, JobState
from library.said import Said

CHUNK = 1 << 20
"""Bytes that are read from a file at once."""


class Outcome(Struct, frozen=True, kw_only=True):
    """How a file that was handed in ended."""

    file: str
    ended: Literal["done", "failed", "known"]
    """`known`: the library has this very file already, with this description."""
    document: str = ""
    job: str = ""
    code: str = ""
    detail: str = ""
    notes: tuple[str, ...] = ()


class Descriptions(Struct, frozen=True):
    """What was said of files beyond what stands beside each of them."""

    for_all: Said
    by_name: Mapping[str, Said]

    def of(self, path: Path) -> Said:
        """All that was said of this file; the description beside it wins over the table, and that over the rest.

        Raises BadMetadata."""
        beside = sidecar_of(path)
        own = read_description(beside) if _is_there(beside) else {}
        return {**self.for_all, **self.by_name.get(path.name, {}), **own}


def descriptions(metadata: Path | None, visibility: str | None) -> Descriptions:
    """What `--metadata` (a CSV table, or one TOML description for all files) and `--visibility` say.

    Raises BadMetadata."""
    said: dict[str, Any] = {"visibility": visibility} if visibility else {}
    if metadata is None:
        return Descriptions(said, {})
    if metadata.suffix.lower() == ".csv":
        return Descriptions(said, read_table(metadata))
    return Descriptions({**said, **read_description(metadata)}, {})


def files_in(paths: Sequence[Path], metadata: Path | None) -> list[Path]:
    """The files that these paths mean, in order: folders with all below them, but no hidden files, no links, no
    descriptions."""
    return [found for path in paths for found in _files_below(path) if not _is_description(found, metadata)]


async def hand_in(
    exchange: Exchange, files: Sequence[Path], said: Descriptions, *, organisation: str, submitted_by: str
) -> AsyncIterator[Outcome | IngestJob]:
    """Keep and queue each file: its job, or at once an outcome where there is nothing to be done or nothing can be.

    A description may name another `organisation`: whoever works on this machine may speak for all of them."""
    batch = secrets.token_hex(6)
    for path in files:
        try:
            described = dict(await asyncio.to_thread(said.of, path))
            accepted = await exchange.accept(
                chunks(path),
                name=path.name,
                organisation=described.pop("organisation", organisation),
                said=described,
                submitted_by=submitted_by,
                batch=batch,
            )
        except LibraryError as error:
            yield Outcome(file=path.name, ended="failed", code=error.code, detail=error.detail)
        except OSError as error:
            detail = f"the file cannot be opened: {error.strerror}"
            yield Outcome(file=path.name, ended="failed", code="unreadable-file", detail=detail)
        else:
            known = accepted.news == "known" and accepted.job.state is JobState.DONE
            yield Outcome(file=path.name, ended="known", document=accepted.job.document) if known else accepted.job


async def chunks(path: Path) -> AsyncIterator[bytes]:
    """The bytes of a file, piece by piece."""
    with await asyncio.to_thread(path.open, "rb") as file:
        while chunk := await asyncio.to_thread(file.read, CHUNK):
            yield chunk


def outcome_of(job: IngestJob) -> Outcome | None:
    """How the job ended; None while it has not."""
    match job.state:
        case JobState.DONE:
            return Outcome(file=job.name, ended="done", document=job.document, job=job.id, notes=job.notes)
        case JobState.FAILED:
            return Outcome(file=job.name, ended="failed", job=job.id, code=job.code, detail=job.detail)
        case JobState.WAITING | JobState.WORKING:
            return None


def _files_below(path: Path) -> Iterator[Path]:
    if path.is_dir():
        below = (found for found in sorted(path.rglob("*")) if not _hidden(found.relative_to(path)))
        yield from (found for found in below if found.is_file() and not found.is_symlink())
    else:
        yield path


def _hidden(path: Path) -> bool:
    return any(part.startswith(".") for part in path.parts)


def _is_there(path: Path) -> bool:
    # A name may be too long once something is put behind it.
    with suppress(OSError):
        return path.is_file()
    return False


def _is_description(path: Path, metadata: Path | None) -> bool:
    described = path.with_name(path.name.removesuffix(SIDECAR))
    return (path.suffix == SIDECAR and _is_there(described)) or (metadata is not None and path == metadata)
