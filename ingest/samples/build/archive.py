"""How does an office file, which is a zip, come out the same every time?"""

from io import BytesIO
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

LONG_AGO = (1980, 1, 1, 0, 0, 0)
"""The first moment that a zip can say."""
UNCOMPRESSED = "mimetype"
"""OpenDocument wants this member first and readable as it lies."""


def without_dates(packed: bytes) -> bytes:
    """The same members in the same order, all of the same moment."""
    packed_anew = BytesIO()
    with ZipFile(BytesIO(packed)) as old, ZipFile(packed_anew, "w") as new:
        for name in old.namelist():
            member = ZipInfo(name, LONG_AGO)
            member.compress_type = ZIP_STORED if name == UNCOMPRESSED else ZIP_DEFLATED
            new.writestr(member, old.read(name))
    return packed_anew.getvalue()
