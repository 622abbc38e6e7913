"""An answer is worked out once, told once to each caller, and never after it has ceased to hold."""

import asyncio

import msgspec
import pytest

from library.model import Visibility
from library.remembered import Remembered
from tests.builders import a_practice, pages_of

SEARCH = "/api/v1/search"
ASKED = {"q": "kauce", "facets": "topic"}


def counted(searches):
    """Those for this question: in the background suggestions are made ready, which count other words."""
    return len([asked for asked in searches if asked.facets == ("topic",)])


async def test_the_same_search_is_worked_out_once_in_whatever_way_it_is_asked(client, searches):
    first = await client.get(SEARCH, params=ASKED)
    once = counted(searches)
    second = await client.get(SEARCH, params={**ASKED, "fields": "id"})
    third = await client.post(SEARCH, json={**ASKED, "facets": ["topic"]})
    assert once > 0
    assert counted(searches) == once
    assert first.json()["items"] == third.json()["items"]
    assert second.json()["items"] == [{"id": "p1"}]


async def test_who_asks_at_the_same_time_waits_for_one_answer(client, searches):
    answers = await asyncio.gather(*(client.get(SEARCH, params=ASKED) for _ in range(10)))
    alone = counted(searches)
    await client.get(SEARCH, params={**ASKED, "q": "nájem"})
    assert alone == counted(searches) - alone
    assert {answer.json()["total"] for answer in answers} == {1}


async def test_a_304_costs_no_search(client, searches):
    etag = (await client.get(SEARCH, params=ASKED)).headers["etag"]
    client._transport.app.app.state.exchange.finding._answers._values.clear()
    before = counted(searches)
    again = await client.get(SEARCH, params=ASKED, headers={"if-none-match": etag})
    assert (again.status_code, counted(searches)) == (304, before)


async def test_each_audience_has_its_own_answers(client, keys):
    total = [(await client.get(SEARCH, headers=headers)).json()["total"] for headers in ({}, keys["member"], {})]
    assert total == [2, 3, 2]


async def test_what_is_added_is_seen_by_the_next_request(exchange, client):
    first = await client.get(SEARCH, params=ASKED)
    await exchange.add(a_practice(id="new"), pages_of("Kauce."))
    await exchange.catch_up()
    second = await client.get(SEARCH, params=ASKED, headers={"if-none-match": first.headers["etag"]})
    assert (first.json()["total"], second.json()["total"]) == (1, 2)


@pytest.mark.parametrize("how", ["withdrawn", "hidden"])
async def test_what_is_hidden_is_not_shown_by_the_next_request_though_the_index_has_it_still(exchange, client, how):
    first = await client.get(SEARCH, params=ASKED)
    assert [item["id"] for item in first.json()["items"]] == ["p1"]
    if how == "withdrawn":
        await exchange.withdraw("p1", "a test")
    else:
        hidden = msgspec.structs.replace(await exchange.catalog.document("p1"), visibility=Visibility.ORGANISATION)
        await exchange.editing.revise(hidden)
    second = await client.get(SEARCH, params=ASKED, headers={"if-none-match": first.headers["etag"]})
    assert (second.status_code, second.json()["items"]) == (200, [])


# The memory itself ---------------------------------------------------------------------------------------------------


async def made(value, times):
    times.append(value)
    await asyncio.sleep(0)
    return value


async def test_what_is_used_least_leaves_first_when_there_is_no_room():
    memory, times = Remembered[str](3, len), list[str]()
    for value in ("a", "bb", "a", "cc", "a", "bb"):
        assert await memory.get("1", value, lambda value=value: made(value, times)) == value
    assert times == ["a", "bb", "cc", "bb"]


async def test_another_edition_begins_with_nothing_even_for_what_is_still_being_made():
    memory, times = Remembered[str](9, len), list[str]()
    slow = asyncio.create_task(memory.get("1", "a", lambda: made("a", times)))
    await asyncio.sleep(0)
    await memory.get("2", "a", lambda: made("a", times))
    await slow
    await memory.get("2", "a", lambda: made("a", times))
    assert times == ["a", "a"]


async def test_an_error_is_told_to_all_who_wait_and_not_remembered():
    memory, times = Remembered[str](9, len), list[str]()

    async def failing():
        times.append("x")
        await asyncio.sleep(0)
        raise ValueError("no")

    both = await asyncio.gather(memory.get("1", "a", failing), memory.get("1", "a", failing), return_exceptions=True)
    assert [str(error) for error in both] == ["no", "no"]
    assert times == ["x"]
    assert await memory.get("1", "a", lambda: made("a", times)) == "a"


async def test_that_one_goes_away_does_not_take_the_answer_from_the_others():
    memory, times = Remembered[str](9, len), list[str]()
    first = asyncio.create_task(memory.get("1", "a", lambda: made("a", times)))
    second = asyncio.create_task(memory.get("1", "a", lambda: made("a", times)))
    await asyncio.sleep(0)
    first.cancel()
    assert await second == "a"
    assert times == ["a"]


# Compressed ----------------------------------------------------------------------------------------------------------


async def test_answers_are_compressed_as_the_caller_can_read_them(client):
    async def sent(accepted):
        answer = await client.get("/api/v1/vocabulary/concepts", headers={"accept-encoding": accepted})
        assert "accept-encoding" in answer.headers["vary"].lower()
        assert answer.json()["concepts"]
        return answer.headers.get("content-encoding", ""), int(answer.headers["content-length"])

    plain, packed, zipped = await sent("identity"), await sent("br, gzip"), await sent("gzip")
    assert (plain[0], packed[0], zipped[0]) == ("", "br", "gzip")
    assert packed[1] < plain[1] / 3
    assert zipped[1] < plain[1] / 3


async def test_one_callers_compressed_bytes_reach_nobody_else(client):
    for accepted, sent in (("br", "br"), ("identity", None), ("gzip", "gzip"), ("identity", None)):
        answer = await client.get(SEARCH, headers={"accept-encoding": accepted})
        assert answer.headers.get("content-encoding") == sent
        assert answer.json()["total"] == 2


async def test_what_has_a_strong_entity_tag_is_sent_as_it_is(client):
    answer = await client.get("/api/v1/documents/p1", headers={"accept-encoding": "br"})
    assert "content-encoding" not in answer.headers
    assert not answer.headers["etag"].startswith("W/")


async def test_exports_are_compressed_while_they_are_sent(exchange, client):
    for number in range(20):
        await exchange.add(a_practice(id=f"x{number}"), pages_of("Byt."))
    await exchange.catch_up()
    answer = await client.get("/api/v1/export", params={"format": "jsonl"}, headers={"accept-encoding": "br"})
    assert answer.headers["content-encoding"] == "br"
    assert len(answer.text.splitlines()) == 22
