"""What a search can be narrowed by: facets, chips of what is chosen, and the years as a histogram."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from library.page import addresses
from library.page.addresses import Given
from library.page.wording import Wording

OFFERED = (
    "kind", "topic", "language", "year", "organisation", "target_group", "region", "evidence", "transferability",
    "study_type", "nationality", "legal_status",
)  # fmt: skip
"""The facets that the page shows, in this order; `year` becomes a histogram."""
OPEN = frozenset({"kind", "topic", "language", "year"})
"""Those that stand open before anybody touches them."""
SHOWN_VALUES = 8
"""Values of a facet that are seen at once; the others stand behind a word."""
MOST_VALUES = 100
MOST_YEARS = 60
"""Bars of the histogram, at most."""
TALLEST = 40
"""Height of the highest bar, in the units of the drawing."""

Facets = Mapping[str, Mapping[str, Any]]
"""`facets` of the API's answer."""


def shown_facets(facets: Facets, given: Given, wording: Wording) -> list[dict[str, Any]]:
    return [
        _facet(name, facets[name], given, wording)
        for name in OFFERED
        if name != "year" and facets.get(name, {}).get("values")
    ]


def _facet(name: str, facet: Mapping[str, Any], given: Given, wording: Wording) -> dict[str, Any]:
    values = facet["values"]
    first = [value for place, value in enumerate(values) if place < SHOWN_VALUES or value["selected"]]
    more = [value for place, value in enumerate(values) if place >= SHOWN_VALUES and not value["selected"]]
    return {
        "name": name,
        "label": wording.say(f"facet.{name}"),
        "open": name in OPEN or bool(given.get(name)),
        "values": [_value(value, wording) for value in first],
        "more": [_value(value, wording) for value in sorted(more, key=lambda each: wording.in_order(each["label"]))],
    }


def _value(value: Mapping[str, Any], wording: Wording) -> dict[str, Any]:
    return {**value, "written_count": wording.number(value["count"])}


def histogram(facets: Facets, given: Given) -> dict[str, Any] | None:
    """One bar a year, the empty ones too; None where no year is known. Of scattered years the busiest stretch."""
    counts = {int(each["value"]): each["count"] for each in facets.get("year", {}).get("values", ())}
    if not counts:
        return None
    first, last = _busiest(counts)
    tallest = max(counts.get(year, 0) for year in range(first, last + 1))
    since, until = _bound(given, "year_from"), _bound(given, "year_to")
    bars = [
        {
            "year": year,
            "count": counts.get(year, 0),
            "height": round(TALLEST * counts.get(year, 0) / tallest, 1),
            "inside": (since or first) <= year <= (until or last),
        }
        for year in range(first, last + 1)
    ]
    return {"first": first, "last": last, "since": since, "until": until, "bars": bars, "tallest": TALLEST}


def _busiest(counts: Mapping[int, int]) -> tuple[int, int]:
    """The first and last year of the stretch of at most MOST_YEARS that has most documents."""
    years = sorted(counts)
    stretches = [[year for year in years if first <= year < first + MOST_YEARS] for first in years]
    best = max(stretches, key=lambda stretch: sum(counts[year] for year in stretch))
    return best[0], best[-1]


def _bound(given: Given, name: str) -> int | None:
    value = "".join(given.get(name, ()))
    return int(value) if value.isdigit() else None


def chips(given: Given, names: Mapping[str, Mapping[str, str]], wording: Wording) -> list[dict[str, str]]:
    """What narrows the search, each with the address of the search without it; `names` has the label of each value of
    a facet."""
    return [
        {"text": text, "href": addresses.without(given, name, value), "name": name, "value": value}
        for name, value, text in _chosen(given, names, wording)
    ]


def _chosen(given: Given, names: Mapping[str, Mapping[str, str]], wording: Wording) -> Iterator[tuple[str, str, str]]:
    for name, values in given.items():
        for value in values:
            if name in ("year_from", "year_to", "added_since"):
                written = wording.day(value) if name == "added_since" else value
                yield name, value, wording.say(f"chip.{name}", value=written)
            elif name.removeprefix("not_") in names:
                field = name.removeprefix("not_")
                said = names[field].get(value, value)
                text = wording.say(f"facet.{field}") + ": " + said
                yield name, value, wording.say("chip.not", value=text) if name.startswith("not_") else text


def without_all(given: Given, chosen: Sequence[Mapping[str, str]]) -> str:
    """The address of the search without anything that narrows it."""
    return addresses.changed(given, {chip["name"]: () for chip in chosen})
