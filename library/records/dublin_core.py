"""A document in simple Dublin Core, the format that every harvester of OAI-PMH understands."""

from collections.abc import Iterator
from xml.etree.ElementTree import Element

from library.records.work import Work
from library.records.xml import element

MEDIA_TYPE = "application/xml"
NAMESPACE = "http://www.openarchives.org/OAI/2.0/oai_dc/"
SCHEMA = "http://www.openarchives.org/OAI/2.0/oai_dc.xsd"

_DECLARED = {
    "xmlns:oai_dc": NAMESPACE,
    "xmlns:dc": "http://purl.org/dc/elements/1.1/",
    "xmlns:xsi": "http://www.w3.org/2001/XMLSchema-instance",
    "xsi:schemaLocation": f"{NAMESPACE} {SCHEMA}",
}


def dublin_core(work: Work) -> Element:
    return element("oai_dc:dc", list(_elements(work)), _DECLARED)


def _elements(work: Work) -> Iterator[Element]:
    document = work.document
    for language, title in document.title.items():
        yield element("dc:title", title, {"xml:lang": language})
    for person in work.people:
        yield element("dc:creator", ", ".join(part for part in (person.family, person.given) if part))
    if not work.people:
        yield element("dc:creator", work.holder)
    for subject in work.subjects:
        yield element("dc:subject", subject)
    for language, summary in document.summary.items():
        yield element("dc:description", summary, {"xml:lang": language})
    plain = {
        "dc:publisher": (work.publisher,),
        "dc:date": (str(document.year or ""),),
        "dc:type": ("Text",),
        "dc:format": tuple(dict.fromkeys(file.media_type for file in document.files)),
        "dc:identifier": (work.url, *_named(work)),
        "dc:language": document.languages,
        "dc:rights": (work.licence or document.licence,),
    }
    for tag, values in plain.items():
        for value in filter(None, values):
            yield element(tag, value)


def _named(work: Work) -> Iterator[str]:
    for scheme, number in zip(("doi", "isbn", "issn"), work.numbers, strict=True):
        if number:
            yield f"{scheme}:{number}"
