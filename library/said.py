"""What a member says of a file: the fields of a document, all of them optional, checked before the file is read."""

import re
from collections.abc import Mapping
from difflib import get_close_matches
from typing import Any

import msgspec

from library.errors import BadRequest, Reason, listed
from library.model import Document, LocalizedText, Practice, Study, kind_of
from library.vocabulary import unknown_terms
from library.words import because

Said = dict[str, Any]
"""Field names of `library.model` to values of JSON. A localised text may be a plain string: it is then in the
document's own language."""

GIVEN_BY_US = frozenset(
    {"organisation", "files", "clues", "language_known", "added", "changed", "version", "submitted_by"}
)
"""Fields that nobody may say: the library knows them itself."""

REPLACES = "replaces"
"""Beside the fields of a document: the id of the one of which this file is the next version."""

OF_ONE_TEXT = frozenset({"id", "languages", "personal_data_check", "reviewed_by", "verified_on", "change_note"})
"""What was said of a text and need not be true of its next version."""

UNKNOWN_LANGUAGE = "und"
LAST_YEAR = 9999

_FIELDS = {field.name: field for kind in (Practice, Study) for field in msgspec.structs.fields(kind)}
_LOCALIZED = frozenset(name for name, field in _FIELDS.items() if field.type == LocalizedText)
_OF_THE_OTHER_KIND = {
    "practice": frozenset(Study.__struct_fields__) - frozenset(Practice.__struct_fields__),
    "study": frozenset(Practice.__struct_fields__) - frozenset(Study.__struct_fields__),
}
_SAYABLE = frozenset(_FIELDS) - GIVEN_BY_US | {"kind", REPLACES}
_ID = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,62}[a-z0-9])?")
_AT = re.compile(r"(?P<reason>.*?)(?: - at `\$\.?(?P<place>.*)`)?", re.DOTALL)
_WRONG = (
    (re.compile(r"Object missing required field `(?P<part>.*)`"), "missing"),
    (re.compile(r"Object contains unknown field `(?P<part>.*)`"), "unknown-field"),
    (re.compile(r"Expected `int\b.*"), "no-number"),
    (re.compile(r"Expected `bool\b.*"), "no-yes-or-no"),
    (re.compile(r"Expected `str\b.*"), "no-text"),
    (re.compile(r"Expected `array\b.*"), "no-list"),
    (re.compile(r"Expected `object\b.*"), "no-parts"),
    (re.compile(r"Invalid RFC3339 encoded date\b.*|Expected `date\b.*"), "no-day"),
    (re.compile(r"Invalid enum value '(?P<value>.*)'"), "no-choice"),
)
"""What msgspec says of a value, and the code of the reason that it is."""


def read_said(given: Mapping[str, Any]) -> Said:
    """The given fields as JSON can hold them, once it is sure that a document can be made of them.

    Raises BadRequest with a reason for each field that cannot be used.
    """
    said: Said = msgspec.to_builtins(dict(given))
    reasons = [*_unknown_fields(said), *_bad_id(said)] or unknown_terms(said) or _wrong_values(said)
    if reasons:
        raise BadRequest(f"The description cannot be used: {listed(reasons)}", reasons=tuple(reasons))
    return said


def document_from(said: Said, *, language: str, **known: Any) -> Document:
    """The document that was described; what we know ourselves is in `known`.

    Raises msgspec.ValidationError where `said` has not been through `read_said`.
    """
    fields = {"kind": "practice", **known, **said, **{name: known[name] for name in GIVEN_BY_US & known.keys()}}
    localized = {name: _localized(name, value, language) for name, value in fields.items() if name != REPLACES}
    return msgspec.convert(localized, Document)  # type: ignore[no-any-return]  # mypy does not see through a union


def described_anew(before: Document, given: Mapping[str, Any]) -> Document:
    """The document with this description in place of its own. Its id, kind, organisation and files stay.

    Raises BadRequest like `read_said`.
    """
    return _described(before, read_said(_same_document(before, given)))


