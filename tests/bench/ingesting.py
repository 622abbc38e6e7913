"""How fast files go through the whole pipeline, and through the bare reader beside it."""

import time
import tomllib
from collections.abc import Sequence
from pathlib import Path

import msgspec
import pypdfium2

from ingest.batch import Descriptions, hand_in
from ingest.samples import ORGANISATIONS
from ingest.worker import work_with_others
from library.exchange import open_exchange
from library.inbox import IngestJob
from library.model import Organisation
from library.settings import Settings


async def measure(folder: Path, files: Sequence[Path]) -> dict[str, float]:
    """Pages a second, wall time on all cores: from originals on the disk to found in a search; and pdfium alone, on
    one core, over the PDFs among them."""
    exchange = await open_exchange(Settings(data=folder))
    try:
        for organisation in _organisations():
            await exchange.accounts.add_organisation(organisation)
        begun = time.perf_counter()
        nothing_said = Descriptions({}, {})
        async for job in hand_in(exchange, files, nothing_said, organisation="", submitted_by="bench"):
            assert isinstance(job, IngestJob), job
        await work_with_others(exchange)
        taken = time.perf_counter() - begun
        documents = await exchange.catalog.documents(await exchange.catalog.ids())
        pages = sum(file.pages for document in documents.values() for file in document.files)
    finally:
        await exchange.close()
    return {
        "files": len(files),
        "pages": pages,
        "pages_per_second": round(pages / taken, 1),
        "bare_pdfium_pages_per_second": round(_bare_reader(files), 1),
    }


def _organisations() -> list[Organisation]:
    return msgspec.convert(tomllib.loads(ORGANISATIONS.read_text(encoding="utf-8"))["organisation"], list[Organisation])


def _bare_reader(files: Sequence[Path]) -> float:
    begun, pages = time.perf_counter(), 0
    for path in files:
        if path.suffix == ".pdf":
            with pypdfium2.PdfDocument(path) as document:
                for page in document:
                    page.get_textpage().get_text_range()
                    pages += 1
    return pages / (time.perf_counter() - begun)
