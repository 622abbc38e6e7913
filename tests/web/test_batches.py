"""Several files at once: handing in, following, pausing, trying again."""

import json

import pytest

from library.jobs import Progress, Step

BATCHES = "/api/v1/batches"


async def hand_in(client, headers, *names: str, **parts: str):
    files = [("file", (name, name.encode(), "application/pdf")) for name in names]
    return await client.post(BATCHES, files=files, data=parts, headers=headers)


async def a_batch(client, headers, *names: str) -> str:
    return (await hand_in(client, headers, *names)).json()["batch"]["id"]


def events_in(answer):
    for block in answer.text.replace("\r\n", "\n").strip().split("\n\n"):
        lines = dict(line.split(": ", 1) for line in block.split("\n") if ": " in line)
        yield lines["event"], json.loads(lines["data"]) if lines.get("data") else None


async def test_several_files_are_handed_in_at_once_and_followed_together(exchange, client, keys):
    answer = await hand_in(client, keys["staff"], "a.pdf", "b.pdf", metadata='{"topics": ["housing"]}')
    assert answer.status_code == 202
    body = answer.json()
    assert [(file["name"], file["news"]) for file in body["files"]] == [("a.pdf", "new"), ("b.pdf", "new")]
    assert answer.headers["location"] == body["batch"]["links"]["self"] == f"{BATCHES}/{body['batch']['id']}"
    assert (body["batch"]["files"], body["batch"]["waiting"], body["batch"]["ended"]) == (2, 2, False)
    assert (await client.get(answer.headers["location"], headers=keys["staff"])).json() == body["batch"]
    assert [job.said for job in await exchange.inbox.jobs()] == [{"topics": ["housing"]}] * 2


async def test_a_request_sent_again_with_its_key_adds_only_what_was_missing(exchange, client, keys):
    headers = {**keys["staff"], "idempotency-key": "k1"}
    first = (await hand_in(client, headers, "a.pdf")).json()
    again = (await hand_in(client, headers, "a.pdf", "b.pdf")).json()
    assert [file["news"] for file in again["files"]] == ["known", "new"]
    assert again["batch"]["id"] == first["batch"]["id"]
    assert again["batch"]["files"] == len(await exchange.inbox.jobs()) == 2


async def test_a_file_that_came_before_under_another_name_is_told_of_under_its_own(exchange, client, keys):
    sent = {"headers": {**keys["staff"], "accept-language": "cs"}}
    first = (await client.post(BATCHES, files=[("file", ("a.pdf", b"same"))], **sent)).json()["batch"]
    again = (await client.post(BATCHES, files=[("file", ("b.pdf", b"same"))], **sent)).json()["batch"]
    (job,) = await exchange.inbox.jobs()
    assert (again["files"], again["known"]) == (0, 1)
    assert again["known_as"] == [{"name": "b.pdf", "known_as": "a.pdf", "job": job.id, "document": ""}]
    (shown,) = (await client.get(first["links"]["jobs"], **sent)).json()["jobs"]
    assert (shown["name"], shown["other_names"], shown["notes"]) == ("a.pdf", ["b.pdf"], ["předáno také jako „b.pdf“"])


async def test_a_file_that_cannot_be_taken_does_not_stop_the_others(client, keys):
    files = [("file", ("big.pdf", b"x" * 10_001)), ("file", ("small.pdf", b"x"))]
    answer = await client.post(BATCHES, files=files, headers={**keys["staff"], "accept-language": "uk"})
    big, small = answer.json()["files"]
    assert (big["news"], big["code"], big["job"]) == ("refused", "too-large", None)
    assert big["what"].startswith("Файл більший")
    assert small["news"] == "new"


@pytest.mark.parametrize(
    ("description", "code"), [(b'replaces = "gone"', "not-found"), (b'evidence = "own-data"', "bad-request")]
)
async def test_a_file_whose_description_fits_nothing_does_not_stop_the_others(client, keys, description, code):
    """It replaces what is not there, or says of a study what is said of practices."""
    files = {"a.pdf": b"a", "a.pdf.toml": description, "b.pdf": b"b"}
    sent = {"files": [("file", each) for each in files.items()], "data": {"metadata": '{"kind": "study"}'}}
    first, second = (await client.post(BATCHES, **sent, headers=keys["staff"])).json()["files"]
    assert (first["news"], first["code"], second["news"]) == ("refused", code, "new")


