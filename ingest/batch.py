"""Which files were handed in, what was said of each, and how each of them ended."""

import asyncio
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from hashlib import file_digest, sha256
from pathlib import Path
from typing import Any, Literal, Self

import msgspec
from msgspec import Struct

from ingest.metadata import is_there, read_description, sidecar_of
from ingest.names import place_of, readable
from ingest.tables import TABLES, Table, named, read_table
from library.errors import BadMetadata, LibraryError, PurgedFile, Reason
from library.exchange import Exchange
from library.jobs import IngestJob, JobState, Step
from library.model import DocumentId, OrganisationId
from library.places import Look, Placed, Seen
from library.said import REPLACES, Said, read_said
from library.sidecars import SIDECAR
from library.words import Words

CHUNK = 1 << 20
"""Bytes that are read from a file at once."""
TOGETHER = 16
TOGETHER_BYTES = 4_000_000
"""How many files are handed in at the same time, and from how many bytes on no more of them. It begins with one, and
twice as many each time: readers wait for no more than the first."""
UNREADABLE = "unreadable-file"
MOST_COMPLAINTS = 20
"""Of a table, that are named in one sentence."""


class Outcome(Struct, frozen=True, kw_only=True):
    """How a file that was handed in ended."""

    file: str
    ended: Literal["done", "failed", "known"]
    """`known`: the library has this very file already, with this description."""
    document: str = ""
    job: str = ""
    code: str = ""
    detail: str = ""
    reasons: tuple[Reason, ...] = ()
    """Why its description was refused; `detail` lists them in English."""
    notes: tuple[str, ...] = ()


class Descriptions(Struct, frozen=True):
    """What was said of files beyond what stands beside each of them."""

    for_all: Said
    by_name: Mapping[str, Said]

    def of(self, path: Path) -> Said:
        """All that was said of this file; the description beside it wins over the table, and that over the rest.

        Raises BadMetadata."""
        beside = sidecar_of(path)
        own = read_description(beside) if is_there(beside) else {}
        return {**self.for_all, **self.by_name.get(named(path, self.by_name), {}), **own}


def descriptions(metadata: Path | None, visibility: str | None, files: Sequence[Path] = ()) -> Descriptions:
    """What `--metadata` (a table, or one TOML description for all files) and `--visibility` say of these files.

    Raises BadMetadata, for a table with all that is wrong in it."""
    said: dict[str, Any] = {"visibility": visibility} if visibility else {}
    if metadata is None:
        return Descriptions(said, {})
    if (table := table_of(metadata)) is not None:
        if complaints := [*table.complaints, *table.several(files)]:
            raise BadMetadata(f"{metadata.name}: {'; '.join(map(str, complaints[:MOST_COMPLAINTS]))}")
        return Descriptions(said, table.said)
    return Descriptions({**said, **read_description(metadata)}, {})


def what_is_wrong(files: Sequence[Path], metadata: Path | None, told: Words) -> list[str]:
    """All that stands in the way of taking in these files as they are described, one sentence for each place.

    Raises BadMetadata where `metadata` cannot be read at all."""
    wrong = []
    if (table := table_of(metadata)) is not None:
        wrong += wrong_rows(files, table, told)
        wrong += rows_without_file(files, table, told)
        without_row = sorted(readable(path.name) for path in files if not named(path, table.rows))
        wrong += [told.report["without_row"].format(file=name) for name in without_row]
    for path in files:
        beside = sidecar_of(path)
        try:
            if is_there(beside):
                read_said({name: value for name, value in read_description(beside).items() if name != "organisation"})
        except LibraryError as error:
            wrong.append(f"{readable(beside.name)}: {told.of_error(error)}")
    return wrong


def table_of(metadata: Path | None) -> Table | None:
    """What `--metadata` names, if it is a table. Raises BadMetadata as `read_table`."""
    return read_table(metadata) if metadata is not None and metadata.suffix.lower() in TABLES else None


def wrong_rows(files: Sequence[Path], table: Table, told: Words) -> list[str]:
    """What in the table cannot be used for these files."""
    return [each.told(told) for each in (*table.complaints, *table.several(files))]


