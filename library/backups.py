"""How the library is copied while it serves, and how a copy becomes a library again.

A backup is a folder: `library.sqlite`, a copy of the catalogue as it was at one moment; `files/`, every original that
it knows; and `backup.json`, which is written last. The index is not in it: it is made anew.
"""

import asyncio
import hashlib
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from library.database import Database
from library.errors import BadRequest, Unavailable
from library.jobs import HAS_ITS_FILE
from library.model import Value
from library.originals import Originals
from library.settings import Settings

CATALOGUE = "library.sqlite"
FILES = "files"
MANIFEST = "backup.json"
"""Without it, a folder is no backup, or one that was cut off."""

_ORIGINALS = f"""
    SELECT sha256 FROM files
     UNION
    SELECT sha256 FROM jobs WHERE {HAS_ITS_FILE}
     UNION
    SELECT file.value ->> 'sha256'
      FROM versions, json_each(described, '$.files') AS file
     UNION
    SELECT file.value ->> 'sha256'
      FROM documents, json_each(documents.document, '$.files') AS file
    """  # noqa: S608  # a condition of ours


class Backup(Value, frozen=True):
    """What is in a backup."""

    made: datetime
    documents: int
    files: int
    missing: tuple[str, ...] = ()
    """Originals that were not where they should be when it was made, by their SHA-256."""


async def back_up(database: Database, originals: Originals, folder: Path) -> Backup:
    """Copy the library to a new folder while others read and write; each file's bytes are compared with its hash.

    Raises BadRequest where the folder is there already, Unavailable where the disk is full or an original is damaged.
    """
    with _our_errors(folder):
        await asyncio.to_thread(_begin, folder)
        moment = datetime.now(UTC)
        await database.copy_to(folder / CATALOGUE)
        hashes, documents = await asyncio.to_thread(_listed, folder / CATALOGUE)
        missing = [each for each in hashes if not await asyncio.to_thread(_copied, originals, each, folder / FILES)]
        made = Backup(made=moment, documents=documents, files=len(hashes) - len(missing), missing=tuple(missing))
        (folder / MANIFEST).write_bytes(msgspec.json.encode(made))
        return made


def restore(folder: Path, settings: Settings) -> Backup:
    """Make a backup the library of these settings, whose data folder must have none yet; the index is to be rebuilt.

    Raises BadRequest where the folder is no whole backup, or is damaged, or where there is a library already.
    """
    with _our_errors(settings.data):
        made = _checked(folder)
        if settings.database.exists():
            raise BadRequest(f"{settings.data} holds a library already: move it away, or name another data folder")
        shutil.copytree(folder / FILES, settings.files, dirs_exist_ok=True)
        settings.data.mkdir(parents=True, exist_ok=True)
        # Last, and under another name until it is whole: a catalogue without its files never stands there.
        part = settings.database.with_suffix(".part")
        shutil.copyfile(folder / CATALOGUE, part)
        part.replace(settings.database)
        return made


def _checked(folder: Path) -> Backup:
    """What the backup says of itself, once all that it says is there and undamaged."""
    try:
        made = msgspec.json.decode((folder / MANIFEST).read_bytes(), type=Backup)
    except (OSError, msgspec.MsgspecError) as error:
        raise BadRequest(f"{folder} is no whole backup: it has no {MANIFEST} that can be read") from error
    try:
        with closing(sqlite3.connect(f"file:{folder / CATALOGUE}?mode=ro", uri=True)) as catalogue:
            sound = catalogue.execute("PRAGMA integrity_check").fetchone()[0] == "ok"
        hashes, _ = _listed(folder / CATALOGUE)
    except sqlite3.Error as error:
        raise BadRequest(f"the catalogue in {folder} is damaged ({error}): take another backup") from error
    if not sound:
        raise BadRequest(f"the catalogue in {folder} is damaged: take another backup")
    for sha256 in hashes:
        path = folder / FILES / sha256[:2] / sha256
        if sha256 not in made.missing and (not path.is_file() or _hash(path) != sha256):
            raise BadRequest(f"the file {path} is missing or damaged: take another backup")
    return made


def _begin(folder: Path) -> None:
    if folder.exists() and any(folder.iterdir()):
        raise BadRequest(f"{folder} is not empty: name a new folder")
    (folder / FILES).mkdir(parents=True)


def _listed(catalogue: Path) -> tuple[list[str], int]:
    """The originals that a catalogue knows, and how many documents it has."""
    with closing(sqlite3.connect(f"file:{catalogue}?mode=ro", uri=True)) as opened:
        hashes = [row[0] for row in opened.execute(_ORIGINALS)]
        (documents,) = opened.execute("SELECT count(*) FROM documents WHERE withdrawn IS NULL").fetchone()
        return sorted(hashes), documents


def _copied(originals: Originals, sha256: str, folder: Path) -> bool:
    """Whether an original was there to be copied."""
    source, target = originals.path(sha256), folder / sha256[:2] / sha256
    if not source.is_file():
        return False
    target.parent.mkdir(exist_ok=True)
    shutil.copyfile(source, target)
    if _hash(target) != sha256:
        raise Unavailable(f"the original {source} is damaged: bring it back from an earlier backup, then try again")
    return True


def _hash(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


@contextmanager
def _our_errors(folder: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise Unavailable(f"{folder} cannot be written: {error.strerror}; make room, or name another folder") from error
