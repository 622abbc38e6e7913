"""What people do on the search page, in a real browser."""

import re

import pytest
from playwright.sync_api import Page, expect

PHONE = {"viewport": {"width": 360, "height": 740}, "has_touch": True, "is_mobile": True}


def no_wider_than_the_screen(page: Page) -> None:
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")


def test_a_member_finds_narrows_reads_and_cites(visitor):
    page = visitor.opens("/")
    page.locator("#q").fill("dvojjazycny asistent")
    expect(page.locator(".hit-title").first).to_contain_text("Dvojjazyčný asistent")
    page.locator("#q").press("Enter")
    page.locator(".value", has_text="Praxe").click()
    expect(page).to_have_url(re.compile("kind=practice"))
    page.locator("[data-facet=topic] .value", has_text="Tlumočení").click()
    expect(page).to_have_url(re.compile("topic=interpreting"))
    expect(page.locator(".chip")).to_have_count(2)
    page.locator(".fragment .where").first.click()
    expect(page.locator(".facsimile .match").first).to_be_visible()
    page.get_by_role("link", name="O dokumentu").click()
    expect(page.locator("#citation")).to_contain_text("Dvojjazyčný asistent v základní škole")
    expect(page.get_by_role("link", name="RIS")).to_have_attribute("href", re.compile("format=ris"))


def test_the_keyboard_alone_is_enough(visitor):
    page = visitor.opens("/")
    page.keyboard.press("Tab")
    expect(page.locator(":focus")).to_have_text("Přejít k obsahu")
    for _ in range(5):
        page.keyboard.press("Tab")
    expect(page.locator(":focus")).to_have_attribute("id", "q")
    page.keyboard.type("asist")
    expect(page.get_by_role("option").first).to_be_visible()
    page.keyboard.press("ArrowDown")
    active = page.locator("#q").get_attribute("aria-activedescendant")
    expect(page.locator(f"#{active}")).to_have_attribute("aria-selected", "true")
    page.keyboard.press("Enter")
    expect(page.get_by_role("listbox")).to_be_hidden()
    expect(page.locator(".hit").first).to_be_visible()
    page.locator(".hit-title a").first.focus()
    page.keyboard.press("Enter")
    expect(page.locator(".document h1")).to_be_visible()


def test_escape_closes_the_suggestions_and_keeps_what_was_typed(visitor):
    page = visitor.opens("/")
    page.locator("#q").press_sequentially("asist")
    expect(page.get_by_role("listbox")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("listbox")).to_be_hidden()
    expect(page.locator("#q")).to_have_value("asist")


def test_a_document_that_is_suggested_opens_in_the_language_of_the_page(visitor):
    page = visitor.opens("/?lang=uk")
    page.locator("#q").press_sequentially("asistent")
    page.get_by_role("option").filter(has_text="Dvojjazyčný asistent v základní škole").click()
    page.wait_for_url(re.compile("/documents/"))
    expect(page.locator("html")).to_have_attribute("lang", "uk")


def test_back_and_forward_go_through_the_states(visitor):
    page = visitor.opens("/?q=asistent")
    page.locator(".value", has_text="Praxe").click()
    expect(page.locator(".chip")).to_have_count(1)
    page.locator(".chip").click()
    expect(page.locator(".chip")).to_have_count(0)
    page.go_back()
    expect(page.locator(".chip")).to_have_count(1)
    page.go_back()
    expect(page.locator(".chip")).to_have_count(0)
    page.go_forward()
    expect(page.locator(".value", has_text="Praxe").locator("input")).to_be_checked()


def test_years_are_chosen_by_dragging_over_the_histogram(visitor):
    page = visitor.opens("/")
    bars = page.locator("#histogram")
    bars.scroll_into_view_if_needed()
    box = bars.bounding_box()
    page.mouse.move(box["x"] + 2, box["y"] + 30)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * 0.4, box["y"] + 30, steps=4)
    page.mouse.up()
    expect(page).to_have_url(re.compile(r"year_from=\d+&year_to=\d+"))
    expect(page.locator("#year_from")).not_to_have_value("")


def test_why_something_was_found_is_shown_on_demand(visitor):
    page = visitor.opens("/?q=asistent")
    page.locator(".why").first.click()
    expect(page.locator(".reasons li").first).to_contain_text("asistent")
    page.locator(".why").first.click()
    expect(page.locator(".reasons")).to_have_count(0)


