"""How "go on behind this hit" is written into an address."""

from base64 import urlsafe_b64decode, urlsafe_b64encode

import msgspec

from library.search import After, Sort


def write_cursor(sort: Sort, after: After) -> str:
    """Opaque to callers, so that what is in it may change."""
    written = msgspec.json.encode((sort, after.id, after.score))
    return urlsafe_b64encode(written).rstrip(b"=").decode()


def read_cursor(text: str) -> tuple[Sort, After]:
    """Raises ValueError for anything that `write_cursor` did not write."""
    written = urlsafe_b64decode(text + "=" * (-len(text) % 4))
    sort, document, score = msgspec.json.decode(written, type=tuple[Sort, str, float])
    return sort, After(document, score)