def rows_without_file(files: Sequence[Path], table: Table, told: Words) -> list[str]:
    """Which rows of the table are about none of these files."""
    meant = {named(path, table.rows) for path in files}
    without = [(name, row) for name, row in table.rows.items() if name not in meant]
    return [told.report["without_file"].format(row=row, file=name) for name, row in without]


async def refused(
    exchange: Exchange, files: Sequence[Path], metadata: Path | None, organisation: OrganisationId
) -> AsyncIterator[tuple[Path, str]]:
    """The files that would not be taken in, however they are described, and the code of the error."""
    try:
        said = descriptions(metadata, None)
    except BadMetadata:  # of which `what_is_wrong` tells
        said = Descriptions({}, {})
    for path in files:
        try:
            whose = said.of(path).get("organisation", organisation)
            await exchange.refuse_purged(await asyncio.to_thread(hash_of, path), whose)
        except BadMetadata:
            continue
        except PurgedFile as error:
            yield path, error.code
        except OSError:
            yield path, UNREADABLE


def files_in(paths: Sequence[Path], metadata: Path | None) -> list[Path]:
    """The files that these paths mean, in order: folders with all below them, but no hidden files, no links, no
    descriptions."""
    return [found for path in paths for found in _files_below(path) if not _is_description(found, metadata)]


async def hand_in(
    exchange: Exchange,
    files: Sequence[Path],
    said: Descriptions,
    *,
    organisation: str,
    submitted_by: str,
    by_place: bool = True,
) -> AsyncIterator[Outcome | IngestJob]:
    """Keep and queue each file: its job, or at once an outcome where there is nothing to be done or nothing can be.

    A description may name another `organisation`: whoever works on this machine may speak for all of them. `by_place`,
    a file that looks as it did when it was read is not opened, and another one at the same place is the next version
    of the same document."""
    batch = (await exchange.batches.open(organisation, submitted_by)).id
    handing_in = _HandingIn(exchange, batch, submitted_by, by_place=by_place)
    coming, most = iter(files), 1
    while some := await asyncio.to_thread(_next_together, said, coming, organisation, most):
        most = min(2 * most, TOGETHER)
        # At the same time: then they are kept and queued in one go.
        for news in await asyncio.gather(*(handing_in.news_of(each) for each in some)):
            yield news


class _Described(Struct, frozen=True):
    """A file, what was said of it, and whose it is."""

    path: Path
    said: Said
    organisation: OrganisationId
    seen: Seen


class _Unusable(Struct, frozen=True):
    """A file, and why nothing could be known of it."""

    path: Path
    error: LibraryError | OSError


class _HandingIn:
    """What all files of a batch share."""

    def __init__(self, exchange: Exchange, batch: str, submitted_by: str, *, by_place: bool) -> None:
        self._exchange = exchange
        self._batch = batch
        self._submitted_by = submitted_by
        self._by_place = by_place

    async def news_of(self, file: _Described | _Unusable) -> Outcome | IngestJob:
        """What `hand_in` tells of a file."""
        name = readable(file.path.name)
        try:
            if isinstance(file, _Unusable):
                raise file.error
            return await self._handed_in(file)
        except LibraryError as error:
            return Outcome(file=name, ended="failed", code=error.code, detail=error.detail, reasons=error.reasons)
        except OSError as error:
            detail = f"the file cannot be opened: {error.strerror}"
            return Outcome(file=name, ended="failed", code=UNREADABLE, detail=detail)

    async def _handed_in(self, file: _Described) -> Outcome | IngestJob:
        name, said = readable(file.path.name), file.said
        if self._by_place:
            here = await _Here.of(self._exchange, file.seen, file.organisation)
            if (document := await here.unchanged()) is not None:
                return Outcome(file=name, ended="known", document=document)
            if "id" not in said and (before := await here.replaces()):
                said = {REPLACES: before, **said}
        accepted = await self._exchange.accept(
            chunks(file.path),
            name=name,
            organisation=file.organisation,
            said=said,
            submitted_by=self._submitted_by,
            batch=self._batch,
            place=file.seen if self._by_place else None,
        )
        known = accepted.news == "known" and accepted.job.state is JobState.DONE
        return known_as(accepted.job, name) if known else accepted.job


