"""Documents that are like others are named to those who may see both, and to nobody else."""

import json
import random
from typing import Any

import pytest

from library.model import Related, Visibility
from library.resemblances import Decision
from tests.builders import a_practice, pages_of

WORDS = [f"slovo{number}" for number in range(300)]
TEXT = " ".join(random.Random(3).choices(WORDS, k=400))
COPIED = TEXT.replace("slovo7 ", "jinak ")


@pytest.fixture
async def alike(exchange):
    """A text of alfa, a copy of it that beta shares with members, and one that beta keeps to itself."""
    for document_id, organisation, visibility, text in (
        ("mine", "alfa", Visibility.PUBLIC, TEXT),
        ("shared", "beta", Visibility.MEMBERS, COPIED),
        ("kept", "beta", Visibility.ORGANISATION, TEXT),
    ):
        document = a_practice(id=document_id, organisation=organisation, visibility=visibility)
        await exchange.add(document, pages_of(text, language="cs"))
    while await exchange.compare():
        pass


async def pairs(client, headers, path: str = "/api/v1/resemblances", **parameters: Any) -> set[tuple[str, str, str]]:
    answer = await client.get(path, headers=headers, params=parameters)
    assert answer.status_code == 200, answer.text
    return {(each["document"]["id"], each["other"]["id"], each["kind"]) for each in answer.json()["resemblances"]}


@pytest.mark.usefixtures("alike")
async def test_staff_are_told_of_those_that_they_may_see(client, keys):
    assert await pairs(client, keys["staff"]) == {("mine", "shared", "copy")}
    assert await pairs(client, keys["other staff"]) == {
        ("shared", "mine", "copy"),
        ("kept", "mine", "same_text"),
        ("kept", "shared", "copy"),
    }
    assert await pairs(client, keys["staff"], "/api/v1/documents/mine/resemblances") == {("mine", "shared", "copy")}


@pytest.mark.usefixtures("alike")
async def test_others_are_told_nothing(client, keys):
    assert (await client.get("/api/v1/resemblances")).status_code == 401
    assert (await client.get("/api/v1/resemblances", headers=keys["member"])).status_code == 403
    for path, status in (("shared", 403), ("kept", 404)):
        answer = await client.get(f"/api/v1/documents/{path}/resemblances", headers=keys["staff"])
        assert answer.status_code == status


@pytest.mark.usefixtures("alike")
async def test_what_is_hidden_cannot_be_decided_on_and_looks_like_nothing(client, keys):
    path = "/api/v1/documents/mine/resemblances/"
    fixed = {**keys["staff"], "x-request-id": "same"}
    hidden = await client.post(path + "kept", headers=fixed, json={"decision": "dismissed"})
    missing = await client.post(path + "zzzz", headers=fixed, json={"decision": "dismissed"})
    assert hidden.status_code == missing.status_code == 404
    assert hidden.content.replace(b"kept", b"zzzz") == missing.content


@pytest.mark.usefixtures("alike")
async def test_accepted_the_other_becomes_related(exchange, client, keys):
    path = "/api/v1/documents/mine/resemblances/shared"
    body = (await client.post(path, headers=keys["staff"], json={"decision": "accepted"})).json()
    assert body["resemblances"][0]["decision"] == "accepted"
    assert (await exchange.catalog.document("mine")).related == (Related(relation="derived_from", document="shared"),)
    assert await pairs(client, keys["staff"]) == set()
    assert await pairs(client, keys["staff"], decision="accepted") == {("mine", "shared", "copy")}
    assert "resemblance accepted" in {each.what for each in await exchange.accounts.trail(subject="mine")}


@pytest.mark.usefixtures("alike")
async def test_staff_may_say_otherwise_what_it_is(exchange, client, keys):
    path = "/api/v1/documents/mine/resemblances/shared"
    said = {"decision": "accepted", "relation": "supersedes"}
    assert (await client.post(path, headers=keys["staff"], json=said)).status_code == 200
    assert (await exchange.catalog.document("mine")).related[0].relation == "supersedes"
    wrong = {"decision": "accepted", "relation": "father_of"}
    assert (await client.post(path, headers=keys["staff"], json=wrong)).status_code == 400


@pytest.mark.usefixtures("alike")
async def test_a_relation_is_shown_to_those_who_may_see_both(exchange, client, keys):
    await exchange.editing.decide("mine", "shared", Decision.ACCEPTED)
    await exchange.catch_up()
    for headers, related in (({}, []), (keys["member"], ["shared"]), (keys["staff"], ["shared"])):
        body = (await client.get("/api/v1/documents/mine", headers=headers)).json()
        assert [each["document"] for each in body["related"]] == related
        exported = (await client.get("/api/v1/export", params={"format": "jsonl"}, headers=headers)).text.splitlines()
        (mine,) = (each for each in map(json.loads, exported) if each["id"] == "mine")
        assert mine["related"] == body["related"]


@pytest.mark.usefixtures("alike")
async def test_dismissed_it_stays_dismissed_when_the_text_comes_again(exchange, client, keys):
    path = "/api/v1/documents/mine/resemblances/shared"
    assert (await client.post(path, headers=keys["staff"], json={"decision": "dismissed"})).status_code == 200
    await exchange.add(a_practice(id="mine"), pages_of(TEXT, "Nová strana.", language="cs"))
    assert await exchange.compare() == 1
    assert await pairs(client, keys["staff"]) == set()
    assert await pairs(client, keys["staff"], decision="dismissed") == {("mine", "shared", "copy")}


@pytest.mark.usefixtures("alike")
async def test_what_is_no_longer_alike_is_forgotten_and_nothing_is_merged(exchange, client, keys):
    await exchange.add(a_practice(id="mine"), pages_of("Zcela jiný text.", language="cs"))
    await exchange.compare()
    assert await pairs(client, keys["staff"]) == set()
    assert await exchange.compare() == 0
    assert {"mine", "shared", "kept"} <= set(await exchange.catalog.ids())


@pytest.mark.usefixtures("alike")
async def test_a_withdrawn_document_is_like_nothing_and_a_purged_one_leaves_no_trace(exchange, client, keys):
    await exchange.withdraw("shared", "why")
    assert await pairs(client, keys["staff"]) == set()
    await exchange.purge("kept", "why")
    for table in ("signatures", "resemblances"):
        rows = await exchange._database.rows(f"SELECT * FROM {table}")
        assert "kept" not in {value for row in rows for value in tuple(row)}
