"""Pictures of pages, and where on them words stand: what they are, who draws them, and where they are kept."""

import asyncio
import secrets
import shutil
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Protocol

import msgspec
from msgspec import Struct

from library.originals import SHA256

_EDITION = "1"
"""Of how pages are drawn; another one draws all anew."""


class WrittenWord(Struct, frozen=True, array_like=True):
    """A word as it stands on a page: left end and width, in points."""

    text: str
    x: float
    width: float


class WrittenLine(Struct, frozen=True, array_like=True):
    """Words that stand side by side: upper end and height, in points from the top."""

    y: float
    height: float
    words: tuple[WrittenWord, ...]


class Facsimile(Struct, frozen=True):
    """What is on one page: its size in points (1/72 inch) and its lines."""

    width: float
    height: float
    lines: tuple[WrittenLine, ...]


class DrawnPage(Struct, frozen=True):
    number: int
    """From 1."""
    picture: bytes
    """WebP."""
    facsimile: Facsimile


class Drawer(Protocol):
    """Who opens files from elsewhere to draw their pages: never the process that asks for it."""

    def draw(self, path: Path, numbers: Sequence[int]) -> AsyncIterator[DrawnPage]:
        """These pages of a PDF, one after the other. Raises ExtractionFailed."""
        ...


class Facsimiles:
    """The folder of pictures, by the SHA-256 of the file that they are of. All of it can be drawn again."""

    def __init__(self, folder: Path, free_bytes: int) -> None:
        self._folder = folder
        self._free_bytes = free_bytes

    async def keep(self, sha256: str, drawn: DrawnPage) -> bool:
        """Whether there was room for it."""
        return await asyncio.to_thread(self._keep, sha256, drawn)

    async def kept(self, sha256: str, number: int) -> Facsimile | None:
        return await asyncio.to_thread(self._kept, sha256, number)

    async def picture(self, sha256: str, number: int) -> bytes | None:
        return await asyncio.to_thread(_read, self._of(sha256) / f"{number}.webp")

    async def forget(self, sha256: str) -> None:
        """Remove all pictures of a file, which is to be gone for good."""
        await asyncio.to_thread(shutil.rmtree, self._of(sha256), ignore_errors=True)

    async def sweep(self, is_kept: Callable[[str], bool]) -> None:
        """Remove the pictures of files that are kept no longer: whoever drew one may have been killed just when it was
        purged."""
        await asyncio.to_thread(self._sweep, is_kept)

    def _of(self, sha256: str) -> Path:
        assert SHA256.fullmatch(sha256)
        return self._folder / _EDITION / sha256[:2] / sha256

    def _keep(self, sha256: str, drawn: DrawnPage) -> bool:
        folder = self._of(sha256)
        try:
            folder.mkdir(parents=True, exist_ok=True)
            if shutil.disk_usage(folder).free < self._free_bytes + len(drawn.picture):
                return False
            _write(folder / f"{drawn.number}.webp", drawn.picture)
            # Last, so that whoever finds it finds the picture too.
            _write(folder / f"{drawn.number}.json", msgspec.json.encode(drawn.facsimile))
        except OSError:
            return False
        return True

    def _kept(self, sha256: str, number: int) -> Facsimile | None:
        written = _read(self._of(sha256) / f"{number}.json")
        if written is None:
            return None
        with suppress(msgspec.DecodeError):
            return msgspec.json.decode(written, type=Facsimile)
        return None

    def _sweep(self, is_kept: Callable[[str], bool]) -> None:
        for folder in (self._folder / _EDITION).glob("??/*"):
            if SHA256.fullmatch(folder.name) and not is_kept(folder.name):
                shutil.rmtree(folder, ignore_errors=True)


def _read(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except OSError:
        return None


def _write(path: Path, content: bytes) -> None:
    """Whole or not at all."""
    part = path.with_name(f".{secrets.token_hex(8)}")
    try:
        part.write_bytes(content)
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
