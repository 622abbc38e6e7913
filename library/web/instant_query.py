"""From one request of InstantSearch to a SearchQuery.

The contract is that of InstantSearch's own back end, as far as a page can notice: names, forms of filters, pages that
begin at 0. Keys that are not known are passed over, since each release of the widgets sends some more.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import parse_qs

import msgspec
from msgspec import Struct

from library.errors import BadRequest, Reason
from library.language import clean
from library.search import EVERYTHING, FACETS, Filter, SearchQuery, Sort
from library.syntax import parse
from library.web.parameters import nearest
from library.web.search_parameters import DEEPEST_HIT, LAST_YEAR, MOST_PER_PAGE, MOST_VALUES

INDEX = "documents"
INDEXES = (INDEX, *(f"{INDEX}:{sort}" for sort in Sort))
MOST_REQUESTS = 50
"""Searches in one batch."""
MOST_FACET_HITS = 100
HITS_PER_PAGE = 20
VALUES_PER_FACET = 100
EVERY_VALUE = 1_000_000

_RANGE = re.compile(r"\s*(?P<field>\w+)\s*:\s*(?P<least>-?\d{1,9})\s+TO\s+(?P<most>-?\d{1,9})\s*", re.IGNORECASE)
_COMPARED = re.compile(r"\s*(?P<field>\w+)\s*(?P<how><=|>=|!=|<|>|=)\s*(?P<number>-?\d{1,9}(?:\.\d{1,9})?)\s*")


class InstantQuery(Struct, frozen=True, kw_only=True):
    """One request, read."""

    index: str
    q: str
    search: SearchQuery
    page: int
    per_page: int
    facets: tuple[str, ...]
    most_values: int
    tags: tuple[str, str]
    """What stands before and behind what matched."""
    retrieved: frozenset[str] | None
    """Which attributes a hit has; None: all."""
    highlighted: frozenset[str] | None
    snippets: frozenset[str]
    facet: str
    """The facet whose values are searched; empty: documents are."""
    facet_query: str
    most_facet_hits: int
    params: str
    """As it was given, to be sent back."""


def read_instant(request: Mapping[str, Any], place: str) -> InstantQuery:
    """Raises BadRequest, which names the member of the request at this place (`requests[0]`)."""
    return _Reader(request, place).query()


class _Reader:
    def __init__(self, request: Mapping[str, Any], place: str) -> None:
        given = request.get("params")
        params = _from_address(given) if isinstance(given, str) else given
        # algoliasearch 5 puts the parameters beside the index's name, older ones into `params`.
        self._given: dict[str, Any] = {**request, **params} if isinstance(params, Mapping) else dict(request)
        self._params = given if isinstance(given, str) else ""
        self._place = place

    def query(self) -> InstantQuery:
        index = self._text("indexName") or INDEX
        q = clean(self._text("query"))
        match = parse(q)
        per_page = self._number("hitsPerPage", HITS_PER_PAGE, MOST_PER_PAGE)
        page = self._number("page", 0, DEEPEST_HIT)
        if per_page and (page + 1) * per_page > DEEPEST_HIT:
            raise self._refused("page", f"pages end at hit {DEEPEST_HIT}")
        facet = self._text("facetName") or self._text("facet")
        facets = self._facets()
        if facet and facet not in FACETS:
            raise self._refused("facetName", _no_facet(facet))
        snippets, highlighted = self._names("attributesToSnippet") or frozenset(), self._names("attributesToHighlight")
        marked = per_page and (snippets or highlighted is None or highlighted)
        if self._given.get("filters"):
            raise self._refused("filters", "is not read here; say it in facetFilters and numericFilters")
        least, most, years = self._years()
        return InstantQuery(
            index=index,
            q=q,
            search=SearchQuery(
                match=match,
                filters=(*self._filters(), *years),
                year_from=least,
                year_to=most,
                sort=self._sort(index, relevance=match != EVERYTHING),
                offset=page * per_page,
                limit=0 if facet else per_page,
                facets=(facet,) if facet else facets,
                facet_size=EVERY_VALUE,
                facets_narrowed=True,
                fragments=SearchQuery().fragments if marked and not facet else 0,
            ),
            page=page,
            per_page=per_page,
            facets=facets,
            most_values=self._number("maxValuesPerFacet", VALUES_PER_FACET, 1_000),
            tags=(self._tag("highlightPreTag", "<em>"), self._tag("highlightPostTag", "</em>")),
            retrieved=self._names("attributesToRetrieve"),
            highlighted=highlighted,
            snippets=snippets,
            facet=facet,
            facet_query=clean(self._text("facetQuery")),
            most_facet_hits=self._number("maxFacetHits", 10, MOST_FACET_HITS),
            params=self._params,
        )

    def _sort(self, index: str, *, relevance: bool) -> Sort:
        """The name of the index says the order behind a colon: `documents:newest`."""
        name, _, sort = index.partition(":")
        if name != INDEX or sort not in ("", *Sort):
            raise self._refused("indexName", f"there is no index '{index}'; there are {', '.join(INDEXES)}")
        return Sort(sort or (Sort.RELEVANCE if relevance else Sort.NEWEST))

    def _filters(self) -> Iterator[Filter]:
        groups = list(self._groups("facetFilters"))
        if sum(map(len, groups)) > MOST_VALUES:
            raise self._refused("facetFilters", f"has more than {MOST_VALUES} values")
        for group in groups:
            read = [self._facet_filter(written) for written in group]
            if len({(field, excluded) for field, _, excluded in read}) > 1 or (len(read) > 1 and read[0][2]):
                raise self._refused(
                    "facetFilters", "what stands in one list must be values of one facet, without a minus"
                )
            if read:
                field, _, excluded = read[0]
                yield Filter(field, tuple(value for _, value, _ in read), excluded=excluded)

    def _facet_filter(self, written: str) -> tuple[str, str, bool]:
        field, colon, value = written.partition(":")
        # Either way of writing it is in use: `topic:-housing` and `-topic:housing`.
        excluded = value.startswith("-") or field.startswith("-")
        field = field.removeprefix("-")
        if not colon or field not in FACETS:
            raise self._refused("facetFilters", f"'{written}' is not of the form facet:value; {_no_facet(field)}")
        return field, value.removeprefix("-").removeprefix("\\"), excluded

    def _years(self) -> tuple[int | None, int | None, list[Filter]]:
        """The bounds of the year, and years that are named or left out one by one."""
        least, most, filters = 0, LAST_YEAR, list[Filter]()
        for group in self._groups("numericFilters"):
            if len(group) > 1:
                filters.append(Filter("year", tuple(str(self._year(written)) for written in group)))
                continue
            for written in group:
                low, high, excluded = self._bounds(written)
                if excluded:
                    filters.append(Filter("year", (str(low),), excluded=True))
                else:
                    least, most = max(least, low), min(most, high)
        return least or None, most if most < LAST_YEAR else None, filters

    def _year(self, written: str) -> int:
        low, high, excluded = self._bounds(written)
        if low != high or excluded:
            raise self._refused("numericFilters", "what stands in one list must be of the form year=2020")
        return low

    def _bounds(self, written: str) -> tuple[int, int, bool]:
        """First and last year, and whether it is left out."""
        if (between := _RANGE.fullmatch(written)) is not None:
            self._check_numeric(between["field"], written)
            return int(between["least"]), int(between["most"]), False
        compared = _COMPARED.fullmatch(written)
        if compared is None:
            raise self._refused("numericFilters", f"'{written}' is not of the form year>=1999 or year:1999 TO 2005")
        self._check_numeric(compared["field"], written)
        number = float(compared["number"])
        below, above = -int(-number // 1), int(number // 1)  # the whole numbers on either side of it
        match compared["how"]:
            case ">=":
                return below, LAST_YEAR, False
            case ">":
                return above + 1, LAST_YEAR, False
            case "<=":
                return 0, above, False
            case "<":
                return 0, below - 1, False
            case how:
                return above, above, how == "!="

    def _check_numeric(self, field: str, written: str) -> None:
        if field != "year":
            raise self._refused("numericFilters", f"'{written}': only year is a number")

    def _facets(self) -> tuple[str, ...]:
        names = self._given.get("facets") or []
        names = [names] if isinstance(names, str) else names
        if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
            raise self._refused("facets", "must be a list of names")
        if "*" in names:
            return tuple(FACETS)
        for name in names:
            if name not in FACETS:
                raise self._refused("facets", _no_facet(name))
        return tuple(dict.fromkeys(names))

    def _groups(self, name: str) -> Iterator[list[str]]:
        """A list of conditions that must all hold; each is a text, or a list of which one must hold."""
        given = self._given.get(name) or []
        for each in [given] if isinstance(given, str) else given if isinstance(given, list) else [None]:
            group = [each] if isinstance(each, str) else each
            if not isinstance(group, list) or not all(isinstance(written, str) for written in group):
                raise self._refused(name, "must be a list of texts and of lists of texts")
            yield group

    def _names(self, name: str) -> frozenset[str] | None:
        """Names of attributes, each perhaps with a number of words behind a colon; None where all are meant."""
        given = self._given.get(name)
        if given is None or "*" in (given if isinstance(given, list) else [given]):
            return None
        if not isinstance(given, list) or not all(isinstance(each, str) for each in given):
            raise self._refused(name, "must be a list of names")
        return frozenset(each.partition(":")[0] for each in given)

    def _text(self, name: str) -> str:
        given = self._given.get(name)
        if given is not None and not isinstance(given, str):
            raise self._refused(name, "must be a text")
        return given or ""

    def _tag(self, name: str, unless: str) -> str:
        return self._text(name) or unless

    def _number(self, name: str, unless: int, most: int) -> int:
        given = self._given.get(name)
        if given is None or given == "":
            return unless
        # Of thousands of digits Python makes no number.
        short = isinstance(given, str) and given.isdecimal() and len(given) <= len(str(most))
        number = int(given) if short else given
        if not isinstance(number, int) or isinstance(number, bool) or not 0 <= number <= most:
            raise self._refused(name, f"must be a whole number from 0 to {most}")
        return number

    def _refused(self, name: str, reason: str) -> BadRequest:
        where = f"{self._place}.{name}"
        return BadRequest(f"{where}: {reason}", reasons=(Reason(where, "body", reason),))


def _from_address(written: str) -> dict[str, Any]:
    """Older clients write the parameters like those of an address, with JSON for lists."""
    return {name: _from_json(values[-1]) for name, values in parse_qs(written, keep_blank_values=True).items()}


def _from_json(text: str) -> Any:
    if text[:1] not in ("[", '"'):
        return text
    try:
        return msgspec.json.decode(text)
    except msgspec.DecodeError:
        return text


def _no_facet(name: str) -> str:
    return f"there is no facet '{name}'{nearest(name, list(FACETS))}"
