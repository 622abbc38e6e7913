"""Nothing that axe-core can find stands against WCAG 2.2 AA, in any state visited, in light and dark."""

from pathlib import Path

from playwright.sync_api import Page

from tests.browser.states import OF_SEARCH

AXE = Path(__file__).parents[1] / "js" / "node_modules" / "axe-core" / "axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
SCHEMES = ("light", "dark")
MOST_OPENED = 4


def violations(page: Page) -> list[str]:
    """Of what stands there now, with some of what is folded opened, in light and dark."""
    for each in page.locator("details:not([open]) > summary").all()[:MOST_OPENED]:
        if each.is_visible():
            each.click()
    page.evaluate(AXE.read_text(encoding="utf-8"))
    return [f"{scheme} {each}" for scheme in SCHEMES for each in _violations(page, scheme)]


def _violations(page: Page, scheme: str) -> list[str]:
    page.emulate_media(color_scheme=scheme)
    found = page.evaluate("rules => axe.run({runOnly: {type: 'tag', values: rules}})", RULES)
    assert found["passes"], "axe looked at nothing"
    return [f"{each['id']}: {node['html'][:200]}" for each in found["violations"] for node in each["nodes"]]


def test_no_state_of_a_page_violates_wcag(visitor):
    page = visitor.opens("about:blank")
    against: list[str] = []
    for name, path in OF_SEARCH.items():
        page.goto(path)
        against += [f"{name}: {each}" for each in violations(page)]
    visitor.complaints = [said for said in visitor.complaints if "404" not in said]  # the missing one is visited too
    assert against == []


def test_open_suggestions_and_the_sheet_of_filters_violate_nothing(visitor):
    page = visitor.opens("/", viewport={"width": 360, "height": 740})
    page.locator("#q").press_sequentially("asist")
    page.get_by_role("option").first.wait_for()
    page.keyboard.press("ArrowDown")
    assert violations(page) == []
    page.goto("/?q=asistent#filters")
    assert violations(page) == []
