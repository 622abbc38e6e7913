"""Why a document was found: which words stand where in it, in which form, and what each adds to its score."""

from collections.abc import Iterator, Mapping, Sequence

from msgspec import Struct

from library.model import Audience, DocumentId
from library.search import (
    Clause,
    Concept,
    Every,
    Hit,
    Lemma,
    OneOf,
    Passage,
    Phrase,
    Prefix,
    SearchIndex,
    SearchQuery,
    Some,
)
from library.syntax import understood


class Share(Struct, frozen=True):
    """One of the things asked for, as it was found in a document."""

    typed: str
    how: str
    """`word` in any of its forms, `phrase`, `prefix`, `concept` of the thesaurus, or a word of its `family`."""
    meant: tuple[str, ...]
    """The ids of concepts, or the lemma keys of a family, that were found; of the others, nothing."""
    score: float
    passages: tuple[Passage, ...]
    """Where it stands best."""


async def shares(
    match: Clause, hits: Sequence[Hit], index: SearchIndex, audience: Audience
) -> Mapping[DocumentId, tuple[Share, ...]]:
    """For each hit of a search for `match`, what was found of it, the greatest share first."""
    found: dict[DocumentId, list[Share]] = {hit.id: [] for hit in hits}
    for part in _parts(match):
        best: dict[DocumentId, Share] = {}
        for clause, alone in _ways(part):
            asked = SearchQuery(match=alone, within=tuple(found), limit=len(found), fragments=1)
            for hit in (await index.search(asked, audience)).hits:
                share = _share(part, clause, hit)
                if hit.id not in best or share.score > best[hit.id].score:
                    best[hit.id] = share
        for document, share in best.items():
            found[document].append(share)
    return {document: tuple(sorted(some, key=lambda share: -share.score)) for document, some in found.items()}


def _parts(match: Clause) -> Iterator[Clause]:
    """What is added up."""
    match match:
        case Every(clauses) | Some(clauses):
            for part in clauses:
                yield from _parts(part)
        case _:
            yield match


def _ways(part: Clause) -> Iterator[tuple[Clause, Clause]]:
    """The ways to say it, of which the best counts; and each as it counts, while the others find nothing."""
    match part:
        case OneOf(clauses, weights, typed):
            for place, (clause, weight) in enumerate(zip(clauses, weights, strict=True)):
                alone = tuple(weight if other == place else 0.0 for other in range(len(clauses)))
                yield clause, OneOf(clauses, alone, typed)
        case _:
            yield part, part


def _share(part: Clause, clause: Clause, hit: Hit) -> Share:
    return Share(typed=understood(part), how=_how(clause), meant=_meant(clause), score=hit.score, passages=hit.passages)


def _how(clause: Clause) -> str:
    match clause:
        case Concept():
            return "concept"
        case Lemma():
            return "family"
        case Phrase():
            return "phrase"
        case Prefix():
            return "prefix"
        case _:
            return "word"


def _meant(clause: Clause) -> tuple[str, ...]:
    match clause:
        case Concept(concept):
            return (concept,)
        case Lemma(keys):
            return keys
        case _:
            return ()
