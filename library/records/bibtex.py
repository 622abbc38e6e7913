"""A document as a BibTeX entry."""

from library.model import Person
from library.records.work import Work, one_line

MEDIA_TYPE = "application/x-bibtex"

_ESCAPED = str.maketrans(
    {
        "\\": r"\textbackslash{}",
        "{": r"\{",
        "}": r"\}",
        "$": r"\$",
        "&": r"\&",
        "#": r"\#",
        "%": r"\%",
        "_": r"\_",
        "^": r"\^{}",
        "~": r"\~{}",
    }
)


def bibtex_entry(work: Work) -> str:
    """Letters stay as they are (UTF-8); only what TeX would read as a command is escaped. Ends with an empty line."""
    doi, isbn, issn = work.numbers
    fields = {
        # Braces within the braces: else styles write titles and organisations in small letters, or turn their words.
        "title": f"{{{_tex(work.title)}}}",
        "author": " and ".join(_name(person) for person in work.people) or f"{{{_tex(one_line(work.holder))}}}",
        "institution": _tex(work.publisher),
        "year": str(work.document.year or ""),
        "abstract": _tex(work.abstract),
        "keywords": _tex(", ".join(work.subjects)),
        "language": work.language,
        "doi": _tex(doi),
        "isbn": _tex(isbn),
        "issn": _tex(issn),
        # An address is printed by TeX's \url, which takes it as it is; ours hold no braces.
        "url": work.url,
    }
    lines = "".join(f"  {name} = {{{value}}},\n" for name, value in fields.items() if value)
    return f"@techreport{{{work.document.id},\n{lines}}}\n\n"


def _name(person: Person) -> str:
    return ", ".join(_tex(one_line(part)) for part in (person.family, person.given) if part)


def _tex(text: str) -> str:
    return text.translate(_ESCAPED)
