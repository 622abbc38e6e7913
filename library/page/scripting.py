"""What a page hands to its script: the texts that the script says, and blanks of the parts that it fills."""

import re
from collections.abc import Iterable
from typing import Any

import msgspec
from markupsafe import Markup

from library.page.assets import asset
from library.page.wording import Wording

_SAID = re.compile(r"""\bsay\(\s*(["`])([^"`]+)\1""")

BLANK: dict[str, Any] = {
    "fragment": {"href": "", "where": "-", "text": "-"},
    "reason": {"share": 0, "sentence": "-"},
    "value": {"value": "", "label": "-", "written_count": "-", "selected": False},
    "chip": {"href": "", "text": "-"},
    "expansion": {"word": "-", "meant": "-"},
    "other": {"why": "-", "href": "", "q": "-", "total": "-"},
}
BLANK["hit"] = {
    **dict.fromkeys(("id", "kind", "href", "title_language", "summary_language"), ""),
    **dict.fromkeys(
        ("kind_label", "organisation", "place", "year", "languages", "hidden_from_public", "title", "summary"), "-"
    ),
    **dict.fromkeys(("evidence", "file", "why"), "-"),
    "incomplete": True,
    "topics": [],
    "fragments": [BLANK["fragment"]],
    "reasons": [BLANK["reason"]],
}
BLANK["facet"] = {"name": "", "open": False, "label": "-", "values": [BLANK["value"]], "more": [BLANK["value"]]}
"""Each part of the page once with something in every place; the script fills it or takes the place away."""


def said_by(script: str) -> list[str]:
    """The keys of the texts that a script says. One that ends in a name to be put in (`sort.${…}`) stands for all that
    begin so."""
    return [key for _, key in _SAID.findall(asset(script).content.decode())]


def for_script(scripts: Iterable[str], wording: Wording, names: Iterable[str] = ()) -> Markup:
    """The texts of these scripts, and the parameters that a page's address may have, as JSON that can stand in HTML."""
    keys = {key.partition("${")[0] for script in scripts for key in said_by(script)}
    beginnings = tuple(key for key in keys if key.endswith("."))
    texts = {key: text for key, text in wording.texts.items() if key in keys or key.startswith(beginnings)}
    return as_json({"language": wording.language, "texts": texts, "names": list(names)})


def as_json(value: object) -> Markup:
    """JSON that neither ends the element it stands in nor begins another."""
    written = msgspec.json.encode(value).decode()
    return Markup(written.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026"))  # noqa: S704  # made safe just here
