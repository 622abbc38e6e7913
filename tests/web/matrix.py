"""What the access matrix is made of: every document that there can be, every caller, and every way to call every route.

Nothing is listed that the application can tell by itself: routes, methods, parameters and bodies come from it and from
its OpenAPI description. What it cannot tell stands in the tables below; a route that finds no place in them fails.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from datetime import timedelta
from hashlib import blake2b
from itertools import product
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, quote, urlencode

import httpx
import msgspec
from litestar.routes import HTTPRoute

from library.exchange import Exchange, open_exchange
from library.jobs import IngestJob
from library.model import Audience, Document, Organisation, Role, Visibility
from library.web.access import NEEDS, Needed
from tests.builders import TODAY, a_practice, a_study, pages_of
from tests.web.conftest import a_kept_file, served, without_limits

OWNERS = ("alfa", "beta")
EMBARGOES = {"free": None, "opened": TODAY, "closed": TODAY + timedelta(days=1)}

CALLERS = {
    "anybody": Audience(today=TODAY),
    "a member of alfa": Audience(role=Role.MEMBER, organisation="alfa", today=TODAY),
    "staff of alfa": Audience(role=Role.STAFF, organisation="alfa", today=TODAY),
    "a reviewer of alfa": Audience(role=Role.REVIEWER, organisation="alfa", today=TODAY),
    "staff of beta": Audience(role=Role.STAFF, organisation="beta", today=TODAY),
    "an administrator": Audience(role=Role.ADMIN, organisation="alfa", today=TODAY),
}
TWINS = {"anybody": "anybody", "alfa": "a member of alfa", "beta": "staff of beta"}
"""Libraries that hold what one of these callers sees, and nothing else."""

# The documents -------------------------------------------------------------------------------------------------------


def every_document() -> list[Document]:
    """One of each owner, visibility and embargo. Each has a word of its own everywhere that one could find it by."""
    documents: list[Document] = []
    for number, (owner, visibility, embargo) in enumerate(product(OWNERS, Visibility, EMBARGOES)):
        document_id = f"{owner}-{visibility}-{embargo}"
        word = secret_of(document_id)
        given: dict[str, Any] = {
            "id": document_id,
            "organisation": owner,
            "visibility": visibility,
            "embargo_until": EMBARGOES[embargo],
            "title": {"cs": f"Nájem bytu {word}", "en": f"Tenancy {word}"},
            "summary": {"cs": f"Byty a kauce pro {word}."},
            "keywords": (word,),
            "year": 1990 + number,
            "topics": (("housing", "health", "legal-aid")[number % 3],),
            "languages": (("cs", "uk", "vi")[number % 3],),
            "nationalities": (("UA", "VN")[number % 2],),
        }
        documents.append(a_practice(**given, caveats={"cs": word}) if number % 2 else a_study(**given))
    return documents


def secret_of(document_id: str) -> str:
    """A word that stands in this document only. Letters alone, so that it is one word for every tokenizer."""
    letters = str.maketrans("0123456789abcdef", "bcdfghjklmnpqrst")
    return "x" + blake2b(document_id.encode(), digest_size=5).hexdigest().translate(letters)


def file_name(document_id: str) -> str:
    return f"{secret_of(document_id)}.txt"


# The libraries -------------------------------------------------------------------------------------------------------


@dataclass
class Served:
    """One library with some of the documents, running."""

    exchange: Exchange
    client: httpx.AsyncClient
    headers: Mapping[str, dict[str, str]]
    documents: Mapping[str, Document]
    jobs: Mapping[str, IngestJob]
    """By document."""
    work: list[str] = field(default_factory=list)
    """The statements that the database has run."""

    @property
    def job_names(self) -> dict[str, str]:
        """What to call its jobs, so that those of another library are called the same."""
        named = {}
        for document, job in self.jobs.items():
            named |= {f"the job of {document}": job.id, f"the batch of {document}": job.batch}
            named |= {f"what the job of {document} made": job.document}
        return named

    async def answer(self, caller: str, call: "Call") -> httpx.Response:
        headers = {"x-request-id": "same", **self.headers[caller], **call.headers}
        return await self.client.request(call.method, call.path, content=call.body, headers=headers)


async def a_library(stack: AsyncExitStack, folder: Path, documents: Sequence[Document]) -> Served:
    """A library with these documents, each with a file, the job and the batch that read it, and an earlier version."""
    settings = without_limits(folder)
    exchange = await open_exchange(settings)
    stack.push_async_callback(exchange.close)
    for organisation in (*OWNERS, "gama"):
        await exchange.accounts.add_organisation(Organisation(id=organisation, name=f"Spolek {organisation.title()}"))
    jobs = {}
    for document in documents:
        jobs[document.id] = await _a_job(exchange, document)
        word = secret_of(document.id)
        for text in (f"Dům {word}", f"Byt {word}"):
            file = await a_kept_file(exchange, file_name(document.id), "text/plain", text.encode())
            described = msgspec.structs.replace(document, files=(file,))
            pages = pages_of(f"Nájem bytu, kauce, {word}.", f"Druhá strana. {text}", language="cs")
            await exchange.add(described, pages)
    await exchange.rebuild()
    client = await stack.enter_async_context(served(settings, lambda: TODAY))
    headers = {name: await _headers(exchange, audience) for name, audience in CALLERS.items()}
    running = client._transport.app.app.state.exchange
    library = Served(exchange, client, headers, {each.id: each for each in documents}, jobs)
    for connection in (running._database._reader, running._database._writer):
        await connection.set_trace_callback(library.work.append)
    return library


async def _headers(exchange: Exchange, audience: Audience) -> dict[str, str]:
    if audience.role is Role.READER:
        return {}
    return {"x-api-key": await exchange.accounts.add_key(audience.organisation, audience.role)}


async def _a_job(exchange: Exchange, document: Document) -> IngestJob:
    content = [f"Byt {secret_of(document.id)}".encode()]
    batch = await exchange.batches.open(document.organisation, document.organisation)
    name, organisation = file_name(document.id), document.organisation
    await exchange.accept(content, name=name, said={}, organisation=organisation, batch=batch.id)
    job = await exchange.inbox.take()
    assert job is not None
    await exchange.inbox.done(job.id, ())
    return await exchange.inbox.job(job.id)


# The routes ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Route:
    """One method of one address, and what the OpenAPI description says of it."""

    method: str
    path: str
    needed: Needed | None
    described: Mapping[str, Any]

    @property
    def parameters(self) -> list[str]:
        return re.findall(r"{(\w+):?\w*}", self.path)

    @property
    def changes(self) -> bool:
        return self.method in ("PUT", "PATCH", "DELETE") or (
            self.method == "POST" and self.needed is not None and (self.needed.scope.value in ("ingest", "admin"))
        )

    @property
    def for_people(self) -> bool:
        """Whether it answers with pages, whatever it has to say."""
        return self.path.startswith("/desk")

    def __str__(self) -> str:
        return f"{self.method} {self.path}"


def routes_of(app: Any) -> list[Route]:
    """All that the application answers to."""
    schema = app.openapi_schema.to_schema()
    described = _whole(schema["paths"], schema["components"]["schemas"])
    found = []
    for route in app.routes:
        if not isinstance(route, HTTPRoute):
            continue
        spoken = re.sub(r"{(\w+):\w+}", r"{\1}", route.path)
        for handler in route.route_handlers:
            for method in sorted(handler.http_methods - {"OPTIONS"}):
                operation = described.get(spoken, {}).get(method.lower(), {})
                found.append(Route(method, route.path, handler.opt[NEEDS], operation))
    return sorted(found, key=str)


def _whole(schema: Any, known: Mapping[str, Any], depth: int = 0) -> Any:
    """A part of the description with what its references mean in their place, as far down as bodies go."""
    if isinstance(schema, list):
        return [_whole(each, known, depth) for each in schema]
    if not isinstance(schema, dict):
        return schema
    if "$ref" in schema:
        meant = known[schema["$ref"].rpartition("/")[2]]
        return _whole(meant, known, depth + 1) if depth < DEEPEST else {}
    return {name: _whole(each, known, depth) for name, each in schema.items() if name != "responses"}


DEEPEST = 4
"""References within each other that are followed."""

# What the application cannot tell ------------------------------------------------------------------------------------

HARVESTED = (
    "verb=Identify",
    "verb=ListSets",
    "verb=ListMetadataFormats",
    "verb=ListIdentifiers&metadataPrefix=oai_dc",
    "verb=ListRecords&metadataPrefix=oai_dc",
    *(f"verb=ListRecords&metadataPrefix=oai_dc&set=organisation:{owner}" for owner in OWNERS),
    *(
        f"verb={verb}&metadataPrefix=oai_dc&identifier=oai:library.test:{owner}-{visibility}-{embargo}"
        for verb in ("GetRecord", "ListMetadataFormats")
        for owner, visibility, embargo in product(OWNERS, Visibility, EMBARGOES)
    ),
)
"""What a harvester asks by OAI-PMH."""
OF_A_DOCUMENT: dict[str, Callable[[Served, str], str]] = {
    "document_id": lambda _, document: document,
    "name": lambda _, document: file_name(document),
    "number": lambda _library, _document: "1",
    "page_number": lambda _library, _document: "1",
    "other": lambda _library, _document: "alfa-public-free",
    "job_id": lambda library, document: library.jobs[document].id,
    "batch_id": lambda library, document: library.jobs[document].batch,
    "change": lambda _library, _document: "pause",
}
"""Path parameters whose value is of one document. One called `…_id` names what may be hidden."""
OTHERWISE: dict[str, tuple[str, ...]] = {
    "list_id": ("topic", "nothing"),
    "organisation_id": ("alfa", "beta", "gama", "nothing"),
    "code": ("not-found", "nothing"),
    "key_id": ("gp_nothing",),
    "path": ("nothing",),
    "name": ("start.js", "nothing"),
    "field": ("topic", "organisation", "year", "nothing"),
    "part": ("1", "2"),
    "fingerprint": ("nothing",),
    "facet": ("topic", "organisation"),
}
"""Path parameters that have nothing to do with one document, with values to try."""
UNDESCRIBED: dict[str, tuple[str, ...]] = {
    "GET /": ("", "q=byt", "q=byt&lang=uk", "organisation=beta", "topic=health&q=kauce", "sort=title&per_page=5"),
    "GET /assets/{fingerprint:str}/{name:str}": ("",),
    "GET /metrics": ("",),
    "GET /sign-in": ("",),
    "GET /sign-in/return": ("", "code=x&state=y"),
    "GET /sign-in/link": ("", "secret=x"),
    "POST /sign-in/link": ("",),
    "POST /sign-out": ("",),
    "GET /openapi.json": ("",),
    "GET /docs": ("",),
    "GET /docs/{path:str}": ("",),
    "GET /docs/openapi.json": ("",),
    "GET /docs/assets/{name:str}": ("",),
    "GET /feed.atom": ("", "q=byt", "organisation=beta", "topic=health"),
    "GET /opensearch.xml": ("",),
    "GET /robots.txt": ("",),
    "GET /sitemap.xml": ("",),
    "GET /sitemap/{part:int}": ("",),
    "GET /desk": ("", "lang=uk"),
    "GET /desk/documents": ("", "q=byt", "need=missing&lang=uk", "page=2"),
    "POST /desk/documents": ("",),
    "GET /desk/collection": ("", "lang=cs"),
    "POST /desk/batches": ("",),
    "GET /oai": HARVESTED,
    "POST /oai": HARVESTED,
}
"""Routes that the OpenAPI description leaves out, with the queries to try (of a form, for POST)."""
NO_TWO_ALIKE = frozenset({"GET /openapi.json", "GET /docs/openapi.json"})
"""Answers that each process makes up a little: only their status is compared."""
WORDS = ("byt", "kauce", "nájem")
"""Which all documents have."""


def place_of(route: Route) -> str:
    """Where this route stands in the matrix: `document`, where its address names what may be hidden; else `library`."""
    names = route.parameters
    if {"document_id", "job_id", "batch_id"} & set(names):
        assert set(names) <= set(OF_A_DOCUMENT), f"{route}: give its path parameters a place in OF_A_DOCUMENT"
        return "document"
    assert set(names) <= set(OTHERWISE), f"{route}: give its path parameters values in OTHERWISE"
    told = route.described or str(route) in UNDESCRIBED
    assert told, f"{route} is not in the OpenAPI description: give it queries in UNDESCRIBED"
    return "library"


# Ways to call them ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Call:
    method: str
    path: str
    body: bytes | None = None
    headers: Mapping[str, str] = field(default_factory=dict)

    def __str__(self) -> str:
        return f"{self.method} {self.path} {(self.body or b'').decode()}"


def of_document(route: Route, library: Served, document: str) -> Call:
    """The route's address for one document of the library."""
    return _call(route, {name: OF_A_DOCUMENT[name](library, document) for name in route.parameters})


