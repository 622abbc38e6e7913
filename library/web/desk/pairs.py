"""Two documents that are like each other at the staff desk: side by side, and what staff make of it."""

from typing import Any

import msgspec
from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect

from library.editing import RELATION_OF
from library.errors import BadRequest, NotFound
from library.exchange import Exchange
from library.model import Audience, Document, Scope
from library.page.pair_page import pair_address, pair_page
from library.web.access import document_to_change, needs, organisation_names
from library.web.desk.frame import BY_FORM, asked_number, at_desk, back_to_document, text_in
from library.web.document_answer import shown_document
from library.web.pages import spoken_wording
from library.web.resemblances import ResemblanceDecision, decided_on, resemblances_seen


@get("/desk/documents/{document_id:str}/resemblances/{other:str}", include_in_schema=False, opt=needs(Scope.INGEST))
async def pair_at_desk(
    request: Request[Any, Any, Any],
    document_id: FromPath[str],
    other: FromPath[str],
    audience: NamedDependency[Audience],
    exchange: NamedDependency[Exchange],
) -> Response[bytes]:
    """The own document and the one that is like it, a page of each."""
    own = await document_to_change(document_id, audience, exchange)
    both = (own, await exchange.readable.document(other, audience))
    found = await resemblances_seen(await exchange.resemblances.of(document_id), audience, exchange)
    pair = next((each for each in found.resemblances if each.other.id == other), None)
    if pair is None:
        raise NotFound(f"'{document_id}' is not said to be like a document '{other}'")
    last = max([1, *[number for each in both for number in await exchange.catalog.page_numbers(each.id)]])
    number = asked_number(request, last)
    names = await organisation_names(exchange)
    spoken = spoken_wording(request)
    shown = pair_page(
        msgspec.to_builtins(pair),
        [msgspec.to_builtins(shown_document(each, audience, names)) for each in both],
        [await _text(each, number, exchange) for each in both],
        suggested=RELATION_OF[pair.kind],
        number=number,
        last=last,
        wording=spoken,
    )
    return await at_desk(request, "pair.html", shown, spoken, here=pair_address(document_id, other))


@post(
    "/desk/documents/{document_id:str}/resemblances/{other:str}",
    include_in_schema=False,
    opt=BY_FORM,
    status_code=303,
)
async def decide_at_desk(
    request: Request[Any, Any, Any],
    document_id: FromPath[str],
    other: FromPath[str],
    audience: NamedDependency[Audience],
    exchange: NamedDependency[Exchange],
) -> Redirect:
    """Relate the two, or say that they are not what was suggested."""
    await document_to_change(document_id, audience, exchange)
    form = await request.form()
    given = {name: text_in(form, name) or None for name in ("decision", "relation")}
    try:
        decision = msgspec.convert(given, ResemblanceDecision)
    except msgspec.ValidationError as error:
        raise BadRequest(f"this cannot be decided: {error}") from error
    await decided_on(document_id, other, decision, audience, exchange)
    await exchange.show_changes()
    return back_to_document(request, document_id, "decided")


async def _text(document: Document, number: int, exchange: Exchange) -> str:
    """Of the page with this number; nothing where the document has no such page."""
    numbers = await exchange.catalog.page_numbers(document.id)
    return (await exchange.catalog.page(document.id, number)).text if number in numbers else ""
