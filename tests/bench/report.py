"""The measurements as a table in Markdown and as a plot of latency against the number of documents."""

from collections.abc import Iterator, Mapping
from math import log10
from typing import Any

PLOTTED = ("two common words, or", "full")
"""Which line of the table is plotted."""
COLOURS = {"ours": "#0b6e4f", "whoosh": "#8c564b", "fts5": "#4c72b0", "tantivy": "#dd8452"}
WIDTH, HEIGHT, EDGE = 640, 360, 60


def table(results: Mapping[str, Any]) -> str:
    """Warm medians in milliseconds, and ours beside each."""
    return "\n".join(_lines(results)) + "\n"


def _lines(results: Mapping[str, Any]) -> Iterator[str]:
    yield "| documents | question | way | ours | whoosh | fts5 | tantivy | ours / tantivy | whoosh / ours |"
    yield "|---|---|---|---|---|---|---|---|---|"
    for found in _collections(results):
        for kind, ways in found.get("search", {}).items():
            for way, engines in ways.items():
                medians = [_number(engines.get(name, {}).get("warm", {}).get("p50")) for name in COLOURS]
                beside = engines["ours_beside"]
                times = beside.get("whoosh")
                yield (
                    f"| {_name(found)} | {kind} | {way} | {' | '.join(medians)} | {_number(beside.get('tantivy'))} "
                    f"| {_number(1 / times if times else None)} |"
                )


def _collections(results: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """What was measured of collections, smaller ones first."""
    found = [part for part in results.get("parts", {}).values() if "search" in part]
    return sorted(found, key=lambda part: (part["documents"], part["collection"]))


def _name(found: Mapping[str, Any]) -> str:
    generated = found["collection"].isdigit()
    return f"{found['documents']:,}" + ("" if generated else f" {found['collection']}")


def _number(value: float | None) -> str:
    return "–" if value is None else f"{value:.3g}"


def plot(results: Mapping[str, Any]) -> str:
    """An SVG picture with logarithmic axes: documents to the right, milliseconds up."""
    lines = {name: list(_points(results, name)) for name in COLOURS}
    points = [point for line in lines.values() for point in line]
    if not points:
        return '<svg xmlns="http://www.w3.org/2000/svg"/>'
    left, right = (edge(log10(size) for size, _ in points) for edge in (min, max))
    low, high = (edge(log10(taken) for _, taken in points) for edge in (min, max))

    def place(size: float, taken: float) -> tuple[float, float]:
        across = (log10(size) - left) / max(right - left, 1e-9)
        up = (log10(taken) - low) / max(high - low, 1e-9)
        return EDGE + across * (WIDTH - 3 * EDGE), HEIGHT - EDGE - up * (HEIGHT - 2 * EDGE)

    drawn = "".join(_line(name, [place(*point) for point in line]) for name, line in lines.items() if line)
    sizes = sorted({size for size, _ in points})
    labels = "".join(
        f'<text x="{place(size, 10**low)[0]:.0f}" y="{HEIGHT - EDGE / 2:.0f}" text-anchor="middle">{size:,}</text>'
        for size in sizes
    )
    heights = "".join(
        f'<text x="{EDGE - 8}" y="{place(sizes[0], 10**power)[1]:.0f}" text-anchor="end">{10**power:g} ms</text>'
        for power in range(int(low) - 1, int(high) + 2)
        if low <= power <= high
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" font-family="sans-serif" '
        f'font-size="13"><rect width="100%" height="100%" fill="white"/>'
        f'<text x="{EDGE}" y="24">{PLOTTED[0]}, {PLOTTED[1]}: warm median by number of documents</text>'
        f"{drawn}{labels}{heights}</svg>\n"
    )


def _points(results: Mapping[str, Any], name: str) -> Iterator[tuple[int, float]]:
    kind, way = PLOTTED
    for found in _collections(results):
        taken = found.get("search", {}).get(kind, {}).get(way, {}).get(name, {}).get("warm", {}).get("p50")
        if taken and found["collection"].isdigit():
            yield found["documents"], taken


def _line(name: str, places: list[tuple[float, float]]) -> str:
    path = " ".join(f"{across:.1f},{up:.1f}" for across, up in places)
    across, up = places[-1]
    dots = "".join(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3" fill="{COLOURS[name]}"/>' for x, y in places)
    return (
        f'<polyline points="{path}" fill="none" stroke="{COLOURS[name]}" stroke-width="2"/>{dots}'
        f'<text x="{across + 8:.0f}" y="{up + 4:.0f}" fill="{COLOURS[name]}">{name}</text>'
    )
