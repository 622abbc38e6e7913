"""Which documents can one try the library with? The sample library: everything in it is invented.

Organisations, towns, persons, figures and events in it do not exist; the laws and offices that it names do.

    organisations.toml   the organisations that share the documents
    sources/<id>.md      what somebody wrote: TOML front matter (library.model's fields), then Markdown
    files/<id>.<ext>     the document as a real file, and beside it <id>.<ext>.toml, what the member says of it
    build/               makes files/ from sources/: `python -m ingest.samples.build`

The made files are kept with the project, so nobody who only wants to use them has to build them.
"""

from pathlib import Path

FOLDER = Path(__file__).parent
ORGANISATIONS = FOLDER / "organisations.toml"
SOURCES = FOLDER / "sources"
FILES = FOLDER / "files"
