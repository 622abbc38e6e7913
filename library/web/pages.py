"""The pages that people look at: each asks the functions of the API and hands their answers to `library.page`."""

from collections.abc import Container, Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import parse_qsl

import msgspec
from litestar import Request, Response, Router, get
from litestar.di import NamedDependency
from litestar.exceptions import HTTPException
from litestar.params import FromPath
from litestar.response import Redirect

from library.answers import Found
from library.errors import LibraryError, NotFound, Unavailable
from library.exchange import Exchange
from library.language import clean
from library.model import Audience, Document, Scope
from library.page.addresses import Given, changed
from library.page.addresses import document_page as document_address
from library.page.addresses import picture as picture_address
from library.page.assets import asset, release
from library.page.document_page import document_page
from library.page.facsimile import shown_facsimile
from library.page.narrowing import MOST_VALUES, OFFERED
from library.page.reader_page import reader_page
from library.page.refusals import refusals
from library.page.rendering import rendered
from library.page.review_page import desk_address
from library.page.search_page import STATE, search_page
from library.page.wording import LANGUAGES, Wording, wording
from library.records.jsonld import json_ld
from library.records.work import LICENCES
from library.search import Clause
from library.syntax import parse
from library.web.access import OPEN, needs, organisation_names
from library.web.addresses import base_of
from library.web.document_answer import shown_document
from library.web.documents import SIMILAR
from library.web.drawing import Drawing, drawable
from library.web.etags import is_known
from library.web.languages import first_accepted
from library.web.parameters import READS_QUERY_ITSELF
from library.web.problems import InvalidParameter, headers_of, meant, status_of
from library.web.record_formats import RECORDS, work_of
from library.web.results import document_link as api_address
from library.web.results import file_link, found_item
from library.web.search import AskedSearch, read_search, search_answer
from library.web.unfound import finds_nothing, heard
from library.web.versions import versions_of

HTML = "text/html"
FOR_EVER = "public, max-age=31536000, immutable"
NEAREST = {"sk": "cs"}
"""Languages that no page is in, and the one that their readers read most easily."""
READING = frozenset({"q", "lang"})
"""The parameters that the address of a document or page may have."""

# Scripts, styles and pictures come from here and stand in files of their own; forms go here; nobody frames a page.
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)


@get("/", include_in_schema=False, opt={READS_QUERY_ITSELF: True, **needs(Scope.SEARCH)})
async def search_for_people(
    request: Request[Any, Any, Any], audience: NamedDependency[Audience], exchange: NamedDependency[Exchange]
) -> Response[bytes]:
    """The search page. Its address has the parameters of the API's search; others are passed over."""
    words = spoken_wording(request)
    named = parameters_in(request, STATE)
    asked, given, refused = _read(named, words)
    answer = await search_answer(asked, given, await organisation_names(exchange), audience, exchange)
    heard(request, asked.q, found=not finds_nothing(answer))
    shown = search_page(msgspec.to_builtins(answer), given, refused, words)
    return answered(
        request, "search.html", shown, words, here=changed({**given, "lang": ()}, {"page": given.get("page", ())})
    )


@get("/documents/{document_id:str}", include_in_schema=False, opt={READS_QUERY_ITSELF: True, **needs(Scope.READ)})
async def document_for_people(
    request: Request[Any, Any, Any],
    document_id: FromPath[str],
    audience: NamedDependency[Audience],
    exchange: NamedDependency[Exchange],
) -> Response[bytes]:
    """All that describes a document, for people and, in its head and headers, for programs that read pages."""
    words, given = spoken_wording(request), parameters_in(request, READING)
    document = await exchange.readable.document(document_id, audience)
    reading = await exchange.finding.reading(document_id, _wanted(given), audience)
    names = await organisation_names(exchange)
    base = base_of(request, exchange.settings)
    related = await exchange.readable.documents([each.document for each in document.related], audience)
    shown = document_page(
        msgspec.to_builtins(shown_document(document, audience, names)),
        [msgspec.to_builtins(found_item(each, "", names)) for each in await _similar(document_id, audience, exchange)],
        [msgspec.to_builtins(each) for each in await versions_of(document_id, audience, exchange)],
        {each.id: each.title for each in related.values()},
        reading.matching,
        json_ld=json_ld(work_of(document, names, base)),
        base=base,
        given=given,
        wording=words,
    )
    own = audience.may_change(document.organisation)
    page = {**shown, "readable": bool(reading.numbers), "desk": desk_address(document_id) if own else ""}
    headers = {"Link": ", ".join(_signposts(document, base))}
    here = changed({**given, "lang": ()}, {}, document_address(document_id))
    return answered(request, "document.html", page, words, here=here, headers=headers)


