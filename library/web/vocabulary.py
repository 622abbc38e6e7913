"""What a search page offers to choose from: organisations, and the terms of the agreed lists with their labels."""

from typing import Annotated, Any, Literal

from litestar import Request, get
from litestar.di import NamedDependency
from litestar.params import FromPath, QueryParameter
from msgspec import Struct

from library.exchange import Exchange
from library.vocabulary import agreed_list, label
from library.web.languages import shown_language
from library.web.problems import documented

ServedLanguage = Literal["cs", "en", "uk", "sk", "pl", "ru", "de", "vi", "ar", "fr", "es"]
Lang = Annotated[
    ServedLanguage | None, QueryParameter(description="The language of labels; else by Accept-Language, else English.")
]


class VocabularyTerm(Struct, frozen=True):
    id: str
    label: str
    labels: dict[str, str]


class VocabularyList(Struct, frozen=True):
    id: str
    language: str
    terms: list[VocabularyTerm]


class SharingOrganisation(Struct, frozen=True):
    id: str
    name: str
    url: str
    invented: bool


class SharingOrganisations(Struct, frozen=True):
    organisations: list[SharingOrganisation]


@get(
    "/vocabulary/{list_id:str}",
    operation_id="vocabulary_list",
    responses=documented(400, 401, 404),
    tags=["vocabulary"],
    summary="The terms of an agreed list",
)
async def vocabulary_list(request: Request[Any, Any, Any], list_id: FromPath[str], lang: Lang = None) -> VocabularyList:
    """A list is named like the search's filter that takes its terms."""
    return _list(list_id, shown_language(lang, request.headers.get("accept-language")))


@get(
    "/topics",
    operation_id="topics",
    responses=documented(400, 401),
    tags=["vocabulary"],
    summary="What documents are about",
)
async def topics(request: Request[Any, Any, Any], lang: Lang = None) -> VocabularyList:
    """The same as the agreed list `topic`."""
    return _list("topic", shown_language(lang, request.headers.get("accept-language")))


@get(
    "/organisations",
    operation_id="organisations",
    responses=documented(400, 401),
    tags=["vocabulary"],
    summary="Who shares documents",
)
async def organisations(exchange: NamedDependency[Exchange]) -> SharingOrganisations:
    """All organisations, whether or not they have shared anything yet."""
    return SharingOrganisations(
        [
            SharingOrganisation(each.id, each.name, each.url, each.invented)
            for each in await exchange.accounts.organisations()
        ]
    )


def _list(list_id: str, language: str) -> VocabularyList:
    terms = [
        VocabularyTerm(term.id, label(list_id, term.id, language), term.labels) for term in agreed_list(list_id).terms
    ]
    return VocabularyList(list_id, language, terms)
