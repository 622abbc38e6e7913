"""The description of the API says everything, and Swagger UI shows it without any other host."""

import msgspec
import pytest

from library.search import FACETS
from library.web.search_parameters import NAMES

WITHOUT_JSON = {
    "original",
    "version_original",
    "export",
    "job_events",
    "batch_events",
    "withdraw_document",
    "revoke_key",
}
METHODS = ("get", "post", "put", "patch", "delete")
OPERATIONS = {
    "GET /api/v1/search": "search",
    "POST /api/v1/search": "search_by_body",
    "POST /api/v1/instantsearch": "instantsearch",
    "GET /api/v1/suggest": "suggest",
    "GET /api/v1/unfound": "unfound_questions",
    "GET /api/v1/facets/{field}": "facet_values",
    "GET /api/v1/statistics": "statistics",
    "GET /api/v1/export": "export",
    "GET /api/v1/documents": "documents",
    "GET /api/v1/documents/{document_id}": "document",
    "PUT /api/v1/documents/{document_id}": "replace_document",
    "PATCH /api/v1/documents/{document_id}": "change_document",
    "DELETE /api/v1/documents/{document_id}": "withdraw_document",
    "POST /api/v1/documents/{document_id}/restore": "restore_document",
    "GET /api/v1/documents/{document_id}/pages/{number}": "page",
    "GET /api/v1/documents/{document_id}/similar": "similar",
    "GET /api/v1/documents/{document_id}/files/{name}": "original",
    "GET /api/v1/purges": "purges",
    "GET /api/v1/resemblances": "resemblances",
    "GET /api/v1/documents/{document_id}/resemblances": "document_resemblances",
    "POST /api/v1/documents/{document_id}/resemblances/{other}": "decide_resemblance",
    "GET /api/v1/documents/{document_id}/versions": "versions",
    "GET /api/v1/documents/{document_id}/versions/{number}": "version",
    "GET /api/v1/documents/{document_id}/versions/{number}/pages/{page_number}": "version_page",
    "GET /api/v1/documents/{document_id}/versions/{number}/files/{name}": "version_original",
    "POST /api/v1/documents/{document_id}/purge": "purge",
    "GET /api/v1/personal-data": "held_documents",
    "GET /api/v1/documents/{document_id}/personal-data": "personal_data",
    "POST /api/v1/documents/{document_id}/personal-data": "confirm_personal_data",
    "POST /api/v1/documents/{document_id}/personal-data/leave": "leave_with_members",
    "GET /api/v1/needs": "documents_in_need",
    "POST /api/v1/documents": "hand_in",
    "GET /api/v1/jobs": "jobs",
    "GET /api/v1/jobs/{job_id}": "job",
    "GET /api/v1/jobs/{job_id}/events": "job_events",
    "POST /api/v1/jobs/{job_id}/retry": "retry_job",
    "GET /api/v1/batches": "batches",
    "POST /api/v1/batches": "hand_in_together",
    "GET /api/v1/batches/{batch_id}": "batch",
    "GET /api/v1/batches/{batch_id}/events": "batch_events",
    "POST /api/v1/batches/{batch_id}/{change}": "change_batch",
    "GET /api/v1/me": "me",
    "GET /api/v1/audit": "audit",
    "GET /api/v1/keys": "keys",
    "POST /api/v1/keys": "make_key",
    "DELETE /api/v1/keys/{key_id}": "revoke_key",
    "GET /api/v1/topics": "topics",
    "GET /api/v1/organisations": "organisations",
    "GET /api/v1/organisations/{organisation_id}": "organisation",
    "GET /api/v1/vocabulary": "vocabulary_lists",
    "GET /api/v1/vocabulary/{list_id}": "vocabulary_list",
    "GET /api/v1/vocabulary/concepts": "vocabulary_concepts",
    "GET /vocabulary/concepts.ttl": "vocabulary_concepts_in_skos",
    "GET /healthz": "alive",
    "GET /readyz": "ready",
    "GET /problems/{code}": "explain_problem",
}
"""The promise: nothing of this goes away."""


@pytest.fixture
async def description(client):
    return (await client.get("/openapi.json")).json()


def operations(description):
    for path, item in description["paths"].items():
        for method in METHODS:
            if method in item:
                yield f"{method.upper()} {path}", item[method]


async def test_every_route_is_described_under_an_id_of_its_own(description):
    assert {name: operation["operationId"] for name, operation in operations(description)} == OPERATIONS
    assert len(set(OPERATIONS.values())) == len(OPERATIONS)


async def test_errors_are_described_as_problems(description):
    for name, operation in operations(description):
        for status, answer in operation["responses"].items():
            if int(status) >= 400 and name.split()[1].startswith("/api"):
                schema = answer["content"]["application/problem+json"]["schema"]
                assert schema == {"$ref": "#/components/schemas/Problem"}, (name, status)


async def test_successes_have_a_type(description):
    for name, operation in operations(description):
        if name.split()[1].startswith("/api") and operation["operationId"] not in WITHOUT_JSON:
            success = next(answer for status, answer in operation["responses"].items() if status.startswith("2"))
            schema = success["content"]["application/json"]["schema"]
            assert "$ref" in schema or "oneOf" in schema, name


async def test_every_member_of_an_answer_is_always_there(description):
    bodies = msgspec.json.encode([operation.get("requestBody", {}) for _, operation in operations(description)])
    for name, schema in description["components"]["schemas"].items():
        if schema.get("type") == "object" and f'/{name}"'.encode() not in bodies:
            assert set(schema["required"]) == set(schema["properties"]), name


async def test_names_are_written_with_underscores(description):
    for name, schema in description["components"]["schemas"].items():
        for member in schema.get("properties", {}) if not name.startswith("Instant") else ():
            assert member == member.lower(), (name, member)
            assert "-" not in member


async def test_a_search_is_described_with_all_its_parameters(description):
    parameters = {each["name"] for each in description["paths"]["/api/v1/search"]["get"]["parameters"]}
    body = description["paths"]["/api/v1/search"]["post"]["requestBody"]["content"]["application/json"]["schema"]
    assert parameters == set(body["properties"]) == NAMES
    assert {*FACETS, *(f"not_{field}" for field in FACETS), "q", "cursor"} <= parameters


async def test_keys_are_described_in_headers_only(description):
    schemes = description["components"]["securitySchemes"]
    assert {scheme["type"] for scheme in schemes.values()} == {"http", "apiKey"}
    assert schemes["header"]["in"] == "header"


async def test_the_pages_about_the_api_come_from_here_alone(client):
    page = await client.get("/docs")
    assert page.headers["content-type"].startswith("text/html")
    assert "http" not in page.text.replace("https://", "http://").split("<body>")[0].replace("<!DOCTYPE html>", "")
    assert "script-src 'self'" in page.headers["content-security-policy"]
    for name, media_type in (
        ("swagger-ui.css", "text/css"),
        ("swagger-ui-bundle.js", "text/javascript"),
        ("start.js", "text/javascript"),
    ):
        assert f"/docs/assets/{name}" in page.text
        asset = await client.get(f"/docs/assets/{name}")
        assert (asset.status_code, asset.headers["content-type"].split(";")[0]) == (200, media_type)
    assert (await client.get("/docs/assets/other.js")).status_code == 404
