"""The contract is a file that is kept, that others' tools understand, and that no release may break."""

import copy
import json
from pathlib import Path

import pytest
from openapi_spec_validator import validate

from library.web.contract import committed, described, written
from tests.web.breaking import breaking_changes

RELEASED = Path(__file__).with_name("released_openapi.json")
"""The description of the last release. A release copies library/web/openapi.json here; nothing else touches it."""
DOCUMENT = "/api/v1/documents/{document_id}"


@pytest.fixture(scope="module")
def present():
    return described()


def test_the_committed_description_is_the_one_that_is_served(present):
    assert written(present) == written(committed()), "run `make openapi` and say in CHANGELOG.md what is new"


async def test_it_is_served_as_it_is_committed(client):
    assert (await client.get("/openapi.json")).json() == committed()


def test_it_is_valid(present):
    validate(present)


def test_nothing_of_the_last_release_was_taken_away(present):
    released = json.loads(RELEASED.read_text(encoding="utf-8"))
    assert breaking_changes(released, present) == []


def changed(present, change):
    after = copy.deepcopy(present)
    change(after)
    return breaking_changes(present, after)


def parameter(document, name, path="/api/v1/search"):
    return next(each for each in document["paths"][path]["get"]["parameters"] if each["name"] == name)


def item(document):
    return document["components"]["schemas"]["FoundItem"]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda it: it["paths"].pop("/api/v1/suggest"), "GET /api/v1/suggest is gone"),
        (lambda it: it["paths"][DOCUMENT].pop("patch"), f"PATCH {DOCUMENT} is gone"),
        (lambda it: parameter(it, "topic").update(name="topics"), "GET /api/v1/search no longer takes topic"),
        (lambda it: parameter(it, "q").update(required=True), "GET /api/v1/search now needs q"),
        (
            lambda it: parameter(it, "sort")["schema"]["enum"].remove("title"),
            "GET /api/v1/search sort no longer takes title",
        ),
        (lambda it: parameter(it, "q")["schema"].update(type="integer"), "GET /api/v1/search q no longer takes string"),
        (
            lambda it: parameter(it, "per_page")["schema"].update(maximum=50),
            "GET /api/v1/search per_page has a smaller maximum",
        ),
        (lambda it: item(it)["properties"].pop("year"), "FoundItem.year is gone"),
        (lambda it: item(it)["required"].remove("title"), "FoundItem.title may now be missing"),
        (lambda it: item(it)["properties"]["id"].update(type=["string", "null"]), "FoundItem.id may now be null"),
        (lambda it: it["components"]["schemas"]["Problem"]["properties"].pop("errors"), "Problem.errors is gone"),
        (
            lambda it: it["paths"][DOCUMENT]["get"]["responses"]["200"]["content"].pop("application/x-bibtex"),
            f"GET {DOCUMENT} no longer answers 200 as application/x-bibtex",
        ),
        (
            lambda it: it["paths"]["/api/v1/search"]["get"].update(operationId="find"),
            "GET /api/v1/search is called find, not search",
        ),
    ],
)
def test_what_would_break_a_page_is_noticed(present, change, said):
    assert said in changed(present, change)


@pytest.mark.parametrize(
    "change",
    [
        lambda it: it["paths"].update({"/api/v1/new": it["paths"]["/api/v1/topics"]}),
        lambda it: item(it)["properties"].update(new={"type": "string"}),
        lambda it: it["paths"]["/api/v1/search"]["get"]["parameters"].append(
            {"name": "new", "in": "query", "schema": {"type": "string"}}
        ),
        lambda it: parameter(it, "sort")["schema"]["enum"].append("length"),
        lambda it: it["paths"]["/api/v1/search"]["get"]["responses"].update({"410": {"description": "Gone"}}),
        lambda it: it["info"].update(description="Other words."),
    ],
)
def test_what_adds_to_the_contract_breaks_nothing(present, change):
    assert changed(present, change) == []
