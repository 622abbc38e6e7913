"""How staff look at a document at the desk, describe it, and decide about it, without a script."""

import msgspec
import pytest
from selectolax.lexbor import LexborHTMLParser

from library.model import Clue, Finding, Person, Visibility
from library.resemblance import Resembling, signature
from tests.builders import a_practice, a_study, pages_of
from tests.web.conftest import a_kept_file, sign_in
from tests.web.test_desk import look, send, texts

pytestmark = pytest.mark.usefixtures("draft")

HOSTILE = '<script>alert("1")</script>'
WHOLE = {
    "context": {"cs": "Souvislost."},
    "objectives": {"cs": "Cíl."},
    "activities": {"cs": "Činnost."},
    "results": {"cs": "Výsledek."},
    "evidence": "own-data",
}
"""What makes a practice complete, but for a look at personal data."""
TELLING = "Klientka Jana Nováková, tel. 601 234 567, přišla o byt."


@pytest.fixture
async def draft(exchange):
    """A practice of Alfa's for members, of two pages, which lacks what it needs to be public."""
    clue = Clue(about="author", value="Eva Malá", where="properties", sure="medium")
    document = a_practice(id="draft", visibility=Visibility.MEMBERS, clues=(clue,))
    await exchange.add(document, pages_of("První strana.", TELLING, language="cs"))
    await exchange.catch_up()


def filled(html: LexborHTMLParser, form: str, typed: dict | None = None) -> tuple[str, list]:
    """Where a form leads, and its fields as a browser would send them."""
    found = html.css_first(form)
    fields = [
        (each.attributes["name"], each.attributes.get("value") or "")
        for each in found.css("input[name]")
        if each.attributes.get("type") not in ("checkbox", "radio") or "checked" in each.attributes
    ]
    fields += [(each.attributes["name"], each.text().removeprefix("\n")) for each in found.css("textarea")]
    fields += [
        (each.attributes["name"], next((o.attributes["value"] for o in each.css("option[selected]")), ""))
        for each in found.css("select")
    ]
    typed = typed or {}
    sent = [(name, (None, value)) for name, value in fields if name not in typed]
    return found.attributes["action"], sent + [(name, (None, value)) for name, value in typed.items()]


async def submit(client, html: LexborHTMLParser, form: str, typed: dict | None = None):
    action, fields = filled(html, form, typed)
    return await client.post(action, files=fields)


async def test_what_was_read_stands_beside_what_describes_it(staff):
    html = await look(staff, "/desk/documents/draft?page=2&lang=en")
    assert texts(html, ".leaf") == [TELLING]
    assert html.css_first("#leaf a[rel=prev]").attributes["href"] == "/desk/documents/draft?page=1&lang=en"
    assert html.css_first("[name='title.cs']").text().strip() == "Sousedský stůl"
    assert [each.attributes["value"] for each in html.css("[name=topics][checked]")] == ["housing"]
    assert "Author Eva Malá" in texts(html, ".clues li")


async def test_what_is_missing_to_publish_is_named_and_marked_at_its_field(staff):
    html = await look(staff, "/desk/documents/draft?lang=en")
    missing = [link.attributes["href"] for link in html.css(".note.missing a")]
    assert missing == [f"#field-{name}" for name in WHOLE]
    assert [f"#{field.attributes['id']}" for field in html.css(".field.needed")] == missing


async def test_saving_changes_what_was_typed_and_nothing_else(exchange, staff):
    before = await exchange.catalog.document("draft")
    html = await look(staff, "/desk/documents/draft")
    assert (await submit(staff, html, "#describe")).headers["location"] == "/desk/documents/draft?said=saved"
    assert await exchange.catalog.document("draft") == before
    typed = {"title.cs": "Stůl", "title.en": "A table", "keywords": "jídlo\r\nsousedé", "place.municipality": "Javorná"}
    await submit(staff, html, "#describe", {**typed, "scale": "national", "review_due": "2026-01-31"})
    after = await exchange.catalog.document("draft")
    assert after.title == {"cs": "Stůl", "en": "A table"}
    assert (after.keywords, after.scale) == (("jídlo", "sousedé"), "national")
    assert (after.place.municipality, str(after.review_due)) == ("Javorná", "2026-01-31")
    assert (after.summary, after.topics, after.caveats) == (before.summary, before.topics, before.caveats)


