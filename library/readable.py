"""What an audience may read: documents as it may see them, what they were before, and their files."""

from collections.abc import Collection, Sequence
from pathlib import Path

import msgspec

from library.answers import for_eyes
from library.catalog import Catalog, no_document
from library.errors import NotFound
from library.model import Audience, Document, DocumentId, File, Page
from library.originals import Originals


class Readable:
    """The catalogue, as far as it is open to an audience. Every method may raise Unavailable."""

    def __init__(self, catalog: Catalog, originals: Originals) -> None:
        self._catalog = catalog
        self._originals = originals

    async def document(self, document_id: DocumentId, audience: Audience) -> Document:
        """The document as this audience may read it.

        Raises NotFound where there is none and where the audience may not see it: nobody can tell the two apart.
        """
        document = await self._catalog.document(document_id)
        if not audience.sees(document):
            raise no_document(document_id)
        (shown,) = await self.shown([document], audience)
        return shown

    async def documents(self, ids: Sequence[DocumentId], audience: Audience) -> dict[DocumentId, Document]:
        """Those of these documents that the audience may see, as it may read them."""
        found = await self._catalog.documents(ids)
        shown = await self.shown([each for each in found.values() if audience.sees(each)], audience)
        return {each.id: each for each in shown}

    async def versions(self, document_id: DocumentId, audience: Audience) -> list[Document]:
        """The document as it is and as it was before it came with another file, the latest first: of the earlier
        versions those that the audience might see when they were the present one. Raises NotFound like `document`."""
        present = await self.document(document_id, audience)
        earlier = [each for each in await self._catalog.earlier(document_id) if audience.sees(each)]
        return [present, *await self.shown(earlier, audience)]

    async def version(self, document_id: DocumentId, number: int, audience: Audience) -> Document:
        """One of `versions`. Raises NotFound like `document`, and where there is none of this number."""
        versions = await self.versions(document_id, audience)
        for each in versions:
            if each.version == number:
                return each
        raise NotFound(f"'{document_id}' has no version {number}; it has {', '.join(str(v.version) for v in versions)}")

    async def version_pages(self, version: Document) -> list[Page]:
        """The text of one of `versions`."""
        earlier = await self._catalog.earlier_pages(version.id, version.version)
        if earlier is not None:
            return earlier
        present = await self._catalog.pages(version.id)
        return [Page(number=page.number, text=page.text, language=page.language) for page in present]

    async def original(self, document_id: DocumentId, name: str, audience: Audience) -> tuple[File, Path]:
        """An original and where its bytes lie. Raises NotFound like `document`."""
        return self.file_of(await self.document(document_id, audience), name)

    def file_of(self, document: Document, name: str) -> tuple[File, Path]:
        """An original of a document, or of an earlier version of one. Raises NotFound."""
        for file in document.files:
            if file.name == name:
                return file, self._originals.path(file.sha256)
        names = ", ".join(file.name for file in document.files)
        raise NotFound(f"'{document.id}' has no file of this name; its files: {names or 'none'}")

    async def shown(self, documents: Sequence[Document], audience: Audience) -> list[Document]:
        """These documents, which this audience may see, without what it may not read of them, and without relations to
        what it may not see."""
        shown = [for_eyes(each, audience) for each in documents]
        related = {each.document for document in shown for each in document.related}
        if not related:
            return shown
        others = await self._catalog.documents(list(related))
        seen = {each.id for each in others.values() if audience.sees(each)}
        return [each if audience.may_change(each.organisation) else _related_to(seen, each) for each in shown]


def _related_to(seen: Collection[DocumentId], document: Document) -> Document:
    """The document, related to none but these others."""
    related = tuple(each for each in document.related if each.document in seen)
    return msgspec.structs.replace(document, related=related)
