"""The page on which staff look at one document: what was read beside its picture, what is missing, what to decide."""

from collections.abc import Mapping, Sequence
from typing import Any

from library.page import addresses
from library.page.document_page import titled
from library.page.marking import marked
from library.page.review_form import Shown, field_of, label_of, name_of, shown_form
from library.page.wording import Wording
from library.vocabulary import label

Leaf = Mapping[str, Any]
"""`DocumentPage` of the API as JSON."""
Found = Mapping[str, Any]
"""`PersonalDataState` of the API as JSON."""
Alike = Mapping[str, Any]
"""`DocumentResemblance` of the API as JSON."""


def review_page(
    document: Shown,
    leaf: Leaf | None,
    numbers: Sequence[int],
    found: Found,
    alike: Sequence[Alike],
    *,
    etag: str,
    editable: bool,
    refused: Mapping[str, str],
    wording: Wording,
) -> dict[str, Any]:
    """What the template `review.html` shows. `document` may have fields as somebody has typed them, `refused` says
    what is wrong with some; `leaf` is the page that is looked at, None where there is none; `editable` says whether who
    looks may change the document."""
    title, spoken = titled(document, wording)
    here = desk_address(document["id"])
    missing = [name for name in document["missing"] if name != "personal_data_check"]
    return {
        "id": document["id"],
        "here": here,
        "title": title,
        "title_language": spoken,
        "kind": document["kind"],
        "kind_label": label("kind", document["kind"], wording.language),
        "visibility": document["visibility"],
        "visibility_label": label("visibility", document["visibility"], wording.language),
        "public_page": addresses.document_page(document["id"]),
        "files": [{"name": file["name"], "href": file["link"]} for file in document["files"]],
        "missing": [{"name": name, "label": name_of(name, wording)} for name in missing],
        "refused": [_refused(name, reason, wording) for name, reason in refused.items()],
        "groups": shown_form(document, wording),
        "clues": [
            {"about": wording.say(f"clue.{clue['about']}"), "value": clue["value"], "page": clue["page"] or None}
            for clue in document["clues"]
        ],
        "etag": etag,
        "held": found["held"],
        "seen": found["seen"],
        "findings": [_finding(each, here, wording) for each in found["findings"]],
        "open_findings": sum(not each["confirmed"] for each in found["findings"]),
        "alike": [_alike(each, here, wording) for each in alike if each["decision"] == "open"],
        "editable": editable,
        "version": document["version"],
        **_leaf(leaf, numbers, document, here),
    }


def desk_address(document: str) -> str:
    return f"/desk{addresses.document_page(document)}"


def _refused(name: str, reason: str, wording: Wording) -> dict[str, str]:
    field = field_of(name)
    return {"name": field or name, "label": label_of(name, wording), "reason": reason}


def _finding(found: Mapping[str, Any], here: str, wording: Wording) -> dict[str, Any]:
    page = found["page"]
    return {
        "kind": wording.say(f"personal.{found['kind']}"),
        "masked": found["masked"],
        "page": page,
        "where": wording.say("hit.page", n=page) if page else found["field"],
        "href": f"{here}?page={page}" if page else f"#field-{found['field'].partition('.')[0]}",
        "confirmed": found["confirmed"],
    }


def _alike(pair: Alike, here: str, wording: Wording) -> dict[str, Any]:
    other = pair["other"]
    return {
        "kind": wording.say(f"alike.{pair['kind']}"),
        "share": round(100 * pair["score"]),
        "title": next(iter(other["title"].values()), other["id"]),
        "organisation": other["organisation"]["name"],
        "href": f"{here}/resemblances/{other['id']}",
    }


def _leaf(leaf: Leaf | None, numbers: Sequence[int], document: Shown, here: str) -> dict[str, Any]:
    if leaf is None:
        return {"number": None}
    place = list(numbers).index(leaf["page"])
    return {
        "number": leaf["page"],
        "last": numbers[-1],
        "previous": f"{here}?page={numbers[place - 1]}" if place else "",
        "next": f"{here}?page={numbers[place + 1]}" if place + 1 < len(numbers) else "",
        "text": marked(leaf["text"], leaf["spans"]),
        "language": next(iter(document["languages"]), ""),
    }
