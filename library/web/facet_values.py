"""The values of one facet within a search, for lists that one can search in."""

from typing import Any

import msgspec
from litestar import Request, Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath
from msgspec import Struct

from library.errors import NotFound
from library.exchange import Exchange
from library.language import fold
from library.model import Audience, Scope
from library.search import FACETS, SearchQuery
from library.web.access import needs, organisation_names
from library.web.etags import unchanged, weak_etag
from library.web.parameters import READS_QUERY_ITSELF, Parameters
from library.web.problems import documented
from library.web.results import FacetValue, facet_counts
from library.web.search import FACET_SIZE, read_search
from library.web.search_parameters import MOST_FACET_VALUES, SEARCHING, FacetByAddress

EVERY_VALUE = 1_000_000


class FacetValues(Struct, frozen=True):
    field: str
    values: list[FacetValue]
    total: int
    """How many values there are that begin so, shown or not."""


@get(
    "/facets/{field:str}",
    operation_id="facet_values",
    operation_class=FacetByAddress,
    opt={READS_QUERY_ITSELF: True, **needs(Scope.SEARCH)},
    responses=documented(400, 401, 403, 404, 503),
    tags=["search"],
    summary="The values of a facet, within a search",
)
async def facet_values(
    request: Request[Any, Any, Any],
    field: FromPath[str],
    audience: NamedDependency[Audience],
    exchange: NamedDependency[Exchange],
) -> Response[FacetValues]:
    """The most frequent first. The facet's own choice does not narrow its counts, as in a search."""
    if field not in FACETS:
        raise NotFound(f"there is no facet '{field}'; the facets are {', '.join(FACETS)}")
    given = request.query_params.dict()
    own = Parameters({name: given[name] for name in ("prefix", "facet_size") if name in given}, place="query")
    prefix, most = own.text("prefix"), own.number("facet_size", least=1, most=MOST_FACET_VALUES) or FACET_SIZE
    own.check()
    asked = read_search(
        given, known=SEARCHING | {"prefix", "facet_size"}, accept_language=request.headers.get("accept-language")
    )
    names = await organisation_names(exchange)
    etag = weak_etag("facet", field, prefix, most, await exchange.finding.edition(), audience, asked, names)
    if (same := unchanged(request, etag)) is not None:
        return same
    counted = await exchange.finding.search(only_counted(asked.search, field), audience)
    values = facet_counts(field, counted.facets[field], asked.language, names).values
    fitting = [value for value in values if begins_so(prefix, value)]
    return Response(FacetValues(field, fitting[:most], len(fitting)), headers={"ETag": etag})


def only_counted(asked: SearchQuery, *fields: str) -> SearchQuery:
    """The same search, for all values of these facets and no hits."""
    return msgspec.structs.replace(
        asked, limit=0, offset=0, after=None, fragments=0, facets=fields, facet_size=EVERY_VALUE
    )


def begins_so(prefix: str, value: FacetValue) -> bool:
    """Whether a word of the label, or the value, begins like this."""
    wanted = fold(prefix)
    label = fold(value.label)
    return any(text.startswith(wanted) for text in (label, fold(value.value), *label.split()))
