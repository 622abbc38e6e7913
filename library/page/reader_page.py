"""One page of a document to read: its picture with what matched marked on it, or its text."""

from collections.abc import Mapping, Sequence
from typing import Any

from library.page import addresses
from library.page.addresses import Given
from library.page.document_page import Shown, titled
from library.page.marking import marked
from library.page.wording import Wording

MOST_MATCHING = 12
"""Pages with matches that are named, the best ones."""


def reader_page(
    document: Shown,
    page: Mapping[str, Any],
    numbers: Sequence[int],
    matching: Sequence[int],
    *,
    given: Given,
    wording: Wording,
) -> dict[str, Any]:
    """What the template `reader.html` shows. `page` is the API's page with its text and spans; `numbers` those of all
    pages, `matching` those with what was searched for, the best first."""
    q, lang = "".join(given.get("q", ())), "".join(given.get("lang", ()))
    title, spoken = titled(document, wording)
    place = list(numbers).index(page["page"])

    def turn(number: int) -> dict[str, Any]:
        return {"page": number, "href": addresses.reader_page(document["id"], number, q=q, lang=lang)}

    return {
        "id": document["id"],
        "q": q,
        "title": title,
        "title_language": spoken,
        "document": addresses.document_page(document["id"], q=q, lang=lang),
        "action": addresses.document_page(document["id"]) + "/pages",
        "number": page["page"],
        "last": numbers[-1],
        "text": marked(page["text"], page["spans"]),
        "language": next(iter(document["languages"]), ""),
        "previous": turn(numbers[place - 1]) if place else None,
        "next": turn(numbers[place + 1]) if place + 1 < len(numbers) else None,
        "matching": [turn(number) for number in sorted(matching[:MOST_MATCHING])],
        "files": [{"href": file["link"], "name": file["name"]} for file in document["files"]],
    }
