"""POST /api/v1/instantsearch, by the contract that InstantSearch's widgets hold their back end to."""

import json
from typing import Any
from urllib.parse import urlencode

import pytest

from library.model import Visibility
from tests.builders import a_practice, a_study, pages_of

INSTANT = "/api/v1/instantsearch"


@pytest.fixture
async def many(exchange, client):
    """Ten more documents, of which one is not for everybody."""
    for number in range(9):
        await exchange.add(
            a_practice(
                id=f"x{number}",
                title={"cs": f"Dílna {number}", "en": f"Workshop {number}"},
                topics=("education",) if number % 3 else ("education", "health"),
                scale="local" if number % 2 else "regional",
                year=2010 + number,
                visibility=Visibility.PUBLIC if number else Visibility.MEMBERS,
            ),
            pages_of(f"Dílna o bydlení a vaření, díl {number}.", language="cs"),
        )
    await exchange.add(a_study(id="a", year=None, topics=("housing", "employment")), pages_of("Kitchen work."))
    await exchange.catch_up()
    return client


async def results(client, *requests: dict[str, Any], headers=None):
    answer = await client.post(INSTANT, json={"requests": list(requests)}, headers=headers)
    assert answer.status_code == 200, answer.text
    return answer.json()["results"]


async def one(client, **params: Any):
    return (await results(client, {"indexName": "documents", "params": params}))[0]


async def test_a_result_has_every_member_that_widgets_read(client):
    result = await one(client, query="kauce", facets=["kind"])
    assert result["type"] == "hits"
    assert set(result) == {
        "type",
        *("index", "hits", "nbHits", "page", "nbPages", "hitsPerPage", "facets", "facets_stats", "facetLabels"),
        *("exhaustiveNbHits", "exhaustiveFacetsCount", "query", "params", "processingTimeMS"),
    }
    assert (result["nbHits"], result["page"], result["nbPages"], result["hitsPerPage"]) == (1, 0, 1, 20)
    assert result["facets"] == {"kind": {"practice": 1}}
    hit = result["hits"][0]
    assert (hit["objectID"], hit["title"], hit["organisation"]) == ("p1", "Sousedský stůl", "Spolek Alfa")


async def test_what_matched_stands_between_the_tags_that_were_asked_for(client):
    params = {"highlightPreTag": "__a__", "highlightPostTag": "__/a__", "attributesToSnippet": ["text:20"]}
    hit = (await one(client, query="stůl kauce", **params))["hits"][0]
    title = hit["_highlightResult"]["title"]
    assert title == {"value": "Sousedský __a__stůl__/a__", "matchLevel": "partial", "matchedWords": ["stůl"]}
    assert "__a__kauce__/a__" in hit["_snippetResult"]["text"]["value"]
    assert hit["_highlightResult"]["summary"]["matchLevel"] == "none"
    (summary,) = (await one(client, query="jídlem"))["hits"]
    assert summary["_highlightResult"]["summary"]["value"] == "Setkání sousedů nad <em>jídlem</em>."


async def test_texts_come_raw_since_widgets_escape_by_themselves(exchange, client):
    await exchange.add(a_practice(id="x", title={"cs": "<script> & medomet"}), pages_of("Byt."))
    await exchange.catch_up()
    hit = (await one(client, query="medomet"))["hits"][0]
    assert hit["_highlightResult"]["title"]["value"] == "<script> & <em>medomet</em>"


async def test_only_the_attributes_asked_for_come(client):
    hit = (await one(client, query="kauce", attributesToRetrieve=["title", "year"], attributesToHighlight=[]))["hits"][
        0
    ]
    assert hit == {
        "objectID": "p1",
        "title": "Sousedský stůl",
        "year": 2023,
        "_highlightResult": {},
        "_snippetResult": {},
    }


async def test_filters_in_one_list_are_alternatives_and_lists_are_all_wanted(many):
    async def ids(filters):
        return {hit["objectID"] for hit in (await one(many, facetFilters=filters))["hits"]}

    assert await ids([["topic:health", "topic:employment"]]) == {"x3", "x6", "a"}
    assert await ids([["topic:health", "topic:employment"], ["kind:study"]]) == {"a"}
    assert await ids(["topic:health", "topic:education"]) == {"x3", "x6"}
    assert await ids(["topic:-education", "kind:practice"]) == {"p1"}
    assert await ids(["-topic:education", "kind:practice"]) == {"p1"}
    assert await ids("topic:health") == {"x3", "x6"}
    assert await ids([[]]) == {"x1", "x2", "x3", "x4", "x5", "x6", "x7", "x8", "a", "p1", "s1"}
    assert await ids([r"topic:\-education"]) == set()


