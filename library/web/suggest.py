"""Suggestions while somebody types, as JSON."""

from typing import Annotated, Any
from urllib.parse import urlencode

from litestar import Request, get
from litestar.di import NamedDependency
from litestar.params import QueryParameter
from msgspec import Struct

from library.exchange import Exchange
from library.language import clean
from library.model import Audience, Scope
from library.suggestions import Suggestion
from library.web.access import needs
from library.web.languages import shown_language
from library.web.problems import documented
from library.web.results import document_link
from library.web.search import SEARCH
from library.web.vocabulary import Lang

MOST_SUGGESTIONS = 20
SUGGESTIONS = 8


class SuggestedItem(Struct, frozen=True):
    """One way to go on, which finds something."""

    kind: str
    """`word`, `concept`, `organisation` or `document`."""
    text: str
    """The word, the concept's label as it was typed, the name or the title."""
    q: str
    """What to search for then; of an organisation, without what was typed of its name."""
    filters: dict[str, list[str]]
    """What to narrow the search by then."""
    document: str | None
    total: int
    """How many documents `q` finds, with the filters."""
    link: str
    """That search or, of a document, itself."""


class SuggestAnswer(Struct, frozen=True):
    q: str
    suggestions: list[SuggestedItem]


@get(
    "/suggest",
    operation_id="suggest",
    opt=needs(Scope.SEARCH),
    responses=documented(400, 401, 403, 503),
    tags=["search"],
    summary="How what is being typed may go on",
)
async def suggest(
    request: Request[Any, Any, Any],
    audience: NamedDependency[Audience],
    exchange: NamedDependency[Exchange],
    *,
    q: Annotated[str, QueryParameter(description="What was typed so far.")] = "",
    limit: Annotated[
        int, QueryParameter(description="How many suggestions at most.", ge=1, le=MOST_SUGGESTIONS)
    ] = SUGGESTIONS,
    lang: Lang = None,
) -> SuggestAnswer:
    """Words of the documents, concepts of the thesaurus, organisations and titles that begin so, with or without
    diacritics; what was typed before the last word is kept. Each finds something that the caller may see."""
    typed = clean(q)
    language = shown_language(lang, request.headers.get("accept-language"))
    found = await exchange.finding.suggest(typed, audience, language=language, limit=limit)
    return SuggestAnswer(typed, [_item(each) for each in found])


def _item(suggestion: Suggestion) -> SuggestedItem:
    only = suggestion.filter
    filters = {only.field: list(only.values)} if only is not None else {}
    asked = {"q": suggestion.q, **filters} if suggestion.q else filters
    return SuggestedItem(
        kind=suggestion.kind,
        text=suggestion.text,
        q=suggestion.q,
        filters=filters,
        document=suggestion.document,
        total=suggestion.total,
        link=document_link(suggestion.document) if suggestion.document else f"{SEARCH}?{urlencode(asked, doseq=True)}",
    )
