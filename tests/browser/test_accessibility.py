"""Nothing that axe-core can find stands against WCAG 2.2 AA, in any state visited, in light and dark."""

import re
from importlib.resources import files
from pathlib import Path

from playwright.sync_api import Page

from tests.browser.states import OF_SEARCH

AXE = Path(__file__).parents[1] / "js" / "node_modules" / "axe-core" / "axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
OF_COLOUR = ["color-contrast", "link-in-text-block"]
"""The rules that may find in the dark what they do not find in the light: nothing but colours is another there."""
MOST_OPENED = 4

_OPEN = """
(most) => {
  const folded = [...document.querySelectorAll("details:not([open])")].filter((each) => each.checkVisibility());
  for (const each of folded.slice(0, most)) each.open = true;
}
"""
_RUN = """
async (runOnly) => {
  const { passes, violations } = await axe.run({ runOnly, resultTypes: ["violations"] });
  const against = violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html.slice(0, 200)}`));
  return { passed: passes.length, against };
}
"""


def with_axe(page: Page) -> Page:
    """The same page, in which each document that it goes to from now on has axe-core."""
    page.add_init_script(path=AXE)
    return page


def violations(page: Page) -> list[str]:
    """Of what stands there now on a page `with_axe`, with some of what is folded opened, in light and dark."""
    page.evaluate(_OPEN, MOST_OPENED)
    return [
        *_violations(page, "light", {"type": "tag", "values": RULES}),
        *_violations(page, "dark", {"type": "rule", "values": OF_COLOUR}),
    ]


def _violations(page: Page, scheme: str, rules: dict[str, object]) -> list[str]:
    page.emulate_media(color_scheme=scheme)
    told = page.evaluate(_RUN, rules)
    assert told["passed"], "axe looked at nothing"
    return [f"{scheme} {each}" for each in told["against"]]


def test_nothing_but_colours_is_another_in_the_dark():
    styles = [
        file.read_text(encoding="utf-8")
        for file in (files("library.page") / "static").iterdir()
        if file.name.endswith(".css")
    ]
    dark = [
        block
        for style in styles
        for block in re.findall(r"@media[^{]*prefers-color-scheme[^{]*\{(.*?\n)\}", style, re.DOTALL)
    ]
    set_there = {name for block in dark for name in re.findall(r"([a-z-]+):", block.partition("{")[2])}
    assert set_there
    assert {name for name in set_there if not name.startswith("--")} == set()


def test_no_state_of_a_page_violates_wcag(visitor):
    page = with_axe(visitor.opens("about:blank"))
    against: list[str] = []
    for name, path in OF_SEARCH.items():
        page.goto(path)
        against += [f"{name}: {each}" for each in violations(page)]
    visitor.complaints = [said for said in visitor.complaints if "404" not in said]  # the missing one is visited too
    assert against == []


def test_open_suggestions_and_the_sheet_of_filters_violate_nothing(visitor):
    page = with_axe(visitor.opens("about:blank", viewport={"width": 360, "height": 740}))
    page.goto("/")
    page.locator("#q").press_sequentially("asist")
    page.get_by_role("option").first.wait_for()
    page.keyboard.press("ArrowDown")
    assert violations(page) == []
    page.evaluate(
        "document.getElementById('results').setAttribute('aria-busy', 'true')"
    )  # as while an answer is awaited
    page.wait_for_timeout(600)  # until the transition has ended
    assert violations(page) == []
    page.goto("/?q=asistent#filters")
    assert violations(page) == []
