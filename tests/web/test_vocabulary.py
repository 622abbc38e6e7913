"""What a search page offers to choose from."""

import pytest

from library.vocabulary.thesaurus import as_skos, concepts


async def test_a_list_has_each_term_in_one_language_and_in_all(client):
    body = (await client.get("/api/v1/vocabulary/scale", params={"lang": "cs"})).json()
    assert (body["id"], body["language"]) == ("scale", "cs")
    local = next(term for term in body["terms"] if term["id"] == "local")
    assert local["label"] == local["labels"]["cs"]
    assert {"cs", "en", "uk"} <= set(local["labels"])


async def test_topics_are_the_list_of_topics(client):
    assert (await client.get("/api/v1/topics")).json() == (await client.get("/api/v1/vocabulary/topic")).json()


@pytest.mark.parametrize(("accepted", "language"), [("uk,cs;q=0.9", "uk"), ("de-AT", "de"), ("xx", "en"), ("", "en")])
async def test_labels_follow_accept_language(client, accepted, language):
    body = (await client.get("/api/v1/topics", headers={"accept-language": accepted})).json()
    assert body["language"] == language


async def test_a_list_that_is_not_there_is_a_404_that_names_the_lists(client):
    answer = await client.get("/api/v1/vocabulary/colours")
    assert answer.status_code == 404
    assert "target_group" in answer.json()["detail"]


async def test_a_language_that_is_not_served_is_refused(client):
    answer = await client.get("/api/v1/topics", params={"lang": "tlh"})
    assert (answer.status_code, answer.json()["errors"][0]["name"]) == (400, "lang")


async def test_organisations_come_with_name_and_address(client):
    assert (await client.get("/api/v1/organisations")).json() == {
        "organisations": [
            {"id": "alfa", "name": "Spolek Alfa", "url": "https://alfa.example", "invented": False},
            {"id": "beta", "name": "Beta, o. p. s.", "url": "", "invented": True},
        ]
    }


async def test_concepts_come_with_all_their_names_and_neighbours(client):
    body = (await client.get("/api/v1/vocabulary/concepts", params={"lang": "cs"})).json()
    assert (body["id"], body["language"], len(body["concepts"])) == ("concepts", "cs", len(concepts()))
    asylum, protection = (
        next(each for each in body["concepts"] if each["id"] == wanted)
        for wanted in ("asylum", "international-protection")
    )
    assert asylum["label"] == asylum["labels"]["cs"][0] == "azyl"
    assert asylum["topic"] == "asylum"
    assert "international-protection" in asylum["narrower"]
    assert protection["broader"] == ["asylum"]
    assert {"cs", "en", "uk"} <= set(protection["labels"])


async def test_the_thesaurus_is_served_in_skos_under_its_own_address(client):
    answer = await client.get("/vocabulary/concepts.ttl")
    assert (answer.status_code, answer.headers["content-type"].split(";")[0]) == (200, "text/turtle")
    assert answer.text == as_skos("http://library.test/vocabulary/concepts")
    assert "public" in answer.headers["cache-control"]


async def test_an_unchanged_thesaurus_is_not_sent_twice(client):
    etag = (await client.get("/vocabulary/concepts.ttl")).headers["etag"]
    again = await client.get("/vocabulary/concepts.ttl", headers={"if-none-match": etag})
    assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", etag)
    elsewhere = await client.get("/vocabulary/concepts.ttl", headers={"if-none-match": etag, "host": "other.test"})
    assert elsewhere.status_code == 200
    assert "<http://other.test/vocabulary/concepts/asylum>" in elsewhere.text
