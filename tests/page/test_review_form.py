"""What staff type into the form that describes a document, and what of it changes."""

import msgspec

from library.model import Audience, Link, Period, Practice, Reach, Recommendation, Resources, Role, Tool
from library.page.review_form import field_of, patch_from, shown_form
from library.page.wording import wording
from library.said import revised
from library.web.document_answer import shown_document
from tests.builders import TODAY, a_practice, a_study

RICH = {
    "period": Period(since="2019-05"),
    "stage": "running",
    "nationalities": ("UA", "VN"),
    "links": (Link(url="https://one.example"), Link(url="https://two.example", title="Two")),
}
FULL = {
    **RICH,
    "reach": Reach(number=30, unit="rodin"),
    "resources": Resources(staff="1 koordinátorka", volunteers=2, cost_band="under-50k", interpreters=("uk",)),
    "tools": (Tool(title="Leták", language="uk"),),
}


def shown(document):
    audience = Audience(role=Role.STAFF, organisation=document.organisation, today=TODAY)
    return msgspec.to_builtins(shown_document(document, audience, {document.organisation: "Spolek"}))


def after(document, **typed: str):
    """The document when the form has come back as a browser sends it, with this typed into it."""
    sent = {name.replace("__", "."): [text] for name, text in typed.items()}
    before = dict(_sent(shown(document)))
    return revised(document, patch_from(shown(document), lambda name: sent.get(name, before.get(name, []))))


def _sent(document):
    for field in (field for group in shown_form(document, wording("cs")) for field in group["fields"]):
        match field["form"]:
            case "texts":
                for text in (*field["texts"], *field["other_texts"]):
                    yield f"{field['name']}.{text['language']}", [text["text"]]
            case "term" | "terms":
                yield field["name"], [each["value"] for each in field["terms"] if each["chosen"]]
            case "rows" | "parts":
                for part in (part for row in field.get("rows", [field.get("parts")]) for part in row):
                    yield part["name"], [str(part["value"])]
            case _:
                yield field["name"], [str(field["value"])]


def test_what_comes_back_as_it_was_changes_nothing():
    recommendations = (Recommendation(text="Zrušit kauce", addressee="parliament", page=3, status="partly"),)
    for document in (a_practice(**FULL), a_study(**RICH, recommendations=recommendations)):
        sent = dict(_sent(shown(document)))
        assert patch_from(shown(document), lambda name: sent.get(name, [])) == {}  # noqa: B023  # used at once


def test_numbers_rows_and_terms_are_kept_as_what_they_are():
    changed = after(a_practice(), reach__number="12", reach__unit="dětí", tools__0__title="Slovník", links__0__url="u")
    assert isinstance(changed, Practice)
    assert changed.reach == Reach(number=12, unit="dětí")
    assert changed.tools == (Tool(title="Slovník"),)
    assert changed.links == (Link(url="u"),)
    advised = after(a_study(), recommendations__0__text="Stavět", recommendations__0__addressee="government")
    assert advised.recommendations == (Recommendation(text="Stavět", addressee="government"),)


def test_what_is_emptied_is_gone_but_not_what_the_form_does_not_show():
    emptied = after(a_practice(**FULL), reach__number="", reach__unit="", period__since="", links__0__url="")
    assert (emptied.reach, emptied.period) == (None, None)
    assert emptied.links == (Link(url="https://two.example", title="Two"),)
    names = ("staff", "volunteers", "cost_band")
    emptied = after(a_practice(**FULL), **{f"resources__{name}": "" for name in names})
    assert emptied.resources == Resources(interpreters=("uk",))


def test_a_reason_is_told_at_its_field():
    assert field_of("recommendations[1].addressee") == "recommendations"
    assert field_of("reach.number") == "reach"
    assert field_of("body") == ""
