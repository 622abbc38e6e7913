"""What a search may be asked with, as the API's documentation says it: once for the address, once for a JSON body."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from typing import NamedTuple

from litestar.openapi.spec import (
    OpenAPIFormat,
    OpenAPIMediaType,
    OpenAPIType,
    Operation,
    Parameter,
    Reference,
    RequestBody,
    Schema,
)

from library.language import LANGUAGES
from library.search import FACETS, Sort
from library.web.results import ITEM_FIELDS

DEEPEST_HIT = 10_000
"""Hits that pages reach; behind it only a cursor goes on."""
MOST_PER_PAGE = 100
MOST_VALUES = 100
"""Values of one filter."""
MOST_FACET_VALUES = 1_000
LAST_YEAR = 9_999
EXPORT_FORMATS = ("bibtex", "csl", "csv", "jsonl", "ris")


BETWEEN_COMMAS = frozenset({"facets", "fields"})


class Known(NamedTuple):
    name: str
    schema: Schema
    description: str

    def in_address(self) -> Parameter:
        shown = Parameter(name=self.name, param_in="query", schema=self.schema, description=self.description)
        # A list of names stands between commas, one of values in parameters of the same name.
        return replace(shown, style="form", explode=False) if self.name in BETWEEN_COMMAS else shown

    def in_body(self) -> Schema:
        """As a member of a JSON object, which may be null."""
        choices = [*self.schema.enum, None] if self.schema.enum else None
        if self.schema.any_of:
            nothing = Schema(type=OpenAPIType.NULL)
            return replace(self.schema, any_of=[*self.schema.any_of, nothing], description=self.description)
        kinds = [self.schema.type, OpenAPIType.NULL]
        return replace(self.schema, type=kinds, enum=choices, description=self.description)  # type: ignore[arg-type]  # one type each


def _text(description: str, choices: Iterable[str] | None = None) -> tuple[Schema, str]:
    return Schema(type=OpenAPIType.STRING, enum=list(choices) if choices else None), description


def _number(description: str, least: int, most: int) -> tuple[Schema, str]:
    return Schema(type=OpenAPIType.INTEGER, minimum=least, maximum=most), description


def _switch(description: str) -> tuple[Schema, str]:
    return Schema(type=OpenAPIType.BOOLEAN), description


def _moment(description: str) -> tuple[Schema, str]:
    formats = (OpenAPIFormat.DATE, OpenAPIFormat.DATE_TIME)
    return Schema(any_of=[Schema(type=OpenAPIType.STRING, format=each) for each in formats]), description


def _names(description: str, names: Iterable[str]) -> tuple[Schema, str]:
    return Schema(type=OpenAPIType.ARRAY, items=Schema(type=OpenAPIType.STRING, enum=list(names))), description


def _values(description: str) -> tuple[Schema, str]:
    return Schema(type=OpenAPIType.ARRAY, items=Schema(type=OpenAPIType.STRING), max_items=MOST_VALUES), description


_SYNTAX = (
    'Words in any form; "these words side by side"; a OR b; -without; begin*; title:word; topic:housing; (groups). '
    "Nothing that is typed here is an error. Empty: everything, the newest first."
)

KNOWN = (
    Known("q", *_text(_SYNTAX)),
    *(Known(name, *_values(f"Only what has one of these values of {name}.")) for name in FACETS),
    *(Known(f"not_{name}", *_values(f"Only what has none of these values of {name}.")) for name in FACETS),
    Known("year_from", *_number("Only from this year on.", 0, LAST_YEAR)),
    Known("year_to", *_number("Only up to this year.", 0, LAST_YEAR)),
    Known(
        "added_since", *_moment("Only what came in at or after this day or moment (ISO 8601; UTC unless it says so).")
    ),
    Known(
        "sort", *_text("`relevance` with words to look for, else `newest`, unless said.", [sort.value for sort in Sort])
    ),
    Known("page", *_number(f"Which page, from 1; pages reach to hit {DEEPEST_HIT}.", 1, DEEPEST_HIT)),
    Known("per_page", *_number("Hits on a page; 20 unless said.", 1, MOST_PER_PAGE)),
    Known("cursor", *_text("`*` to begin, then the `next_cursor` of the last answer: to read everything.")),
    Known("fields", *_names("Which fields of an item to send; `id` always comes. All unless said.", ITEM_FIELDS)),
    Known("facets", *_names("Which fields to count values of. None unless said.", FACETS)),
    Known("facet_size", *_number("Values of a facet, the most frequent; 20 unless said.", 1, MOST_FACET_VALUES)),
    Known("highlight", *_text("`off`: no fragments and no spans, which is quicker.", ["on", "off"])),
    Known(
        "expand",
        *_text("`off`: words stand for themselves only, not for their concepts and families too.", ["on", "off"]),
    ),
    Known("explain", *_switch("Say of each item why it was found, in `explanation`.")),
    Known("lang", *_text("The language of labels; else by Accept-Language, else English.", LANGUAGES)),
)
NAMES = frozenset(known.name for known in KNOWN)
TYPES = {known.name: known.schema.type for known in KNOWN}
"""What each is in a JSON body; None: a text of one of several forms."""
NARROWING = frozenset(
    {*FACETS, *(f"not_{name}" for name in FACETS), "year_from", "year_to", "added_since"},
)
"""What leaves hits out that have all that is looked for."""


SEARCHING = NARROWING | {"q", "expand", "lang"}
"""What says which documents are meant, and in which language labels are shown."""
LISTING = NARROWING | {"cursor", "per_page", "fields", "lang"}
EXPORTING = SEARCHING | {"sort"}

_PREFIX = Known("prefix", *_text("Only values whose label, or the value itself, begins so; diacritics do not matter."))
_MOST = Known("facet_size", *_number("How many values at most, the most frequent first; 20 unless said.", 1, 1_000))
_FORMAT = Known("format", *_text("In which format.", EXPORT_FORMATS))


@dataclass
class SearchByAddress(Operation):
    """The documentation of a search whose parameters stand in the address."""

    def __post_init__(self) -> None:
        self.parameters = _in_address(NAMES)


@dataclass
class ListByAddress(Operation):
    """The documentation of browsing."""

    def __post_init__(self) -> None:
        self.parameters = _in_address(LISTING)


@dataclass
class ExportByAddress(Operation):
    """The documentation of an export: of what, and in which format."""

    def __post_init__(self) -> None:
        self.parameters = [replace(_FORMAT.in_address(), required=True), *_in_address(EXPORTING)]


@dataclass
class FacetByAddress(Operation):
    """The documentation of one facet's values within a search."""

    def __post_init__(self) -> None:
        field = Parameter(
            name="field",
            param_in="path",
            required=True,
            schema=Schema(type=OpenAPIType.STRING, enum=list(FACETS)),
            description="The facet.",
        )
        self.parameters = [field, _PREFIX.in_address(), _MOST.in_address(), *_in_address(SEARCHING)]


@dataclass
class SearchByBody(Operation):
    """The documentation of a search whose parameters are the members of a JSON object."""

    def __post_init__(self) -> None:
        properties: dict[str, Reference | Schema] = {known.name: known.in_body() for known in KNOWN}
        schema = Schema(type=OpenAPIType.OBJECT, properties=properties, additional_properties=False)
        self.request_body = RequestBody(content={"application/json": OpenAPIMediaType(schema=schema)}, required=True)


def _in_address(names: Collection[str]) -> list[Parameter | Reference]:
    return [known.in_address() for known in KNOWN if known.name in names]
