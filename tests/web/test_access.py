"""Who is let in, and what each may do."""

from datetime import UTC, datetime, timedelta

import msgspec
import pytest
from litestar import Litestar, get

from library.model import Role, Scope
from library.web.access import check_needs
from tests.web.conftest import served

SEARCH = "/api/v1/search"
EVERY_PATH = (SEARCH, "/api/v1/documents/p1", "/api/v1/topics", "/api/v1/organisations", "/api/v1/vocabulary/topic")


@pytest.mark.parametrize("path", EVERY_PATH)
async def test_an_open_library_needs_no_key(client, path):
    assert (await client.get(path)).status_code == 200


@pytest.mark.parametrize("path", EVERY_PATH)
async def test_a_closed_library_needs_one(exchange, keys, path):
    async with served(msgspec.structs.replace(exchange.settings, anonymous=False)) as client:
        refused = await client.get(path)
        assert refused.status_code == 401
        assert refused.headers["www-authenticate"].startswith("Bearer")
        assert (await client.get(path, headers=keys["member"])).status_code == 200


@pytest.mark.parametrize("path", EVERY_PATH)
@pytest.mark.parametrize(
    "headers",
    [
        {"x-api-key": "gp_wrong"},
        {"x-api-key": ""},
        {"authorization": "Bearer gp_wrong"},
        {"authorization": "Bearer"},
        {"authorization": "Basic YTpi"},
        {"x-api-key": "ž".encode()},
    ],
)
async def test_a_key_that_is_not_valid_is_no_key(client, path, headers):
    refused = await client.get(path, headers=headers)
    assert (refused.status_code, refused.json()["type"]) == (401, "/problems/not-signed-in")
    assert refused.headers["www-authenticate"].startswith("Bearer")


async def test_a_revoked_key_lets_nobody_in(exchange, client):
    key = await exchange.accounts.add_key("alfa", Role.MEMBER)
    assert (await client.get(SEARCH, headers={"authorization": f"bearer {key}"})).json()["total"] == 3
    for record in await exchange.accounts.keys():
        await exchange.accounts.revoke_key(record.id)
    assert (await client.get(SEARCH, headers={"authorization": f"bearer {key}"})).status_code == 401


async def test_a_key_in_an_address_is_refused_not_used(client):
    assert (await client.get(SEARCH, params={"api_key": "gp_x"})).status_code == 400


async def test_an_expired_key_lets_nobody_in(exchange, client):
    expired = datetime.now(UTC) - timedelta(seconds=1)
    key = await exchange.accounts.add_key("alfa", Role.MEMBER, expires=expired)
    assert (await client.get(SEARCH, headers={"x-api-key": key})).status_code == 401


async def test_a_key_is_good_for_its_scopes_only(exchange, client):
    key = await exchange.accounts.add_key("alfa", Role.STAFF, scopes=(Scope.SEARCH,))
    headers = {"x-api-key": key}
    assert (await client.get(SEARCH, headers=headers)).status_code == 200
    for path in ("/api/v1/documents/p1", "/api/v1/documents/nothing", "/api/v1/jobs", "/api/v1/audit"):
        refused = await client.get(path, headers=headers)
        assert (refused.status_code, refused.json()["type"]) == (403, "/problems/not-allowed")
        assert "'search'" in refused.json()["detail"]


def test_a_route_that_does_not_say_what_it_needs_stops_the_start():
    @get("/forgotten")
    async def forgotten() -> None: ...

    with pytest.raises(LookupError, match="/forgotten does not say who may call it"):
        check_needs(Litestar([forgotten], openapi_config=None, logging_config=None))


@pytest.mark.parametrize("path", ["/api/v1/jobs", "/api/v1/jobs/j1"])
async def test_jobs_are_for_the_staff(client, keys, path):
    assert (await client.get(path)).status_code == 401
    refused = await client.get(path, headers=keys["member"])
    assert (refused.status_code, refused.json()["type"]) == (403, "/problems/not-allowed")
