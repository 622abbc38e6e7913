"""Searching over HTTP: from named parameters to a SearchQuery, and from its answer to JSON."""

from collections.abc import Collection, Iterator, Mapping
from datetime import UTC, datetime
from difflib import get_close_matches
from functools import lru_cache
from time import perf_counter
from typing import Any
from urllib.parse import urlencode

import msgspec
from litestar import MediaType, Request, Response, get, post
from litestar.datastructures import State
from litestar.di import NamedDependency
from litestar.openapi.spec import OpenAPIType
from msgspec import Struct

from library.answers import Answer
from library.asking import Instead
from library.errors import BadRequest, Reason
from library.exchange import Exchange
from library.language import LANGUAGES, clean
from library.model import Audience, OrganisationId, Scope
from library.remembered import Remembered
from library.search import EVERYTHING, FACETS, After, Clause, Filter, SearchQuery, Sort
from library.syntax import LONGEST_QUERY, parse
from library.vocabulary import lists
from library.vocabulary.thesaurus import concepts
from library.web.access import needs, organisation_names
from library.web.cursors import read_cursor, write_cursor
from library.web.etags import unchanged, weak_etag
from library.web.explanations import explanations
from library.web.languages import shown_language
from library.web.parameters import READS_QUERY_ITSELF, Given, Parameters, raise_for
from library.web.problems import UnsupportedMediaType, documented
from library.web.results import (
    API,
    ITEM_FIELDS,
    OtherQuestion,
    SearchAnswer,
    facet_counts,
    found_item,
    query_echo,
    with_fields,
)
from library.web.search_parameters import (
    DEEPEST_HIT,
    LAST_YEAR,
    MOST_FACET_VALUES,
    MOST_PER_PAGE,
    MOST_VALUES,
    NAMES,
    NARROWING,
    TYPES,
    SearchByAddress,
    SearchByBody,
)
from library.web.unfound import finds_nothing, heard

SEARCH = f"{API}/search"
PER_PAGE = 20
FACET_SIZE = 20
MOST_READ = 500
"""Addresses of which it is kept what they ask for: to read one takes a tenth of a millisecond."""

_TEXTS = "must be a list of texts"
_body = msgspec.json.Decoder(dict[str, Any])


class AskedSearch(Struct, frozen=True, kw_only=True):
    """A search as somebody asked for it: what to look for, and how to show what is found."""

    q: str
    search: SearchQuery
    page: int
    by_cursor: bool
    fields: tuple[str, ...]
    """Of an item; empty: all."""
    language: str
    """In which labels are shown."""
    explain: bool
    """Whether each item says why it was found."""
    warnings: tuple[str, ...]


class Written(Struct, frozen=True):
    """An answer as it goes out."""

    body: bytes
    headers: dict[str, str]
    found: bool
    """Whether the question finds something, were it not narrowed."""


WrittenAnswers = Remembered[Written]


def room_for_answers(room: int) -> WrittenAnswers:
    """`room` is in bytes."""
    return Remembered(room, lambda written: len(written.body))


# Reading -------------------------------------------------------------------------------------------------------------


def read_search(
    given: Given, *, known: Collection[str] = NAMES, place: str = "query", accept_language: str | None = None
) -> AskedSearch:
    """What these parameters ask for; only those in `known` are taken, and `place` says in an error where they stood.

    Raises InvalidParameter with a reason for each parameter that is unknown or cannot be used.
    """
    parameters = Parameters(given, place=place)
    parameters.refuse_unknown(known)
    q = clean(parameters.text("q"))
    match = parse(q)
    page, per_page, by_cursor = _read_paging(parameters)
    sort, after = _read_order(parameters, match)
    filters = tuple(_read_filters(parameters))
    asked = AskedSearch(
        q=q[:LONGEST_QUERY],
        search=SearchQuery(
            match=match,
            expand=parameters.choice("expand", ("on", "off")) != "off",
            filters=filters,
            year_from=parameters.number("year_from", least=0, most=LAST_YEAR),
            year_to=parameters.number("year_to", least=0, most=LAST_YEAR),
            added_since=parameters.read("added_since", _moment, "must be a day or a moment, such as 2025-01-31"),
            sort=sort,
            offset=(page - 1) * per_page,
            limit=per_page,
            after=after,
            facets=parameters.listed("facets", FACETS),
            facet_size=parameters.number("facet_size", least=1, most=MOST_FACET_VALUES) or FACET_SIZE,
            fragments=0 if parameters.choice("highlight", ("on", "off")) == "off" else SearchQuery().fragments,
        ),
        page=page,
        by_cursor=by_cursor,
        fields=parameters.listed("fields", ITEM_FIELDS),
        language=shown_language(parameters.choice("lang", LANGUAGES), accept_language),
        explain=parameters.choice("explain", ("true", "false")) == "true",
        warnings=(*_too_long(q), *_unknown_values(filters)),
    )
    parameters.check()
    return asked


