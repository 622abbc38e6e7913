"""Why a document may not be public yet: personal data may be in it, and no person has looked through that."""

import hashlib
import sqlite3
from datetime import datetime

import msgspec

from library.database import Database, as_json
from library.model import Document, DocumentId, PersonalDataCheck, Value, Visibility
from library.personal import PersonalFinding

CONFIRMING = ("consent given", "not personal")
"""Results of a person's check that let findings pass. That nothing was found, or that it was removed, they disprove."""
OURSELVES = "library"
"""Who has checked a text in which nothing was found and of which nobody said anything."""


class GateRecord(Value, frozen=True):
    """What is known of a document that was to become public."""

    checked: datetime
    findings: tuple[PersonalFinding, ...]
    held: bool = False
    """It would be public, had a person looked through the findings."""
    confirmed: frozenset[str] = frozenset()
    """The values that a person has looked at. They need no second look; others do, in each version of the text."""
    said: PersonalDataCheck | None = None
    """The check that came with the file the last time. Said again of another text it confirms nothing."""

    @property
    def unconfirmed(self) -> tuple[PersonalFinding, ...]:
        return tuple(each for each in self.findings if each.value not in self.confirmed)


class Passed(Value, frozen=True):
    """A document as it may go in, what the gate then knows of it, and whether it was the member's word that let it."""

    document: Document
    record: GateRecord
    vouched: bool


def pass_gate(
    document: Document, findings: tuple[PersonalFinding, ...], before: GateRecord | None, moment: datetime
) -> Passed:
    """A document that is to be public: held at `members` while something in it was not looked at by a person."""
    said = document.personal_data_check
    known = GateRecord(
        checked=moment,
        findings=findings,
        confirmed=before.confirmed if before else frozenset(),
        said=said or (before.said if before else None),
    )
    news = said is not None and said.result in CONFIRMING and (before is None or said != before.said)
    vouched = news and bool(known.unconfirmed)
    if vouched:
        known = all_confirmed(known)
    if known.unconfirmed:
        held = msgspec.structs.replace(document, visibility=Visibility.MEMBERS, personal_data_check=None)
        return Passed(document=held, record=msgspec.structs.replace(known, held=True), vouched=False)
    checked = said or PersonalDataCheck(by=OURSELVES, on=moment.date(), result="none found")
    return Passed(
        document=msgspec.structs.replace(document, personal_data_check=checked), record=known, vouched=vouched
    )


def seen(record: GateRecord) -> str:
    """What stands for these findings, so that nobody confirms what was found after looking."""
    return hashlib.sha256(msgspec.json.encode(record.findings)).hexdigest()[:16]


def all_confirmed(record: GateRecord) -> GateRecord:
    values = record.confirmed | {each.value for each in record.findings}
    return msgspec.structs.replace(record, confirmed=values, held=False)


class Gate:
    """What is known of each document that was to become public. Every method may raise Unavailable."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def record(self, document_id: DocumentId) -> GateRecord | None:
        row = await self._database.row("SELECT * FROM personal_data WHERE document = ?", (document_id,))
        return None if row is None else _read(row)

    async def held(self) -> dict[DocumentId, GateRecord]:
        """The documents that wait for a person, those that wait longest first."""
        found = await self._database.rows(
            """
            SELECT personal_data.*
              FROM personal_data JOIN documents ON documents.id = personal_data.document
             WHERE held = 1 AND withdrawn IS NULL
             ORDER BY checked
            """
        )
        return {row["document"]: _read(row) for row in found}


# Inside a transaction ------------------------------------------------------------------------------------------------


def keep(writing: sqlite3.Connection, document_id: DocumentId, record: GateRecord) -> None:
    """Keep what is known of a document from now on."""
    writing.execute(
        """
        INSERT INTO personal_data (document, checked, held, findings, confirmed, said)
        VALUES (?, ?, ?, ?, ?, ?)
            ON CONFLICT (document) DO UPDATE
           SET checked = excluded.checked, held = excluded.held, findings = excluded.findings,
               confirmed = excluded.confirmed, said = excluded.said
        """,
        (
            document_id,
            record.checked.isoformat(timespec="microseconds"),
            record.held,
            as_json(record.findings),
            as_json(sorted(record.confirmed)),
            as_json(record.said),
        ),
    )


def let_go(writing: sqlite3.Connection, document_id: DocumentId) -> bool:
    """Hold a document no longer, and whether it was held; what was found in it stays as it is."""
    held = "UPDATE personal_data SET held = 0 WHERE document = ? AND held = 1"
    return bool(writing.execute(held, (document_id,)).rowcount)


def _read(row: sqlite3.Row) -> GateRecord:
    return GateRecord(
        checked=datetime.fromisoformat(row["checked"]),
        held=bool(row["held"]),
        findings=msgspec.json.decode(row["findings"], type=tuple[PersonalFinding, ...]),
        confirmed=msgspec.json.decode(row["confirmed"], type=frozenset[str]),
        said=msgspec.json.decode(row["said"], type=PersonalDataCheck | None),
    )
