"""The token tables that are kept beside the texts of pages: what indexes are made from, without any text."""

import sqlite3
from collections.abc import Mapping, Sequence

from library.catalog import Place
from library.database import Database, as_json
from library.model import DocumentId


class KeptTables:
    """Tables as `TokenTable.encode()` gives them. Every method may raise Unavailable."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def of(self, ids: Sequence[DocumentId]) -> dict[DocumentId, list[bytes]]:
        """Of each of these documents the tables of its pages in their row."""
        found = await self._database.rows(
            """
            SELECT pages.document, tokens
              FROM json_each(?) AS wanted
             CROSS JOIN pages     ON pages.document = wanted.value
             CROSS JOIN documents ON documents.id = pages.document
             WHERE withdrawn IS NULL
             ORDER BY wanted.key, position
            """,
            (as_json(ids),),
        )
        tables: dict[DocumentId, list[bytes]] = {document_id: [] for document_id in ids}
        for document_id, table in found:
            tables[document_id].append(table)
        return tables

    async def sizes(self) -> dict[DocumentId, int]:
        """How many bytes each document's tables take; nothing of documents without pages."""
        found = await self._database.rows("SELECT document, sum(length(tokens)) AS bytes FROM pages GROUP BY document")
        return {row["document"]: row["bytes"] for row in found}

    async def outdated(self, ids: Sequence[DocumentId], version: str) -> dict[Place, tuple[str, str]]:
        """Those pages of these documents whose table was made by another version of the analysis: the text and the
        language of each."""
        found = await self._database.rows(
            """
            SELECT pages.document, position, text, language
              FROM json_each(?) AS wanted
             CROSS JOIN pages     ON pages.document = wanted.value
             CROSS JOIN documents ON documents.id = pages.document
             WHERE analysis <> ? AND withdrawn IS NULL
             ORDER BY pages.document, position
            """,
            (as_json(ids), version),
        )
        return {(document_id, position): (text, language) for document_id, position, text, language in found}

    async def keep(self, tables: Mapping[Place, bytes], version: str) -> None:
        """Keep pages' new tables. Nothing happens to a page that has one of this version already: if it was replaced in
        the meantime, it came with its own."""

        def work(writing: sqlite3.Connection) -> None:
            writing.executemany(
                "UPDATE pages SET tokens = ?, analysis = ? WHERE document = ? AND position = ? AND analysis <> ?",
                [(table, version, *place, version) for place, table in tables.items()],
            )

        await self._database.write(work)
