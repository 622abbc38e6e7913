"""Which terms an agreed list has, what a term is called in a language, and which terms of a description no list has."""

import tomllib
from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from functools import cache
from importlib.resources import files

from msgspec import Struct

from library.errors import NotFound, Reason
from library.words import because

FIELDS = {
    "kind": "kind",
    "languages": "language",
    "topics": "topic",
    "target_groups": "target_group",
    "nationalities": "nationality",
    "legal_statuses": "legal_status",
    "place.country": "country",
    "place.region": "region",
    "scale": "scale",
    "stage": "stage",
    "migrant_led": "migrant_led",
    "related.relation": "relation",
    "licence": "licence",
    "visibility": "visibility",
    "evidence": "evidence",
    "resources.cost_band": "cost_band",
    "transferability": "transferability",
    "study_type": "study_type",
    "methods": "method",
    "recommendations.addressee": "addressee",
    "recommendations.status": "recommendation_status",
}
"""The fields of `library.model` that hold terms, and the list that each takes them from."""


class Term(Struct, frozen=True):
    """One thing a field may say."""

    id: str
    labels: dict[str, str]
    """What it is called: ISO 639-1 code -> label; Czech, English and Ukrainian at least."""


class AgreedList(Struct, frozen=True):
    """The terms that the members agreed on for a field, in the order in which they are offered."""

    id: str
    """The facet's name, where the list belongs to one."""
    terms: tuple[Term, ...]


@cache
def lists() -> dict[str, AgreedList]:
    """Every agreed list by its id; read once."""
    written = tomllib.loads(files(__name__).joinpath("lists.toml").read_text(encoding="utf-8"))
    return {name: _agreed_list(name, written[terms.get("same_as", name)]) for name, terms in written.items()}


def _agreed_list(list_id: str, terms: Mapping[str, dict[str, str]]) -> AgreedList:
    return AgreedList(list_id, tuple(Term(term, labels) for term, labels in terms.items()))


def agreed_list(list_id: str) -> AgreedList:
    """The list with this id. Raises NotFound, which says which lists there are."""
    if list_id not in lists():
        raise NotFound(f"there is no agreed list {list_id!r}; the lists are: {', '.join(lists())}")
    return lists()[list_id]


def label(list_id: str, term_id: str, language: str) -> str:
    """What the term is called in this language, else in English; a term that the list has not is its own label.

    Raises NotFound where there is no such list.
    """
    labels = _labels(agreed_list(list_id).id).get(term_id, {})
    return labels.get(language) or labels.get("en", term_id)


@cache
def _labels(list_id: str) -> dict[str, dict[str, str]]:
    return {term.id: term.labels for term in lists()[list_id].terms}


def unknown_terms(fields: Mapping[str, object]) -> tuple[Reason, ...]:
    """Each term of a description (field names of `library.model`) that its agreed list has not, and the nearest one.

    Only terms are looked at: a value that is no text at all is for whoever makes the Document to refuse.
    """
    return tuple(
        _unknown(name, value, list_id)
        for path, list_id in FIELDS.items()
        if path.partition(".")[0] in fields
        for name, value in _texts(fields, path)
        if value not in _labels(list_id)
    )


def _texts(fields: Mapping[str, object], path: str) -> Iterator[tuple[str, str]]:
    """The texts at a dotted path, each with its exact name, such as `recommendations[1].addressee`."""
    first, _, rest = path.partition(".")
    for name, value in _each(first, fields.get(first)):
        match value:
            case Mapping() if rest:
                yield from ((f"{name}.{inner}", text) for inner, text in _texts(value, rest))
            case str() if value and not rest:
                yield name, value


def _each(name: str, value: object) -> Iterator[tuple[str, object]]:
    if isinstance(value, list | tuple):
        yield from ((f"{name}[{place}]", item) for place, item in enumerate(value))
    else:
        yield name, value


def _unknown(name: str, value: str, list_id: str) -> Reason:
    known = _labels(list_id)
    if nearest := get_close_matches(value, known, n=1):
        return because(name, "not-in-list-nearest", value=value, list=list_id, nearest=nearest[0])
    return because(name, "not-in-list", value=value, list=list_id, terms=", ".join(known))
