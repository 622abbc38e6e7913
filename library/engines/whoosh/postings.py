"""Entries -> the terms of each field with all their postings, as arrays: what a new segment is written from.

Every distinct form of a batch gets a number, and so does every term of a field. What is counted and sorted are these
numbers; a form's spelling, lemmas and skeletons are looked at once a batch, not once a token. What has come is sorted a
piece at a time (pieces.py), so that nothing but putting pieces together is left to do when all has.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from itertools import chain, count, islice
from operator import attrgetter, is_
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from library.engines.whoosh.arrays import FieldPostings, Ids, Numbers, rows_of
from library.engines.whoosh.form_numbers import FormNumbers
from library.engines.whoosh.pieces import Piece, in_order, piece, placed_piece, together
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
from library.language import Form, TokenTable
from library.search import FACETS, ZONES, IndexEntry

TOKENS_OF_A_PIECE = 100_000
"""After which a piece is sorted, where nobody asks for it before."""


class Batch:
    """Documents that become one segment, numbered from 0. Of a document only numbers are kept while others come in."""

    def __init__(self) -> None:
        self.stored: list[Stored] = []
        self.tokens = 0
        self._numbers = FormNumbers()
        self._terms = {name: _TermsOfForms(terms_of) for name, terms_of in _TERMS_OF.items()}
        self._labels = {zone: _Labels() for zone in ZONES}
        self._pieces: defaultdict[str, list[Piece]] = defaultdict(list)
        self._values: dict[str, list[tuple[str, ...]]] = {field: [] for field in ("id", *map(facet_field, FACETS))}
        self._begin_piece()

    def _begin_piece(self) -> None:
        self._settled = len(self.stored)
        self._unsettled = 0
        """Tokens."""
        self._standing = _Standing()
        self._zones = {zone: _Zone() for zone in ZONES}

    def add(self, entry: IndexEntry) -> None:
        """Where it raises, the batch is to be thrown away."""
        document = len(self.stored)
        tables = {zone: zone_tables(entry, zone) for zone in ZONES}
        forms = self._numbers.of(table.forms for table in chain.from_iterable(tables.values()))
        self._standing.add(forms)
        for zone, some in tables.items():
            bounds = zone_bounds(zone, some)
            count = sum(len(table.forms) for table in some)
            self._zones[zone].add(document, some, bounds, forms[:count])
            self._labels[zone].add(document, some, bounds)
            forms = forms[count:]
        self._values["id"].append((entry.document.id,))
        for facet, values in FACETS.items():
            self._values[facet_field(facet)].append(tuple(dict.fromkeys(values(entry))))
        self.stored.append(stored(entry))
        tokens = tokens_of(entry)
        self.tokens += tokens
        self._unsettled += tokens
        if self._unsettled >= TOKENS_OF_A_PIECE:
            self.settle()

    def settle(self) -> None:
        """Do for what has come what can be done before all has."""
        for known in self._terms.values():
            known.know(self._numbers.of_forms)
        forms, documents = self._standing.pairs(self._settled)
        for field in ("forms", "skeletons"):
            terms, whose = self._terms[field].of(forms)
            self._pieces[field].append(piece(terms, documents[whose]))
        for name, zone in self._zones.items():
            forms, documents, positions = zone.tokens()
            for field, kind in ((surface_field(name), "surfaces"), (lemma_field(name), "lemmas")):
                terms, whose = self._terms[kind].of(forms)
                self._pieces[field].append(placed_piece(terms, documents[whose], positions[whose]))
            self._pieces[concept_field(name)].append(self._labels[name].settled())
        self._begin_piece()

    def fields(self) -> Iterator[FieldPostings]:
        """All fields, in the order in which a segment has them."""
        self.settle()
        terms = {kind: some.terms.in_order() for kind, some in self._terms.items()}
        ordered = {"forms": terms["forms"], "skeletons": terms["skeletons"]}
        for zone, labels in self._labels.items():
            ordered |= {surface_field(zone): terms["surfaces"], lemma_field(zone): terms["lemmas"]}
            ordered[concept_field(zone)] = labels.terms.in_order()
        for field in sorted((*ordered, *self._values)):
            found = (
                _by_value(field, self._values[field])
                if field in self._values
                else _ranked(field, ordered[field], self._pieces[field])
            )
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


class _Standing:
    """Which forms stand in the documents that have come since the last piece."""

    def __init__(self) -> None:
        self._forms: list[Ids] = []

    def add(self, forms: Ids) -> None:
        """Of the next document, some perhaps several times."""
        self._forms.append(forms)

    def pairs(self, first: int) -> tuple[Ids, Ids]:
        """Forms and documents, the first of which has this number, each pair once, by document."""
        documents = np.arange(first, first + len(self._forms), dtype=np.int32)
        once = piece(_joined(self._forms), np.repeat(documents, [*map(len, self._forms)]))
        order = in_order(once.ids)
        return np.repeat(once.terms, np.diff(once.firsts))[order], once.ids[order]


class _Zone:
    """The tables of one zone that have come since the last piece."""

    def __init__(self) -> None:
        self._documents: list[int] = []
        self._firsts: list[int] = []
        self._forms: list[Ids] = []
        self._form_counts: list[int] = []
        self._ids: list[NDArray[np.uint32]] = []

    def add(self, document: int, tables: Sequence[TokenTable], bounds: Sequence[int], forms: Ids) -> None:
        """With the first position of each table, and the numbers of all their forms."""
        self._documents += [document] * len(tables)
        self._firsts += bounds[: len(tables)]
        self._forms.append(forms)
        self._form_counts += [len(table.forms) for table in tables]
        self._ids += [table.ids for table in tables]

    def tokens(self) -> tuple[Ids, Ids, Ids]:
        """By document and position: of each token its form, the document, and where in it it stands."""
        lengths = np.array([*map(len, self._ids)], np.int64)
        form_counts = np.array(self._form_counts, np.int64)
        first_forms = np.cumsum(form_counts) - form_counts
        begins = np.array(self._firsts, np.int64) - np.cumsum(lengths) + lengths
        forms = _joined(self._forms)[_joined(self._ids) + np.repeat(first_forms, lengths)]
        positions = np.repeat(begins, lengths) + np.arange(len(forms))
        return forms, np.repeat(np.array(self._documents, np.int32), lengths), positions.astype(np.int32)


class _Labels:
    """Where labels of concepts stand in a zone."""

    def __init__(self) -> None:
        self.terms = _Terms()
        self._begin()

    def _begin(self) -> None:
        self._tables: list[tuple[int, int, int]] = []
        """Of each its document, its first position, and how many concepts it names."""
        self._concepts: list[str] = []
        self._counts: list[int] = []
        """Of those, table by table, at how many places each stands."""
        self._places: list[int] = []
        """Of each place the first token and how many there are, as they are in the table."""

    def add(self, document: int, tables: Sequence[TokenTable], bounds: Sequence[int]) -> None:
        for table, first in zip(tables, bounds, strict=False):
            if table.concepts:
                places = [named.places for named in table.concepts]
                self._tables.append((document, first, len(places)))
                self._concepts += [named.concept for named in table.concepts]
                self._counts += map(len, places)
                self._places += chain.from_iterable(chain.from_iterable(places))

    def settled(self) -> Piece:
        """What has come since this was asked for before: at every token of a label, so that all of it is pointed at,
        but each label counts once."""
        counts = np.array(self._counts, np.int64)
        documents, firsts, named = np.array(self._tables, np.int32).reshape(-1, 3).T
        table_of = np.repeat(np.repeat(np.arange(len(named)), named), counts)
        concepts = np.repeat(np.array(self.terms.numbered(self._concepts), np.int64), counts)
        begins, lengths = np.array(self._places, np.int32).reshape(-1, 2).T
        self._begin()
        return placed_piece(concepts, documents[table_of], firsts[table_of] + begins, lengths)


# Terms by number ------------------------------------------------------------------------------------------------------


class _Ordered(NamedTuple):
    """Terms in order, and which of them each number stands for."""

    terms: list[bytes]
    ranks: Numbers


class _Terms:
    """Terms, numbered as they come."""

    def __init__(self) -> None:
        self._numbers: defaultdict[str, int] = defaultdict(count().__next__)
        self._terms: list[bytes] = []
        self._rows: list[list[int]] = []
        """Numbers of terms, each row in the order of their terms and less than half as long as the one before."""

    def numbered(self, terms: Iterable[str]) -> list[int]:
        known = len(self._terms)
        found = [*map(self._numbers.__getitem__, terms)]
        self._terms += map(str.encode, _last(self._numbers, len(self._numbers) - known))
        row = self._sorted(range(known, len(self._terms)))
        while self._rows and len(self._rows[-1]) < 2 * len(row):
            # Python's way of sorting only merges what stands in order already.
            row = self._sorted([*self._rows.pop(), *row])
        self._rows.append(row)
        return found

    def in_order(self) -> _Ordered:
        order = self._sorted([*chain.from_iterable(self._rows)])
        ranks = np.empty(len(order), np.int64)
        ranks[order] = np.arange(len(order))
        return _Ordered([*map(self._terms.__getitem__, order)], ranks)

    def _sorted(self, numbers: Iterable[int]) -> list[int]:
        return sorted(numbers, key=self._terms.__getitem__)


class _TermsOfForms:
    """What a field has of each form."""

    def __init__(self, terms_of: Callable[[Form], Collection[str]]) -> None:
        self.terms = _Terms()
        self._terms_of = terms_of
        self._counts = np.empty(0, np.int64)
        self._found = np.empty(0, np.int64)
        """The terms of the first form, then those of the next."""

    def know(self, numbers: Mapping[Form, int]) -> None:
        """The forms that were numbered since this was done before."""
        new = [*map(self._terms_of, _last(numbers, len(numbers) - len(self._counts)))]
        self._counts = np.append(self._counts, np.array([*map(len, new)], np.int64))
        self._found = np.append(self._found, np.array(self.terms.numbered(chain.from_iterable(new)), np.int64))

    def of(self, forms: Ids) -> tuple[Numbers, Numbers]:
        """For a row of forms, all their terms, and behind which of the row each stands."""
        firsts = np.cumsum(self._counts) - self._counts
        counts = self._counts[forms]
        return self._found[rows_of(firsts[forms], counts)], np.repeat(np.arange(len(forms)), counts)


_TERMS_OF: Mapping[str, Callable[[Form], Collection[str]]] = {
    "forms": form_terms,
    "skeletons": skeleton_terms,
    "surfaces": lambda form: (form.surface,),
    "lemmas": attrgetter("lemmas"),
}


def _ranked(field: str, ordered: _Ordered, pieces: Sequence[Piece]) -> FieldPostings:
    return together(field, ordered.terms, [some._replace(terms=ordered.ranks[some.terms]) for some in pieces])


def _by_value(field: str, values: Sequence[Collection[str]]) -> FieldPostings:
    """Of what each document has."""
    terms = _Terms()
    numbers = np.array(terms.numbered(chain.from_iterable(values)), np.int64)
    documents = np.repeat(np.arange(len(values), dtype=np.int32), [*map(len, values)])
    return _ranked(field, terms.in_order(), [piece(numbers, documents)])


def _last(numbers: Mapping[Any, int], count: int) -> list[Any]:
    """So many that were numbered last, in their order; without walking past all that were numbered before."""
    return [*islice(reversed(numbers), count)][::-1]


def _joined(parts: Sequence[NDArray[Any]]) -> NDArray[Any]:
    return np.concatenate([*parts, np.empty(0, np.int32)])


def tokens_of(entry: IndexEntry) -> int:
    tables: Iterator[TokenTable] = chain(entry.title, entry.about, entry.text)
    return sum(map(len, tables))
