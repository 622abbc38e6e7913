"""python -m tests.browser.screenshots ADDRESS SESSION: the pictures in the README, of the library that is served there,
and of the desk of Jana, of whose sessions `python -m tests.browser.staff` prints one. A worker must be running."""

import shutil
import sys
import tempfile
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, sync_playwright

from tests.browser.test_staff_desk import handed_in, twelve_files

FOLDER = Path(__file__).parent / "screenshots"
COLOURS = 128
"""Of a picture: pages have few, and the repository stays small."""
STATES = {
    "search": ("/?q=vzdelavani+deti+cizincu&lang=cs", "light", 1100, 760),
    "search-dark": ("/?q=unaccompanied+minors&lang=en", "dark", 1100, 760),
    "reader": ("/documents/dvojjazycny-asistent-prvni-rok/pages/2?q=asistentka&lang=uk", "light", 1100, 760),
    "phone": ("/documents/dvojjazycny-asistent-prvni-rok?lang=cs", "light", 360, 760),
}
"""Name -> address, colour scheme, width and height."""


def main(address: str, session: str) -> None:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        for name, state in STATES.items():
            take(browser, address, name, state)
        cookies = {"session": session}
        with tempfile.TemporaryDirectory() as folder:
            batch = handed_in(address, cookies, twelve_files(Path(folder) / "files", "Javorná"))
        story = take(browser, address, "desk-files", (f"{batch}?lang=en", "light", 1100, 760), cookies)
        take(browser, address, "desk", ("/desk?lang=cs", "light", 1100, 760), cookies)
        take(browser, address, "desk-review", (f"{story}&page=2", "light", 1100, 900), cookies)
        take(browser, address, "desk-dark", ("/desk/collection?lang=uk", "dark", 1100, 760), cookies)
        take(browser, address, "desk-phone", (f"{story}&page=2", "light", 360, 760), cookies)
        browser.close()


def take(
    browser: Browser,
    address: str,
    name: str,
    state: tuple[str, str, int, int],
    cookies: dict[str, str] | None = None,
) -> str:
    """Keep a picture of this state; where the link of the story on it leads, if there is one."""
    path, scheme, width, height = state
    page = browser.new_page(viewport={"width": width, "height": height}, color_scheme=scheme)
    page.context.add_cookies(
        [{"name": each, "value": value, "url": address} for each, value in (cookies or {}).items()]
    )
    page.goto(address + path, wait_until="networkidle")
    taken = FOLDER / f"{name}.png"
    page.screenshot(path=taken)
    Image.open(taken).convert("RGB").quantize(COLOURS).save(taken, optimize=True)
    story = page.locator(".file", has_text="pribeh-").get_by_role("link")
    return story.get_attribute("href") or "" if story.count() else ""


if __name__ == "__main__":
    main(*sys.argv[1:])
