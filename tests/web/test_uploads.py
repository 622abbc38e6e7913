"""POST documents: handing in, and following the job."""

import json

import pytest

from library.jobs import JobState

DOCUMENTS = "/api/v1/documents"
PDF = ("zpráva.pdf", b"%PDF-1.7 anything", "application/pdf")


async def hand_in(client, headers, *, file=PDF, **parts: str | list[str]):
    return await client.post(DOCUMENTS, files={"file": file}, data=parts, headers=headers)


async def test_a_file_is_taken_in_and_its_job_can_be_followed(exchange, client, keys):
    metadata = json.dumps({"title": {"cs": "Zpráva"}, "topics": ["housing"]})
    answer = await hand_in(client, keys["staff"], metadata=metadata, organisation="alfa")
    assert answer.status_code == 202
    body = answer.json()
    assert body["news"] == "new"
    assert (body["job"]["state"], body["job"]["name"], body["job"]["organisation"]) == ("waiting", "zpráva.pdf", "alfa")
    assert answer.headers["location"] == f"/api/v1/jobs/{body['job']['id']}" == body["job"]["links"]["self"]
    assert (await client.get(answer.headers["location"], headers=keys["staff"])).json() == body["job"]
    assert exchange.originals.path(body["job"]["sha256"]).read_bytes() == PDF[1]
    assert (await exchange.inbox.job(body["job"]["id"])).said == json.loads(metadata)


async def test_without_a_word_the_file_belongs_to_the_keys_organisation(client, keys):
    assert (await hand_in(client, keys["other staff"])).json()["job"]["organisation"] == "beta"


async def test_metadata_may_be_a_json_part_of_its_own(client, keys):
    files = {"file": PDF, "metadata": ("metadata.json", b'{"keywords": ["byt"]}', "application/json")}
    assert (await client.post(DOCUMENTS, files=files, headers=keys["staff"])).status_code == 202


async def test_the_folders_of_a_name_are_left_out(client, keys):
    answer = await hand_in(client, keys["staff"], file=("C:\\tajne\\..\\zpráva.pdf", b"x", "application/pdf"))
    assert answer.json()["job"]["name"] == "zpráva.pdf"


async def test_the_same_again_is_known(client, keys):
    first = await hand_in(client, {**keys["staff"], "idempotency-key": "k1"})
    again = await hand_in(client, {**keys["staff"], "idempotency-key": "k1"})
    assert (again.status_code, again.json()["news"]) == (202, "known")
    assert again.json()["job"]["id"] == first.json()["job"]["id"]


async def test_an_idempotency_key_serves_one_request_only(client, keys):
    await hand_in(client, {**keys["staff"], "idempotency-key": "k1"})
    other = await hand_in(
        client, {**keys["staff"], "idempotency-key": "k1"}, file=("b.pdf", b"other", "application/pdf")
    )
    assert (other.status_code, other.json()["type"]) == (409, "/problems/conflict")


async def test_an_idempotency_key_that_is_too_long_is_named(client, keys):
    answer = await hand_in(client, {**keys["staff"], "idempotency-key": "k" * 201})
    assert [(error["name"], error["in"]) for error in answer.json()["errors"]] == [("Idempotency-Key", "header")]


async def test_only_staff_hand_in_and_only_for_their_own_organisation(client, keys):
    assert (await hand_in(client, {})).status_code == 401
    assert (await hand_in(client, keys["member"])).status_code == 403
    assert (await hand_in(client, keys["staff"], organisation="beta")).status_code == 403
    assert (await hand_in(client, keys["admin"], organisation="beta")).status_code == 202


async def test_a_file_that_is_too_large_is_refused_with_a_sentence(client, keys):
    answer = await hand_in(client, keys["staff"], file=("big.pdf", b"x" * 2_000_000, "application/pdf"))
    assert (answer.status_code, answer.json()["type"]) == (413, "/problems/too-large")
    assert "0.01 MB" in answer.json()["detail"]


async def test_a_file_just_over_the_limit_is_refused_too(exchange, client, keys):
    answer = await hand_in(client, keys["staff"], file=("big.pdf", b"x" * 10_001, "application/pdf"))
    assert answer.status_code == 413
    assert (await hand_in(client, keys["staff"], file=("ok.pdf", b"x" * 10_000, "application/pdf"))).status_code == 202
    assert len(await exchange.inbox.jobs()) == 1


