"""Who is let in, and what each may do."""

import msgspec
import pytest

from library.model import Role
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


@pytest.mark.parametrize("path", ["/api/v1/jobs", "/api/v1/jobs/j1"])
async def test_jobs_are_for_the_staff(client, keys, path):
    assert (await client.get(path)).status_code == 401
    refused = await client.get(path, headers=keys["member"])
    assert (refused.status_code, refused.json()["type"]) == (403, "/problems/not-allowed")
