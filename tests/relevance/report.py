"""How the figures, and what went wrong in development, are shown to a person."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Literal

from msgspec import Struct

from tests.relevance.collection import Set, Table
from tests.relevance.measures import DEPTH, RELEVANT, Figures, mean
from tests.relevance.rows import Asked

MEASURES = {"ndcg_at_10": "nDCG@10", "mrr": "MRR", "recall_at_20": "recall@20"}
_FIRST = 5
_WIDTH = 7


class RowFigures(Struct, frozen=True, kw_only=True):
    """A row of the table: the means of each system over the row's queries."""

    row: str
    queries: int
    systems: dict[str, Figures]


class Section(Struct, frozen=True, kw_only=True):
    """One table for one set of queries, or several tables together."""

    set: Set
    table: Table | Literal["handbook and samples"]
    documents: int
    rows: tuple[RowFigures, ...]


class Answered(Struct, frozen=True, kw_only=True):
    """What the library found for one text."""

    asked: Asked
    ranking: tuple[str, ...]
    figures: Figures


def together(handbook: Section, samples: Section) -> Section:
    """The rows that both have, each query counting the same: what is written as members write, and what they have."""
    assert handbook.set == samples.set
    others = {row.row: row for row in samples.rows}
    rows = [_one_row(row, others[row.row]) for row in handbook.rows if row.row in others]
    documents = handbook.documents + samples.documents
    return Section(set=handbook.set, table="handbook and samples", documents=documents, rows=tuple(rows))


def _one_row(one: RowFigures, other: RowFigures) -> RowFigures:
    means = {
        name: mean([one.systems[name]] * one.queries + [other.systems[name]] * other.queries) for name in one.systems
    }
    return RowFigures(row=one.row, queries=one.queries + other.queries, systems=means)


def table(section: Section) -> Iterator[str]:
    systems = list(section.rows[0].systems)
    block = _WIDTH * len(systems)
    yield f"{section.table} ({section.set}), {section.documents} documents"
    yield f"{'':18}{'':4}" + "".join(f"  {title:^{block}}" for title in MEASURES.values()).rstrip()
    yield f"{'':18}{'n':>4}" + "".join("  " + _cells(systems) for _ in MEASURES)
    for row in section.rows:
        figures = ([f"{getattr(row.systems[name], each):.3f}" for name in systems] for each in MEASURES)
        yield f"{row.row:18}{row.queries:4}" + "".join("  " + _cells(each) for each in figures)


def _cells(texts: Sequence[str]) -> str:
    return "".join(f"{text:>{_WIDTH}}" for text in texts)


def misses(answered: Sequence[Answered], titles: Mapping[str, str], count: int) -> Iterator[str]:
    """The worst answers by nDCG@10: what was found and what was wanted. For development only."""
    assert all(each.asked.query.set == "development" for each in answered), "reported queries are not looked at"
    worst = sorted(answered, key=lambda each: (each.figures.ndcg_at_10, each.figures.mrr, each.figures.recall_at_20))
    for each in worst[:count]:
        yield from _miss(each, titles)


def _miss(answered: Answered, titles: Mapping[str, str]) -> Iterator[str]:
    asked, ranking = answered.asked, answered.ranking
    yield f"{asked.query.id} {asked.variant}  nDCG@10 {answered.figures.ndcg_at_10:.3f}  {asked.typed}"
    yield f"    need: {asked.query.need}"
    for place, each in enumerate(ranking[:_FIRST], 1):
        yield f"    {place:>9}. {each} ({asked.judgments.get(each, 0)}) {titles[each]}"
    if not ranking:
        yield "    nothing was found"
    for each, degree in sorted(asked.judgments.items(), key=lambda judged: -judged[1]):
        if degree >= RELEVANT:
            where = f"at {ranking.index(each) + 1}" if each in ranking else f"not in {DEPTH}"
            yield f"    wanted: {each} ({degree}) {titles[each]}: {where}"
