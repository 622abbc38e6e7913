"""Documents over HTTP: one in several formats, all of them in turn, a page of text, and the documents like one."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Literal
from urllib.parse import urlencode

from litestar import Request, Response, get
from litestar.di import NamedDependency
from litestar.openapi.spec import OpenAPIResponse, Operation
from litestar.params import FromPath, QueryParameter
from msgspec import Struct

from library.exchange import Exchange
from library.language import clean
from library.model import Audience, Document, Scope
from library.syntax import parse
from library.web.access import needs, organisation_names
from library.web.addresses import base_of
from library.web.document_answer import ShownDocument, shown_document
from library.web.etags import strong_etag, unchanged, weak_etag
from library.web.parameters import READS_QUERY_ITSELF
from library.web.problems import documented
from library.web.record_formats import JSON, RECORDS, described, format_asked, work_of
from library.web.results import API, FoundItem, Names, Span, found_item, with_fields
from library.web.search import next_cursor, read_search
from library.web.search_parameters import LISTING, ListByAddress

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


class DocumentList(Struct, frozen=True):
    total: int
    items: list[FoundItem]
    next_cursor: str | None


@dataclass
class DocumentInFormats(Operation):
    """The documentation of a document that can be had in several formats."""

    def __post_init__(self) -> None:
        found = (self.responses or {})["200"]
        if isinstance(found, OpenAPIResponse) and found.content is not None:
            found.content |= {record.media_type: described(record.media_type) for record in RECORDS.values()}


@get(
    "/documents",
    operation_id="documents",
    operation_class=ListByAddress,
    opt={READS_QUERY_ITSELF: True, **needs(Scope.SEARCH)},
    responses=documented(400, 401, 403, 503),
    tags=["documents"],
    summary="All documents in turn, the newest first",
)
async def documents(
    request: Request[Any, Any, Any], audience: NamedDependency[Audience], exchange: NamedDependency[Exchange]
) -> Response[DocumentList]:
    """To read everything: go on with `next_cursor`, or the link `next`, until there is none."""
    given = {"cursor": ["*"], **request.query_params.dict()}
    asked = read_search(given, known=LISTING, accept_language=request.headers.get("accept-language"))
    names = await organisation_names(exchange)
    etag = weak_etag("documents", await exchange.finding.edition(), audience, asked, names)
    if (same := unchanged(request, etag)) is not None:
        return same
    answer = await exchange.finding.search(asked.search, audience)
    onwards = next_cursor(asked, answer)
    listed = DocumentList(answer.total, [found_item(found, "", names) for found in answer.found], onwards)
    link = {"Link": f'<{_list_link(given, onwards)}>; rel="next"'} if onwards else {}
    body: Any = with_fields(listed, asked.fields)
    return Response(body, media_type="application/json", headers={"ETag": etag, **link})


@get(
    "/documents/{document_id:str}",
    operation_id="document",
    operation_class=DocumentInFormats,
    opt=needs(Scope.READ),
    responses=documented(400, 401, 403, 404, 406),
    tags=["documents"],
    summary="One document",
)
async def document(
    request: Request[Any, Any, Any],
    document_id: FromPath[str],
    audience: NamedDependency[Audience],
    exchange: NamedDependency[Exchange],
    asked_format: Annotated[
        Literal["json", "csl", "bibtex", "ris", "jsonld", "oai_dc"] | None,
        QueryParameter(name="format", description="In which format; else as the header Accept says, else JSON."),
    ] = None,
) -> Response[ShownDocument]:
    """All that describes it; the text is in its pages and files. What the caller may not see is not there (404)."""
    found = await exchange.readable.document(document_id, audience)
    wanted = format_asked(asked_format, request)
    names = await organisation_names(exchange)
    if wanted == JSON:
        shown = shown_document(found, audience, names)
        return _unless_known(request, shown, "application/json", document_etag(found, audience, names))
    base = base_of(request, exchange.settings)
    record = RECORDS[wanted]
    written: Any = record.written(work_of(found, names, base))
    return _unless_known(request, written, record.media_type, strong_etag(written.decode()))


def document_etag(document: Document, audience: Audience, names: Names) -> str:
    """The entity tag of a document's JSON for this audience: what `If-Match` must name to change it."""
    return strong_etag(shown_document(document, audience, names))


def _unless_known(request: Request[Any, Any, Any], content: Any, media_type: str, etag: str) -> Response[Any]:
    headers = {"ETag": etag, "Vary": "Accept"}
    return unchanged(request, etag) or Response(content, media_type=media_type, headers=headers)


def _list_link(given: Mapping[str, Sequence[str]], cursor: str) -> str:
    return f"{API}/documents?{urlencode(sorted({**given, 'cursor': [cursor]}.items()), doseq=True)}"


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
    found = await exchange.finding.page(document_id, number, parse(clean(q)), audience)
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
    found = await exchange.finding.similar(document_id, audience, limit)
    names = await organisation_names(exchange)
    return SimilarDocuments(document_id, [found_item(each, "", names) for each in found])
