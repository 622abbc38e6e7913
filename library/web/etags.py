"""Whether a caller has the present answer already (RFC 9110, section 13)."""

import re
from hashlib import blake2b
from importlib.metadata import version
from typing import Any

import msgspec

_ETAG = re.compile(r'(?:W/)?"[^"]*"')
_RELEASE = version("good-practice-library")


def weak_etag(*depends_on: Any) -> str:
    """The entity tag of an answer that these values determine. Weak: answers that differ in the time they took are the
    same answer. Another release may write the same answer differently, so it is one of the values."""
    written = msgspec.json.encode((_RELEASE, *depends_on))
    return f'W/"{blake2b(written, digest_size=16).hexdigest()}"'


def is_known(if_none_match: str | None, etag: str) -> bool:
    """Whether the header names this entity tag; weak and strong ones count the same, as If-None-Match wants."""
    if if_none_match is None:
        return False
    return if_none_match.strip() == "*" or _bare(etag) in map(_bare, _ETAG.findall(if_none_match))


def _bare(etag: str) -> str:
    return etag.removeprefix("W/")