def test_why_is_not_shown_without_a_word_where_nobody_answers(visitor):
    page = visitor.opens("/?q=asistent")
    page.route("**/api/v1/search*", lambda route: route.abort())
    page.locator(".why").first.click()
    expect(page.locator(".hit .warning")).to_contain_text("Knihovna je teď nedostupná.")
    page.unroute("**/api/v1/search*")
    page.locator(".why").first.click()
    expect(page.locator(".reasons li").first).to_contain_text("asistent")
    expect(page.locator(".hit .warning")).to_have_count(0)
    visitor.complaints.clear()  # of what was cut off


@pytest.mark.parametrize("kept", ['{"here": 1}', '"x"', "[null, 1, {}]", "null", "[", '{"length": 1}'])
def test_what_is_no_list_of_searches_hinders_nobody_from_keeping_one(visitor, kept):
    page = visitor.opens("/?q=asistent")
    page.evaluate("kept => localStorage.setItem('searches', kept)", kept)
    page.reload()
    page.locator(".takeaway summary").click()
    page.locator("#save").click()
    expect(page.locator("#saved a")).to_have_attribute("href", "/?q=asistent")
    expect(page.locator("#saved li")).to_have_count(1)


def test_a_search_is_kept_on_this_device(visitor):
    page = visitor.opens("/?q=asistent")
    page.locator(".takeaway summary").click()
    page.locator("#save").click()
    page.goto("/")
    page.locator(".takeaway summary").click()
    expect(page.locator("#saved a")).to_have_attribute("href", "/?q=asistent")


def test_script_and_server_write_the_same_page(visitor):
    page = visitor.opens("/?q=vzdelavani+deti&topic=education&lang=en")
    shown = "() => document.getElementById('main').innerText.replace(/\\s+/g, ' ')"
    facets = "() => document.getElementById('facets').innerText.replace(/\\s+/g, ' ')"
    written, narrowed = page.evaluate(shown), page.evaluate(facets)
    page.locator("#sort").select_option("newest")
    expect(page).to_have_url(re.compile("sort=newest"))
    page.locator("#sort").select_option("")
    expect(page).not_to_have_url(re.compile("sort=newest"))
    expect(page.locator("#results[aria-busy]")).to_have_count(0)
    assert (page.evaluate(shown), page.evaluate(facets)) == (written, narrowed)


def test_searching_narrowing_and_reading_need_no_script(visitor):
    page = visitor.opens("/", java_script_enabled=False)
    page.get_by_role("searchbox").fill("asistent")
    page.get_by_role("button", name="Hledat").click()
    page.locator(".value", has_text="Praxe").locator("input").check()
    page.get_by_role("button", name="Použít").click()
    expect(page).to_have_url(re.compile("q=asistent.*kind=practice"))
    page.locator(".fragment .where").first.click()
    expect(page.locator(".facsimile .match, .leaf mark").first).to_be_visible()


def test_on_a_phone_the_filters_are_a_sheet_and_nothing_is_wider_than_the_screen(visitor):
    page = visitor.opens("/?q=asistent", **PHONE)
    no_wider_than_the_screen(page)
    expect(page.locator(".filters")).to_be_hidden()
    page.locator(".narrow").click()
    page.locator(".value", has_text="Praxe").click()
    expect(page.locator(".filters .value", has_text="Praxe").locator("input")).to_be_checked()
    page.get_by_role("link", name="Zobrazit výsledky").click()
    expect(page.locator(".filters")).to_be_hidden()
    expect(page.locator(".chip")).to_have_count(1)
    page.locator(".hit-title a").first.click()
    no_wider_than_the_screen(page)


@pytest.mark.parametrize("width", [360, 1280])
@pytest.mark.parametrize(
    "path",
    ["/?q=zlomysl", "/documents/script", "/documents/endless", "/documents/many", "/documents/backwards/pages/1"],
)
def test_hostile_documents_break_neither_page_nor_layout(visitor, path, width):
    page = visitor.opens(path, viewport={"width": width, "height": 900})
    no_wider_than_the_screen(page)
    assert page.title() != "broken"
    if path.startswith("/?"):
        expect(page.locator(".hit")).to_have_count(5)
        page.locator("#q").press("Enter")  # and as the script writes them
        page.locator("#sort").select_option("title")
        expect(page).to_have_url(re.compile("sort=title"))
        expect(page.locator(".hit")).to_have_count(5)
        no_wider_than_the_screen(page)
        assert page.title() != "broken"
