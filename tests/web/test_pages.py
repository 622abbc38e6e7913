"""The pages that people look at, as they come without a script."""

import gzip
import json
import re

import pytest
from selectolax.lexbor import LexborHTMLParser

from library.model import Finding, Link, Person, Recommendation, Related, Tool
from library.page.wording import LANGUAGES
from tests.builders import a_practice, a_study, pages_of

LONG = "a" * 5_000
HOSTILE = '<script>alert("1")</script>'


async def page(client, address: str, **headers: str) -> LexborHTMLParser:
    answer = await client.get(address, headers=headers)
    assert answer.status_code == 200, answer.text
    return LexborHTMLParser(answer.text)


def texts(html: LexborHTMLParser, selector: str) -> list[str]:
    return [" ".join(found.text().split()) for found in html.css(selector)]


async def test_results_are_there_without_a_script(client):
    html = await page(client, "/?q=kauce&lang=cs")
    assert texts(html, "#total") == ["1 dokument"]
    assert texts(html, ".hit-title") == ["Sousedský stůl"]
    assert texts(html, ".fragment mark") == ["kauce"]
    assert html.css_first(".fragment .where").attributes["href"] == "/documents/p1/pages/1?q=kauce&lang=cs"
    assert html.css_first("#q").attributes["value"] == "kauce"


async def test_facets_belong_to_the_form_and_show_what_is_chosen(client):
    html = await page(client, "/?kind=study&topic=housing")
    chosen = [box.attributes["name"] for box in html.css("#facets input[checked]")]
    assert chosen == ["kind", "topic"]
    assert {box.attributes["form"] for box in html.css("#facets input")} == {"search"}
    assert texts(html, ".hit-title") == ["Access to housing"]
    removed = [chip.attributes["href"] for chip in html.css(".chip")]
    assert removed == ["/?topic=housing", "/?kind=study"]
    assert html.css_first(".clear").attributes["href"] == "/"


async def test_the_histogram_shows_all_years_whatever_is_chosen(client):
    html = await page(client, "/?year_from=2024")
    assert [bar.attributes["data-year"] for bar in html.css(".histogram g")] == ["2023", "2024"]
    assert len(html.css(".bar.inside")) == 1
    assert html.css_first("#year_from").attributes["value"] == "2024"


async def test_results_in_languages_that_the_reader_may_not_read_stand_apart(client, exchange):
    await exchange.add(
        a_practice(id="de", title={"de": "Wohnen"}, languages=("de",)), pages_of("Kauce und Miete.", language="de")
    )
    await exchange.catch_up()
    html = await page(client, "/?q=kauce+bytu&lang=cs")
    assert texts(html, ".group h2") == ["Výsledky", "V jiných jazycích"]
    assert texts(html, ".group:last-child .hit-title") == ["Wohnen"]
    assert texts(await page(client, "/?q=kauce+bytu&lang=cs&language=de"), ".group h2") == ["Výsledky"]


async def test_why_something_was_found_is_a_link_away(client):
    html = await page(client, "/?q=kauce&lang=en")
    assert html.css_first(".why").attributes["href"] == "/?q=kauce&lang=en&explain=true#hit-p1"
    reasons = texts(await page(client, "/?q=kauce&lang=en&explain=true"), ".reasons span")
    assert reasons == ["“kauce” as kauce (p. 1)"]


async def test_where_nothing_is_found_the_page_says_what_to_do(client):
    html = await page(client, "/?q=kauce&kind=study&lang=en")
    assert texts(html, "#nothing h2") == ["Nothing found"]
    assert "hidden" not in html.css_first("#nothing").attributes
    assert html.css_first(".note a").attributes["href"] == "/?lang=en&q=kauce"


async def test_what_was_mended_and_what_words_stood_for_is_shown_and_can_be_switched_off(client):
    html = await page(client, "/?q=deti&lang=en")
    assert html.css_first(".expansions a").attributes["href"] == "/?q=deti&lang=en&expand=off"
    off = await page(client, "/?q=deti&lang=en&expand=off")
    assert "Only your own words are searched for." in off.css_first("#notes").text()
    mended = await page(client, "/?q=kaucce&lang=en")
    assert "“kauce” was searched instead" in mended.css_first("#notes").text()


@pytest.mark.parametrize("language", LANGUAGES)
async def test_a_page_is_in_the_language_that_is_asked_for(client, language):
    for html in (await page(client, f"/?lang={language}"), await page(client, "/", **{"Accept-Language": language})):
        assert html.css_first("html").attributes["lang"] == language


async def test_readers_of_a_near_language_get_the_one_they_read_most_easily(client):
    assert (await page(client, "/", **{"Accept-Language": "sk-SK,en;q=0.5"})).css_first("html").attributes[
        "lang"
    ] == "cs"


