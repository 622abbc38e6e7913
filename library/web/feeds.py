"""What other programs read to follow the library without a key: a feed, a map for search machines, a description for
browsers' search fields. All of it for the public's eyes."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode
from xml.etree.ElementTree import Element

import msgspec
from litestar import Request, Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath

from library.answers import Found
from library.errors import NotFound
from library.exchange import Exchange
from library.harvest import Notice
from library.records.work import Work
from library.records.xml import element, xml_file
from library.search import Sort
from library.web.access import KEPT, OPEN_BUT_COUNTED, organisation_names
from library.web.addresses import base_of, document_address, the_public
from library.web.etags import unchanged, weak_etag
from library.web.parameters import READS_QUERY_ITSELF, refuse_unknown_parameters
from library.web.record_formats import work_of
from library.web.search import SEARCH, read_search
from library.web.search_parameters import SEARCHING

FEED_ENTRIES = 50
MAP_ADDRESSES = 50_000
"""Addresses that one map may hold (sitemaps.org)."""
NAME = "Good-practice library"

_SITEMAP = "http://www.sitemaps.org/schemas/sitemap/0.9"


@get("/feed.atom", include_in_schema=False, opt={READS_QUERY_ITSELF: True, **OPEN_BUT_COUNTED})
async def feed(request: Request[Any, Any, Any], exchange: NamedDependency[Exchange]) -> Response[bytes]:
    """The newest documents that a search finds; without parameters, the newest of all. Atom (RFC 4287)."""
    public = the_public(request, exchange.settings)
    given = request.query_params.dict()
    asked = read_search(given, known=SEARCHING, accept_language=request.headers.get("accept-language"))
    newest = msgspec.structs.replace(asked.search, sort=Sort.NEWEST, limit=FEED_ENTRIES, fragments=0)
    base, names = base_of(request, exchange.settings), await organisation_names(exchange)
    etag = weak_etag("feed", base, await exchange.finding.edition(), public, newest, names)
    if (same := unchanged(request, etag)) is not None:
        return same
    found = (await exchange.finding.search(newest, public)).found
    itself = f"{base}/feed.atom" + (f"?{urlencode(sorted(given.items()), doseq=True)}" if given else "")
    works = [(each, work_of(each.document, names, base)) for each in found]
    root = element("feed", list(_feed(itself, asked.q, works)), {"xmlns": "http://www.w3.org/2005/Atom"})
    return _xml(root, "application/atom+xml", etag)


@get("/sitemap.xml", include_in_schema=False, opt=OPEN_BUT_COUNTED, guards=[refuse_unknown_parameters])
async def sitemap(request: Request[Any, Any, Any], exchange: NamedDependency[Exchange]) -> Response[bytes]:
    """Where all public documents stand; of a large library, where the maps of its parts are."""
    base = base_of(request, exchange.settings)
    notices = await _present(request, exchange)
    if len(notices) <= MAP_ADDRESSES:
        return _map(notices, base)
    parts = range(1, -(-len(notices) // MAP_ADDRESSES) + 1)
    maps = [element("sitemap", [element("loc", f"{base}/sitemap/{part}")]) for part in parts]
    return _xml(element("sitemapindex", maps, {"xmlns": _SITEMAP}), "application/xml")


@get("/sitemap/{part:int}", include_in_schema=False, opt=OPEN_BUT_COUNTED, guards=[refuse_unknown_parameters])
async def sitemap_part(
    request: Request[Any, Any, Any], part: FromPath[int], exchange: NamedDependency[Exchange]
) -> Response[bytes]:
    notices = (await _present(request, exchange))[MAP_ADDRESSES * (part - 1) : MAP_ADDRESSES * part]
    if part < 1 or not notices:
        raise NotFound(f"there is no part {part} of the map; /sitemap.xml names them")
    return _map(notices, base_of(request, exchange.settings))


@get("/opensearch.xml", include_in_schema=False, opt=OPEN_BUT_COUNTED, guards=[refuse_unknown_parameters])
async def opensearch(request: Request[Any, Any, Any], exchange: NamedDependency[Exchange]) -> Response[bytes]:
    """How a browser or another program searches here (OpenSearch 1.1)."""
    base = base_of(request, exchange.settings)
    root = element(
        "OpenSearchDescription",
        [
            element("ShortName", NAME[:16].strip()),
            element("LongName", NAME),
            element("Description", "What organisations that assist migrants share, in full text."),
            element("Url", (), {"type": "application/json", "template": f"{base}{SEARCH}?q={{searchTerms}}"}),
            element("Url", (), {"type": "application/atom+xml", "template": f"{base}/feed.atom?q={{searchTerms}}"}),
            element("InputEncoding", "UTF-8"),
            element("OutputEncoding", "UTF-8"),
        ],
        {"xmlns": "http://a9.com/-/spec/opensearch/1.1/"},
    )
    return _xml(root, "application/opensearchdescription+xml")


@get(
    "/robots.txt",
    include_in_schema=False,
    media_type="text/plain",
    opt=OPEN_BUT_COUNTED,
    guards=[refuse_unknown_parameters],
)
async def robots(request: Request[Any, Any, Any], exchange: NamedDependency[Exchange]) -> str:
    """Documents are for search machines too; the searches themselves would only cost."""
    if not exchange.settings.anonymous:
        return "User-agent: *\nDisallow: /\n"
    hidden = "".join(f"Disallow: {path}\n" for path in (SEARCH, "/api/v1/suggest", "/api/v1/export", "/oai"))
    return f"User-agent: *\n{hidden}\nSitemap: {base_of(request, exchange.settings)}/sitemap.xml\n"


async def _present(request: Request[Any, Any, Any], exchange: Exchange) -> list[Notice]:
    notices = await exchange.harvest.notices(the_public(request, exchange.settings))
    return [notice for notice in notices if not notice.gone]


def _map(notices: list[Notice], base: str) -> Response[bytes]:
    places = [
        element("url", [element("loc", document_address(base, notice.id)), element("lastmod", _moment(notice.moment))])
        for notice in notices
    ]
    return _xml(element("urlset", places, {"xmlns": _SITEMAP}), "application/xml")


def _feed(itself: str, q: str, works: list[tuple[Found, Work]]) -> Iterator[Element]:
    yield element("id", itself)
    yield element("title", f"{NAME}: {q}" if q else NAME)
    yield element("link", (), {"rel": "self", "href": itself})
    yield element(
        "updated", _moment(max((_changed(found) for found, _ in works), default=datetime.fromtimestamp(0, UTC)))
    )
    for found, work in works:
        yield element("entry", list(_entry(found, work)))


def _entry(found: Found, work: Work) -> Iterator[Element]:
    yield element("id", work.url)
    yield element("title", work.title)
    yield element("link", (), {"rel": "alternate", "href": work.url})
    yield element("updated", _moment(_changed(found)))
    if found.document.added is not None:
        yield element("published", _moment(found.document.added))
    for person in work.people:
        yield element("author", [element("name", f"{person.given} {person.family}".strip())])
    if not work.people:
        yield element("author", [element("name", work.holder)])
    for topic in found.document.topics:
        yield element("category", (), {"term": topic})
    yield element("summary", work.abstract)


def _changed(found: Found) -> datetime:
    return found.document.changed or found.document.added or datetime.fromtimestamp(0, UTC)


def _moment(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _xml(root: Element, media_type: str, etag: str = "") -> Response[bytes]:
    headers = {"Cache-Control": f"public, {KEPT}", "Vary": "Accept-Language"} | ({"ETag": etag} if etag else {})
    return Response(xml_file(root), media_type=media_type, headers=headers)
