"""What OpenAPI cannot say of requests, so that those which schemathesis makes are meant as they are described.

- A form sends its empty fields too: they ask for nothing, and are no mistake.
- An address of more than 16,000 characters gets no further than the door, which answers 414 whatever it is.
- A cursor is one that came with an answer, or `*`; with a cursor there is no page, and pages end at hit 10,000.
- With `fields` an answer has less of each item than is described.
- Which fields a description of a document may have depends on its kind and on the agreed lists: here it says nothing.
"""

from typing import Any
from urllib.parse import urlencode

import schemathesis

from library.web.requests import LONGEST_ADDRESS

MOST_PAGES = 100
LONGEST_PATH = 2_000


@schemathesis.hook
def filter_query(context: Any, query: Any) -> bool:  # noqa: ARG001  # its signature
    asked = query or {}
    short = len(urlencode(asked, doseq=True, errors="replace")) < LONGEST_ADDRESS - LONGEST_PATH
    return short and not any(value in ("", []) for value in asked.values())


@schemathesis.hook
def map_query(context: Any, query: Any) -> Any:  # noqa: ARG001  # its signature
    return _possible(query)


@schemathesis.hook
def map_body(context: Any, body: Any) -> Any:  # noqa: ARG001  # its signature
    return _possible(body)


def _possible(asked: Any) -> Any:
    if not isinstance(asked, dict):
        return asked
    possible = {name: value for name, value in asked.items() if name != "fields"}
    if isinstance(possible.get("cursor"), str):
        possible["cursor"] = "*"
        possible.pop("page", None)
    if isinstance(possible.get("metadata"), dict):
        possible["metadata"] = {}
    if isinstance(possible.get("page"), int):
        possible["page"] = min(possible["page"], MOST_PAGES)
    return possible
