"""A folder that is watched: a file is taken in when it has stopped changing, and moved when it has ended."""

import asyncio
import logging
import os
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path

from msgspec import Struct

from ingest.batch import Descriptions, Outcome, files_in, hand_in, outcome_of
from ingest.metadata import is_there, sidecar_of
from library.errors import LibraryError, Unavailable
from library.exchange import Exchange
from library.model import OrganisationId
from library.sidecars import SIDECAR
from library.words import Words

logger = logging.getLogger(__name__)

DONE, FAILED = "done", "failed"
"""The folders, below the watched one, that files are moved into."""
REASON = ".reason.txt"
"""What the name of a failed file goes on with in the name of the file that says why."""
_LONGEST_NAME = 255
"""Bytes that the name of a file may have on most systems."""
_UNFINISHED = (".part", ".partial", ".crdownload", ".download", ".tmp")
_OPENED = ("~$", ".~lock.")
"""How the files begin that office programs put beside one that is open."""

Stamp = tuple[int, int, int, int]
"""Size and time of the last change of a file and of the description beside it: what changes while they are written."""


class Watched(Struct, frozen=True):
    """What is watched, and what is said of all that comes."""

    folder: Path
    said: Descriptions
    organisation: OrganisationId
    submitted_by: str
    told: Words


class _Taken(Struct, frozen=True):
    job: str
    stamp: Stamp


class Watch:
    """Looks at the folder again and again. All that it must remember stands in the folder and in the inbox: a file that
    lies there was not dealt with yet, and one that is handed in again is known."""

    def __init__(self, exchange: Exchange, watched: Watched) -> None:
        self._exchange = exchange
        self._watched = watched
        self._before: Mapping[Path, Stamp] = {}
        self._taken: dict[Path, _Taken] = {}

    async def look(self) -> None:
        """Take in what looks as it did at the last look; move what has ended since. Raises Unavailable."""
        seen = await asyncio.to_thread(lambda: dict(self._candidates()))
        settled = [path for path, stamp in seen.items() if self._before.get(path) == stamp]
        self._before = seen
        await self._take([path for path in settled if path not in self._taken], seen)
        await self._move_ended()

    async def _take(self, files: list[Path], stamps: Mapping[Path, Stamp]) -> None:
        if not files:
            return
        watched = self._watched
        news = hand_in(
            self._exchange,
            files,
            watched.said,
            organisation=watched.organisation,
            submitted_by=watched.submitted_by,
            by_place=False,  # scanners call everything scan.pdf
        )
        waiting = iter(files)
        async for each in news:
            path = next(waiting)
            if isinstance(each, Outcome):
                if each.code == Unavailable.code:
                    raise Unavailable(each.detail)
                await self._move(path, stamps[path], each)
            else:
                logger.info("taken from the folder: %s, job %s", path.name, each.id)
                self._taken[path] = _Taken(each.id, stamps[path])

    async def _move_ended(self) -> None:
        paths = {taken.job: path for path, taken in self._taken.items()}
        for job in await self._exchange.inbox.these(paths):
            if (outcome := outcome_of(job)) is not None:
                path = paths[job.id]
                await self._move(path, self._taken.pop(path).stamp, outcome)

    async def _move(self, path: Path, stamp: Stamp, outcome: Outcome) -> None:
        try:
            await asyncio.to_thread(self._moved, path, stamp, outcome)
        except OSError as error:
            logger.warning("%s cannot be moved: %s", path, error)

    def _moved(self, path: Path, stamp: Stamp, outcome: Outcome) -> None:
        if not path.is_file() or _stamp(path) != stamp:
            return  # it has changed since: the next looks take it anew
        inside = path.relative_to(self._watched.folder)
        _reason_of(self._watched.folder / FAILED / inside).unlink(missing_ok=True)
        target = _free(self._watched.folder / (FAILED if outcome.ended == "failed" else DONE) / inside)
        target.parent.mkdir(parents=True, exist_ok=True)
        if outcome.ended == "failed":
            # The reason first: a file without one would say nothing.
            _reason_of(target).write_text(self._reason(outcome), encoding="utf-8")
        beside = sidecar_of(path)
        path.rename(target)
        if is_there(beside):
            beside.rename(sidecar_of(target))

    def _reason(self, outcome: Outcome) -> str:
        told = self._watched.told
        failure = told.of_failure(outcome.code)
        cure = told.report["cure"].format(cure=failure.cure)
        exactly = told.of_reasons(outcome.reasons) or told.of_detail(outcome.detail)
        return "\n".join(
            (failure.what, cure, told.report["put_back"], "", exactly, f"{outcome.code} {outcome.job}", "")
        )

    def _candidates(self) -> Iterator[tuple[Path, Stamp]]:
        ours = (self._watched.folder / DONE, self._watched.folder / FAILED)
        for path in files_in([self._watched.folder], None):
            not_yet = path.suffix.lower() in _UNFINISHED or path.name.startswith(_OPENED) or path.suffix == SIDECAR
            if not not_yet and not any(path.is_relative_to(folder) for folder in ours):
                with suppress(FileNotFoundError):  # gone between the two looks at it
                    yield path, _stamp(path)


async def keep_watching(exchange: Exchange, watched: Watched, every: float) -> None:
    """Until cancelled: look every so many seconds."""
    watch = Watch(exchange, watched)
    while True:
        try:
            await watch.look()
        except LibraryError as error:
            logger.warning("the folder waits: %s", error.detail)
        await asyncio.sleep(every)


def _stamp(path: Path) -> Stamp:
    own, beside = path.stat(), sidecar_of(path)
    said = beside.stat() if is_there(beside) else None
    return own.st_size, own.st_mtime_ns, said.st_size if said else 0, said.st_mtime_ns if said else 0


def _reason_of(path: Path) -> Path:
    """Where it says why this file failed, whose own name may leave no room for more behind it."""
    name = os.fsencode(path.name)[: _LONGEST_NAME - len(REASON)]
    return path.with_name(os.fsdecode(name) + REASON)


def _free(path: Path) -> Path:
    """The path, or the first of `name (2).pdf`, `name (3).pdf` … that nothing has."""
    number, free = 1, path
    while free.exists():
        number += 1
        free = path.with_name(f"{path.stem} ({number}){path.suffix}")
    return free
