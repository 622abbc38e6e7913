"""Which concepts there are, and what they are called.

The concepts stand in `concepts/*.toml`, a table each, in the terms of SKOS: `broader` and `related` name other
concepts, `topic` the term of the agreed list that the concept is, and every other key is a language (ISO 639-1) with
its labels: the preferred one first, then what else people type. `related` holds both ways, so it is written once.
"""

import tomllib
from collections.abc import Iterator, Mapping
from difflib import SequenceMatcher
from functools import cache
from hashlib import blake2b
from importlib.resources import files
from typing import Any
from urllib.parse import quote

import msgspec
from msgspec import Struct

from library.errors import NotFound

_LINKS = ("broader", "related", "topic")
_SCHEME_TITLE = {
    "cs": "Tezaurus migrace a integrace",
    "en": "Thesaurus of migration and integration work",
    "uk": "Тезаурус міграції та інтеграції",
}
_LICENCE = "https://creativecommons.org/publicdomain/zero/1.0/"
ALIKE = 0.6
"""How alike an inflected word and its label are at least: twice the common letters / all letters."""
_URL_CHARACTERS = "%:/?#[]@!$&'()*+,;="
"""What RFC 3986 lets stand in a URL, beside letters and digits; Turtle allows nothing else that matters."""


class Concept(Struct, frozen=True):
    """One thing that members write about, by whatever word."""

    id: str
    labels: dict[str, tuple[str, ...]]
    """ISO 639-1 code -> labels, the preferred one first; Czech, English and Ukrainian at least."""
    broader: tuple[str, ...] = ()
    narrower: tuple[str, ...] = ()
    related: tuple[str, ...] = ()
    topic: str = ""
    """The term of the agreed list `topic` that this concept is; empty for most."""


@cache
def concepts() -> dict[str, Concept]:
    """Every concept by its id; read once."""
    written = _written()
    narrower = _turned_around(written, "broader")
    related = _turned_around(written, "related")
    return {
        concept_id: Concept(
            id=concept_id,
            labels={key: tuple(labels) for key, labels in said.items() if key not in _LINKS},
            broader=tuple(said.get("broader", ())),
            narrower=tuple(sorted(narrower[concept_id])),
            related=tuple(sorted({*said.get("related", ()), *related[concept_id]})),
            topic=said.get("topic", ""),
        )
        for concept_id, said in written.items()
    }


@cache
def thesaurus_version() -> str:
    """Changes with every change of a concept."""
    return blake2b(msgspec.msgpack.encode(_written()), digest_size=6).hexdigest()


def _written() -> dict[str, dict[str, Any]]:
    themes = sorted((files("library.vocabulary") / "concepts").iterdir(), key=lambda theme: theme.name)
    return {
        concept_id: said
        for theme in themes
        for concept_id, said in tomllib.loads(theme.read_text(encoding="utf-8")).items()
    }


def _turned_around(written: Mapping[str, Mapping[str, Any]], link: str) -> dict[str, set[str]]:
    """For each concept, those whose link points at it. Raises KeyError where a link leads nowhere."""
    pointing: dict[str, set[str]] = {concept_id: set() for concept_id in written}
    for concept_id, said in written.items():
        for target in said.get(link, ()):
            pointing[target].add(concept_id)
    return pointing


def pref_label(concept_id: str, language: str) -> str:
    """What the concept is called in this language, else in English. Raises NotFound where there is no such concept."""
    if concept_id not in concepts():
        raise NotFound(f"there is no concept {concept_id!r} in the thesaurus")
    labels = concepts()[concept_id].labels
    return labels.get(language, labels["en"])[0]


def language_of_label(concept_id: str, typed: str) -> str:
    """In which language these words, in whatever inflection, are most like a label of the concept; `cs` if in none."""
    labels = concepts()[concept_id].labels
    likeness = {
        language: max(SequenceMatcher(None, typed.lower(), label.lower()).ratio() for label in some)
        for language, some in labels.items()
    }
    best = max(likeness, key=lambda language: likeness[language])
    return best if likeness[best] >= ALIKE else "cs"


def as_skos(base_url: str) -> str:
    """The whole thesaurus in SKOS, as Turtle: the scheme is `<base_url>`, a concept `<base_url/its-id>`."""
    base = quote(base_url.rstrip("/"), safe=_URL_CHARACTERS)
    everything = concepts().values()
    return "\n".join((_prefixes(), _scheme(base), *(_in_turtle(concept, base) for concept in everything)))


def _prefixes() -> str:
    return (
        "@prefix dct: <http://purl.org/dc/terms/> .\n"
        "@prefix skos: <http://www.w3.org/2004/02/skos/core#> .\n"
    )  # fmt: skip


def _scheme(base: str) -> str:
    return _statements(
        f"<{base}>",
        ("a", "skos:ConceptScheme"),
        *(("dct:title", _text(title, language)) for language, title in _SCHEME_TITLE.items()),
        ("dct:license", f"<{_LICENCE}>"),
        *(("skos:hasTopConcept", f"<{base}/{c.id}>") for c in concepts().values() if not c.broader),
    )


def _in_turtle(concept: Concept, base: str) -> str:
    return _statements(
        f"<{base}/{concept.id}>",
        ("a", "skos:Concept"),
        ("skos:inScheme", f"<{base}>"),
        *_labels_in_turtle(concept),
        *(("skos:broader", f"<{base}/{other}>") for other in concept.broader),
        *(("skos:narrower", f"<{base}/{other}>") for other in concept.narrower),
        *(("skos:related", f"<{base}/{other}>") for other in concept.related),
    )


def _labels_in_turtle(concept: Concept) -> Iterator[tuple[str, str]]:
    for language, (preferred, *others) in concept.labels.items():
        yield "skos:prefLabel", _text(preferred, language)
        yield from (("skos:altLabel", _text(label, language)) for label in others)


def _statements(subject: str, *said: tuple[str, str]) -> str:
    return f"{subject}\n" + " ;\n".join(f"    {verb} {thing}" for verb, thing in said) + " .\n"


def _text(text: str, language: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\r", "\\r")
    return f'"{escaped}"@{language}'
