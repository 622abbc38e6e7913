"""One document at the staff desk: the page on which staff look at it, and what its forms change."""

from collections.abc import Mapping
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Any

import msgspec
from litestar import Request, Response, get, post
from litestar.datastructures import FormMultiDict
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect

from library.errors import BadRequest, Conflict, Incomplete, LibraryError, NotAllowed
from library.exchange import Exchange
from library.model import Audience, Document, DocumentId, PersonalDataCheck, Scope, Visibility
from library.page.addresses import picture as picture_address
from library.page.facsimile import shown_facsimile
from library.page.refusals import refusals
from library.page.review_form import Typed, patch_from
from library.page.review_page import desk_address, review_page
from library.said import read_said, revised
from library.web.access import caller_of, document_to_change, needs, organisation_names
from library.web.batches import taken_in
from library.web.changes import check_unchanged, kept, restored, to_be_changed
from library.web.desk.frame import BY_FORM, asked_number, at_desk, back_to_document, onwards, text_in, texts_in
from library.web.document_answer import shown_document
from library.web.documents import document_etag
from library.web.drawing import drawable
from library.web.forms import file_in, form_of
from library.web.pages import drawing_of, spoken_wording
from library.web.personal_data import PersonalDataState, check_may_confirm, personal_data_in
from library.web.problems import PreconditionFailed
from library.web.resemblances import resemblances_seen
from library.words import words

SAID = ("saved", "published", "held", "incomplete", "hidden", "confirmed", "kept", "restored", "decided", "known")
"""What was done, as the address of the page says it."""
_NOTHING: Mapping[str, str] = MappingProxyType({})


@get("/desk/documents/{document_id:str}", include_in_schema=False, opt=needs(Scope.INGEST))
async def document_at_desk(
    request: Request[Any, Any, Any],
    document_id: FromPath[str],
    audience: NamedDependency[Audience],
    exchange: NamedDependency[Exchange],
) -> Response[bytes]:
    """What was read beside the page it came from, what describes the document, and what is to be decided about it."""
    document = await _own(document_id, audience, exchange)
    return await _review(request, document, audience, exchange)


@post("/desk/documents/{document_id:str}", include_in_schema=False, opt=BY_FORM, status_code=200)
async def describe_at_desk(
    request: Request[Any, Any, Any],
    document_id: FromPath[str],
    audience: NamedDependency[Audience],
    exchange: NamedDependency[Exchange],
) -> Response[Any]:
    """Keep what was typed, and show the document to whom the button said. What cannot be kept is shown again as it was
    typed, with the reasons."""
    document = await document_to_change(document_id, audience, exchange)
    form = await request.form()
    then = _visibility(text_in(form, "then"))
    names = await organisation_names(exchange)
    patch = patch_from(msgspec.to_builtins(shown_document(document, audience, names)), _typed(form))
    try:
        check_unchanged(document, text_in(form, "if_match"), audience, names)
        after = await kept(revised(document, patch), exchange) if patch else document
    except PreconditionFailed as error:
        return await _review(request, document, audience, exchange, patch=patch, refused=error, status=412)
    except (BadRequest, Incomplete) as error:
        return await _review(request, document, audience, exchange, patch=patch, refused=error, status=422)
    return back_to_document(request, document_id, await _show_to(then, after, exchange) if then else "saved")


@post("/desk/documents/{document_id:str}/personal-data", include_in_schema=False, opt=BY_FORM, status_code=303)
async def confirm_at_desk(
    request: Request[Any, Any, Any],
    document_id: FromPath[str],
    audience: NamedDependency[Audience],
    exchange: NamedDependency[Exchange],
) -> Redirect:
    """Who is signed in has looked at all that was shown, and says why it may be public."""
    await check_may_confirm(document_id, audience, exchange)
    form = await request.form()
    by = caller_of(request).name
    given = {"by": by, "on": datetime.now(UTC).date(), "result": text_in(form, "result")}
    try:
        check = msgspec.convert(given, PersonalDataCheck)
    except msgspec.ValidationError as error:
        raise BadRequest(f"say why it may be public: {error}") from error
    confirmed = await exchange.editing.confirm(document_id, check, text_in(form, "seen"))
    await exchange.show_changes()
    return back_to_document(
        request, document_id, "published" if confirmed.visibility is Visibility.PUBLIC else "confirmed"
    )


@post("/desk/documents/{document_id:str}/keep", include_in_schema=False, opt=BY_FORM, status_code=303)
async def keep_at_desk(
    request: Request[Any, Any, Any],
    document_id: FromPath[str],
    audience: NamedDependency[Audience],
    exchange: NamedDependency[Exchange],
) -> Redirect:
    """Leave a document that is held with the members for good: it waits for nobody any more."""
    document = await document_to_change(document_id, audience, exchange)
    await exchange.editing.leave_with_members(document.id)
    await exchange.show_changes()
    return back_to_document(request, document_id, "kept")


@post("/desk/documents/{document_id:str}/withdraw", include_in_schema=False, opt=BY_FORM, status_code=303)
async def withdraw_at_desk(
    request: Request[Any, Any, Any],
    document_id: FromPath[str],
    audience: NamedDependency[Audience],
    exchange: NamedDependency[Exchange],
) -> Redirect:
    """Take a document out; the desk then offers to bring it back."""
    form = await request.form()
    await to_be_changed(document_id, text_in(form, "if_match"), audience, exchange)
    await exchange.withdraw(document_id, text_in(form, "reason"))
    await exchange.show_changes()
    return onwards(request, "/desk", withdrawn=document_id)