@get("/documents/{document_id:str}/pages", include_in_schema=False, opt={READS_QUERY_ITSELF: True, **needs(Scope.READ)})
async def asked_page(request: Request[Any, Any, Any], document_id: FromPath[str]) -> Redirect:
    """Where the reader's form leads: to the page with the number that was typed."""
    given = parameters_in(request, {*READING, "page"})
    number = "".join(given.pop("page", ()))
    where = f"{document_address(document_id)}/pages/{number if number.isdecimal() else 1}"
    return Redirect(changed(given, {}, where), status_code=303)


@get(
    "/documents/{document_id:str}/pages/{number:int}",
    include_in_schema=False,
    opt={READS_QUERY_ITSELF: True, **needs(Scope.READ)},
)
async def page_for_people(
    request: Request[Any, Any, Any],
    document_id: FromPath[str],
    number: FromPath[int],
    audience: NamedDependency[Audience],
    exchange: NamedDependency[Exchange],
) -> Response[bytes]:
    """One page of a document to read, with what was searched for marked."""
    words, given = spoken_wording(request), parameters_in(request, READING)
    document = await exchange.readable.document(document_id, audience)
    text = await exchange.finding.page(document_id, number, _wanted(given), audience)
    file, facsimile = drawable(document, number), None
    if file is not None and (drawn := await drawing_of(request).facsimile(file, number, exchange)) is not None:
        facsimile = shown_facsimile(drawn, text.text, text.spans, picture_address(document_id, number, file.sha256))
    reading = await exchange.finding.reading(document_id, _wanted(given), audience)
    shown = reader_page(
        msgspec.to_builtins(shown_document(document, audience, await organisation_names(exchange))),
        {"page": number, "text": text.text, "spans": text.spans},
        reading.numbers,
        reading.matching,
        given=given,
        wording=words,
    )
    here = changed({**given, "lang": ()}, {}, f"{document_address(document_id)}/pages/{number}")
    return answered(request, "reader.html", {**shown, "facsimile": facsimile}, words, here=here)


@get(
    "/documents/{document_id:str}/pages/{number:int}/picture",
    include_in_schema=False,
    opt={READS_QUERY_ITSELF: True, **needs(Scope.READ)},
)
async def picture_for_people(
    request: Request[Any, Any, Any],
    document_id: FromPath[str],
    number: FromPath[int],
    audience: NamedDependency[Audience],
    exchange: NamedDependency[Exchange],
) -> Response[bytes]:
    """The picture of a page, which whoever reads the page has had drawn."""
    file = drawable(await exchange.readable.document(document_id, audience), number)
    picture = await exchange.facsimiles.picture(file.sha256, number) if file is not None else None
    if file is None or picture is None:
        raise NotFound(f"page {number} has no picture; its text is at {document_address(document_id)}/pages/{number}")
    headers = {"ETag": f'"{file.sha256}-{number}"'}
    if is_known(request.headers.get("if-none-match"), headers["ETag"]):
        return Response(b"", status_code=304, headers=headers)
    return Response(picture, media_type="image/webp", headers=headers)


def drawing_of(request: Request[Any, Any, Any]) -> Drawing:
    drawing: Drawing = request.app.state.drawing
    return drawing


def _wanted(given: Given) -> Clause:
    return parse(clean("".join(given.get("q", ()))))


async def _similar(document_id: str, audience: Audience, exchange: Exchange) -> Sequence[Found]:
    """None while the index is being made anew: the rest of the page needs no index."""
    try:
        return await exchange.finding.similar(document_id, audience, SIMILAR)
    except Unavailable:
        return ()