def of_nothing(route: Route, library: Served, document: str) -> Call:
    """The same for one that was never there."""
    values = {name: OF_A_DOCUMENT[name](library, document) for name in route.parameters}
    missing = {name: missing_id(value) for name, value in values.items() if name.endswith("_id")}
    return _call(route, {**values, **missing})


def missing_id(known: str) -> str:
    return "z" * len(known)


def plainly(route: Route) -> Iterator[Call]:
    """The plainest ways to call a route that is about no one document."""
    for chosen in product(*(OTHERWISE[name] for name in route.parameters)):
        values = dict(zip(route.parameters, chosen, strict=True))
        queries = UNDESCRIBED.get(str(route)) or tuple(_queries(route, ()))[:1]
        yield from (_call(route, values, query=query) for query in queries or ("",))


def of_library(route: Route, secrets: Sequence[str]) -> Iterator[Call]:
    """Every way to call such a route: plainly, with each parameter by itself, and with words that the caller must not
    find."""
    values = product(*(OTHERWISE[name] for name in route.parameters))
    for chosen in values:
        plain = dict(zip(route.parameters, chosen, strict=True))
        for query in UNDESCRIBED.get(str(route), ()):
            yield _call(route, plain, query=query)
        for query in _queries(route, secrets):
            yield _call(route, plain, query=query)
        for body in _bodies(route, secrets):
            yield _call(route, plain, body=body)


