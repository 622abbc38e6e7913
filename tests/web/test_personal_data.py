"""Documents that wait for a person to look at what may be personal data in them."""

from typing import Any

import msgspec
import pytest

from library.errors import Conflict
from library.model import Organisation, Visibility
from tests.builders import a_practice, pages_of

COMPLETE = {name: {"cs": "Něco."} for name in ("context", "objectives", "activities", "results")} | {
    "evidence": "described"
}
PATH = "/api/v1/documents/private/personal-data"
TEXT = "Klientka Olena Kovalenko, r. č. 926103/1186, mobil 777 123 456."


@pytest.fixture
async def private(exchange):
    await exchange.add(a_practice(id="private", **COMPLETE), pages_of("Nic.", TEXT, language="cs"))
    await exchange.catch_up()


async def confirmed(client, keys, **changed: str):
    state = (await client.get(PATH, headers=keys["staff"])).json()
    body = {"by": "Eva Malá", "result": "consent given", "seen": state["seen"]} | changed
    return await client.post(PATH, headers=keys["staff"], json=body)


@pytest.mark.usefixtures("private")
async def test_it_is_hidden_from_the_public_until_somebody_has_looked(exchange, client, keys):
    assert (await client.get("/api/v1/documents/private")).status_code == 404
    assert (await client.get("/api/v1/search", params={"q": "Kovalenko"})).json()["total"] == 0
    assert (await confirmed(client, keys)).json()["held"] is False
    await exchange.catch_up()
    shown = (await client.get("/api/v1/documents/private")).json()
    assert shown["personal_data_check"]["by"] == "Eva Malá"
    assert (await client.get("/api/v1/search", params={"q": "Kovalenko"})).json()["total"] == 1


@pytest.mark.usefixtures("private")
async def test_its_staff_see_what_was_found_and_where(client, keys):
    state = (await client.get(PATH, headers=keys["staff"])).json()
    assert state["counts"] == {"name": 1, "birth_number": 1, "phone": 1}
    number = next(each for each in state["findings"] if each["kind"] == "birth_number")
    assert (number["page"], number["masked"], number["confirmed"]) == (2, "9•••••/1•••", False)
    assert TEXT[number["start"] : number["end"]] == "926103/1186"
    held = (await client.get("/api/v1/personal-data", headers=keys["staff"])).json()["documents"]
    assert held == [state]
    assert (await client.get("/api/v1/personal-data", headers=keys["admin"])).json()["documents"] == [state]


@pytest.mark.usefixtures("private")
async def test_others_see_and_confirm_nothing(client, keys):
    for who, status in (("member", 403), ("other staff", 403)):
        assert (await client.get(PATH, headers=keys[who])).status_code == status
        answer = await client.post(PATH, headers=keys[who], json={"by": "x", "result": "consent given", "seen": "x"})
        assert answer.status_code == status
    assert (await client.get(PATH)).status_code == 401
    assert (await client.get("/api/v1/personal-data", headers=keys["other staff"])).json()["documents"] == []


@pytest.mark.usefixtures("private")
async def test_the_confirmation_is_in_the_audit_trail(exchange, client, keys):
    await confirmed(client, keys)
    trail = await exchange.accounts.trail(subject="private")
    (entry,) = [each for each in trail if each.what == "personal data confirmed"]
    assert entry.detail == "Eva Malá: consent given (1 birth_number, 1 name, 1 phone)"
    assert (entry.organisation, entry.who[:7]) == ("alfa", "key gp_")
    assert not any("926103" in each.detail or "Kovalenko" in each.detail for each in trail)


@pytest.mark.usefixtures("private")
async def test_what_was_found_after_looking_is_not_confirmed(exchange, client, keys):
    state = (await client.get(PATH, headers=keys["staff"])).json()
    await exchange.add(a_practice(id="private", **COMPLETE), pages_of(TEXT, "Mobil 602 345 678.", language="cs"))
    refused = await confirmed(client, keys, seen=state["seen"])
    assert (refused.status_code, refused.json()["type"]) == (409, "/problems/conflict")


