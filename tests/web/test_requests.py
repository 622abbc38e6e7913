"""What every answer has, whoever made it."""

import asyncio
import logging

import pytest

from library.settings import Settings
from library.web.metrics import Metrics
from library.web.requests import EveryRequest


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/healthz", 200),
        ("GET", "/nowhere", 404),
        ("DELETE", "/api/v1/search", 405),
        ("GET", "/api/v1/search?x=1", 400),
    ],
)
async def test_every_answer_has_an_id_and_safe_headers(client, method, path, status):
    answer = await client.request(method, path)
    assert answer.status_code == status
    assert len(answer.headers["x-request-id"]) == 32
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "frame-ancestors 'none'" in answer.headers["content-security-policy"]


@pytest.mark.parametrize(("given", "kept"), [("abc-1", True), ("a b", False), ("x" * 65, False), ("<script>", False)])
async def test_a_callers_id_is_kept_where_it_is_harmless(client, given, kept):
    answer = await client.get("/healthz", headers={"x-request-id": given})
    assert (answer.headers["x-request-id"] == given) is kept


@pytest.mark.parametrize(
    "path",
    ["/api/v1/search", "/api/v1/topics", "/api/v1/documents/p1", "/healthz", "/readyz", "/openapi.json", "/docs"],
)
async def test_head_works_wherever_get_does(client, path):
    got, headed = await client.get(path), await client.head(path)
    assert (headed.status_code, headed.content) == (got.status_code, b"")
    assert headed.headers["content-type"] == got.headers["content-type"]


async def test_the_log_has_a_line_a_request_but_never_what_people_look_for(client, caplog):
    with caplog.at_level(logging.INFO, logger="library.web"):
        await client.get("/api/v1/search", params={"q": "azyl"}, headers={"x-request-id": "r7"})
    (line,) = [record.getMessage() for record in caplog.records if record.getMessage().startswith("r7")]
    assert "/api/v1/search" in line
    assert "azyl" not in caplog.text


async def test_what_breaks_outside_every_handler_is_a_problem_too():
    async def broken(_scope, _receive, _send):
        raise RuntimeError("before anything was sent")

    sent = []

    async def send(message):
        sent.append(message)

    scope = {"type": "http", "method": "GET", "path": "/", "headers": []}
    await EveryRequest(broken, Settings(), Metrics())(scope, asyncio.Queue().get, send)
    assert [message["type"] for message in sent] == ["http.response.start", "http.response.body"]
    assert sent[0]["status"] == 500
    assert b"/problems/internal-error" in sent[1]["body"]


async def test_half_an_answer_is_cut_off_not_completed():
    async def broken(_scope, _receive, send):
        await send({"type": "http.response.start", "status": 200, "headers": []})
        raise RuntimeError("in the middle")

    async def send(message):
        assert message["type"] == "http.response.start"

    scope = {"type": "http", "method": "GET", "path": "/", "headers": []}
    with pytest.raises(RuntimeError):
        await EveryRequest(broken, Settings(), Metrics())(scope, asyncio.Queue().get, send)
