"""Which extractor reads which format: the one table, and `extract`, which reads any file."""

import logging
import os
from pathlib import Path

from ingest.extract.contract import Extract, Extractor, Limits, Source
from ingest.extract.csv_text import read_csv
from ingest.extract.doc import read_doc
from ingest.extract.docx import read_docx
from ingest.extract.epub import read_epub
from ingest.extract.html import read_html
from ingest.extract.mail import read_mail
from ingest.extract.markdown import read_markdown
from ingest.extract.odp import read_odp
from ingest.extract.ods import read_ods
from ingest.extract.odt import read_odt
from ingest.extract.packed import read_zip
from ingest.extract.pdf import read_pdf
from ingest.extract.pictures import read_picture
from ingest.extract.plain import read_plain
from ingest.extract.pptx import read_pptx
from ingest.extract.rtf import read_rtf
from ingest.extract.sniff import Kind, refusal, sniff
from ingest.extract.text_clues import with_text_clues
from ingest.extract.xlsx import read_xlsx
from library.errors import DamagedFile, EmptyFile, ExtractionFailed, NeedsMemory, NoText, ReaderCrashed, TooLarge

logger = logging.getLogger(__name__)

EXTRACTORS: dict[Kind, Extractor] = {
    Kind.PDF: read_pdf,
    Kind.DOCX: read_docx,
    Kind.ODT: read_odt,
    Kind.HTML: read_html,
    Kind.MARKDOWN: read_markdown,
    Kind.TEXT: read_plain,
    Kind.PPTX: read_pptx,
    Kind.ODP: read_odp,
    Kind.XLSX: read_xlsx,
    Kind.ODS: read_ods,
    Kind.CSV: read_csv,
    Kind.EPUB: read_epub,
    Kind.RTF: read_rtf,
    Kind.DOC: read_doc,
    Kind.EML: read_mail,
    Kind.ZIP: read_zip,
    Kind.PNG: read_picture,
    Kind.JPEG: read_picture,
    Kind.TIFF: read_picture,
}


def extract(path: Path, name: str, limits: Limits) -> Extract:
    """What the file holds; `name` is what its owner called it. Raises ExtractionFailed, and OSError for the path.

    Runs in this process, without the limits on time and memory: for files from elsewhere, use Reader.
    """
    with path.open("rb") as file:
        return extract_opened(Source(file, name, limits))


def extract_opened(source: Source) -> Extract:
    """As `extract`, from a file that is open. Raises ExtractionFailed and nothing else."""
    try:
        return _extract(source)
    except ExtractionFailed:
        raise
    except MemoryError as error:
        raise NeedsMemory(out_of_memory(source.limits)) from error
    except RecursionError as error:
        raise DamagedFile("this file is nested deeper than any document; save it anew or as PDF") from error
    except Exception as error:
        # Readers of foreign bytes can fail in any way; the next file must not suffer from it.
        logger.exception("the reader failed")
        sentence = f"the reader failed on this file ({type(error).__name__}); save it anew or as PDF and hand in that"
        raise ReaderCrashed(sentence) from error


def out_of_memory(limits: Limits) -> str:
    return f"reading this file needs more than the {limits.memory_mb:,} MB allowed; split it, or save it anew or as PDF"


def _extract(source: Source) -> Extract:
    size = source.file.seek(0, os.SEEK_END)
    source.file.seek(0)
    if not size:
        raise EmptyFile(
            "this file has no content (0 bytes): its upload was cut off, or it was saved empty; hand it in anew"
        )
    if size > source.limits.file_bytes:
        allowed = source.limits.file_bytes // 1_000_000
        raise TooLarge(f"this file has {size / 1_000_000:,.0f} MB, and {allowed:,} MB are allowed; split it")
    kind = sniff(source.file, source.name)
    extractor = EXTRACTORS.get(kind)
    if extractor is None:
        raise refusal(kind, source.name)
    extracted = extractor(source)
    if not extracted.enclosed and not any(page.text for page in extracted.pages):
        # Never a success: pictures of text, or a trick that readers fall for silently.
        raise NoText(f"this is {kind}, but no text was found in it; if it holds pictures of text, it needs OCR")
    return with_text_clues(extracted)
