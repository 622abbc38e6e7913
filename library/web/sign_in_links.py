"""How somebody signs in by a link that an administrator has made, where there is no identity provider or it is down."""

from typing import Any

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromQuery

from library.errors import NotAllowed
from library.exchange import Exchange
from library.model import Role
from library.page.addresses import SIGN_IN_LINK
from library.web.access import OPEN_BUT_COUNTED
from library.web.pages import answered, spoken_wording
from library.web.sign_in import away, session_of_person


@get(SIGN_IN_LINK, opt=OPEN_BUT_COUNTED, include_in_schema=False)
async def link(request: Request[Any, Any, Any], secret: FromQuery[str] = "") -> Response[bytes]:
    """A page that asks before the link is used up: programs that look at every link in a letter post no forms."""
    return _page(request, secret)


@post(SIGN_IN_LINK, opt=OPEN_BUT_COUNTED, include_in_schema=False)
async def follow_link(
    request: Request[Any, Any, Any], exchange: NamedDependency[Exchange]
) -> Response[None] | Response[bytes]:
    """Signed in and at the desk; or the page again, saying that the link leads nowhere any more. Raises NotAllowed for
    a form on a page of somebody else, who could sign its readers in as somebody that they are not."""
    if request.headers.get("sec-fetch-site", "none") not in ("none", "same-origin"):
        raise NotAllowed("this form stands on another site: open the link itself")
    counter = request.app.state.counter
    counter.check_wrong(request)
    person = await exchange.people.follow(str((await request.form()).get("secret", "")))
    if person is None:
        counter.count_wrong(request)
        return _page(request, "", status=401)
    session = await session_of_person(person, request, exchange)
    return away("/desk" if person.role.may(Role.STAFF) else "/", [session])


def _page(request: Request[Any, Any, Any], secret: str, status: int = 200) -> Response[bytes]:
    words, headers = spoken_wording(request), {"Cache-Control": "no-store"}
    return answered(request, "link.html", {"secret": secret}, words, here="/", status=status, headers=headers)
