"""A library with one organisation, for tests that open it themselves."""

import pytest

from library.exchange import open_exchange
from library.model import Organisation
from library.settings import Settings


@pytest.fixture
async def exchange(tmp_path):
    opened = await open_exchange(Settings(data=tmp_path / "data", free_mb=1))
    await opened.accounts.add_organisation(Organisation(id="alfa", name="Spolek Alfa"))
    yield opened
    await opened.close()
