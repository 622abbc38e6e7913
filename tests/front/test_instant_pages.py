"""Pages made of unmodified InstantSearch widgets, in a real browser: each count they show is the one the API tells."""

import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx
import pytest
from playwright.sync_api import Page, expect, sync_playwright

from tests.front.conftest import JS

PER_PAGE = 4
WITHIN = 60_000
"""Milliseconds that the browser waits for what it should show."""


@pytest.fixture(scope="module")
def pages(demo: str) -> Iterator[str]:
    """The address of the example pages, as `node serve.mjs` serves them."""
    command = ["node", str(JS / "example" / "serve.mjs"), demo]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        try:
            assert server.stdout is not None
            yield server.stdout.readline().strip()
        finally:
            server.terminate()


@contextmanager
def opened(address: str) -> Iterator[tuple[Page, list[str]]]:
    """The page in a browser, and what the browser complains about."""
    chromium = shutil.which("chromium")
    assert chromium, "chromium is missing: .ci/debian.txt names the package"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-dev-shm-usage"])
        page = browser.new_page()
        page.set_default_timeout(WITHIN)
        complaints: list[str] = []
        page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto(address)
        yield page, complaints
        browser.close()


class Visit:
    """Somebody at a page, and the same questions asked of the API itself."""

    def __init__(self, page: Page, demo: str) -> None:
        self.page = page
        self._demo = demo
        self.asked: dict[str, Any] = {}

    def answer(self) -> Any:
        parameters = {"per_page": PER_PAGE, "facets": "topic,language,kind", "lang": "en", **self.asked}
        answer = httpx.get(f"{self._demo}/api/v1/search", params=parameters, timeout=60)
        answer.raise_for_status()
        return answer.json()

    def check(self) -> None:
        """That the page shows what the API finds: how many, which, in which order, and how many of each value."""
        answer = self.answer()
        expect(self.page.locator("#stats .ais-Stats-text")).to_have_text(str(answer["total"]), timeout=WITHIN)
        ids = [item["id"] for item in answer["items"]]
        shown = (
            "ids => JSON.stringify([...document.querySelectorAll('#hits article')].map(hit => hit.dataset.id)) === ids"
        )
        self.page.wait_for_function(shown, arg=_json(ids), timeout=WITHIN)
        for facet, kind in (("topic", "RefinementList"), ("language", "RefinementList"), ("kind", "Menu")):
            counted = {value["value"]: value["count"] for value in answer["facets"][facet]["values"] if value["count"]}
            counts = self.counts(facet, kind)
            assert counts, facet
            assert counts == {value: counted[value] for value in counts}, facet
            assert len(counts) == min(len(counted), 50 if facet == "topic" else 10)

    def counts(self, facet: str, kind: str) -> dict[str, int]:
        label = "labelText" if kind == "RefinementList" else "label"
        read = f"""() => Object.fromEntries([...document.querySelectorAll('#{facet} .ais-{kind}-item')].map(each => [
            each.querySelector('.ais-{kind}-{label}').textContent.trim(),
            Number(each.querySelector('.ais-{kind}-count').textContent)]))"""
        counts: dict[str, int] = self.page.evaluate(read)
        return counts

    def choose(self, facet: str, value: str) -> None:
        """One of the values of a list; again, it is given up."""
        self.page.locator(f"#{facet} input[type=checkbox][value='{value}']").click()

    def menu(self, value: str) -> None:
        self.page.locator("#kind .ais-Menu-link").filter(has_text=value).click()

    def search(self, text: str) -> None:
        self.page.locator("#searchbox input").fill(text)


def _json(ids: list[str]) -> str:
    return "[" + ",".join(f'"{each}"' for each in ids) + "]"


