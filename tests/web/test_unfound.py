"""What is asked and not found: who is told what of it, and that nothing is kept unless somebody wants it."""

import msgspec
import pytest
from selectolax.lexbor import LexborHTMLParser

from tests.web.conftest import served, sign_in

UNFOUND = "/api/v1/unfound"


@pytest.fixture
def listening(settings):
    """A library that tells what was asked at least twice."""
    return msgspec.structs.replace(settings, unfound_askings=2)


async def told(client, headers) -> dict[str, int]:
    answer = (await client.get(UNFOUND, headers=headers)).json()
    return {each["question"]: each["askings"] for each in answer["questions"]}


async def ask_everywhere(settings, keys):
    """By the addresses of the API and the page, by body, and from widgets; by two people."""
    async with served(settings) as client:
        for headers in ({}, keys["member"]):
            await client.get("/api/v1/search", params={"q": "qqaddress"}, headers=headers)
            await client.get("/api/v1/search", params={"q": "qqaddress"}, headers=headers)
            await client.post("/api/v1/search", json={"q": "qqbody"}, headers=headers)
            await client.get("/", params={"q": "qqpage"}, headers=headers)
            widgets = [{"params": {"query": "qqwidget"}}, {"params": {"query": "qqwidget", "hitsPerPage": 0}}]
            await client.post("/api/v1/instantsearch", json={"requests": widgets}, headers=headers)
            await client.get("/api/v1/search", params={"q": "byt"}, headers=headers)
            await client.get("/api/v1/search", params={"q": "nájem", "language": "vi"}, headers=headers)
            await client.get("/api/v1/search", headers=headers)
        await client.get("/api/v1/search", params={"q": "qqonce"})


async def test_what_nobody_found_is_counted_however_it_was_asked(listening, keys):
    await ask_everywhere(listening, keys)
    async with served(listening) as client:
        found = await told(client, keys["staff"])
    assert found == {"qqaddress": 2, "qqbody": 2, "qqpage": 2, "qqwidget": 2}


async def test_nothing_is_kept_unless_somebody_wants_it_and_what_was_is_forgotten(exchange, settings, listening, keys):
    await ask_everywhere(settings, keys)
    assert await exchange.unfound.most_asked(1, 10) == []
    await ask_everywhere(listening, keys)
    assert await exchange.unfound.most_asked(1, 10) != []
    async with served(settings) as client:
        answer = (await client.get(UNFOUND, headers=keys["admin"])).json()
    assert answer == {"least": 0, "questions": []}
    assert await exchange.unfound.most_asked(1, 10) == []


async def test_staff_are_told_of_their_own_organisation_and_administrators_of_all(exchange, listening, keys):
    async with served(listening) as client:
        beta = {"X-API-Key": await exchange.accounts.add_key("beta", "staff")}
        for headers in (keys["other staff"], beta):
            await client.get("/api/v1/search", params={"q": "qqofbeta"}, headers=headers)
    async with served(listening) as client:
        assert await told(client, keys["other staff"]) == {"qqofbeta": 2}
        assert await told(client, keys["staff"]) == {}
        assert await told(client, keys["admin"]) == {"qqofbeta": 2}
        assert (await client.get(UNFOUND, headers=keys["member"])).status_code == 403
        assert (await client.get(UNFOUND)).status_code == 401


async def test_the_desk_has_it_as_a_chart_or_says_that_it_is_not_kept(exchange, settings, listening, keys):
    await ask_everywhere(listening, keys)
    shown = {}
    for name, each in (("on", listening), ("off", settings)):
        async with served(each) as client:
            await sign_in(exchange, client)
            page = LexborHTMLParser((await client.get("/desk/collection?lang=cs")).text)
        shown[name] = page.css_first("section[aria-labelledby=chart-unfound]")
    assert [each.text() for each in shown["on"].css("th a")] == ["qqaddress", "qqbody", "qqpage", "qqwidget"]
    assert shown["on"].css_first("th a").attributes["href"] == "/?q=qqaddress&lang=cs"
    assert "LIBRARY_UNFOUND_ASKINGS" in shown["off"].text()
