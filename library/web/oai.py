"""The library for harvesters: OAI-PMH 2.0, all six verbs, over what the public sees.

https://www.openarchives.org/OAI/openarchivesprotocol.html
"""

import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple
from urllib.parse import parse_qs, urlsplit
from xml.etree.ElementTree import Element

import msgspec
from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from msgspec import Struct

from library.exchange import Exchange
from library.harvest import Notice
from library.model import Audience, Document
from library.records.dublin_core import NAMESPACE, SCHEMA, dublin_core
from library.records.xml import element, xml_file
from library.web.access import KEPT, OPEN_BUT_COUNTED, organisation_names
from library.web.addresses import base_of, the_public
from library.web.parameters import READS_QUERY_ITSELF, Given
from library.web.problems import UnsupportedMediaType
from library.web.record_formats import work_of
from library.web.results import Names

PAGE = 100
"""Records that are sent at once."""
PREFIX = "oai_dc"
EARLIEST = "2000-01-01T00:00:00Z"
"""Before anything was in any library of this kind."""
KINDS = {"kind:practice": "Practices", "kind:study": "Studies"}

_OAI = "http://www.openarchives.org/OAI/2.0/"
_DECLARED = {
    "xmlns": _OAI,
    "xmlns:xsi": "http://www.w3.org/2001/XMLSchema-instance",
    "xsi:schemaLocation": f"{_OAI} http://www.openarchives.org/OAI/2.0/OAI-PMH.xsd",
}
_FORM = "application/x-www-form-urlencoded"
_SECOND = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", re.ASCII)
_DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)


class OaiError(Exception):
    """What the protocol calls an error: it is told in an answer with status 200."""

    def __init__(self, code: str, sentence: str) -> None:
        super().__init__(sentence)
        self.code = code


class Selected(Struct, frozen=True, array_like=True):
    """Which records are listed, and how far that has come: what stands in a resumption token."""

    since: datetime | None
    until: datetime | None
    within: str
    """A set; empty: everything."""
    behind: tuple[datetime, str] | None = None
    """The moment and id of the record sent last."""
    sent: int = 0
    complete: int = 0


class Verb(NamedTuple):
    needed: frozenset[str] = frozenset()
    allowed: frozenset[str] = frozenset()


_LISTING = Verb(frozenset({"metadataPrefix"}), frozenset({"from", "until", "set"}))
VERBS = {
    "Identify": Verb(),
    "ListMetadataFormats": Verb(allowed=frozenset({"identifier"})),
    "ListSets": Verb(),
    "ListIdentifiers": _LISTING,
    "ListRecords": _LISTING,
    "GetRecord": Verb(frozenset({"identifier", "metadataPrefix"})),
}
RESUMABLE = frozenset({"ListIdentifiers", "ListRecords", "ListSets"})


class _Repository:
    """The library as it is while one request is answered."""

    def __init__(
        self, exchange: Exchange, public: Audience, base: str, notices: Sequence[Notice], names: Names
    ) -> None:
        self.exchange = exchange
        self.public = public
        self.base = base
        self.notices = notices
        self.names = names
        self.host = urlsplit(base).hostname or "library"

    @property
    def address(self) -> str:
        return f"{self.base}/oai"

    def identifier(self, document_id: str) -> str:
        return f"oai:{self.host}:{document_id}"

    def notice(self, identifier: str) -> Notice:
        document_id = identifier.removeprefix(f"oai:{self.host}:")
        for notice in self.notices:
            if notice.id == document_id and identifier != document_id:
                return notice
        raise OaiError("idDoesNotExist", f"there is no record '{identifier}'; they begin with oai:{self.host}:")


@get("/oai", include_in_schema=False, opt={READS_QUERY_ITSELF: True, **OPEN_BUT_COUNTED})
async def oai(request: Request[Any, Any, Any], exchange: NamedDependency[Exchange]) -> Response[bytes]:
    return await _answered(request.query_params.dict(), request, exchange)


@post("/oai", include_in_schema=False, opt=OPEN_BUT_COUNTED, status_code=200)
async def oai_by_form(request: Request[Any, Any, Any], exchange: NamedDependency[Exchange]) -> Response[bytes]:
    if request.content_type[0] != _FORM:
        raise UnsupportedMediaType(f"send the arguments as a form: {_FORM}")
    written = (await request.body()).decode("utf-8", "replace")
    return await _answered(parse_qs(written, keep_blank_values=True), request, exchange)


