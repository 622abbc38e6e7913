"""GET /api/v1/suggest, and what makes it ready."""

from datetime import UTC, datetime

import msgspec
import pytest

from library.errors import IndexUnavailable
from library.exchange import open_exchange
from library.model import Audience
from library.search import FACETS, SearchQuery, Word
from library.syntax import parse
from library.web.warming import warm
from tests.builders import a_practice, pages_of

SUGGEST = "/api/v1/suggest"


async def suggested(client, q: str, *, headers=None, **parameters: str):
    answer = await client.get(SUGGEST, params={"q": q, **parameters}, headers=headers)
    assert answer.status_code == 200, answer.text
    return answer.json()["suggestions"]


async def test_a_suggestion_says_what_to_ask_and_what_that_finds(client):
    body = (await client.get(SUGGEST, params={"q": "deti kau", "lang": "cs"})).json()
    assert list(body) == ["q", "suggestions"]
    assert body["q"] == "deti kau"
    assert body["suggestions"][0] == {
        "kind": "concept",
        "text": "kauce",
        "q": "deti kauce",
        "filters": {},
        "document": None,
        "total": 1,
        "link": "/api/v1/search?q=deti+kauce",
    }


async def test_an_organisation_is_a_filter_beside_what_was_typed_before(client):
    (found,) = [each for each in await suggested(client, "housing bet") if each["kind"] == "organisation"]
    assert (found["text"], found["q"], found["filters"]) == ("Beta, o. p. s.", "housing", {"organisation": ["beta"]})
    assert found["link"] == "/api/v1/search?q=housing&organisation=beta"
    (alone,) = [each for each in await suggested(client, "bet") if each["kind"] == "organisation"]
    assert alone["link"] == "/api/v1/search?organisation=beta"


async def test_a_document_leads_to_itself(client):
    (found,) = [each for each in await suggested(client, "acce") if each["kind"] == "document"]
    assert (found["text"], found["document"]) == ("Access to housing", "s1")
    assert (await client.get(found["link"])).json()["id"] == "s1"


@pytest.mark.parametrize("who", ["", "member", "other staff"])
async def test_each_leads_to_at_least_one_hit(client, keys, who):
    headers = keys.get(who)
    for typed in ("b", "by", "byt", "k", "m", "h", "hous", "deti b", "bet", "soused", "tajn", "emp", "nájem k"):
        for each in await suggested(client, typed, headers=headers, limit="20"):
            if each["document"] is None:
                found = (await client.get(each["link"], headers=headers)).json()
                assert found["total"] >= each["total"] > 0, each
                assert found["did_you_mean"] is None


@pytest.mark.parametrize("q", ["", " ", '"', "((((", "-", "*", "\x00", "x" * 5000, "🙈", "%", "a OR", '"byt'])
async def test_nothing_that_is_typed_is_an_error(client, q):
    assert isinstance(await suggested(client, q), list)


async def test_without_anything_typed_nothing_is_suggested(client):
    assert (await client.get(SUGGEST)).json() == {"q": "", "suggestions": []}


async def test_never_more_than_the_limit(client):
    assert len(await suggested(client, "b", limit="1")) == 1


@pytest.mark.parametrize(
    ("parameter", "value"), [("limit", "0"), ("limit", "21"), ("limit", "x"), ("lang", "tlh"), ("qq", "x")]
)
async def test_what_cannot_be_used_is_refused(client, parameter, value):
    answer = await client.get(SUGGEST, params={parameter: value})
    assert (answer.status_code, answer.json()["errors"][0]["name"]) == (400, parameter)


async def test_labels_follow_the_language_of_the_page(client):
    async def labels(accepted="", **parameters: str):
        found = await suggested(client, "depo", headers={"accept-language": accepted}, **parameters)
        return [each["text"] for each in found if each["kind"] == "concept"]

    assert await labels("sk") == ["depozit za nájom"]
    assert await labels() == ["rental deposit"]
    assert await labels("sk", lang="en") == ["rental deposit"]


async def test_without_an_index_nothing_can_be_made_ready(settings, tmp_path):
    elsewhere = msgspec.structs.replace(settings, data=tmp_path / "elsewhere")
    exchange = await open_exchange(elsewhere)
    try:
        with pytest.raises(IndexUnavailable):
            await warm(exchange, "")
    finally:
        await exchange.close()


async def test_suggestions_are_made_ready_once_for_each_generation(exchange):
    ready = await warm(exchange, "")
    assert ready == await exchange.index.generation()
    assert await warm(exchange, ready) == ready
    await exchange.add(a_practice(id="new"), pages_of("Byt."))
    await exchange.catch_up()
    assert await warm(exchange, ready) == await exchange.index.generation() != ready


async def test_frequent_words_are_looked_for_beforehand(exchange):
    await exchange.add(a_practice(id="new"), pages_of("Byt."))
    await exchange.catch_up()
    await warm(exchange, "")
    anybody = Audience(today=datetime.now(UTC).date())
    assert "byt" in await exchange.index.frequent_words(anybody, 500)
    before = exchange.finding.remembered_counts()["worked out"]
    assert (await exchange.finding.search(SearchQuery(match=Word("byt"), limit=0), anybody)).total
    assert exchange.finding.remembered_counts()["worked out"] == before


async def test_a_whole_answer_is_made_beforehand_so_that_nobody_waits_for_the_first(exchange):
    await warm(exchange, "")
    anybody = Audience(today=datetime.now(UTC).date())
    first, second, *_ = await exchange.index.frequent_words(anybody, 500)
    before = exchange.finding.remembered_counts()["worked out"]
    answer = await exchange.finding.search(SearchQuery(match=parse(f"{first} {second}"), facets=tuple(FACETS)), anybody)
    assert answer.found
    assert exchange.finding.remembered_counts()["worked out"] == before
