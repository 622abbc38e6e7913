"""Administrators make and revoke keys over HTTP."""

import pytest

KEYS = "/api/v1/keys"


async def test_a_key_that_was_made_works_at_once_and_is_never_shown_again(client, keys):
    made = await client.post(
        KEYS, json={"organisation": "beta", "role": "staff", "note": "scanner"}, headers=keys["admin"]
    )
    assert made.status_code == 201
    assert made.headers["cache-control"] == "no-store"
    key, known = made.json()["key"], made.json()["known"]
    assert made.headers["location"] == f"{KEYS}/{known['id']}"
    assert (known["organisation"], known["role"], known["note"], known["expires"]) == ("beta", "staff", "scanner", None)
    assert (await client.get("/api/v1/jobs", headers={"x-api-key": key})).status_code == 200
    listed = await client.get(KEYS, headers=keys["admin"])
    assert known["id"] in [each["id"] for each in listed.json()["keys"]]
    assert key not in listed.text


async def test_scopes_and_an_end_can_be_said(client, keys):
    asked = {"organisation": "alfa", "role": "member", "scopes": ["search", "read"], "days": 30}
    known = (await client.post(KEYS, json=asked, headers=keys["admin"])).json()["known"]
    assert known["scopes"] == ["search", "read"]
    assert known["expires"] > known["created"]


async def test_a_revoked_key_ends_at_once(client, keys):
    made = (await client.post(KEYS, json={"organisation": "alfa", "role": "member"}, headers=keys["admin"])).json()
    for _ in range(2):
        assert (await client.delete(f"{KEYS}/{made['known']['id']}", headers=keys["admin"])).status_code == 204
    assert (await client.get("/api/v1/topics", headers={"x-api-key": made["key"]})).status_code == 401
    assert (await client.delete(f"{KEYS}/gp_nothing", headers=keys["admin"])).status_code == 404


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"role": "member"}, 400),
        ({"organisation": "alfa", "role": "owner"}, 400),
        ({"organisation": "alfa", "role": "reader"}, 400),
        ({"organisation": "alfa", "role": "member", "scopes": []}, 400),
        ({"organisation": "alfa", "role": "member", "scopes": ["all"]}, 400),
        ({"organisation": "alfa", "role": "member", "days": 0}, 400),
        ({"organisation": "alfa", "role": "member", "day": 1}, 400),
        ({"organisation": "nobody", "role": "member"}, 404),
        ([], 400),
    ],
)
async def test_what_is_no_key_is_refused(client, keys, body, status):
    refused = await client.post(KEYS, json=body, headers=keys["admin"])
    assert (refused.status_code, refused.headers["content-type"]) == (status, "application/problem+json")


async def test_who_made_and_revoked_a_key_is_in_the_trail(client, keys):
    made = (await client.post(KEYS, json={"organisation": "beta", "role": "member"}, headers=keys["admin"])).json()
    await client.delete(f"{KEYS}/{made['known']['id']}", headers=keys["admin"])
    trail = (await client.get("/api/v1/audit", headers=keys["other staff"])).json()["entries"]
    admin = keys["admin"]["X-API-Key"][:11]
    assert [(each["who"], each["what"], each["subject"]) for each in trail[:2]] == [
        (f"key {admin}", "key revoked", made["known"]["id"]),
        (f"key {admin}", "key added", made["known"]["id"]),
    ]
