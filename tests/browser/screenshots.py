"""python -m tests.browser.screenshots ADDRESS: the pictures in the README, of the library that is served there."""

import shutil
import sys
from pathlib import Path

from PIL import Image
from playwright.sync_api import sync_playwright

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


def main(address: str) -> None:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        for name, (path, scheme, width, height) in STATES.items():
            page = browser.new_page(viewport={"width": width, "height": height}, color_scheme=scheme)
            page.goto(address + path, wait_until="networkidle")
            taken = FOLDER / f"{name}.png"
            page.screenshot(path=taken)
            Image.open(taken).convert("RGB").quantize(COLOURS).save(taken, optimize=True)
        browser.close()


if __name__ == "__main__":
    main(sys.argv[1])
