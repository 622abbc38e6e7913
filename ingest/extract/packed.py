"""The files in a ZIP archive, each of which is read as a file of its own."""

from ingest.extract.archive import Archive
from ingest.extract.attached import damaged_ones
from ingest.extract.contract import Extract, Source
from library.errors import DamagedFile, NoText

_MEDIA_TYPE = "application/zip"
_EMPTY = "this archive holds no files; pack it anew and hand that in"
_OF_SYSTEMS = ("__MACOSX/", "desktop.ini", "thumbs.db", "Thumbs.db", ".")
"""How the names of files begin that systems put beside people's own."""


def read_zip(source: Source) -> Extract:
    archive = Archive(source.file)
    files = [(member, label) for member, label in archive.files() if label and not _is_of_system(label)]
    if not files:
        raise NoText(_EMPTY)
    damaged = []
    for number, (member, label) in enumerate(files, 1):
        source.on_page(number, len(files))
        try:
            source.on_enclosed(label, archive.pieces(member))
        except DamagedFile as error:
            damaged.append(label)
            if len(damaged) == len(files):
                raise DamagedFile(error.detail) from error
    return Extract(pages=(), media_type=_MEDIA_TYPE, enclosed=len(files) - len(damaged), notes=damaged_ones(damaged))


def _is_of_system(label: str) -> bool:
    return label.startswith(_OF_SYSTEMS) or label.rpartition("/")[2].startswith(_OF_SYSTEMS)
