"""What a page may cost an old phone: bytes, requests, and time until its largest part is seen."""

from typing import NamedTuple
from urllib.parse import urlsplit

from playwright.sync_api import Page

from tests.browser.states import OF_SEARCH

PHONE = {"width": 360, "height": 740}
MOST_BYTES = 100_000
"""Compressed, of a first visit, but for the picture of a page."""
MOST_REQUESTS = 12
SLOWER = 4
LONGEST_PAINT = 2_500
"""Milliseconds until the largest part is painted (LCP), on a processor slowed so many times."""
LARGEST_SHIFT = 0.1
TRIES = 3
"""The quickest counts: other tests and a server's first answer are no fault of the page."""

_PAINTED = """
() => new Promise((resolve) => {
  let painted = 0, shift = 0;
  new PerformanceObserver((seen) => { for (const each of seen.getEntries()) painted = each.startTime; })
    .observe({ type: "largest-contentful-paint", buffered: true });
  new PerformanceObserver((seen) => { for (const each of seen.getEntries()) shift += each.value; })
    .observe({ type: "layout-shift", buffered: true });
  setTimeout(() => resolve([painted, shift]), 300);
})
"""


class Cost(NamedTuple):
    """Of a first visit."""

    size: int
    """Bytes on the line, but for pictures of pages."""
    requests: int
    painted: float
    """Milliseconds until the largest part was painted."""
    shift: float
    """How far things jumped: the layout shift that browsers count."""
    policy: str
    """What the page's Content-Security-Policy lets it do."""

    def too_much(self) -> list[str]:
        """What of it is more than a page may cost; nothing where it may."""
        most = {"size": MOST_BYTES, "requests": MOST_REQUESTS, "painted": LONGEST_PAINT, "shift": LARGEST_SHIFT}
        over = [f"{name} {getattr(self, name)}" for name, limit in most.items() if getattr(self, name) > limit]
        strict = "default-src 'none'" in self.policy and "unsafe" not in self.policy and "*" not in self.policy
        return over if strict else [*over, f"policy {self.policy}"]


def cost(page: Page, path: str) -> Cost:
    """What opening it costs somebody who was never here."""
    tries: list[Cost] = []
    while len(tries) < TRIES and not (tries and not tries[-1].too_much()):
        tries.append(_cost(page, path))
    return min(tries, key=lambda each: each.painted)


def _cost(page: Page, path: str) -> Cost:
    browser = page.context.new_cdp_session(page)
    browser.send("Network.enable")
    browser.send("Network.clearBrowserCache")
    browser.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
    sizes: dict[str, float] = {}
    pictures: list[str] = []
    browser.on("Network.loadingFinished", lambda event: sizes.update({event["requestId"]: event["encodedDataLength"]}))
    browser.on("Network.responseReceived", lambda event: pictures.append(event["requestId"]) if _picture(event) else ())
    answer = page.goto(path, wait_until="networkidle")
    painted, shift = page.evaluate(_PAINTED)
    browser.detach()
    own = sum(size for request, size in sizes.items() if request not in pictures)
    return Cost(int(own), len(sizes), painted, shift, answer.headers["content-security-policy"])


def _picture(event: dict) -> bool:
    return urlsplit(event["response"]["url"]).path.endswith("/picture")


def over_budget(page: Page, states: dict[str, str]) -> list[str]:
    """Of these states, what costs more than it may; what each costs is printed."""
    page.set_viewport_size(PHONE)
    over: list[str] = []
    for name, path in states.items():
        paid = cost(page, path)
        print(f"{name}: {paid.size} bytes, {paid.requests} requests, LCP {paid.painted:.0f} ms, shift {paid.shift:.3f}")
        over += [f"{name}: {each}" for each in paid.too_much()]
    return over


def test_a_first_visit_is_light_and_quick(visitor):
    page = visitor.opens("about:blank")
    assert over_budget(page, {name: path for name, path in OF_SEARCH.items() if name != "nothing there"}) == []
