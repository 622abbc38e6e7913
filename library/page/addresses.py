"""The address of each state of a page. Parameters are those of the API, and nothing else holds a state."""

import re
from collections.abc import Mapping, Sequence
from urllib.parse import quote, urlencode

Given = Mapping[str, Sequence[str]]
"""Parameter names to the values given under them."""

SEARCH_PAGE = "/"
API = "/api/v1"
SIGN_IN_LINK = "/sign-in/link"
_SCHEME = re.compile(r"([a-z][a-z+-]*):(?!\d)", re.IGNORECASE)
_OF_PAGES = {"http", "https", "mailto"}
_HOST = re.compile(r"[^\s/?#.]+\.[^\s/?#]+")


def changed(given: Given, changes: Mapping[str, str | Sequence[str]], path: str = SEARCH_PAGE) -> str:
    """The same state with other values for some parameters, none where a value is empty. A changed search begins at
    its first page again."""
    kept = {name: list(values) for name, values in given.items() if name not in ("page", "explain")}
    for name, value in changes.items():
        kept[name] = [value] if isinstance(value, str) else list(value)
    pairs = [(name, value) for name, values in kept.items() for value in values if value]
    return f"{path}?{urlencode(pairs)}" if pairs else path


def without(given: Given, name: str, value: str) -> str:
    """The same state without one value of a parameter."""
    return changed(given, {name: [each for each in given.get(name, ()) if each != value]})


def document_page(document: str, *, q: str = "", lang: str = "") -> str:
    return _with(f"/documents/{quote(document, safe='')}", q=q, lang=lang)


def reader_page(document: str, number: int, *, q: str = "", lang: str = "") -> str:
    return _with(f"/documents/{quote(document, safe='')}/pages/{number}", q=q, lang=lang)


def picture(document: str, number: int, sha256: str) -> str:
    """Of a page. The file's hash makes a new version a new address."""
    return f"/documents/{quote(document, safe='')}/pages/{number}/picture?of={sha256[:12]}"


def elsewhere(written: str) -> str:
    """Where a link leads that somebody has written: `www.example.org` is not a page of ours. Empty where it leads to no
    page, as `javascript:` and `see p. 3` do."""
    url = written.strip()
    if scheme := _SCHEME.match(url):
        return url if scheme[1].lower() in _OF_PAGES else ""
    return f"https://{url}" if _HOST.match(url) else ""


def sign_in_link(secret: str) -> str:
    """Whose page asks before it signs in: programs that look at links in letters use none up."""
    return _with(SIGN_IN_LINK, secret=secret)


def _with(path: str, **parameters: str) -> str:
    given = {name: value for name, value in parameters.items() if value}
    return f"{path}?{urlencode(given)}" if given else path
