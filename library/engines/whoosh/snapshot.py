"""All segments of one generation, and what one audience sees of them.

Documents are numbered through: a segment's first document follows the last one of the segment before.
"""

from collections.abc import Callable, Container, Hashable, Iterator, Sequence
from itertools import count, takewhile
from typing import Any, NamedTuple, Protocol

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from library.engines.whoosh.arrays import Ids
from library.engines.whoosh.bits import FacetBits, facet_bits
from library.engines.whoosh.cache import Cache
from library.engines.whoosh.matched import Mask
from library.engines.whoosh.orders import Order, order
from library.engines.whoosh.schema import SEPARATOR, day_number, surface_field
from library.engines.whoosh.segment import Segment
from library.language import fold
from library.model import Audience, Role, Visibility
from library.search import FACETS, Sort

MOST_NEW = 0.5
"""Of the documents, that may be new to a generation which takes over from the one before."""

_owners = count()


class Facets(Struct, frozen=True, eq=False):
    """The values of one facet in all documents. Most documents have one value or none: `first` holds its place in
    `values`, or -1; further ones stand in `more_documents` and `more_places`."""

    values: tuple[str, ...]
    folded: tuple[str, ...]
    first: Ids
    more_documents: Ids
    more_places: Ids

    @property
    def nbytes(self) -> int:
        return self.first.nbytes + self.more_documents.nbytes + self.more_places.nbytes + 200 * len(self.values)

    def bits(self) -> FacetBits:
        """Which documents have no value, and which have each."""
        size = len(self.first)
        documents = np.concatenate([np.arange(size, dtype=np.int32), self.more_documents])
        return facet_bits(size, len(self.values) + 1, documents, np.concatenate([self.first, self.more_places]) + 1)

    def documents(self, places: Sequence[int]) -> Mask:
        """Which documents have one of these values, each given by its place."""
        chosen = np.zeros(len(self.values) + 1, bool)
        chosen[places] = True
        mask = chosen[self.first]
        mask[self.more_documents[chosen[self.more_places]]] = True
        return mask

    def places(self, values: Container[str]) -> list[int]:
        return [place for place, value in enumerate(self.values) if value in values]


class _Before(NamedTuple):
    """What a generation has of an earlier one."""

    owner: int
    until: int
    """The documents with lower numbers are the same in both."""
    rest: "Snapshot"
    """The others, numbered from 0."""
    has_all: bool
    """Whether all that could be seen in the earlier one can still be seen."""


class Grows(Protocol):
    def continued(self, until: int, more: Any, size: int) -> "Grows": ...


