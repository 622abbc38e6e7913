"""The page of one document: from what the API says of it to what the template writes."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import quote

from library.page import addresses
from library.page.addresses import Given
from library.page.citing import iso_690
from library.page.hits import best_language, place_name, shown_hit
from library.page.scripting import as_json
from library.page.wording import Wording
from library.vocabulary import label
from library.words import words

Shown = Mapping[str, Any]
"""`ShownDocument` of the API as JSON."""
PROSE = (
    *("context", "objectives", "activities", "results", "caveats", "innovation", "success_factors", "risks"),
    *("sustainability", "adaptation"),
)
"""What a practice tells, in the order in which it is read."""
MOST_MATCHING = 8
"""Pages with matches that are named, the best ones."""
CITED_AS = ("bibtex", "ris", "csl")


def document_page(
    document: Shown,
    similar: Sequence[Mapping[str, Any]],
    versions: Sequence[Mapping[str, Any]],
    related: Mapping[str, Mapping[str, str]],
    matching: Sequence[int],
    *,
    json_ld: Mapping[str, Any],
    base: str,
    given: Given,
    wording: Wording,
) -> dict[str, Any]:
    """What the template `document.html` shows. `versions` is as the API lists them; `related` has the title (by
    language) of each document that it points to and that the reader may see; `matching`, the pages with what was
    searched for, the best first; `json_ld` what schema.org's words say of it; `base` is the library's address."""
    q, lang = "".join(given.get("q", ())), "".join(given.get("lang", ()))
    title, spoken = titled(document, wording)
    address = f"{base}{addresses.document_page(document['id'])}"
    return {
        "id": document["id"],
        "q": q,
        "kind": document["kind"],
        "kind_label": label("kind", document["kind"], wording.language),
        "title": title,
        "title_language": spoken,
        "other_titles": [
            {"language": language, "text": text} for language, text in document["title"].items() if language != spoken
        ],
        "organisation": document["organisation"],
        "by_organisation": addresses.changed(_only(given, "lang"), {"organisation": document["organisation"]["id"]}),
        "year": document["year"],
        "authors": ", ".join(f"{each['given']} {each['family']}".strip() for each in document.get("authors", ())),
        "summary": _texts(document["summary"], document, wording),
        "sections": list(_sections(document, wording)),
        "findings": [_pointing(each, "sentence", document, q, lang) for each in document.get("findings", ())],
        "recommendations": [
            {
                **_pointing(each, "text", document, q, lang),
                "addressee": _named("addressee", each["addressee"], wording),
                "status": _named("recommendation_status", each["status"], wording),
            }
            for each in document.get("recommendations", ())
        ],
        "questions": document.get("questions", ()),
        "facts": [fact for fact in _facts(document, wording) if fact["values"]],
        "files": [_file(file, wording) for file in document["files"]],
        "read": addresses.reader_page(document["id"], matching[0] if matching else 1, q=q, lang=lang),
        "matching": [
            {"page": page, "href": addresses.reader_page(document["id"], page, q=q, lang=lang)}
            for page in sorted(matching[:MOST_MATCHING])
        ],
        "links": [
            {"url": addresses.elsewhere(each["url"]), "title": each["title"] or each["url"]}
            for each in document["links"]
        ],
        "tools": [{**each, "url": addresses.elsewhere(each["url"])} for each in document.get("tools", ())],
        "contact": document["contact"],
        "confirmed_on": wording.day(document["contact"]["confirmed_on"])
        if document["contact"] and document["contact"]["confirmed_on"]
        else "",
        "related": [
            {
                "relation": label("relation", each["relation"], wording.language),
                "title": related[each["document"]].get(
                    best_language(related[each["document"]], wording.language, ()), each["document"]
                ),
                "href": addresses.document_page(each["document"], lang=lang),
            }
            for each in document["related"]
            if each["document"] in related
        ],
        "similar": [shown_hit(item, _only(given, "lang"), wording) for item in similar],
        "versions": [_version(each, wording) for each in versions] if len(versions) > 1 else [],
        "citation": iso_690(document, title, address, wording),
        "wished_citation": document.get("how_to_cite", ""),
        "records": [
            {"format": form, "href": f"{addresses.API}/documents/{document['id']}?format={form}"} for form in CITED_AS
        ],
        "missing": [words(wording.language).field[name] for name in document["missing"]],
        "hidden_from_public": ""
        if document["visibility"] == "public"
        else wording.say(f"visibility.{document['visibility']}"),
        "back": addresses.changed(given, {}) if q else "",
        "meta": list(_highwire(document, title, base)),
        "json_ld": as_json(json_ld),
    }


def titled(document: Shown, wording: Wording) -> tuple[str, str]:
    """The title that is shown first, and its language."""
    spoken = best_language(document["title"], wording.language, document["languages"])
    return document["title"].get(spoken, document["id"]), spoken


def _version(version: Mapping[str, Any], wording: Wording) -> dict[str, Any]:
    files = [{"name": name, "href": f"{version['link']}/files/{quote(name, safe='')}"} for name in version["files"]]
    day = wording.day(version["changed"]) if version["changed"] else ""
    return {"number": version["version"], "day": day, "note": version["change_note"], "files": files}


def _only(given: Given, *names: str) -> dict[str, Sequence[str]]:
    return {name: given[name] for name in names if name in given}


def _texts(texts: Mapping[str, str], document: Shown, wording: Wording) -> list[dict[str, str]]:
    """A text in the reader's language or the document's own first, then in the others."""
    first = best_language(texts, wording.language, document["languages"])
    ordered = sorted(texts, key=lambda language: language != first)
    return [
        {"language": language, "name": label("language", language, wording.language), "text": texts[language]}
        for language in ordered
        if texts[language]
    ]


def _sections(document: Shown, wording: Wording) -> Iterator[dict[str, Any]]:
    """What a practice tells of itself."""
    for name in PROSE:
        texts = _texts(document.get(name) or {}, document, wording)
        if texts:
            yield {"name": name, "heading": wording.say(f"section.{name}"), "texts": texts}


def _pointing(each: Mapping[str, Any], text: str, document: Shown, q: str, lang: str) -> dict[str, Any]:
    """A sentence and the page of the study that says so."""
    page = each["page"]
    href = addresses.reader_page(document["id"], page, q=q, lang=lang) if page else ""
    return {"text": each[text], "page": page, "href": href}


def _named(field: str, value: str, wording: Wording) -> str:
    return label(field, value, wording.language) if value else ""


def _facts(document: Shown, wording: Wording) -> Iterator[dict[str, Any]]:
    """What is known of it, a line each: its name, and the values."""

    def fact(name: str, *values: object) -> dict[str, Any]:
        return {"name": wording.say(f"fact.{name}"), "values": [str(value) for value in values if value]}

    def terms(field: str, *values: str) -> list[str]:
        return [_named(field, value, wording) for value in values if value]

    yield fact("topics", *terms("topic", *document["topics"]))
    yield fact("target_groups", *terms("target_group", *document["target_groups"]))
    yield fact("place", place_name(document["place"], wording), *terms("scale", document["scale"]))
    yield fact("period", _period(document["period"], wording), *terms("stage", document["stage"]))
    yield fact("languages", *terms("language", *document["languages"]))
    yield fact("nationalities", *terms("nationality", *document["nationalities"]))
    yield fact("legal_statuses", *terms("legal_status", *document["legal_statuses"]))
    yield fact("migrant_led", *terms("migrant_led", document["migrant_led"]))
    yield from _facts_of_kind(document, wording, fact, terms)
    yield fact("partners", *document["partners"])
    yield fact("funders", *document["funders"], document["programme"], document["project_number"])
    yield fact("keywords", *document["keywords"])
    yield fact("licence", *terms("licence", document["licence"]))
    yield fact("verified_on", wording.day(document["verified_on"]) if document["verified_on"] else "")


def _facts_of_kind(document: Shown, wording: Wording, fact: Any, terms: Any) -> Iterator[dict[str, Any]]:
    if document["kind"] == "practice":
        reach, resources, law = document["reach"], document["resources"] or {}, document["preconditions"] or {}
        yield fact("evidence", *terms("evidence", document["evidence"]))
        yield fact("reach", f"{wording.number(reach['number'])} {reach['unit']}" if reach else "")
        yield fact("transferability", *terms("transferability", document["transferability"]))
        yield fact("staff", resources.get("staff"))
        yield fact("cost", resources.get("cost"), *terms("cost_band", resources.get("cost_band", "")))
        yield fact("duration", resources.get("duration"))
        yield fact("interpreters", *terms("language", *resources.get("interpreters", ())))
        yield fact("law", law.get("law"))
    else:
        yield fact("study_type", *terms("study_type", document["study_type"]))
        yield fact("publisher", document["publisher"])
        yield fact("methods", *terms("method", *document["methods"]), document["sample"])
        yield fact("limitations", document["limitations"])
        yield fact("laws_cited", *document["laws_cited"])
        yield fact(
            "numbers", *(f"{name.upper()} {document[name]}" for name in ("doi", "isbn", "issn") if document[name])
        )


def _period(period: Mapping[str, str] | None, wording: Wording) -> str:
    if not period:
        return ""
    ends = [wording.day(period[end]) if period[end] else "" for end in ("since", "until")]
    return " – ".join(ends) if any(ends) else ""


def _file(file: Mapping[str, Any], wording: Wording) -> dict[str, Any]:
    pages = wording.say("file.pages", n=file["pages"]) if file["pages"] else ""
    megabytes = file["size"] / 1_000_000
    size = (
        f"{wording.number(round(megabytes, 1))} MB"
        if megabytes >= 1
        else f"{wording.number(-(-file['size'] // 1000))} kB"
    )
    return {"name": file["name"], "href": file["link"], "about": " · ".join(filter(None, (pages, size)))}


def _highwire(document: Shown, title: str, base: str) -> Iterator[tuple[str, str]]:
    """What reference managers and Google Scholar read in a page: Highwire's names."""
    yield "citation_title", title
    for author in document.get("authors", ()):
        yield "citation_author", ", ".join(filter(None, (author["family"], author["given"])))
    if not document.get("authors"):
        yield "citation_author", document["organisation"]["name"]
    named = {
        "citation_publication_date": document["year"],
        "citation_publisher": document.get("publisher") or document["organisation"]["name"],
        "citation_language": next(iter(document["languages"]), ""),
        "citation_doi": document.get("doi"),
        "citation_isbn": document.get("isbn"),
        "citation_issn": document.get("issn"),
        "citation_keywords": "; ".join(document["keywords"]),
        "citation_abstract_html_url": base + addresses.document_page(document["id"]),
    }
    yield from ((name, str(value)) for name, value in named.items() if value)
    for file in document["files"]:
        if file["media_type"] == "application/pdf":
            yield "citation_pdf_url", base + file["link"]
