"""GET documents and pages."""

import msgspec
import pytest

from library.model import Practice, Study, Visibility
from library.web.document_answer import PracticeDocument, StudyDocument
from library.web.results import FoundItem
from tests.builders import a_practice, pages_of


async def test_a_document_has_every_field_whether_filled_or_not(client):
    body = (await client.get("/api/v1/documents/p1")).json()
    assert body["kind"] == "practice"
    assert body["organisation"] == {"id": "alfa", "name": "Spolek Alfa"}
    assert body["title"] == {"cs": "Sousedský stůl"}
    assert (body["place"], body["files"], body["evidence"]) == (None, [], "")
    assert set(body) == {*PracticeDocument.__struct_fields__, "kind"}


async def test_what_stands_inside_a_document_is_complete_too(client):
    body = (await client.get("/api/v1/documents/s1")).json()
    assert body["kind"] == "study"
    assert body["place"] == {"country": "CZ", "region": "CZ064", "municipality": ""}
    assert body["contact"] == {"role": "office", "email": "", "confirmed_on": None, "willing_to_mentor": False}


@pytest.mark.parametrize(("noun", "shown"), [(Practice, PracticeDocument), (Study, StudyDocument)])
def test_every_field_of_the_model_is_shown(noun, shown):
    assert set(noun.__struct_fields__) <= set(shown.__struct_fields__)
    assert not any(field.default is not msgspec.NODEFAULT for field in msgspec.structs.fields(shown))


async def test_what_did_not_work_is_for_members(client, keys):
    assert (await client.get("/api/v1/documents/p1")).json()["caveats"] == {}
    assert (await client.get("/api/v1/documents/p1", headers=keys["member"])).json()["caveats"] == {
        "cs": "Nikdo nepřišel."
    }


async def test_what_its_file_tells_of_a_document_is_for_its_staff(client, keys):
    for who, told in (("staff", 1), ("admin", 1), ("member", 0), ("other staff", 0)):
        clues = (await client.get("/api/v1/documents/p1", headers=keys[who])).json()["clues"]
        assert [clue["value"] for clue in clues] == ["Eva Malá"] * told


async def test_what_is_missing_is_for_its_staff(client, keys):
    for who, told in (("staff", True), ("admin", True), ("member", False), ("other staff", False)):
        missing = (await client.get("/api/v1/documents/p1", headers=keys[who])).json()["missing"]
        assert ("evidence" in missing) is told


@pytest.mark.parametrize("hidden", ["mem", "o1", "e1"])
@pytest.mark.parametrize("path", ["", "/pages/1", "/pages/99", "/files/a.pdf", "/similar"])
async def test_a_hidden_document_looks_like_one_that_is_not_there(exchange, client, hidden, path):
    address = f"/api/v1/documents/{hidden}{path}"
    fixed_id = {"x-request-id": "same"}
    hidden_answer = await client.get(address, headers=fixed_id)
    await exchange.withdraw(hidden, "so that it is not there")
    missing_answer = await client.get(address, headers=fixed_id)
    assert hidden_answer.status_code == 404
    assert hidden_answer.content == missing_answer.content
    assert hidden_answer.headers == missing_answer.headers
    never = await client.get(address.replace(hidden, "zz"), headers=fixed_id)
    assert never.content == hidden_answer.content.replace(hidden.encode(), b"zz")


async def test_a_page_marks_what_matches_in_any_form(client):
    page = (await client.get("/api/v1/documents/p1/pages/1", params={"q": "deti"})).json()
    assert (page["document"], page["page"]) == ("p1", 1)
    assert [page["text"][start:end] for start, end in page["spans"]] == ["Děti"]


async def test_a_page_without_a_question_has_no_marks(client):
    page = (await client.get("/api/v1/documents/p1/pages/2")).json()
    assert (page["text"], page["spans"]) == ("Druhá strana.", [])


@pytest.mark.parametrize("number", ["0", "3", "-1", "x", "99999999999999999999999"])
async def test_a_page_that_is_not_there_is_a_404(client, number):
    answer = await client.get(f"/api/v1/documents/p1/pages/{number}")
    assert (answer.status_code, answer.json()["type"]) == (404, "/problems/not-found")


async def test_similar_documents_are_shown_as_a_search_shows_them(exchange, client, keys):
    for number, visibility in enumerate((Visibility.PUBLIC, Visibility.PUBLIC, Visibility.MEMBERS)):
        await exchange.add(
            a_practice(id=f"like{number}", title={"cs": "Nájem bytu"}, visibility=visibility),
            pages_of("Kauce za byt a nájem.", language="cs"),
        )
    await exchange.catch_up()
    body = (await client.get("/api/v1/documents/p1/similar")).json()
    assert body["document"] == "p1"
    assert {item["id"] for item in body["items"]} == {"like0", "like1"}
    item = body["items"][0]
    assert set(item) == set(FoundItem.__struct_fields__)
    assert (item["organisation"]["name"], item["fragments"], item["explanation"]) == ("Spolek Alfa", [], [])
    assert item["score"] > 0
    members = await client.get("/api/v1/documents/p1/similar", headers=keys["member"])
    assert {item["id"] for item in members.json()["items"]} == {"like0", "like1", "like2", "mem"}
    one = await client.get("/api/v1/documents/p1/similar", params={"limit": 1})
    assert one.json()["items"] == body["items"][:1]


@pytest.mark.parametrize("limit", ["0", "21", "x"])
async def test_so_many_similar_documents_are_refused(client, limit):
    answer = await client.get("/api/v1/documents/p1/similar", params={"limit": limit})
    assert (answer.status_code, answer.json()["errors"][0]["name"]) == (400, "limit")


async def test_an_unknown_parameter_is_refused_here_too(client):
    answer = await client.get("/api/v1/documents/p1/pages/1", params={"qq": "x"})
    assert (answer.status_code, answer.json()["errors"][0]["name"]) == (400, "qq")
    twice = await client.get("/api/v1/documents/p1/pages/1?q=a&q=b")
    assert twice.json()["errors"] == [{"name": "q", "in": "query", "reason": "given more than once"}]
