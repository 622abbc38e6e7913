"""What the reader and its child say to each other: messages of MessagePack, each after its length."""

import struct

import msgspec
from msgspec import Struct

from ingest.extract.contract import Extract

HEADER = struct.Struct("<Q")
"""The length of the message that follows, in bytes."""


class Hello(Struct, frozen=True, tag=True):
    """The child has everything that it needs."""

    protections: tuple[str, ...]
    """What keeps it from harm, beside its limits: `landlock`, `seccomp`."""


class Job(Struct, frozen=True, tag=True):
    """Read this file; the opened file itself goes with the message."""

    name: str
    languages: tuple[str, ...] = ()


class Recognising(Struct, frozen=True, tag=True):
    """A picture of a page is read next, which takes its time."""


class Reading(Struct, frozen=True, tag=True):
    """This page comes next, of so many; the answer is still to come."""

    page: int
    pages: int


class NearlyDone(Struct, frozen=True, tag=True):
    """The answer will come in a moment: the next job may be sent, and lies ready then."""


class Enclosed(Struct, frozen=True, tag=True):
    """A piece of a file that this one encloses; the answer is still to come."""

    name: str
    piece: bytes
    ends: bool
    """Whether this is its last piece."""


class Dropped(Struct, frozen=True, tag=True):
    """The enclosed file whose pieces came last is damaged: nothing of it counts."""


class Read(Struct, frozen=True, tag=True):
    """The file was read."""

    extract: Extract


class Failed(Struct, frozen=True, tag=True):
    """The file could not be read."""

    code: str
    detail: str


Answer = Read | Failed
Said = Answer | Reading | NearlyDone | Recognising | Enclosed | Dropped
"""What a child may say once it has a job."""
_encoder = msgspec.msgpack.Encoder()


def message(content: Hello | Job | Said) -> bytes:
    body = _encoder.encode(content)
    return HEADER.pack(len(body)) + body
