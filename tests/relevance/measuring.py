"""From the collection to figures: every text is asked of every system, and every ranking is measured."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import get_args

from msgspec import Struct

from library.exchange import Exchange
from tests.relevance.collection import Collection, Query, Set, Table, part_of
from tests.relevance.measures import DEPTH, figures, mean
from tests.relevance.report import Answered, RowFigures, Section
from tests.relevance.rows import Asked, Row, rows
from tests.relevance.systems import (
    Ours,
    System,
    Text,
    exchange_of_passages,
    exchange_of_samples,
    simple_engines,
    texts_in,
)


class Measured(Struct, frozen=True, kw_only=True):
    """One table for one set of queries, and what the library answered."""

    section: Section
    answers: tuple[Answered, ...]
    titles: Mapping[str, str]


async def measure(collection: Collection, folder: Path, sets: Sequence[Set]) -> list[Measured]:
    """Every table for each set of queries, where there are any."""
    measured = []
    for table in get_args(Table):
        part = part_of(collection, table)
        queries = [query for query in part.queries if query.set in sets]
        if queries:
            exchange = await _exchange(table, folder / table, part)
            try:
                measured += await _measured(exchange, table, queries)
            finally:
                await exchange.close()
    return sorted(measured, key=lambda each: each.section.set)


async def _exchange(table: Table, folder: Path, part: Collection) -> Exchange:
    match table:
        case "main" | "paraphrase" | "handbook":
            return await exchange_of_passages(folder, part.passages)
        case "samples":
            return await exchange_of_samples(folder)


async def _measured(exchange: Exchange, table: Table, queries: Sequence[Query]) -> list[Measured]:
    texts = {text.id: text for text in await texts_in(exchange)}
    ours = Ours(exchange)
    systems: tuple[System, ...] = (ours, *simple_engines(list(texts.values())))
    languages = {text.id: text.language for text in texts.values()}
    measured = []
    for each in sorted({query.set for query in queries}):
        in_set = rows([query for query in queries if query.set == each], languages)
        row_figures = [await _row_figures(row, systems, texts) for row in in_set]
        over_all = [asked for row in in_set for asked in row.asked if not asked.only]
        measured.append(
            Measured(
                section=Section(set=each, table=table, documents=len(texts), rows=tuple(row_figures)),
                answers=tuple([await _answered(asked, ours, texts) for asked in over_all]),
                titles={text.id: text.title.partition("\n")[0] for text in texts.values()},
            )
        )
    return measured


async def _row_figures(row: Row, systems: Sequence[System], texts: Mapping[str, Text]) -> RowFigures:
    means = {}
    for system in systems:
        answers = [await _answered(asked, system, texts) for asked in row.asked]
        means[system.name] = mean([answer.figures for answer in answers])
    return RowFigures(row=row.name, queries=len(row.asked), systems=means)


async def _answered(asked: Asked, system: System, texts: Mapping[str, Text]) -> Answered:
    # What is left of the first page after other languages are taken out is no page: the whole ranking is needed.
    found = await system.rank(asked.typed, len(texts) if asked.only else DEPTH)
    ranking = tuple(each for each in found if asked.only in ("", texts[each].language))[:DEPTH]
    return Answered(asked=asked, ranking=ranking, figures=figures(ranking, asked.judgments))
