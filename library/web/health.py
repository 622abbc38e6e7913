"""Whether the library is alive, and whether each thing that it stands on works."""

import asyncio
import logging
import shutil
from collections.abc import Awaitable

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.openapi.datastructures import ResponseSpec
from msgspec import Struct

from library.errors import LibraryError
from library.exchange import Exchange
from library.jobs import JobState
from library.search import IndexState
from library.web.access import OPEN
from library.web.parameters import refuse_unknown_parameters
from library.web.problems import documented

NEEDED = frozenset({"catalogue", "index"})
"""Without these nothing can be found. With a full disk or a stuck queue nothing new comes in, but searching goes on, so
no load balancer should turn people away."""

_log = logging.getLogger(__name__)


class Alive(Struct, frozen=True):
    status: str


class HealthCheck(Struct, frozen=True):
    name: str
    ok: bool
    detail: str


class Readiness(Struct, frozen=True):
    ready: bool
    checks: list[HealthCheck]


@get(
    "/healthz",
    operation_id="alive",
    opt=OPEN,
    guards=[refuse_unknown_parameters],
    responses=documented(400),
    security=[{}],
    tags=["health"],
    summary="Whether the process answers",
)
async def alive() -> Alive:
    return Alive("ok")


@get(
    "/readyz",
    operation_id="ready",
    opt=OPEN,
    guards=[refuse_unknown_parameters],
    responses={
        **documented(400),
        503: ResponseSpec(Readiness, description="Something needed does not work", generate_examples=False),
    },
    security=[{}],
    tags=["health"],
    summary="Whether searches can be answered, part by part",
)
async def ready(exchange: NamedDependency[Exchange]) -> Response[Readiness]:
    """503 where the catalogue or the index cannot be used; a full disk and the queue are reported only."""
    checks = [
        await _checked("catalogue", _catalogue(exchange)),
        await _checked("index", _index(exchange)),
        await _checked("disk", _disk(exchange)),
        await _checked("queue", _queue(exchange)),
    ]
    well = all(check.ok for check in checks if check.name in NEEDED)
    return Response(Readiness(well, checks), status_code=200 if well else 503, headers={"Cache-Control": "no-store"})


async def _checked(name: str, look: Awaitable[tuple[bool, str]]) -> HealthCheck:
    try:
        return HealthCheck(name, *await look)
    except LibraryError as error:
        return HealthCheck(name, ok=False, detail=error.detail)
    except Exception:  # noqa: BLE001  # whatever is wrong with it, the others are still to be told
        _log.exception("the health of %s cannot be told", name)
        return HealthCheck(name, ok=False, detail="does not answer; the log says why")


async def _catalogue(exchange: Exchange) -> tuple[bool, str]:
    await exchange.catalog.count()  # which is for nobody who asks here: it counts what the public may not see
    return True, "answers"


async def _index(exchange: Exchange) -> tuple[bool, str]:
    state = await exchange.index.state()
    return state is IndexState.READY, state.value


async def _disk(exchange: Exchange) -> tuple[bool, str]:
    usage = await asyncio.to_thread(shutil.disk_usage, exchange.settings.data)
    free, wanted = usage.free // 1_000_000, exchange.settings.free_mb
    return free >= wanted, f"{free} MB free; {wanted} MB are wanted"


async def _queue(exchange: Exchange) -> tuple[bool, str]:
    counts = await exchange.inbox.counts()
    # How many are done is nearly how many documents there are, which is not for everybody.
    under_way = [state for state in JobState if state not in (JobState.DONE, JobState.FAILED)]
    return True, ", ".join(f"{counts.get(state, 0)} {state.value}" for state in under_way)
