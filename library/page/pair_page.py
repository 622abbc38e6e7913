"""Two documents that are like each other, side by side, for staff to decide what they are to each other."""

from collections.abc import Mapping, Sequence
from typing import Any

from library.page import addresses
from library.page.differences import Spans, differences
from library.page.document_page import titled
from library.page.marking import marked
from library.page.review_page import desk_address
from library.page.wording import Wording
from library.vocabulary import agreed_list, label

Shown = Mapping[str, Any]
"""`ShownDocument` of the API as JSON."""


def pair_page(
    pair: Mapping[str, Any],
    documents: Sequence[Shown],
    texts: Sequence[str],
    *,
    suggested: str,
    number: int,
    last: int,
    wording: Wording,
) -> dict[str, Any]:
    """What the template `pair.html` shows. `pair` is the API's resemblance; `documents`, the own one first; `texts`
    what stands on the page with this number in each; `last`, the last page that either has; `suggested`, the relation
    that their resemblance suggests."""
    own, other = documents
    here = pair_address(own["id"], other["id"])
    one, another = texts
    different = differences(one, another)
    return {
        "here": here,
        "back": desk_address(own["id"]),
        "kind": wording.say(f"alike.{pair['kind']}"),
        "share": round(100 * pair["score"]),
        "decision": pair["decision"],
        "differ": any(different),
        "sides": [_side(*each, wording) for each in zip(documents, texts, different, strict=True)],
        "relations": [
            {
                "value": term.id,
                "label": label("relation", term.id, wording.language),
                "chosen": term.id == suggested,
            }
            for term in agreed_list("relation").terms
        ],
        "number": number,
        "last": last,
        "previous": f"{here}?page={number - 1}" if number > 1 else "",
        "next": f"{here}?page={number + 1}" if number < last else "",
    }


def pair_address(document: str, other: str) -> str:
    return f"{desk_address(document)}/resemblances/{other}"


def _side(document: Shown, text: str, different: Spans, wording: Wording) -> dict[str, Any]:
    title, spoken = titled(document, wording)
    return {
        "href": addresses.document_page(document["id"]),
        "title": title,
        "title_language": spoken,
        "language": next(iter(document["languages"]), ""),
        "languages": ", ".join(label("language", each, wording.language) for each in document["languages"]),
        "organisation": document["organisation"]["name"],
        "year": document["year"],
        "files": ", ".join(file["name"] for file in document["files"]),
        "added": wording.day(document["added"]) if document["added"] else "",
        "text": marked(text, different),
    }
