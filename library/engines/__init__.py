"""What can stand behind `library.search.SearchIndex`, and which of them a URL asks for."""

from pathlib import Path
from urllib.parse import unquote, urlsplit

from library.language import Analyzer
from library.search import SearchIndex
from library.settings import BadSettings

MEMORY = 256 << 20
"""Bytes that an index in this process keeps in memory of what it has read, at most."""


def open_index(url: str, analyzer: Analyzer, memory: int = MEMORY) -> SearchIndex:
    """The search index at this URL: `whoosh:///absolute/folder`. Nothing is read or made yet: ask for its `state`.

    Raises BadSettings for any other scheme.
    """
    parts = urlsplit(url)
    if parts.scheme == "whoosh" and not parts.netloc and parts.path.startswith("/"):
        # Here, so that an installation without Whoosh can run on another engine.
        from library.engines.whoosh import WhooshIndex  # noqa: PLC0415  # only where it is chosen

        return WhooshIndex(Path(unquote(parts.path)), analyzer, cache_bytes=memory)
    raise BadSettings(f"no search engine is known for {url!r}; give whoosh:///absolute/path/of/a/folder")