def _call(route: Route, values: Mapping[str, str], *, query: str = "", body: Any = None) -> Call:
    path = re.sub(r"{(\w+):?\w*}", lambda found: quote(values[found[1]], safe=""), route.path)
    if route.method == "POST" and not route.described:
        return Call("POST", path, query.encode(), {"content-type": "application/x-www-form-urlencoded"})
    path = f"{path}?{query}" if query else path
    if route.method in ("GET", "DELETE"):
        return Call(route.method, path)
    return Call(route.method, path, msgspec.json.encode(_least(_body_of(route)) if body is None else body), _JSON)


_JSON = {"content-type": "application/json"}


def _queries(route: Route, secrets: Sequence[str]) -> Iterator[str]:
    if route.method != "GET":
        return
    known = [each for each in route.described.get("parameters", ()) if each["in"] == "query"]
    needed = {each["name"]: next(iter(_values(each["schema"], secrets))) for each in known if each.get("required")}
    yield urlencode(needed)
    for each in known:
        for value in _values(each["schema"], secrets, each["name"]):
            yield urlencode({**needed, each["name"]: value}, doseq=True)
    names = {each["name"] for each in known}
    if {"facets", "q"} <= names:
        everything = {"facets": FACETS, "explain": "true", "facet_size": "100", "lang": "cs"}
        for q in ("", *WORDS, *_typed(secrets)):
            yield urlencode({"q": q, **{name: value for name, value in everything.items() if name in names}})


