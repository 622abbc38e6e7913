"""What is in the relevance collection, and does it keep its own rules?"""

import re
import tomllib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any, Literal

import msgspec
from msgspec import Struct

from ingest.metadata import read_description
from ingest.samples import FILES
from library.language import LANGUAGES, fold
from library.model import Audience, Visibility
from library.sidecars import SIDECAR

FOLDER = Path(__file__).parent
PUBLIC = Audience(today=date(2026, 11, 1))
"""Who asks all queries: somebody without a key, on a day that does not change."""

Over = Literal["passages", "samples"]
Set = Literal["development", "reported"]
Table = Literal["main", "paraphrase", "handbook", "samples"]
"""What is reported together: queries in usual words; those whose answers tend to avoid them; those over passages that
are written as handbooks are; those over the samples."""
Judgments = Mapping[str, int]
"""Document id -> degree, 1 to 3; absent is 0."""

_READ: Mapping[Table, tuple[str, ...]] = {"main": ("a", "b"), "paraphrase": ("a",), "handbook": ("h",), "samples": ()}
"""The parts whose passages were read for the judgments of a table: any other passage would count as no answer."""
_TABLES: Mapping[str, Table] = {"a": "paraphrase", "b": "main", "c": "main", "h": "handbook", "s": "samples"}
"""The part of a query -> its table."""
_PASSAGE_ID = re.compile(r"[a-z]\d{3}")
_QUERY_ID = re.compile(rf"q[{''.join(_TABLES)}]\d{{2,3}}")


class BadCollection(ValueError):
    """The collection breaks its rules; the message names every break."""


class Passage(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    id: str
    language: str
    title: str
    text: str


class Query(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An information need, how it may be typed, and what answers it."""

    id: str
    language: str
    set: Set
    need: str
    written: str
    inflected: str = ""
    typo: str = ""
    en: str = ""
    uk: str = ""
    judgments: dict[str, Literal[1, 2, 3]]
    over: Over = "passages"
    """What is searched: the passages, or the documents of the sample library."""


class Collection(Struct, frozen=True):
    passages: tuple[Passage, ...]
    queries: tuple[Query, ...]


def variants(query: Query) -> dict[str, str]:
    """Every way in which the query is typed: its name -> the text."""
    typed = {
        "written": query.written,
        "folded": fold(query.written),
        "inflected": query.inflected,
        "typo": query.typo,
        "en": query.en,
        "uk": query.uk,
    }
    return {name: text for name, text in typed.items() if text}


def load_collection(folder: Path = FOLDER) -> Collection:
    """Raises BadCollection."""
    collection = Collection(
        msgspec.convert(tuple(_rows(folder / "passages", "passage")), tuple[Passage, ...]),
        msgspec.convert(tuple(_rows(folder / "queries", "query")), tuple[Query, ...]),
    )
    if broken := list(problems(collection, public_samples())):
        raise BadCollection("; ".join(broken))
    return collection


def table_of(query: Query) -> Table:
    return _TABLES[query.id[1]]


def part_of(collection: Collection, table: Table) -> Collection:
    """The queries of one table, and the passages that were read for their judgments."""
    queries = tuple(query for query in collection.queries if table_of(query) == table)
    return Collection(tuple(each for each in collection.passages if each.id.startswith(_READ[table])), queries)


def public_samples() -> dict[str, tuple[str, ...]]:
    """The sample documents that anybody may see: id -> titles, from the descriptions beside the files."""
    described = [read_description(path) for path in sorted(FILES.glob(f"*{SIDECAR}"))]
    public = [
        said
        for said in described
        if PUBLIC.may_see(Visibility(said["visibility"]), said["organisation"], said.get("embargo_until"))
    ]
    return {said["id"]: tuple(said["title"].values()) for said in public}


def problems(collection: Collection, samples: Mapping[str, Sequence[str]]) -> Iterator[str]:
    """Every break of a rule, as a sentence. `samples`: id -> titles of the sample library's public documents."""
    titles: dict[Over, Mapping[str, Sequence[str]]] = {
        "passages": {passage.id: (passage.title,) for passage in collection.passages},
        "samples": samples,
    }
    yield from _passage_problems(collection.passages)
    yield from (f"{each} is the id of several queries" for each in _repeated(query.id for query in collection.queries))
    for query in collection.queries:
        yield from (f"{query.id}: {problem}" for problem in _query_problems(query, titles[query.over]))


def _passage_problems(passages: Sequence[Passage]) -> Iterator[str]:
    yield from (f"{each} is the id of several passages" for each in _repeated(passage.id for passage in passages))
    for passage in passages:
        if not _PASSAGE_ID.fullmatch(passage.id):
            yield f"'{passage.id}' is no passage id such as a001"
        if passage.language not in LANGUAGES:
            yield f"{passage.id}: '{passage.language}' is no language of the library"
        if not (passage.title.strip() and passage.text.strip()):
            yield f"{passage.id}: a passage needs a title and a text"


def _query_problems(query: Query, titles: Mapping[str, Sequence[str]]) -> Iterator[str]:
    if not _QUERY_ID.fullmatch(query.id):
        yield "this is no query id such as qa01"
    if query.language not in LANGUAGES:
        yield f"'{query.language}' is no language of the library"
    if not query.written.strip():
        yield "nothing is written"
    if unknown := sorted(query.judgments.keys() - titles.keys()):
        yield f"judges {', '.join(unknown)}, which cannot be found"
    if not any(degree >= 2 for degree in query.judgments.values()):  # the measures divide by how many there are
        yield "nothing answers it: no judgment of 2 or 3"
    if query.typo and fold(query.typo) == fold(query.written):
        yield "its error goes away with folding"
    called = {_plain(title) for each in titles.values() for title in each}
    yield from (f"its variant '{name}' is a title" for name, text in variants(query).items() if _plain(text) in called)


def _rows(folder: Path, name: str) -> Iterator[Mapping[str, Any]]:
    for path in sorted(folder.glob("*.toml")):
        yield from tomllib.loads(path.read_text(encoding="utf-8"))[name]


def _repeated(ids: Iterable[str]) -> list[str]:
    return [each for each, times in Counter(ids).items() if times > 1]


def _plain(text: str) -> str:
    return " ".join(re.findall(r"\w+", fold(text)))
