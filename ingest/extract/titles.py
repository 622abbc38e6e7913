"""Whether what a file says of itself can be believed."""

import re
from collections.abc import Iterable

from library.language import clean

LONGEST_TITLE = 300
"""Characters above which something is a paragraph, not a title."""

_JUNK = re.compile(
    r"""(?:microsoft\s(?:office\s)?(?:word|excel|powerpoint)\s-\s.*   # printed from Office: the file's name
    |.*\.(?:docx?|dvi|html?|indd|odt|pdf|pptx?|pub|qxd|rtf|tex|txt|wpd|xlsx?)   # a file's name
    |(?:untitled|document|dokument|документ|bez\snázvu|без\sназви|powerpoint\spresentation|prezentace
       |microsoft\sword|title|název|scan|sken|image|img)[\s_\-]*\d*
    |\w*_[\w.\-]*   # words joined by underscores: a file's name again
    |(?:file|https?)://.*|<.*>|[\W\d_]*)""",
    re.VERBOSE | re.IGNORECASE,
)
_LANGUAGE = re.compile(r"([a-z]{2})(?:[-_].*)?", re.IGNORECASE)
_NO_PERSONS = {
    "",
    "user",
    "admin",
    "administrator",
    "owner",
    "pc",
    "author",
    "autor",
    "uživatel",
    "unknown",
    "anonymous",
}


def believable(title: str | None) -> str:
    """The title on one line; empty where a program, not a person, wrote it."""
    line = _on_one_line(title)
    return "" if len(line) > LONGEST_TITLE or _JUNK.fullmatch(line) or "\ufffd" in line else line


def language_code(declared: str | None) -> str:
    """ISO 639-1 from a language tag: `cs-CZ` -> `cs`; empty for anything else."""
    found = _LANGUAGE.fullmatch((declared or "").strip("\x00 "))
    return found[1].lower() if found else ""


def persons(names: Iterable[str | None]) -> tuple[str, ...]:
    """The names of people among those that a file says wrote it, each once."""
    split = (_on_one_line(name) for line in names for name in (line or "").split(";"))
    return tuple(dict.fromkeys(name for name in split if name.casefold() not in _NO_PERSONS))


def _on_one_line(text: str | None) -> str:
    return " ".join(clean(text or "").split())