async def test_the_switch_of_languages_keeps_the_search(client):
    html = await page(client, "/?q=kauce&topic=housing")
    assert html.css_first(".languages a").attributes["href"] == "/?q=kauce&topic=housing&lang=cs"


async def test_parameters_that_are_not_the_pages_are_passed_over_and_bad_ones_are_named(client):
    html = await page(client, "/?utm_source=mail&year_from=soon&q=kauce&lang=en")
    assert "“year_from” in the address cannot be used" in html.css_first(".note.warning").text()
    assert texts(html, ".hit-title") == ["Sousedský stůl"]


async def test_what_an_audience_may_not_see_is_on_no_page(client, keys):
    everything = (await client.get("/")).text
    assert "Beta, o. p. s." in everything  # by what is public
    for hidden in ("mem", "o1", "e1"):
        assert f"hit-{hidden}" not in everything
    assert 'id="hit-mem"' in (await client.get("/", headers=keys["member"])).text


async def test_nothing_in_a_document_becomes_html(client, exchange):
    await exchange.add(
        a_practice(
            id="bad",
            title={"cs": f"{HOSTILE} kauce"},
            summary={"cs": f"<img src=x onerror=alert(2)> {LONG}"},
            organisation="alfa",
        ),
        pages_of(f"kauce </li></template>{HOSTILE} \u202e obráceně", language="cs"),
    )
    await exchange.catch_up()
    answer = await client.get("/", params={"q": f"kauce {HOSTILE}\"'><b>"})
    html = LexborHTMLParser(answer.text)
    assert {script.attributes.get("type") for script in html.css("script")} == {"module", "application/json"}
    assert not html.css("#results img, #results script, .box b")
    assert f"{HOSTILE} kauce" in texts(html, ".hit-title")
    assert json.loads(html.css_first("#wording").text())["language"] == "en"


async def test_a_pages_policy_lets_nothing_in_from_elsewhere_and_nothing_inline(client):
    answer = await client.get("/")
    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert not re.search(r"\sstyle=|\son\w+=|https?://", answer.text.replace("http://www.w3.org", ""))


async def test_pages_and_assets_are_compressed_for_who_takes_it(client):
    html = await client.get("/", headers={"Accept-Encoding": "br"})
    assert html.headers["content-encoding"] == "br"
    assert html.text.startswith("<!DOCTYPE html>")
    plain = await client.get("/", headers={"Accept-Encoding": "identity"})
    assert "content-encoding" not in plain.headers
    style = LexborHTMLParser(plain.text).css_first("link[rel=stylesheet]").attributes["href"]
    asset = await client.get(style)
    assert asset.headers["content-type"].startswith("text/css")
    assert "immutable" in asset.headers["cache-control"]
    assert len(gzip.compress(asset.content)) < 10_000


async def test_a_missing_asset_is_a_page_that_says_so(client):
    answer = await client.get("/assets/x/nothing.css")
    assert (answer.status_code, answer.headers["content-type"]) == (404, "text/html; charset=utf-8")


# One document --------------------------------------------------------------------------------------------------------


async def test_a_practice_is_shown_by_its_template(client, exchange):
    await exchange.add(
        a_practice(id="whole", context={"cs": "Souvislost."}, results={"cs": "Výsledek."}, evidence="own-data"),
        pages_of("Text.", language="cs"),
    )
    await exchange.catch_up()
    html = await page(client, "/documents/whole?lang=cs")
    assert texts(html, "h1") == ["Sousedský stůl"]
    assert texts(html, ".told h2")[:2] == ["Souvislosti", "Výsledky"]
    assert "Vlastní data" in texts(html, ".facts dd")


async def test_a_study_shows_findings_with_the_page_that_says_so(client, exchange):
    finding = Finding(sentence="Rents rise.", page=1)
    advice = Recommendation(text="Build.", addressee="government")
    await exchange.add(
        a_study(id="found", findings=(finding,), recommendations=(advice,)), pages_of("Rents rise.", language="en")
    )
    await exchange.catch_up()
    html = await page(client, "/documents/found?lang=en")
    assert texts(html, ".findings li")[0].startswith("Rents rise.")
    assert html.css_first(".findings .where").attributes["href"] == "/documents/found/pages/1?lang=en"


