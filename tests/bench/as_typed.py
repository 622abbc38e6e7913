"""How long questions take as people type them: inflected, without diacritics, with slips, in several languages."""

import tomllib
from asyncio import sleep
from pathlib import Path
from typing import Any
from urllib.parse import quote

from tests.bench.over_http import SETTLING, Client, served
from tests.bench.progress import say
from tests.bench.timing import percentiles
from tests.bench.under_load import SAMPLES, command

QUESTIONS = Path(__file__).with_name("typed.toml")


def questions() -> list[str]:
    rows = tomllib.loads(QUESTIONS.read_text(encoding="utf-8"))["typed"]
    return [question for row in rows for question in row["questions"]]


async def measure(folder: Path) -> dict[str, Any]:
    """Milliseconds over HTTP of questions that are new to a process that serves the sample library and has settled: of
    the very first, and of the others."""
    say("taking the sample library in")
    await command(folder, "library", "organisations", "add", "--from", str(SAMPLES / "organisations.toml"))
    await command(folder, "ingest", "add", str(SAMPLES / "files"))
    async with served(folder) as server, Client(server.port) as client:
        await sleep(SETTLING)
        first, *others = [await client.milliseconds(f"/api/v1/search?q={quote(each)}") for each in questions()]
    return {"very_first_ms": round(first, 1), "new_ms": percentiles(others), "questions": len(others) + 1}
