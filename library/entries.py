"""What of a document is searched: which texts make its title, what is said about it, and its pages."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from library.language import Analyzer, TokenTable
from library.model import Document, LocalizedText, Practice, Study
from library.search import IndexEntry

NAMES = ""
"""The language of names and numbers: none, so that nobody's name is inflected away."""

# What did not work (`caveats`) is no part of it: a search must not tell the public what only members may read.
_PROSE_OF_PRACTICE = (
    *("context", "objectives", "activities", "results", "innovation"),
    *("success_factors", "risks", "sustainability", "adaptation"),
)


class DescribedText(NamedTuple):
    """One text that describes a document: the field it stands in, its language (ISO 639-1 or NAMES), the text."""

    field: str
    language: str
    text: str


def titles(document: Document) -> list[DescribedText]:
    return list(_localized("title", document.title))


def about(document: Document) -> list[DescribedText]:
    """Everything that describes the document beside its title, in the order in which entries hold it."""
    language = document.languages[0] if document.languages else NAMES
    texts = [*_localized("summary", document.summary), *_listed("keywords", language, document.keywords)]
    match document:
        case Practice():
            for name in _PROSE_OF_PRACTICE:
                texts += _localized(name, getattr(document, name))
        case Study():
            texts += _listed("findings", language, [finding.sentence for finding in document.findings])
            texts += _listed("recommendations", language, [advice.text for advice in document.recommendations])
    return texts + _listed("names", NAMES, _names(document))


def entry(document: Document, pages: Sequence[TokenTable], analyzer: Analyzer) -> IndexEntry:
    """The document as an index takes it in; its pages have been analysed when they came."""
    title = titles(document)
    tables = analyzer.tables([(text, language) for _, language, text in (*title, *about(document))])
    return IndexEntry(
        document=document, title=tuple(tables[: len(title)]), about=tuple(tables[len(title) :]), text=tuple(pages)
    )


def _names(document: Document) -> list[str]:
    names = [*document.partners, *document.funders, document.programme, document.project_number]
    if document.place is not None:
        names.append(document.place.municipality)
    match document:
        case Practice():
            if document.preconditions is not None:
                names.append(document.preconditions.law)
        case Study():
            names += [f"{author.given} {author.family}" for author in document.authors]
            names += [document.publisher, document.doi, document.isbn, document.issn, *document.laws_cited]
    return names


def _localized(field: str, texts: LocalizedText) -> Iterator[DescribedText]:
    return (DescribedText(field, language, text) for language, text in texts.items())


def _listed(field: str, language: str, items: Sequence[str]) -> list[DescribedText]:
    return [DescribedText(field, language, item) for item in items if item]
