"""A found document as a list shows it: from an item of the API's answer to what the template writes."""

from collections.abc import Mapping, Sequence
from typing import Any

from markupsafe import Markup

from library.page import addresses
from library.page.addresses import Given
from library.page.marking import marked
from library.page.wording import Wording
from library.vocabulary import label, lists

Item = Mapping[str, Any]
"""`FoundItem` of the API as JSON."""
MOST_TOPICS = 4
"""Topics of a document that a list shows."""


def shown_hit(item: Item, given: Given, wording: Wording) -> dict[str, Any]:
    spoken = best_language(item["title"], wording.language, item["languages"])
    summary_language = best_language(item["summary"], wording.language, item["languages"])
    lang = "".join(given.get("lang", ()))
    q = "".join(given.get("q", ()))
    fragments = [fragment for fragment in item["fragments"] if fragment["text"].strip()]
    return {
        "id": item["id"],
        "href": addresses.document_page(item["id"], q=q, lang=lang),
        "kind": item["kind"],
        "kind_label": label("kind", item["kind"], wording.language),
        "title": marked(item["title"].get(spoken, item["id"]), item["title_spans"].get(spoken, ())),
        "title_language": spoken,
        "organisation": item["organisation"]["name"],
        "place": place_name(item["place"], wording),
        "year": item["year"],
        "languages": ", ".join(label("language", each, wording.language) for each in item["languages"]),
        "summary": "" if _says_summary(fragments) else item["summary"].get(summary_language, ""),
        "summary_language": summary_language,
        "fragments": [_fragment(fragment, item["id"], q, lang, wording) for fragment in fragments],
        "evidence": label("evidence", item["evidence"], wording.language) if item["evidence"] else "",
        "topics": [_topic(topic, given, wording) for topic in item["topics"][:MOST_TOPICS]],
        "file": item["links"]["file"],
        "hidden_from_public": "" if item["visibility"] == "public" else wording.say(f"visibility.{item['visibility']}"),
        "incomplete": item["incomplete"],
        "why": _why(item["id"], given) if q else "",
        "reasons": [reason(each, wording) for each in item["explanation"]],
    }


def best_language(text: Mapping[str, str], reader: str, spoken: Sequence[str]) -> str:
    """In which of its languages a text is shown: the reader's, else the document's own, else whichever there is."""
    return next((each for each in (reader, *spoken) if each in text), next(iter(text), ""))


def place_name(place: Mapping[str, str] | None, wording: Wording) -> str:
    """The municipality, else the region; nothing where only the country is known."""
    if place is None:
        return ""
    return place["municipality"] or (label("region", place["region"], wording.language) if place["region"] else "")


def field_name(field: str, page: int | None, wording: Wording) -> str:
    """Where in a document a piece of text stands."""
    return wording.say("hit.page", n=page) if page is not None else wording.say(f"field.{field}")


def reason(why: Mapping[str, Any], wording: Wording) -> dict[str, Any]:
    """One of the reasons why something was found, as a sentence, and its share in hundredths."""
    sentence = wording.say(
        f"why.{why['how']}",
        typed=why["typed"],
        meant=", ".join(why["meant"]),
        forms=", ".join(why["forms"]) or why["typed"],
        where=field_name(why["field"], why["page"], wording) if why["field"] else "",
    )
    return {"sentence": sentence.strip(), "share": round(100 * why["share"])}


def _fragment(fragment: Mapping[str, Any], document: str, q: str, lang: str, wording: Wording) -> dict[str, Any]:
    page = fragment["page"]
    return {
        "where": field_name(fragment["field"], page, wording),
        "href": addresses.document_page(document, q=q, lang=lang)
        if page is None
        else addresses.reader_page(document, page, q=q, lang=lang),
        "text": _ends(marked(fragment["text"].strip("\n"), fragment["spans"])),
    }


def _ends(text: Markup) -> Markup:
    return Markup("…") + text + Markup("…") if text else text


def _says_summary(fragments: Sequence[Mapping[str, Any]]) -> bool:
    return any(fragment["field"] == "summary" for fragment in fragments)


def _why(document: str, given: Given) -> str:
    return addresses.changed(given, {"page": given.get("page", ()), "explain": "true"}) + f"#hit-{document}"


def _topic(topic: str, given: Given, wording: Wording) -> dict[str, str]:
    known = topic in {term.id for term in lists()["topic"].terms}
    name = label("topic", topic, wording.language) if known else topic
    return {"label": name, "href": addresses.changed({"lang": given.get("lang", ())}, {"topic": topic})}
