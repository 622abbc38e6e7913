"""The files that a browser loads: by name, with their fingerprint."""

from functools import cache
from hashlib import blake2b
from importlib.resources import files

from msgspec import Struct

from library.errors import NotFound

MEDIA_TYPES = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}
"""What is served, by the ending of its name."""


class Asset(Struct, frozen=True):
    media_type: str
    content: bytes
    etag: str


@cache
def asset(name: str) -> Asset:
    """Raises NotFound."""
    ending = name[name.rfind(".") :]
    file = files(__package__).joinpath("static", name)
    if ending not in MEDIA_TYPES or "/" in name or not file.is_file():
        raise NotFound(f"there is no asset '{name}'")
    content = file.read_bytes()
    return Asset(MEDIA_TYPES[ending], content, blake2b(content, digest_size=8).hexdigest())


def address_of(name: str) -> str:
    """Where a page finds the file. The address changes with the content, so that it may be kept for ever."""
    return f"/assets/{release()}/{name}"


@cache
def release() -> str:
    """The fingerprint of all files together: scripts load each other by their bare names, so they change as one."""
    names = sorted(file.name for file in files(__package__).joinpath("static").iterdir())
    return blake2b("".join(asset(name).etag for name in names).encode(), digest_size=8).hexdigest()
