"""The collection at a glance, at the staff desk."""

from typing import Any

import msgspec
from litestar import Request, Response, get
from litestar.di import NamedDependency

from library.exchange import Exchange
from library.model import Audience, Scope
from library.page.collection_page import MOST_BARS, collection_page
from library.web.access import needs
from library.web.desk.frame import at_desk
from library.web.in_need import needs_counted
from library.web.pages import spoken_wording
from library.web.statistics import counted
from library.web.unfound import most_asked


@get("/desk/collection", include_in_schema=False, opt=needs(Scope.INGEST))
async def collection_at_desk(
    request: Request[Any, Any, Any], audience: NamedDependency[Audience], exchange: NamedDependency[Exchange]
) -> Response[bytes]:
    """What there is, by topic, language, organisation and year; what of one's own needs somebody; and what was
    asked and not found."""
    spoken = spoken_wording(request)
    statistics = await counted(spoken.language, audience, exchange)
    counts = await needs_counted(audience, exchange)
    unfound = await most_asked(MOST_BARS, audience, exchange)
    shown = collection_page(msgspec.to_builtins(statistics), counts, msgspec.to_builtins(unfound), spoken)
    return await at_desk(request, "collection.html", shown, spoken, here="/desk/collection")