def _bodies(route: Route, secrets: Sequence[str]) -> Iterator[Any]:
    if route.method == "GET" or not route.described:
        return
    least = _least(_body_of(route))
    for value in _values(_body_of(route), secrets):
        yield {**least, **value} if isinstance(value, dict) and isinstance(least, dict) else value


def _body_of(route: Route) -> Mapping[str, Any]:
    """The schema of the JSON that the route takes."""
    content = route.described.get("requestBody", {}).get("content", {})
    schema: Mapping[str, Any] = content.get("application/json", {}).get("schema", {"type": "object"})
    return schema


def _least(schema: Mapping[str, Any]) -> Any:
    """The least value that a schema takes."""
    if schema.get("type") == "object":
        return {name: _least(schema["properties"][name]) for name in schema.get("required", ())}
    return next(iter(_values(schema, ())), "x")


FACETS = "kind,topic,concept,language,organisation,year,visibility,licence,nationality"


def _typed(secrets: Sequence[str]) -> Iterator[str]:
    for secret in secrets:
        yield from (secret, secret[:5], f"{secret[:-1]}*", f"byt {secret}", f"title:{secret}")


def _values(schema: Mapping[str, Any], secrets: Sequence[str], name: str = "") -> Iterator[Any]:  # noqa: C901, PLR0912  # a case a type
    """Values that a schema takes; for a text, what somebody would type who is after what is hidden."""
    yield from schema.get("enum", ())[:3]
    for either in (*schema.get("oneOf", ()), *schema.get("anyOf", ())):
        yield from _values(either, secrets, name)
    match schema.get("type"):
        case "string" if "enum" in schema:
            pass
        case "string" if schema.get("format") in ("date", "date-time"):
            yield "2020-01-01"
        case "string" if name == "facets":
            yield FACETS
        case "string" if name == "cursor":
            yield "*"
        case "string" if name.endswith("organisation"):
            yield from OWNERS
        case "string":
            yield from ("byt", *secrets[:1])
        case "integer" | "number":
            yield from {schema.get("minimum", 1), min(schema.get("maximum", 3), 3)}
        case "boolean":
            yield "true"
        case "array":
            for value in _values(schema.get("items", {}), secrets, name):
                yield [value]
        case "object":
            yield {}
            for member, inner in schema.get("properties", {}).items():
                for value in _values(inner, secrets, member):
                    yield {member: value}


