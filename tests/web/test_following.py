"""OAI-PMH, the feed, the map, the search description: what other programs follow the library by, without a key."""

from datetime import UTC, date, datetime, timedelta

import msgspec
import pytest
from lxml import etree

from library.harvest import Harvest
from library.model import Visibility
from tests.builders import a_practice, a_study, pages_of, the_public
from tests.web.conftest import served

NAMES = {
    "oai": "http://www.openarchives.org/OAI/2.0/",
    "dc": "http://purl.org/dc/elements/1.1/",
    "atom": "http://www.w3.org/2005/Atom",
    "map": "http://www.sitemaps.org/schemas/sitemap/0.9",
}


async def xml(client, path, **parameters: str | list[str]):
    answer = await client.get(path, params=parameters)
    assert answer.status_code == 200, answer.text
    return etree.fromstring(answer.content)


def texts(root, path):
    return [found.text for found in root.findall(path, NAMES)]


async def oai(client, **arguments: str | list[str]):
    return await xml(client, "/oai", **arguments)


def error(root):
    (found,) = root.findall("oai:error", NAMES)
    return found.get("code")


def identifiers(root):
    """Document ids, those of deleted records with a minus."""
    return {
        ("-" if header.get("status") == "deleted" else "") + header.findtext("oai:identifier", "", NAMES).split(":")[-1]
        for header in root.iter(f"{{{NAMES['oai']}}}header")
    }


async def records(client, **arguments: str | list[str]):
    return identifiers(await oai(client, verb="ListRecords", metadataPrefix="oai_dc", **arguments))


async def test_the_library_identifies_itself(client):
    root = await oai(client, verb="Identify")
    assert texts(root, "oai:Identify/oai:protocolVersion") == ["2.0"]
    assert texts(root, "oai:Identify/oai:baseURL") == ["http://library.test/oai"]
    assert texts(root, "oai:Identify/oai:deletedRecord") == ["persistent"]
    assert root.find("oai:request", NAMES).attrib == {"verb": "Identify"}


async def test_formats_and_sets_are_listed(client):
    root = await oai(client, verb="ListMetadataFormats", identifier="oai:library.test:p1")
    assert texts(root, ".//oai:metadataPrefix") == ["oai_dc"]
    root = await oai(client, verb="ListSets")
    assert texts(root, ".//oai:setSpec") == ["kind:practice", "kind:study", "organisation:alfa", "organisation:beta"]


async def test_a_harvest_has_all_that_is_public_and_nothing_else(client):
    assert await records(client) == {"p1", "s1"}
    assert await records(client, set="kind:study") == {"s1"}
    assert await records(client, set="organisation:alfa") == {"p1"}
    root = await oai(client, verb="ListIdentifiers", metadataPrefix="oai_dc")
    assert identifiers(root) == {"p1", "s1"}
    assert root.findall(".//oai:metadata", NAMES) == []


