"""How a document is cited in a text, as ISO 690 says it."""

from collections.abc import Mapping, Sequence
from typing import Any

from library.page.wording import Wording


def iso_690(document: Mapping[str, Any], title: str, address: str, wording: Wording) -> str:
    """`HLADÍKOVÁ, Ester and Prokop DOUBEK. Title. Publisher, 2025. DOI. Available at: …`; of a document without
    authors, its organisation comes first. `address` is where it stands, with the host."""
    people = _people(document.get("authors", ()), wording) or document["organisation"]["name"].upper()
    publisher = document.get("publisher") or document["organisation"]["name"]
    published = ", ".join(filter(None, (publisher if document.get("authors") else "", str(document["year"] or ""))))
    doi = f"https://doi.org/{document['doi']}" if document.get("doi") else ""
    parts = [people, title, published, doi]
    sentences = " ".join(f"{part.rstrip('.')}." for part in parts if part)
    return f"{sentences} {wording.say('cite.available', address=address)}"


def _people(authors: Sequence[Mapping[str, str]], wording: Wording) -> str:
    """The first one's surname comes before the given name, as in a list of sources."""
    names = [_name(author, first=not place) for place, author in enumerate(authors)]
    if len(names) < 2:  # noqa: PLR2004  # of one there is nothing to join
        return "".join(names)
    return f"{', '.join(names[:-1])} {wording.say('cite.and')} {names[-1]}"


def _name(author: Mapping[str, str], *, first: bool) -> str:
    family, given = author["family"].upper(), author["given"]
    if not given:
        return family
    return f"{family}, {given}" if first else f"{given} {family}"
