"""A document is changed together with what the gate and the audit trail know of it, or not at all."""

import asyncio
import sqlite3
from datetime import UTC, datetime

import msgspec
import pytest

from library.errors import Conflict, NotFound
from library.exchange import open_exchange
from library.gate import seen
from library.model import PersonalDataCheck, Visibility
from library.resemblances import Decision
from library.settings import Settings
from tests.builders import TODAY, a_practice, pages_of

PRIVATE = "Klientka Olena Kovalenko, mobil 777 123 456."
COMPLETE = {name: {"cs": "Něco."} for name in ("context", "objectives", "activities", "results")} | {
    "evidence": "described"
}


@pytest.fixture
async def exchange(tmp_path):
    """One document, which is held since somebody's number is in it."""
    opened = await open_exchange(Settings(data=tmp_path))
    await opened.add(a_practice(**COMPLETE), pages_of("Nic.", PRIVATE, language="cs"))
    yield opened
    await opened.close()


async def revised_for_members(exchange):
    document = await exchange.catalog.document("p1")
    await exchange.editing.revise_for_members(msgspec.structs.replace(document, title={"cs": "Jinak"}))


async def confirmed(exchange):
    check = PersonalDataCheck(by="Eva", on=TODAY, result="consent given")
    await exchange.editing.confirm("p1", check, seen(await exchange.gate.record("p1")))


async def left_with_members(exchange):
    await exchange.editing.leave_with_members("p1")


async def language_said(exchange):
    await exchange.editing.say_language("p1", "sk", 2)


async def read_again(exchange):
    document = await exchange.catalog.document("p1")
    await exchange.read_again(document, pages_of("Nic.", f"{PRIVATE} A ještě 602 345 678.", language="cs"))


CHANGES = [
    (revised_for_members, ("documents", "personal_data", "trail")),
    (confirmed, ("documents", "personal_data", "trail")),
    (left_with_members, ("personal_data", "trail")),
    (language_said, ("documents", "pages", "said_languages")),
    (read_again, ("documents", "pages", "personal_data")),
]


async def everything(exchange):
    """What is known of the document, but for when it was looked through."""
    record = await exchange.gate.record("p1")
    return (
        await exchange.catalog.document("p1"),
        await exchange.catalog.pages("p1"),
        await exchange.catalog.said_languages("p1"),
        msgspec.structs.replace(record, checked=datetime(2025, 1, 1, tzinfo=UTC)) if record else None,
        await exchange.accounts.trail(subject="p1"),
    )


@pytest.mark.parametrize(
    ("change", "table"),
    [(change, table) for change, tables in CHANGES for table in tables],
    ids=lambda each: each if isinstance(each, str) else each.__name__,
)
async def test_a_change_that_is_cut_off_in_any_of_its_parts_is_as_if_it_had_never_been(exchange, change, table):
    before = await everything(exchange)
    async with exchange._database.transaction() as writing:
        for doing in ("INSERT", "UPDATE"):
            await writing.execute(
                f"CREATE TRIGGER cut_off_{doing} AFTER {doing} ON {table} BEGIN SELECT RAISE(ABORT, 'cut off'); END"
            )
    with pytest.raises(sqlite3.IntegrityError, match="cut off"):
        await change(exchange)
    assert await everything(exchange) == before
    async with exchange._database.transaction() as writing:
        for doing in ("INSERT", "UPDATE"):
            await writing.execute(f"DROP TRIGGER cut_off_{doing}")
    await change(exchange)
    assert await everything(exchange) != before


@pytest.mark.parametrize("decision", [Decision.DISMISSED, Decision.ACCEPTED])
async def test_a_decision_that_is_cut_off_is_neither_in_the_trail_nor_in_the_document(exchange, decision):
    await exchange.add(a_practice(id="p2"), pages_of("Nic.", language="cs"))
    async with exchange._database.transaction() as writing:
        found = "2025-01-01T12:00:00+00:00"
        await writing.execute("INSERT INTO resemblances VALUES ('p1', 'p2', 'copy', 0.9, '', ?, NULL)", (found,))
        await writing.execute(
            "CREATE TRIGGER cut_off AFTER UPDATE ON resemblances BEGIN SELECT RAISE(ABORT, 'cut off'); END"
        )
    before = await everything(exchange)
    with pytest.raises(sqlite3.IntegrityError, match="cut off"):
        await exchange.editing.decide("p1", "p2", decision)
    assert await everything(exchange) == before


async def test_a_document_is_left_with_the_members_once(exchange):
    leave = [exchange.editing.leave_with_members("p1") for _ in range(2)]
    left, again = await asyncio.gather(*leave, return_exceptions=True)
    assert left is None
    assert isinstance(again, Conflict)
    assert [each.what for each in await exchange.accounts.trail(subject="p1")].count("left with the members") == 1


async def test_what_is_refused_leaves_the_gate_as_it_was(exchange):
    theirs = await exchange.add(a_practice(id="p2", visibility=Visibility.MEMBERS, **COMPLETE), [])
    somebody_was_quicker = await exchange.editing.revise(theirs)
    public = msgspec.structs.replace(theirs, visibility=Visibility.PUBLIC, summary={"cs": PRIVATE})
    with pytest.raises(Conflict):
        await exchange.editing.revise(public)
    assert await exchange.gate.record("p2") is None
    assert await exchange.catalog.document("p2") == somebody_was_quicker


async def test_nothing_is_known_of_what_was_purged_when_it_is_handed_in_again(exchange):
    await exchange.rebuild()
    await exchange.purge("p1", "")
    with pytest.raises(Conflict, match="was purged"):
        await exchange.add(a_practice(**COMPLETE), pages_of(PRIVATE, language="cs"))
    assert await exchange.gate.record("p1") is None


async def test_what_is_withdrawn_while_its_language_is_corrected_does_not_come_back(exchange):
    correcting = asyncio.create_task(language_said(exchange))
    await asyncio.gather(exchange.withdraw("p1", "na žádost"), correcting, return_exceptions=True)
    with pytest.raises(NotFound):
        await exchange.catalog.document("p1")
