"""Token tables that were made a moment ago: whoever puts them into the index need not decode them again."""

from collections import Counter
from threading import Lock

from library.language import TokenTable

MOST_TOKENS = 2_000_000
"""Of all tables that are kept: some 40 MB. A worker puts them into the index before there are so many."""


class FreshTables:
    """Encoded tables and what they are of, until each has been asked for as often as it was made: copies of a page
    have one table. May be used by several threads."""

    def __init__(self) -> None:
        self._tables: dict[bytes, TokenTable] = {}
        self._wanted: Counter[bytes] = Counter()
        self._tokens = 0
        self._lock = Lock()

    def encode(self, table: TokenTable) -> bytes:
        """The table encoded; it is kept, and older ones go where they are too many."""
        blob = table.encode()
        with self._lock:
            wanted = self._wanted[blob] + 1
            self._forget(blob)
            self._tables[blob] = table
            self._wanted[blob] = wanted
            self._tokens += len(table)
            while self._tokens > MOST_TOKENS:
                self._forget(next(iter(self._tables)))
        return blob

    def decode(self, blob: bytes) -> TokenTable:
        """The table that is encoded like this; once it was asked for as often as it was made, it is not kept."""
        with self._lock:
            table = self._tables.get(blob)
            if table is not None:
                self._wanted[blob] -= 1
                if not self._wanted[blob]:
                    self._forget(blob)
        return TokenTable.decode(blob) if table is None else table

    def _forget(self, blob: bytes) -> None:
        table = self._tables.pop(blob, None)
        if table is not None:
            del self._wanted[blob]
            self._tokens -= len(table)
