"""Which documents are like each other: found when nothing waits to be read, and kept until staff decide."""

import sqlite3
from collections.abc import Sequence
from datetime import date, datetime
from enum import StrEnum

import msgspec
import numpy as np

from library.database import Database, now, read
from library.errors import NotFound
from library.model import DocumentId, OrganisationId, Value, Visibility
from library.resemblance import Kind, Resembling, Signature


class Decision(StrEnum):
    """What staff made of a resemblance."""

    OPEN = ""
    ACCEPTED = "accepted"
    DISMISSED = "dismissed"


class Resemblance(Value, frozen=True):
    """Two documents that are like each other. Neither is more than the other."""

    document: DocumentId
    other: DocumentId
    kind: Kind
    score: float
    """From 0 to 1: the share of what they have in common."""
    decision: Decision
    found: datetime
    decided: datetime | None

    def seen_from(self, document: DocumentId) -> "Resemblance":
        """The same pair with this document first."""
        if document == self.document:
            return self
        return msgspec.structs.replace(self, document=self.other, other=self.document)


class Standing(Value, frozen=True):
    """Who may see a document."""

    visibility: Visibility
    organisation: OrganisationId
    embargo_until: date | None


class Resemblances:
    """The pairs, and the signatures of texts that they are found by. Every method may raise Unavailable."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def uncompared(self, limit: int) -> list[tuple[DocumentId, int]]:
        """Documents whose text has not been compared as it is now, and their revisions, oldest change first."""
        found = await self._database.rows(
            """
            SELECT id, revision
              FROM documents
             WHERE revision > (SELECT coalesce(max(revision), 0) FROM signatures) AND withdrawn IS NULL
             ORDER BY revision
             LIMIT ?
            """,
            (limit,),
        )
        return [(row["id"], row["revision"]) for row in found]

    async def signatures(self) -> list[tuple[DocumentId, Signature]]:
        """Of all documents that have one."""
        found = await self._database.rows(
            """
            SELECT signatures.*
              FROM signatures JOIN documents ON documents.id = signatures.document
             WHERE withdrawn IS NULL
            """
        )
        return [(row["document"], _signature(row)) for row in found]

    async def keep(
        self, document_id: DocumentId, revision: int, signature: Signature, found: Sequence[Resembling]
    ) -> None:
        """Keep what a text is remembered by and what is like it. What staff have decided stays decided; what is open
        and no longer so is forgotten. Nothing happens where the document has been purged meanwhile."""

        def work(writing: sqlite3.Connection) -> None:
            writing.execute(
                """
                INSERT INTO signatures (document, revision, text, minima, anchors, language)
                SELECT :document, :revision, :text, :minima, :anchors, :language
                 WHERE :document NOT IN (SELECT document FROM purges)
                    ON CONFLICT (document) DO UPDATE
                   SET revision = excluded.revision, text = excluded.text, minima = excluded.minima,
                       anchors = excluded.anchors, language = excluded.language
                """,
                {
                    "document": document_id,
                    "revision": revision,
                    "text": signature.text,
                    "minima": signature.minima.tobytes(),
                    "anchors": signature.anchors.tobytes(),
                    "language": signature.language,
                },
            )
            writing.execute(
                "DELETE FROM resemblances WHERE (document = :id OR other = :id) AND decision = ''", {"id": document_id}
            )
            writing.executemany(
                """
                INSERT INTO resemblances (document, other, kind, score, found)
                SELECT min(:document, :other), max(:document, :other), :kind, :score, :now
                 WHERE (SELECT count(*) FROM signatures WHERE document IN (:document, :other)) = 2
                    ON CONFLICT (document, other) DO NOTHING
                """,
                [
                    {
                        "document": document_id,
                        "other": each.other,
                        "kind": each.kind,
                        "score": each.score,
                        "now": now(),
                    }
                    for each in found
                ],
            )

        await self._database.write(work)

    async def of(self, document_id: DocumentId | None = None, decision: Decision | None = None) -> list[Resemblance]:
        """Of one document, which is then first in each; or all, the likest first. Of one decision where it is given."""
        found = await self._database.rows(
            """
            SELECT resemblances.*
              FROM resemblances
              JOIN documents AS one   ON one.id = resemblances.document AND one.withdrawn IS NULL
              JOIN documents AS other ON other.id = resemblances.other AND other.withdrawn IS NULL
             WHERE (:document IS NULL OR :document IN (resemblances.document, other))
               AND (:decision IS NULL OR decision = :decision)
             ORDER BY score DESC, found DESC
            """,
            {"document": document_id, "decision": decision},
        )
        pairs = [msgspec.convert(dict(row), Resemblance) for row in found]
        return pairs if document_id is None else [each.seen_from(document_id) for each in pairs]

    async def open_of(self, organisation: OrganisationId) -> list[tuple[DocumentId, Standing]]:
        """The organisation's documents about which is to be decided, each with how the other one stands."""
        found = await self._database.rows(
            """
            SELECT own.id, coalesce(other.document ->> 'visibility', 'members') AS visibility, other.organisation,
                   other.document ->> 'embargo_until' AS embargo_until
              FROM resemblances
              JOIN documents AS own   ON own.id IN (resemblances.document, resemblances.other)
              JOIN documents AS other ON other.id IN (resemblances.document, resemblances.other) AND other.id <> own.id
             WHERE decision = '' AND own.organisation = ? AND own.withdrawn IS NULL AND other.withdrawn IS NULL
            """,
            (organisation,),
        )
        return [(row["id"], msgspec.convert({name: row[name] for name in row.keys()[1:]}, Standing)) for row in found]

    async def open_in(self, batch: str) -> int:
        """How many pairs are open of which at least one document came in this batch."""
        row = await self._database.row(
            """
            SELECT count(*)
              FROM resemblances
              JOIN documents AS one   ON one.id = resemblances.document AND one.withdrawn IS NULL
              JOIN documents AS other ON other.id = resemblances.other AND other.withdrawn IS NULL
             WHERE decision = ''
               AND EXISTS (SELECT 1
                             FROM jobs
                            WHERE batch = ? AND jobs.document IN (resemblances.document, resemblances.other))
            """,
            (batch,),
        )
        return 0 if row is None else int(row[0])


def decided(writing: sqlite3.Connection, document_id: DocumentId, other: DocumentId, decision: Decision) -> Resemblance:
    """Inside a transaction: note what staff made of a pair; it comes back with `document_id` first. Raises NotFound."""
    found = read(
        writing,
        """
        UPDATE resemblances
           SET decision = :decision, decided = :now
         WHERE document = min(:document, :other) AND other = max(:document, :other)
        RETURNING *
        """,
        {"document": document_id, "other": other, "decision": decision, "now": now()},
    )
    if not found:
        raise NotFound(f"'{document_id}' is not said to be like a document '{other}'")
    return msgspec.convert(dict(found[0]), Resemblance).seen_from(document_id)


def _signature(row: sqlite3.Row) -> Signature:
    return Signature(
        text=row["text"],
        minima=np.frombuffer(row["minima"], np.uint32),
        anchors=np.frombuffer(row["anchors"], np.uint32),
        language=row["language"],
    )
