"""Somebody signs in by a link that an administrator has made."""

import re
from urllib.parse import parse_qs, urlsplit

import pytest

from library.__main__ import main
from library.errors import NotFound
from library.model import Role
from library.people import LINK_HOLDS, Person


@pytest.fixture
async def jana(exchange) -> str:
    """The address of one of Alfa's staff."""
    await exchange.people.add(Person(email="jana@alfa.example", organisation="alfa", role=Role.STAFF))
    return "jana@alfa.example"


async def followed(client, secret: str):
    return await client.post("/sign-in/link", data={"secret": secret})


async def test_who_opens_a_link_and_agrees_is_signed_in_at_the_desk(exchange, client, jana):
    secret = await exchange.people.link(jana)
    for _ in range(2):  # looking at it uses nothing up
        page = await client.get("/sign-in/link", params={"secret": secret})
    assert page.headers["cache-control"] == "no-store"
    back = await followed(client, re.search(r'name="secret" value="([^"]+)"', page.text)[1])
    assert (back.status_code, back.headers["location"]) == (303, "/desk")
    assert (await client.get("/api/v1/me")).json()["name"] == jana
    trail = await exchange.accounts.trail(organisation="alfa", limit=2)
    assert [each.what for each in trail] == ["signed in", "link made"]


async def test_a_form_on_another_site_signs_nobody_in(exchange, client, jana):
    secret = await exchange.people.link(jana)
    sent = {"data": {"secret": secret}, "headers": {"sec-fetch-site": "cross-site"}}
    assert (await client.post("/sign-in/link", **sent)).status_code == 403
    assert (await followed(client, secret)).status_code == 303


async def test_a_member_is_led_to_the_search(exchange, client):
    await exchange.people.add(Person(email="petr@beta.example", organisation="beta", role=Role.MEMBER))
    assert (await followed(client, await exchange.people.link("petr@beta.example"))).headers["location"] == "/"


async def test_a_link_holds_once_until_the_next_and_for_an_hour(exchange, client, jana, monkeypatch):
    replaced, used = await exchange.people.link(jana), await exchange.people.link(jana)
    assert (await followed(client, used)).status_code == 303
    client.cookies.clear()
    old = await exchange.people.link(jana)
    monkeypatch.setattr("library.people.LINK_HOLDS", -LINK_HOLDS)
    for secret in (replaced, used, old, "", "x" * 10_000):
        refused = await followed(client, secret)
        assert (refused.status_code, "older than an hour" in refused.text) == (401, True)
    assert "session" not in client.cookies


async def test_the_link_of_somebody_who_was_removed_leads_nowhere(exchange, client, jana):
    secret = await exchange.people.link(jana)
    await exchange.people.remove(jana)
    assert (await followed(client, secret)).status_code == 401
    with pytest.raises(NotFound):
        await exchange.people.link(jana)


async def test_the_file_does_not_hold_the_secret(exchange, jana):
    secret = await exchange.people.link(jana)
    assert secret.encode() not in b"".join(path.read_bytes() for path in exchange.settings.data.glob("library.sqlite*"))


def test_the_command_prints_the_whole_address(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("LIBRARY_DATA", str(tmp_path))
    monkeypatch.setenv("LIBRARY_PUBLIC_URL", "https://library.example/")
    assert main(["people", "link", "jana@alfa.example"]) != 0
    assert "no person" in capsys.readouterr().err
    assert main(["organisations", "add", "alfa", "--name", "Alfa"]) == 0
    assert main(["people", "add", "jana@alfa.example", "--organisation", "alfa", "--role", "staff"]) == 0
    assert main(["people", "link", "jana@alfa.example"]) == 0
    link = urlsplit(capsys.readouterr().out.strip())
    assert (link.scheme, link.netloc, link.path) == ("https", "library.example", "/sign-in/link")
    assert len(parse_qs(link.query)["secret"][0]) > 40
