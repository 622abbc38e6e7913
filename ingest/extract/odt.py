"""The text of an OpenDocument text (.odt), and what it says of itself."""

from ingest.extract.archive import Archive
from ingest.extract.clues import titled
from ingest.extract.contract import Extract, Source
from ingest.extract.opendocument import Text, content_of, property_clues
from ingest.extract.pages import numbered, paginate

_MEDIA_TYPE = "application/vnd.oasis.opendocument.text"


def read_odt(source: Source) -> Extract:
    archive = Archive(source.file)
    root, body = content_of(archive, "text")
    text = Text(root, archive.xml("styles.xml"))
    pages, notes = numbered(paginate(text.blocks(body)), source.limits)
    clues = (*property_clues(archive), *titled("heading", text.title))
    return Extract(pages=pages, media_type=_MEDIA_TYPE, clues=clues, notes=notes)
