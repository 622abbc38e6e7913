"""The same search for pages made of InstantSearch widgets: several requests at once, answered as widgets want it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from time import perf_counter
from typing import Any

import msgspec
from litestar import Request, post
from litestar.di import NamedDependency
from litestar.openapi.spec import OpenAPIMediaType, OpenAPIType, Operation, RequestBody, Schema
from msgspec import Struct

from library.answers import Answer, Found
from library.errors import BadRequest, Reason
from library.exchange import Exchange
from library.model import Audience, LocalizedText, Scope, kind_of, title_of
from library.search import Facet, Fragment
from library.web.access import needs, organisation_names
from library.web.facet_values import begins_so
from library.web.instant_query import INDEXES, MOST_REQUESTS, InstantQuery, read_instant
from library.web.languages import shown_language
from library.web.problems import documented
from library.web.results import FacetValue, Names, document_link, facet_counts, found_item
from library.web.search_parameters import DEEPEST_HIT
from library.web.unfound import heard_together

Spans = Sequence[tuple[int, int]]

_body = msgspec.json.Decoder(list[dict[str, Any]] | dict[str, Any])


class InstantHighlight(Struct, frozen=True, rename="camel"):
    value: str
    """The text as it is, with the tags around what matched and nothing escaped: the widgets do that."""
    match_level: str
    """`none`, `partial` or `full`."""
    matched_words: list[str]


class InstantStats(Struct, frozen=True):
    min: int
    max: int
    avg: float
    sum: int


class InstantResult(Struct, frozen=True, rename="camel", tag="hits"):
    index: str
    hits: list[dict[str, Any]]
    """`objectID`, the attributes of an item of a search, and of `title` and `summary` the text that fits best."""
    nb_hits: int
    page: int
    nb_pages: int
    hits_per_page: int
    facets: dict[str, dict[str, int]]
    facets_stats: dict[str, InstantStats] = msgspec.field(name="facets_stats")
    facet_labels: dict[str, dict[str, str]]
    """What the values in `facets` are called; not part of the native contract."""
    exhaustive_nb_hits: bool
    exhaustive_facets_count: bool
    query: str
    params: str
    processing_time_ms: int = msgspec.field(name="processingTimeMS")


class InstantFacetHit(Struct, frozen=True):
    value: str
    highlighted: str
    count: int


class InstantFacetResult(Struct, frozen=True, rename="camel", tag="facet"):
    facet_hits: list[InstantFacetHit]
    exhaustive_facets_count: bool
    processing_time_ms: int = msgspec.field(name="processingTimeMS")


class InstantAnswer(Struct, frozen=True):
    results: list[InstantResult | InstantFacetResult]


@dataclass
class InstantOperation(Operation):
    """The documentation of a body that InstantSearch's clients make."""

    def __post_init__(self) -> None:
        request = Schema(
            type=OpenAPIType.OBJECT,
            description="A request as InstantSearch makes it, its parameters in `params` or beside it.",
            properties={
                "indexName": Schema(
                    type=[OpenAPIType.STRING, OpenAPIType.NULL],
                    enum=[*INDEXES, "", None],
                    description="`documents`, or with an order.",
                ),
                "params": Schema(description="Parameters: an object, or a text as in an address."),
            },
        )
        requests = Schema(type=OpenAPIType.ARRAY, items=request, max_items=MOST_REQUESTS)
        whole = Schema(type=OpenAPIType.OBJECT, properties={"requests": requests}, required=["requests"])
        body = Schema(one_of=[requests, whole])
        self.request_body = RequestBody(content={"application/json": OpenAPIMediaType(schema=body)}, required=True)


