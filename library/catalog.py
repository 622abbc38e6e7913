"""Which documents there are, and what stands on their pages: the truth that every index is made from."""

import sqlite3
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime

import msgspec

from library.database import Database, as_json, now, read
from library.errors import Conflict, NotFound, Unavailable
from library.model import Audience, Document, DocumentId, File, OrganisationId, Page, Value, Visibility

Place = tuple[DocumentId, int]
"""A document and the place of a page in its row of pages, from 0."""


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
    """Every document and its pages. What is withdrawn is a tombstone, and only `put`, `restore`, `withdrawn`
    and `stamps` still know it. Every change is marked as unindexed (unindexed.py). Every method may raise Unavailable.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    # Writing ---------------------------------------------------------------------------------------------------------

    async def withdraw(self, document_id: DocumentId, reason: str) -> None:
        """Take a document out of the library; `put` and `restore` bring it back. Raises NotFound."""

        def work(writing: sqlite3.Connection) -> None:
            document = _alive(writing, document_id)
            writing.execute(
                """
                UPDATE documents
                   SET withdrawn = :now, reason = :reason, unindexed = 1,
                       unpublished = CASE WHEN :was_public THEN :now ELSE unpublished END,
                       revision = (SELECT max(revision) + 1 FROM documents)
                 WHERE id = :id
                """,
                {"id": document_id, "reason": reason, "now": now(), "was_public": _is_public(document)},
            )

        await self._database.write(work)

    async def restore(self, document_id: DocumentId) -> Document:
        """Bring a withdrawn document back as it was. Raises NotFound where none was withdrawn."""

        def work(writing: sqlite3.Connection) -> Document:
            if not read(writing, _WITHDRAWN, (document_id,)):
                raise no_document(document_id)
            before = _kept(writing, document_id)
            assert before is not None
            restored = _dated(before, before)
            _write(writing, restored, before)
            return restored

        return await self._database.write(work)

    # Reading ---------------------------------------------------------------------------------------------------------

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
        return {row["id"]: _read(row["document"], row["id"]) for row in found}

    async def withdrawn(self, document_id: DocumentId) -> Document:
        """What a document was when it was withdrawn. Raises NotFound where none was."""
        row = await self._database.row(_WITHDRAWN, (document_id,))
        if row is None:
            raise no_document(document_id)
        return _read(row["document"], document_id)

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
        return [_read(row["described"], document_id) for row in found]

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


# Inside a transaction ------------------------------------------------------------------------------------------------


def put(writing: sqlite3.Connection, document: Document, pages: Sequence[AnalysedPage]) -> Document:
    """Take a document in, or replace it; it comes back with `added`, `changed` and `version` set.

    With the same files as before it is replaced in place, so a job may run twice. With another file it is the next
    version, and what it was is kept. A withdrawn document returns. Raises Conflict for an id of another organisation,
    and for one that was purged.
    """
    before = _kept_or_purged(writing, document.id)
    if before is not None and before.organisation != document.organisation:
        raise Conflict(f"the id '{document.id}' belongs to a document of another organisation")
    dated = _dated(document, before)
    if before is not None and dated.version > before.version:
        _keep_version(writing, before)
        writing.execute("DELETE FROM said_languages WHERE document = ?", (document.id,))
    _write(writing, dated, before)
    if before is not None:
        writing.execute("DELETE FROM files WHERE document = ?", (dated.id,))
        writing.execute("DELETE FROM pages WHERE document = ?", (dated.id,))
    _write_files(writing, dated)
    _write_pages(writing, dated.id, pages)
    return dated


def revise(writing: sqlite3.Connection, document: Document) -> Document:
    """Describe a document anew; its files and pages stay. It comes back as it is now.

    Raises NotFound, and Conflict where the document has changed since it was read: `document.changed` tells when that
    was, so nobody's words are written over unseen.
    """
    before = _unchanged(writing, document)
    revised = _dated(msgspec.structs.replace(document, files=before.files), before)
    _write(writing, revised, before)
    return revised


def read_again(writing: sqlite3.Connection, document: Document, pages: Sequence[AnalysedPage]) -> Document:
    """Put what its file says by now in the place of what a document was; it comes back as it is now.

    Raises NotFound, and Conflict where the document has changed since it was read, like `revise`.
    """
    before = _unchanged(writing, document)
    again = _dated(document, before)
    _write(writing, again, before)
    writing.execute("DELETE FROM pages WHERE document = ?", (again.id,))
    _write_pages(writing, again.id, pages)
    return again


def note_language(writing: sqlite3.Connection, document_id: DocumentId, number: int | None, language: str) -> None:
    """Note what staff have said of a page, or of the whole document, for whoever reads its file again."""
    if number is None:
        writing.execute("DELETE FROM said_languages WHERE document = ?", (document_id,))
    else:
        writing.execute(
            "INSERT OR REPLACE INTO said_languages (document, number, language) VALUES (?, ?, ?)",
            (document_id, number, language),
        )


def _kept(writing: sqlite3.Connection, document_id: DocumentId) -> Document | None:
    """The document as it stands in the catalogue, withdrawn or not."""
    found = read(writing, "SELECT document FROM documents WHERE id = ?", (document_id,))
    return _read(found[0]["document"], document_id) if found else None


def _kept_or_purged(writing: sqlite3.Connection, document_id: DocumentId) -> Document | None:
    """The same; raises Conflict for a document that was purged."""
    sql = "SELECT NULL FROM purges WHERE document = :id UNION ALL SELECT document FROM documents WHERE id = :id"
    found = read(writing, sql, {"id": document_id})
    if found and found[0][0] is None:
        raise Conflict(f"the document '{document_id}' was purged: an id is not used again")
    return _read(found[0][0], document_id) if found else None


def _alive(writing: sqlite3.Connection, document_id: DocumentId) -> Document:
    sql = "SELECT document FROM documents WHERE id = ? AND withdrawn IS NULL"
    found = read(writing, sql, (document_id,))
    if not found:
        raise no_document(document_id)
    return _read(found[0]["document"], document_id)


def is_unchanged(writing: sqlite3.Connection, document: Document) -> bool:
    """Whether the document is in the catalogue as it was read. Raises NotFound."""
    return _alive(writing, document.id).changed == document.changed


def _unchanged(writing: sqlite3.Connection, document: Document) -> Document:
    """What the document is in the catalogue. Raises NotFound, and Conflict where that is not what was read."""
    before = _alive(writing, document.id)
    if document.changed != before.changed:
        raise Conflict(f"'{document.id}' has changed in the meantime: read it again, then change it")
    return before


def _write(writing: sqlite3.Connection, document: Document, before: Document | None) -> None:
    writing.execute(
        """
        INSERT INTO documents (id, organisation, document, revision)
        VALUES (:id, :organisation, :document, (SELECT coalesce(max(revision), 0) + 1 FROM documents))
            ON CONFLICT (id) DO UPDATE
           SET organisation = excluded.organisation,
               document     = excluded.document,
               revision     = excluded.revision,
               unindexed    = 1,
               unpublished  = CASE WHEN :is_public THEN NULL
                                   WHEN :was_public AND withdrawn IS NULL THEN :now
                                   ELSE unpublished END,
               withdrawn    = NULL,
               reason       = ''
        """,
        {
            "id": document.id,
            "organisation": document.organisation,
            "document": as_json(document),
            "now": now(),
            "is_public": _is_public(document),
            "was_public": before is not None and _is_public(before),
        },
    )


def _write_files(writing: sqlite3.Connection, document: Document) -> None:
    writing.executemany(
        "INSERT INTO files (document, sha256) VALUES (?, ?)", [(document.id, sha256) for sha256 in _hashes(document)]
    )


def _write_pages(writing: sqlite3.Connection, document_id: DocumentId, pages: Sequence[AnalysedPage]) -> None:
    writing.executemany(
        """
        INSERT INTO pages (document, position, number, language, analysis, text, tokens, confidence)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?)
        """,
        [
            (document_id, position, page.number, page.language, page.analysis, page.text, page.table, page.confidence)
            for position, page in enumerate(pages)
        ],
    )


def _keep_version(writing: sqlite3.Connection, document: Document) -> None:
    writing.execute(
        """
        INSERT INTO versions (document, version, described, pages)
        SELECT id, :version, document,
               (SELECT json_group_array(json_object('number', number, 'language', language, 'text', text))
                  FROM (SELECT * FROM pages WHERE document = :id ORDER BY position))
          FROM documents
         WHERE id = :id
        """,
        {"id": document.id, "version": document.version},
    )


# Values to rows and back ---------------------------------------------------------------------------------------------

_WITHDRAWN = """
    SELECT document
      FROM documents
     WHERE id = ? AND withdrawn IS NOT NULL AND id NOT IN (SELECT document FROM purges)
    """
_documents: msgspec.json.Decoder[Document] = msgspec.json.Decoder(Document)


def _dated(document: Document, before: Document | None) -> Document:
    """The document as it goes in after what it was before."""
    moment = datetime.now(UTC)
    if before is None:
        dated = msgspec.structs.replace(document, added=moment, changed=moment, version=1)
        return msgspec.structs.replace(dated, files=_with_versions(dated, {}))
    version = before.version if _hashes(before) == _hashes(document) else before.version + 1
    dated = msgspec.structs.replace(document, added=before.added, changed=moment, version=version)
    return msgspec.structs.replace(dated, files=_with_versions(dated, {file.sha256: file for file in before.files}))


def _with_versions(document: Document, before: Mapping[str, File]) -> tuple[File, ...]:
    """The document's files, each with the version of the document with which it came."""
    return tuple(
        msgspec.structs.replace(
            file, version=before[file.sha256].version if file.sha256 in before else document.version
        )
        for file in document.files
    )


def _is_public(document: Document) -> bool:
    """Whether somebody without a key sees it today."""
    return Audience(today=datetime.now(UTC).date()).sees(document)


def _hashes(document: Document) -> set[str]:
    return {file.sha256 for file in document.files}


def _read(document: str, document_id: DocumentId) -> Document:
    try:
        return _documents.decode(document)
    except msgspec.MsgspecError as error:
        raise Unavailable(
            f"the document '{document_id}' in the catalogue cannot be read ({error}): "
            "it was written by a newer version of the library, or the file is damaged"
        ) from error


def _page(row: sqlite3.Row) -> AnalysedPage:
    return AnalysedPage(
        number=row["number"],
        text=row["text"],
        language=row["language"],
        table=row["tokens"],
        analysis=row["analysis"],
        confidence=row["confidence"],
    )


def no_document(document_id: DocumentId) -> NotFound:
    return NotFound(f"there is no document '{document_id}'")