class Snapshot:
    """One generation of the index. What it holds never changes."""

    def __init__(self, generation: str, segments: Sequence[Segment], live: Sequence[Mask], cache: Cache[Any]) -> None:
        self.generation = generation
        self.segments = tuple(segments)
        self.firsts = np.cumsum([0, *(segment.size for segment in segments)]).tolist()
        self.size: int = self.firsts[-1]
        self.live = np.concatenate([*live, np.empty(0, bool)])
        self.year = np.concatenate([*(segment.year for segment in segments), np.empty(0, np.int32)])
        self.added = np.concatenate([*(segment.added for segment in segments), np.empty(0, np.int64)])
        self._embargo = np.concatenate([*(segment.embargo for segment in segments), np.empty(0, np.int32)])
        self.ids = [document for segment in self.segments for document in segment.ids]
        self._live = tuple(live)
        self.owner = next(_owners)
        self._cache = cache
        self._before: _Before | None = None

    def kept(self, key: Hashable, make: Callable[[], Any]) -> Any:
        """What was made once for this generation."""
        return self._cache.get((self.owner, key), make)

    def kept_of_each(self, key: Hashable, make: Callable[["Snapshot"], Grows]) -> Any:
        """The same for what each document has by itself, dead or alive: what the generation before has of it is taken
        over, and made for the others only."""
        return self.kept(key, lambda: self._continued(key, make))

    def _continued(self, key: Hashable, make: Callable[["Snapshot"], Grows]) -> Grows:
        before = self._before
        known: Grows | None = None if before is None else self._cache.peek((before.owner, key))
        if before is None or known is None:
            return make(self)
        return known.continued(before.until, make(before.rest), self.size)

    def in_all_that_was_seen(self, key: Hashable) -> tuple[Any, "Snapshot"] | None:
        """What was kept of the generation before, and the documents beyond it; None where nothing was kept, or where
        not all of what could be seen in it still can."""
        before = self._before
        if before is None or not before.has_all:
            return None
        known = self._cache.peek((before.owner, key))
        return None if known is None else (known, before.rest)

    @property
    def owners(self) -> set[Hashable]:
        """Under which it keeps what is made of it, and under which it finds what was."""
        return {self.owner} if self._before is None else {self.owner, self._before.owner, self._before.rest.owner}

    def placed(self) -> Iterator[tuple[Segment, slice]]:
        """The segments, each with the numbers of its documents."""
        for segment, first in zip(self.segments, self.firsts, strict=False):
            yield segment, slice(first, first + segment.size)

    def order(self, sort: Sort) -> Order:
        """All documents in this order (relevance: in the newest, which decides between equal scores)."""
        by = Sort.NEWEST if sort is Sort.RELEVANCE else sort
        found: Order = self.kept(("order", by), lambda: order(self, by))
        return found

    def titles(self) -> list[str]:
        return [title for segment in self.segments for title in segment.titles]

    def facet(self, name: str) -> Facets:
        facets: Facets = self.kept(("facet", name), lambda: self._facet(name))
        return facets

    def facet_bits(self, name: str) -> FacetBits:
        bits: FacetBits = self.kept(("bits", name), lambda: self.facet(name).bits())
        return bits

    def seen_by(self, audience: Audience) -> "View":
        """What this audience sees."""
        reads_only = audience.role is Role.READER
        organisation = None if reads_only else audience.organisation
        key = ("view", audience.role is Role.ADMIN, reads_only, organisation, audience.today)
        view: View = self.kept(key, lambda: View(self, self._visible(audience), key, audience))
        return view

    def make_ready_like(self, before: "Snapshot") -> None:
        """Make what was made of the generation before for many searches, its facets and orders and who sees what; and
        find there what was made of words."""
        names, known = ([segment.name for segment in each.segments] for each in (self, before))
        same = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(names, known, strict=False)))
        until = self.firsts[same]
        if until > MOST_NEW * self.size:
            self._before = _Before(
                owner=before.owner,
                until=until,
                rest=Snapshot(self.generation, self.segments[same:], self._live[same:], self._cache),
                has_all=until == before.size and np.array_equal(before.live, self.live[:until]),
            )
        for key, made in self._cache.of_owner(before.owner):
            match key, made:
                case ("facet", str(name)), _:
                    self.facet(name)
                case ("bits", str(name)), _:
                    self.facet_bits(name)
                case ("order", Sort() as by), _:
                    self.order(by)
                case _, View():
                    self.seen_by(made.audience)

    def having(self, fields: Sequence[str], terms: Sequence[str]) -> set[str]:
        """Those of the terms that any document has in one of the fields, dead or alive."""
        wanted = [*map(str.encode, terms)]
        there = {term for segment in self.segments for field in fields for term, _ in segment.having(field, wanted)}
        return {term.decode() for term in there}

    def number_of(self, document: str) -> int | None:
        """The living document with this id."""
        for segment, place in self.placed():
            for number in segment.number_of(document):
                if self.live[place.start + number]:
                    return int(place.start + number)
        return None

    def _visible(self, audience: Audience) -> Mask:
        """The same rule as Audience.may_see, for all documents at once."""
        if audience.role is Role.ADMIN:
            return self.live
        free = self._embargo <= day_number(audience.today)
        if audience.role is Role.READER:
            return self.live & free & self._with("visibility", Visibility.PUBLIC.value)
        open_to_members = self._with("visibility", Visibility.PUBLIC.value, Visibility.MEMBERS.value)
        return self.live & ((free & open_to_members) | self._with("organisation", audience.organisation))

    def _with(self, facet: str, *values: str) -> Mask:
        facets = self.facet(facet)
        return facets.documents(facets.places(values))

    def _facet(self, name: str) -> Facets:
        parts = [segment.facet(name) for segment in self.segments]
        values = tuple(sorted({value for part in parts for value in part.values}))
        place_of = {value: place for place, value in enumerate(values)}
        nothing = np.empty(0, np.int32)
        documents = [part.documents + first for part, first in zip(parts, self.firsts, strict=False)]
        places = [
            np.array([place_of[value] for value in part.values], np.int32)[part.places] for part in parts if part.values
        ]
        return _facets(self.size, values, np.concatenate([*documents, nothing]), np.concatenate([*places, nothing]))


