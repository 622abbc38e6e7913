"""The sample library, ingested once for all tests here by the command that staff use."""

import os
import subprocess
import sys
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest
import pytest_asyncio

from library.exchange import Exchange, open_exchange
from library.model import Audience
from library.settings import Settings
from tests.web.conftest import served

SAMPLES = Path(__file__).parents[2] / "ingest" / "samples"


@pytest.fixture(scope="session")
def sample_data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with the sample library in it."""
    data = tmp_path_factory.mktemp("samples") / "data"
    environment = {**os.environ, "LIBRARY_DATA": str(data)}
    for command in (
        ["library", "organisations", "add", "--from", str(SAMPLES / "organisations.toml")],
        ["ingest", "add", str(SAMPLES / "files")],
    ):
        done = subprocess.run(
            [sys.executable, "-m", *command], env=environment, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr
    return data


@pytest_asyncio.fixture
async def samples(sample_data: Path) -> AsyncIterator[Exchange]:
    """The sample library, opened."""
    exchange = await open_exchange(Settings(data=sample_data))
    yield exchange
    await exchange.close()


@pytest_asyncio.fixture
async def visitor(sample_data: Path) -> AsyncIterator[httpx.AsyncClient]:
    """Somebody without a key, at the web door of the sample library."""
    async with served(Settings(data=sample_data)) as client:
        yield client


@pytest.fixture
def public() -> Audience:
    return Audience(today=datetime.now(UTC).date())
