"""The page of one batch: how each of the files that were handed in together is doing."""

from collections.abc import Mapping, Sequence
from typing import Any

from library.page.scripting import for_script
from library.page.wording import Wording

Batch = Mapping[str, Any]
"""`BatchStanding` of the API as JSON."""
Job = Mapping[str, Any]
"""`Job` of the API as JSON."""
HandedIn = Mapping[str, Any]
"""`HandedInFile` of the API as JSON."""

BLANK = {
    "id": "",
    "name": "-",
    "state": "",
    "standing": "-",
    "what": "-",
    "cure": "-",
    "more": "-",
    "review": "#",
    "retry": "#",
}
"""A file with something in every place, for the script to fill."""


def batch_page(batch: Batch, jobs: Sequence[Job], handed_in: Sequence[HandedIn], wording: Wording) -> dict[str, Any]:
    """What the template `batch.html` shows. `jobs` come newest first; `handed_in` is what there is to say of files
    that did not become one of them."""
    return {
        "id": batch["id"],
        "day": wording.day(batch["created"]),
        "files": [shown_file(each) for each in reversed(jobs)],
        "handed_in": _outcomes(batch, handed_in),
        "counts": counted(batch),
        "total": batch["files"],
        "over": batch["done"] + batch["failed"],
        "hidden": batch["files"] - len(jobs),
        "ended": batch["ended"],
        "paused": batch["paused"],
        "events": batch["links"]["events"],
        "jobs": batch["links"]["jobs"],
        "reasons": batch["reasons"],
        "blank": BLANK,
        "scripted": for_script(["batch.js", "sending.js"], wording),
    }


def counted(batch: Batch) -> list[dict[str, Any]]:
    """How many files are where, in the three numbers that people ask for."""
    waiting = batch["waiting"] + batch["working"] + batch["indexing"]
    return [
        {"name": name, "n": n}
        for name, n in (("done", batch["done"]), ("waiting", waiting), ("failed", batch["failed"]))
    ]


def shown_file(job: Job) -> dict[str, Any]:
    failed = job["state"] == "failed"
    return {
        "id": job["id"],
        "name": job["name"],
        "state": job["state"],
        "standing": job["standing"],
        "what": job["what"],
        "cure": job["cure"],
        "more": " · ".join(filter(None, (job["detail"], *job["notes"]))),
        "review": f"/desk/documents/{job['document']}" if job["links"]["document"] else "",
        "retry": f"/desk/jobs/{job['id']}/retry" if failed else "",
    }


def _outcomes(batch: Batch, handed_in: Sequence[HandedIn]) -> list[dict[str, Any]]:
    """What there is to say of files that are none of the batch's own."""
    renamed = {each["name"] for each in batch["known_as"]}
    refused = [each for each in handed_in if each["news"] == "refused"]
    known = [each for each in handed_in if each["news"] == "known" and each["name"] not in renamed]
    return [*map(_outcome, (*refused, *known)), *map(_known, batch["known_as"])]


def _outcome(handed_in: HandedIn) -> dict[str, Any]:
    job = handed_in["job"]
    return {
        "name": handed_in["name"],
        "what": handed_in["what"],
        "cure": handed_in["cure"],
        "known_as": "",
        "href": f"/desk/documents/{job['document']}" if job and job["links"]["document"] else "",
    }


def _known(known: Mapping[str, str]) -> dict[str, Any]:
    href = f"/desk/documents/{known['document']}" if known["document"] else ""
    return {"name": known["name"], "what": "", "cure": "", "known_as": known["known_as"], "href": href}
