"""Who asks too often is told when to come back; the first proxy that is not ours cannot lie about who asks."""

import msgspec
import pytest

from library.model import Role
from tests.web.conftest import served

TOPICS = "/api/v1/topics"


@pytest.fixture
def strict(exchange):
    """Settings with limits that are soon reached."""
    return msgspec.structs.replace(
        exchange.settings, requests_per_minute=3, key_requests_per_minute=5, wrong_keys_per_minute=2
    )


async def test_every_answer_says_how_often_one_may_still_ask(strict):
    async with served(strict) as client:
        first, second = [(await client.get(TOPICS)).headers for _ in range(2)]
    assert (first["ratelimit-limit"], first["ratelimit-remaining"], first["ratelimit-reset"]) == ("3", "2", "20")
    assert second["ratelimit-remaining"] == "1"


async def test_who_asks_too_often_is_told_when_to_come_back(strict):
    async with served(strict) as client:
        answers = [await client.get(TOPICS) for _ in range(4)]
    assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
    refused = answers[-1]
    assert refused.headers["content-type"] == "application/problem+json"
    assert refused.json()["type"] == "/problems/too-many-requests"
    assert 1 <= int(refused.headers["retry-after"]) <= 20
    assert refused.headers["ratelimit-remaining"] == "0"


async def test_a_key_is_counted_by_itself_wherever_it_is_used_from(exchange, strict):
    key = {"x-api-key": await exchange.accounts.add_key("alfa", Role.MEMBER)}
    async with served(strict) as client:
        for _ in range(4):
            await client.get(TOPICS)
        assert [(await client.get(TOPICS, headers=key)).status_code for _ in range(6)] == [200] * 5 + [429]


async def test_two_processes_count_together(strict):
    async with served(strict) as one, served(strict) as other:
        statuses = [(await client.get(TOPICS)).status_code for client in (one, other, one, other)]
    assert statuses == [200, 200, 200, 429]


async def test_who_guesses_keys_is_soon_not_even_listened_to(exchange, strict):
    key = {"x-api-key": await exchange.accounts.add_key("alfa", Role.MEMBER)}
    async with served(strict) as client:
        guesses = [(await client.get(TOPICS, headers={"x-api-key": f"gp_{n}"})).status_code for n in range(3)]
        assert guesses == [401, 401, 429]
        assert (await client.get(TOPICS, headers=key)).status_code == 429


async def test_health_is_never_counted(strict):
    async with served(strict) as client:
        assert [(await client.get("/healthz")).status_code for _ in range(10)] == [200] * 10


async def test_nobody_is_believed_about_another_address_but_a_proxy_of_ours(strict):
    def sent_from(*hops: str) -> dict[str, str]:
        return {"x-forwarded-for": ", ".join(hops)}

    async with served(strict) as client:
        statuses = [(await client.get(TOPICS, headers=sent_from(f"10.0.0.{n}"))).status_code for n in range(4)]
    assert statuses == [200, 200, 200, 429]
    (strict.data / "limits").unlink()
    behind = msgspec.structs.replace(strict, trusted_proxies=("127.0.0.1",))
    async with served(behind) as client:
        # The last hop is the one that our proxy saw; what stands before it anybody may write.
        statuses = [
            (await client.get(TOPICS, headers=sent_from(f"10.9.9.{n}", "10.0.0.1"))).status_code for n in range(4)
        ]
        assert statuses == [200, 200, 200, 429]
        assert (await client.get(TOPICS, headers=sent_from("10.0.0.2"))).status_code == 200


async def test_a_network_of_ipv6_addresses_is_one_caller(strict):
    behind = msgspec.structs.replace(strict, trusted_proxies=("127.0.0.1",))
    async with served(behind) as client:
        hops = [f"2001:db8:1:2::{n}" for n in range(1, 5)]
        statuses = [(await client.get(TOPICS, headers={"x-forwarded-for": hop})).status_code for hop in hops]
    assert statuses == [200, 200, 200, 429]
