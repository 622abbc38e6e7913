"""A document as schema.org says it in JSON-LD, which search machines read."""

from typing import Any

from library.model import Person
from library.records.work import Work

MEDIA_TYPE = "application/ld+json"


def json_ld(work: Work) -> dict[str, Any]:
    doi, isbn, issn = work.numbers
    document = work.document
    holder = {"@type": "Organization", "name": work.holder}
    fields = {
        "@context": "https://schema.org",
        "@type": "Report",
        "@id": work.url,
        "url": work.url,
        "identifier": f"https://doi.org/{doi}" if doi else document.id,
        "name": work.title,
        "alternateName": [title for title in document.title.values() if title != work.title],
        "abstract": work.abstract,
        "inLanguage": list(document.languages),
        "keywords": list(work.subjects),
        "author": [_person(person) for person in work.people] or [holder],
        "publisher": {"@type": "Organization", "name": work.publisher},
        "provider": holder,
        "datePublished": str(document.year) if document.year else "",
        "dateModified": document.changed.isoformat() if document.changed else "",
        "license": work.licence,
        "isbn": isbn,
        "issn": issn,
        "isAccessibleForFree": True,
    }
    return {name: value for name, value in fields.items() if value}


def _person(person: Person) -> dict[str, str]:
    fields = {
        "@type": "Person",
        "familyName": person.family,
        "givenName": person.given,
        "name": f"{person.given} {person.family}".strip(),
        "sameAs": f"https://orcid.org/{person.orcid}" if person.orcid else "",
    }
    return {name: value for name, value in fields.items() if value}
