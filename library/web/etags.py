"""Whether a caller has the present answer already (RFC 9110, section 13)."""

import re

_ETAG = re.compile(r'(?:W/)?"[^"]*"')


def is_known(if_none_match: str | None, etag: str) -> bool:
    """Whether the header names this entity tag; weak and strong ones count the same, as If-None-Match wants."""
    if if_none_match is None:
        return False
    return if_none_match.strip() == "*" or _bare(etag) in map(_bare, _ETAG.findall(if_none_match))


def _bare(etag: str) -> str:
    return etag.removeprefix("W/")