def revised(before: Document, patch: Mapping[str, Any]) -> Document:
    """The document with some fields changed, as a JSON Merge Patch (RFC 7396) says. Only what the patch names is
    checked: a term that has left its list since stays where nobody touches it.

    Raises BadRequest like `read_said`.
    """
    present = {name: value for name, value in msgspec.to_builtins(before).items() if name not in GIVEN_BY_US}
    merged = _merged(present, _same_document(before, patch))
    touched = {name: merged.get(name) for name in patch if merged.get(name) is not None or name not in _FIELDS}
    read_said({**touched, "kind": kind_of(before)})
    return _described(before, merged)


def of_next_version(before: Document, said: Said) -> Said:
    """What describes the next version of a document: what described it, but for what was said anew."""
    of_text = GIVEN_BY_US | OF_ONE_TEXT | _OF_THE_OTHER_KIND.get(said.get("kind", kind_of(before)), frozenset())
    carried = {name: value for name, value in msgspec.to_builtins(before).items() if name not in of_text}
    return {**carried, **said}


def _described(before: Document, said: Said) -> Document:
    kept = {name: getattr(before, name) for name in GIVEN_BY_US} | {"id": before.id}
    known = {**kept, "kind": kind_of(before)}
    if "languages" in said:
        known["language_known"] = "declared"
    if not said.get("title"):
        raise BadRequest("A document has a title.", reasons=(because("title", "missing"),))
    language = next(iter(said.get("languages", before.languages)), "")
    try:
        return document_from(said, language=language, **msgspec.to_builtins(known))
    except msgspec.ValidationError as error:
        raise BadRequest(f"The description cannot be used: {error}", reasons=(_reason(error),)) from error


def _same_document(before: Document, given: Mapping[str, Any]) -> Said:
    """What was given, without what names the document itself and therefore says nothing new."""
    own = {"id": before.id, "kind": kind_of(before)}
    reasons = [because(name, "stays", value=value) for name, value in own.items() if given.get(name, value) != value]
    if REPLACES in given:
        reasons.append(because(REPLACES, "said-of-a-file"))
    if reasons:
        raise BadRequest("The id and the kind of a document stay what they are.", reasons=tuple(reasons))
    return {**given, "kind": own["kind"]}


def _merged(target: Any, patch: Any) -> Any:
    if not isinstance(patch, Mapping):
        return patch
    result = dict(target) if isinstance(target, Mapping) else {}
    for name, value in patch.items():
        if value is None:
            result.pop(name, None)
        else:
            result[name] = _merged(result.get(name), value)
    return result


def _localized(name: str, value: Any, language: str) -> Any:
    return {language or UNKNOWN_LANGUAGE: value} if name in _LOCALIZED and isinstance(value, str) else value


def _unknown_fields(said: Said) -> list[Reason]:
    unknown = [_unknown(name) for name in said if name not in _SAYABLE]
    kind = said.get("kind", "practice")
    strange = _OF_THE_OTHER_KIND.get(kind, frozenset()) if isinstance(kind, str) else frozenset()
    return [*unknown, *(because(name, f"not-of-a-{kind}") for name in said if name in strange)]


def _unknown(name: str) -> Reason:
    if name in GIVEN_BY_US:
        return because(name, "given-by-us")
    nearest = get_close_matches(name, _SAYABLE, n=1)
    return because(name, "unknown-field-nearest", nearest=nearest[0]) if nearest else because(name, "unknown-field")


def _bad_id(said: Said) -> list[Reason]:
    bad = [
        because(name, "bad-id")
        for name in ("id", REPLACES)
        if said.get(name) is not None and not (isinstance(said[name], str) and _ID.fullmatch(said[name]))
    ]
    if not bad and said.get("id", said.get(REPLACES)) != said.get(REPLACES, said.get("id")):
        return [because("id", "id-of-the-replaced")]
    return bad


def _wrong_values(said: Said) -> list[Reason]:
    try:
        document = document_from(said, language="", id="id", organisation="organisation", title={})
    except msgspec.ValidationError as error:
        return [_reason(error)]
    possible = document.year is None or 0 < document.year <= LAST_YEAR
    return [] if possible else [because("year", "no-year")]


def _reason(error: msgspec.ValidationError) -> Reason:
    at = _AT.fullmatch(str(error))
    assert at is not None
    for form, code in _WRONG:
        if found := form.fullmatch(at["reason"]):
            named = found.groupdict()
            places = [each for each in (at["place"], named.pop("part", None)) if each]
            return because(".".join(places) or "description", code, **named)
    return because(at["place"] or "description", "unusable")
