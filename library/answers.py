"""From an engine's hits to what a page of results shows of them."""

from collections.abc import Mapping

import msgspec
from msgspec import Struct

from library.asking import Instead
from library.catalog import AnalysedPage
from library.fragments import cut
from library.model import Audience, Document, DocumentId, Practice
from library.search import After, Expansion, Facet, Fragment, Hit, SearchQuery
from library.shelf import Shelved

Pages = Mapping[tuple[DocumentId, int], AnalysedPage]
"""(document, place in its row of pages, from 0) -> page."""


class Found(Struct, frozen=True):
    """A hit with what a page of results shows of it."""

    hit: Hit
    document: Document
    fragments: tuple[Fragment, ...]
    title_spans: dict[str, tuple[tuple[int, int], ...]]
    """Language of a title -> which of its characters matched."""


class Answer(Struct, frozen=True, kw_only=True):
    asked: SearchQuery
    """What was searched in the end: weaker than what was asked where that found nothing."""
    total: int
    found: tuple[Found, ...]
    facets: dict[str, Facet]
    expansions: tuple[Expansion, ...]
    mended: str
    """What was asked instead of words that nobody wrote; empty where all was asked as typed."""
    instead: tuple[Instead, ...]
    """Other questions that would find something, where this one found nothing that has all of it."""
    warnings: tuple[str, ...]
    next: After | None
    """Where the next page goes on; None at the end."""


class Reading(Struct, frozen=True):
    """What a reader of a document turns through."""

    numbers: tuple[int, ...]
    """Of its pages."""
    matching: tuple[int, ...]
    """The numbers of those in which something matches, the best first."""


def found(hit: Hit, shelved: Shelved, audience: Audience) -> Found:
    """The hit with its fragments, the best first, and with the places in its titles that matched."""
    fragments: list[Fragment] = []
    spans: dict[str, tuple[tuple[int, int], ...]] = {}
    for passage in hit.passages:
        match passage.zone:
            case "text" if (fragment := shelved.fragment(passage.table, passage.tokens)) is not None:
                fragments.append(fragment)
            case "about" if passage.table < len(described := shelved.described()):
                fragments.append(cut(described[passage.table], passage.tokens))
            case "title" if (matched := shelved.title_spans(passage.table, passage.tokens)) is not None:
                language, found_spans = matched
                spans[language] = found_spans
    return Found(hit, for_eyes(shelved.document, audience), tuple(fragments), spans)


def for_eyes(document: Document, audience: Audience) -> Document:
    """The document without what this audience may not read of it."""
    match document:
        case Practice() if not audience.sees_caveats():
            return msgspec.structs.replace(document, caveats={})
        case _:
            return document
