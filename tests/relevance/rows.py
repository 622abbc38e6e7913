"""Which texts are asked together, as one row of the table, and on which documents each of them is judged?

cs written      Czech queries as they were written; folded, inflected and typo likewise
cs, in en       the same needs as a colleague types them in English, judged on documents in any language
en -> cs        texts in English (queries in English, and English variants) whose need some document in Czech
                answers: judgments and ranking are both narrowed to documents in Czech
cs -> cs        likewise, within one language: what a search without a bridge between languages can reach at best; and
                the same folded, inflected and with a slip
"""

from collections.abc import Iterator, Mapping, Sequence
from itertools import chain

from msgspec import Struct

from tests.relevance.collection import Judgments, Query, variants
from tests.relevance.measures import RELEVANT

ASKED_IN = ("en", "uk")
DIRECTIONS = (("cs", "cs"), ("en", "cs"), ("uk", "cs"), ("cs", "en"), ("cs", "uk"))

FORMS = ("written", "folded", "inflected", "typo")
"""How a query is typed in its own language."""


class Asked(Struct, frozen=True, kw_only=True):
    """One text, and what it should find."""

    query: Query
    variant: str
    typed: str
    judgments: Judgments
    only: str = ""
    """The language of the documents that count; empty: all do."""


class Row(Struct, frozen=True):
    name: str
    asked: tuple[Asked, ...]


def rows(queries: Sequence[Query], languages: Mapping[str, str]) -> list[Row]:
    """The rows of these queries that have anything in them. `languages`: document id -> its language."""
    every = chain(_typed_rows(queries), _translated_rows(queries), _directed_rows(queries, languages))
    return [row for row in every if row.asked]


def _typed_rows(queries: Sequence[Query]) -> Iterator[Row]:
    for language in sorted({query.language for query in queries}):
        of_language = [query for query in queries if query.language == language]
        for name in FORMS:
            if name == "folded" and not any(_loses_by_folding(query) for query in of_language):
                continue  # the same texts as written
            yield Row(f"{language} {name}", tuple(_asked(query, name) for query in of_language if _has(query, name)))


def _translated_rows(queries: Sequence[Query]) -> Iterator[Row]:
    for language in sorted({query.language for query in queries}):
        for name in ASKED_IN:
            asked = tuple(_asked(query, name) for query in queries if query.language == language and _has(query, name))
            yield Row(f"{language}, in {name}", asked)


def _directed_rows(queries: Sequence[Query], languages: Mapping[str, str]) -> Iterator[Row]:
    for typed, answered in DIRECTIONS:
        for form in FORMS if typed == answered else FORMS[:1]:
            asked = (_directed(query, typed, answered, languages, form) for query in queries)
            name = f"{typed} -> {answered}" + (f" {form}" if form != FORMS[0] else "")
            yield Row(name, tuple(each for each in asked if each is not None))


def _directed(query: Query, typed: str, answered: str, languages: Mapping[str, str], form: str) -> Asked | None:
    variant = form if query.language == typed else typed
    judgments = {each: degree for each, degree in query.judgments.items() if languages[each] == answered}
    if not _has(query, variant) or max(judgments.values(), default=0) < RELEVANT:
        return None
    return Asked(query=query, variant=variant, typed=variants(query)[variant], judgments=judgments, only=answered)


def _asked(query: Query, variant: str) -> Asked:
    return Asked(query=query, variant=variant, typed=variants(query)[variant], judgments=query.judgments)


def _has(query: Query, variant: str) -> bool:
    return variant in variants(query)


def _loses_by_folding(query: Query) -> bool:
    typed = variants(query)
    return typed["written"].lower() != typed["folded"]