async def test_a_description_beside_a_file_says_more_of_it(exchange, client, keys):
    sent = {
        "one/a.pdf": b"a",
        "one/a.pdf.toml": b'\xef\xbb\xbftopics = ["health"]\norganisation = "alfa"\n',
        "two/a.pdf": b"another",
        "b.pdf": b"b",
        "b.pdf.toml": b"yaer = 2020\n[",
        "c.pdf": b"c",
        "c.pdf.toml": b'topics = ["helth"]',
        "d.pdf": b"d",
        "d.pdf.toml": b'organisation = "beta"',
        "alone.toml": b"x = 1",
    }
    files = [("file", each) for each in sent.items()]
    answer = await client.post(
        f"{BATCHES}?lang=cs", files=files, data={"metadata": '{"topics": ["housing"]}'}, headers=keys["staff"]
    )
    told = answer.json()["files"]
    assert [(each["name"], each["news"], each["code"]) for each in told] == [
        ("a.pdf", "new", ""),
        ("a.pdf", "new", ""),
        ("b.pdf", "refused", "bad-metadata"),
        ("c.pdf", "refused", "bad-request"),
        ("d.pdf", "refused", "bad-request"),
        ("alone.toml", "new", ""),
    ]
    assert (
        "témata (topics, 1. hodnota): „helth“ v dohodnutém seznamu „topic“ není; nemá to být „health“?"
        in told[3]["what"]
    )
    assert "soubory se předávají za „alfa“" in told[4]["what"]
    said = {job.sha256: job.said["topics"] for job in await exchange.inbox.jobs()}
    assert sorted(said.values()) == [["health"], ["housing"], ["housing"]]


async def test_bad_parts_are_named_and_nothing_is_taken_in(exchange, client, keys):
    for parts, named in (({"metadata": '{"titel": "x"}'}, "titel"), ({"organistion": "alfa"}, "organistion")):
        answer = await hand_in(client, keys["staff"], "a.pdf", **parts)
        assert [error["name"] for error in answer.json()["errors"]] == [named]
    without = await client.post(BATCHES, files={"metadata": (None, "{}")}, headers=keys["staff"])
    assert (without.status_code, without.json()["errors"][0]["name"]) == (400, "file")
    assert await exchange.inbox.jobs() == []


async def test_another_organisations_batch_looks_like_one_that_is_not_there(client, keys):
    batch = await a_batch(client, keys["other staff"], "a.pdf")
    for method, rest in (("GET", ""), ("GET", "/events"), ("POST", "/pause"), ("POST", "/retry")):
        hidden = await client.request(method, f"{BATCHES}/{batch}{rest}", headers=keys["staff"])
        missing = await client.request(method, f"{BATCHES}/zz{rest}", headers=keys["staff"])
        assert hidden.status_code == missing.status_code == 404
        assert hidden.json()["detail"].replace(batch, "zz") == missing.json()["detail"]
    assert (await client.get(f"{BATCHES}/{batch}", headers=keys["admin"])).status_code == 200
    assert (await client.get(f"{BATCHES}/{batch}")).status_code == 401


async def test_of_files_handed_in_for_several_organisations_staff_are_told_of_their_own(exchange, client, keys):
    """Whoever hands in on the machine itself may speak for all."""
    batch = (await exchange.batches.open("alfa", "")).id
    await exchange.accept([b"theirs"], name="first.pdf", said={}, organisation="beta")
    for content, name, whose in (
        (b"theirs", "again.pdf", "beta"),
        (b"failed", "b.pdf", "beta"),
        (b"ours", "a.pdf", "alfa"),
    ):
        await exchange.accept([content], name=name, said={}, organisation=whose, batch=batch)
    for _ in range(2):
        await exchange.inbox.fail((await exchange.inbox.take()).id, "no-text", "")

    async def told(who):
        found = (await client.get(f"{BATCHES}/{batch}", headers=keys[who])).json()
        return found["files"], found["known"], len(found["known_as"]), len(found["reasons"])

    assert await told("staff") == (1, 0, 0, 0)
    assert await told("admin") == (2, 1, 1, 1)
    (listed,) = (await client.get(BATCHES, headers=keys["staff"])).json()["batches"]
    assert (listed["files"], listed["known"]) == (1, 0)


@pytest.mark.parametrize("path", ["/api/v1/batches/{}/retry", "/desk/batches/{}/retry"])
async def test_of_files_handed_in_for_several_organisations_staff_try_their_own_again(exchange, client, keys, path):
    batch = (await exchange.batches.open("alfa", "")).id
    for whose in ("alfa", "beta"):
        await exchange.accept([whose.encode()], name=f"{whose}.pdf", said={}, organisation=whose, batch=batch)
        await exchange.inbox.fail((await exchange.inbox.take()).id, "no-text", "")
    await client.post(path.format(batch), headers=keys["staff"])
    assert {job.name: job.state for job in await exchange.inbox.jobs()} == {"alfa.pdf": "waiting", "beta.pdf": "failed"}


async def test_the_newest_batches_of_the_own_organisation_are_listed(client, keys):
    own = [await a_batch(client, keys["staff"], name) for name in ("a.pdf", "b.pdf")]
    other = await a_batch(client, keys["other staff"], "a.pdf")

    async def listed(who):
        return [batch["id"] for batch in (await client.get(BATCHES, headers=keys[who])).json()["batches"]]

    assert await listed("staff") == own[::-1]
    assert await listed("admin") == [other, *own[::-1]]


