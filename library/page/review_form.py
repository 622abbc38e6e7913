"""The form in which staff describe a document: its fields as the page shows them, and what was typed as a patch."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Literal

from msgspec import Struct

from library.page.hits import best_language
from library.page.wording import LANGUAGES, Wording
from library.vocabulary import FIELDS, agreed_list, label

Shown = Mapping[str, Any]
"""`ShownDocument` of the API as JSON."""
Typed = Callable[[str], Sequence[str]]
"""All that was typed or chosen under a name in a form."""
Form = Literal["texts", "line", "lines", "number", "date", "term", "terms", "rows", "parts"]


class Field(Struct, frozen=True):
    """One field of a document, and in which form it is asked for."""

    name: str
    form: Form
    terms: str = ""
    """The agreed list that it takes its terms from."""
    parts: tuple[str, ...] = ()
    """What each of its rows, or the field itself, is made of."""


class Group(Struct, frozen=True):
    """Fields that stand under one heading."""

    name: str
    fields: tuple[Field, ...]
    kind: str = ""
    """Of the documents that have these fields; empty: of both."""


def _prose(*names: str) -> tuple[Field, ...]:
    return tuple(Field(name, "texts") for name in names)


GROUPS = (
    Group(
        "what",
        (
            *_prose("title", "summary"),
            Field("languages", "terms", "language"),
            Field("keywords", "lines"),
        ),
    ),
    Group(
        "practice",
        (
            *_prose("context", "objectives", "activities", "results"),
            Field("evidence", "term", "evidence"),
            Field("reach", "parts", parts=("number", "unit")),
            *_prose("caveats", "success_factors", "risks", "innovation", "sustainability", "adaptation"),
            Field("transferability", "term", "transferability"),
            Field("resources", "parts", parts=("staff", "volunteers", "duration", "cost", "cost_band")),
            Field("tools", "rows", parts=("title", "language", "url")),
        ),
        "practice",
    ),
    Group(
        "study",
        (
            Field("authors", "rows", parts=("family", "given", "orcid")),
            Field("publisher", "line"),
            Field("study_type", "term", "study_type"),
            Field("findings", "rows", parts=("sentence", "page")),
            Field("recommendations", "rows", parts=("text", "addressee", "page", "status")),
            Field("questions", "lines"),
            Field("methods", "terms", "method"),
            Field("sample", "line"),
            Field("limitations", "line"),
            Field("laws_cited", "lines"),
            *(Field(name, "line") for name in ("doi", "isbn", "issn")),
        ),
        "study",
    ),
    Group(
        "about",
        (
            Field("topics", "terms", "topic"),
            Field("target_groups", "terms", "target_group"),
            Field("scale", "term", "scale"),
            Field("year", "number"),
            Field("place", "parts", parts=("municipality", "region", "country")),
            Field("period", "parts", parts=("since", "until")),
            Field("stage", "term", "stage"),
            Field("nationalities", "terms", "nationality"),
            Field("legal_statuses", "terms", "legal_status"),
            Field("migrant_led", "term", "migrant_led"),
            Field("partners", "lines"),
            Field("funders", "lines"),
            Field("links", "rows", parts=("title", "url")),
        ),
    ),
    Group(
        "rights",
        (
            Field("licence", "term", "licence"),
            Field("contact", "parts", parts=("role", "email")),
            Field("embargo_until", "date"),
            Field("review_due", "date"),
            Field("change_note", "line"),
        ),
    ),
)
EMPTY_ROWS = 3
"""For what is to be added."""
LONG_LIST = 20
"""Terms, of which more are folded: nobody wants to step through sixty nationalities by keyboard."""
NUMBERS = frozenset({"page", "number", "volunteers"})
MOST_DIGITS = 18
"""Of a number: far more than anybody counts; of thousands of them Python makes no number."""
TERMS = {**FIELDS, "tools.language": "language"}
"""The agreed list that a part takes its terms from, by its path."""
_NAMED = re.compile(r"(?P<field>\w+)(?:\[(?P<row>\d+)\])?(?:\.(?P<part>\w+))?.*")
"""How a reason names a field: `findings[0].page`."""
_SECTIONS = frozenset(
    {"summary", "context", "objectives", "activities", "results", "caveats", "innovation", "success_factors", "risks"}
    | {"sustainability", "adaptation", "findings", "recommendations", "questions", "tools", "links", "contact"}
)
_FACTS = frozenset(
    {"topics", "target_groups", "languages", "place", "legal_statuses", "migrant_led", "evidence", "transferability"}
    | {"study_type", "publisher", "methods", "limitations", "partners", "funders", "keywords", "licence"}
    | {"period", "nationalities", "reach", "laws_cited"}
)

# Document -> form ----------------------------------------------------------------------------------------------------


def shown_form(document: Shown, wording: Wording) -> list[dict[str, Any]]:
    """What the template shows of each field: `missing` where the document may not be public without it."""
    return [
        {"name": group.name, "fields": [_shown_field(field, document, wording) for field in group.fields]}
        for group in GROUPS
        if group.kind in ("", document["kind"])
    ]


def name_of(field: str, wording: Wording) -> str:
    if field in _SECTIONS:
        return wording.say(f"section.{field}")
    if field in _FACTS:
        return wording.say(f"fact.{field}")
    return wording.say(f"form.{field}")


def field_of(name: str) -> str:
    """The field of which `name` is a part, as a reason names it; empty where the form has none such."""
    field = name.partition(".")[0].partition("[")[0]
    return field if any(field == each.name for group in GROUPS for each in group.fields) else ""


def label_of(name: str, wording: Wording) -> str:
    """What a reason's name is called on the page: the field, in which of its rows, and the part."""
    found = _NAMED.fullmatch(name)
    if found is None or not (field := field_of(name)):
        return name
    at, part = found["row"], found["part"] or ""
    called = [f"{name_of(field, wording)} {int(at) + 1}" if at else name_of(field, wording)]
    known = next(each.parts for group in GROUPS for each in group.fields if each.name == field)
    return ", ".join([*called, wording.say(f"form_part.{part}")] if part in known else called)