async def test_a_number_of_thousands_of_digits_is_no_page_and_is_refused_in_a_form(staff):
    endless = "9" * 5_000
    for path in ("/desk/documents/draft", "/desk/documents"):
        assert (await staff.get(path, params={"page": endless})).status_code == 200
    html = await look(staff, "/desk/documents/draft")
    assert (await submit(staff, html, "#describe", {"resources.volunteers": endless})).status_code == 422


async def test_a_button_that_no_page_has_changes_nothing(exchange, staff):
    html = await look(staff, "/desk/documents/draft")
    assert (await submit(staff, html, "#describe", {"title.cs": "Jinak", "then": "everybody"})).status_code == 400
    assert (await exchange.catalog.document("draft")).title == {"cs": "Sousedský stůl"}


async def test_a_study_has_rows_for_authors_and_findings(exchange, staff):
    study = a_study(id="study", organisation="alfa", authors=(Person(family="Nová", orcid="0000-0001"),))
    await exchange.add(study, pages_of("Text."))
    html = await look(staff, "/desk/documents/study")
    typed = {"authors.1.family": "Malý", "findings.0.sentence": "Nájmy rostou.", "findings.0.page": "1"}
    await submit(staff, html, "#describe", typed)
    after = await exchange.catalog.document("study")
    assert after.authors == (Person(family="Nová", orcid="0000-0001"), Person(family="Malý"))
    assert after.findings == (Finding(sentence="Nájmy rostou.", page=1),)


async def test_what_cannot_be_kept_is_shown_as_it_was_typed_with_the_reason(exchange, staff):
    html = await look(staff, "/desk/documents/draft?lang=en")
    answer = await submit(staff, html, "#describe", {"title.cs": "Můj nový název", "year": "loni"})
    again = LexborHTMLParser(answer.text)
    assert answer.status_code == 422
    assert "Year:" in again.css_first(".note.warning").text()
    assert again.css_first("[name='title.cs']").text().strip() == "Můj nový název"
    assert (await exchange.catalog.document("draft")).title == {"cs": "Sousedský stůl"}


@pytest.mark.parametrize(
    ("lang", "told"),
    [
        ("cs", ["Rok: musí být celé číslo, zapsané jen číslicemi"]),
        ("uk", ["Рік: має бути ціле число, лише цифрами"]),
    ],
)
async def test_the_reason_is_in_the_language_of_the_page(staff, lang, told):
    html = await look(staff, f"/desk/documents/draft?lang={lang}")
    answer = await submit(staff, html, "#describe", {"year": "loni"})
    assert texts(LexborHTMLParser(answer.text), ".note.warning li") == told


async def test_so_is_why_a_document_among_many_was_not_changed(exchange, staff):
    html = await look(staff, "/desk/documents?lang=cs")
    action, fields = filled(html, "#many", {"visibility": "public"})
    answer = await staff.post(action, files=[*fields, ("document", (None, "draft"))])
    (told,) = texts(LexborHTMLParser(answer.text), ".note.warning li")
    assert (
        told
        == "Sousedský stůl: Souvislosti, Cíle, Co se dělalo, Výsledky, Doložení: vyplňte, než bude dokument veřejný"
    )
    html = await look(staff, "/desk/documents/draft?lang=uk")
    await exchange.withdraw("draft", "")
    gone = LexborHTMLParser((await submit(staff, html, "#describe", {"year": "2020"})).text)
    assert "Тут нічого немає" in gone.css_first("main").text()


async def test_nobody_writes_over_what_somebody_else_saved_meanwhile(exchange, staff):
    html = await look(staff, "/desk/documents/draft")
    await submit(staff, html, "#describe", {"title.cs": "Dřív"})
    late = await submit(staff, html, "#describe", {"title.cs": "Později"})
    assert late.status_code == 412
    assert LexborHTMLParser(late.text).css_first("[name='title.cs']").text().strip() == "Později"
    assert (await exchange.catalog.document("draft")).title == {"cs": "Dřív"}


async def test_what_was_typed_is_kept_also_where_it_cannot_be_public_yet(exchange, staff):
    html = await look(staff, "/desk/documents/draft")
    answer = await submit(staff, html, "#describe", {"title.cs": "Nový", "then": "public"})
    assert answer.headers["location"] == "/desk/documents/draft?said=incomplete"
    after = await exchange.catalog.document("draft")
    assert (after.title, after.visibility) == ({"cs": "Nový"}, Visibility.MEMBERS)