def the_same_ten_actions(visit: Visit) -> Iterator[str]:
    """What somebody does at either page, but for the years; after each the page is looked at."""
    visit.search("děti")
    visit.asked["q"] = "děti"
    yield "typed"
    visit.choose("topic", "education")
    visit.asked["topic"] = ["education"]
    yield "one value"
    visit.choose("topic", "intercultural-work")
    visit.asked["topic"].append("intercultural-work")
    yield "two values of one list"
    visit.choose("language", "cs")
    visit.asked["language"] = ["cs"]
    yield "a value of another list"
    visit.menu("practice")
    visit.asked["kind"] = "practice"
    yield "the menu"
    visit.page.locator("#sort select").select_option("documents:title")
    visit.asked["sort"] = "title"
    yield "another order"
    visit.choose("topic", "intercultural-work")
    visit.asked["topic"].remove("intercultural-work")
    yield "a value given up"
    visit.menu("practice")
    del visit.asked["kind"]
    yield "the menu given up"
    visit.search("")
    del visit.asked["q"]
    yield "nothing typed"
    visit.choose("topic", "education")
    del visit.asked["topic"]
    yield "a list given up"


def turn_the_page(visit: Visit) -> None:
    visit.page.locator("#pagination a").get_by_text("2", exact=True).click()
    visit.asked["page"] = 2
    visit.check()
    del visit.asked["page"]


def search_in_a_list(visit: Visit) -> None:
    """Only values whose labels begin so are left; then all are back."""
    box = visit.page.locator("#topic input[type=search]")
    box.fill("hou")
    label = visit.page.locator("#topic .ais-RefinementList-labelText")
    expect(label).to_have_count(1, timeout=WITHIN)
    counted = {value["label"]: value["count"] for value in visit.answer()["facets"]["topic"]["values"]}
    assert label.inner_text().strip() == "Housing"
    count = visit.page.locator("#topic .ais-RefinementList-count").inner_text()
    assert int(count) == counted["Housing"]
    box.fill("")
    expect(label.nth(1)).to_be_visible(timeout=WITHIN)


def drag_to_the_middle(page: Page) -> int:
    """The lower end of the slider of years; the year that it then stands at."""
    handle = page.locator("#year .rheostat-handle-lower")
    least = int(handle.get_attribute("aria-valuenow") or 0)
    at, whole = handle.bounding_box(), page.locator("#year .rheostat").bounding_box()
    assert at is not None
    assert whole is not None
    page.mouse.move(at["x"] + at["width"] / 2, at["y"] + at["height"] / 2)
    page.mouse.down()
    page.mouse.move(whole["x"] + whole["width"] / 2, at["y"] + at["height"] / 2, steps=8)
    page.mouse.up()
    expect(handle).not_to_have_attribute("aria-valuenow", str(least), timeout=WITHIN)
    return int(handle.get_attribute("aria-valuenow") or 0)


def test_a_page_of_instantsearch_js_shows_the_right_counts_after_each_of_its_actions(pages, demo):
    with opened(f"{pages}index.html") as (page, complaints):
        visit = Visit(page, demo)
        visit.check()
        for _ in the_same_ten_actions(visit):
            visit.check()
        turn_the_page(visit)
        search_in_a_list(visit)
        visit.asked["year_from"] = drag_to_the_middle(page)
        visit.check()
        mark = page.locator("#hits mark")
        visit.search("škola")
        visit.asked["q"] = "škola"
        visit.check()
        expect(mark.first).to_be_visible(timeout=WITHIN)
        assert complaints == []


def test_a_page_of_react_instantsearch_shows_the_right_counts_after_each_of_its_actions(pages, demo):
    with opened(f"{pages}react.html") as (page, complaints):
        visit = Visit(page, demo)
        visit.check()
        for _ in the_same_ten_actions(visit):
            visit.check()
        turn_the_page(visit)
        search_in_a_list(visit)
        page.locator("#year .ais-RangeInput-input--min").fill("2025")
        page.locator("#year .ais-RangeInput-submit").click()
        visit.asked["year_from"] = 2025
        visit.check()
        assert complaints == []
