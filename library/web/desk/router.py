"""The staff desk as a whole: its pages, and what who may not see them reads instead."""

from typing import Any
from urllib.parse import urlencode

from litestar import Request, Response, Router
from litestar.exceptions import HTTPException
from litestar.response import Redirect

from library.errors import LibraryError, NotAllowed, NotSignedIn
from library.model import Role
from library.page.addresses import changed
from library.people import csrf_token
from library.settings import Settings
from library.web.access import caller_of, session_in
from library.web.desk.bulk import change_many_at_desk
from library.web.desk.glance import collection_at_desk
from library.web.desk.handing_in import (
    batch_at_desk,
    desk,
    hand_in_at_desk,
    retry_batch_at_desk,
    retry_job_at_desk,
)
from library.web.desk.listing import documents_at_desk
from library.web.desk.pairs import decide_at_desk, pair_at_desk
from library.web.desk.review import (
    confirm_at_desk,
    describe_at_desk,
    document_at_desk,
    keep_at_desk,
    replace_at_desk,
    restore_at_desk,
    withdraw_at_desk,
)
from library.web.forms import FORM_BYTES
from library.web.pages import answered, explain, spoken_wording
from library.web.problems import headers_of, meant, status_of

_PAGES = frozenset(
    path.replace(":str}", "}")
    for handler in (desk, documents_at_desk, collection_at_desk, batch_at_desk, document_at_desk, pair_at_desk)
    for path in handler.paths
)
"""What stands at addresses of the desk to be looked at, as routes name themselves."""


def desk_router(settings: Settings) -> Router:
    """All of the desk. What comes with a file may be as large as the settings say."""
    return Router(
        "/",
        route_handlers=[
            desk,
            documents_at_desk,
            change_many_at_desk,
            collection_at_desk,
            batch_at_desk,
            retry_batch_at_desk,
            retry_job_at_desk,
            document_at_desk,
            describe_at_desk,
            confirm_at_desk,
            keep_at_desk,
            withdraw_at_desk,
            restore_at_desk,
            pair_at_desk,
            decide_at_desk,
            Router(
                "/",
                route_handlers=[hand_in_at_desk, replace_at_desk],
                request_max_body_size=settings.batch_bytes + FORM_BYTES,
            ),
        ],
        exception_handlers={LibraryError: _explain, HTTPException: _explain_http},
    )


def _explain(request: Request[Any, Any, Any], error: LibraryError) -> Response[Any]:
    """Who is not signed in is asked to; who is no staff reads so on a plain page."""
    known = isinstance(error, NotAllowed)
    if not known and not isinstance(error, NotSignedIn):
        return explain(request, error)
    if known and caller_of(request).audience.role.may(Role.STAFF):
        return explain(request, error)
    if not known and request.method == "POST":
        return _not_saved(request, error)
    if not known and request.app.state.identity is not None:
        back = changed({}, {"lang": request.query_params.get("lang", "")}, request.url.path)
        return Redirect(f"/sign-in?{urlencode({'back': back})}", status_code=303)
    session = session_in(request)
    page = {
        "known": known,
        "csrf": csrf_token(session) if session else "",
        "name": caller_of(request).name if known else "",
    }
    spoken, headers = spoken_wording(request), {"Cache-Control": "no-store"}
    return answered(
        request, "for_staff.html", page, spoken, here="/desk", status=status_of(type(error)), headers=headers
    )


def _not_saved(request: Request[Any, Any, Any], error: LibraryError) -> Response[Any]:
    """Where the form of somebody who is not signed in any more leads: not to the identity provider, since our pages let
    no form go there, and browsers then do nothing."""
    form_at = _page_of_form(request)
    page = {"signs_in": request.app.state.identity is not None, "form_at": form_at}
    headers = {"Cache-Control": "no-store", **headers_of(error)}
    status, spoken = status_of(type(error)), spoken_wording(request)
    return answered(request, "signed_out.html", page, spoken, here=form_at, status=status, headers=headers)


def _page_of_form(request: Request[Any, Any, Any]) -> str:
    """The page that a form stands on: the one at its address, or the nearest one above. Browsers do not tell it us."""
    path, route = request.url.path, str(request.scope["path_template"])
    while route not in _PAGES and route:
        path, route = path.rpartition("/")[0], route.rpartition("/")[0]
    return path or "/desk"


def _explain_http(request: Request[Any, Any, Any], error: HTTPException) -> Response[Any]:
    return _explain(request, meant(request, error))
