"""PUT, PATCH and DELETE of a document, and bringing it back."""

import msgspec
import pytest

from library.language import TokenTable
from library.model import PersonalDataCheck, Visibility
from tests.builders import TODAY, a_practice, pages_of
from tests.web.conftest import a_kept_file

P1 = "/api/v1/documents/p1"
TEXTS = {name: {"cs": "Text."} for name in ("context", "objectives", "activities", "results")}
TITLE = {"cs": "Nový název"}


async def read(client, headers, path=P1):
    """The document's entity tag, as whoever wants to change it has it."""
    return (await client.get(path, headers=headers)).headers["etag"]


async def change(client, headers, body, method="PATCH", path=P1):
    known = {**headers, "if-match": await read(client, headers, path)}
    return await client.request(method, path, json=body, headers=known)


async def found(client, q):
    return {item["id"] for item in (await client.get("/api/v1/search", params={"q": q})).json()["items"]}


async def test_a_patch_changes_what_it_names_and_the_next_search_finds_it(exchange, client, keys):
    before = (await client.get(P1, headers=keys["staff"])).json()
    answer = await change(client, keys["staff"], {"title": {"en": "A table"}, "keywords": ["včelařství"]})
    assert answer.status_code == 200, answer.text
    body = answer.json()
    assert body["title"] == {"cs": "Sousedský stůl", "en": "A table"}
    assert (body["keywords"], body["summary"], body["added"]) == (["včelařství"], before["summary"], before["added"])
    assert await found(client, "včelařství") == {"p1"}
    assert answer.headers["etag"] == await read(client, keys["staff"])
    latest = (await exchange.accounts.trail(subject="p1"))[0]
    assert (latest.what, latest.detail) == ("document changed", "keywords, title")


async def test_null_in_a_patch_empties_a_field(client, keys):
    assert (
        await change(client, keys["staff"], {"year": None, "title": {"cs": None, "en": "A table"}})
    ).status_code == 200
    body = (await client.get(P1)).json()
    assert (body["year"], body["title"]) == (None, {"en": "A table"})


async def test_a_merge_patch_may_say_what_it_is(client, keys):
    headers = {**keys["staff"], "if-match": "*", "content-type": "application/merge-patch+json"}
    assert (await client.patch(P1, content=b'{"scale": "national"}', headers=headers)).json()["scale"] == "national"


async def test_a_put_empties_what_it_leaves_out_and_leaves_files_and_pages(client, keys):
    answer = await change(client, keys["staff"], {"title": TITLE}, "PUT")
    assert answer.status_code == 200, answer.text
    body = answer.json()
    assert (body["title"], body["summary"], body["topics"], body["visibility"]) == (TITLE, {}, [], "members")
    page = await client.get(f"{P1}/pages/1", headers=keys["staff"])
    assert "kauce" in page.json()["text"]
    assert (await client.get(P1)).status_code == 404


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE"])
async def test_who_does_not_say_which_state_is_meant_is_asked_to(client, keys, method):
    answer = await client.request(method, P1, headers=keys["staff"])
    assert (answer.status_code, answer.json()["type"]) == (428, "/problems/precondition-required")


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE"])
async def test_nobodys_work_is_written_over_unseen(client, keys, method):
    old = {**keys["staff"], "if-match": await read(client, keys["staff"])}
    await change(client, keys["staff"], {"scale": "national"})
    answer = await client.request(method, P1, json={"title": TITLE}, headers=old)
    assert (answer.status_code, answer.json()["type"]) == (412, "/problems/precondition-failed")
    assert (await client.get(P1)).json()["scale"] == "national"


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE"])
@pytest.mark.parametrize(
    ("who", "path", "status"),
    [
        ("nobody", P1, 401),
        ("member", P1, 403),
        ("other staff", P1, 403),
        ("staff", "/api/v1/documents/o1", 404),
        ("staff", "/api/v1/documents/none", 404),
    ],
)
async def test_only_its_own_staff_changes_a_document(client, keys, *, method, who, path, status):
    headers = {**keys.get(who, {}), "if-match": "*"}
    assert (await client.request(method, path, json={"title": TITLE}, headers=headers)).status_code == status


@pytest.mark.parametrize(
    ("body", "named"),
    [
        ({"titel": TITLE}, "titel"),
        ({"titel": None}, "titel"),
        ({"title": None}, "title"),
        ({"title": 1}, "title"),
        ({"topics": ["no-such-topic"]}, "topics"),
        ({"organisation": "beta"}, "organisation"),
        ({"id": "other"}, "id"),
        ({"kind": "study"}, "kind"),
        ({"study_type": "survey"}, "study_type"),
        ({"place": {"contry": "CZ"}}, "place"),
    ],
)
async def test_what_cannot_be_used_is_named(client, keys, body, named):
    answer = await change(client, keys["staff"], body)
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["name"].startswith(named), answer.text


@pytest.mark.parametrize(
    ("content", "media_type", "status"), [(b"{", "application/json", 400), (b"{}", "text/plain", 415)]
)
async def test_a_body_that_is_no_description_is_refused(client, keys, content, media_type, status):
    headers = {**keys["staff"], "if-match": "*", "content-type": media_type}
    assert (await client.patch(P1, content=content, headers=headers)).status_code == status


