"""python -m tests.bench.real_files: documents that Debian and Python packages ship, through the whole line.

Takes what is on this machine: nothing is fetched. Each kind gives at most a share, so that a thousand licences do not
stand for all. On a bare machine, first:

    apt-get install debian-reference-cs debian-faq fontconfig texlive-base shared-mime-info python3-doc
"""

import asyncio
import itertools
import os
import resource
import sys
import sysconfig
import tempfile
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path

import msgspec

from ingest.batch import Descriptions, hand_in
from ingest.worker import work_with_others
from library.exchange import Exchange, open_exchange
from library.jobs import IngestJob, JobState
from library.model import Organisation
from library.settings import Settings

FOLDERS = ("/usr/share", "/usr/lib", sysconfig.get_path("stdlib"), sysconfig.get_path("purelib"))
SUFFIXES = (
    *(".pdf", ".docx", ".doc", ".odt", ".rtf", ".pptx", ".odp", ".xlsx", ".xls", ".ods", ".csv", ".html", ".md"),
    *(".txt", ".epub", ".eml", ".zip"),
)
PICTURES = (".png", ".jpg", ".tif", ".tiff")
MOST_OF_A_KIND = int(os.environ.get("MOST_OF_A_KIND", "90"))
MOST_PICTURES = 15
"""Of a kind of picture: packages ship icons by the thousand, and hardly a scan."""
SMALLEST = 600
"""Bytes: below, there is hardly a sentence."""
REFUSED = frozenset({"unsupported-format", "encrypted-file", "empty-file", "no-text", "needs-ocr", "too-large"})
"""Codes of files in which nothing was to be read, or not by us; the others are failures."""
_KB_OF_A_MB = 1024


async def _measure(folder: Path, files: list[Path]) -> dict[str, object]:
    exchange = await open_exchange(Settings(data=folder))
    try:
        await exchange.accounts.add_organisation(Organisation(id="packages", name="Packages"))
        begun = time.perf_counter()
        async for _ in hand_in(exchange, files, Descriptions({}, {}), organisation="packages", submitted_by="bench"):
            pass
        await work_with_others(exchange)
        seconds = time.perf_counter() - begun
        return await _figures(exchange, seconds)
    finally:
        await exchange.close()


async def _figures(exchange: Exchange, seconds: float) -> dict[str, object]:
    jobs = [job for job in await exchange.inbox.jobs(limit=100_000) if not job.within]
    ends = Counter(_end(job) for job in jobs)
    documents = await exchange.catalog.documents(await exchange.catalog.ids())
    pages = sum(file.pages for document in documents.values() for file in document.files)
    by_kind: dict[str, Counter[str]] = {}
    for job in jobs:
        by_kind.setdefault(Path(job.name).suffix.lower(), Counter())[_end(job)] += 1
    return {
        "files": len(jobs),
        "share_read": round(ends["read"] / len(jobs), 3),
        "share_refused": round(ends["refused"] / len(jobs), 3),
        "share_failed": round(ends["failed"] / len(jobs), 3),
        "codes": dict(Counter(job.code for job in jobs if job.state is JobState.FAILED).most_common()),
        "by_kind": by_kind,
        "pages": pages,
        "seconds": round(seconds),
        "pages_per_second": round(pages / seconds, 1),
        "peak_mb_of_a_reader": resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // _KB_OF_A_MB,
        "peak_mb_of_the_worker": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // _KB_OF_A_MB,
    }


def _end(job: IngestJob) -> str:
    if job.state is JobState.DONE:
        return "read"
    return "refused" if job.code in REFUSED else "failed"


def found() -> list[Path]:
    """The files, of each kind as many as there are or may be, spread over the folders they lie in."""
    kinds: dict[str, list[Path]] = {suffix: [] for suffix in (*SUFFIXES, *PICTURES)}
    for path in _below(FOLDERS):
        if path.suffix.lower() in kinds:
            kinds[path.suffix.lower()].append(path)
    return list(
        itertools.chain.from_iterable(
            _spread(paths, MOST_PICTURES if suffix in PICTURES else MOST_OF_A_KIND) for suffix, paths in kinds.items()
        )
    )


def _below(folders: Iterable[str]) -> Iterator[Path]:
    for folder in dict.fromkeys(folders):
        for parent, _, names in os.walk(folder):
            for name in names:
                path = Path(parent) / name
                if not path.is_symlink() and path.is_file() and path.stat().st_size >= SMALLEST:
                    yield path


def _spread(paths: list[Path], most: int) -> list[Path]:
    ordered = sorted(set(paths))
    step = max(len(ordered) / most, 1)
    return [ordered[int(place * step)] for place in range(min(len(ordered), most))]


def main() -> int:
    files = found()
    print(f"{len(files)} files", file=sys.stderr)
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        figures = asyncio.run(_measure(Path(folder), files))
    print(msgspec.json.format(msgspec.json.encode(figures)).decode())
    return 0


if __name__ == "__main__":
    sys.exit(main())