async def test_a_facets_counts_are_those_of_the_hits(many):
    result = await one(many, facets=["topic", "kind"], facetFilters=[["topic:health"]], hitsPerPage=0)
    assert result["facets"] == {"topic": {"education": 2, "health": 2}, "kind": {"practice": 2}}
    assert (result["hits"], result["nbPages"], result["nbHits"]) == ([], 0, 2)
    assert result["facetLabels"]["topic"]["health"] == "Health"
    everything = await one(many, facets=["*"], hitsPerPage=0)
    assert {"kind", "topic", "organisation", "year"} <= set(everything["facets"])
    few = await one(many, facets="topic", maxValuesPerFacet=1, hitsPerPage=0)
    assert few["facets"] == {"topic": {"education": 8}}


@pytest.mark.parametrize(
    ("filters", "years"),
    [
        (["year>=2016"], {2016, 2017, 2018, 2023, 2024}),
        (["year>2016", "year<=2018"], {2017, 2018}),
        (["year<2012"], {2011}),
        (["year<2012.5"], {2011, 2012}),
        (["year>=2011.5", "year<=2012"], {2012}),
        (["year=2013"], {2013}),
        (["year:2012 TO 2014"], {2012, 2013, 2014}),
        ([["year=2012", "year=2014"]], {2012, 2014}),
        (["year>=2016", "year != 2017"], {2016, 2018, 2023, 2024}),
        ("year = 2013", {2013}),
        (["year>=2018", "year<=2011"], set()),
    ],
)
async def test_numbers_are_compared_in_every_way_that_widgets_know(many, filters, years):
    result = await one(many, numericFilters=filters, facets=["year"])
    assert {hit["year"] for hit in result["hits"]} == years
    assert {int(year) for year in result["facets"]["year"]} == years
    stats = result["facets_stats"].get("year", {})
    assert (stats.get("min"), stats.get("max")) == (min(years, default=None), max(years, default=None))


async def test_statistics_of_a_number_count_each_hit(many):
    stats = (await one(many, numericFilters=["year<=2013"], facets=["year"], maxValuesPerFacet=1))["facets_stats"][
        "year"
    ]
    assert stats == {"min": 2011, "max": 2013, "avg": 2012.0, "sum": 6036}


async def test_pages_count_from_zero(many):
    first = await one(many, hitsPerPage=4, page=0)
    last = await one(many, hitsPerPage=4, page=2)
    assert (first["nbHits"], first["nbPages"], len(first["hits"]), len(last["hits"])) == (11, 3, 4, 3)
    assert (await one(many, hitsPerPage=4, page=3))["hits"] == []


async def test_the_name_of_the_index_says_the_order(many):
    async def years(index):
        (result,) = await results(many, {"indexName": index, "params": {"facetFilters": ["topic:education"]}})
        assert result["index"] == index
        return [hit["year"] for hit in result["hits"]]

    assert await years("documents:oldest") == list(range(2011, 2019))
    assert await years("documents:newest") == await years("documents") == list(range(2018, 2010, -1))


async def test_the_values_of_a_facet_can_be_searched_in_both_ways_that_clients_ask(many):
    old = {"indexName": "documents", "params": {"facetName": "topic", "facetQuery": "hea", "query": "dílna"}}
    new = {"type": "facet", "indexName": "documents", "facet": "topic", "facetQuery": "HEA", "query": "dílna"}
    first, second = await results(many, old, new)
    assert first["facetHits"] == [{"value": "health", "highlighted": "<em>Hea</em>lth", "count": 2}]
    assert second["facetHits"] == first["facetHits"]
    assert first["exhaustiveFacetsCount"] is True
    (every,) = await results(many, {"facet": "topic", "type": "facet", "maxFacetHits": 2, "facetQuery": ""})
    assert [hit["value"] for hit in every["facetHits"]] == ["education", "housing"]


async def test_the_same_is_answered_to_every_form_of_request(many):
    params = {"query": "dílna", "facets": ["topic"], "facetFilters": [["topic:health"]], "hitsPerPage": 3}
    written = {name: json.dumps(value) if isinstance(value, list) else value for name, value in params.items()}
    bodies = [
        {"requests": [{"indexName": "documents", "params": params}]},
        [{"indexName": "documents", "params": params}],
        {"requests": [{"indexName": "documents", **params}]},
        {"requests": [{"indexName": "documents", "params": urlencode(written)}]},
    ]
    answers = []
    for body in bodies:
        for media_type in ("application/json", "text/plain", "application/x-www-form-urlencoded"):
            answer = await many.post(INSTANT, content=json.dumps(body), headers={"content-type": media_type})
            (result,) = answer.json()["results"]
            answers.append(
                {name: value for name, value in result.items() if name not in {"processingTimeMS", "params"}}
            )
    assert answers[0]["nbHits"] == 2
    assert all(answer == answers[0] for answer in answers)


