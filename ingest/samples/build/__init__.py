"""How do the sample library's sources become real files? Two runs give the same bytes.

`source` reads a source into blocks of text; one module a format turns them into a file's bytes.
"""

from collections.abc import Callable
from pathlib import Path

from ingest.samples.build.brochure import pdf
from ingest.samples.build.opendocument import odt
from ingest.samples.build.plain import markdown, plain_text
from ingest.samples.build.source import Source, read_source
from ingest.samples.build.webpage import html
from ingest.samples.build.word import docx

RENDERERS: dict[str, Callable[[Source], bytes]] = {
    "pdf": pdf,
    "docx": docx,
    "odt": odt,
    "html": html,
    "md": markdown,
    "txt": plain_text,
}
"""From what a source's `format` says, which is also the made file's extension, to its bytes."""


def build(sources: Path, files: Path) -> list[Path]:
    """Make the files of all sources, each with its description beside it; what is there of no source is removed.

    Raises CannotBuild, which names the source or the font that is at fault.
    """
    files.mkdir(exist_ok=True)
    made = [path for source in sorted(sources.glob("*.md")) for path in _build_one(read_source(source), files)]
    for stale in set(files.iterdir()) - set(made):
        stale.unlink()
    return made


def _build_one(source: Source, files: Path) -> tuple[Path, Path]:
    file = files / f"{source.id}.{source.format}"
    description = files / f"{file.name}.toml"
    file.write_bytes(RENDERERS[source.format](source))
    description.write_text(source.description, encoding="utf-8")
    return file, description