@post(
    "/instantsearch",
    operation_id="instantsearch",
    operation_class=InstantOperation,
    opt=needs(Scope.SEARCH),
    status_code=200,
    responses=documented(400, 401, 403, 413, 503),
    tags=["search"],
    summary="Search from InstantSearch widgets",
)
async def instantsearch(
    request: Request[Any, Any, Any], audience: NamedDependency[Audience], exchange: NamedDependency[Exchange]
) -> InstantAnswer:
    """InstantSearch's native contract: for `instantsearch.js`, its React, Vue and other versions, and algoliasearch."""
    asked = [read_instant(each, f"requests[{place}]") for place, each in enumerate(_requests(await request.body()))]
    names = await organisation_names(exchange)
    language = shown_language(None, request.headers.get("accept-language"))
    batch = _Batch(audience, exchange)
    results: list[InstantResult | InstantFacetResult] = []
    totals = []
    for each in asked:
        begun = perf_counter()
        answer = await batch.answer(each)
        totals.append((each.q, answer.total))
        results.append(_result(each, answer, names, language, begun))
    heard_together(request, totals)
    return InstantAnswer(results)


class _Batch:
    """Requests that come together are one question asked with different filters: what its words mean, whether they are
    mended and how many of them are wanted is decided once, by the first; so their counts fit together."""

    def __init__(self, audience: Audience, exchange: Exchange) -> None:
        self._audience = audience
        self._exchange = exchange
        self._decided: dict[str, Answer] = {}

    async def answer(self, wanted: InstantQuery) -> Answer:
        decided = self._decided.get(wanted.q)
        if decided is None:
            decided = self._decided[wanted.q] = await self._exchange.finding.search(wanted.search, self._audience)
            return decided
        exactly = msgspec.structs.replace(wanted.search, match=decided.asked.match)
        return await self._exchange.finding.search_exactly(exactly, self._audience)


def _requests(body: bytes) -> Sequence[Mapping[str, Any]]:
    """Whatever its media type says: clients send JSON as plain text to spare themselves a preflight request."""
    try:
        given = _body.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise BadRequest(f"the body cannot be read: {error}", reasons=(Reason("", "body", str(error)),)) from error
    requests = given.get("requests") if isinstance(given, dict) else given
    if not isinstance(requests, list) or not all(isinstance(each, dict) for each in requests):
        raise BadRequest("send a list of requests", reasons=(Reason("requests", "body", "must be a list of objects"),))
    if len(requests) > MOST_REQUESTS:
        reason = Reason("requests", "body", f"has {len(requests)} requests; {MOST_REQUESTS} are the most")
        raise BadRequest(f"requests: {reason.reason}", reasons=(reason,))
    return requests