def _facets(size: int, values: tuple[str, ...], documents: NDArray[Any], places: NDArray[Any]) -> Facets:
    order = np.lexsort((places, documents))
    documents, places = documents[order].astype(np.int32), places[order].astype(np.int32)
    is_first = np.ones(len(documents), bool)
    is_first[1:] = documents[1:] != documents[:-1]
    first = np.full(size, -1, np.int32)
    first[documents[is_first]] = places[is_first]
    return Facets(
        values=values,
        folded=tuple(map(fold, values)),
        first=first,
        more_documents=documents[~is_first],
        more_places=places[~is_first],
    )


class View:
    """A snapshot as one audience sees it: everything that is counted, is counted over visible documents."""

    def __init__(self, snapshot: Snapshot, visible: Mask, key: Hashable, audience: Audience) -> None:
        self.snapshot = snapshot
        self.audience = audience
        """One of those who see the same."""
        self.visible = visible
        self.count = int(visible.sum())
        self._key = key

    @property
    def nbytes(self) -> int:
        return self.visible.nbytes

    def kept(self, key: Hashable, make: Callable[[], Any]) -> Any:
        """What was made once for this audience and generation."""
        return self.snapshot.kept((self._key, key), make)

    def kept_union(self, key: Hashable, make: Callable[["View"], Any]) -> Any:
        """The same for what is true, or in a set, if it is for any of the documents: to what the generation before has,
        that of the new ones is added."""
        return self.kept(key, lambda: self._united(key, make))

    def kept_of_segment(self, key: Hashable, make: Callable[[], Any]) -> Any:
        """The same for what is counted of one segment, which is as it was if all can be seen that could."""
        before = self.snapshot.in_all_that_was_seen((self._key, key))
        return self.kept(key, make if before is None else lambda: before[0])

    def _united(self, key: Hashable, make: Callable[["View"], Any]) -> Any:
        before = self.snapshot.in_all_that_was_seen((self._key, key))
        if before is None:
            return make(self)
        known, rest = before
        return known | make(rest.seen_by(self.audience))

    def number_of(self, document: str) -> int | None:
        number = self.snapshot.number_of(document)
        return number if number is not None and self.visible[number] else None

    def written_forms(self, surface: str) -> frozenset[tuple[str, str]]:
        """How the visible documents write a folded word: pairs of a form and its lemma key (or nothing). A pair without
        a form says that the word is the lemma behind the key."""
        forms: frozenset[tuple[str, str]] = self.kept_union(
            ("forms", surface), lambda some: _written_forms(some, surface)
        )
        return forms

    def sounding_like(self, skeleton: str) -> frozenset[str]:
        """The visible documents' folded words in another alphabet that have this skeleton."""
        if not skeleton:
            return frozenset()
        words: frozenset[str] = self.kept_union(("skeleton", skeleton), lambda some: _sounding_like(some, skeleton))
        return words

    def surfaces(self, zones: Sequence[str], prefix: str, most: int) -> tuple[str, ...]:
        """The first of the visible documents' folded words that begin like this, in alphabetical order."""
        terms = {term for zone in zones for term in self._seen(surface_field(zone), prefix)}
        return tuple(term.decode() for term in sorted(terms)[:most])

    def sees(self, fields: Sequence[str], terms: Sequence[str]) -> frozenset[str]:
        """Those of the terms that a visible document has in one of the fields."""
        wanted, seen = [*map(str.encode, terms)], set[bytes]()
        for segment, place in self.snapshot.placed():
            visible = self.visible[place]
            for field in fields:
                there = segment.having(field, [term for term in wanted if term not in seen])
                seen.update(term for term, found in there if visible[found.ids()].any())
        return frozenset(term.decode() for term in seen)

    def noted(self, field: str, word: str) -> Iterator[list[str]]:
        """What the visible documents note of a word: the parts of the field's terms behind it."""
        return (term.decode().split(SEPARATOR)[1:] for term in self._seen(field, word + SEPARATOR))

    def _seen(self, field: str, prefix: str) -> set[bytes]:
        """The terms that begin like this and that a visible document has."""
        placed = self.snapshot.placed()
        return {term for segment, place in placed for term in segment.seen(field, prefix.encode(), self.visible[place])}


def _written_forms(view: View, surface: str) -> frozenset[tuple[str, str]]:
    return frozenset((form, key) for form, key in view.noted("forms", surface))


def _sounding_like(view: View, skeleton: str) -> frozenset[str]:
    return frozenset(surface for (surface,) in view.noted("skeletons", skeleton))


KNOWN_FIELDS = frozenset(("", "title", *FACETS))
"""What a clause may name as its field."""