@lru_cache(maxsize=MOST_READ)
def _read(parameters: tuple[tuple[str, str], ...], accept_language: str | None) -> tuple[Given, AskedSearch]:
    """The parameters by name, and what they ask for. Nothing else decides it, so it is read once."""
    given: dict[str, list[str]] = {}
    for name, value in parameters:
        given.setdefault(name, []).append(value)
    return given, read_search(given, accept_language=accept_language)


def _read_filters(parameters: Parameters) -> Iterator[Filter]:
    for field in FACETS:
        if values := parameters.many(field, MOST_VALUES):
            yield Filter(field, values)
        if values := parameters.many(f"not_{field}", MOST_VALUES):
            yield Filter(field, values, excluded=True)


def _read_paging(parameters: Parameters) -> tuple[int, int, bool]:
    """Page, hits on a page, and whether a cursor leads through them instead."""
    page = parameters.number("page", least=1, most=DEEPEST_HIT)
    per_page = parameters.number("per_page", least=1, most=MOST_PER_PAGE) or PER_PAGE
    by_cursor = bool(parameters.text("cursor"))
    if page is not None and by_cursor:
        parameters.refuse("page", "cannot be given with a cursor, which says by itself where to go on")
    if (page or 1) * per_page > DEEPEST_HIT:
        parameters.refuse("page", f"pages end at hit {DEEPEST_HIT}; go on with cursor=*")
    return page or 1, per_page, by_cursor


def _read_order(parameters: Parameters, match: Clause) -> tuple[Sort, After | None]:
    """In which order, and behind which hit to go on."""
    sort = parameters.choice("sort", [sort.value for sort in Sort])
    if parameters.text("cursor") in ("", "*"):
        return Sort(sort or (Sort.NEWEST if match == EVERYTHING else Sort.RELEVANCE)), None
    known = parameters.read("cursor", read_cursor, "is not one of ours; begin with cursor=*")
    if known is None:
        return Sort.RELEVANCE, None
    if sort and sort != known[0]:
        parameters.refuse("sort", f"the cursor goes through the hits by {known[0].value}; leave it out or begin anew")
    return known


def _moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _too_long(q: str) -> Iterator[str]:
    if len(q) > LONGEST_QUERY:
        yield f"Only the first {LONGEST_QUERY} of {len(q)} characters were read."


def _unknown_values(filters: tuple[Filter, ...]) -> Iterator[str]:
    """A value that no agreed list has finds nothing, which is an answer, but often a slip of the pen."""
    for narrowed in filters:
        terms = _terms(narrowed.field)
        for value in (each for each in narrowed.values if terms and each not in terms):
            nearest = get_close_matches(value, terms, n=1)
            perhaps = f" Did you mean '{nearest[0]}'?" if nearest else ""
            yield f"'{value}' is not in the agreed list of {narrowed.field}.{perhaps}"


def _terms(field: str) -> list[str]:
    """What the field may say; nothing where that was never agreed on."""
    if field == "concept":
        return list(concepts())
    return [term.id for term in lists()[field].terms] if field in lists() else []


def _read_body(body: bytes) -> Given:
    try:
        members = _body.decode(body or b"{}")
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise BadRequest(f"the body cannot be read: {error}", reasons=(Reason("", "body", str(error)),)) from error
    raise_for([Reason(name, "body", reason) for name, value in members.items() if (reason := _wrong_type(name, value))])
    return {name: _written(value) for name, value in members.items() if value is not None}


def _wrong_type(name: str, value: object) -> str:
    """Why a member is not of its type; empty where it is, or is not known, which is told elsewhere."""
    if name not in TYPES or value is None:
        return ""
    match TYPES[name]:
        case OpenAPIType.ARRAY:
            return "" if isinstance(value, list) and all(isinstance(each, str) for each in value) else _TEXTS
        case OpenAPIType.BOOLEAN:
            return "" if isinstance(value, bool) else "must be true or false"
        case OpenAPIType.INTEGER:
            return "" if isinstance(value, int) and not isinstance(value, bool) else "must be a whole number"
        case _:
            return "" if isinstance(value, str) else "must be a text"


def _written(value: object) -> list[str]:
    """As it would stand in an address."""
    match value:
        case list():
            return list(map(str, value))
        case bool():
            return [str(value).lower()]
        case _:
            return [str(value)]


# Answering -----------------------------------------------------------------------------------------------------------


