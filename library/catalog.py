"""Which documents there are, and what stands on their pages: the truth that every index is made from."""

import sqlite3
from collections.abc import Sequence
from datetime import date, datetime

import msgspec

from library.database import Database, as_json
from library.errors import NotFound, Unavailable
from library.model import Document, DocumentId, OrganisationId, Page, Value, Visibility

Place = tuple[DocumentId, int]
"""A document and the place of a page in its row of pages, from 0."""
WITHDRAWN = """
    SELECT document
      FROM documents
     WHERE id = ? AND withdrawn IS NOT NULL AND id NOT IN (SELECT document FROM purges)
    """
"""What a document was that has become a tombstone, by its id."""
_documents: msgspec.json.Decoder[Document] = msgspec.json.Decoder(Document)


class AnalysedPage(Value, frozen=True):
    """A page with its token table, as `TokenTable.encode()` gives it; the catalogue never looks inside."""

    number: int
    """As a reader counts; each number once in a document."""
    text: str
    language: str
    """ISO 639-1; empty where it is not known."""
    table: bytes
    analysis: str
    """The `Analyzer.version` that made the table."""
    confidence: float | None = None
    """As `Page.confidence`."""


class Stamp(Value, frozen=True):
    """When a document changed last, and what says who may know."""

    id: DocumentId
    revision: int
    organisation: OrganisationId
    kind: str
    visibility: Visibility
    embargo_until: date | None
    withdrawn: bool
    changed: datetime
    unpublished: datetime | None
    """When the public ceased to see it; None while it does, and where it never did."""


