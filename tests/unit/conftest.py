import pytest

from library import cataloging
from library.database import open_database
from library.entering import accepted


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


@pytest.fixture
def put(database):
    """Takes a document into the catalogue, in a transaction of its own."""

    async def put(document, pages=(), at=database):
        return await at.write(lambda writing: cataloging.put(writing, document, pages))

    return put


@pytest.fixture
def revise(database):
    """Describes a document in the catalogue anew, in a transaction of its own."""

    async def revise(document):
        return await database.write(lambda writing: cataloging.revise(writing, document))

    return revise


@pytest.fixture
def withdraw(database):
    """Takes a document out of the catalogue, in a transaction of its own."""

    async def withdraw(document_id, reason=""):
        await database.write(lambda writing: cataloging.withdraw(writing, document_id, reason))

    return withdraw


@pytest.fixture
def accept(database):
    """Queues a submission, in a transaction of its own."""

    async def accept(submission, at=database):
        return await at.write(lambda writing: accepted(writing, submission))

    return accept
