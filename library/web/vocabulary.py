"""What a search page offers to choose from: organisations, terms of the agreed lists, concepts of the thesaurus."""

from typing import Annotated, Any, Literal

from litestar import Request, Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath, QueryParameter
from msgspec import Struct

from library.exchange import Exchange
from library.model import Organisation, Scope
from library.vocabulary import agreed_list, label, lists
from library.vocabulary.thesaurus import Concept, as_skos, concepts, pref_label, thesaurus_version
from library.web.access import OPEN, needs
from library.web.etags import is_known, weak_etag
from library.web.languages import shown_language
from library.web.parameters import refuse_unknown_parameters
from library.web.problems import documented

ServedLanguage = Literal["cs", "en", "uk", "sk", "pl", "ru", "de", "vi", "ar", "fr", "es"]
TURTLE = "text/turtle"
KEPT = "public, max-age=3600"
"""The thesaurus changes with a release of the library only, and is nobody's secret."""
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


class VocabularyLists(Struct, frozen=True):
    lists: list[str]


class VocabularyConcept(Struct, frozen=True):
    id: str
    label: str
    labels: dict[str, list[str]]
    """By language, the preferred one first."""
    broader: list[str]
    narrower: list[str]
    related: list[str]
    topic: str
    """The term of the list `topic` that it is; empty for most."""


class VocabularyConcepts(Struct, frozen=True):
    id: str
    language: str
    concepts: list[VocabularyConcept]


class SharingOrganisation(Struct, frozen=True):
    id: str
    name: str
    url: str
    invented: bool


class SharingOrganisations(Struct, frozen=True):
    organisations: list[SharingOrganisation]


@get(
    "/vocabulary",
    operation_id="vocabulary_lists",
    opt=needs(Scope.SEARCH),
    responses=documented(400, 401, 403),
    tags=["vocabulary"],
    summary="Which agreed lists there are",
)
async def vocabulary_lists() -> VocabularyLists:
    return VocabularyLists(list(lists()))


@get(
    "/vocabulary/{list_id:str}",
    operation_id="vocabulary_list",
    opt=needs(Scope.SEARCH),
    responses=documented(400, 401, 403, 404),
    tags=["vocabulary"],
    summary="The terms of an agreed list",
)
async def vocabulary_list(request: Request[Any, Any, Any], list_id: FromPath[str], lang: Lang = None) -> VocabularyList:
    """A list is named like the search's filter that takes its terms."""
    return _list(list_id, shown_language(lang, request.headers.get("accept-language")))


@get(
    "/vocabulary/concepts",
    operation_id="vocabulary_concepts",
    opt=needs(Scope.SEARCH),
    responses=documented(400, 401, 403),
    tags=["vocabulary"],
    summary="The concepts of the thesaurus",
)
async def vocabulary_concepts(request: Request[Any, Any, Any], lang: Lang = None) -> VocabularyConcepts:
    """What the search's filter `concept` takes, by all its names. In SKOS it stands at /vocabulary/concepts.ttl."""
    language = shown_language(lang, request.headers.get("accept-language"))
    return VocabularyConcepts("concepts", language, [_concept(concept, language) for concept in concepts().values()])


@get(
    "/vocabulary/concepts.ttl",
    operation_id="vocabulary_concepts_in_skos",
    opt=OPEN,
    guards=[refuse_unknown_parameters],
    security=[{}],
    media_type=TURTLE,
    responses=documented(400),
    tags=["vocabulary"],
    summary="The thesaurus in SKOS, as Turtle",
)
async def vocabulary_concepts_in_skos(request: Request[Any, Any, Any]) -> Response[str]:
    """The scheme is named by this address without `.ttl`, a concept by that, a slash and its id."""
    base_url = f"{str(request.base_url).rstrip('/')}/vocabulary/concepts"
    headers = {"ETag": weak_etag(base_url, thesaurus_version()), "Cache-Control": KEPT}
    if is_known(request.headers.get("if-none-match"), headers["ETag"]):
        return Response("", status_code=304, headers=headers)
    return Response(as_skos(base_url), media_type=TURTLE, headers=headers)


@get(
    "/topics",
    operation_id="topics",
    opt=needs(Scope.SEARCH),
    responses=documented(400, 401, 403),
    tags=["vocabulary"],
    summary="What documents are about",
)
async def topics(request: Request[Any, Any, Any], lang: Lang = None) -> VocabularyList:
    """The same as the agreed list `topic`."""
    return _list("topic", shown_language(lang, request.headers.get("accept-language")))


@get(
    "/organisations",
    operation_id="organisations",
    opt=needs(Scope.SEARCH),
    responses=documented(400, 401, 403),
    tags=["vocabulary"],
    summary="Who shares documents",
)
async def organisations(exchange: NamedDependency[Exchange]) -> SharingOrganisations:
    """All organisations, whether or not they have shared anything yet."""
    return SharingOrganisations([_shared_by(each) for each in await exchange.accounts.organisations()])


@get(
    "/organisations/{organisation_id:str}",
    operation_id="organisation",
    opt=needs(Scope.SEARCH),
    responses=documented(400, 401, 403, 404),
    tags=["vocabulary"],
    summary="One organisation",
)
async def organisation(organisation_id: FromPath[str], exchange: NamedDependency[Exchange]) -> SharingOrganisation:
    return _shared_by(await exchange.accounts.organisation(organisation_id))


def _shared_by(organisation: Organisation) -> SharingOrganisation:
    return SharingOrganisation(organisation.id, organisation.name, organisation.url, organisation.invented)


def _list(list_id: str, language: str) -> VocabularyList:
    terms = [
        VocabularyTerm(term.id, label(list_id, term.id, language), term.labels) for term in agreed_list(list_id).terms
    ]
    return VocabularyList(list_id, language, terms)


def _concept(concept: Concept, language: str) -> VocabularyConcept:
    return VocabularyConcept(
        id=concept.id,
        label=pref_label(concept.id, language),
        labels={spoken: list(labels) for spoken, labels in concept.labels.items()},
        broader=list(concept.broader),
        narrower=list(concept.narrower),
        related=list(concept.related),
        topic=concept.topic,
    )
