"""Entries -> the terms of each field with all their postings, as arrays: what a new segment is written from.

Every distinct form of a batch gets a number. What is counted and sorted are these numbers; a form's spelling, lemmas
and skeletons are looked at once a batch, not once a token.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from functools import partial
from itertools import chain, count, islice
from operator import attrgetter, is_
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from library.engines.whoosh.arrays import FieldPostings, Numbers, Placed, rows_of
from library.engines.whoosh.schema import (
    Stored,
    concept_field,
    facet_field,
    form_terms,
    lemma_field,
    skeleton_terms,
    stored,
    surface_field,
    zone_bounds,
    zone_tables,
)
from library.language import Form, Named, TokenTable
from library.search import FACETS, ZONES, IndexEntry


class _Runs(NamedTuple):
    """Which forms stand in which documents of a zone, by document and then by form: `forms[r]` in `documents[r]`, at
    the `counts[r]` positions from `firsts[r]` on."""

    forms: Numbers
    documents: Numbers
    firsts: Numbers
    counts: Numbers
    positions: Numbers


class _Labels:
    """Where labels of concepts stand in a zone, as its tables come in."""

    def __init__(self) -> None:
        self._numbers: defaultdict[str, int] = defaultdict(count().__next__)
        self._tables: list[tuple[int, int, int]] = []
        """Of each its document, its first position, and how many concepts it names."""
        self._concepts: list[int] = []
        self._counts: list[int] = []
        """Of those, table by table, their numbers, and at how many places each stands."""
        self._places: list[int] = []
        """Of each place the first token and how many there are, as they are in the table."""

    def add(self, document: int, first: int, concepts: Sequence[Named]) -> None:
        places = [named.places for named in concepts]
        self._tables.append((document, first, len(concepts)))
        self._concepts += map(self._numbers.__getitem__, map(attrgetter("concept"), concepts))
        self._counts += map(len, places)
        self._places += chain.from_iterable(chain.from_iterable(places))

    def postings(self, field: str) -> FieldPostings:
        """At every token of a label, so that all of it is pointed at, but each label counts once."""
        terms = sorted(self._numbers)
        rank_of = np.argsort(np.fromiter(map(self._numbers.__getitem__, terms), np.int64, len(terms)))
        counts = np.array(self._counts, np.int64)
        tables = np.array(self._tables, np.int64).reshape(-1, 3)
        table_of = np.repeat(np.repeat(np.arange(len(tables)), tables[:, 2]), counts)
        ranks = np.repeat(rank_of[np.array(self._concepts, np.int64)], counts)
        # They come by document and position: in this order they stay for each concept.
        order = in_order(ranks)
        ranks, (documents, shifts, _) = ranks[order], tables[table_of[order]].T
        firsts, lengths = np.array(self._places, np.int64).reshape(-1, 2)[order].T
        begins = np.flatnonzero(_differs(ranks) | _differs(documents))
        return FieldPostings(
            field=field,
            terms=[*map(str.encode, terms)],
            firsts=np.searchsorted(ranks[begins], np.arange(len(terms) + 1)),
            ids=documents[begins],
            weights=np.diff(np.append(begins, len(order))),
            placed=Placed(
                np.append(0, np.cumsum(lengths))[np.append(begins, len(order))],
                rows_of(shifts + firsts, lengths),
            ),
        )


class _Zone:
    """The tokens of one zone as they come in, a table at a time."""

    def __init__(self) -> None:
        self.labels = _Labels()
        self._settled: list[_Runs] = []
        self._begin()

    def _begin(self) -> None:
        self._forms: list[NDArray[np.int32]] = []
        self._documents: list[int] = []
        self._firsts: list[int] = []

    def add(self, document: int, table: TokenTable, first: int, numbered: NDArray[np.int32]) -> None:
        """`numbered`: the numbers of the table's forms."""
        self._forms.append(numbered[table.ids])
        self._documents.append(document)
        self._firsts.append(first)
        self.labels.add(document, first, table.concepts)

    def settle(self) -> None:
        """Sort what has come since this was done before."""
        lengths = np.fromiter(map(len, self._forms), np.int64, len(self._forms))
        begins = np.array(self._firsts, np.int64) - np.cumsum(lengths) + lengths
        forms = _joined(self._forms)
        # Tokens come by document and position.
        order = in_order(forms)
        forms, documents = forms[order], np.repeat(np.array(self._documents, np.int64), lengths)[order]
        firsts = np.flatnonzero(_differs(forms) | _differs(documents))
        counts = np.diff(np.append(firsts, len(order)))
        by_document = in_order(documents[firsts])
        firsts = firsts[by_document]
        positions = (np.arange(len(order)) + np.repeat(begins, lengths))[order]
        self._settled.append(_Runs(forms[firsts], documents[firsts], firsts, counts[by_document], positions))
        self._begin()

    def runs(self) -> _Runs:
        self.settle()
        before = np.cumsum([0, *(len(some.positions) for some in self._settled)])
        moved = [some._replace(firsts=some.firsts + first) for some, first in zip(self._settled, before, strict=False)]
        return _Runs(*map(_joined, zip(*moved, strict=True)))


