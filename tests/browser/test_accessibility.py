"""Nothing that axe-core can find stands against WCAG 2.2 AA, in any state visited, in light and dark."""

from pathlib import Path

import pytest
from playwright.sync_api import Page

AXE = Path(__file__).parents[1] / "js" / "node_modules" / "axe-core" / "axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
STATES = (
    "/",
    "/?q=asistent&topic=interpreting&year_from=2020&explain=true",
    "/?q=nicneniqq&year_from=2029",
    "/documents/dvojjazycny-asistent-prvni-rok?q=asistent",
    "/documents/age-assessment-policy-paper",
    "/documents/dvojjazycny-asistent-prvni-rok/pages/2?q=asistent",
    "/documents/tlumoceni-u-lekare/pages/1?q=lékař",
    "/documents/nothing",
)


def violations(page: Page) -> list[str]:
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found = page.evaluate("rules => axe.run({runOnly: {type: 'tag', values: rules}})", RULES)
    assert found["passes"], "axe looked at nothing"
    return [f"{each['id']}: {node['html'][:200]}" for each in found["violations"] for node in each["nodes"]]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_state_of_a_page_violates_wcag(visitor, scheme):
    page = visitor.opens("about:blank", color_scheme=scheme)
    against: list[str] = []
    for path in STATES:
        page.goto(path)
        for each in page.locator("details:not([open]) > summary").all()[:4]:
            each.click()
        against += [f"{path} {each}" for each in violations(page)]
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
