"""What a member says of one file: a description beside it (`report.pdf.toml`)."""

import tomllib
from pathlib import Path

from library.errors import BadMetadata
from library.said import Said

SIDECAR = ".toml"


def sidecar_of(path: Path) -> Path:
    """Where the description of this file would stand."""
    return path.with_name(path.name + SIDECAR)


def read_description(path: Path) -> Said:
    """The fields of a TOML file. Raises BadMetadata with the line that cannot be read."""
    try:
        return tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise BadMetadata(f"{path.name} cannot be read as TOML: {error}") from error