class Batch:
    """Documents that become one segment, numbered from 0. Of a document only numbers are kept while others come in."""

    def __init__(self) -> None:
        self.stored: list[Stored] = []
        self.tokens = 0
        self._numbers: defaultdict[Form, int] = defaultdict(count().__next__)
        self._settled = 0
        self._terms = {name: _Numbered() for name in _TERMS_OF}
        self._zones = {zone: _Zone() for zone in ZONES}
        self._values: dict[str, list[tuple[str, ...]]] = {field: [] for field in ("id", *map(facet_field, FACETS))}

    def add(self, entry: IndexEntry) -> None:
        """Where it raises, the batch is to be thrown away."""
        document, number_of = len(self.stored), self._numbers.__getitem__
        for name, zone in self._zones.items():
            tables = zone_tables(entry, name)
            for table, first in zip(tables, zone_bounds(name, tables), strict=False):
                zone.add(document, table, first, np.fromiter(map(number_of, table.forms), np.int32, len(table.forms)))
        self._values["id"].append((entry.document.id,))
        for facet, values in FACETS.items():
            self._values[facet_field(facet)].append(tuple(dict.fromkeys(values(entry))))
        self.stored.append(stored(entry))
        self.tokens += tokens_of(entry)

    def settle(self) -> None:
        """Do for what has come what can be done before all has."""
        for zone in self._zones.values():
            zone.settle()
        new = _last(self._numbers, len(self._numbers) - self._settled)
        self._settled += len(new)
        for name, terms in self._terms.items():
            terms.add([*map(_TERMS_OF[name], new)])

    def fields(self) -> Iterator[FieldPostings]:
        """All fields, in the order in which a segment has them."""
        self.settle()
        runs = {name: zone.runs() for name, zone in self._zones.items()}
        standing = _standing(runs.values(), len(self._numbers))
        terms = {name: some.ranked() for name, some in self._terms.items()}
        made: dict[str, Callable[[], FieldPostings]] = {
            "forms": partial(_by_form, "forms", terms["forms"], standing),
            "skeletons": partial(_by_form, "skeletons", terms["skeletons"], standing),
            **{field: partial(_by_value, field, values) for field, values in self._values.items()},
        }
        for name, zone in self._zones.items():
            made[surface_field(name)] = partial(_placed, surface_field(name), terms["surfaces"], runs[name])
            made[lemma_field(name)] = partial(_placed, lemma_field(name), terms["lemmas"], runs[name])
            made[concept_field(name)] = partial(zone.labels.postings, concept_field(name))
        for field in sorted(made):
            found = made[field]()
            if len(found.terms):
                yield found


class Prepared:
    """Entries that were put into a batch before the update came that brings them."""

    def __init__(self) -> None:
        self._entries: dict[str, IndexEntry] = {}
        self._batch = Batch()

    def take(self, entries: Iterable[IndexEntry]) -> None:
        for entry in entries:
            # Out of a batch nothing can be taken: what comes again comes with the update.
            if entry.document.id in self._entries:
                break
            self._batch.add(entry)
            self._entries[entry.document.id] = entry
        self._batch.settle()

    def ahead_of(self, entries: Sequence[IndexEntry]) -> tuple[Batch, list[str]] | None:
        """The batch with the ids of its documents, where these entries begin with the very ones that are in it."""
        same = len(entries) >= len(self._entries) and all(map(is_, entries, self._entries.values()))
        return (self._batch, list(self._entries)) if same and self._entries else None


def _standing(zones: Iterable[_Runs], forms: int) -> tuple[Numbers, Numbers]:
    """Which form stands in which document, each pair once, by document."""
    found = _distinct(_joined([runs.documents * forms + runs.forms for runs in zones]))
    return found % max(forms, 1), found // max(forms, 1)


# Terms by number ------------------------------------------------------------------------------------------------------


class _Terms(NamedTuple):
    """The terms of some things in order, and which of them each thing has: thing i those from `firsts[i]` on."""

    terms: list[bytes]
    firsts: Numbers
    ranks: Numbers

    def of(self, things: Numbers) -> tuple[Numbers, Numbers]:
        """For a row of things, all their terms, and behind which thing of the row each stands."""
        counts = self.firsts[things + 1] - self.firsts[things]
        return self.ranks[rows_of(self.firsts[things], counts)], np.repeat(np.arange(len(things)), counts)


