"""Browsing by cursor, facet values, statistics, exports: what else is asked of a whole collection."""

import csv
import io

import bibtexparser
import msgspec
import pytest
import rispy

from library.model import Person
from library.records.table import COLUMNS
from library.web.results import FoundItem
from tests.builders import a_practice, a_study, pages_of

DOCUMENTS, EXPORT = "/api/v1/documents", "/api/v1/export"


async def test_browsing_goes_through_everything_once_newest_first(exchange, client):
    for number in range(5):
        await exchange.add(a_practice(id=f"x{number}"), pages_of("Byt."))
    await exchange.catch_up()
    answer = await client.get(DOCUMENTS, params={"per_page": 3})
    assert answer.json()["total"] == 7
    assert set(answer.json()["items"][0]) == set(FoundItem.__struct_fields__)
    seen = [item["id"] for item in answer.json()["items"]]
    while "next" in answer.links:
        assert answer.json()["next_cursor"] in answer.links["next"]["url"]
        answer = await client.get(answer.links["next"]["url"])
        seen += [item["id"] for item in answer.json()["items"]]
    assert sorted(seen) == ["p1", "s1", "x0", "x1", "x2", "x3", "x4"]
    newest = (await client.get("/api/v1/search", params={"sort": "newest"})).json()["items"]
    assert seen == [item["id"] for item in newest]


async def test_browsing_takes_filters_fields_and_an_entity_tag(client, keys):
    answer = await client.get(DOCUMENTS, params={"kind": "study", "fields": "year"})
    assert answer.json()["items"] == [{"id": "s1", "year": 2024}]
    again = await client.get(
        DOCUMENTS, params={"kind": "study", "fields": "year"}, headers={"if-none-match": answer.headers["etag"]}
    )
    assert (again.status_code, again.content) == (304, b"")
    assert (await client.get(DOCUMENTS, headers=keys["member"])).json()["total"] == 3
    assert (await client.get(DOCUMENTS, params={"q": "byt"})).json()["errors"][0]["name"] == "q"


async def test_the_values_of_a_facet_can_be_searched_by_their_labels(client):
    async def values(field, **parameters: str):
        body = (await client.get(f"/api/v1/facets/{field}", params=parameters)).json()
        assert body["total"] >= len(body["values"])
        return {value["value"]: value["count"] for value in body["values"]}

    assert await values("organisation") == {"alfa": 1, "beta": 1}
    assert await values("organisation", prefix="spol") == {"alfa": 1}
    assert await values("organisation", prefix="ALF") == {"alfa": 1}
    assert await values("language", prefix="cest", lang="cs") == {"cs": 1}
    assert await values("organisation", q="kauce") == {"alfa": 1}
    assert await values("organisation", organisation="alfa") == {"alfa": 1, "beta": 1}
    assert await values("concept", facet_size="1", prefix="rental") == {"rental-housing": 2}


async def test_what_is_no_facet_and_what_is_no_parameter_of_one_is_said(client):
    assert (await client.get("/api/v1/facets/colour")).status_code == 404
    answer = await client.get("/api/v1/facets/topic", params={"facet_size": "0"})
    assert answer.json()["errors"][0]["name"] == "facet_size"
    answer = await client.get("/api/v1/facets/topic", params={"prefx": "a"})
    assert "did you mean 'prefix'?" in answer.json()["errors"][0]["reason"]


async def test_statistics_count_what_the_caller_may_see(client, keys):
    body = (await client.get("/api/v1/statistics", params={"lang": "cs"})).json()
    assert body["documents"] == 2
    assert {value["value"]: value["count"] for value in body["by"]["kind"]["values"]} == {"practice": 1, "study": 1}
    assert {value["label"] for value in body["by"]["language"]["values"]} == {"čeština", "angličtina"}
    assert body["newest"] is not None
    members = await client.get("/api/v1/statistics", headers=keys["member"])
    assert members.json()["documents"] == 3


async def test_lists_and_organisations_can_be_looked_up(client):
    lists = (await client.get("/api/v1/vocabulary")).json()["lists"]
    assert {"topic", "target_group", "language"} <= set(lists)
    for name in lists:
        assert (await client.get(f"/api/v1/vocabulary/{name}")).json()["id"] == name
    assert (await client.get("/api/v1/organisations/alfa")).json()["name"] == "Spolek Alfa"
    assert (await client.get("/api/v1/organisations/none")).status_code == 404


