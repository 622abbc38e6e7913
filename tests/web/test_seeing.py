"""Whoever runs the library sees how it does: a line of JSON a request, and figures for Prometheus."""

import json
import logging

import msgspec
import pytest

from library.web.logs import JsonLines
from tests.web.conftest import served


@pytest.fixture
def lines(caplog):
    """The log so far, as objects."""
    caplog.set_level(logging.INFO, logger="library.web")

    def read():
        form = JsonLines()
        return [json.loads(form.format(each)) for each in caplog.records if each.name.startswith("library")]

    return read


async def test_a_request_is_a_line_with_its_id_route_status_and_caller(client, keys, lines):
    await client.get("/api/v1/documents/p1?x=1", headers={"x-request-id": "r1"})
    await client.get("/api/v1/documents/p1", headers={"x-request-id": "r2", **keys["member"]})
    refused, found = [line for line in lines() if line.get("request_id") in ("r1", "r2")]
    assert (refused["status"], refused["caller"]) == (400, "")
    assert (found["method"], found["route"], found["status"]) == ("GET", "/api/v1/documents/{document_id}", 200)
    assert found["caller"] == f"key {keys['member']['X-API-Key'][:11]}"
    assert found["ms"] > 0
    assert keys["member"]["X-API-Key"] not in str(lines())


async def test_what_people_look_for_is_in_the_log_only_where_the_settings_want_it(exchange, lines):
    for wanted in (False, True):
        async with served(msgspec.structs.replace(exchange.settings, log_queries=wanted)) as client:
            await client.get("/api/v1/search?q=azyl")
        assert ("azyl" in str(lines())) is wanted


def test_a_failure_is_one_line_with_its_trace():
    try:
        int("first\nsecond")
    except ValueError as error:
        record = logging.LogRecord(
            "library", logging.ERROR, "", 0, "it %s", ("failed",), (ValueError, error, error.__traceback__)
        )
    written = JsonLines().format(record)
    assert "\n" not in written
    assert (json.loads(written)["message"], json.loads(written)["level"]) == ("it failed", "error")
    assert "ValueError: invalid literal" in json.loads(written)["exception"]


async def figures(client, keys):
    answer = await client.get("/metrics", headers=keys["admin"])
    assert answer.status_code == 200
    return answer.text


async def test_latency_is_told_by_route_never_by_what_was_asked(client, keys):
    for document in ("p1", "s1", "secret"):
        await client.get(f"/api/v1/documents/{document}")
    text = await figures(client, keys)
    route = 'method="GET",route="/api/v1/documents/{document_id}"'
    assert f'library_request_seconds_count{{{route},status="200"}} 2.0' in text
    assert f'library_request_seconds_count{{{route},status="404"}} 1.0' in text
    assert "secret" not in text


async def test_queue_index_and_remembered_answers_are_told(exchange, client, keys):
    for _ in range(3):
        await client.get("/api/v1/search?q=byt")
    text = await figures(client, keys)
    assert 'library_jobs{state="waiting"} 0.0' in text
    assert f'generation="{await exchange.index.generation()}",state="ready"' in text
    assert "library_unindexed_documents 0.0" in text
    asked = [line for line in text.splitlines() if line.startswith("library_answers{")]
    assert any('what="asked"} 3.0' in line for line in asked)
    assert any('what="worked out"} 1.0' in line for line in asked)


@pytest.mark.parametrize(("who", "status"), [(None, 401), ("staff", 403)])
async def test_figures_are_for_administrators(client, keys, who, status):
    assert (await client.get("/metrics", headers=keys[who] if who else {})).status_code == status