@pytest.mark.usefixtures("private")
async def test_a_later_text_is_looked_at_again(exchange, client, keys):
    await confirmed(client, keys)
    await exchange.add(a_practice(id="private", **COMPLETE), pages_of(TEXT, "Beze změny.", language="cs"))
    assert (await client.get("/api/v1/documents/private")).status_code == 200
    await exchange.add(a_practice(id="private", **COMPLETE), pages_of(TEXT, "Mobil 602 345 678.", language="cs"))
    assert (await client.get("/api/v1/documents/private")).status_code == 404
    state = (await client.get(PATH, headers=keys["staff"])).json()
    assert [(each["page"], each["confirmed"]) for each in state["findings"]] == [
        (1, True),
        (1, True),
        (1, True),
        (2, False),
    ]


@pytest.mark.usefixtures("private")
async def test_a_new_description_of_a_held_document_leaves_it_held(exchange, client, keys):
    document = await exchange.catalog.document("private")
    await exchange.editing.say_language("private", "en")
    assert (await exchange.gate.record("private")).held
    assert (await exchange.catalog.document("private")).visibility is document.visibility is Visibility.MEMBERS
    await confirmed(client, keys)
    assert (await exchange.catalog.document("private")).visibility is Visibility.PUBLIC


@pytest.mark.usefixtures("private")
async def test_a_held_document_that_is_to_be_the_members_waits_for_nobody_and_may_lack_something(
    exchange, client, keys
):
    headers = {**keys["staff"], "if-match": "*"}
    stripped = await client.patch("/api/v1/documents/private", json={"licence": None}, headers=headers)
    assert (stripped.status_code, stripped.json()["errors"][0]["name"]) == (422, "licence")
    patch = {"licence": None, "visibility": "members"}
    answer = await client.patch("/api/v1/documents/private", json=patch, headers=headers)
    assert (answer.status_code, answer.json()["visibility"]) == (200, "members"), answer.text
    assert not (await exchange.gate.record("private")).held
    assert "left with the members" in [each.what for each in await exchange.accounts.trail(subject="private")]


async def test_a_description_with_personal_data_is_held_too(exchange):
    await exchange.accounts.add_organisation(Organisation(id="gama", name="Gama"))
    document = await exchange.add(a_practice(id="d1", visibility=Visibility.MEMBERS, **COMPLETE), [])
    revised = await exchange.editing.revise(
        _public(document, summary={"cs": "Volejte klientce Oleně Kovalenko, 777 123 456."})
    )
    assert revised.visibility is Visibility.MEMBERS
    assert {each.field for each in (await exchange.gate.record("d1")).findings} == {"summary"}


def _public(document, **fields: Any):
    return msgspec.structs.replace(document, visibility=Visibility.PUBLIC, **fields)


@pytest.mark.usefixtures("private")
async def test_what_still_lacks_a_field_stays_with_the_members(exchange, client, keys):
    await exchange.add(a_practice(id="private"), pages_of(TEXT, language="cs"))
    state = (await confirmed(client, keys)).json()
    assert (state["held"], "evidence" in state["missing"]) == (False, True)
    assert (await client.get("/api/v1/documents/private")).status_code == 404


@pytest.mark.usefixtures("private")
async def test_a_confirmation_is_json_and_says_so(client, keys):
    body = b'{"by": "x", "result": "consent given", "seen": "x"}'
    answer = await client.post(PATH, headers={**keys["staff"], "content-type": "text/plain"}, content=body)
    assert answer.status_code == 415
    assert (await confirmed(client, keys, result="none found")).status_code == 400
    assert (await confirmed(client, keys, by="")).status_code == 400


@pytest.mark.usefixtures("private")
async def test_a_held_document_keeps_what_it_needs_to_be_public(exchange, client, keys):
    path = "/api/v1/documents/private"
    known = {**keys["staff"], "if-match": (await client.get(path, headers=keys["staff"])).headers["etag"]}
    refused = await client.patch(path, json={"evidence": None}, headers=known)
    assert (refused.status_code, refused.json()["type"]) == (422, "/problems/incomplete")
    assert (await exchange.catalog.document("private")).evidence
    assert (await exchange.gate.record("private")).held


@pytest.mark.usefixtures("private")
async def test_a_change_for_the_members_that_comes_too_late_leaves_a_held_document_held(exchange, client, keys):
    read = await exchange.catalog.document("private")
    await exchange.editing.say_language("private", "en")  # somebody was quicker
    with pytest.raises(Conflict):
        await exchange.editing.revise_for_members(read)
    assert (await exchange.gate.record("private")).held
    patch, headers = {"visibility": "members"}, {**keys["staff"], "if-match": "*"}
    assert (await client.patch("/api/v1/documents/private", json=patch, headers=headers)).status_code == 200
    assert not (await exchange.gate.record("private")).held
