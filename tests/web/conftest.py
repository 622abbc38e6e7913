"""What every test of the web has: a library on disk with a few documents, and clients of it in each role."""

import asyncio
import shutil
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from datetime import date
from pathlib import Path
from typing import Any

import httpx
import msgspec
import pytest
from litestar import Litestar

from library.exchange import Exchange, open_exchange
from library.facsimiles import Drawer
from library.model import Clue, Contact, File, Organisation, Place, Role, Visibility
from library.people import Person
from library.search import SearchQuery
from library.settings import Settings
from library.web.access import today
from library.web.app import before_a_library, routed
from library.web.requests import EveryRequest
from tests.builders import a_practice, a_study, pages_of

HOUSING = "Nájem bytu a kauce. Děti cizinců bydlí ve městě."
WORK = "Employment of migrants and housing of workers."


def without_limits(data, **further: Any) -> Settings:
    """Settings for tests that ask more often than people do, and seldom for suggestions."""
    unlimited = {"requests_per_minute": 0, "key_requests_per_minute": 0, "wrong_keys_per_minute": 0}
    return Settings(data=data, free_mb=1, warm=False, **unlimited, **further)


@pytest.fixture
def settings(tmp_path):
    return without_limits(tmp_path / "data", upload_bytes=10_000)


@pytest.fixture(scope="session")
def filled(tmp_path_factory) -> Path:
    """The data folder of a library with organisations, documents and an index that is ready. It is copied for each
    test: to copy it takes a hundredth of what it takes to fill it."""
    settings = without_limits(tmp_path_factory.mktemp("filled"))
    asyncio.run(_fill(settings))
    return settings.data


async def _fill(settings: Settings) -> None:
    opened = await open_exchange(settings)
    try:
        await opened.accounts.add_organisation(Organisation(id="alfa", name="Spolek Alfa", url="https://alfa.example"))
        await opened.accounts.add_organisation(Organisation(id="beta", name="Beta, o. p. s.", invented=True))
        await opened.add(
            a_practice(
                id="p1",
                caveats={"cs": "Nikdo nepřišel."},
                clues=(Clue(about="author", value="Eva Malá", where="properties", sure="medium"),),
            ),
            pages_of(HOUSING, "Druhá strana.", language="cs"),
        )
        await opened.add(
            a_study(id="s1", place=Place(region="CZ064"), contact=Contact(role="office")), pages_of(WORK, language="en")
        )
        await opened.add(
            a_practice(id="mem", organisation="beta", visibility=Visibility.MEMBERS),
            pages_of("Bydlení.", language="cs"),
        )
        await opened.add(
            a_practice(id="o1", organisation="beta", visibility=Visibility.ORGANISATION),
            pages_of("Byt.", language="cs"),
        )
        await opened.add(a_practice(id="e1", organisation="beta", embargo_until=date(2999, 1, 1)), pages_of("Tajné."))
        await opened.rebuild()
    finally:
        await opened.close()


@pytest.fixture
async def exchange(settings, filled) -> AsyncIterator[Exchange]:
    """The library as another process has it."""
    shutil.copytree(filled, settings.data, dirs_exist_ok=True)
    opened = await open_exchange(settings)
    yield opened
    await opened.close()


_IDLE: dict[Settings, list[Litestar]] = {}
"""Routes before no library now, by what they depend on: to put them together takes longer than most tests."""


@contextmanager
def routes(settings: Settings) -> Iterator[Litestar]:
    """Routes that nobody else has as long."""
    idle = _IDLE.setdefault(msgspec.structs.replace(settings, data=Path()), [])
    app = idle.pop() if idle else routed(settings)
    yield app
    idle.append(app)


@asynccontextmanager
async def served(settings, day=today, *, drawer: Drawer | None = None) -> AsyncIterator[httpx.AsyncClient]:
    """Somebody without a key, at a running web process."""
    with routes(settings) as app:
        async with _running(before_a_library(app, settings, day, drawer)) as client:
            yield client


@asynccontextmanager
async def _running(app: EveryRequest) -> AsyncIterator[httpx.AsyncClient]:
    begun, ended = asyncio.Event(), asyncio.Event()
    running = asyncio.create_task(_run(app, begun, ended))
    await begun.wait()
    try:
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://library.test") as client:
            yield client
    finally:
        ended.set()
        await running


async def _run(app, begun, ended):
    # A task of its own: Litestar wants its lifespan to end in the task in which it began, which fixtures do not keep.
    try:
        async with app.app.lifespan():
            begun.set()
            await ended.wait()
    finally:
        begun.set()


@pytest.fixture
async def client(exchange) -> AsyncIterator[httpx.AsyncClient]:
    async with served(exchange.settings) as client:
        yield client


@pytest.fixture
async def keys(exchange) -> dict[str, dict[str, str]]:
    """The headers that each caller sends, by who that is."""
    roles = {
        "member": ("alfa", Role.MEMBER),
        "staff": ("alfa", Role.STAFF),
        "other staff": ("beta", Role.STAFF),
        "admin": ("alfa", Role.ADMIN),
    }
    return {who: {"X-API-Key": await exchange.accounts.add_key(*whose)} for who, whose in roles.items()}


async def sign_in(exchange, client, role=Role.STAFF, email="jana@alfa.example", organisation="alfa"):
    """Let the client be somebody's browser, with a session."""
    person = Person(email=email, organisation=organisation, role=role)
    client.cookies.set("session", await exchange.people.sign_in(person, 1))


@pytest.fixture
async def staff(exchange, client) -> httpx.AsyncClient:
    """The browser of somebody of Alfa's staff who is signed in."""
    await sign_in(exchange, client)
    return client


@pytest.fixture
def searches(client, monkeypatch) -> list[SearchQuery]:
    """Each search that the index of the web process carries out from now on."""
    index = client._transport.app.app.state.exchange.index
    carried_out, search = list[SearchQuery](), index.search

    async def noting(asked, audience):
        carried_out.append(asked)
        return await search(asked, audience)

    monkeypatch.setattr(index, "search", noting)
    return carried_out


async def a_kept_file(exchange, name: str, media_type: str, content: bytes) -> File:
    """A file whose bytes are in the library."""
    original = await exchange.originals.keep([content])
    return File(name=name, sha256=original.sha256, media_type=media_type, size=original.size)