# What is left to compare ---------------------------------------------------------------------------------------------

_OWN = re.compile(
    rb'"(took_ms|processingTimeMS|request_id|changed|created|added|when|started|ended|number|before|sha256|last_used)"'
    rb':("[^"]*"|[\d.]+|null)'
)
_PASSING = re.compile(rb"\d{4}-\d\d-\d\dT[\d:.]+(?:Z|\+00:00)|gp_[\w-]{8}|\d+ MB")


def compared(answer: httpx.Response, **called: str) -> tuple[int, dict[str, str], bytes]:
    """An answer without what no two answers share: moments, ids of keys and jobs, entity tags; and with the names that
    were called for written alike."""
    headers = {name: value for name, value in answer.headers.items() if name not in ("etag", "last-modified", "date")}
    body = answer.content
    for name, value in called.items():
        body = body.replace(value.encode(), name.encode())
        headers = {header: text.replace(value, name) for header, text in headers.items()}
    body = _PASSING.sub(b"-", _OWN.sub(rb'"\1":0', body))
    if headers.get("content-length"):
        headers["content-length"] = "-" if answer.headers["content-length"] == str(len(answer.content)) else "wrong"
    return answer.status_code, headers, body


def said_in(call: Call) -> str:
    """All that the caller says by itself, which an answer may repeat."""
    query = " ".join(value for _, value in parse_qsl(call.path.partition("?")[2]))
    return f"{query} {(call.body or b'').decode()}"
