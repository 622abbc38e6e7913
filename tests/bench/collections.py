"""Which collections are searched: their names, and their documents."""

from collections.abc import Callable, Iterator
from itertools import islice
from typing import NamedTuple

from tests.bench import corpus, real_text
from tests.bench.corpus import WORDS, Generated


class Collection(NamedTuple):
    """Documents to search; an engine is filled with them in a folder of this name."""

    name: str
    size: int
    """At most: of real text there may be less."""
    written: Callable[[int], Iterator[Generated]]
    """So many of them, always the same."""
    words: int = WORDS
    """Of each, about."""
    without: tuple[str, ...] = ()
    """Engines that are left out: they would take longer to be filled than all the rest."""

    def documents(self, most: int | None = None) -> list[Generated]:
        return list(islice(self.written(self.size if most is None else most), most))


def _generated(size: int) -> Collection:
    return Collection(str(size), size, corpus.documents, without=SLOW if size > FEW_ENOUGH else ())


SLOW = ("whoosh",)
"""Stock Whoosh had not taken in 100,000 documents after fifteen minutes of a processor."""
FEW_ENOUGH = 10_000
"""Documents of 300 words that it takes in within a minute or two."""
PAGES, WORDS_OF_A_PAGE = 100, 100


COLLECTIONS = {
    each.name: each
    for each in (
        *map(_generated, (1_000, 10_000, 75_000, 100_000)),
        # Of few and short texts, so that all engines can be filled within half a minute.
        Collection("short", 5_000, lambda count: corpus.documents(count, length=40, different=4_000), 40),
        Collection(
            "long",
            2_000,
            lambda count: corpus.documents(count, length=PAGES * WORDS_OF_A_PAGE, pages=PAGES),
            PAGES * WORDS_OF_A_PAGE,
            SLOW,
        ),
        Collection("real", 10_000, lambda count: iter(real_text.documents(count))),
    )
}
