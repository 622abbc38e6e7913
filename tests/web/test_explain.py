"""explain=true: why each item was found."""

import pytest

from tests.builders import a_practice, pages_of

SEARCH = "/api/v1/search"


async def explained(client, q: str, **parameters: str):
    """The reasons for each item, by its id."""
    asked = {"q": q, "explain": "true", "lang": "en", **parameters}
    body = (await client.get(SEARCH, params=asked)).json()
    return {item["id"]: item["explanation"] for item in body["items"]}


async def test_a_reason_says_what_stands_where_in_which_form_and_how_much_that_counts(client):
    (reason,) = (await explained(client, "bydleni"))["p1"]
    assert reason.pop("score") > 0
    assert reason == {
        "typed": "bydleni",
        "how": "word",
        "meant": [],
        "forms": ["bydlí"],
        "field": "text",
        "page": 1,
        "language": "cs",
        "share": 1.0,
    }


async def test_a_concept_is_named_in_the_shown_language(client):
    (english,) = (await explained(client, "Kaution"))["p1"]
    assert (english["how"], english["forms"]) == ("concept", ["kauce"])
    assert english["meant"] == ["rental deposit"]
    (czech,) = (await explained(client, "Kaution", lang="cs"))["p1"]
    assert czech["meant"] == ["kauce"]


async def test_of_a_family_the_words_that_stand_there_are_told(exchange, client):
    await exchange.add(a_practice(id="soup"), pages_of("Vařili jsme polévku.", language="cs"))
    await exchange.catch_up()
    (reason,) = (await explained(client, "cooking"))["soup"]
    assert (reason["how"], reason["meant"], reason["forms"]) == ("family", ["vařit"], ["Vařili"])


async def test_words_of_a_phrase_are_shown_side_by_side(client):
    reasons = (await explained(client, '"nájem bytu" kauc*'))["p1"]
    assert {(each["how"], *each["forms"]) for each in reasons} == {("phrase", "Nájem bytu"), ("prefix", "kauce")}


async def test_shares_add_up_and_the_greatest_comes_first(client):
    for reasons in (await explained(client, "employment housing migrants")).values():
        assert sum(each["share"] for each in reasons) == pytest.approx(1, abs=0.001)
        assert [each["share"] for each in reasons] == sorted((each["share"] for each in reasons), reverse=True)


async def test_the_scores_of_the_reasons_are_the_score_of_the_item(client):
    asked = {"q": "employment housing migrants", "explain": "true"}
    items = (await client.get(SEARCH, params=asked)).json()["items"]
    assert items
    for item in items:
        assert sum(reason["score"] for reason in item["explanation"]) == pytest.approx(item["score"], rel=0.001)


async def test_a_match_in_a_title_and_in_a_summary_says_so(exchange, client):
    await exchange.add(
        a_practice(id="t", title={"uk": "Кухня для всіх"}, summary={"cs": "Vaříme společně."}, languages=("uk",)),
        pages_of("—"),
    )
    await exchange.catch_up()
    (title,) = (await explained(client, "кухня"))["t"]
    assert (title["field"], title["page"], title["language"], title["forms"]) == ("title", None, "uk", ["Кухня"])
    (summary,) = (await explained(client, "vaříme"))["t"]
    assert (summary["field"], summary["language"], summary["forms"]) == ("summary", "cs", ["Vaříme"])


async def test_what_is_excluded_and_what_narrows_is_no_reason(client):
    (reason,) = (await explained(client, "kauce -velbloud topic:housing"))["p1"]
    assert reason["typed"] == "kauce"
    (title,) = (await explained(client, "title:stůl"))["p1"]
    assert (title["typed"], title["field"], title["forms"]) == ("title:stůl", "title", ["stůl"])


async def test_unless_asked_for_there_are_no_reasons(client):
    item = (await client.get(SEARCH, params={"q": "kauce"})).json()["items"][0]
    assert item["explanation"] == []
    for asked in ({"q": "kauce", "explain": "false"}, {"explain": "true"}):
        assert (await client.get(SEARCH, params=asked)).json()["items"][0]["explanation"] == []


async def test_reasons_are_a_field_like_others(client):
    asked = {"q": "kauce", "explain": "true", "fields": "explanation"}
    item = (await client.get(SEARCH, params=asked)).json()["items"][0]
    assert set(item) == {"id", "explanation"}


async def test_a_body_may_ask_with_a_boolean(client):
    got = (await client.get(SEARCH, params={"q": "kauce", "explain": "true"})).json()
    posted = (await client.post(SEARCH, json={"q": "kauce", "explain": True})).json()
    assert posted["items"] == got["items"]
    refused = await client.post(SEARCH, json={"q": "kauce", "explain": "true"})
    assert (refused.status_code, refused.json()["errors"][0]["name"]) == (400, "explain")
    plain = (await client.post(SEARCH, json={"q": "kauce", "explain": False})).json()
    assert plain["items"][0]["explanation"] == []


async def test_what_is_neither_is_refused(client):
    answer = await client.get(SEARCH, params={"explain": "yes"})
    assert (answer.status_code, answer.json()["errors"][0]["name"]) == (400, "explain")