class Catalog:
    """Every document and its pages, to be read; cataloging.py changes them. What is withdrawn is a tombstone, and only
    `withdrawn` and `stamps` still know it. Every method may raise Unavailable."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def document(self, document_id: DocumentId) -> Document:
        """Raises NotFound."""
        found = await self.documents([document_id])
        if document_id not in found:
            raise no_document(document_id)
        return found[document_id]

    async def documents(self, ids: Sequence[DocumentId]) -> dict[DocumentId, Document]:
        """Those of these documents that there are."""
        found = await self._database.rows(
            """
            SELECT id, document
              FROM documents
             WHERE withdrawn IS NULL AND id IN (SELECT value FROM json_each(?))
            """,
            (as_json(ids),),
        )
        return {row["id"]: read_document(row["document"], row["id"]) for row in found}

    async def withdrawn(self, document_id: DocumentId) -> Document:
        """What a document was when it was withdrawn. Raises NotFound where none was."""
        row = await self._database.row(WITHDRAWN, (document_id,))
        if row is None:
            raise no_document(document_id)
        return read_document(row["document"], document_id)

    async def earlier(self, document_id: DocumentId) -> list[Document]:
        """What the document was before it came with another file, the latest version first."""
        found = await self._database.rows(
            """
            SELECT described
              FROM versions JOIN documents ON documents.id = versions.document
             WHERE versions.document = ? AND withdrawn IS NULL
             ORDER BY version DESC
            """,
            (document_id,),
        )
        return [read_document(row["described"], document_id) for row in found]

    async def earlier_pages(self, document_id: DocumentId, version: int) -> list[Page] | None:
        """The pages of an earlier version in their row; None where there was no such version."""
        row = await self._database.row(
            """
            SELECT pages
              FROM versions JOIN documents ON documents.id = versions.document
             WHERE versions.document = ? AND version = ? AND withdrawn IS NULL
            """,
            (document_id, version),
        )
        return None if row is None else msgspec.json.decode(row["pages"], type=list[Page])

    async def said_languages(self, document_id: DocumentId) -> dict[int, str]:
        """The languages that staff have said single pages are in, by their numbers."""
        found = await self._database.rows(
            "SELECT number, language FROM said_languages WHERE document = ?", (document_id,)
        )
        return {row["number"]: row["language"] for row in found}

    async def page(self, document_id: DocumentId, number: int) -> AnalysedPage:
        """The page that a reader calls by this number. Raises NotFound."""
        row = await self._database.row(
            """
            SELECT pages.*
              FROM pages JOIN documents ON documents.id = pages.document
             WHERE pages.document = ? AND number = ? AND withdrawn IS NULL
            """,
            (document_id, number),
        )
        if row is None:
            raise NotFound(f"there is no page {number} of a document '{document_id}'")
        return _page(row)

    async def pages(self, document_id: DocumentId) -> list[AnalysedPage]:
        """All pages in their row; none where there is no such document."""
        found = await self._database.rows(
            """
            SELECT pages.*
              FROM pages
              JOIN documents ON documents.id = pages.document
             WHERE pages.document = ? AND withdrawn IS NULL
             ORDER BY position
            """,
            (document_id,),
        )
        return [_page(row) for row in found]

    async def page_numbers(self, document_id: DocumentId) -> tuple[int, ...]:
        """The numbers of all pages in their row."""
        found = await self._database.rows(
            """
            SELECT number
              FROM pages JOIN documents ON documents.id = pages.document
             WHERE pages.document = ? AND withdrawn IS NULL
             ORDER BY position
            """,
            (document_id,),
        )
        return tuple(row["number"] for row in found)

    async def passages(self, wanted: Sequence[Place]) -> dict[Place, AnalysedPage]:
        """Those of these pages that there are, in one query."""
        # CROSS JOIN keeps this order of looking things up: SQLite cannot know how few pages are wanted.
        found = await self._database.rows(
            """
            SELECT pages.*
              FROM json_each(?) AS wanted
             CROSS JOIN pages     ON pages.document = wanted.value ->> 0 AND pages.position = wanted.value ->> 1
             CROSS JOIN documents ON documents.id = pages.document
             WHERE withdrawn IS NULL
            """,
            (as_json(wanted),),
        )
        return {(row["document"], row["position"]): _page(row) for row in found}

    async def purged(self, ids: Sequence[DocumentId]) -> list[DocumentId]:
        """Those of these documents of which nothing is left."""
        sql = "SELECT document FROM purges WHERE document IN (SELECT value FROM json_each(?))"
        return [row["document"] for row in await self._database.rows(sql, (as_json(ids),))]

    async def ids(self) -> list[DocumentId]:
        """Of all documents, in the order in which they first came."""
        return [
            row["id"]
            for row in await self._database.rows("SELECT id FROM documents WHERE withdrawn IS NULL ORDER BY rowid")
        ]

    async def count(self) -> int:
        row = await self._database.row("SELECT count(*) FROM documents WHERE withdrawn IS NULL")
        return 0 if row is None else int(row[0])

    async def revision(self) -> int:
        """The how-manieth change of the whole catalogue the last one was."""
        return int((await self._database.rows_again("SELECT coalesce(max(revision), 0) FROM documents"))[0][0])

    async def changed_since(self, revision: int) -> list[DocumentId]:
        """The documents that have changed, or gone, after the change with this number."""
        found = await self._database.few_rows("SELECT id FROM documents WHERE revision > ?", (revision,))
        return [row["id"] for row in found]

    async def stamps(self, since: int) -> list[Stamp]:
        """When each document changed last that did after the change with this number, in that order."""
        found = await self._database.rows(
            """
            SELECT id, revision, organisation, unpublished, withdrawn IS NOT NULL AS withdrawn,
                   document ->> '$.kind' AS kind,
                   document ->> '$.changed' AS changed,
                   coalesce(document ->> '$.visibility', :members) AS visibility,
                   document ->> '$.embargo_until' AS embargo_until
              FROM documents
             WHERE revision > :since
             ORDER BY revision
            """,
            {"since": since, "members": Visibility.MEMBERS.value},
        )
        return [msgspec.convert({**row, "withdrawn": bool(row["withdrawn"])}, Stamp) for row in map(dict, found)]

    async def with_file(self, sha256: str, organisation: OrganisationId) -> DocumentId | None:
        """The organisation's document with this very file; the first that came, where there are several."""
        row = await self._database.row(
            """
            SELECT id
              FROM files JOIN documents ON documents.id = files.document
             WHERE sha256 = ? AND organisation = ? AND withdrawn IS NULL
             ORDER BY documents.rowid
            """,
            (sha256, organisation),
        )
        return None if row is None else str(row["id"])

    async def read_by(self, older_than: int, name_ends: str) -> list[DocumentId]:
        """The documents with a file that readers of a version below this one read, and whose name or media type ends
        so; in the order in which they first came."""
        found = await self._database.rows(
            """
            SELECT id
              FROM documents
             WHERE withdrawn IS NULL
               AND EXISTS (SELECT 1
                             FROM json_each(document, '$.files') AS file
                            WHERE coalesce(file.value ->> 'reader', 0) < :older_than
                              AND (lower(file.value ->> 'name') LIKE '%' || :ends
                                   OR lower(file.value ->> 'media_type') LIKE '%' || :ends))
             ORDER BY rowid
            """,
            {"older_than": older_than, "ends": name_ends.lower()},
        )
        return [row["id"] for row in found]

    async def has_file(self, document_id: DocumentId, sha256: str) -> bool:
        """Whether the document is in the library and has this very file now."""
        row = await self._database.row(
            """
            SELECT 1
              FROM files JOIN documents ON documents.id = files.document
             WHERE documents.id = ? AND sha256 = ? AND withdrawn IS NULL
            """,
            (document_id, sha256),
        )
        return row is not None


def _page(row: sqlite3.Row) -> AnalysedPage:
    return AnalysedPage(
        number=row["number"],
        text=row["text"],
        language=row["language"],
        table=row["tokens"],
        analysis=row["analysis"],
        confidence=row["confidence"],
    )


def read_document(document: str, document_id: DocumentId) -> Document:
    try:
        return _documents.decode(document)
    except msgspec.MsgspecError as error:
        raise Unavailable(
            f"the document '{document_id}' in the catalogue cannot be read ({error}): "
            "it was written by a newer version of the library, or the file is damaged"
        ) from error


def no_document(document_id: DocumentId) -> NotFound:
    return NotFound(f"there is no document '{document_id}'")
