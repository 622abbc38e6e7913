"""Whether it is alive and ready, and how a broken index mends itself."""

import asyncio
import shutil

import msgspec
import pytest

from library.engines.whoosh import WhooshIndex
from library.exchange import open_exchange
from library.search import IndexState
from library.web.mending import LOOKS, Lacking, give_what_is_left, mend
from tests.builders import a_practice, an_exchange_on
from tests.web.conftest import served


async def test_a_process_that_answers_is_alive(client):
    assert (await client.get("/healthz")).json() == {"status": "ok"}


async def test_a_ready_library_says_how_each_part_is(client):
    answer = await client.get("/readyz")
    body = answer.json()
    assert (answer.status_code, body["ready"]) == (200, True)
    assert {check["name"]: check["detail"] for check in body["checks"]} | {"disk": ""} == {
        "catalogue": "answers",
        "index": "ready",
        "disk": "",
        "queue": "0 waiting, 0 working",
    }


async def test_a_full_disk_is_told_but_turns_nobody_away(exchange):
    async with served(msgspec.structs.replace(exchange.settings, free_mb=10**12)) as client:
        answer = await client.get("/readyz")
    checks = {check["name"]: check["ok"] for check in answer.json()["checks"]}
    assert (answer.status_code, checks["disk"], checks["index"]) == (200, False, True)


@pytest.fixture
async def without_index(exchange):
    """The same library, opened after its index was thrown away."""
    shutil.rmtree(exchange.settings.data / "index")
    opened = await open_exchange(exchange.settings)
    yield opened
    await opened.close()


async def test_a_missing_index_is_rebuilt_from_the_catalogue(without_index):
    assert await without_index.index.state() is IndexState.MISSING
    await mend(without_index)
    assert await without_index.index.state() is IndexState.READY


async def test_a_library_without_an_index_makes_one_while_it_runs(without_index):
    async with served(without_index.settings) as client:
        assert (await client.get("/api/v1/documents/p1")).status_code == 200
        while not (await client.get("/readyz")).json()["ready"]:  # noqa: ASYNC110  # nothing tells when
            await asyncio.sleep(0.01)
        assert (await client.get("/api/v1/search")).json()["total"] == 2


async def test_a_library_whose_index_cannot_be_made_keeps_running(without_index):
    (without_index.settings.data / "index").write_text("in the way")
    async with served(without_index.settings) as client:
        answer = await client.get("/readyz")
        assert (answer.status_code, answer.json()["ready"]) == (503, False)
        assert (await client.get("/api/v1/search")).status_code == 503
        assert (await client.get("/api/v1/documents/p1")).status_code == 200


async def test_a_ready_index_is_left_alone(exchange):
    before = await exchange.index.generation()
    await mend(exchange)
    assert await exchange.index.generation() == before


async def test_what_the_index_lacks_is_left_to_the_worker_for_some_looks(exchange):
    await exchange.add(a_practice(id="new"), [])
    before, lacking = await exchange.index.generation(), Lacking(0, 0)
    for _ in range(LOOKS):
        lacking = await give_what_is_left(exchange, lacking)
    assert await exchange.index.generation() == before
    await exchange.catch_up()
    await exchange.add(a_practice(id="newer"), [])
    assert (await give_what_is_left(exchange, lacking)).looks == 1, "the worker is at it"


async def test_what_nobody_gives_the_index_is_given_then(exchange):
    await exchange.add(a_practice(id="new"), [])
    lacking = Lacking(0, 0)
    for _ in range(LOOKS + 1):
        lacking = await give_what_is_left(exchange, lacking)
    assert not await exchange.unindexed.oldest(1)
    assert await give_what_is_left(exchange, lacking) == Lacking(0, 0)


@pytest.fixture
async def impatient(without_index):
    """The same library in a process that waits for nobody who writes the index."""
    settings = without_index.settings
    index = WhooshIndex(settings.data / "index", without_index.analyzer, patience=0)
    opened = await an_exchange_on(index, settings)
    yield opened
    await opened.close()


async def test_an_index_that_somebody_else_rebuilds_is_left_to_them(exchange, impatient):
    begun, go_on = asyncio.Event(), asyncio.Event()

    async def slowly():
        begun.set()
        await go_on.wait()
        yield []

    elsewhere = asyncio.create_task(exchange.index.rebuild([slowly]))
    await begun.wait()
    await mend(impatient)
    assert await impatient.index.state() is IndexState.MISSING
    go_on.set()
    await elsewhere
    assert await impatient.index.state() is IndexState.READY
