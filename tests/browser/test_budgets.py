"""What a page may cost an old phone: bytes, requests, and time until its largest part is seen."""

import pytest
from playwright.sync_api import Page

MOST_BYTES = 100_000
MOST_REQUESTS = 12
SLOWER = 4
LONGEST_PAINT = 2_500
"""Milliseconds until the largest part is painted (LCP), on a processor slowed so many times."""
LARGEST_SHIFT = 0.1

_PAINTED = """
() => new Promise((resolve) => {
  let painted = 0, shift = 0;
  new PerformanceObserver((seen) => { for (const each of seen.getEntries()) painted = each.startTime; })
    .observe({ type: "largest-contentful-paint", buffered: true });
  new PerformanceObserver((seen) => { for (const each of seen.getEntries()) shift += each.value; })
    .observe({ type: "layout-shift", buffered: true });
  setTimeout(() => resolve([painted, shift]), 1000);
})
"""


def cost(page: Page, path: str) -> tuple[int, int, float, float]:
    """Bytes on the line, requests, LCP in ms and layout shift of a first visit."""
    browser = page.context.new_cdp_session(page)
    browser.send("Network.enable")
    browser.send("Network.clearBrowserCache")
    browser.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
    sizes: list[float] = []
    browser.on("Network.loadingFinished", lambda event: sizes.append(event["encodedDataLength"]))
    page.goto(path, wait_until="networkidle")
    painted, shift = page.evaluate(_PAINTED)
    return int(sum(sizes)), len(sizes), painted, shift


@pytest.mark.parametrize(
    "path", ["/", "/?q=vzdelavani+deti&topic=education", "/documents/dvojjazycny-asistent-prvni-rok"]
)
def test_a_first_visit_is_light_and_quick(visitor, path):
    page = visitor.opens("about:blank", viewport={"width": 360, "height": 740})
    # The quickest of three: other tests and a server's first answer are no fault of the page.
    size, requests, painted, shift = min((cost(page, path) for _ in range(3)), key=lambda each: each[2])
    print(f"{path}: {size} bytes, {requests} requests, LCP {painted:.0f} ms, shift {shift:.3f}")
    assert size <= MOST_BYTES
    assert requests <= MOST_REQUESTS
    assert painted <= LONGEST_PAINT
    assert shift <= LARGEST_SHIFT
