"""How a document goes into the catalogue: as far as the gate lets it, with all that is to be known of it at once."""

import asyncio
import sqlite3
from collections.abc import Sequence
from datetime import UTC, datetime

import msgspec

from library import cataloging
from library.accounts import note
from library.catalog import AnalysedPage
from library.database import Database
from library.fresh_tables import FreshTables
from library.gate import Gate, GateRecord, keep, let_go, pass_gate
from library.language import Analyzer, Apart, taken_apart
from library.model import Document, Page, Value, Visibility
from library.personal import personal_findings


class Admitted(Value, frozen=True):
    """A document as it may go in, and what is to be known as soon as it is in."""

    document: Document
    record: GateRecord | None = None
    """What the gate knows of it then; None where it is not to be public: nothing holds it."""
    note: str = ""
    """What the audit trail is told beside; nothing where it is empty."""
    detail: str = ""


class Admission:
    """The way into the catalogue. `wished` is always a document as it would be seen if nothing held it.

    Every method may raise Unavailable; what writes raises what the function of cataloging.py does that has its name.
    """

    def __init__(self, database: Database, gate: Gate, analyzer: Analyzer, fresh: FreshTables) -> None:
        self._database = database
        self._gate = gate
        self._analyzer = analyzer
        self._fresh = fresh

    async def wished(self, document: Document) -> Document:
        """A document that the gate holds still is to be public."""
        record = await self._gate.record(document.id)
        if record is not None and record.held and document.visibility is Visibility.MEMBERS:
            return msgspec.structs.replace(document, visibility=Visibility.PUBLIC)
        return document

    async def admitted(self, wished: Document, pages: Sequence[Page]) -> Admitted:
        """What is to be public stays with the members where personal data may be in it, until a person has looked."""
        if wished.visibility is not Visibility.PUBLIC:
            return Admitted(document=wished)
        return await self.judged(wished, pages, await self._gate.record(wished.id))

    async def judged(self, wished: Document, pages: Sequence[Page], before: GateRecord | None) -> Admitted:
        """The same of a document that is to be public and of which the gate knows this."""
        findings = await asyncio.to_thread(personal_findings, wished, pages)
        passed = pass_gate(wished, findings, before, datetime.now(UTC))
        check = wished.personal_data_check
        if not passed.vouched or check is None:
            return Admitted(document=passed.document, record=passed.record)
        return Admitted(
            document=passed.document,
            record=passed.record,
            note="personal data confirmed when handing in",
            detail=f"{check.by}: {check.result}",
        )

    def analysed(self, pages: Sequence[Page], apart: Sequence[Apart] | None = None) -> list[AnalysedPage]:
        """The pages of one document with their token tables: 0.3 ms for each, so ask for it in a thread. `apart` are
        their texts, where those have been taken apart already."""
        apart = taken_apart([page.text for page in pages]) if apart is None else apart
        tables = self._analyzer.tables_of(apart, [page.language for page in pages])
        return [
            AnalysedPage(
                number=page.number,
                text=page.text,
                language=page.language,
                table=self._fresh.encode(table),
                analysis=self._analyzer.version,
                confidence=page.confidence,
            )
            for page, table in zip(pages, tables, strict=True)
        ]

    async def put(self, admitted: Admitted, pages: Sequence[Page]) -> Document:
        analysed = await asyncio.to_thread(self.analysed, pages)
        return await self._database.write(lambda writing: put(writing, admitted, analysed))

    async def read_again(self, admitted: Admitted, pages: Sequence[Page]) -> Document:
        analysed = await asyncio.to_thread(self.analysed, pages)
        return await self._database.write(lambda writing: read_again(writing, admitted, analysed))

    async def revise(self, admitted: Admitted) -> Document:
        return await self._database.write(lambda writing: revise(writing, admitted))


# Inside a transaction ------------------------------------------------------------------------------------------------


def put(writing: sqlite3.Connection, admitted: Admitted, pages: Sequence[AnalysedPage]) -> Document:
    note_admission(writing, admitted)
    return cataloging.put(writing, admitted.document, pages)


def revise(writing: sqlite3.Connection, admitted: Admitted) -> Document:
    note_admission(writing, admitted)
    return cataloging.revise(writing, admitted.document)


def read_again(writing: sqlite3.Connection, admitted: Admitted, pages: Sequence[AnalysedPage]) -> Document:
    note_admission(writing, admitted)
    return cataloging.read_again(writing, admitted.document, pages)


def note_admission(writing: sqlite3.Connection, admitted: Admitted) -> None:
    """Have gate and audit trail know of a document what they are to know once it is in: in the transaction in which it
    goes in, since what is refused, or cut off, is held and known as before."""
    document = admitted.document
    if admitted.record is None:
        let_go(writing, document.id)
    else:
        keep(writing, document.id, admitted.record)
    if admitted.note:
        note(writing, admitted.note, document.id, organisation=document.organisation, detail=admitted.detail)