async def test_what_a_newer_widget_sends_beside_is_passed_over(client):
    assert (
        await one(client, query="kauce", clickAnalytics=True, userToken="u", tagFilters="", facetingAfterDistinct=1)
    )["nbHits"] == 1


@pytest.mark.parametrize(
    ("params", "named"),
    [
        ({"facets": ["topik"]}, "facets"),
        ({"facets": [["topic"]]}, "facets"),
        ({"facets": 5}, "facets"),
        ({"facetFilters": ["topik:health"]}, "facetFilters"),
        ({"facetFilters": ["health"]}, "facetFilters"),
        ({"facetFilters": [["topic:health", "kind:study"]]}, "facetFilters"),
        ({"facetFilters": {"topic": "health"}}, "facetFilters"),
        ({"facetFilters": [[["topic:health"]]]}, "facetFilters"),
        ({"numericFilters": ["size>3"]}, "numericFilters"),
        ({"numericFilters": ["year"]}, "numericFilters"),
        ({"numericFilters": [["year>2000", "year<1990"]]}, "numericFilters"),
        ({"filters": "topic:health"}, "filters"),
        ({"page": -1}, "page"),
        ({"page": "9" * 5_000}, "page"),
        ({"page": 1000, "hitsPerPage": 100}, "page"),
        ({"hitsPerPage": 1000}, "hitsPerPage"),
        ({"hitsPerPage": True}, "hitsPerPage"),
        ({"query": 1}, "query"),
        ({"facetName": "topik"}, "facetName"),
        ({"attributesToRetrieve": [1]}, "attributesToRetrieve"),
    ],
)
async def test_what_cannot_be_meant_is_refused_by_its_place(client, params, named):
    good = {"indexName": "documents", "params": {}}
    answer = await client.post(INSTANT, json={"requests": [good, {"indexName": "documents", "params": params}]})
    assert (answer.status_code, answer.json()["errors"][0]["name"]) == (400, f"requests[1].{named}")


@pytest.mark.parametrize("body", ["{", "5", '{"requests": 5}', "[5]", "[[]]", '{"requests": {}}', "{}"])
async def test_a_body_that_is_no_list_of_requests_is_refused(client, body):
    assert (await client.post(INSTANT, content=body)).status_code == 400


async def test_an_index_that_is_not_there_and_a_batch_that_is_too_long_are_refused(client):
    answer = await client.post(INSTANT, json=[{"indexName": "films"}])
    assert "documents:newest" in answer.json()["errors"][0]["reason"]
    assert (await client.post(INSTANT, json=[{}] * 51)).json()["errors"][0]["name"] == "requests"
    assert (await client.post(INSTANT, json=[])).json() == {"results": []}


async def test_each_audience_is_counted_what_it_may_see(many, keys):
    request = {"params": {"facets": ["visibility"]}}
    (public,) = await results(many, request)
    (members,) = await results(many, request, headers=keys["member"])
    assert public["facets"]["visibility"] == {"public": 11}
    assert members["facets"]["visibility"] == {"public": 11, "members": 2}


async def test_what_was_typed_is_read_once_for_a_whole_batch(many):
    """With one filter nothing has both words, with none everything has one: the batch decides once."""
    main = {"params": {"query": "dílna velbloud", "facets": ["topic"], "facetFilters": [["topic:health"]]}}
    free = {"params": {"query": "dílna velbloud", "facets": ["topic"], "hitsPerPage": 0}}
    narrow, wide = await results(many, main, free)
    assert (narrow["nbHits"], wide["nbHits"]) == (2, 8)
    assert wide["facets"]["topic"] == {"education": 8, "health": 2}


async def test_one_keystroke_costs_one_search_for_each_of_its_queries_and_none_the_next_time(many, searches):
    narrowed = {"query": "dílna", "facetFilters": [["topic:health"]], "numericFilters": ["year>=2012"]}
    keystroke = [
        {"params": {**narrowed, "facets": ["*"]}},
        {"params": {**narrowed, "facetFilters": [], "facets": ["topic"], "hitsPerPage": 0}},
        {"params": {**narrowed, "numericFilters": [], "facets": ["year"], "hitsPerPage": 0}},
    ]
    first = await results(many, *keystroke)
    # The first may be asked in several ways until it is decided what it means; these count no values.
    assert [asked.facets for asked in searches if asked.facets][-2:] == [("topic",), ("year",)]
    once = len([asked for asked in searches if asked.facets])
    again = await results(many, *keystroke)
    assert len([asked for asked in searches if asked.facets]) == once
    for before, after in zip(first, again, strict=True):
        assert (before["hits"], before["facets"]) == (after["hits"], after["facets"])
