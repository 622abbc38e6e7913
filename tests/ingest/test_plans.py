"""What a file costs does not grow with how many there are: no change goes through a whole table to find its rows."""

import re
from pathlib import Path

import pytest

from ingest.batch import Descriptions, hand_in
from ingest.worker import work_with_others

CHANGES = re.compile(r"UPDATE|DELETE|INSERT", re.IGNORECASE)
THROUGH_ALL = re.compile(r"SCAN (?!\w+ VIRTUAL TABLE|CONSTANT|\w+ USING INDEX jobs_indexing)")
"""Of what SQLite says of its plan: a table from its beginning to its end. A list of ours is none, nor is the index of
only those jobs whose documents are just going into the search index."""
TEXT = "Asistentka pedagoga pomáhá dětem cizinců s češtinou každý den ve škole a doma s úkoly. " * 20


@pytest.fixture
async def changes(exchange):
    """The statements by which anything is changed, by what each of them begins with."""
    noted: dict[str, str] = {}

    def note(statement: str) -> None:
        if CHANGES.match(statement.strip()):
            noted.setdefault(re.sub(r"'[^']*'|\d+", "?", " ".join(statement.split())), statement)

    await exchange._database._writer.set_trace_callback(note)
    yield noted
    await exchange._database._writer.set_trace_callback(None)


async def test_no_change_on_the_way_of_a_file_goes_through_a_whole_table(exchange, changes, tmp_path: Path):
    for name, text in {"one.txt": TEXT, "copy.txt": f"{TEXT} A ještě věta.", "one.md": TEXT}.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
        said = Descriptions({}, {})
        async for _ in hand_in(exchange, [tmp_path / name], said, organisation="alfa", submitted_by="t"):
            pass
        await work_with_others(exchange)
    assert any(each.startswith("DELETE FROM resemblances") for each in changes), "they were compared"
    plans = {shape: await plan_of(exchange, statement) for shape, statement in changes.items()}
    assert [(shape[:80], plan) for shape, plan in plans.items() if any(map(THROUGH_ALL.search, plan))] == []
    (noted,) = [plan for shape, plan in plans.items() if shape.startswith("UPDATE jobs") and "FROM documents" in shape]
    assert any("jobs_indexing" in step for step in noted), "and not all jobs that are done"


async def plan_of(exchange, statement):
    return [row["detail"] for row in await exchange._database.rows(f"EXPLAIN QUERY PLAN {statement}")]
