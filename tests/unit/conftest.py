import pytest

from library.database import open_database


@pytest.fixture
async def database(tmp_path):
    opened = await open_database(tmp_path / "library.sqlite")
    yield opened
    await opened.close()


@pytest.fixture
async def beside(tmp_path):
    """The same file, as another process would have it open."""
    opened = await open_database(tmp_path / "library.sqlite")
    yield opened
    await opened.close()