async def test_what_lacks_something_cannot_become_public(exchange, client, keys):
    await exchange.add(a_practice(id="x", visibility=Visibility.MEMBERS), pages_of("Byt."))
    answer = await change(client, keys["staff"], {"visibility": "public"}, path="/api/v1/documents/x")
    assert (answer.status_code, answer.json()["type"]) == (422, "/problems/incomplete")
    lacking = {error["name"] for error in answer.json()["errors"]}
    assert lacking == {"context", "objectives", "activities", "results", "evidence"}
    filled = {**TEXTS, "evidence": "own-data", "visibility": "public"}
    answer = await change(client, keys["staff"], filled, path="/api/v1/documents/x")
    assert (answer.status_code, (await client.get("/api/v1/documents/x")).status_code) == (200, 200), answer.text


async def test_what_is_public_cannot_lose_what_it_needs(exchange, client, keys):
    whole = a_practice(
        id="x",
        **TEXTS,
        evidence="own-data",
        personal_data_check=PersonalDataCheck(by="Jana", on=TODAY, result="none found"),
    )
    await exchange.add(whole, pages_of("Byt."))
    answer = await change(client, keys["staff"], {"licence": None}, path="/api/v1/documents/x")
    assert (answer.status_code, answer.json()["errors"][0]["name"]) == (422, "licence")


async def test_a_withdrawn_document_is_gone_at_once_and_comes_back(exchange, client, keys):
    answer = await change(client, keys["staff"], None, "DELETE")
    assert (answer.status_code, answer.content) == (204, b"")
    assert (await client.get(P1, headers=keys["staff"])).status_code == 404
    assert await found(client, "kauce") == set()
    restored = await client.post(f"{P1}/restore", headers=keys["staff"])
    assert restored.status_code == 200, restored.text
    assert restored.headers["etag"] == await read(client, keys["staff"])
    assert await found(client, "kauce") == {"p1"}
    trail = [entry.what for entry in await exchange.accounts.trail(subject="p1")]
    assert trail == ["document restored", "document withdrawn", "document added"]


@pytest.mark.parametrize(
    ("who", "path"), [("staff", "o1"), ("staff", "p1"), ("staff", "none"), ("other staff", "gone")]
)
async def test_nobody_learns_what_others_have_withdrawn(exchange, client, keys, who, path):
    await exchange.add(a_practice(id="gone"), pages_of("Byt."))
    await exchange.withdraw("gone", "a test")
    answer = await client.post(f"/api/v1/documents/{path}/restore", headers={**keys[who], "x-request-id": "same"})
    assert answer.status_code == 404
    assert answer.json()["detail"] == f"there is no document '{path}'"


async def test_a_dry_run_tells_what_would_become_of_a_file_and_keeps_nothing(exchange, client, keys):
    files = {"file": ("zpráva.pdf", b"%PDF-1.7 anything", "application/pdf")}
    data = {"metadata": '{"kind": "study", "year": 2024}'}
    answer = await client.post("/api/v1/documents?dry_run=true", files=files, data=data, headers=keys["staff"])
    assert answer.status_code == 200, answer.text
    body = answer.json()
    assert (body["name"], body["size"], body["organisation"], body["document"]) == ("zpráva.pdf", 17, "alfa", None)
    assert "authors" in body["missing"]
    assert "year" not in body["missing"]
    assert await exchange.inbox.jobs() == []
    assert list(exchange.settings.files.rglob("*.pdf")) == []
    wrong = {"metadata": '{"yaer": 2024}'}
    answer = await client.post("/api/v1/documents?dry_run=true", files=files, data=wrong, headers=keys["staff"])
    assert (answer.status_code, answer.json()["errors"][0]["name"]) == (400, "yaer")


async def test_a_dry_run_says_that_a_file_was_purged(exchange, client, keys):
    content = b"%PDF-1.7 anything"
    file = await a_kept_file(exchange, "a.pdf", "application/pdf", content)
    await exchange.add(a_practice(id="gone", files=(file,)), pages_of("Byt."))
    await exchange.purge("gone", "a test")
    files = {"file": ("b.pdf", content, "application/pdf")}
    answer = await client.post("/api/v1/documents?dry_run=true", files=files, headers=keys["staff"])
    assert (answer.status_code, answer.json()["type"]) == (409, "/problems/purged-file")


async def test_a_patch_of_the_languages_has_the_text_analysed_in_them(exchange, client, keys):
    text = "Prišelcom pomáhajú kamarátky."
    await exchange.add(a_practice(id="p1", summary={}, languages=("cs",)), pages_of(text, language="cs"))
    answer = await change(client, keys["staff"], {"languages": ["sk"]})
    assert (answer.status_code, answer.json()["languages"]) == (200, ["sk"]), answer.text
    (page,) = await exchange.catalog.pages("p1")
    keys_of = {lemma[:2] for form in TokenTable.decode(page.table).forms for lemma in form.lemmas}
    assert (page.language, keys_of) == ("sk", {"sk"})


async def test_with_several_languages_a_page_keeps_its_own_where_it_is_one_of_them(exchange, client, keys):
    pages = (*pages_of("Děti se učí česky.", language="cs"), *pages_of("The children learn here.", language="de"))
    numbered = [msgspec.structs.replace(page, number=number) for number, page in enumerate(pages, 1)]
    await exchange.add(a_practice(id="p1", languages=("cs", "de")), numbered)
    await change(client, keys["staff"], {"languages": ["en", "cs"]})
    assert [page.language for page in await exchange.catalog.pages("p1")] == ["cs", "en"]
