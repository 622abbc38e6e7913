"""The documents of the own organisation at the staff desk: all, by a search, or those that need something."""

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
from litestar import Request, Response, get
from litestar.di import NamedDependency

from library.exchange import Exchange
from library.model import Audience, Scope
from library.needs import Need
from library.page.addresses import changed as changed_address
from library.page.documents_page import Refusal, documents_page
from library.web.access import needs, organisation_names
from library.web.desk.frame import asked_number, at_desk
from library.web.in_need import in_need, needs_counted, needs_of
from library.web.pages import parameters_in, spoken_wording
from library.web.parameters import READS_QUERY_ITSELF
from library.web.results import SearchAnswer
from library.web.search import read_search, search_answer

PER_PAGE = 50
LAST_PAGE = 199


@get("/desk/documents", include_in_schema=False, opt={READS_QUERY_ITSELF: True, **needs(Scope.INGEST)})
async def documents_at_desk(
    request: Request[Any, Any, Any], audience: NamedDependency[Audience], exchange: NamedDependency[Exchange]
) -> Response[bytes]:
    """The documents of the own organisation: all, by a search, or those that need something."""
    return await documents_shown(request, audience, exchange)


async def documents_shown(
    request: Request[Any, Any, Any],
    audience: Audience,
    exchange: Exchange,
    *,
    changed: int | None = None,
    refused: Sequence[Refusal] = (),
) -> Response[bytes]:
    """The list. `changed` says how many of the chosen ones were changed just now, `refused` which could not be."""
    spoken = spoken_wording(request)
    given = parameters_in(request, ("need", "q", "page"))
    need = "".join(given.get("need", ()))
    number = asked_number(request, LAST_PAGE)
    counts: Mapping[str, int]
    listed: list[Any]
    if need in set(Need):
        waiting = await in_need(Need(need), PER_PAGE, audience, exchange, (number - 1) * PER_PAGE)
        counts, listed, known, total = waiting.counts, waiting.documents, waiting.documents, waiting.total
    else:
        answer = await _own_documents(number, given, audience, exchange)
        counts = await needs_counted(audience, exchange)
        listed, total, need = answer.items, answer.total, ""
        known = await needs_of([each.id for each in answer.items], audience, exchange)
    pages = {"previous": number - 1, "next": number + 1 if number * PER_PAGE < total else 0}
    turns = {
        name: changed_address(given, {"page": str(page)}, "/desk/documents") for name, page in pages.items() if page
    }
    shown = documents_page(
        msgspec.to_builtins(listed),
        counts,
        msgspec.to_builtins(known),
        total=total,
        need=need,
        q="".join(given.get("q", ())),
        turns={"previous": "", "next": "", **turns},
        changed=changed,
        refused=refused,
        wording=spoken,
    )
    return await at_desk(request, "documents.html", shown, spoken, here=changed_address(given, {}, "/desk/documents"))


async def _own_documents(
    number: int, given: Mapping[str, Sequence[str]], audience: Audience, exchange: Exchange
) -> SearchAnswer:
    wanted = {
        "q": list(given.get("q", ())),
        "organisation": [audience.organisation],
        "per_page": [str(PER_PAGE)],
        "page": [str(number)],
        "highlight": ["off"],
    }
    return await search_answer(read_search(wanted), wanted, await organisation_names(exchange), audience, exchange)
