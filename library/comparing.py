"""How it is found out which documents are like each other: what has come or changed is compared with all others."""

import asyncio

from library.catalog import Catalog
from library.language import TokenTable
from library.resemblance import Library, signature
from library.resemblances import Resemblances

AT_ONCE = 50
"""Documents that are compared with all others in one go."""


async def compare(catalog: Catalog, resemblances: Resemblances) -> int:
    """Find out which documents are like some that have come or changed since they were last compared; how many of
    these were compared now. None: all are."""
    uncompared = await resemblances.uncompared(AT_ONCE)
    if not uncompared:
        return 0
    documents = await catalog.documents([document_id for document_id, _ in uncompared])
    fresh = {}
    for document_id, document in documents.items():
        pages = [(page.text, TokenTable.decode(page.table)) for page in await catalog.pages(document_id)]
        fresh[document_id] = await asyncio.to_thread(signature, pages, next(iter(document.languages), ""))
    known = dict(await resemblances.signatures()) | fresh
    library = await asyncio.to_thread(Library, list(known.items()))
    for document_id, revision in uncompared:
        if document_id in fresh:
            found = await asyncio.to_thread(library.like, document_id, fresh[document_id])
            await resemblances.keep(document_id, revision, fresh[document_id], found)
    return len(uncompared)
