"""What all pages of the staff desk share: their frame, how their forms are read, and where one gets to from each."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from litestar import Request, Response
from litestar.datastructures import FormMultiDict
from litestar.response import Redirect

from library.exchange import Exchange
from library.model import DocumentId, Scope
from library.page.review_page import desk_address
from library.page.wording import LANGUAGES, Wording
from library.people import csrf_token
from library.web.access import TOKEN_IN_FORM, caller_of, needs, organisation_names, session_of
from library.web.pages import answered

BY_FORM = {**needs(Scope.INGEST), **TOKEN_IN_FORM}
"""For the `opt` of what forms of the desk call."""
PLACES = (("desk", "/desk"), ("documents", "/desk/documents"), ("collection", "/desk/collection"))
"""Where one gets to from every page of the desk: what it is called, and its address."""


async def at_desk(
    request: Request[Any, Any, Any],
    template: str,
    page: Mapping[str, Any],
    spoken: Wording,
    *,
    here: str,
    status: int = 200,
) -> Response[bytes]:
    """A page of the desk. `here` is its address without the language."""
    caller = caller_of(request)
    exchange: Exchange = request.app.state.exchange
    names = await organisation_names(exchange)
    session = session_of(request)
    shared = {
        "name": caller.name,
        "organisation": names.get(caller.audience.organisation, caller.audience.organisation),
        "csrf": csrf_token(session) if session else "",
        "signs_in": request.app.state.identity is not None,
        "places": PLACES,
        "here": here.partition("?")[0],
    }
    headers = {"Cache-Control": "no-store"}
    return answered(request, template, page, spoken, here=here, desk=shared, status=status, headers=headers)


def onwards(request: Request[Any, Any, Any], path: str, **parameters: str) -> Redirect:
    """On to another page, in the language that the address named."""
    lang = request.query_params.get("lang", "")
    given = {**parameters, **({"lang": lang} if lang in LANGUAGES else {})}
    return Redirect(f"{path}?{urlencode(given)}" if given else path, status_code=303)


def text_in(form: FormMultiDict, name: str) -> str:
    """What was typed in a field of a form; the last, where there are several."""
    given = form.getall(name, [])
    return str(given[-1]).strip() if given else ""


def texts_in(form: FormMultiDict, name: str) -> list[str]:
    """All that was chosen under this name."""
    return [each for each in form.getall(name, []) if isinstance(each, str)]


def asked_number(request: Request[Any, Any, Any], last: int) -> int:
    """The page that the address asks for, from 1 to the last; the first unless it does."""
    asked = request.query_params.get("page", "")
    # Of thousands of digits Python makes no number.
    return int(asked) if asked.isdecimal() and len(asked) <= len(str(last)) and 1 <= int(asked) <= last else 1


def back_to_document(request: Request[Any, Any, Any], document_id: DocumentId, said: str) -> Redirect:
    """To the page on which staff look at a document, which says what was done."""
    return onwards(request, desk_address(document_id), said=said)
