"""What a member says of one file in a description beside it: `report.pdf.toml`, for `report.pdf`."""

import tomllib
from collections.abc import Iterable

from library.errors import BadMetadata
from library.said import Said

SIDECAR = ".toml"
LONGEST = 1_000_000
"""Bytes of a description."""


def sidecars_of(names: Iterable[str]) -> dict[str, str]:
    """The files that have a description beside them, each with the name of that."""
    there = set(names)
    return {name: name + SIDECAR for name in there if name + SIDECAR in there}


def said_beside(written: bytes, name: str) -> Said:
    """The fields of a description. Raises BadMetadata with the line that cannot be read; `name` is what the description
    is called in it."""
    try:
        return tomllib.loads(written.decode("utf-8-sig"))
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise BadMetadata(f"{name} cannot be read as TOML: {error}") from error
