"""One document over HTTP: all that describes it, a page of its text, and the documents like it."""

from typing import Annotated

from litestar import get
from litestar.di import NamedDependency
from litestar.params import FromPath, QueryParameter
from msgspec import Struct

from library.exchange import Exchange
from library.language import clean
from library.model import Audience, Scope
from library.syntax import parse
from library.web.access import needs, organisation_names
from library.web.document_answer import ShownDocument, shown_document
from library.web.problems import documented
from library.web.results import FoundItem, Span, found_item

MOST_SIMILAR = 20
SIMILAR = 5


class SimilarDocuments(Struct, frozen=True):
    document: str
    items: list[FoundItem]


class DocumentPage(Struct, frozen=True):
    document: str
    page: int
    text: str
    spans: list[Span]


@get(
    "/documents/{document_id:str}",
    operation_id="document",
    opt=needs(Scope.READ),
    responses=documented(400, 401, 403, 404),
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
    opt=needs(Scope.READ),
    responses=documented(400, 401, 403, 404, 503),
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


@get(
    "/documents/{document_id:str}/similar",
    operation_id="similar",
    opt=needs(Scope.READ),
    responses=documented(400, 401, 403, 404, 503),
    tags=["documents"],
    summary="The documents most like this one",
)
async def similar(
    document_id: FromPath[str],
    audience: NamedDependency[Audience],
    exchange: NamedDependency[Exchange],
    limit: Annotated[int, QueryParameter(description="How many at most.", ge=1, le=MOST_SIMILAR)] = SIMILAR,
) -> SimilarDocuments:
    """Those that share its concepts and rarer words, the likest first, as a search shows them. What the caller may not
    see is not there (404)."""
    found = await exchange.similar(document_id, audience, limit)
    names = await organisation_names(exchange)
    return SimilarDocuments(document_id, [found_item(each, "", names) for each in found])
