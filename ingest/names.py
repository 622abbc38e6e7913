"""What a file of this machine is called where people and the library read it: to the system its name is bytes."""

import os
import re
from pathlib import Path

from ingest.extract.charset import decode

_UNSEEN = re.compile(r"[\x00-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]+")
"""Line ends and other controls, and the marks by which `fdp.exe` shows as `exe.pdf`."""


def readable(name: str) -> str:
    """A name as Python has it from the system, on one line and with letters for the bytes of an old encoding."""
    try:
        name.encode()
    except UnicodeEncodeError:
        raw = os.fsencode(name)
        name = decode(raw) or raw.decode(errors="backslashreplace")
    return _UNSEEN.sub(" ", name).strip() or "?"


def place_of(path: Path) -> str:
    """The absolute path of a file, in signs that every program can write; no two files have one in common."""
    return os.fsencode(path.resolve()).decode(errors="backslashreplace")