async def publish(staff) -> LexborHTMLParser:
    """Complete the draft and publish it; the page on which it then waits for somebody."""
    html = await look(staff, "/desk/documents/draft")
    typed = {f"{name}.cs": value["cs"] for name, value in WHOLE.items() if isinstance(value, dict)}
    answer = await submit(staff, html, "#describe", {**typed, "evidence": "own-data", "then": "public"})
    return await look(staff, answer.headers["location"] + "&lang=en")


async def test_personal_data_is_confirmed_by_who_has_looked_and_then_anybody_finds_it(exchange, staff):
    html = await publish(staff)
    assert "as soon as somebody has looked" in html.css_first(".said").text()
    assert html.css_first(".sightings a").attributes["href"] == "/desk/documents/draft?page=2&lang=en"
    page = await look(staff, "/desk/documents/draft?page=2")
    assert page.css(".leaf mark")
    action, fields = filled(html, "[action*='/personal-data']", {"result": "not personal"})
    assert (
        (await staff.post(action, files=fields)).headers["location"].startswith("/desk/documents/draft?said=published")
    )
    after = await exchange.catalog.document("draft")
    assert (after.visibility, after.personal_data_check.by) == (Visibility.PUBLIC, "jana@alfa.example")
    staff.cookies.clear()
    assert (await staff.get("/documents/draft")).status_code == 200
    assert 'id="hit-draft"' in (await staff.get("/?q=přišla+o+byt")).text


async def test_a_document_may_be_left_with_the_members_and_waits_no_more(exchange, staff):
    html = await publish(staff)
    assert len((await staff.get("/api/v1/personal-data")).json()["documents"]) == 1
    answer = await submit(staff, html, "[action*='/keep']")
    assert answer.headers["location"].startswith("/desk/documents/draft?said=kept")
    assert (await staff.get("/api/v1/personal-data")).json()["documents"] == []
    assert (await exchange.catalog.document("draft")).visibility is Visibility.MEMBERS


async def test_a_withdrawn_document_is_brought_back_from_the_desk(staff):
    html = await look(staff, "/desk/documents/draft")
    answer = await submit(staff, html, ".withdrawing form", {"reason": "duplicate"})
    assert answer.headers["location"] == "/desk?withdrawn=draft"
    assert (await staff.get("/desk/documents/draft")).status_code == 404
    back = await submit(staff, await look(staff, answer.headers["location"]), "form.note")
    assert back.headers["location"] == "/desk/documents/draft?said=restored"
    await look(staff, "/desk/documents/draft")


async def test_the_desk_lists_what_needs_somebody(staff):
    cards = texts(await look(staff, "/desk?lang=en"), ".need-cards li")
    assert cards[0] == "2 Lacks something to be public"
    html = await look(staff, "/desk/documents?need=missing&lang=en")
    assert "draft" in html.css_first(".documents a").attributes["href"]
    assert "Still missing: Context, Objectives" in texts(html, ".documents .soft")[0]
    found = await look(staff, "/desk/documents?q=přišla+o+byt")
    assert [each.attributes["href"] for each in found.css(".documents h2 a")] == ["/desk/documents/draft"]
    needs = (await staff.get("/api/v1/needs?need=missing&limit=1")).json()
    assert (needs["total"], len(needs["documents"])) == (2, 1)


async def test_whose_document_it_is_not_sees_no_form(exchange, staff):
    theirs = await look(staff, "/desk/documents/s1?lang=uk", 403)
    assert "Вам цього робити не можна" in theirs.css_first("main").text()
    assert (await staff.get("/desk/documents/o1")).status_code == 404
    await sign_in(exchange, staff, role="reviewer")
    assert not (await look(staff, "/desk/documents/s1")).css("#describe")


async def test_nothing_in_a_document_becomes_html_at_the_desk(exchange, staff):
    long = "a" * 5_000
    bad = {
        "title": {"cs": f"{HOSTILE} \u202e {long}"},
        "summary": {"cs": f"</textarea>{HOSTILE}"},
        "keywords": (HOSTILE,),
    }
    await exchange.add(a_practice(id="bad", topics=("x",) * 300, **bad), pages_of(f"</div>{HOSTILE}"))
    await exchange.catch_up()
    for path in ("/desk/documents/bad", "/desk/documents", "/desk/documents?need=missing"):
        html = await look(staff, path)
        assert all(script.attributes.get("src") for script in html.css("script"))
        assert HOSTILE in html.text()


