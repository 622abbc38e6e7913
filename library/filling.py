"""What an index is filled with, read from the catalogue: some documents, or all of them in shares."""

import asyncio
import os
from collections.abc import AsyncGenerator, Callable, Sequence
from functools import partial
from itertools import accumulate
from pathlib import Path

from library.catalog import Catalog
from library.database import open_database
from library.entries import entry
from library.kept_tables import KeptTables
from library.language import Analyzer, TokenTable, shared_analyzer
from library.model import DocumentId
from library.search import IndexEntry, Share

BATCH = 200
"""Documents that are read at a time."""
SMALLEST_SHARE = 5_000_000
"""Bytes of token tables that are worth a process of their own, which takes a second to begin: some 3,000 pages."""
BYTES_OF_A_DOCUMENT = 500
"""Of token tables, that take as long to be read as a document without its pages."""


async def entries(
    ids: Sequence[DocumentId],
    catalog: Catalog,
    kept: KeptTables,
    analyzer: Analyzer,
    decode: Callable[[bytes], TokenTable] = TokenTable.decode,
) -> list[IndexEntry]:
    """Those of these documents that there are."""
    documents = await catalog.documents(ids)
    tables = await kept.of(ids)
    return await asyncio.to_thread(
        lambda: [
            entry(document, [decode(table) for table in tables[document_id]], analyzer)
            for document_id, document in documents.items()
        ]
    )


async def in_shares(ids: Sequence[DocumentId], kept: KeptTables, database: Path, most: int) -> list[Share]:
    """These documents in their order, in so many shares at most that take about the same time; in one where there are
    few. Whoever reads a share opens the database in this file anew."""
    sizes = await kept.sizes()
    ends = list(accumulate(BYTES_OF_A_DOCUMENT + sizes.get(document, 0) for document in ids))
    whole = ends[-1] if ends else 0
    count = max(1, min(most, whole // SMALLEST_SHARE))
    share_of = [min(count * end // (whole + 1), count - 1) for end in ends]
    shares = [tuple(document for document, of in zip(ids, share_of, strict=True) if of == n) for n in range(count)]
    return [partial(_read, database, share) for share in shares]


def processors() -> int:
    """That this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


async def _read(database: Path, ids: Sequence[DocumentId]) -> AsyncGenerator[Sequence[IndexEntry]]:
    """A share. Pages that were analysed by another version are analysed anew, and their tables kept, on the way."""
    opened = await open_database(database)
    try:
        catalog, kept, analyzer = Catalog(opened), KeptTables(opened), shared_analyzer()
        for first in range(0, len(ids), BATCH):
            some = ids[first : first + BATCH]
            await _analyse_again(some, kept, analyzer)
            yield await entries(some, catalog, kept, analyzer)
    finally:
        await opened.close()


async def _analyse_again(ids: Sequence[DocumentId], kept: KeptTables, analyzer: Analyzer) -> None:
    outdated = await kept.outdated(ids, analyzer.version)
    if outdated:
        pages = list(outdated.values())
        blobs = await asyncio.to_thread(lambda: [table.encode() for table in analyzer.tables(pages)])
        await kept.keep(dict(zip(outdated, blobs, strict=True)), analyzer.version)