# One document in several formats -------------------------------------------------------------------------------------

HARD = a_study(
    id="hard",
    title={"en": "50 % of {tenants} & “friends”: a_b ~ \\x $5 #1 <b>\x0b"},
    summary={"en": "First line.\nSecond line."},
    authors=(Person(family="Nováková", given="Jana", orcid="0000-0001"), Person(family="O'Neil")),
    keywords=("=cmd()", "a, b"),
    doi="10.1000/x_y",
    publisher="Alfa & Beta",
    licence="cc-by-4.0",
)


@pytest.fixture
async def hard(exchange, client):
    await exchange.add(HARD, pages_of("Text of it."))
    await exchange.catch_up()
    return client


async def record(client, wanted):
    answer = await client.get(f"{DOCUMENTS}/hard", params={"format": wanted})
    assert answer.status_code == 200, answer.text
    return answer


async def test_bibtex_is_read_back_as_it_was_meant(hard):
    library = bibtexparser.parse_string((await record(hard, "bibtex")).text)
    assert library.failed_blocks == []
    (entry,) = library.entries
    assert (entry.entry_type, entry.key) == ("techreport", "hard")
    fields = {field.key: field.value for field in entry.fields}
    assert fields["author"] == "Nováková, Jana and O'Neil"
    assert fields["institution"] == r"Alfa \& Beta"
    assert fields["title"].startswith(r"{50 \% of \{tenants\} \& “friends”: a\_b \~{} \textbackslash{}x \$5 \#1")
    assert fields["url"] == "http://library.test/documents/hard"


async def test_ris_is_read_back_as_it_was_meant(hard):
    (entry,) = rispy.loads((await record(hard, "ris")).text)
    assert (entry["type_of_reference"], entry["id"], entry["year"]) == ("RPRT", "hard", "2024")
    assert entry["authors"] == ["Nováková, Jana", "O'Neil"]
    assert entry["abstract"] == "First line. Second line."
    assert entry["keywords"] == ["Housing", "=cmd()", "a, b"]
    assert entry["doi"] == "10.1000/x_y"


async def test_csl_names_people_or_the_organisation(hard):
    (item,) = (await record(hard, "csl")).json()
    assert item["author"] == [{"family": "Nováková", "given": "Jana"}, {"family": "O'Neil"}]
    assert item["issued"] == {"date-parts": [[2024]]}
    (practice,) = (await hard.get(f"{DOCUMENTS}/p1", params={"format": "csl"})).json()
    assert practice["author"] == [{"literal": "Spolek Alfa"}]


async def test_json_ld_says_who_wrote_it_and_what_one_may_do_with_it(hard):
    answer = await record(hard, "jsonld")
    assert answer.headers["content-type"].startswith("application/ld+json")
    body = answer.json()
    assert (body["@type"], body["license"]) == ("Report", "https://creativecommons.org/licenses/by/4.0/")
    assert body["author"][0]["sameAs"] == "https://orcid.org/0000-0001"


@pytest.mark.parametrize(
    ("accepted", "sent"),
    [
        (None, "application/json"),
        ("*/*", "application/json"),
        ("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", "application/json"),
        ("application/x-bibtex", "application/x-bibtex"),
        ("text/x-bibtex;q=0.5, application/json;q=0.1", "application/x-bibtex"),
        ("application/vnd.citationstyles.csl+json", "application/vnd.citationstyles.csl+json"),
        ("application/ld+json", "application/ld+json"),
    ],
)
async def test_the_format_follows_the_header_accept(client, accepted, sent):
    headers = {"accept": accepted} if accepted else {"accept": "*/*"}
    answer = await client.get(f"{DOCUMENTS}/p1", headers=headers)
    assert (answer.status_code, answer.headers["content-type"].split(";")[0]) == (200, sent)
    assert "Accept" in answer.headers["vary"].split(", ")


