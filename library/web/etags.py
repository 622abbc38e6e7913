"""Whether a caller has the present answer already (RFC 9110, section 13)."""

import re
from hashlib import blake2b
from importlib.metadata import version
from typing import Any

import msgspec
from litestar import Request, Response

_ETAG = re.compile(r'(?:W/)?"[^"]*"')
_RELEASE = version("good-practice-library")


def weak_etag(*depends_on: Any) -> str:
    """The entity tag of an answer that these values determine. Weak: answers that differ in the time they took are the
    same answer. Another release may write the same answer differently, so it is one of the values."""
    return f"W/{strong_etag(_RELEASE, *depends_on)}"


def strong_etag(*content: Any) -> str:
    """The entity tag of an answer that is these values and nothing else."""
    return f'"{blake2b(msgspec.json.encode(content), digest_size=16).hexdigest()}"'


def is_known(if_none_match: str | None, etag: str) -> bool:
    """Whether the header names this entity tag; weak and strong ones count the same, as If-None-Match wants."""
    if if_none_match is None:
        return False
    return if_none_match.strip() == "*" or _bare(etag) in map(_bare, _ETAG.findall(if_none_match))


def unchanged(request: Request[Any, Any, Any], etag: str) -> Response[Any] | None:
    """The answer for a caller who has the present one already; None for who has not."""
    if is_known(request.headers.get("if-none-match"), etag):
        return Response(None, status_code=304, headers={"ETag": etag})
    return None


def _bare(etag: str) -> str:
    return etag.removeprefix("W/")