@pytest.mark.parametrize(
    "deed", ["", "/personal-data", "/keep", "/withdraw", "/restore", "/versions", "/resemblances/p1"]
)
async def test_a_form_without_the_token_changes_nothing(exchange, staff, deed):
    before = await exchange.catalog.document("draft")
    refused = await send(staff, f"/desk/documents/draft{deed}", {"title.cs": "Jinak"}, token="0" * 64)
    assert refused.status_code == 403
    assert await exchange.catalog.document("draft") == before


# Several documents ---------------------------------------------------------------------------------------------------


async def test_two_documents_alike_stand_side_by_side_to_be_decided_on(exchange, staff):
    first = "Stejný text o bydlení a školách."
    for name, text in (("one", first), ("two", f"{first} Konec.")):
        await exchange.add(a_practice(id=name, languages=("cs",)), pages_of(text, "Strana druhá.", language="cs"))
    await exchange.resemblances.keep("two", 1, signature([], "cs"), [])
    await exchange.resemblances.keep("one", 1, signature([], "cs"), [Resembling("two", "copy", 0.8)])
    html = await look(staff, "/desk/documents/one?lang=en")
    path = html.css_first("[aria-labelledby=alike] a").attributes["href"]
    html = await look(staff, path)
    assert texts(html, ".pair .leaf") == [first, f"{first} Konec."]
    assert html.css_first("option[selected]").attributes["value"] == "derived_from"
    decided = await submit(staff, html, ".deciding-pair form", {"decision": "accepted", "relation": "variant_of"})
    assert decided.headers["location"] == "/desk/documents/one?said=decided&lang=en"
    (related,) = (await exchange.catalog.document("one")).related
    assert (related.relation, related.document) == ("variant_of", "two")
    assert texts(await look(staff, path), "main > .note") == ["They were related."]


async def test_a_file_becomes_the_next_version_of_a_document(exchange, staff):
    html = await look(staff, "/desk/documents/draft")
    action, fields = filled(html, ".replacing form", {"change_note": "Opraveno."})
    fields = [each for each in fields if each[0] != "file"]
    answer = await staff.post(action, files=[*fields, ("file", ("new.txt", b"Nova verze"))])
    assert answer.headers["location"].startswith("/desk/batches/")
    (job,) = await exchange.inbox.jobs()
    assert job.said == {"replaces": "draft", "change_note": "Opraveno."}


async def test_many_documents_are_described_at_once_and_the_page_names_those_that_cannot_be(exchange, staff):
    chosen = [("document", (None, each)) for each in ("draft", "p1", "s1")]
    said = {"scale": "national", "topics": "health", "visibility": "public"}
    html = await look(staff, "/desk/documents?lang=en")
    action, fields = filled(html, "#many", said)
    answer = LexborHTMLParser((await staff.post(action, files=[*fields, *chosen])).text)
    assert texts(answer, ".said") == ["1 document changed."]
    refused = [link.attributes["href"] for link in answer.css(".note.warning a")]
    assert refused == ["/desk/documents/draft?lang=en", "/desk/documents/s1?lang=en"]
    after = await exchange.catalog.document("p1")
    assert (after.topics, after.scale) == (("housing", "health"), "national")
    assert (await exchange.catalog.document("s1")).scale == "national"  # as it was: it is Beta's
    assert (await exchange.catalog.document("draft")).scale == "local"


async def test_the_collection_stands_in_charts_that_are_tables(staff):
    html = await look(staff, "/desk/collection?lang=en")
    topics = html.css_first("[aria-labelledby=chart-topic]")
    assert texts(topics, "tr") == ["Housing4"]
    assert topics.css_first("rect").attributes["width"] == "100.0"
    assert topics.css_first("a").attributes["href"] == "/?topic=housing&lang=en"
    assert texts(html, "[aria-labelledby=chart-year] th") == ["2024", "2023"]


async def test_a_document_names_its_versions_and_leads_its_staff_to_the_desk(exchange, client, staff):
    file = await a_kept_file(exchange, "new.txt", "text/plain", b"Nove")
    old = await exchange.catalog.document("p1")
    await exchange.add(msgspec.structs.replace(old, files=(file,), change_note="Opraveno."), pages_of("Nové."))
    html = await look(staff, "/documents/p1?lang=en")
    assert [each.split()[:2] for each in texts(html, ".versions li")] == [["Version", "2"], ["Version", "1"]]
    assert html.css("a[href='/desk/documents/p1?lang=en']")
    client.cookies.clear()
    assert not (await look(client, "/documents/p1?lang=en")).css("[href^='/desk/documents']")
