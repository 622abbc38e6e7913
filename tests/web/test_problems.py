"""Errors: one shape for all, and a page for each that says what to do."""

import logging
import shutil

import pytest

from library import errors
from library.errors import ExtractionFailed, LibraryError
from library.web import problems
from library.web.problems import CURES, STATUS, status_of

SHAPE = ["type", "title", "status", "detail", "request_id", "errors"]


async def test_an_address_without_anything_is_a_problem(client):
    answer = await client.get("/nowhere", headers={"x-request-id": "r1"})
    assert answer.headers["content-type"] == "application/problem+json"
    assert list(answer.json()) == SHAPE
    assert (answer.json()["status"], answer.json()["request_id"], answer.json()["errors"]) == (404, "r1", [])
    assert answer.headers["cache-control"] == "no-store"


async def test_a_wrong_method_is_a_problem_that_says_which_are_right(client):
    answer = await client.put("/api/v1/search")
    assert (answer.status_code, list(answer.json())) == (405, SHAPE)
    assert {"GET", "HEAD", "POST"} <= set(answer.headers["allow"].split(", "))


async def test_head_where_there_is_only_post_is_refused(client):
    answer = await client.head("/api/v1/documents/p1/restore")
    assert (answer.status_code, answer.content) == (405, b"")


async def test_a_body_that_is_too_large_is_a_problem(client):
    answer = await client.post("/api/v1/search", content=b"x" * 1_000_001, headers={"content-type": "application/json"})
    assert (answer.status_code, answer.json()["type"]) == (413, "/problems/too-large")


async def test_a_fault_of_ours_tells_its_id_and_nothing_else(client, caplog):
    client._transport.app.app.state.exchange = None
    with caplog.at_level(logging.ERROR):
        answer = await client.get("/api/v1/organisations", headers={"x-request-id": "r500"})
    assert (answer.status_code, list(answer.json()), answer.json()["type"]) == (500, SHAPE, "/problems/internal-error")
    assert "NoneType" not in answer.text
    assert "r500" in caplog.text
    assert "NoneType" in caplog.text


async def test_an_unavailable_library_says_when_to_come_back(exchange, client):
    shutil.rmtree(exchange.settings.data / "index")
    answer = await client.get("/api/v1/search")
    assert (answer.status_code, answer.json()["type"]) == (503, "/problems/index-unavailable")
    assert int(answer.headers["retry-after"]) > 0


def kinds(kind: type[LibraryError] = LibraryError) -> list[type[LibraryError]]:
    return [kind, *(narrower for below in kind.__subclasses__() for narrower in kinds(below))]


@pytest.mark.parametrize("kind", [k for k in kinds() if k.__module__ in (errors.__name__, problems.__name__)])
async def test_every_kind_of_error_has_a_page_that_says_what_to_do(client, kind):
    answer = await client.get(f"/problems/{kind.code}")
    assert (answer.status_code, answer.headers["content-type"]) == (200, "text/html; charset=utf-8")
    assert kind.title in answer.text
    assert str(status_of(kind)) in answer.text
    assert "default-src 'none'" in answer.headers["content-security-policy"]


def test_no_page_explains_what_cannot_happen():
    assert set(CURES) <= {kind.code for kind in kinds()}


def test_an_error_without_a_status_of_its_own_has_its_ancestors():
    assert status_of(errors.IndexBusy) == 503
    assert status_of(errors.EncryptedFile) == STATUS[ExtractionFailed]


async def test_a_problem_that_is_not_known_is_a_404_without_what_was_asked_as_html(client):
    answer = await client.get("/problems/<script>")
    assert (answer.status_code, answer.headers["content-type"]) == (404, "application/problem+json")
