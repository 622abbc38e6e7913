"""What can go wrong, in the library's own words.

    LibraryError(code, title)
    ├── BadRequest            what was asked cannot be meant; `reasons` names each field
    ├── NotFound              there is no such thing, or the audience may not see it
    ├── NotAllowed            the audience may see it, but not do this to it
    ├── NotSignedIn           a key is needed, or the one given is not valid
    ├── TooManyRequests       asked too often; `seconds` until it helps to ask again
    ├── Conflict              it is not in the state that was assumed
    │   └── PurgedFile        these very bytes were purged, and are not taken in again
    ├── Incomplete            it may not be made public yet; `reasons` names each field that is missing
    ├── Unavailable           something we need is down; trying again later helps
    │   ├── IndexUnavailable  missing, torn or of another version: it is being rebuilt
    │   └── IndexBusy         another writer holds it
    └── ExtractionFailed      a file that cannot be read
        ├── UnsupportedFormat EncryptedFile  DamagedFile  EmptyFile
        ├── TooLarge          TookTooLong    NeedsMemory  NoText  BadMetadata  ReaderCrashed
        └── NeedsOcr          nothing is wrong with the file: this machine lacks what reads pictures of text

Every error carries a `code` that a program can switch on and a `title` that never changes; its message (`detail`)
is one sentence for a person, and says the cure where there is one. Nothing here knows HTTP.
"""

from collections.abc import Iterable
from typing import ClassVar, NamedTuple


class Reason(NamedTuple):
    """Why one field or parameter was refused: its name, where it stood (`query`, `path`, `body`, `header`), and why."""

    name: str
    place: str
    reason: str
    """In English."""
    code: str = ""
    """Under which `library.words` says it in other languages; empty where it is told to programs only."""
    values: tuple[tuple[str, str], ...] = ()
    """What to fill in there, by name."""


def listed(reasons: Iterable[Reason]) -> str:
    """All of them in English, each after the name of what it is about."""
    return "; ".join(f"{each.name}: {each.reason}" for each in reasons)


class LibraryError(Exception):
    """The root of all errors that the library raises on purpose."""

    code: ClassVar[str] = "library-error"
    title: ClassVar[str] = "The library could not do this"

    def __init__(self, detail: str, *, reasons: tuple[Reason, ...] = ()) -> None:
        super().__init__(detail)
        self.detail = detail
        self.reasons = reasons


class BadRequest(LibraryError):
    code = "bad-request"
    title = "The request cannot be understood"


class NotFound(LibraryError):
    code = "not-found"
    title = "There is nothing here"


class NotAllowed(LibraryError):
    code = "not-allowed"
    title = "This key may not do that"


class NotSignedIn(LibraryError):
    code = "not-signed-in"
    title = "A valid key is needed"


class TooManyRequests(LibraryError):
    code = "too-many-requests"
    title = "Too many requests"

    def __init__(self, detail: str, seconds: int) -> None:
        super().__init__(detail)
        self.seconds = seconds


class Conflict(LibraryError):
    code = "conflict"
    title = "It is not in the state that was assumed"


class PurgedFile(Conflict):
    code = "purged-file"
    title = "This very file was purged from the library"


class Incomplete(LibraryError):
    code = "incomplete"
    title = "The document lacks what it needs to be public"


class Unavailable(LibraryError):
    code = "unavailable"
    title = "The library cannot answer right now"


class IndexUnavailable(Unavailable):
    code = "index-unavailable"
    title = "The search index is being rebuilt"


class IndexBusy(Unavailable):
    code = "index-busy"
    title = "Another process is writing to the search index"


class ExtractionFailed(LibraryError):
    code = "extraction-failed"
    title = "The file could not be read"


class UnsupportedFormat(ExtractionFailed):
    code = "unsupported-format"
    title = "This kind of file is not read"


class EncryptedFile(ExtractionFailed):
    code = "encrypted-file"
    title = "The file is protected by a password"


class DamagedFile(ExtractionFailed):
    code = "damaged-file"
    title = "The file is damaged"


class EmptyFile(ExtractionFailed):
    code = "empty-file"
    title = "The file is empty"


class TooLarge(ExtractionFailed):
    code = "too-large"
    title = "The file is larger than allowed"


class TookTooLong(ExtractionFailed):
    code = "took-too-long"
    title = "Reading the file took too long"


class NeedsMemory(ExtractionFailed):
    code = "needs-memory"
    title = "Reading the file needs more memory than allowed"


class NoText(ExtractionFailed):
    code = "no-text"
    title = "The file holds no text"


class NeedsOcr(ExtractionFailed):
    code = "needs-ocr"
    title = "The file waits for text recognition"


class BadMetadata(ExtractionFailed):
    code = "bad-metadata"
    title = "The description of the file cannot be understood"


class ReaderCrashed(ExtractionFailed):
    code = "reader-crashed"
    title = "The reader of this kind of file crashed"


def extraction_failure(code: str, detail: str) -> ExtractionFailed:
    """The error with this code: how a failure comes back whole from the child process that met it."""
    kinds = {kind.code: kind for kind in ExtractionFailed.__subclasses__()}
    return kinds.get(code, ExtractionFailed)(detail)
