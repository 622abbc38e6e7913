"""The description is clean for others' tools, and a program whose types are made from it runs against the library."""

import json
import shutil
from importlib.resources import files

import httpx
import pytest

from tests.front.conftest import node

DESCRIPTION = str(files("library.web").joinpath("openapi.json"))


@pytest.mark.usefixtures("built")
def test_the_description_is_clean_under_the_rules_that_redocly_recommends():
    said = json.loads(node("redocly", "lint", "--extends=recommended", "--format=json", DESCRIPTION))
    assert (said["totals"]["errors"], said["totals"]["warnings"]) == (0, 0)


def test_a_typed_client_compiles_under_strict_and_finds_what_the_api_finds(built, demo):
    sources, made = built / "client", built / ".build"
    node("openapi-typescript", DESCRIPTION, "--output", str(sources / "schema.d.ts"))
    shutil.rmtree(made, ignore_errors=True)
    node("tsc", "--project", str(sources))
    said = json.loads(node("node", str(made / "program.js"), demo))

    asked = {
        "q": "děti",
        "language": ["cs", "uk"],
        "year_from": 2015,
        "facets": "topic,kind",
        "sort": "title",
        "lang": "cs",
    }
    found = httpx.get(f"{demo}/api/v1/search", params=asked).json()
    assert said["total"] == found["total"] > 0
    assert said["titles"] == [each["title"] for each in found["items"]]
    assert said["counts"] == {value["value"]: value["count"] for value in found["facets"]["topic"]["values"]}
    document = httpx.get(demo + found["items"][0]["links"]["self"]).json()
    assert said["described"] == document["activities" if document["kind"] == "practice" else "findings"]
    assert said["studies"] == httpx.get(f"{demo}/api/v1/search", params={"q": "děti", "kind": "study"}).json()["total"]
    assert said["refused"] == [["facet_size", "query"]]
    everything = httpx.get(f"{demo}/api/v1/search").json()["total"]
    assert len(set(said["all"])) == len(said["all"]) == everything
