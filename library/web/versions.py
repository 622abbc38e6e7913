"""What a document was before it came with another file: its earlier versions, their text and their files."""

from datetime import datetime
from typing import Any
from urllib.parse import quote

import msgspec
from litestar import Request, Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath
from msgspec import Struct

from library.errors import NotFound
from library.exchange import Exchange
from library.model import Audience, Document, DocumentId, LocalizedText, Scope
from library.web.access import needs, organisation_names
from library.web.document_answer import ShownDocument, shown_document
from library.web.documents import DocumentPage
from library.web.files import HANDING_OUT, handed_out
from library.web.problems import documented
from library.web.results import version_link


class DocumentVersion(Struct, frozen=True):
    version: int
    present: bool
    """The one that is searched."""
    title: LocalizedText
    changed: datetime | None
    change_note: str
    files: list[str]
    link: str


class DocumentVersions(Struct, frozen=True):
    document: str
    versions: list[DocumentVersion]


@get(
    "/documents/{document_id:str}/versions",
    operation_id="versions",
    opt=needs(Scope.READ),
    responses=documented(400, 401, 403, 404),
    tags=["documents"],
    summary="The versions of a document",
)
async def versions(
    document_id: FromPath[str], audience: NamedDependency[Audience], exchange: NamedDependency[Exchange]
) -> DocumentVersions:
    """The present one first. An earlier one is there for those who might see it then and may see the document now."""
    return DocumentVersions(document_id, await versions_of(document_id, audience, exchange))


async def versions_of(document_id: DocumentId, audience: Audience, exchange: Exchange) -> list[DocumentVersion]:
    """Raises NotFound."""
    found = await exchange.readable.versions(document_id, audience)
    return [_listed(each, present=each is found[0]) for each in found]


@get(
    "/documents/{document_id:str}/versions/{number:int}",
    operation_id="version",
    opt=needs(Scope.READ),
    responses=documented(400, 401, 403, 404),
    tags=["documents"],
    summary="A document as it was in one version",
)
async def version(
    document_id: FromPath[str],
    number: FromPath[int],
    audience: NamedDependency[Audience],
    exchange: NamedDependency[Exchange],
) -> ShownDocument:
    """All that described it then, with links to its files of then."""
    found = await exchange.readable.version(document_id, number, audience)
    shown = shown_document(found, audience, await organisation_names(exchange))
    files = [
        msgspec.structs.replace(file, link=f"{version_link(document_id, number)}/files/{quote(file.name, safe='')}")
        for file in shown.files
    ]
    return msgspec.structs.replace(shown, files=files)


@get(
    "/documents/{document_id:str}/versions/{number:int}/pages/{page_number:int}",
    operation_id="version_page",
    opt=needs(Scope.READ),
    responses=documented(400, 401, 403, 404),
    tags=["documents"],
    summary="A page's text as it was in one version",
)
async def version_page(
    document_id: FromPath[str],
    number: FromPath[int],
    page_number: FromPath[int],
    audience: NamedDependency[Audience],
    exchange: NamedDependency[Exchange],
) -> DocumentPage:
    """Earlier versions are not searched, so nothing is marked."""
    pages = await exchange.readable.version_pages(await exchange.readable.version(document_id, number, audience))
    for page in pages:
        if page.number == page_number:
            return DocumentPage(document_id, page_number, page.text, [])
    raise NotFound(f"version {number} of '{document_id}' has no page {page_number}; it has {len(pages)}")


@get(
    "/documents/{document_id:str}/versions/{number:int}/files/{name:str}",
    operation_id="version_original",
    opt=needs(Scope.READ),
    responses=HANDING_OUT,
    tags=["documents"],
    summary="A file of one version as it was handed in",
)
async def version_original(
    *,
    request: Request[Any, Any, Any],
    document_id: FromPath[str],
    number: FromPath[int],
    name: FromPath[str],
    audience: NamedDependency[Audience],
    exchange: NamedDependency[Exchange],
) -> Response[Any]:
    """As the files of the present version are handed out."""
    version = await exchange.readable.version(document_id, number, audience)
    return await handed_out(request, *exchange.readable.file_of(version, name))


def _listed(document: Document, *, present: bool) -> DocumentVersion:
    return DocumentVersion(
        version=document.version,
        present=present,
        title=document.title,
        changed=document.changed,
        change_note=document.change_note,
        files=[file.name for file in document.files],
        link=version_link(document.id, document.version),
    )
