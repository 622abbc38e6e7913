"""The states of pages that are looked at: by name, where each is, or what leads to it."""

import time

from playwright.sync_api import Page

COMPARED_SECONDS = 90
OF_SEARCH = {
    "search": "/",
    "results": "/?q=vzdelavani+deti&topic=education",
    "results narrowed and explained": "/?q=asistent&topic=interpreting&year_from=2020&explain=true",
    "nothing found": "/?q=nicneniqq&year_from=2029",
    "practice": "/documents/dvojjazycny-asistent-prvni-rok?q=asistent",
    "study": "/documents/age-assessment-policy-paper",
    "reader with a picture": "/documents/dvojjazycny-asistent-prvni-rok/pages/2?q=asistent",
    "reader without": "/documents/tlumoceni-u-lekare/pages/1?q=lékař",
    "nothing there": "/documents/nothing",
}


def of_desk(page: Page, batch: str) -> dict[str, str]:
    """Of the desk, to somebody of the staff whose batch this is."""
    page.goto(batch)
    story = page.locator(".file", has_text="pribeh-").get_by_role("link").get_attribute("href")
    until = time.monotonic() + COMPARED_SECONDS
    while not (alike := page.request.get("/api/v1/resemblances").json()["resemblances"]):
        assert time.monotonic() < until, "the worker did not compare the documents in time"
        time.sleep(0.3)
    one, other = alike[0]["document"]["id"], alike[0]["other"]["id"]
    return {
        "desk": "/desk",
        "batch": batch,
        "documents": "/desk/documents",
        "documents in need": "/desk/documents?need=missing",
        "collection": "/desk/collection",
        "review beside a picture": f"{story}?page=2",
        "review of one like another": f"/desk/documents/{one}",
        "pair": f"/desk/documents/{one}/resemblances/{other}",
        "nothing there": "/desk/documents/nothing",
    }


def refused(page: Page, review: str) -> None:
    """A form that comes back with what is wrong in it."""
    page.goto(review)
    page.locator("[name=year]").fill("loni")
    page.get_by_role("button", name="Uložit", exact=True).click()
    page.locator(".note.warning a").first.wait_for()


def in_trouble(page: Page, pair: str) -> None:
    """What the library says where a form asks for what there is not."""
    page.goto(pair)
    page.evaluate("document.querySelector('[name=decision]').value = 'perhaps'")
    page.locator("[name=decision]").first.click()
    page.locator("main.plainly").wait_for()