@post("/desk/documents/{document_id:str}/restore", include_in_schema=False, opt=BY_FORM, status_code=303)
async def restore_at_desk(
    request: Request[Any, Any, Any],
    document_id: FromPath[str],
    audience: NamedDependency[Audience],
    exchange: NamedDependency[Exchange],
) -> Redirect:
    """Bring a document back that was withdrawn."""
    await restored(document_id, audience, exchange)
    return back_to_document(request, document_id, "restored")


@post("/desk/documents/{document_id:str}/versions", include_in_schema=False, opt=BY_FORM, status_code=303)
async def replace_at_desk(
    request: Request[Any, Any, Any],
    document_id: FromPath[str],
    audience: NamedDependency[Audience],
    exchange: NamedDependency[Exchange],
) -> Redirect:
    """Take in a file as the next version of the document, then show how its reading goes."""
    document = await document_to_change(document_id, audience, exchange)
    told = words(spoken_wording(request).language)
    async with form_of(request, ("file", "csrf_token", "change_note"), exchange.settings.upload_bytes) as form:
        file = file_in(form)
        note = text_in(form, "change_note")
        said = read_said({"replaces": document_id, **({"change_note": note} if note else {})})
        batch = await exchange.batches.open(document.organisation, audience.organisation)
        outcome = await taken_in(file, said, batch, exchange, told)
    if outcome.news == "refused":
        raise Conflict(f"{outcome.what} {outcome.cure}")
    known = outcome.job is not None and outcome.news == "known"
    return back_to_document(request, document_id, "known") if known else onwards(request, f"/desk/batches/{batch.id}")


# Beneath -------------------------------------------------------------------------------------------------------------


async def _own(document_id: DocumentId, audience: Audience, exchange: Exchange) -> Document:
    """A document that the caller looks after, or may confirm."""
    document = await exchange.readable.document(document_id, audience)
    if not audience.may_confirm(document):
        raise NotAllowed("this is for the document's own staff, or for a reviewer")
    return document


def _visibility(named: str) -> Visibility | None:
    """What a button says, if it says anything."""
    if named and named not in set(Visibility):
        raise BadRequest(f"a document can be shown to one of {', '.join(Visibility)}, not to '{named}'")
    return Visibility(named) if named else None


async def _show_to(visibility: Visibility, document: Document, exchange: Exchange) -> str:
    """Let this audience see the document; what became of that, as one of SAID."""
    if document.visibility is visibility:
        return "saved"
    try:
        after = await kept(msgspec.structs.replace(document, visibility=visibility), exchange)
    except Incomplete:
        return "incomplete"
    if visibility is not Visibility.PUBLIC:
        return "hidden"
    return "published" if after.visibility is visibility else "held"


async def _review(
    request: Request[Any, Any, Any],
    document: Document,
    audience: Audience,
    exchange: Exchange,
    *,
    patch: Mapping[str, Any] = _NOTHING,
    refused: LibraryError | None = None,
    status: int = 200,
) -> Response[bytes]:
    """The page; a patch that could not be kept is shown as if it had been."""
    spoken = spoken_wording(request)
    names = await organisation_names(exchange)
    shown = msgspec.to_builtins(shown_document(document, audience, names))
    found = await personal_data_in(document.id, audience, exchange)
    changing = audience.may_change(document.organisation)
    pairs = await exchange.resemblances.of(document.id) if changing else []
    alike = await resemblances_seen(pairs, audience, exchange)
    numbers = await exchange.catalog.page_numbers(document.id)
    leaf, facsimile = await _leaf(request, document, numbers, found, exchange)
    page = review_page(
        {**shown, **_merged(shown, patch)},
        leaf,
        numbers,
        msgspec.to_builtins(found),
        msgspec.to_builtins(alike)["resemblances"],
        etag=document_etag(document, audience, names),
        editable=changing,
        refused=refusals(refused, spoken) if refused else {},
        wording=spoken,
    )
    said = request.query_params.get("said", "")
    further = {"facsimile": facsimile, "said": said if said in SAID else ""}
    return await at_desk(
        request, "review.html", {**page, **further}, spoken, here=desk_address(document.id), status=status
    )


def _merged(shown: Mapping[str, Any], patch: Mapping[str, Any]) -> dict[str, Any]:
    """What was typed, in the places of what it was to change."""
    return {
        name: {**(shown.get(name) or {}), **{part: text or "" for part, text in value.items()}}
        if isinstance(value, dict)
        else value
        for name, value in patch.items()
    }


async def _leaf(
    request: Request[Any, Any, Any],
    document: Document,
    numbers: tuple[int, ...],
    found: PersonalDataState,
    exchange: Exchange,
) -> tuple[dict[str, Any] | None, Mapping[str, Any] | None]:
    """The page that is looked at, with what may be personal data marked, and its picture where it can be drawn."""
    if not numbers:
        return None, None
    asked = asked_number(request, max(numbers))
    number = asked if asked in numbers else numbers[0]
    text = (await exchange.catalog.page(document.id, number)).text
    spans = [(each.start, each.end) for each in found.findings if each.page == number]
    leaf = {"page": number, "text": text, "spans": spans}
    file = drawable(document, number)
    if file is None or (drawn := await drawing_of(request).facsimile(file, number, exchange)) is None:
        return leaf, None
    return leaf, shown_facsimile(drawn, text, spans, picture_address(document.id, number, file.sha256))


def _typed(form: FormMultiDict) -> Typed:
    return lambda name: texts_in(form, name)
