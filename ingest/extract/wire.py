"""What a Reader and its child say to each other, over one socket: a length, then a message; a file goes along open."""

import socket
from typing import BinaryIO

import msgspec

from ingest.extract.contract import Extract
from library.model import Value

_HEADER = 8
"""Bytes that say how long the message behind them is."""


class Asked(Value, frozen=True):
    """Read the file that comes with this."""

    name: str


class Read(Value, frozen=True, tag=True):
    extract: Extract


class Failed(Value, frozen=True, tag=True):
    code: str
    detail: str


_asked = msgspec.msgpack.Decoder(Asked)
_answers: msgspec.msgpack.Decoder[Read | Failed] = msgspec.msgpack.Decoder(Read | Failed)


def ask(line: socket.socket, name: str, file: BinaryIO) -> None:
    message = msgspec.msgpack.encode(Asked(name=name))
    socket.send_fds(line, [len(message).to_bytes(_HEADER, "big")], [file.fileno()])
    line.sendall(message)


def asked(line: socket.socket) -> tuple[str, int] | None:
    """The name of the file to read, and its open descriptor; None where nobody will ask any more."""
    header, descriptors, _, _ = socket.recv_fds(line, _HEADER, 1)
    if not header or not descriptors:
        return None
    message = _exactly(line, int.from_bytes(header + _exactly(line, _HEADER - len(header)), "big"))
    return _asked.decode(message).name, descriptors[0]


def answer(line: socket.socket, answered: Read | Failed) -> None:
    message = msgspec.msgpack.encode(answered)
    line.sendall(len(message).to_bytes(_HEADER, "big") + message)


def answered(line: socket.socket) -> Read | Failed:
    """Raises EOFError where the child has gone, TimeoutError past the line's timeout."""
    return _answers.decode(_exactly(line, int.from_bytes(_exactly(line, _HEADER), "big")))


def _exactly(line: socket.socket, size: int) -> bytes:
    parts = bytearray()
    while len(parts) < size:
        part = line.recv(min(1 << 20, size - len(parts)))
        if not part:
            raise EOFError
        parts += part
    return bytes(parts)
