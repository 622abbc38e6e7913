"""The list of an organisation's documents at the desk: all of them, or those that need something."""

from collections.abc import Mapping, Sequence
from typing import Any

from msgspec import Struct

from library.page import addresses
from library.page.hits import best_language
from library.page.review_form import name_of
from library.page.review_page import desk_address
from library.page.wording import Wording
from library.vocabulary import agreed_list, label

NEEDS = ("missing", "personal_data", "resemblance", "review")
CHANGEABLE = ("visibility", "licence", "scale")
"""Fields of one term that many documents can be given at once; `topics` and `target_groups` can be added."""
ADDABLE = {"topics": "topic", "target_groups": "target_group"}
Listed = Mapping[str, Any]
"""`DocumentInNeed` or `FoundItem` of the API as JSON."""


class Refusal(Struct, frozen=True):
    """One of many documents that could not be changed, and why."""

    id: str
    title: str
    reason: str


def documents_page(
    listed: Sequence[Listed],
    counts: Mapping[str, int],
    known: Sequence[Listed],
    *,
    total: int,
    need: str,
    q: str,
    turns: Mapping[str, str],
    changed: int | None,
    refused: Sequence[Refusal],
    wording: Wording,
) -> dict[str, Any]:
    """What the template `documents.html` shows. `counts` says how many documents there are for each need, `known`
    (`DocumentInNeed`) what the listed ones need; `changed` and `refused` what became of many that were changed at once,
    None where none were."""
    needs = {each["id"]: each for each in known}
    return {
        "need": need,
        "q": q,
        "total": total,
        "choices": needs_counted(counts),
        "documents": [_row(each, needs.get(each["id"], {}), wording) for each in listed],
        "turns": turns,
        "changed": changed,
        "refused": [{"href": desk_address(each.id), "title": each.title, "reason": each.reason} for each in refused],
        "settable": [_choices(name, name, wording) for name in CHANGEABLE],
        "addable": [_choices(name, terms, wording) for name, terms in ADDABLE.items()],
    }


def needs_counted(counts: Mapping[str, int]) -> list[dict[str, Any]]:
    """What documents need, and how many do."""
    return [
        {"need": need, "n": counts[need], "href": addresses.changed({}, {"need": need}, "/desk/documents")}
        for need in NEEDS
    ]


def _choices(name: str, list_id: str, wording: Wording) -> dict[str, Any]:
    terms = [
        {"value": each.id, "label": label(list_id, each.id, wording.language)} for each in agreed_list(list_id).terms
    ]
    return {"name": name, "label": name_of(name, wording), "terms": terms}


def _row(listed: Listed, needed: Listed, wording: Wording) -> dict[str, Any]:
    spoken = best_language(listed["title"], wording.language, listed["languages"])
    return {
        "id": listed["id"],
        "href": desk_address(listed["id"]),
        "title": listed["title"].get(spoken, listed["id"]),
        "title_language": spoken,
        "kind": listed["kind"],
        "kind_label": label("kind", listed["kind"], wording.language),
        "visibility_label": label("visibility", listed["visibility"], wording.language),
        "needs": [wording.say(f"need.{need}") for need in needed.get("needs", ())],
        "missing": ", ".join(name_of(name, wording) for name in needed.get("missing", ())),
        "due": wording.day(needed["review_due"]) if "review" in needed.get("needs", ()) else "",
    }
