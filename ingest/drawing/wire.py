"""What a drawing child is told, and what it answers: messages of MessagePack, each after its length."""

import struct

import msgspec
from msgspec import Struct

from library.facsimiles import DrawnPage

HEADER = struct.Struct("<I")
"""The length of the message that follows, in bytes."""
LONGEST = 20_000_000


class Task(Struct, frozen=True):
    """Which pages to draw of the file that is open as standard input, and what that may cost."""

    numbers: tuple[int, ...]
    seconds: int
    memory_mb: int


class Refused(Struct, frozen=True, tag=True):
    """The file cannot be drawn: the code and the sentence of an ExtractionFailed."""

    code: str
    detail: str


class Drawn(Struct, frozen=True, tag=True):
    page: DrawnPage


Answer = Drawn | Refused
_encoder = msgspec.msgpack.Encoder()
decoder = msgspec.msgpack.Decoder(Answer)


def message(content: Answer) -> bytes:
    body = _encoder.encode(content)
    return HEADER.pack(len(body)) + body
