"""Token tables that were made a moment ago: whoever puts them into the index need not decode them again."""

from threading import Lock

from library.language import TokenTable

MOST_TOKENS = 2_000_000
"""Of all tables that are kept: some 40 MB. A worker puts them into the index before there are so many."""


class FreshTables:
    """Encoded tables and what they are of, until they are asked for. May be used by several threads."""

    def __init__(self) -> None:
        self._tables: dict[bytes, TokenTable] = {}
        self._tokens = 0
        self._lock = Lock()

    def encode(self, table: TokenTable) -> bytes:
        """The table encoded; it is kept, and older ones go where they are too many."""
        blob = table.encode()
        with self._lock:
            self._forget(blob)
            self._tables[blob] = table
            self._tokens += len(table)
            while self._tokens > MOST_TOKENS:
                self._forget(next(iter(self._tables)))
        return blob

    def decode(self, blob: bytes) -> TokenTable:
        """The table that is encoded like this; it is not kept any longer."""
        with self._lock:
            table = self._forget(blob)
        return TokenTable.decode(blob) if table is None else table

    def _forget(self, blob: bytes) -> TokenTable | None:
        table = self._tables.pop(blob, None)
        self._tokens -= 0 if table is None else len(table)
        return table
