"""What was made ready of a commit goes with it as it was, or not at all."""

import pytest

from library.exchange import open_exchange
from library.made_ready import MadeReady
from library.model import Organisation, Page
from library.search import SearchQuery, Word
from library.settings import Settings
from library.unindexed import Pending
from tests.builders import a_practice, an_admin, an_entry


@pytest.fixture
async def exchange(tmp_path):
    opened = await open_exchange(Settings(data=tmp_path))
    await opened.accounts.add_organisation(Organisation(id="org", name="Org"))
    await opened.rebuild()
    yield opened
    await opened.close()


async def add(exchange, document, text):
    return await exchange.add(a_practice(id=document), [Page(number=1, text=text, language="cs")])


async def found(exchange, word):
    result = await exchange.index.search(SearchQuery(match=Word(word)), an_admin())
    return sorted(hit.id for hit in result.hits)


def change(document, revision, table_bytes=1, *, withdrawn=False):
    return Pending(id=document, revision=revision, withdrawn=withdrawn, table_bytes=table_bytes)


def entries_of(*changes: Pending):
    return [an_entry(a_practice(id=each.id)) for each in changes]


async def test_what_was_made_ready_is_found_after_the_commit_and_not_before(exchange):
    await add(exchange, "p1", "děti ve škole")
    await exchange.get_ready()
    await add(exchange, "p2", "škola")
    await exchange.get_ready()
    await add(exchange, "p3", "ve školách")
    assert await found(exchange, "škola") == []
    assert await exchange.catch_up() == 3
    assert await found(exchange, "škola") == ["p1", "p2", "p3"]
    # Both makings, and what came behind them, were one commit.
    assert (await exchange.index.generation()).endswith(".2")
    assert await exchange.catch_up() == 0


async def test_what_has_changed_since_it_was_made_ready_is_found_as_it_is_now(exchange):
    await add(exchange, "p1", "děti ve škole")
    await add(exchange, "p2", "děti ve škole")
    await exchange.get_ready()
    await add(exchange, "p1", "byty")
    await exchange.get_ready()
    await exchange.catch_up()
    assert await found(exchange, "škola") == ["p2"]
    assert await found(exchange, "byt") == ["p1"]


async def test_what_was_withdrawn_or_purged_since_is_not_found(exchange):
    for document in ("p1", "p2", "p3"):
        await add(exchange, document, "děti ve škole")
    await exchange.get_ready()
    await exchange.withdraw("p1", "")
    await exchange.purge("p2", "")
    await exchange.catch_up()
    assert await found(exchange, "škola") == ["p3"]


async def test_what_another_process_has_given_the_index_meanwhile_stays_as_it_is_now(exchange):
    await add(exchange, "p1", "děti ve škole")
    await exchange.get_ready()
    other = await open_exchange(exchange.settings)
    await add(other, "p1", "byty")
    await other.catch_up()
    await other.close()
    await add(exchange, "p2", "škola")
    await exchange.catch_up()
    assert await found(exchange, "škola") == ["p2"]
    assert await found(exchange, "byt") == ["p1"]


def test_entries_go_as_they_were_made_ready_where_nothing_has_changed():
    ready, first, second = MadeReady(), change("a", 1), change("b", 2)
    made = entries_of(first, second)
    ready.add([first], made[:1])
    ready.add([second], made[1:])
    assert ready.latest == 2
    taken = ready.taken([first, second, change("c", 3)])
    assert all(one is other for one, other in zip(taken, made, strict=True))
    assert ready.taken([first, second]) == []


@pytest.mark.parametrize(
    "now",
    [[], [change("a", 1)], [change("a", 1), change("b", 3)], [change("a", 1), change("b", 2, withdrawn=True)]],
    ids=["gone", "one is gone", "one has changed", "one was withdrawn"],
)
def test_none_goes_where_anything_has_changed(now):
    ready, changes = MadeReady(), [change("a", 1), change("b", 2)]
    ready.add(changes, entries_of(*changes))
    assert ready.taken(now) == []


def test_what_was_gone_when_it_was_to_be_made_ready_keeps_nothing_from_going():
    ready, changes = MadeReady(), [change("a", 1), change("b", 2)]
    ready.add(changes, entries_of(changes[1]))
    assert [entry.document.id for entry in ready.taken(changes)] == ["b"]


def test_no_more_is_made_ready_than_goes_into_a_commit_and_nothing_that_comes_already_or_was_withdrawn():
    ready = MadeReady()
    ready.add([change("a", 1, 10)], entries_of(change("a", 1)))
    later = [change("b", 2, 5), change("c", 3, withdrawn=True), change("d", 4, 5), change("e", 5, 5)]
    assert [each.id for each in ready.that_go_with_it(later, 21)] == ["b", "d"]
    assert ready.that_go_with_it([change("a", 6), change("f", 7)], 100) == []
