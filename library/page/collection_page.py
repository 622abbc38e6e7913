"""The collection at a glance: how many documents there are of what, as charts that are tables too."""

from collections.abc import Iterable, Mapping
from typing import Any

from library.page import addresses
from library.page.documents_page import needs_counted
from library.page.wording import Wording

CHARTS = ("topic", "language", "organisation", "year", "kind", "evidence", "visibility")
MOST_BARS = 20
"""Of a chart, the longest ones."""
WIDTH = 100
"""Of the longest bar, in units of its picture."""


def collection_page(
    statistics: Mapping[str, Any], counts: Mapping[str, int], unfound: Mapping[str, Any], wording: Wording
) -> dict[str, Any]:
    """What the template `collection.html` shows. `statistics` and `unfound` are `CollectionStatistics` and
    `UnfoundAnswer` of the API; `counts` says how many documents there are for each need."""
    charts = [_chart(name, statistics["by"][name], wording) for name in CHARTS]
    return {
        "documents": statistics["documents"],
        "newest": wording.day(statistics["newest"]) if statistics["newest"] else "",
        "needs": needs_counted(counts),
        "charts": [*charts, _asked_in_vain(unfound, wording)],
    }


def _chart(name: str, counted: Mapping[str, Any], wording: Wording) -> dict[str, Any]:
    values = counted["values"]
    # Years stand in their order, the last first; all else by how much there is of it, as the API counts.
    shown = sorted(values, key=lambda each: -int(each["value"])) if name == "year" else values
    return {
        "name": name,
        "title": wording.say(f"facet.{name}"),
        "bars": list(_bars(name, shown[:MOST_BARS])),
        "note": wording.say("collection.missing", n=counted["missing"]) if counted["missing"] else "",
    }


def _asked_in_vain(unfound: Mapping[str, Any], wording: Wording) -> dict[str, Any]:
    values = [
        {"value": each["question"], "label": each["question"], "count": each["askings"]}
        for each in unfound["questions"][:MOST_BARS]
    ]
    least = unfound["least"]
    note = wording.say("collection.unfound_least", n=least) if least else wording.say("collection.unfound_off")
    return {
        "name": "unfound",
        "title": wording.say("collection.unfound"),
        "bars": list(_bars("q", values)),
        "note": note,
    }


def _bars(name: str, values: Iterable[Mapping[str, Any]]) -> Iterable[dict[str, Any]]:
    values = list(values)
    longest = max((each["count"] for each in values), default=1)
    for each in values:
        wanted = {"year_from": each["value"], "year_to": each["value"]} if name == "year" else {name: each["value"]}
        yield {
            "label": each["label"],
            "count": each["count"],
            "width": round(WIDTH * each["count"] / longest, 1),
            "href": addresses.changed({}, wanted),
        }
