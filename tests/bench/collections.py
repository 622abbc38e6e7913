"""Which collections are searched: their names, and their documents."""

from collections.abc import Callable, Iterator
from itertools import islice
from typing import NamedTuple

from tests.bench import corpus, real_text
from tests.bench.corpus import Generated


class Collection(NamedTuple):
    """Documents to search; an engine is filled with them in a folder of this name."""

    name: str
    size: int
    """At most: of real text there may be less."""
    written: Callable[[int], Iterator[Generated]]
    """So many of them, always the same."""

    def documents(self, most: int | None = None) -> list[Generated]:
        return list(islice(self.written(self.size if most is None else most), most))


def _generated(size: int) -> Collection:
    return Collection(str(size), size, corpus.documents)


COLLECTIONS = {
    each.name: each
    for each in (
        *map(_generated, (1_000, 10_000, 75_000, 100_000)),
        # Of few and short texts, so that all engines can be filled within half a minute.
        Collection("short", 5_000, lambda count: corpus.documents(count, length=40, different=4_000)),
        Collection("real", 10_000, lambda count: iter(real_text.documents(count))),
    )
}