async def test_a_report_says_what_failed_why_and_what_helps_in_ones_language(exchange, client, keys):
    batch = await a_batch(client, keys["staff"], "a.pdf", "b.pdf", "c.pdf")
    for _ in range(2):
        await exchange.inbox.fail((await exchange.inbox.take()).id, "encrypted-file", "it needs a password")
    at_work = await exchange.inbox.take()
    await exchange.inbox.note({at_work.id: Progress(Step.READING, 3, 9)})
    answer = await client.get(f"{BATCHES}/{batch}", params={"lang": "cs"}, headers=keys["staff"])
    report = answer.json()
    assert (report["failed"], report["working"], report["ended"]) == (2, 1, False)
    assert [job["standing"] for job in report["reading"]] == ["čte se strana 3 z 9"]
    assert report["reasons"] == [
        {
            "code": "encrypted-file",
            "files": 2,
            "names": ["a.pdf", "b.pdf"],
            "what": "Soubor je chráněn heslem.",
            "cure": "Uložte ho bez hesla a předejte ten.",
            "detail": "it needs a password",
        }
    ]


async def test_a_batch_is_paused_resumed_and_tried_again(exchange, client, keys):
    batch = await a_batch(client, keys["staff"], "a.pdf", "b.pdf")
    await exchange.inbox.fail((await exchange.inbox.take()).id, "no-text", "no text")

    async def changed(change):
        answer = await client.post(f"{BATCHES}/{batch}/{change}", headers=keys["staff"])
        return answer.status_code, answer.json()

    assert (await changed("pause"))[1]["paused"]
    assert await exchange.inbox.take() is None
    assert not (await changed("resume"))[1]["paused"]
    assert (await changed("retry"))[1]["waiting"] == 2
    assert (await changed("explode"))[0] == 400


async def test_events_of_a_batch_go_on_until_it_has_ended(exchange, client, keys, monkeypatch):
    monkeypatch.setattr("library.web.events.LOOK_EVERY", 0)
    batch = await a_batch(client, keys["staff"], "a.pdf")
    await exchange.inbox.fail((await exchange.inbox.take()).id, "no-text", "no text")
    answer = await client.get(f"{BATCHES}/{batch}/events", headers=keys["staff"])
    assert answer.headers["content-type"].startswith("text/event-stream")
    (name, seen), (last, _) = events_in(answer)
    assert (name, last) == ("batch", "end")
    assert seen == (await client.get(f"{BATCHES}/{batch}", headers=keys["staff"])).json()


# Jobs ----------------------------------------------------------------------------------------------------------------


async def test_events_of_a_job_that_is_purged_end(exchange, client, keys, monkeypatch):
    job = (await exchange.accept([b"text"], name="a.txt", said={}, organisation="alfa")).job

    async def purged(_seconds):
        await exchange._database.change("DELETE FROM jobs")

    monkeypatch.setattr("library.web.events.pause", purged)
    answer = await client.get(f"/api/v1/jobs/{job.id}/events", headers=keys["staff"])
    assert [name for name, _ in events_in(answer)] == ["job", "end"]


async def test_a_job_is_followed_step_by_step(exchange, client, keys, monkeypatch):
    await a_batch(client, keys["staff"], "a.pdf")
    job = await exchange.inbox.take()
    looks = iter(
        [
            lambda: exchange.inbox.note({job.id: Progress(Step.READING, 2, 8)}),
            lambda: exchange.inbox.note({job.id: Progress(Step.KEEPING)}),
            lambda: exchange.inbox.done(job.id),
            exchange.inbox.note_indexed,
        ]
    )

    async def next_step(_seconds):
        await next(looks)()

    monkeypatch.setattr("library.web.events.pause", next_step)
    answer = await client.get(f"/api/v1/jobs/{job.id}/events", params={"lang": "en"}, headers=keys["staff"])
    *told, (last, _) = events_in(answer)
    assert last == "end"
    assert [(seen["state"], seen["step"], seen["standing"]) for _, seen in told] == [
        ("working", "reading", "being read"),
        ("working", "reading", "reading page 2 of 8"),
        ("working", "keeping", "being stored"),
        ("done", "indexing", "stored; it can be found in a moment"),
        ("done", "", "done"),
    ]


async def test_a_failed_job_is_tried_again_once(exchange, client, keys):
    await a_batch(client, keys["staff"], "a.pdf")
    job = await exchange.inbox.take()
    await exchange.inbox.fail(job.id, "no-text", "no text")
    again = await client.post(f"/api/v1/jobs/{job.id}/retry", headers=keys["staff"])
    assert (again.status_code, again.json()["state"], again.json()["what"]) == (202, "waiting", "")
    assert (await client.post(f"/api/v1/jobs/{job.id}/retry", headers=keys["staff"])).status_code == 409
    assert (await client.post(f"/api/v1/jobs/{job.id}/retry", headers=keys["other staff"])).status_code == 404


@pytest.mark.parametrize("lang", ["de", "english"])
async def test_a_language_that_staff_are_not_told_in_is_named(client, keys, lang):
    answer = await client.get("/api/v1/jobs", params={"lang": lang}, headers=keys["staff"])
    assert (answer.status_code, answer.json()["errors"][0]["name"]) == (400, "lang")
