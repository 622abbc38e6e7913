"""One document over HTTP: all that describes it, and a page of its text."""

from typing import Annotated

from litestar import get
from litestar.di import NamedDependency
from litestar.params import FromPath, QueryParameter
from msgspec import Struct

from library.exchange import Exchange
from library.language import clean
from library.model import Audience
from library.syntax import parse
from library.web.access import organisation_names
from library.web.document_answer import ShownDocument, shown_document
from library.web.problems import documented
from library.web.results import Span


class DocumentPage(Struct, frozen=True):
    document: str
    page: int
    text: str
    spans: list[Span]


@get(
    "/documents/{document_id:str}",
    operation_id="document",
    responses=documented(400, 401, 404),
    tags=["documents"],
    summary="One document",
)
async def document(
    document_id: FromPath[str], audience: NamedDependency[Audience], exchange: NamedDependency[Exchange]
) -> ShownDocument:
    """All that describes it; the text is in its pages and files. What the caller may not see is not there (404)."""
    found = await exchange.document(document_id, audience)
    return shown_document(found, audience, await organisation_names(exchange))


@get(
    "/documents/{document_id:str}/pages/{number:int}",
    operation_id="page",
    responses=documented(400, 401, 404, 503),
    tags=["documents"],
    summary="A page's text, with what matches marked",
)
async def page(
    document_id: FromPath[str],
    number: FromPath[int],
    audience: NamedDependency[Audience],
    exchange: NamedDependency[Exchange],
    q: Annotated[str, QueryParameter(description="The search whose matches are to be marked.")] = "",
) -> DocumentPage:
    """Spans are characters of the text, start and end."""
    found = await exchange.page(document_id, number, parse(clean(q)), audience)
    return DocumentPage(document_id, number, found.text, list(found.spans))