async def test_a_record_is_in_dublin_core(client):
    root = await oai(client, verb="GetRecord", metadataPrefix="oai_dc", identifier="oai:library.test:p1")
    assert texts(root, ".//dc:title") == ["Sousedský stůl"]
    assert root.find(".//dc:title", NAMES).get("{http://www.w3.org/XML/1998/namespace}lang") == "cs"
    assert texts(root, ".//dc:creator") == ["Spolek Alfa"]
    assert texts(root, ".//dc:identifier") == ["http://library.test/documents/p1"]
    (alone,) = (await xml(client, "/api/v1/documents/p1", format="oai_dc")).findall("dc:title", NAMES)
    assert alone.text == "Sousedský stůl"


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        ({}, "badVerb"),
        ({"verb": "Steal"}, "badVerb"),
        ({"verb": ["Identify", "Identify"]}, "badVerb"),
        ({"verb": "Identify", "set": "x"}, "badArgument"),
        ({"verb": "ListRecords"}, "badArgument"),
        ({"verb": "ListRecords", "metadataPrefix": ["oai_dc", "oai_dc"]}, "badArgument"),
        ({"verb": "ListRecords", "metadataPrefix": "marc"}, "cannotDisseminateFormat"),
        ({"verb": "ListRecords", "metadataPrefix": "oai_dc", "from": "yesterday"}, "badArgument"),
        ({"verb": "ListRecords", "metadataPrefix": "oai_dc", "from": "2025-02-30"}, "badArgument"),
        (
            {"verb": "ListRecords", "metadataPrefix": "oai_dc", "from": "2025-02-03", "until": "2025-01-01"},
            "badArgument",
        ),
        (
            {"verb": "ListRecords", "metadataPrefix": "oai_dc", "from": "2025-02-03", "until": "2025-03-01T00:00:00Z"},
            "badArgument",
        ),
        ({"verb": "ListRecords", "metadataPrefix": "oai_dc", "until": "2001-01-01"}, "noRecordsMatch"),
        ({"verb": "ListRecords", "metadataPrefix": "oai_dc", "set": "organisation:gama"}, "noRecordsMatch"),
        ({"verb": "ListRecords", "resumptionToken": "x"}, "badResumptionToken"),
        ({"verb": "ListRecords", "resumptionToken": "x", "metadataPrefix": "oai_dc"}, "badArgument"),
        ({"verb": "ListSets", "resumptionToken": "x"}, "badResumptionToken"),
        ({"verb": "GetRecord", "metadataPrefix": "oai_dc", "identifier": "oai:library.test:o1"}, "idDoesNotExist"),
        ({"verb": "GetRecord", "metadataPrefix": "oai_dc", "identifier": "p1"}, "idDoesNotExist"),
        (
            {"verb": "GetRecord", "metadataPrefix": "marc", "identifier": "oai:library.test:p1"},
            "cannotDisseminateFormat",
        ),
        ({"verb": "ListMetadataFormats", "identifier": "oai:library.test:none"}, "idDoesNotExist"),
    ],
)
async def test_a_mistake_has_the_protocols_own_code(client, arguments, code):
    root = await oai(client, **arguments)
    assert error(root) == code
    assert bool(root.find("oai:request", NAMES).attrib) is (code not in {"badVerb", "badArgument"})


async def test_a_form_asks_the_same_as_an_address(client):
    answer = await client.post("/oai", data={"verb": "ListRecords", "metadataPrefix": "oai_dc"})
    assert identifiers(etree.fromstring(answer.content)) == {"p1", "s1"}
    assert (await client.post("/oai", json={"verb": "Identify"})).status_code == 415


async def test_a_long_harvest_comes_in_parts_and_tells_how_far_it_is(exchange, client, monkeypatch):
    monkeypatch.setattr("library.web.oai.PAGE", 3)
    for number in range(5):
        await exchange.add(a_practice(id=f"x{number}"), pages_of("Byt."))
    seen, cursors, arguments = set[str](), [], {"metadataPrefix": "oai_dc"}
    while True:
        root = await oai(client, verb="ListRecords", **arguments)
        seen |= identifiers(root)
        token = root.find(".//oai:resumptionToken", NAMES)
        cursors.append((token.get("cursor"), token.get("completeListSize")))
        if not token.text:
            break
        arguments = {"resumptionToken": token.text}
    assert seen == {"p1", "s1", *(f"x{number}" for number in range(5))}
    assert cursors == [("0", "7"), ("3", "7"), ("6", "7")]


async def test_what_leaves_the_publics_eyes_is_told_as_deleted_and_what_returns_as_there(exchange, client):
    await exchange.withdraw("p1", "a test")
    study = await exchange.catalog.document("s1")
    await exchange.editing.revise(msgspec.structs.replace(study, visibility=Visibility.MEMBERS))
    await exchange.withdraw("mem", "nobody outside ever saw it")
    assert await records(client) == {"-p1", "-s1"}
    await exchange.restore("p1")
    assert await records(client) == {"p1", "-s1"}


async def test_a_purged_document_is_told_as_deleted_at_once(exchange, client):
    assert await records(client) == {"p1", "s1"}
    for purged in ("p1", "mem", "e1"):
        await exchange.purge(purged, "a test")
    assert await records(client) == {"-p1", "s1"}
    assert texts(await xml(client, "/sitemap.xml"), "map:url/map:loc") == ["http://library.test/documents/s1"]


async def test_a_harvest_goes_on_from_where_the_last_one_ended(client):
    root = await oai(client, verb="ListIdentifiers", metadataPrefix="oai_dc")
    last = max(texts(root, ".//oai:datestamp"))
    assert "p1" in await records(client, **{"from": "2001-01-01T00:00:00Z", "until": last})
    behind = (datetime.fromisoformat(last) + timedelta(seconds=1)).strftime("%Y-%m-%dT%H:%M:%SZ")
    later = await oai(client, verb="ListRecords", metadataPrefix="oai_dc", **{"from": behind})
    assert error(later) == "noRecordsMatch"
    assert await records(client, until=last[:10]) == {"p1", "s1"}