async def _answered(given: Given, request: Request[Any, Any, Any], exchange: Exchange) -> Response[bytes]:
    public = the_public(request, exchange.settings)
    repository = _Repository(
        exchange,
        public,
        base_of(request, exchange.settings),
        await exchange.harvest.notices(public),
        await organisation_names(exchange),
    )
    echoed: dict[str, str] = {}
    try:
        verb, arguments = _arguments(given)
        echoed = {"verb": verb, **arguments}
        answer = element(verb, await _content(verb, arguments, repository))
    except OaiError as error:
        answer = element("error", str(error), {"code": error.code})
        echoed = {} if error.code in ("badVerb", "badArgument") else echoed
    root = element(
        "OAI-PMH",
        [
            element("responseDate", _written(datetime.now(UTC))),
            element("request", repository.address, echoed),
            answer,
        ],
        _DECLARED,
    )
    headers = {"Cache-Control": f"public, {KEPT}"}
    return Response(xml_file(root), media_type="text/xml; charset=utf-8", headers=headers)


# What was asked ------------------------------------------------------------------------------------------------------


def _arguments(given: Given) -> tuple[str, dict[str, str]]:
    for name, values in given.items():
        if len(values) > 1:
            code = "badVerb" if name == "verb" else "badArgument"
            raise OaiError(code, f"'{name}' is given more than once")
    arguments = {name: values[0] for name, values in given.items()}
    verb = arguments.pop("verb", "")
    if verb not in VERBS:
        raise OaiError("badVerb", f"the verb is one of {', '.join(VERBS)}")
    if "resumptionToken" in arguments and verb in RESUMABLE:
        needed, allowed = frozenset({"resumptionToken"}), frozenset[str]()
    else:
        needed, allowed = VERBS[verb]
    for name in needed - arguments.keys():
        raise OaiError("badArgument", f"{verb} needs '{name}'")
    for name in arguments.keys() - needed - allowed:
        raise OaiError("badArgument", f"{verb} does not take '{name}' here")
    return verb, arguments


def _selected(arguments: dict[str, str]) -> Selected:
    token = arguments.get("resumptionToken")
    if token is not None:
        return _read_token(token)
    _check_prefix(arguments["metadataPrefix"])
    since, until = arguments.get("from"), arguments.get("until")
    if since and until and len(since) != len(until):
        raise OaiError("badArgument", "'from' and 'until' must both be days, or both be seconds")
    selected = Selected(_moment(since), _moment(until, ends=True), arguments.get("set", ""))
    if selected.since and selected.until and selected.since > selected.until:
        raise OaiError("badArgument", "'from' is later than 'until'")
    return selected


def _check_prefix(prefix: str) -> None:
    if prefix != PREFIX:
        raise OaiError("cannotDisseminateFormat", f"the only format is {PREFIX}")


def _moment(text: str | None, *, ends: bool = False) -> datetime | None:
    """A day begins at midnight; as an end it lasts to its last second."""
    if text is None:
        return None
    try:
        if _SECOND.fullmatch(text):
            return datetime.fromisoformat(text)
        if _DAY.fullmatch(text):
            day = datetime.fromisoformat(text).replace(tzinfo=UTC)
            return day.replace(hour=23, minute=59, second=59) if ends else day
    except ValueError:
        pass
    raise OaiError("badArgument", f"'{text}' is no day (YYYY-MM-DD) and no second (YYYY-MM-DDThh:mm:ssZ)")


