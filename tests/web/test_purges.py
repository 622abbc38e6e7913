"""Administrators remove documents for good."""

PATH = "/api/v1/documents/p1/purge"


async def test_only_administrators_may(client, keys):
    for who, status in (("member", 403), ("staff", 403), ("admin", 200)):
        answer = await client.post(PATH, json={"reason": "na žádost"}, headers=keys[who])
        assert answer.status_code == status, who
    assert (await client.post(PATH, json={"reason": "x"})).status_code == 401
    assert (await client.get("/api/v1/purges", headers=keys["staff"])).status_code == 403


async def test_it_is_nowhere_and_that_it_was_purged_is_known(client, keys):
    purged = (await client.post(PATH, json={"reason": "na žádost"}, headers=keys["admin"])).json()
    assert (purged["document"], purged["reason"], purged["who"][:7]) == ("p1", "na žádost", "key gp_")
    assert (await client.get("/api/v1/purges", headers=keys["admin"])).json()["documents"] == [purged]
    assert (await client.get("/api/v1/documents/p1", headers=keys["admin"])).status_code == 404
    assert (await client.get("/api/v1/search", params={"q": "kauce"}, headers=keys["admin"])).json()["total"] == 0


async def test_a_purge_says_why(client, keys):
    for body in ({}, {"reason": ""}):
        assert (await client.post(PATH, json=body, headers=keys["admin"])).status_code == 400
    assert (
        await client.post("/api/v1/documents/zz/purge", json={"reason": "x"}, headers=keys["admin"])
    ).status_code == 404