@pytest.mark.parametrize(
    ("parts", "named"),
    [
        ({"metadata": "{"}, "metadata"),
        ({"metadata": "[]"}, "metadata"),
        ({"metadata": '{"topics": ["housin"]}'}, "topics[0]"),
        ({"metadata": '{"titel": "x"}'}, "titel"),
        ({"metadata": '{"year": "soon"}'}, "year"),
        ({"organisation": ["alfa", "beta"]}, "organisation"),
        ({"organistion": "alfa"}, "organistion"),
    ],
)
async def test_each_part_that_cannot_be_used_is_named(exchange, client, keys, parts, named):
    answer = await hand_in(client, keys["staff"], **parts)
    assert answer.status_code == 400
    assert [(error["name"], error["in"]) for error in answer.json()["errors"]] == [(named, "body")]
    assert await exchange.inbox.jobs() == []


async def test_an_organisation_that_is_not_there_is_named(client, keys):
    answer = await hand_in(client, keys["admin"], organisation="gamma")
    assert (answer.status_code, answer.json()["detail"]) == (404, "there is no organisation 'gamma'")


async def test_a_form_without_a_file_is_refused(client, keys):
    answer = await client.post(DOCUMENTS, files={"metadata": (None, "{}")}, headers=keys["staff"])
    assert (answer.status_code, answer.json()["errors"][0]["name"]) == (400, "file")
    named = await client.post(DOCUMENTS, files={"file": (None, "text")}, headers=keys["staff"])
    assert named.status_code == 400


async def test_anything_but_a_form_is_refused(client, keys):
    assert (await client.post(DOCUMENTS, json={}, headers=keys["staff"])).status_code == 415
    broken = {**keys["staff"], "content-type": "multipart/form-data; boundary=x"}
    assert (await client.post(DOCUMENTS, content=b"nothing of the kind", headers=broken)).status_code == 400
    without = {**keys["staff"], "content-type": "multipart/form-data"}
    assert (await client.post(DOCUMENTS, content=b"x", headers=without)).status_code == 400


async def test_an_id_of_another_organisation_is_a_conflict(client, keys):
    answer = await hand_in(client, keys["staff"], metadata='{"id": "mem"}')
    assert answer.status_code == 409


# Jobs ----------------------------------------------------------------------------------------------------------------


async def test_staff_see_the_jobs_of_their_own_organisation(client, keys):
    own = (await hand_in(client, keys["staff"])).json()["job"]["id"]
    other = (await hand_in(client, keys["other staff"])).json()["job"]["id"]

    async def seen(who, **parameters: str):
        answer = await client.get("/api/v1/jobs", params=parameters, headers=keys[who])
        return {job["id"] for job in answer.json()["jobs"]}

    assert await seen("staff") == {own}
    assert await seen("admin") == {own, other}
    assert await seen("admin", organisation="beta") == {other}
    assert await seen("staff", state="done") == set()
    refused = await client.get("/api/v1/jobs", params={"organisation": "beta"}, headers=keys["staff"])
    assert refused.status_code == 403


async def test_another_organisations_job_looks_like_one_that_is_not_there(client, keys):
    other = (await hand_in(client, keys["other staff"])).json()["job"]["id"]
    fixed = {**keys["staff"], "x-request-id": "same"}
    hidden = await client.get(f"/api/v1/jobs/{other}", headers=fixed)
    missing = await client.get("/api/v1/jobs/zz", headers=fixed)
    assert hidden.status_code == missing.status_code == 404
    assert hidden.content.replace(other.encode(), b"zz") == missing.content
    assert (await client.get(f"/api/v1/jobs/{other}", headers=keys["admin"])).status_code == 200


async def test_a_failed_job_is_an_answer_with_its_code_and_its_cure(exchange, client, keys):
    job_id = (await hand_in(client, keys["staff"])).json()["job"]["id"]
    await exchange.inbox.take()
    await exchange.inbox.fail(job_id, "encrypted-file", "The file needs a password.")
    job = (await client.get(f"/api/v1/jobs/{job_id}", headers=keys["staff"])).json()
    assert (job["state"], job["code"], job["detail"]) == (
        JobState.FAILED,
        "encrypted-file",
        "The file needs a password.",
    )
    assert "password" in (await client.get(job["links"]["problem"])).text


@pytest.mark.parametrize("parameters", [{"limit": "0"}, {"limit": "1001"}, {"state": "asleep"}, {"stat": "done"}])
async def test_a_parameter_of_jobs_that_cannot_be_used_is_named(client, keys, parameters):
    answer = await client.get("/api/v1/jobs", params=parameters, headers=keys["staff"])
    assert answer.status_code == 400
    assert [error["name"] for error in answer.json()["errors"]] == [*parameters]
