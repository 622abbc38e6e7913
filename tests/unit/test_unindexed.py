"""The index hears of every change until it has it."""

import pytest

from library.catalog import Catalog
from library.unindexed import Pending, Unindexed
from tests.builders import a_practice, a_study


@pytest.fixture
def catalog(database):
    return Catalog(database)


@pytest.fixture
def unindexed(database):
    return Unindexed(database)


async def index_all(unindexed):
    await unindexed.clear(await unindexed.oldest(1_000))


async def waiting(unindexed):
    return [change.id for change in await unindexed.oldest(1_000)]


async def test_every_change_waits_for_the_index_the_oldest_first(unindexed, catalog, put, revise, withdraw):
    for name in ("a", "b", "c", "d"):
        await put(a_practice(id=name), [])
    await put(a_practice(id="a"), [])
    await withdraw("b")
    await revise(await catalog.document("c"))
    pending = await unindexed.oldest(100)
    assert [(change.id, change.withdrawn) for change in pending] == [
        ("d", False),
        ("a", False),
        ("b", True),
        ("c", False),
    ]
    assert [change.id for change in await unindexed.oldest(2)] == ["d", "a"]


async def test_what_the_index_has_waits_no_longer(unindexed, put):
    await put(a_practice(), [])
    await put(a_study(), [])
    await unindexed.clear(await unindexed.oldest(1))
    assert await waiting(unindexed) == ["s1"]
    await unindexed.clear([])
    assert await waiting(unindexed) == ["s1"]


async def test_what_changes_while_the_index_takes_it_in_waits_again(unindexed, put):
    await put(a_practice(), [])
    taken = await unindexed.oldest(1)
    await put(a_practice(), [])
    await unindexed.clear(taken)
    (change,) = await unindexed.oldest(1)
    assert change.revision > taken[0].revision
    assert change == Pending(id="p1", revision=change.revision, withdrawn=False)


async def test_the_index_hears_of_a_withdrawal_until_it_has_it(unindexed, put, withdraw):
    await put(a_practice(), [])
    await index_all(unindexed)
    await withdraw("p1")
    assert await waiting(unindexed) == ["p1"]
    await index_all(unindexed)
    assert await waiting(unindexed) == []
