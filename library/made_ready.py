"""Entries that were read from the catalogue, and made ready by the index, before the commit that brings them."""

from collections.abc import Sequence

from library.model import DocumentId
from library.search import IndexEntry
from library.unindexed import Pending


class MadeReady:
    """Entries in the order in which the index has made them ready, and of which revision each is."""

    def __init__(self) -> None:
        self.latest = 0
        """Changes up to this revision were looked at."""
        self._revisions: dict[DocumentId, int] = {}
        self._entries: list[IndexEntry] = []
        self._table_bytes = 0

    def __len__(self) -> int:
        return len(self._entries)

    def that_go_with_it(self, pending: Sequence[Pending], most: int) -> list[Pending]:
        """The first of these documents that may come too: alive, none that comes already, and all together with no
        more than so many bytes of token tables."""
        found: list[Pending] = []
        size = self._table_bytes
        for change in pending:
            size += change.table_bytes
            if size > most or change.id in self._revisions:
                break
            if not change.withdrawn:
                found.append(change)
        return found

    def add(self, changes: Sequence[Pending], entries: Sequence[IndexEntry]) -> None:
        """What was made ready of these changes; of a document that has gone meanwhile there is none."""
        made = {entry.document.id for entry in entries}
        for change in changes:
            self.latest = max(self.latest, change.revision)
            if change.id in made:
                self._revisions[change.id] = change.revision
                self._table_bytes += change.table_bytes
        self._entries += entries

    def taken(self, pending: Sequence[Pending]) -> list[IndexEntry]:
        """All entries, if they are of these changes; none where any document has changed since, or went its way with
        somebody else. Nothing is kept."""
        of_now = {change.id: change.revision for change in pending if not change.withdrawn}
        entries = self._entries if self._revisions.items() <= of_now.items() else []
        self.forget()
        return entries

    def forget(self) -> None:
        self.latest, self._table_bytes = 0, 0
        self._revisions, self._entries = {}, []