class _Numbered:
    """Terms of things, numbered as they come."""

    def __init__(self) -> None:
        self._numbers: defaultdict[str, int] = defaultdict(count().__next__)
        self._rows: list[str] = []
        """All of them: rows of what came at a time, each in order."""
        self._found: list[int] = []
        self._counts: list[int] = []

    def add(self, things: Sequence[Collection[str]]) -> None:
        """The terms of the next things."""
        known = len(self._numbers)
        self._found += map(self._numbers.__getitem__, chain.from_iterable(things))
        self._counts += map(len, things)
        self._rows += sorted(_last(self._numbers, len(self._numbers) - known))

    def ranked(self) -> _Terms:
        # In the order of their bytes too. Python's way of sorting only merges what stands in order already.
        terms = sorted(self._rows)
        ranks = np.empty(len(terms), np.int64)
        ranks[np.fromiter(map(self._numbers.__getitem__, terms), np.int64, len(terms))] = np.arange(len(terms))
        firsts = np.cumsum([0, *self._counts])
        return _Terms(list(map(str.encode, terms)), firsts, ranks[np.array(self._found, np.int64)])


def _last(numbers: Mapping[Any, int], count: int) -> list[Any]:
    """So many that were numbered last, in their order; without walking past all that were numbered before."""
    return [*islice(reversed(numbers), count)][::-1]


_TERMS_OF: Mapping[str, Callable[[Form], Collection[str]]] = {
    "forms": form_terms,
    "skeletons": skeleton_terms,
    "surfaces": lambda form: (form.surface,),
    "lemmas": attrgetter("lemmas"),
}


def _by_value(field: str, values: Sequence[Collection[str]]) -> FieldPostings:
    """Of what each document has."""
    numbered = _Numbered()
    numbered.add(values)
    terms = numbered.ranked()
    ranks, documents = terms.of(np.arange(len(values)))
    order = in_order(ranks)
    return _unplaced(field, terms.terms, ranks[order], documents[order])


def _by_form(field: str, known: _Terms, standing: tuple[Numbers, Numbers]) -> FieldPostings:
    """Of what the forms that stand in each document have."""
    forms, documents = standing
    ranks, whose = known.of(forms)
    size = int(documents[-1]) + 1 if len(documents) else 1
    pairs = _distinct(ranks * size + documents[whose])
    return _unplaced(field, known.terms, pairs // size, pairs % size)


def _unplaced(field: str, terms: Sequence[bytes], ranks: Numbers, documents: Numbers) -> FieldPostings:
    """Of ranks in order, and the documents of each."""
    firsts = np.searchsorted(ranks, np.arange(len(terms) + 1))
    return FieldPostings(field, terms, firsts, documents, np.ones(len(ranks), np.int64))


def _placed(field: str, known: _Terms, runs: _Runs) -> FieldPostings:
    """Of what the forms have, where they stand."""
    ranks, whose = known.of(runs.forms)
    order = in_order(ranks)
    ranks, whose = ranks[order], whose[order]
    documents, counts = runs.documents[whose], runs.counts[whose]
    begins = np.flatnonzero(_differs(ranks) | _differs(documents))
    weights = np.add.reduceat(counts, begins)
    positions = runs.positions[rows_of(runs.firsts[whose], counts)]
    # What several forms of a document have stands where each of them does.
    several = np.diff(np.append(begins, len(whose))) > 1
    theirs = np.repeat(several, weights)
    positions[theirs] = _sorted_in_each(positions[theirs], weights[several])
    # Only the terms that stand in this zone.
    terms = np.flatnonzero(_differs(ranks[begins]))
    return FieldPostings(
        field=field,
        terms=[known.terms[rank] for rank in ranks[begins][terms].tolist()],
        firsts=np.append(terms, len(begins)),
        ids=documents[begins],
        weights=weights,
        placed=Placed(np.append(0, np.cumsum(weights)), positions),
    )


def _sorted_in_each(positions: Numbers, counts: Numbers) -> Numbers:
    """So many positions after the other, each of these rows in ascending order."""
    rows = np.repeat(np.arange(len(counts)), counts)
    ordered: Numbers = np.sort((rows << POSITION_BITS) | positions) & ((1 << POSITION_BITS) - 1)
    return ordered


POSITION_BITS = 32
"""That a position has at most."""


def in_order(ranks: Numbers) -> Numbers:
    """Places in the order of their ranks, equal ones as they are. Sorting whole numbers is many times faster in numpy
    than sorting places by them, so each number carries its place."""
    bits = len(ranks).bit_length()
    return np.sort((ranks << bits) | np.arange(len(ranks))) & ((1 << bits) - 1)


def _distinct(numbers: Numbers) -> Numbers:
    """In ascending order. (For millions of numbers np.unique makes a hash table, which takes many times as long.)"""
    ordered = np.sort(numbers)
    return ordered[_differs(ordered)]


def _differs(numbers: Numbers) -> NDArray[np.bool_]:
    """Which of them are not as the one before."""
    differs = np.ones(len(numbers), bool)
    np.not_equal(numbers[1:], numbers[:-1], out=differs[1:])
    return differs


def _joined(parts: Sequence[NDArray[Any]]) -> Numbers:
    return np.concatenate([*parts, np.empty(0, np.int64)])


def tokens_of(entry: IndexEntry) -> int:
    tables: Iterator[TokenTable] = chain(entry.title, entry.about, entry.text)
    return sum(map(len, tables))
