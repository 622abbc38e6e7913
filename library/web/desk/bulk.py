"""Many documents described at once at the staff desk: what is chosen is said of each of them."""

from typing import Any

from litestar import Request, Response, post
from litestar.di import NamedDependency

from library.errors import BadRequest, Conflict, Incomplete, NotAllowed, NotFound
from library.exchange import Exchange
from library.model import Audience, Document, DocumentId, title_of
from library.page.documents_page import Refusal
from library.page.refusals import in_a_sentence
from library.said import revised
from library.web.access import document_to_change
from library.web.desk.frame import BY_FORM, text_in, texts_in
from library.web.desk.listing import documents_shown
from library.web.pages import spoken_wording

ONE = ("visibility", "licence", "scale", "review_due")
"""Fields of which a new value takes the place of the old one."""
MANY = ("topics", "target_groups")
"""Fields to which values are added."""


@post("/desk/documents", include_in_schema=False, opt=BY_FORM, status_code=200)
async def change_many_at_desk(
    request: Request[Any, Any, Any], audience: NamedDependency[Audience], exchange: NamedDependency[Exchange]
) -> Response[bytes]:
    """Each by itself: where one cannot be changed, the page says why, and the others are."""
    form, spoken = await request.form(), spoken_wording(request)
    said = {name: text_in(form, name) for name in ONE if text_in(form, name)}
    added = {name: texts_in(form, name) for name in MANY if texts_in(form, name)}
    refused, changed = list[Refusal](), 0
    for document_id in dict.fromkeys(texts_in(form, "document")):
        try:
            document = await document_to_change(document_id, audience, exchange)
            after = revised(document, {**said, **_with(document, added)})
            if after != document:
                await exchange.editing.revise(after)
                changed += 1
        except (BadRequest, Incomplete, Conflict, NotFound, NotAllowed) as error:
            refused.append(
                Refusal(document_id, await _title(document_id, audience, exchange), in_a_sentence(error, spoken))
            )
    await exchange.show_changes()
    return await documents_shown(request, audience, exchange, changed=changed, refused=refused)


def _with(document: Document, added: dict[str, list[str]]) -> dict[str, list[str]]:
    return {name: list(dict.fromkeys((*getattr(document, name), *values))) for name, values in added.items()}


async def _title(document_id: DocumentId, audience: Audience, exchange: Exchange) -> str:
    found = await exchange.readable.documents([document_id], audience)
    return title_of(found[document_id]) if found else document_id