def _result(
    asked: InstantQuery, answer: Answer, names: Names, language: str, begun: float
) -> InstantResult | InstantFacetResult:
    counts = {name: facet_counts(name, facet, language, names).values for name, facet in answer.facets.items()}
    if asked.facet:
        hits = [_facet_hit(value, asked) for value in counts[asked.facet] if _fits(value, asked)]
        return InstantFacetResult(
            hits[: asked.most_facet_hits], exhaustive_facets_count=True, processing_time_ms=_since(begun)
        )
    shown = {name: [value for value in values if value.count][: asked.most_values] for name, values in counts.items()}
    return InstantResult(
        index=asked.index,
        hits=[_hit(found, asked, names, language) for found in answer.found],
        nb_hits=answer.total,
        page=asked.page,
        nb_pages=min(-(-answer.total // asked.per_page), DEEPEST_HIT // asked.per_page) if asked.per_page else 0,
        hits_per_page=asked.per_page,
        facets={name: {value.value: value.count for value in values} for name, values in shown.items()},
        facets_stats={"year": stats} if (stats := _stats(answer.facets.get("year"))) else {},
        facet_labels={name: {value.value: value.label for value in values} for name, values in shown.items()},
        exhaustive_nb_hits=True,
        exhaustive_facets_count=True,
        query=asked.q,
        params=asked.params,
        processing_time_ms=_since(begun),
    )


def _since(begun: float) -> int:
    return round((perf_counter() - begun) * 1000)


def _stats(years: Facet | None) -> InstantStats | None:
    """Of the years of all hits, however many of the values are shown."""
    counted = [(int(value.value), value.count) for value in years.values if value.count] if years else []
    if not counted:
        return None
    total = sum(year * count for year, count in counted)
    hits = sum(count for _, count in counted)
    known = [year for year, _ in counted]
    return InstantStats(min=min(known), max=max(known), avg=round(total / hits, 2), sum=total)


# Values of a facet ---------------------------------------------------------------------------------------------------


def _fits(value: FacetValue, asked: InstantQuery) -> bool:
    return value.count > 0 and begins_so(asked.facet_query, value)


def _facet_hit(value: FacetValue, asked: InstantQuery) -> InstantFacetHit:
    start = value.label.lower().find(asked.facet_query.lower())
    spans = [(start, start + len(asked.facet_query))] if asked.facet_query and start >= 0 else []
    return InstantFacetHit(value.value, _tagged(value.label, spans, asked.tags), value.count)


# Hits ----------------------------------------------------------------------------------------------------------------


def _hit(found: Found, asked: InstantQuery, names: Names, language: str) -> dict[str, Any]:
    item = msgspec.to_builtins(found_item(found, asked.q, names))
    title, title_spans = _title(found, language)
    summary = _chosen(found.document.summary, language, found)
    attributes = {
        **{name: value for name, value in item.items() if name not in ("id", "title", "title_spans", "fragments")},
        "title": title,
        "titles": found.document.title,
        "summary": summary,
        "organisation": item["organisation"]["name"],
        "organisation_id": found.document.organisation,
        "kind": kind_of(found.document),
        "link": document_link(found.document.id),
    }
    retrieved = {
        name: value for name, value in attributes.items() if asked.retrieved is None or name in asked.retrieved
    }
    marked = {"title": (title, title_spans), "summary": (summary, _spans_in(summary, found.fragments))}
    marked["organisation"] = (item["organisation"]["name"], ())
    return {
        "objectID": found.document.id,
        **retrieved,
        "_highlightResult": {
            name: _highlight(text, spans, asked)
            for name, (text, spans) in marked.items()
            if asked.highlighted is None or name in asked.highlighted
        },
        "_snippetResult": {name: _snippet(name, summary, found, asked) for name in sorted(asked.snippets)},
    }


def _title(found: Found, language: str) -> tuple[str, Spans]:
    """The title that matched; where none did, the one in the reader's language or the document's own."""
    titles = found.document.title
    best = max(found.title_spans, key=lambda spoken: len(found.title_spans[spoken]), default="")
    if best in titles:
        return titles[best], found.title_spans[best]
    return titles.get(language) or title_of(found.document), ()


def _chosen(texts: LocalizedText, language: str, found: Found) -> str:
    """The text that matched; where none did, the one in the reader's language or the document's own."""
    matched = [text for text in texts.values() if _spans_in(text, found.fragments)]
    own = [texts[spoken] for spoken in (language, *found.document.languages) if spoken in texts]
    return next(iter((*matched, *own, *texts.values())), "")


def _spans_in(text: str, fragments: Iterable[Fragment]) -> Spans:
    """Where a whole text matched, of which the fragments show parts."""
    spans = set()
    for fragment in fragments:
        at = text.find(fragment.text) if fragment.field == "summary" else -1
        if at >= 0:
            spans |= {(at + start, at + end) for start, end in fragment.spans}
    return sorted(spans)


def _snippet(name: str, summary: str, found: Found, asked: InstantQuery) -> InstantHighlight:
    """The best passage of the text; of a document that was not found by its text, the beginning of its summary."""
    for fragment in found.fragments:
        if fragment.field == name:
            return _highlight(fragment.text, fragment.spans, asked)
    return _highlight(summary, (), asked)


def _highlight(text: str, spans: Spans, asked: InstantQuery) -> InstantHighlight:
    words = list(dict.fromkeys(text[start:end].lower() for start, end in spans))
    level = "none" if not words else "full" if len(words) >= len(asked.q.split()) else "partial"
    return InstantHighlight(_tagged(text, spans, asked.tags), level, words)


def _tagged(text: str, spans: Spans, tags: tuple[str, str]) -> str:
    """The text with tags around the spans, and nothing else changed: the widgets escape it themselves."""
    before, behind = tags
    written, end = [], 0
    for start, stop in spans:
        written += [text[end:start], before, text[start:stop], behind]
        end = stop
    return "".join([*written, text[end:]])
