"""The engines that keep the contract: every test that asks for `index` runs once for each."""

from collections.abc import AsyncGenerator, Callable, Sequence
from pathlib import Path

import pytest

from library.engines import open_index
from library.language import shared_analyzer
from library.search import IndexEntry, SearchIndex, Share
from tests.contract.naive import NaiveIndex

ENGINES: dict[str, Callable[[Path], SearchIndex]] = {
    "naive": lambda _: NaiveIndex(shared_analyzer()),
    "whoosh": lambda folder: open_index(f"whoosh://{folder}", shared_analyzer()),
}


@pytest.fixture(params=ENGINES)
async def unmade(request, tmp_path):
    """An engine that has no index yet."""
    engine = ENGINES[request.param](tmp_path / "index")
    yield engine
    await engine.close()


@pytest.fixture
async def index(unmade):
    await unmade.rebuild(in_batches())
    return unmade


def in_batches(*batches: Sequence[IndexEntry]) -> list[Share]:
    """One share of these."""

    async def share() -> AsyncGenerator[Sequence[IndexEntry]]:
        for batch in batches:
            yield batch

    return [share]
