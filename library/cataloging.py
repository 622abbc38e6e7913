"""How a document goes into the catalogue, changes there, and goes: each function a part of somebody's transaction."""

import sqlite3
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

import msgspec

from library.catalog import WITHDRAWN, AnalysedPage, no_document, read_document
from library.database import as_json, now, read
from library.errors import Conflict
from library.model import Audience, Document, DocumentId, File


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


def withdraw(writing: sqlite3.Connection, document_id: DocumentId, reason: str) -> None:
    """Take a document out of the library; `put` and `restore` bring it back. Raises NotFound."""
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


def restore(writing: sqlite3.Connection, document_id: DocumentId) -> Document:
    """Bring a withdrawn document back as it was. Raises NotFound where none was withdrawn."""
    before = _withdrawn(writing, document_id)
    restored = _dated(before, before)
    _write(writing, restored, before)
    return restored


def note_language(writing: sqlite3.Connection, document_id: DocumentId, number: int | None, language: str) -> None:
    """Note what staff have said of a page, or of the whole document, for whoever reads its file again."""
    if number is None:
        writing.execute("DELETE FROM said_languages WHERE document = ?", (document_id,))
    else:
        writing.execute(
            "INSERT OR REPLACE INTO said_languages (document, number, language) VALUES (?, ?, ?)",
            (document_id, number, language),
        )


def _kept_or_purged(writing: sqlite3.Connection, document_id: DocumentId) -> Document | None:
    """The document as it stands in the catalogue, withdrawn or not; raises Conflict for one that was purged."""
    sql = "SELECT NULL FROM purges WHERE document = :id UNION ALL SELECT document FROM documents WHERE id = :id"
    found = read(writing, sql, {"id": document_id})
    if found and found[0][0] is None:
        raise Conflict(f"the document '{document_id}' was purged: an id is not used again")
    return read_document(found[0][0], document_id) if found else None


def _withdrawn(writing: sqlite3.Connection, document_id: DocumentId) -> Document:
    return _found(writing, WITHDRAWN, document_id)


def _alive(writing: sqlite3.Connection, document_id: DocumentId) -> Document:
    return _found(writing, "SELECT document FROM documents WHERE id = ? AND withdrawn IS NULL", document_id)


def _found(writing: sqlite3.Connection, sql: str, document_id: DocumentId) -> Document:
    found = read(writing, sql, (document_id,))
    if not found:
        raise no_document(document_id)
    return read_document(found[0]["document"], document_id)


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
