"""Every status that an error can have: its shape, what its headers say, and a page that explains that very error."""

import shutil

import httpx
import msgspec
import pytest

from tests.web.conftest import served

SHAPE = ["type", "title", "status", "detail", "request_id", "errors"]
JSON = {"content-type": "application/json"}
P1 = "/api/v1/documents/p1"

ERRORS = {
    400: ("GET", "/api/v1/search?langauge=cs", None, {}, b""),
    401: ("GET", "/api/v1/jobs", None, {}, b""),
    403: ("GET", "/api/v1/jobs", "member", {}, b""),
    404: ("GET", "/api/v1/documents/nothing", None, {}, b""),
    405: ("PUT", "/api/v1/search", None, {}, b""),
    406: ("GET", P1, None, {"accept": "image/png"}, b""),
    412: ("PATCH", P1, "admin", {**JSON, "if-match": '"another"'}, b'{"year": 2020}'),
    413: ("POST", "/api/v1/search", None, JSON, b" " * 1_000_001),
    414: ("GET", "/api/v1/search?q=" + "a" * 20_000, None, {}, b""),
    415: ("POST", "/api/v1/keys", "admin", {"content-type": "text/plain"}, b"{}"),
    428: ("PATCH", P1, "admin", JSON, b'{"year": 2020}'),
}


def check(answer: httpx.Response, status: int) -> dict:
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["cache-control"] == "no-store"
    problem = answer.json()
    assert list(problem) == SHAPE
    assert problem["status"] == status
    assert problem["request_id"] == answer.headers["x-request-id"]
    assert problem["detail"]
    return problem


async def check_page(client, problem):
    page = await client.get(problem["type"])
    assert (page.status_code, page.headers["content-type"]) == (200, "text/html; charset=utf-8")
    assert problem["title"] in page.text
    assert str(problem["status"]) in page.text


@pytest.mark.parametrize("status", ERRORS)
async def test_an_error_of_each_status_has_its_shape_and_its_page(client, keys, status):
    method, path, who, headers, body = ERRORS[status]
    headers = {**headers, **(keys[who] if who else {})}
    await check_page(client, check(await client.request(method, path, headers=headers, content=body), status))


async def test_so_has_a_description_that_cannot_be_public(client, keys):
    etag = (await client.get("/api/v1/documents/mem", headers=keys["admin"])).headers["etag"]
    headers = {**keys["admin"], **JSON, "if-match": etag}
    refused = await client.patch("/api/v1/documents/mem", json={"visibility": "public"}, headers=headers)
    problem = check(refused, 422)
    assert {"name", "in", "reason"} == set(problem["errors"][0])
    await check_page(client, problem)


async def test_so_has_another_file_under_the_same_idempotency_key(client, keys):
    headers = {**keys["staff"], "idempotency-key": "k1"}
    first, other = [
        await client.post("/api/v1/documents", files={"file": ("a.txt", content)}, headers=headers)
        for content in (b"one", b"another")
    ]
    assert first.status_code == 202
    await check_page(client, check(other, 409))


async def test_so_has_what_is_asked_too_often(exchange):
    async with served(msgspec.structs.replace(exchange.settings, requests_per_minute=1)) as client:
        await client.get("/api/v1/topics")
        refused = await client.get("/api/v1/topics")
        assert int(refused.headers["retry-after"]) > 0
        await check_page(client, check(refused, 429))


async def test_so_has_what_is_being_mended(exchange, client):
    shutil.rmtree(exchange.settings.data / "index")
    refused = await client.get("/api/v1/search")
    assert int(refused.headers["retry-after"]) > 0
    await check_page(client, check(refused, 503))


async def test_an_unknown_parameter_is_named_with_the_nearest_known_one(client):
    problem = check(await client.get("/api/v1/search?langauge=cs"), 400)
    (reason,) = problem["errors"]
    assert (reason["name"], reason["in"]) == ("langauge", "query")
    assert "did you mean 'language'" in reason["reason"]


async def test_a_refusal_says_how_to_sign_in_and_what_methods_there_are(client):
    assert (await client.get("/api/v1/jobs")).headers["www-authenticate"].startswith("Bearer")
    assert "GET" in (await client.put("/api/v1/search")).headers["allow"]
