"""python -m tests.relevance.agreement: how far those agree who judged the same passages for the same queries.

`second_opinions.tsv` has two further opinions on every passage that one of the systems had among its first ten for a
query of table `main`, as written and in English and Ukrainian (of the simple systems these only with stems).
`handbook_opinions.tsv` has the two opinions of which the judgments of table `handbook` are made.
"""

import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import combinations
from pathlib import Path
from typing import NamedTuple

from tests.relevance.collection import Table, load_collection, part_of

FOLDER = Path(__file__).parent
OPINIONS: dict[Table, Path] = {
    "main": FOLDER / "second_opinions.tsv",
    "handbook": FOLDER / "handbook_opinions.tsv",
}


class Judged(NamedTuple):
    """The degrees that one passage has for one query: of who wrote the query, where they judged, and of two others."""

    query: str
    passage: str
    degrees: tuple[int, ...]


def judged(table: Table) -> Iterator[Judged]:
    """Every passage that several have judged."""
    first = {query.id: query.judgments for query in part_of(load_collection(), table).queries}
    _, *lines = OPINIONS[table].read_text(encoding="utf-8").splitlines()
    for query, passage, *opinions in (line.split("\t") for line in lines):
        own = (first[query].get(passage, 0),) if table == "main" else ()
        yield Judged(query, passage, (*own, *map(int, opinions)))


def kappa(pairs: Sequence[tuple[bool, bool]]) -> float:
    """Cohen's kappa (Educational and Psychological Measurement 20, 1960): 1 where two always say the same, 0 where
    they agree as often as by chance."""
    counted = Counter(pairs)
    agreed = (counted[True, True] + counted[False, False]) / len(pairs)
    one, other = (sum(pair[place] for pair in pairs) / len(pairs) for place in (0, 1))
    by_chance = one * other + (1 - one) * (1 - other)
    return (agreed - by_chance) / (1 - by_chance)


def main() -> int:
    """Print the agreement of each two judges on whether a degree is reached."""
    for table in OPINIONS:
        all_degrees = [each.degrees for each in judged(table)]
        print(f"{table}: {len(all_degrees)} passages; Cohen's kappa on whether the degree is at least")
        print("judges        1      2      3")
        for one, other in combinations(range(len(all_degrees[0])), 2):
            figures = [
                kappa([(each[one] >= least, each[other] >= least) for each in all_degrees]) for least in (1, 2, 3)
            ]
            print(f"{one + 1} and {other + 1}   ", "  ".join(f"{figure:.3f}" for figure in figures))
    return 0


if __name__ == "__main__":
    sys.exit(main())
