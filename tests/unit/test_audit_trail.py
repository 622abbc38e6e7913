"""No change of a document goes unnoted, whoever makes it."""

import msgspec
import pytest

from library.accounts import Accounts
from library.acting import acting_as
from library.catalog import Catalog
from library.model import PersonalDataCheck, Visibility
from library.unindexed import Unindexed
from tests.builders import TODAY, a_practice


@pytest.fixture
def catalog(database):
    return Catalog(database)


@pytest.fixture
def trail(database):
    """What was done to p1, the first first."""

    async def read():
        found = await Accounts(database).trail(subject="p1")
        return [(each.who, each.what, each.organisation, each.detail) for each in reversed(found)]

    return read


async def test_a_document_leaves_its_life_in_the_trail(catalog, trail, put, revise, withdraw):
    with acting_as("Jana"):
        await put(a_practice(change_note="scanned anew"), [])
    with acting_as("Petr"):
        kept = await catalog.document("p1")
        await revise(msgspec.structs.replace(kept, title={"cs": "Jinak"}, visibility=Visibility.MEMBERS))
        await withdraw("p1", "a mistake")
    with acting_as("Olena"):
        await put(kept, [])
    *before, last, other = await trail()
    assert before == [
        ("Jana", "document added", "alfa", "scanned anew"),
        ("Petr", "document changed", "alfa", "title, visibility"),
        ("Petr", "document withdrawn", "alfa", "a mistake"),
    ]
    assert {last, other} == {
        ("Olena", "document restored", "alfa", ""),
        ("Olena", "document changed", "alfa", "title, visibility"),
    }


async def test_that_personal_data_were_looked_for_is_told_apart(trail, put, revise):
    kept = await put(a_practice(), [])
    checked = PersonalDataCheck(by="Olena", on=TODAY, result="none found")
    with acting_as("Olena"):
        await revise(msgspec.structs.replace(kept, personal_data_check=checked))
    assert (await trail())[-1] == ("Olena", "document confirmed", "alfa", "personal_data_check")


async def test_what_stays_as_it_was_is_no_change(database, trail, put):
    kept = await put(a_practice(), [])
    await put(kept, [])
    unindexed = Unindexed(database)
    await unindexed.clear(await unindexed.oldest(10))
    assert [what for _, what, _, _ in await trail()] == ["document added"]


async def test_the_trail_names_fields_but_not_what_stood_in_them(trail, put, revise):
    kept = await put(a_practice(summary={"cs": "Anna Nováková"}), [])
    await revise(msgspec.structs.replace(kept, summary={"cs": "Jana Malá"}))
    assert "Nov" not in str(await trail())
    assert "Mal" not in str(await trail())


async def test_what_is_deleted_for_good_is_noted(trail, database, put):
    await put(a_practice(files=()), [])
    async with database.transaction() as writing:
        await writing.execute("DELETE FROM documents WHERE id = 'p1'")
    assert (await trail())[-1][1] == "document purged"
