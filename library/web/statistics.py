"""The collection in numbers, as far as the caller may see it."""

from datetime import datetime
from typing import Any

from litestar import Request, Response, get
from litestar.di import NamedDependency
from msgspec import Struct

from library.exchange import Exchange
from library.model import Audience, Scope
from library.search import SearchQuery, Sort
from library.web.access import needs, organisation_names
from library.web.etags import unchanged, weak_etag
from library.web.facet_values import EVERY_VALUE
from library.web.languages import shown_language
from library.web.problems import documented
from library.web.results import FacetCounts, facet_counts
from library.web.vocabulary import Lang

COUNTED = (
    *("kind", "language", "organisation", "topic", "target_group", "year", "country", "scale", "evidence"),
    *("study_type", "licence", "visibility"),
)


class CollectionStatistics(Struct, frozen=True):
    documents: int
    newest: datetime | None
    """When the newest document came in."""
    by: dict[str, FacetCounts]
    """How many documents have each value, by the facet's name."""


@get(
    "/statistics",
    operation_id="statistics",
    opt=needs(Scope.SEARCH),
    responses=documented(400, 401, 403, 503),
    tags=["search"],
    summary="The collection in numbers",
)
async def statistics(
    request: Request[Any, Any, Any],
    audience: NamedDependency[Audience],
    exchange: NamedDependency[Exchange],
    lang: Lang = None,
) -> Response[CollectionStatistics]:
    """Counted over what the caller may see."""
    language = shown_language(lang, request.headers.get("accept-language"))
    names = await organisation_names(exchange)
    etag = weak_etag("statistics", await exchange.finding.edition(), audience, language, names)
    if (same := unchanged(request, etag)) is not None:
        return same
    return Response(await counted(language, audience, exchange), headers={"ETag": etag})


async def counted(language: str, audience: Audience, exchange: Exchange) -> CollectionStatistics:
    """The numbers, with labels in this language."""
    names = await organisation_names(exchange)
    asked = SearchQuery(sort=Sort.NEWEST, limit=1, fragments=0, facets=COUNTED, facet_size=EVERY_VALUE)
    answer = await exchange.finding.search(asked, audience)
    return CollectionStatistics(
        documents=answer.total,
        newest=next((found.document.added for found in answer.found), None),
        by={field: facet_counts(field, facet, language, names) for field, facet in answer.facets.items()},
    )