def _written(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _write_token(selected: Selected) -> str:
    return urlsafe_b64encode(msgspec.json.encode(selected)).rstrip(b"=").decode()


def _read_token(token: str) -> Selected:
    """Tokens are not signed: what one can say, anybody may ask for."""
    try:
        return msgspec.json.decode(urlsafe_b64decode(token + "=" * (-len(token) % 4)), type=Selected)
    except ValueError as error:
        raise OaiError("badResumptionToken", "this resumptionToken is not one of ours; begin anew") from error


# What is answered ----------------------------------------------------------------------------------------------------


async def _content(verb: str, arguments: dict[str, str], repository: _Repository) -> list[Element]:
    match verb:
        case "Identify":
            return _identify(repository)
        case "ListMetadataFormats":
            if "identifier" in arguments:
                repository.notice(arguments["identifier"])
            return [_format()]
        case "ListSets":
            if "resumptionToken" in arguments:
                raise OaiError("badResumptionToken", "the sets all come at once")
            return list(_sets(repository))
        case "GetRecord":
            notice = repository.notice(arguments["identifier"])
            _check_prefix(arguments["metadataPrefix"])
            return await _records([notice], repository)
        case _:
            return await _list(_selected(arguments), repository, whole=verb == "ListRecords")


def _identify(repository: _Repository) -> list[Element]:
    return [
        element("repositoryName", "Good-practice library"),
        element("baseURL", repository.address),
        element("protocolVersion", "2.0"),
        element("adminEmail", f"library@{repository.host}"),
        element("earliestDatestamp", _written(repository.notices[0].moment) if repository.notices else EARLIEST),
        element("deletedRecord", "persistent"),
        element("granularity", "YYYY-MM-DDThh:mm:ssZ"),
    ]


def _format() -> Element:
    parts = [element("metadataPrefix", PREFIX), element("schema", SCHEMA), element("metadataNamespace", NAMESPACE)]
    return element("metadataFormat", parts)


def _sets(repository: _Repository) -> Iterator[Element]:
    """Organisations only where the public sees something of theirs."""
    sharing = {notice.organisation for notice in repository.notices}
    organisations = {f"organisation:{each}": repository.names.get(each, each) for each in sorted(sharing)}
    for spec, name in {**KINDS, **organisations}.items():
        yield element("set", [element("setSpec", spec), element("setName", name)])


async def _list(selected: Selected, repository: _Repository, *, whole: bool) -> list[Element]:
    fitting = [notice for notice in repository.notices if _fits(notice, selected)]
    left = [notice for notice in fitting if selected.behind is None or (notice.moment, notice.id) > selected.behind]
    page = left[:PAGE]
    if not page:
        raise OaiError("noRecordsMatch", "nothing that the public sees has changed then, or there")
    shown = await _records(page, repository) if whole else [_header(notice, repository) for notice in page]
    complete = selected.complete or len(fitting)
    if len(left) <= PAGE:
        return [*shown, _end(selected, complete)] if selected.sent else shown
    onwards = msgspec.structs.replace(
        selected, behind=(page[-1].moment, page[-1].id), sent=selected.sent + len(page), complete=complete
    )
    return [*shown, _resumption(_write_token(onwards), selected, complete)]


def _end(selected: Selected, complete: int) -> Element:
    """The last part of several ends with an empty token."""
    return _resumption("", selected, complete)


def _resumption(token: str, selected: Selected, complete: int) -> Element:
    return element("resumptionToken", token, {"completeListSize": str(complete), "cursor": str(selected.sent)})


def _fits(notice: Notice, selected: Selected) -> bool:
    return (
        (selected.since is None or notice.moment >= selected.since)
        and (selected.until is None or notice.moment < selected.until + timedelta(seconds=1))
        and selected.within in ("", *_specs(notice))
    )


def _specs(notice: Notice) -> tuple[str, str]:
    return f"kind:{notice.kind}", f"organisation:{notice.organisation}"


def _header(notice: Notice, repository: _Repository) -> Element:
    parts = [
        element("identifier", repository.identifier(notice.id)),
        element("datestamp", _written(notice.moment)),
        *(element("setSpec", spec) for spec in _specs(notice)),
    ]
    return element("header", parts, {"status": "deleted"} if notice.gone else {})


async def _records(notices: Sequence[Notice], repository: _Repository) -> list[Element]:
    documents = await repository.exchange.readable.documents(
        [notice.id for notice in notices if not notice.gone], repository.public
    )
    return [element("record", list(_record(notice, documents.get(notice.id), repository))) for notice in notices]


def _record(notice: Notice, document: Document | None, repository: _Repository) -> Iterator[Element]:
    # One that has gone since the notices were read is told as gone.
    yield _header(msgspec.structs.replace(notice, gone=document is None), repository)
    if document is not None:
        yield element("metadata", [dublin_core(work_of(document, repository.names, repository.base))])
