"""In which formats a document can be had, and which one a request asks for."""

from collections.abc import Callable
from typing import Any, NamedTuple

import msgspec
from litestar import Request
from litestar.openapi.spec import OpenAPIMediaType, OpenAPIType, Schema

from library.model import Document
from library.records import bibtex, csl, dublin_core, jsonld, ris
from library.records.work import Work
from library.records.xml import xml_file
from library.web.addresses import document_address
from library.web.problems import NotAcceptable
from library.web.results import Names

JSON = "json"


class RecordFormat(NamedTuple):
    media_type: str
    written: Callable[[Work], bytes]


RECORDS: dict[str, RecordFormat] = {
    "csl": RecordFormat(csl.MEDIA_TYPE, lambda work: msgspec.json.encode([csl.csl_item(work)])),
    "bibtex": RecordFormat(bibtex.MEDIA_TYPE, lambda work: bibtex.bibtex_entry(work).encode()),
    "ris": RecordFormat(ris.MEDIA_TYPE, lambda work: ris.ris_reference(work).encode()),
    "jsonld": RecordFormat(jsonld.MEDIA_TYPE, lambda work: msgspec.json.encode(jsonld.json_ld(work))),
    "oai_dc": RecordFormat(dublin_core.MEDIA_TYPE, lambda work: xml_file(dublin_core.dublin_core(work))),
}
"""By the name that `?format=` gives them; beside them stands `json`, the library's own."""
_BY_MEDIA_TYPE = {
    "application/json": JSON,
    **{record.media_type: name for name, record in RECORDS.items() if name != "oai_dc"},
    "text/x-bibtex": "bibtex",
}
"""Dublin Core only by name: browsers accept any XML, and rather than JSON."""


def format_asked(asked: str | None, request: Request[Any, Any, Any]) -> str:
    """The name of the format: by `?format=`, else by the header Accept. Raises NotAcceptable."""
    if asked:
        return asked
    if "accept" not in request.headers:
        return JSON
    best = request.accept.best_match(list(_BY_MEDIA_TYPE))
    if best is None:
        raise NotAcceptable(f"a document can be had as {', '.join(_BY_MEDIA_TYPE)}; or ask with ?format=json")
    return _BY_MEDIA_TYPE[best]


def work_of(document: Document, names: Names, base: str) -> Work:
    return Work(document, names.get(document.organisation, document.organisation), document_address(base, document.id))


def described(media_type: str) -> OpenAPIMediaType:
    """A format's documentation: its own standard says what stands in it."""
    kinds = [OpenAPIType.OBJECT, OpenAPIType.ARRAY] if media_type.endswith("json") else OpenAPIType.STRING
    return OpenAPIMediaType(schema=Schema(type=kinds))