async def test_an_embargo_that_ends_makes_a_document_new(exchange):
    await exchange.add(a_practice(id="later", embargo_until=date(2050, 3, 1)), pages_of("Byt."))
    harvest = Harvest(exchange.catalog)

    async def moment(day):
        notices = await harvest.notices(the_public(day))
        return next((notice.moment for notice in notices if notice.id == "later"), None)

    assert await moment(date(2050, 2, 28)) is None
    assert await moment(date(2050, 3, 1)) == datetime(2050, 3, 1, tzinfo=UTC)


async def test_the_feed_has_the_newest_that_a_search_finds(exchange, client):
    await exchange.add(a_practice(id="new", title={"cs": "Medomet <b>"}), pages_of("Medomet."))
    await exchange.catch_up()
    root = await xml(client, "/feed.atom")
    assert len(texts(root, "atom:entry/atom:title")) == 3
    root = await xml(client, "/feed.atom", q="medomet", kind="practice")
    assert texts(root, "atom:entry/atom:title") == ["Medomet <b>"]
    assert texts(root, "atom:entry/atom:id") == ["http://library.test/documents/new"]
    assert texts(root, "atom:id") == ["http://library.test/feed.atom?kind=practice&q=medomet"]
    assert (await client.get("/feed.atom", params={"page": "2"})).status_code == 400


async def test_the_map_names_public_documents_and_of_a_large_library_its_parts(client, monkeypatch):
    places = texts(await xml(client, "/sitemap.xml"), "map:url/map:loc")
    assert places == [f"http://library.test/documents/{each}" for each in ("p1", "s1")]
    monkeypatch.setattr("library.web.feeds.MAP_ADDRESSES", 1)
    parts = texts(await xml(client, "/sitemap.xml"), "map:sitemap/map:loc")
    assert [texts(await xml(client, part), "map:url/map:loc") for part in parts] == [[place] for place in places]
    assert (await client.get("/sitemap/3")).status_code == 404


async def test_programs_are_told_where_to_search_and_what_not_to_crawl(client):
    root = await xml(client, "/opensearch.xml")
    templates = [url.get("template") for url in root.iter("{*}Url")]
    assert templates[0] == "http://library.test/api/v1/search?q={searchTerms}"
    assert (await client.get(templates[0].replace("{searchTerms}", "byt"))).status_code == 200
    robots = (await client.get("/robots.txt")).text
    assert "Disallow: /api/v1/search\n" in robots
    assert "Sitemap: http://library.test/sitemap.xml\n" in robots


async def test_a_key_opens_nothing_here(client, keys):
    for path in ("/oai?verb=ListRecords&metadataPrefix=oai_dc", "/feed.atom", "/sitemap.xml"):
        anonymous, admin = await client.get(path), await client.get(path, headers=keys["admin"])
        assert b"mem" not in admin.content
        assert len(anonymous.content) == len(admin.content)


@pytest.mark.usefixtures("exchange")
@pytest.mark.parametrize("path", ["/oai?verb=Identify", "/feed.atom", "/sitemap.xml"])
async def test_a_library_for_members_only_is_not_followed(settings, path):
    async with served(msgspec.structs.replace(settings, anonymous=False)) as client:
        assert (await client.get(path)).status_code == 401
        assert (await client.get("/robots.txt")).text == "User-agent: *\nDisallow: /\n"


@pytest.mark.usefixtures("exchange")
async def test_the_settings_may_say_what_the_library_is_called_outside(settings):
    async with served(msgspec.structs.replace(settings, public_url="https://library.example/")) as client:
        places = texts(await xml(client, "/sitemap.xml"), "map:url/map:loc")
        assert places[0] == "https://library.example/documents/p1"


async def test_characters_that_no_xml_may_hold_do_no_harm(exchange, client):
    await exchange.add(a_study(id="odd", title={"en": "a\x0b\x00<b>&\ufffe"}), pages_of("Text."))
    root = await oai(client, verb="GetRecord", metadataPrefix="oai_dc", identifier="oai:library.test:odd")
    assert texts(root, ".//dc:title") == ["a\ufffd\ufffd<b>&\ufffd"]