def _shown_field(field: Field, document: Shown, wording: Wording) -> dict[str, Any]:
    value = document.get(field.name)
    shown: dict[str, Any] = {
        "name": field.name,
        "form": field.form,
        "label": name_of(field.name, wording),
        "missing": field.name in document["missing"],
    }
    match field.form:
        case "texts":
            return shown | _shown_texts(value or {}, document, wording)
        case "lines":
            return shown | {"value": "\n".join(value or ())}
        case "term" | "terms":
            chosen = [value] if field.form == "term" else list(value or ())
            terms = _terms(field.terms, [each for each in chosen if each], wording)
            return shown | {"terms": terms, "long": len(terms) > LONG_LIST, "chosen": any(chosen)}
        case "rows":
            rows = [*(value or ()), *({} for _ in range(EMPTY_ROWS))]
            return shown | {"rows": [_parts(f"{field.name}.{at}", field, row, wording) for at, row in enumerate(rows)]}
        case "parts":
            return shown | {"parts": _parts(field.name, field, value or {}, wording)}
        case "line" | "number" | "date":
            return shown | {"value": value or ""}


def _shown_texts(texts: Mapping[str, str], document: Shown, wording: Wording) -> dict[str, Any]:
    """A text in each language: those that it is in, or should be, first; the others of the pages' languages behind."""
    spoken = best_language(dict.fromkeys(document["languages"], ""), wording.language, document["languages"])
    first = list(texts) or [spoken or wording.language]
    others = [each for each in LANGUAGES if each not in first]

    def shown(language: str) -> dict[str, str]:
        name = label("language", language, wording.language)
        return {"language": language, "name": name, "text": texts.get(language, "")}

    return {"texts": [shown(each) for each in first], "other_texts": [shown(each) for each in others]}


