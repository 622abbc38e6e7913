"""How good is a ranking, given what was judged? Three measures, each with its source.

A ranking is a row of document ids, the best first; judgments are id -> degree, and what is absent has degree 0. A
document counts as relevant from degree 2 (`RELEVANT`): it answers the need, directly or largely.
"""

import math
from collections.abc import Iterable, Mapping, Sequence

from msgspec import Struct

NDCG_DEPTH = 10
DEPTH = 20
"""How far down a ranking is read at all: a page of results."""
RELEVANT = 2


class Figures(Struct, frozen=True):
    """The three measures of one ranking, or their means."""

    ndcg_at_10: float
    mrr: float
    recall_at_20: float


def figures(ranking: Sequence[str], judgments: Mapping[str, int]) -> Figures:
    return Figures(ndcg(ranking, judgments), reciprocal_rank(ranking, judgments), recall(ranking, judgments))


def mean(several: Sequence[Figures]) -> Figures:
    """The mean of each measure; every query counts the same, however many documents answer it."""
    return Figures(
        ndcg_at_10=sum(each.ndcg_at_10 for each in several) / len(several),
        mrr=sum(each.mrr for each in several) / len(several),
        recall_at_20=sum(each.recall_at_20 for each in several) / len(several),
    )


def ndcg(ranking: Sequence[str], judgments: Mapping[str, int]) -> float:
    """Normalised discounted cumulated gain of the first ten: DCG / DCG of the best possible ranking, where
    DCG = sum over ranks i = 1..10 of (2^g_i - 1) / log2(i + 1).

    The measure: Järvelin and Kekäläinen, Cumulated gain-based evaluation of IR techniques, ACM TOIS 20(4), 2002. The
    gain 2^g - 1 with this discount: Burges et al., Learning to rank using gradient descent, ICML 2005.
    """
    best = _dcg(sorted(judgments.values(), reverse=True))
    return _dcg(judgments.get(each, 0) for each in ranking[:NDCG_DEPTH]) / best


def reciprocal_rank(ranking: Sequence[str], judgments: Mapping[str, int]) -> float:
    """1 / the rank of the first relevant document; 0 where none is among the first 20. Its mean over queries is MRR.

    Voorhees, The TREC-8 Question Answering Track Report, TREC 1999.
    """
    for rank, each in enumerate(ranking[:DEPTH], 1):
        if judgments.get(each, 0) >= RELEVANT:
            return 1 / rank
    return 0.0


def recall(ranking: Sequence[str], judgments: Mapping[str, int]) -> float:
    """Relevant documents among the first 20 / all relevant ones.

    Manning, Raghavan and Schütze, Introduction to Information Retrieval, 2008, section 8.3, cut at a rank as in 8.4.
    """
    relevant = {each for each, degree in judgments.items() if degree >= RELEVANT}
    return len(relevant.intersection(ranking[:DEPTH])) / len(relevant)


def _dcg(degrees: Iterable[int]) -> float:
    first = list(degrees)[:NDCG_DEPTH]
    return sum((2.0**degree - 1) / math.log2(rank + 1) for rank, degree in enumerate(first, 1))
