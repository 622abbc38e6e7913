"""How people change a document that is in the library: its description, its language, whether the public may see it."""

import asyncio
import sqlite3
from collections import Counter
from collections.abc import Mapping

import msgspec

from library.accounts import note
from library.admission import Admission, Admitted, read_again, revise
from library.catalog import Catalog
from library.cataloging import note_language
from library.database import Database
from library.errors import BadRequest, Conflict, Incomplete, NotFound
from library.gate import Gate, GateRecord, all_confirmed, let_go, seen
from library.language import LANGUAGES
from library.model import (
    Document,
    DocumentId,
    Page,
    PersonalDataCheck,
    Related,
    Relation,
    Visibility,
    missing_to_publish,
    to_fill_in,
)
from library.page_languages import with_languages
from library.resemblance import Kind
from library.resemblances import Decision, Resemblance, Resemblances, decided
from library.words import because

RELATION_OF: Mapping[Kind, Relation] = {
    "same_text": "variant_of",
    "copy": "derived_from",
    "alike": "derived_from",
    "translation": "translation_of",
}
"""What a document is to one that it is like in this way, unless staff say otherwise."""
_LEFT = "left with the members"


class Editing:
    """Each change is in the catalogue, at the gate and in the audit trail, or nowhere; it can be found after the next
    `catch_up`. Every method may raise Unavailable."""

    def __init__(
        self,
        database: Database,
        *,
        catalog: Catalog,
        gate: Gate,
        resemblances: Resemblances,
        admission: Admission,
    ) -> None:
        self._database = database
        self._catalog = catalog
        self._gate = gate
        self._resemblances = resemblances
        self._admission = admission

    async def revise(self, document: Document) -> Document:
        """Describe a document anew; the gate looks at it again. In another language than before, its kept text is
        analysed again. It comes back as it is now.

        Raises Incomplete where it is to be public, or will be once a person has looked through it, and would lack more
        than it does; and else like `cataloging.revise`.
        """
        return await self._keep(await self._admitted(document))

    async def revise_for_members(self, document: Document) -> Document:
        """The same for a document that is to stay with the members: held before, it waits for nobody any more, and
        what was found in it stays unconfirmed."""
        before = await self._gate.record(document.id)
        left = before is not None and before.held
        wished = msgspec.structs.replace(document, visibility=Visibility.MEMBERS)
        return await self._keep(Admitted(document=wished, note=_LEFT if left else ""))

    async def confirm(self, document_id: DocumentId, check: PersonalDataCheck, looked_at: str) -> Document:
        """A person has looked through what may be personal data in a document: it becomes public where that was all
        that held it. `looked_at` is the `seen` of the record that the person had before the eyes.

        Raises NotFound, and Conflict where nothing is to be confirmed, where other things have been found since, or
        like `cataloging.revise`.
        """
        document, record = await self._held(document_id)
        if looked_at != seen(record):
            raise Conflict(f"other things have been found in '{document_id}' since: look again, then confirm")
        confirmed = all_confirmed(record)
        public = msgspec.structs.replace(document, visibility=Visibility.PUBLIC, personal_data_check=check)
        if missing_to_publish(public):
            admitted = Admitted(document=document, record=confirmed)
        else:
            admitted = await self._admission.judged(public, await self._pages(document_id), confirmed)
        kinds = Counter(each.kind for each in record.findings)
        counted = ", ".join(f"{count} {kind}" for kind, count in sorted(kinds.items()))
        detail = f"{check.by}: {check.result} ({counted})"
        return await self._keep(msgspec.structs.replace(admitted, note="personal data confirmed", detail=detail))

    async def leave_with_members(self, document_id: DocumentId) -> None:
        """Let a document that is held stay with the members: it waits for nobody any more, and what was found in it
        stays unconfirmed. Raises NotFound, and Conflict where it is not held."""
        document, _ = await self._held(document_id)

        def work(writing: sqlite3.Connection) -> None:
            if not let_go(writing, document_id):
                raise _nothing_held(document_id)
            note(writing, _LEFT, document_id, organisation=document.organisation)

        await self._database.write(work)

    async def say_language(self, document_id: DocumentId, language: str, number: int | None = None) -> Document:
        """Correct the language of a document, or of its page with this number: the kept text is analysed again, no file
        is read. Raises NotFound, BadRequest for a language that the library does not serve, and Conflict like
        `cataloging.read_again`."""
        if language not in LANGUAGES:
            raise BadRequest(f"'{language}' is none of the languages served: {', '.join(LANGUAGES)}")
        document = await self._catalog.document(document_id)
        pages = await self._pages(document_id)
        if number is not None and number not in [page.number for page in pages]:
            raise NotFound(f"'{document_id}' has no page {number}; it has {len(pages)}")
        corrected = [
            msgspec.structs.replace(page, language=language) if number in (None, page.number) else page
            for page in pages
        ]
        spoken = (language,) if number is None else tuple(dict.fromkeys((*document.languages, language)))
        said = msgspec.structs.replace(document, languages=spoken, language_known="declared")
        admitted = await self._admission.admitted(await self._admission.wished(said), corrected)
        analysed = await asyncio.to_thread(self._admission.analysed, corrected)

        def work(writing: sqlite3.Connection) -> Document:
            note_language(writing, document_id, number, language)
            return read_again(writing, admitted, analysed)

        return await self._database.write(work)

    async def decide(
        self, document_id: DocumentId, other: DocumentId, decision: Decision, relation: Relation | None = None
    ) -> Resemblance:
        """Note what staff make of a resemblance. Accepted, the other document becomes one of the document's `related`:
        as what `relation` says, else as what their resemblance suggests. Raises NotFound, and else like `revise`."""
        pairs = await self._resemblances.of(document_id)
        pair = next((each for each in pairs if each.other == other), None)
        if pair is None:
            raise NotFound(f"'{document_id}' is not said to be like a document '{other}'")
        document = await self._catalog.document(document_id)
        admitted = None
        if decision is Decision.ACCEPTED and other not in [each.document for each in document.related]:
            related = Related(relation=relation or RELATION_OF[pair.kind], document=other)
            admitted = await self._admitted(msgspec.structs.replace(document, related=(*document.related, related)))

        def work(writing: sqlite3.Connection) -> Resemblance:
            if admitted is not None:
                revise(writing, admitted)
            done = f"resemblance {decision or 'open'}"
            note(writing, done, document_id, organisation=document.organisation, detail=other)
            return decided(writing, document_id, other, decision)

        return await self._database.write(work)

    async def _admitted(self, document: Document) -> Admitted:
        """As it may go in when it is described like this. Raises Incomplete like `revise`."""
        wished = await self._admission.wished(document)
        await self._check_complete(wished)
        return await self._admission.admitted(wished, await self._pages(wished.id))

    async def _held(self, document_id: DocumentId) -> tuple[Document, GateRecord]:
        """Raises NotFound, and Conflict where the gate does not hold it."""
        document = await self._catalog.document(document_id)
        record = await self._gate.record(document_id)
        if record is None or not record.held:
            raise _nothing_held(document_id)
        return document, record

    async def _pages(self, document_id: DocumentId) -> list[Page]:
        return [
            Page(number=page.number, text=page.text, language=page.language, confidence=page.confidence)
            for page in await self._catalog.pages(document_id)
        ]

    async def _check_complete(self, wished: Document) -> None:
        """Raises Incomplete. That somebody has checked for personal data is the gate's business."""
        if wished.visibility is not Visibility.PUBLIC:
            return
        before = await self._catalog.document(wished.id)
        lacked = to_fill_in(before) if before.visibility is Visibility.PUBLIC else ()
        lacks = [name for name in to_fill_in(wished) if name not in lacked]
        if lacks:
            reasons = tuple(because(name, "needed-to-publish") for name in lacks)
            raise Incomplete(f"this cannot be public before it has: {', '.join(lacks)}", reasons=reasons)

    async def _keep(self, admitted: Admitted) -> Document:
        languages = admitted.document.languages
        if languages == (await self._catalog.document(admitted.document.id)).languages:
            return await self._admission.revise(admitted)
        spoken = await asyncio.to_thread(with_languages, await self._pages(admitted.document.id), languages)
        return await self._admission.read_again(admitted, spoken)


def _nothing_held(document_id: DocumentId) -> Conflict:
    return Conflict(f"nothing in '{document_id}' waits to be confirmed")
