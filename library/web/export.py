"""The whole result of a search in one file, sent while it is being read."""

from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import msgspec
from litestar import Request, Response, get
from litestar.di import NamedDependency
from litestar.openapi.spec import OpenAPIResponse
from litestar.response import Stream

from library.exchange import Exchange
from library.model import Audience, Document, Scope
from library.records import bibtex, csl, ris, table
from library.web.access import needs, organisation_names
from library.web.addresses import base_of
from library.web.document_answer import shown_document
from library.web.parameters import READS_QUERY_ITSELF, Parameters
from library.web.problems import documented
from library.web.record_formats import described, work_of
from library.web.requests import ASKED_METHOD
from library.web.results import Names
from library.web.search import read_search
from library.web.search_parameters import EXPORT_FORMATS, EXPORTING, ExportByAddress

Written = Callable[[Document], str]


class ExportFormat(NamedTuple):
    media_type: str
    suffix: str
    begins: str
    between: str
    ends: str


FORMATS = {
    "bibtex": ExportFormat(bibtex.MEDIA_TYPE, "bib", "", "", ""),
    "csl": ExportFormat(csl.MEDIA_TYPE, "json", "[", ",\n", "]\n"),
    "csv": ExportFormat(table.MEDIA_TYPE, "csv", table.header(), "", ""),
    "jsonl": ExportFormat("application/jsonl", "jsonl", "", "", ""),
    "ris": ExportFormat(ris.MEDIA_TYPE, "ris", "", "", ""),
}


@dataclass
class ExportInFormats(ExportByAddress):
    """The documentation of what comes back."""

    def __post_init__(self) -> None:
        super().__post_init__()
        content = {wanted.media_type: described(wanted.media_type) for wanted in FORMATS.values()}
        self.responses = {**(self.responses or {}), "200": OpenAPIResponse(description="The file", content=content)}


@get(
    "/export",
    operation_id="export",
    operation_class=ExportInFormats,
    opt={READS_QUERY_ITSELF: True, **needs(Scope.READ)},
    responses=documented(400, 401, 403, 503),
    tags=["search"],
    summary="The whole result of a search as a file",
)
async def export(
    request: Request[Any, Any, Any], audience: NamedDependency[Audience], exchange: NamedDependency[Exchange]
) -> Response[Any]:
    """All documents found, in the order of the search: references for reference managers (`ris`, `bibtex`, `csl`), rows
    for a spreadsheet (`csv`), or each document as the API shows it, one a line (`jsonl`)."""
    given = request.query_params.dict()
    own = Parameters({"format": given.get("format", [])}, place="query")
    chosen = own.choice("format", EXPORT_FORMATS)
    if not own.text("format"):
        own.refuse("format", f"is missing; it is one of: {', '.join(EXPORT_FORMATS)}")
    own.check()
    asked = read_search(given, known=EXPORTING | {"format"})
    names = await organisation_names(exchange)
    wanted = FORMATS[chosen]
    batches = exchange.finding.all_found(asked.search, audience)
    # Read before the answer begins: what goes wrong can then still be said in it.
    first = await _first(batches)
    written = _writer(chosen, audience, names, base_of(request, exchange.settings))
    return Stream(
        () if request.scope["state"][ASKED_METHOD] == "HEAD" else _pieces(wanted, first, batches, written),
        media_type=wanted.media_type,
        headers={"Content-Disposition": f'attachment; filename="good-practice.{wanted.suffix}"'},
    )


def _writer(chosen: str, audience: Audience, names: Names, base: str) -> Written:
    def citation(document: Document) -> str:
        return msgspec.json.encode(csl.csl_item(work_of(document, names, base))).decode()

    def line(document: Document) -> str:
        return msgspec.json.encode(shown_document(document, audience, names)).decode() + "\n"

    match chosen:
        case "bibtex":
            return lambda document: bibtex.bibtex_entry(work_of(document, names, base))
        case "csl":
            return citation
        case "csv":
            return lambda document: table.row(work_of(document, names, base))
        case "ris":
            return lambda document: ris.ris_reference(work_of(document, names, base))
        case _:
            return line


async def _first(batches: AsyncIterator[Sequence[Document]]) -> Sequence[Document]:
    async for batch in batches:
        return batch
    return ()


async def _pieces(
    wanted: ExportFormat, first: Sequence[Document], rest: AsyncIterator[Sequence[Document]], written: Written
) -> AsyncIterator[str]:
    """One piece a batch."""
    if first:
        yield wanted.begins + wanted.between.join(map(written, first))
    else:
        yield wanted.begins
    async for batch in rest:
        if batch:
            yield wanted.between + wanted.between.join(map(written, batch))
    yield wanted.ends
