"""The search page: from the API's answer and the state in the address to what the templates write."""

from collections.abc import Mapping, Sequence
from typing import Any

from library.page import addresses
from library.page.addresses import Given
from library.page.hits import shown_hit
from library.page.narrowing import chips, histogram, shown_facets, without_all
from library.page.scripting import BLANK, for_script
from library.page.wording import Wording
from library.search import FACETS, Sort
from library.vocabulary import label, lists

Answer = Mapping[str, Any]
"""`SearchAnswer` of the API as JSON."""
SCRIPTS = ("search.js", "results.js", "suggest.js", "saved.js")
STATE = frozenset(
    {"q", *FACETS, *(f"not_{name}" for name in FACETS), "year_from", "year_to", "added_since"}
    | {"sort", "page", "expand", "explain", "lang"}
)
"""The parameters that make up the state of the page; all are the API's."""
EXPORTS = ("ris", "bibtex", "csl", "csv", "jsonl")


def search_page(answer: Answer, given: Given, refused: Sequence[str], wording: Wording) -> dict[str, Any]:
    """What the template `search.html` shows. `given` are the parameters that stood in the address; `refused`, what is
    to be said of those that could not be used."""
    q = answer["query"]["q"]
    chosen = chips(given, _names(answer, given, wording), wording)
    hits = [(item, shown_hit(item, given, wording)) for item in answer["items"]]
    return {
        "q": q,
        "total": answer["total"],
        "at_home": not q and not chosen and answer["page"] == 1,
        "groups": _groups(hits, given, answer, wording),
        "facets": shown_facets(answer["facets"], given, wording),
        "histogram": histogram(answer["facets"], given),
        "chips": chosen,
        "without_all": without_all(given, chosen),
        "sort": "".join(given.get("sort", ())),
        "usual_sort": Sort.RELEVANCE.value if q else Sort.NEWEST.value,
        "sorts": [sort.value for sort in Sort if sort is not Sort.RELEVANCE],
        "mended": answer["did_you_mean"],
        "expansions": _expansions(answer),
        "expand_off": given.get("expand") == ["off"],
        "switch_expansion": addresses.changed(given, {"expand": "" if given.get("expand") == ["off"] else "off"}),
        "instead": [_instead(each, given, wording) for each in answer["instead"]],
        "weaker": _is_weaker(answer),
        "exports": [{"format": each, "href": _export(given, each)} for each in EXPORTS],
        "refused": refused,
        "blank": BLANK,
        "scripted": for_script(SCRIPTS, wording, names=sorted(STATE)),
        **_turns(answer, given),
    }


def _groups(
    hits: Sequence[tuple[Mapping[str, Any], dict[str, Any]]], given: Given, answer: Answer, wording: Wording
) -> list[dict[str, Any]]:
    """The results; where words were looked for in all languages, those that the reader may not read stand apart. The
    reader reads the page's language and that of the best hit, which most often is the one that was typed in."""
    shown = [hit for _, hit in hits]
    if not answer["query"]["q"] or given.get("language") or answer["query"]["sort"] != "relevance":
        return [{"heading": "", "hits": shown}] if shown else []
    best = hits[0][0]["languages"] if hits else []
    reads = {wording.language, *best}
    own = [hit for item, hit in hits if reads & set(item["languages"])]
    others = [hit for item, hit in hits if not reads & set(item["languages"])]
    groups = [{"heading": "", "hits": own}, {"heading": wording.say("search.other_languages"), "hits": others}]
    return [group for group in groups if group["hits"]]


def _names(answer: Answer, given: Given, wording: Wording) -> dict[str, dict[str, str]]:
    """What each value of each facet is called: as the answer says it, else as the agreed list does."""
    named: dict[str, dict[str, str]] = {}
    for field in FACETS:
        counted = answer["facets"].get(field, {}).get("values", ())
        listed = [*given.get(field, ()), *given.get(f"not_{field}", ())] if field in lists() else []
        named[field] = {value: label(field, value, wording.language) for value in listed}
        named[field] |= {value["value"]: value["label"] for value in counted}
    return named


def _expansions(answer: Answer) -> list[dict[str, str]]:
    return [
        {"word": each["word"], "meant": ", ".join(each["as"]), "why": each["why"]}
        for each in answer["query"]["expansions"]
        if each["as"]
    ]


def _instead(other: Mapping[str, Any], given: Given, wording: Wording) -> dict[str, Any]:
    free = {name: values for name, values in given.items() if name in ("lang", "expand")}
    kept = free if other["why"] == "without_filters" else given
    return {
        "why": wording.say(f"instead.{other['why']}"),
        "q": other["q"],
        "total": other["total"],
        "href": addresses.changed(kept, {"q": other["q"]}),
    }


def _is_weaker(answer: Answer) -> bool:
    """Whether some of what is shown has not all of the words: the engine then asked for "at least" some."""
    return bool(answer["items"]) and answer["query"]["understood"].startswith("(at least ")


def _export(given: Given, form: str) -> str:
    shown = {name: values for name, values in given.items() if name not in ("lang", "sort")}
    return addresses.changed(shown, {"format": form}, f"{addresses.API}/export")


def _turns(answer: Answer, given: Given) -> dict[str, Any]:
    last = max(1, -(-answer["total"] // answer["per_page"]))
    page = answer["page"]
    return {
        "page": page,
        "last_page": last,
        "previous": addresses.changed(given, {"page": str(page - 1) if page > 2 else ""}) if page > 1 else "",  # noqa: PLR2004  # the first page needs no number
        "next": addresses.changed(given, {"page": str(page + 1)}) if page < last else "",
    }
