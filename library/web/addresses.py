"""Under which address the library is known outside, and who reads there without a key."""

from typing import Any

from litestar import Request

from library.errors import NotSignedIn
from library.model import Audience, DocumentId
from library.page.addresses import document_page
from library.settings import Settings


def base_of(request: Request[Any, Any, Any], settings: Settings) -> str:
    """With scheme and host, without a slash at its end: as the settings say it, else as the request does."""
    return settings.public_url.rstrip("/") or str(request.base_url).rstrip("/")


def document_address(base: str, document_id: DocumentId) -> str:
    """The page that people look at, which says where all else of the document is."""
    return base + document_page(document_id)


def the_public(request: Request[Any, Any, Any], settings: Settings) -> Audience:
    """Who reads feeds, maps and harvests, which take no key. Raises NotSignedIn where the library is for members."""
    if not settings.anonymous:
        raise NotSignedIn("this library is for members, and this address is read without a key")
    return Audience(today=request.app.state.today())
