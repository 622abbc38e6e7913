"""The staff desk: where files are handed in, what waits for somebody, and how the newest batches are doing."""

from collections.abc import Mapping, Sequence
from typing import Any

from library.page.batch_page import counted
from library.page.documents_page import needs_counted
from library.page.review_page import desk_address
from library.page.scripting import for_script
from library.page.wording import Wording
from library.vocabulary import label

Batch = Mapping[str, Any]
"""`BatchStanding` of the API as JSON."""
KINDS = ("practice", "study")
VISIBLE_TO = ("members", "organisation")
"""Who may see what was just handed in. That it becomes public is decided when somebody has looked at it."""


def desk_page(batches: Sequence[Batch], counts: Mapping[str, int], withdrawn: str, wording: Wording) -> dict[str, Any]:
    """What the template `desk.html` shows. `counts` says how many documents there are for each need;
    `withdrawn` is the id of a document that was taken out just now, if any was."""
    return {
        "needs": needs_counted(counts),
        "withdrawn": f"{desk_address(withdrawn)}/restore" if withdrawn else "",
        "kinds": [{"value": each, "label": label("kind", each, wording.language)} for each in KINDS],
        "visible_to": [{"value": each, "label": label("visibility", each, wording.language)} for each in VISIBLE_TO],
        "batches": [_listed(each, wording) for each in batches],
        "scripted": for_script(["desk.js", "sending.js"], wording),
    }


def _listed(batch: Batch, wording: Wording) -> dict[str, Any]:
    return {
        "href": f"/desk/batches/{batch['id']}",
        "day": wording.day(batch["created"]),
        "files": batch["files"] + batch["known"],
        "counts": [each for each in counted(batch) if each["n"]],
    }