async def test_a_format_that_there_is_not_is_a_406_and_one_by_name_a_400(client):
    answer = await client.get(f"{DOCUMENTS}/p1", headers={"accept": "image/png"})
    assert (answer.status_code, answer.json()["type"]) == (406, "/problems/not-acceptable")
    answer = await client.get(f"{DOCUMENTS}/p1", params={"format": "png"})
    assert (answer.status_code, answer.json()["errors"][0]["name"]) == (400, "format")


async def test_each_format_has_its_own_entity_tag_and_an_unchanged_one_is_not_sent_twice(client):
    tags = set()
    for wanted in ("json", "csl", "bibtex", "ris", "jsonld", "oai_dc"):
        first = await client.get(f"{DOCUMENTS}/p1", params={"format": wanted})
        again = await client.get(
            f"{DOCUMENTS}/p1", params={"format": wanted}, headers={"if-none-match": first.headers["etag"]}
        )
        assert (again.status_code, again.content) == (304, b"")
        tags.add(first.headers["etag"])
    assert len(tags) == 6


# The whole result ----------------------------------------------------------------------------------------------------


async def exported(client, wanted, **parameters: str):
    answer = await client.get(EXPORT, params={"format": wanted, **parameters})
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-disposition"].startswith("attachment")
    return answer


async def test_a_spreadsheet_opens_as_utf_8_and_runs_no_formula(hard):
    written = (await exported(hard, "csv")).content.decode()
    assert written[0] == "\N{BYTE ORDER MARK}"
    rows = list(csv.DictReader(io.StringIO(written[1:], newline="")))
    assert tuple(rows[0]) == COLUMNS
    found = {row["id"]: row for row in rows}
    assert found["hard"]["authors"] == "Nováková, Jana | O'Neil"
    assert found["p1"]["title"] == "Sousedský stůl"
    for row in rows:
        assert not any(cell.startswith(("=", "+", "-", "@")) for cell in row.values())
    assert found["hard"]["keywords"].startswith("'=cmd()")


async def test_every_export_has_what_the_search_finds(exchange, hard, monkeypatch):
    monkeypatch.setattr("library.finding.EXPORT_BATCH", 4)
    for number in range(9):
        await exchange.add(a_practice(id=f"x{number}"), pages_of("Medomet."))
    await exchange.catch_up()
    wanted = {f"x{number}" for number in range(9)}
    lines = (await exported(hard, "jsonl", q="medomet")).text.splitlines()
    assert {msgspec.json.decode(line)["id"] for line in lines} == wanted
    assert {item["id"] for item in (await exported(hard, "csl", q="medomet")).json()} == wanted
    assert {item["id"] for item in rispy.loads((await exported(hard, "ris", q="medomet")).text)} == wanted
    entries = bibtexparser.parse_string((await exported(hard, "bibtex", q="medomet")).text).entries
    assert {entry.key for entry in entries} == wanted
    assert len((await exported(hard, "csv", q="medomet")).text.splitlines()) == 10


async def test_an_export_of_nothing_is_a_file_with_nothing_in_it(client):
    assert (await exported(client, "csl", q="velbloud")).json() == []
    assert (await exported(client, "ris", q="velbloud")).text == ""
    assert len((await exported(client, "csv", q="velbloud")).text.splitlines()) == 1


async def test_an_export_shows_to_each_what_it_may_see(client, keys):
    async def ids(headers):
        answer = await client.get(EXPORT, params={"format": "jsonl"}, headers=headers)
        return {msgspec.json.decode(line)["id"]: msgspec.json.decode(line) for line in answer.text.splitlines()}

    public, members = await ids({}), await ids(keys["member"])
    assert (set(public), set(members)) == ({"p1", "s1"}, {"p1", "s1", "mem"})
    assert (public["p1"]["caveats"], members["p1"]["caveats"]) == ({}, {"cs": "Nikdo nepřišel."})


@pytest.mark.parametrize(
    ("parameters", "named"), [({}, "format"), ({"format": "doc"}, "format"), ({"page": "2"}, "format")]
)
async def test_an_export_without_a_known_format_is_refused(client, parameters, named):
    answer = await client.get(EXPORT, params=parameters)
    assert (answer.status_code, answer.json()["errors"][0]["name"]) == (400, named)


async def test_asking_only_for_the_head_of_an_export_sends_nothing(client):
    answer = await client.head(EXPORT, params={"format": "csv"})
    assert (answer.status_code, answer.content) == (200, b"")
