"""In which language labels are shown, and staff are told of their files."""

from collections.abc import Container, Mapping
from types import MappingProxyType
from typing import Annotated, Any, Literal

from litestar import Request
from litestar.params import QueryParameter

from library import words
from library.language import LANGUAGES

DEFAULT = "en"

StaffLang = Annotated[
    Literal["cs", "en", "uk"] | None,
    QueryParameter(name="lang", description="The language of sentences; else by Accept-Language, else English."),
]


def words_for(asked: str | None, request: Request[Any, Any, Any]) -> words.Words:
    """What staff are told, in their language."""
    return words.words(asked or first_accepted(request.headers.get("accept-language"), words.LANGUAGES))


def shown_language(asked: str | None, accepted: str | None) -> str:
    """The language asked for, else the first served one of an Accept-Language header, else English."""
    return asked or first_accepted(accepted, LANGUAGES)


def first_accepted(
    accepted: str | None, served: Container[str], nearest: Mapping[str, str] = MappingProxyType({})
) -> str:
    """The first language of an Accept-Language header that is served, or whose nearest one is; else English."""
    preferred = (nearest.get(language, language) for language in _preferred(accepted or ""))
    return next((language for language in preferred if language in served), DEFAULT)


def _preferred(accepted: str) -> list[str]:
    """`cs-CZ,uk;q=0.8,en;q=0.5` -> cs, uk, en. What cannot be read counts for nothing."""
    ranked = []
    for part in accepted.split(","):
        tag, _, parameter = part.strip().partition(";")
        ranked.append((_quality(parameter), tag.split("-")[0].strip().lower()))
    return [language for quality, language in sorted(ranked, key=lambda pair: -pair[0]) if quality > 0]


def _quality(parameter: str) -> float:
    name, _, value = parameter.strip().partition("=")
    if name != "q":
        return 1.0
    try:
        return float(value)
    except ValueError:
        return 0.0