def _signposts(document: Document, base: str) -> Iterator[str]:
    """Links for machines, as signposting.org asks: what this page is, how it is described, and where its files are."""
    itself = f"{base}{api_address(document.id)}"
    yield '<https://schema.org/Report>; rel="type"'
    yield f'<{base}{document_address(document.id)}>; rel="cite-as"'
    for form in ("jsonld", "csl", "bibtex", "ris"):
        yield f'<{itself}?format={form}>; rel="describedby"; type="{RECORDS[form].media_type}"'
    for file in document.files:
        yield f'<{base}{file_link(document.id, file.name)}>; rel="item"; type="{file.media_type}"'
    if document.licence in LICENCES:
        yield f'<{LICENCES[document.licence]}>; rel="license"'


@get("/assets/{fingerprint:str}/{name:str}", include_in_schema=False, opt=OPEN)
async def asset_file(fingerprint: FromPath[str], name: FromPath[str]) -> Response[bytes]:
    """A file of the pages. An address with the fingerprint of another release has the present file, for a while."""
    file = asset(name)
    headers = {"Cache-Control": FOR_EVER if fingerprint == release() else "no-cache", "ETag": f'W/"{file.etag}"'}
    return Response(file.content, media_type=file.media_type, headers=headers)


def spoken_wording(request: Request[Any, Any, Any]) -> Wording:
    """The texts in the language that the address names, else the first accepted one that pages are in, else English."""
    asked = request.query_params.get("lang", "")
    return wording(
        asked if asked in LANGUAGES else first_accepted(request.headers.get("accept-language"), LANGUAGES, NEAREST)
    )


def parameters_in(request: Request[Any, Any, Any], known: Container[str]) -> dict[str, list[str]]:
    """The known parameters of an address, in the order in which they stand there."""
    given: dict[str, list[str]] = {}
    # Not by `request.query_params`, which loses the order between names.
    for name, value in parse_qsl(request.scope["query_string"].decode("latin-1")):
        if name in known:
            given.setdefault(name, []).append(value)
    return given


def answered(
    request: Request[Any, Any, Any],
    template: str,
    page: Mapping[str, Any],
    words: Wording,
    *,
    here: str,
    status: int = 200,
    headers: Mapping[str, str] | None = None,
    desk: Mapping[str, Any] | None = None,
) -> Response[bytes]:
    spoken = request.query_params.get("lang", "") in LANGUAGES
    content = rendered(template, page, words, here=here, spoken=spoken, desk=desk).encode()
    own = {"Content-Security-Policy": _POLICY, "Content-Language": words.language, **(headers or {})}
    return Response(content, media_type=HTML, headers=own, status_code=status)


def _read(given: Given, words: Wording) -> tuple[AskedSearch, Given, list[str]]:
    """What is asked for, the parameters that could be used, and a sentence on each that could not."""
    ours = {"facets": [",".join(OFFERED)], "facet_size": [str(MOST_VALUES)], "lang": [words.language]}
    try:
        return read_search({**given, **ours}), given, []
    except InvalidParameter as error:
        refused = {reason.name: words.say("trouble.refused", name=reason.name) for reason in error.reasons}
        usable = {name: values for name, values in given.items() if name not in refused}
        return read_search({**usable, **ours}), usable, list(refused.values())


# What cannot be shown ------------------------------------------------------------------------------------------------


def explain(request: Request[Any, Any, Any], error: LibraryError) -> Response[bytes]:
    """A page for people where something is missing or out of order; a hidden document looks like a missing one."""
    words = spoken_wording(request)
    missing = isinstance(error, NotFound)
    template = "missing.html" if missing else "trouble.html"
    page = {} if missing else {"refused": list(refusals(error, words).items()), "detail": error.detail}
    headers = {"Cache-Control": "no-store", **headers_of(error)}
    return answered(request, template, page, words, here="/", status=status_of(type(error)), headers=headers)


def _explain_http(request: Request[Any, Any, Any], error: HTTPException) -> Response[bytes]:
    return explain(request, meant(request, error))


PAGES = Router(
    "/",
    route_handlers=[
        search_for_people,
        document_for_people,
        asked_page,
        page_for_people,
        picture_for_people,
        asset_file,
    ],
    exception_handlers={LibraryError: explain, HTTPException: _explain_http},
)