class _Here:
    """A file at its place, and what was handed in from there before."""

    def __init__(self, exchange: Exchange, seen: Seen, before: Placed | None) -> None:
        self._exchange = exchange
        self._seen = seen
        self._before = before

    @classmethod
    async def of(cls, exchange: Exchange, seen: Seen, organisation: OrganisationId) -> Self:
        return cls(exchange, seen, await exchange.places.at(seen.place, organisation))

    async def unchanged(self) -> DocumentId | None:
        """The document that the file became when it looked as now, if that is still as it was then; empty for an
        archive."""
        if self._before is None or self._before.look != self._seen.look:
            return None
        for job in await self._exchange.inbox.these([self._before.job]):
            still = not job.document or await self._exchange.catalog.has_file(job.document, job.sha256)
            if job.state is JobState.DONE and still:
                return job.document
        return None

    async def replaces(self) -> DocumentId:
        """The document of which this is the next version: what whatever was here before became, if that is in the
        library and had other bytes. Raises OSError."""
        last = self._before.document if self._before else ""
        if not last or not await self._exchange.catalog.documents([last]):
            return ""
        same = await self._exchange.catalog.has_file(last, await asyncio.to_thread(hash_of, Path(self._seen.place)))
        return "" if same else last


def _next_together(
    said: Descriptions, coming: Iterator[Path], otherwise: OrganisationId, most: int
) -> list[_Described | _Unusable]:
    """The next of the files that are coming, so many at most and of not too many bytes; none when all have come."""
    some: list[_Described | _Unusable] = []
    size = 0
    for path in coming:
        try:
            file = _described(said, path, otherwise)
        except (LibraryError, OSError) as error:
            some.append(_Unusable(path, error))
        else:
            some.append(file)
            size += file.seen.look.size
        if len(some) >= most or size >= TOGETHER_BYTES:
            break
    return some


def _described(said: Descriptions, path: Path, otherwise: OrganisationId) -> _Described:
    """`otherwise` is whose it is where that was not said. Raises BadMetadata and OSError."""
    described = dict(said.of(path))
    whose = described.pop("organisation", otherwise)
    found = path.stat()
    digest = sha256(msgspec.json.encode(described, order="deterministic")).hexdigest()
    look = Look(size=found.st_size, mtime=found.st_mtime_ns, said=digest)
    return _Described(path, described, whose, Seen(place_of(path), look))


def hash_of(path: Path) -> str:
    """The SHA-256 of a file's bytes. Raises OSError."""
    with path.open("rb") as file:
        return file_digest(file, "sha256").hexdigest()


def chunks(path: Path) -> Iterator[bytes]:
    """The bytes of a file, piece by piece. Raises OSError."""
    with path.open("rb", buffering=0) as file:
        while chunk := file.read(CHUNK):
            yield chunk


def known_as(job: IngestJob, name: str) -> Outcome:
    """How a file with this name ended that is the very file of a job; who handed in both is told of the other name."""
    known = Outcome(file=job.name, ended="known", document=job.document)
    return known if job.name == name else named_anew(known, name)


def named_anew(outcome: Outcome, name: str) -> Outcome:
    """How a file ended that was handed in under one name before, and now under this one."""
    return msgspec.structs.replace(outcome, file=name, detail=outcome.detail or here_as(outcome.file))


def here_as(name: str) -> str:
    """What is said of a file that the library has under this other name."""
    return f"this very file is here already, as '{name}'"


def outcome_of(job: IngestJob) -> Outcome | None:
    """How the job ended; None while it has not, or its document cannot be found yet."""
    match job.state:
        case JobState.DONE if job.step is Step.INDEXING:
            return None
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


def _is_description(path: Path, metadata: Path | None) -> bool:
    described = path.with_name(path.name.removesuffix(SIDECAR))
    return (path.suffix == SIDECAR and is_there(described)) or (metadata is not None and _is_same(path, metadata))


def _is_same(path: Path, other: Path) -> bool:
    return path.name == other.name and path.resolve() == other.resolve()
