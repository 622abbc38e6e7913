"""What the report shows of what was measured."""

from tests.bench.report import plot, table


def part(collection: str, documents: int, **medians: float):
    engines = {name: {"warm": {"p50": median}} for name, median in medians.items()}
    beside = {name: medians["ours"] / median for name, median in medians.items() if name != "ours"}
    found = {"two common words, or": {"full": {**engines, "ours_beside": beside}}}
    return {"collection": collection, "documents": documents, "search": found}


def test_smaller_collections_come_first_and_who_was_not_asked_has_no_figure() -> None:
    parts = {
        "20": part("20", 20, ours=2.0, tantivy=4.0),
        "10": part("10", 10, ours=1.0, tantivy=4.0, whoosh=30.0),
        "pages": {"ratio": 1.1},
    }
    rows = table({"parts": parts}).splitlines()[2:]
    assert rows == [
        "| 10 | two common words, or | full | 1 | 30 | – | 4 | 0.25 | 30 |",
        "| 20 | two common words, or | full | 2 | – | – | 4 | 0.5 | – |",
    ]


def test_the_plot_has_a_line_for_each_engine_over_the_generated_collections() -> None:
    parts = {
        "10": part("10", 10, ours=1.0, tantivy=4.0),
        "1000": part("1000", 1_000, ours=2.0, tantivy=9.0),
        "real": part("real", 500, ours=2.0, fts5=9.0),
    }
    drawn = plot({"parts": parts})
    assert drawn.count("<polyline") == 2
    assert "fts5" not in drawn
