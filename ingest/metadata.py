"""What a member says of one file of this machine: the description beside it (`report.pdf.toml`)."""

from contextlib import suppress
from pathlib import Path

from ingest.names import readable
from library.errors import BadMetadata
from library.said import Said
from library.sidecars import SIDECAR, said_beside


def sidecar_of(path: Path) -> Path:
    """Where the description of this file would stand."""
    return path.with_name(path.name + SIDECAR)


def is_there(path: Path) -> bool:
    """Whether this is a file. A name may be too long once something is put behind it: then there is none."""
    with suppress(OSError):
        return path.is_file()
    return False


def read_description(path: Path) -> Said:
    """The fields of a TOML file. Raises BadMetadata with the line that cannot be read."""
    try:
        written = path.read_bytes()
    except OSError as error:
        raise BadMetadata(f"{readable(path.name)} cannot be read: {error.strerror}") from error
    return said_beside(written, readable(path.name))
