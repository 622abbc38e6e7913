"""What a search's answer looks like as JSON."""

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote, urlencode

import msgspec
from msgspec import Struct

from library.answers import Answer, Found
from library.model import Document, LocalizedText, OrganisationId, Practice, kind_of, missing_to_publish
from library.search import Expansion, Facet, Fragment, SearchQuery
from library.syntax import understood
from library.vocabulary import label, lists
from library.vocabulary.thesaurus import concepts, pref_label

API = "/api/v1"
Span = tuple[int, int]
"""Start and end in characters (Unicode code points) of the text beside it."""
Names = Mapping[OrganisationId, str]


class OrganisationName(Struct, frozen=True):
    id: str
    name: str


class DocumentPlace(Struct, frozen=True):
    country: str
    region: str
    municipality: str


class FoundFragment(Struct, frozen=True):
    field: str
    page: int | None
    text: str
    spans: list[Span]
    link: str


class FoundLinks(Struct, frozen=True):
    self: str
    file: str | None


class FoundReason(Struct, frozen=True):
    """One of the things asked for, as it was found in an item, and where it stands best."""

    typed: str
    how: str
    """`word` in any of its forms, `phrase`, `prefix`, `concept` of the thesaurus, or another word of its `family`."""
    meant: list[str]
    """The names of the concepts, or the words of the family, that were found; of the others, nothing."""
    forms: list[str]
    """The words as they stand in the text."""
    field: str
    page: int | None
    language: str
    """Of the text that they stand in (ISO 639-1); empty where it is not known."""
    score: float
    share: float
    """Of the sum of the item's reasons, from 0 to 1."""


class FoundItem(Struct, frozen=True):
    """A document as a list shows it; never its full text."""

    id: str
    kind: str
    title: LocalizedText
    title_spans: dict[str, list[Span]]
    summary: LocalizedText
    organisation: OrganisationName
    topics: list[str]
    languages: list[str]
    year: int | None
    place: DocumentPlace | None
    evidence: str
    """Of a practice: on what its results rest; empty where nobody said."""
    visibility: str
    incomplete: bool
    score: float
    fragments: list[FoundFragment]
    explanation: list[FoundReason]
    """Why it was found, the greatest share first; empty unless `explain=true` asked for it."""
    links: FoundLinks


ITEM_FIELDS = FoundItem.__struct_fields__


class QueryExpansion(Struct, frozen=True):
    word: str
    meant: list[str] = msgspec.field(name="as")
    why: str


class QueryEcho(Struct, frozen=True):
    q: str
    understood: str
    expansions: list[QueryExpansion]
    filters: dict[str, list[str]]
    sort: str


class FacetValue(Struct, frozen=True):
    value: str
    label: str
    count: int
    selected: bool


class FacetCounts(Struct, frozen=True):
    values: list[FacetValue]
    other: int
    missing: int


class OtherQuestion(Struct, frozen=True):
    """What else to ask, where nothing has all that was asked for."""

    why: str
    """`did_you_mean`, `without_filters`, `fewer_words` or `broader`."""
    q: str
    total: int
    link: str


class SearchAnswer(Struct, frozen=True):
    query: QueryEcho
    total: int
    total_relation: str
    page: int
    per_page: int
    took_ms: float
    items: list[FoundItem]
    facets: dict[str, FacetCounts]
    did_you_mean: str | None
    instead: list[OtherQuestion]
    next_cursor: str | None
    warnings: list[str]


def with_fields(answer: Struct, fields: Sequence[str]) -> bytes:
    """The answer as JSON; of each of its `items` these fields and the id, or all where none are named."""
    if not fields:
        return msgspec.json.encode(answer)
    written: dict[str, Any] = msgspec.to_builtins(answer)
    written["items"] = [
        {name: item[name] for name in item if name == "id" or name in fields} for item in written["items"]
    ]
    return msgspec.json.encode(written)


def query_echo(q: str, answer: Answer, language: str) -> QueryEcho:
    """What was asked for, as it was understood: weaker than typed where nothing had all of the words."""
    return QueryEcho(
        q=q,
        understood=understood(answer.asked.match),
        expansions=[_expansion(expansion, language) for expansion in answer.expansions],
        filters=_filters(answer.asked),
        sort=answer.asked.sort.value,
    )


def found_item(found: Found, q: str, names: Names, reasons: Sequence[FoundReason] = ()) -> FoundItem:
    document = found.document
    return FoundItem(
        id=document.id,
        kind=kind_of(document),
        title=document.title,
        title_spans={language: list(spans) for language, spans in found.title_spans.items()},
        summary=document.summary,
        organisation=organisation_name(document, names),
        topics=list(document.topics),
        languages=list(document.languages),
        year=document.year,
        place=_place(document),
        evidence=document.evidence if isinstance(document, Practice) else "",
        visibility=document.visibility.value,
        incomplete=bool(missing_to_publish(document)),
        score=found.hit.score,
        fragments=[_fragment(document, fragment, q) for fragment in found.fragments],
        explanation=list(reasons),
        links=FoundLinks(self=document_link(document.id), file=_first_file(document)),
    )


def facet_counts(field: str, facet: Facet, language: str, names: Names) -> FacetCounts:
    return FacetCounts(
        values=[
            FacetValue(count.value, _label(field, count.value, language, names), count.count, count.selected)
            for count in facet.values
        ],
        other=facet.other,
        missing=facet.missing,
    )


def organisation_name(document: Document, names: Names) -> OrganisationName:
    return OrganisationName(document.organisation, names.get(document.organisation, document.organisation))


def document_link(document: str) -> str:
    return f"{API}/documents/{quote(document, safe='')}"


def file_link(document: str, name: str) -> str:
    return f"{document_link(document)}/files/{quote(name, safe='')}"


def version_link(document: str, version: int) -> str:
    return f"{document_link(document)}/versions/{version}"


def page_link(document: str, page: int, q: str) -> str:
    return f"{document_link(document)}/pages/{page}" + (f"?{urlencode({'q': q})}" if q else "")


def _place(document: Document) -> DocumentPlace | None:
    place = document.place
    return None if place is None else DocumentPlace(place.country, place.region, place.municipality)


def _first_file(document: Document) -> str | None:
    return file_link(document.id, document.files[0].name) if document.files else None


def _fragment(document: Document, fragment: Fragment, q: str) -> FoundFragment:
    link = document_link(document.id) if fragment.page is None else page_link(document.id, fragment.page, q)
    return FoundFragment(fragment.field, fragment.page, fragment.text, list(fragment.spans), link)


def _expansion(expansion: Expansion, language: str) -> QueryExpansion:
    shown = [pref_label(each, language) if expansion.why == "concept" else each for each in expansion.meant]
    return QueryExpansion(expansion.word, shown, expansion.why)


def _filters(asked: SearchQuery) -> dict[str, list[str]]:
    """All that narrowed the search, by the names of the parameters."""
    echo = {f"not_{each.field}" if each.excluded else each.field: list(each.values) for each in asked.filters}
    bounds = {"year_from": asked.year_from, "year_to": asked.year_to}
    echo |= {name: [str(bound)] for name, bound in bounds.items() if bound is not None}
    if asked.added_since is not None:
        echo["added_since"] = [asked.added_since.isoformat()]
    return echo


def _label(field: str, value: str, language: str, names: Names) -> str:
    match field:
        case "organisation":
            return names.get(value, value)
        case "concept" if value in concepts():
            return pref_label(value, language)
        case _:
            return label(field, value, language) if field in lists() else value