async def test_links_lead_out_of_the_library_or_are_none(client, exchange):
    written = ("https://a.example/x", "www.b.example:8080/y?z", "mailto:c@d.example", "javascript:alert(1)", "viz s. 3")
    linked = a_practice(
        id="linked",
        links=tuple(Link(url=url) for url in written),
        tools=(Tool(title="Leták", url="e.example/letak.pdf"), Tool(title="Past", url="data:text/html,f.example")),
    )
    await exchange.add(linked, pages_of("text"))
    html = await page(client, "/documents/linked")
    out = [link.attributes["href"] for link in html.css(".told li a")]
    assert out == [
        "https://e.example/letak.pdf",
        "https://a.example/x",
        "https://www.b.example:8080/y?z",
        "mailto:c@d.example",
    ]
    assert {"Past", "javascript:alert(1)", "viz s. 3"} <= set(texts(html, ".told li"))


async def test_what_did_not_work_is_for_members(client, keys):
    assert "Nikdo nepřišel." not in (await client.get("/documents/p1")).text
    assert "Nikdo nepřišel." in (await client.get("/documents/p1", headers=keys["member"])).text


async def test_a_document_opens_at_the_pages_with_what_was_searched_for(client):
    html = await page(client, "/documents/p1?q=strana&lang=cs")
    assert [link.attributes["href"] for link in html.css(".matching a")] == ["/documents/p1/pages/2?q=strana&lang=cs"]
    assert html.css_first(".actions .primary").attributes["href"] == "/documents/p1/pages/2?q=strana&lang=cs"
    reader = await page(client, "/documents/p1/pages/2?q=strana&lang=cs")
    assert texts(reader, ".leaf mark") == ["strana"]
    assert html.css_first(".back a").attributes["href"] == "/?q=strana&lang=cs"


async def test_the_readers_form_leads_to_the_page_that_was_typed(client):
    answer = await client.get("/documents/p1/pages?page=2&q=strana")
    assert (answer.status_code, answer.headers["location"]) == (303, "/documents/p1/pages/2?q=strana")
    assert (await client.get("/documents/p1/pages?page=x")).headers["location"] == "/documents/p1/pages/1"


async def test_a_hidden_document_has_the_page_of_a_missing_one(client, keys):
    missing = await client.get("/documents/never")
    assert missing.status_code == 404
    for hidden in ("o1", "e1", "mem"):
        for address in (f"/documents/{hidden}", f"/documents/{hidden}/pages/1", f"/documents/{hidden}?q=byt"):
            answer = await client.get(address)
            assert (answer.status_code, answer.content) == (404, missing.content)
    assert (await client.get("/documents/mem", headers=keys["member"])).status_code == 200


async def test_a_citation_says_who_what_when_and_where(client, exchange):
    people = (Person(family="Nová", given="Ema"), Person(family="Malý", given="Jan"))
    await exchange.add(a_study(id="cited", authors=people, publisher="Beta", doi="10.1/x"), pages_of("x"))
    html = await page(client, "/documents/cited?lang=cs")
    said = "NOVÁ, Ema a Jan MALÝ. Access to housing. Beta, 2024. https://doi.org/10.1/x."
    assert texts(html, "#citation") == [f"{said} Dostupné z: http://library.test/documents/cited"]
    links = [link.attributes["href"] for link in html.css("#cite a")]
    assert links == [f"/api/v1/documents/cited?format={form}" for form in ("bibtex", "ris", "csl")]
    for link in links:
        assert (await client.get(link)).status_code == 200


async def test_programs_read_a_documents_page_by_its_head_and_headers(client, exchange):
    title = "</script><script>alert(1)</script>"
    await exchange.add(a_study(id="read", title={"en": title}, authors=(Person(family="Nová"),)), pages_of("x"))
    answer = await client.get("/documents/read")
    html = LexborHTMLParser(answer.text)
    meta = {tag.attributes["name"]: tag.attributes["content"] for tag in html.css("meta[name^=citation_]")}
    assert (meta["citation_title"], meta["citation_author"]) == (title, "Nová")
    assert meta["citation_publication_date"] == "2024"
    said = html.css_first("script[type='application/ld+json']").text()
    assert "<" not in said
    assert json.loads(said)["name"] == title
    assert len(html.css("script")) == 2
    link = answer.headers["link"]
    assert '</api/v1/documents/read?format=bibtex>; rel="describedby"' in link.replace("http://library.test", "")
    assert 'rel="cite-as"' in link


async def test_documents_alike_and_related_are_named_to_who_may_see_them(client, exchange, keys):
    related = (Related(relation="supports", document="mem"), Related(relation="adapts", document="s1"))
    await exchange.add(a_practice(id="rel", related=related), pages_of("Nájem bytu a kauce.", language="cs"))
    await exchange.catch_up()
    html = await page(client, "/documents/rel?lang=en")
    assert "Access to housing" in html.css_first(".facts").text()
    assert "/documents/mem" not in html.html
    member = await page(client, "/documents/rel?lang=en", **keys["member"])
    assert "/documents/mem" in member.html