def _terms(list_id: str, chosen: Sequence[str], wording: Wording) -> list[dict[str, Any]]:
    """The list's terms; a chosen one that the list has not, such as a language, is there too."""
    known = [term.id for term in agreed_list(list_id).terms]
    return [
        {"value": each, "label": label(list_id, each, wording.language), "chosen": each in chosen}
        for each in dict.fromkeys((*known, *chosen))
    ]


def _parts(name: str, field: Field, value: Mapping[str, Any], wording: Wording) -> list[dict[str, Any]]:
    return [
        {
            "name": f"{name}.{part}",
            "part": part,
            "label": wording.say(f"form_part.{part}"),
            "value": value.get(part) or "",
            "terms": _part_terms(f"{field.name}.{part}", value.get(part) or "", wording),
        }
        for part in field.parts
    ]


def _part_terms(path: str, value: str, wording: Wording) -> list[dict[str, Any]]:
    return _terms(TERMS[path], [value] if value else [], wording) if path in TERMS else []


# Form -> patch -------------------------------------------------------------------------------------------------------


def patch_from(document: Shown, typed: Typed) -> dict[str, Any]:
    """What was typed, as a JSON Merge Patch of the document: only what is not as it was."""
    fields = [field for group in GROUPS if group.kind in ("", document["kind"]) for field in group.fields]
    return dict(_changes(fields, document, typed))


def _changes(fields: Sequence[Field], document: Shown, typed: Typed) -> Iterator[tuple[str, Any]]:
    for field in fields:
        before = document.get(field.name)
        now: Any
        match field.form:
            case "texts":
                now, before = _texts(field, document, typed), None
            case "parts":
                now, before = _changed_parts(field, before or {}, typed)
            case "rows":
                now = [row for row in _rows(field, len(before or ()) + EMPTY_ROWS, typed) if row]
                before = [{part: row[part] for part in field.parts if row.get(part)} for row in before or ()]
            case "lines":
                now = [line.strip() for line in _one(typed, field.name).splitlines() if line.strip()]
            case "terms":
                now = list(typed(field.name))
            case "number":
                now = _number(_one(typed, field.name))
            case "line" | "term" | "date":
                now = _one(typed, field.name)
        if (now or None) != (before or None):
            yield field.name, now if now or field.form in ("rows", "lines", "terms") else None


def _texts(field: Field, document: Shown, typed: Typed) -> dict[str, str | None]:
    """The languages in which the text is another one than before, None where there is none any more."""
    before = document.get(field.name) or {}
    now = {each: _one(typed, f"{field.name}.{each}") for each in {*before, *LANGUAGES, *document["languages"]}}
    return {language: text or None for language, text in now.items() if text != before.get(language, "")}


def _changed_parts(field: Field, before: Mapping[str, Any], typed: Typed) -> tuple[Any, Any]:
    """All parts as they are now, or None where none is left, with what is to be compared with it: None for anything
    but what has gone or is as it was."""
    now = {part: _part(typed, field.name, part) for part in field.parts}
    if all(value == (before.get(part) or None) for part, value in now.items()):
        return None, None
    return (now, None) if any({**before, **now}.values()) else (None, before)


def _rows(field: Field, most: int, typed: Typed) -> Iterator[dict[str, Any]]:
    """Of each row the parts in which something was typed."""
    for at in range(most):
        row = {part: _part(typed, f"{field.name}.{at}", part) for part in field.parts}
        yield {part: value for part, value in row.items() if value}


def _part(typed: Typed, name: str, part: str) -> Any:
    """What was typed there, None for nothing."""
    text = _one(typed, f"{name}.{part}")
    return (_number(text) if part in NUMBERS else text) or None


def _one(typed: Typed, name: str) -> str:
    """A text as it was typed, with the ends of lines as the library has them."""
    return "".join(typed(name)).replace("\r\n", "\n").strip()


def _number(text: str) -> Any:
    """A number; what is none, or too long for one, stays a text, which the library refuses with a reason."""
    return int(text) if text.isdecimal() and len(text) <= MOST_DIGITS else text or None