@get(
    "/search",
    operation_id="search",
    operation_class=SearchByAddress,
    opt={**needs(Scope.SEARCH), READS_QUERY_ITSELF: True},
    responses=documented(400, 401, 403, 503),
    tags=["search"],
    summary="Search the library",
)
async def search(
    request: Request[Any, Any, Any], audience: NamedDependency[Audience], state: State
) -> Response[SearchAnswer]:
    """Full-text search with filters and facets, in what the caller may see."""
    # Not as dependencies: several are looked up in a task each, which takes longer than all that is done here.
    exchange: Exchange = state.exchange
    written_answers: WrittenAnswers = state.written_answers
    parameters = tuple(request.query_params.multi_items())
    given, asked = _read(parameters, request.headers.get("accept-language"))
    names = await organisation_names(exchange)
    edition = await exchange.finding.edition()
    etag = weak_etag(edition, audience, asked, names)
    if (same := unchanged(request, etag)) is not None:
        return same

    async def written() -> Written:
        answer = await search_answer(asked, given, names, audience, exchange)
        links = [f'<{_link(given, to)}>; rel="{rel}"' for rel, to in _turns(asked, answer)]
        headers = {"ETag": etag, **({"Link": ", ".join(links)} if links else {})}
        return Written(with_fields(answer, asked.fields), headers, found=not finds_nothing(answer))

    # The tag names all that the answer depends on, except how the question was put, which its links repeat.
    answer = await written_answers.get(edition, (etag, request.url.query), written)
    heard(request, asked.q, found=answer.found)
    return _json(answer)


@post(
    "/search",
    operation_id="search_by_body",
    operation_class=SearchByBody,
    opt=needs(Scope.SEARCH),
    status_code=200,
    responses=documented(400, 401, 403, 413, 415, 503),
    tags=["search"],
    summary="Search with the parameters in a JSON body",
)
async def search_by_body(
    request: Request[Any, Any, Any], audience: NamedDependency[Audience], exchange: NamedDependency[Exchange]
) -> Response[SearchAnswer]:
    """The same search, for filters that are too long for an address."""
    if request.content_type[0] != "application/json":
        raise UnsupportedMediaType("send the parameters as one JSON object, with Content-Type: application/json")
    given = _read_body(await request.body())
    asked = read_search(given, place="body", accept_language=request.headers.get("accept-language"))
    answer = await search_answer(asked, given, await organisation_names(exchange), audience, exchange)
    written = Written(with_fields(answer, asked.fields), {}, found=not finds_nothing(answer))
    heard(request, asked.q, found=written.found)
    return _json(written)


async def search_answer(
    asked: AskedSearch, given: Given, names: Mapping[OrganisationId, str], audience: Audience, exchange: Exchange
) -> SearchAnswer:
    """What the library answers; `given` are the parameters as they came, for links."""
    begun = perf_counter()
    answer = await exchange.finding.search(asked.search, audience)
    reasons = await explanations(answer, audience, asked.language, exchange) if asked.explain else {}
    return SearchAnswer(
        query=query_echo(asked.q, answer, asked.language),
        total=answer.total,
        total_relation="exact",
        page=asked.page,
        per_page=asked.search.limit,
        items=[found_item(found, asked.q, names, reasons.get(found.document.id, ())) for found in answer.found],
        facets={field: facet_counts(field, facet, asked.language, names) for field, facet in answer.facets.items()},
        did_you_mean=answer.mended or None,
        instead=[_other_question(given, each) for each in answer.instead],
        next_cursor=next_cursor(asked, answer),
        warnings=[*asked.warnings, *answer.warnings],
        took_ms=round((perf_counter() - begun) * 1000, 1),
    )


def next_cursor(asked: AskedSearch, answer: Answer) -> str | None:
    ended = not asked.by_cursor and asked.page * asked.search.limit >= answer.total
    return None if ended or answer.next is None else write_cursor(asked.search.sort, answer.next)


def _json(written: Written) -> Response[SearchAnswer]:
    body: Any = written.body
    return Response(body, media_type=MediaType.JSON, headers=written.headers)


def _turns(asked: AskedSearch, answer: SearchAnswer) -> Iterator[tuple[str, dict[str, str]]]:
    """Where one can go from here: the relation, and the parameter that leads there."""
    if asked.by_cursor:
        if answer.next_cursor:
            yield "next", {"cursor": answer.next_cursor}
        return
    if asked.page > 1:
        yield "prev", {"page": str(asked.page - 1)}
    shown = asked.page * asked.search.limit
    if shown < answer.total and shown + asked.search.limit <= DEEPEST_HIT:
        yield "next", {"page": str(asked.page + 1)}


def _other_question(given: Given, other: Instead) -> OtherQuestion:
    """Asked with the same filters, unless these are what is left out."""
    left_out = {"page", "cursor", *(NARROWING if other.why == "without_filters" else ())}
    kept = {name: values for name, values in given.items() if name not in left_out}
    return OtherQuestion(other.why, other.q, other.total, _link(kept, {"q": other.q}))


def _link(given: Given, changed: Mapping[str, str]) -> str:
    parameters = {name: values for name, values in {**given, **changed}.items() if values}
    return f"{SEARCH}?{urlencode(sorted(parameters.items()), doseq=True)}"
