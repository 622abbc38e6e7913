"""What a document is about, as a question that finds the ones like it."""

from collections import Counter
from collections.abc import Iterator

from library.language import is_function_key
from library.search import Clause, Concept, IndexEntry, Lemma, Some

MOST_CONCEPTS = 12
MOST_LEMMAS = 25
"""Terms of a document that are asked for: those that stand in it most often; how rare each is, the score says."""
SHORTEST = 4
"""Letters of a lemma below which it says little."""
IN_TITLE = 5
"""Times that a word of the title counts."""


def like(entry: IndexEntry) -> Clause:
    """At least two of what the document has most of."""
    concepts: Counter[str] = Counter()
    lemmas: Counter[str] = Counter()
    for worth, zone in ((IN_TITLE, entry.title), (2, entry.about), (1, entry.text)):
        for table in zone:
            times = Counter(table.ids.tolist())
            for number, form in enumerate(table.forms):
                lemmas.update({key: worth * times[number] for key in form.lemmas if _says_something(key)})
            concepts.update({named.concept: worth * len(named.places) for named in table.concepts})
    return Some(tuple(_most(concepts, lemmas)), at_least=2)


def _most(concepts: Counter[str], lemmas: Counter[str]) -> Iterator[Clause]:
    yield from (Concept(concept) for concept, _ in concepts.most_common(MOST_CONCEPTS))
    yield from (Lemma((key,)) for key, _ in lemmas.most_common(MOST_LEMMAS))


def _says_something(key: str) -> bool:
    return len(key.partition(":")[2]) >= SHORTEST and not is_function_key(key)
