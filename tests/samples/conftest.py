"""The sample library, opened and served."""

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


@pytest_asyncio.fixture
async def samples(sample_data: Path) -> AsyncIterator[Exchange]:
    """The sample library, opened."""
    exchange = await open_exchange(Settings(data=sample_data))
    yield exchange
    await exchange.close()


@pytest_asyncio.fixture
async def visitor(sample_data: Path) -> AsyncIterator[httpx.AsyncClient]:
    """Somebody without a key, at the web door of the sample library."""
    async with served(Settings(data=sample_data, requests_per_minute=0)) as client:
        yield client


@pytest.fixture
def public() -> Audience:
    return Audience(today=datetime.now(UTC).date())
