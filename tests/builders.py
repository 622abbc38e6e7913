"""Which values tests are made of: each builder gives one valid value; a test overrides what matters to it."""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Any

from library.catalog import AnalysedPage
from library.database import open_database
from library.exchange import Exchange
from library.facsimiles import Facsimiles
from library.language import TokenTable, shared_analyzer
from library.model import Audience, Document, Page, Practice, Role, Study, Visibility
from library.originals import Originals
from library.search import IndexEntry, SearchIndex
from library.settings import Settings

TODAY = date(2025, 6, 1)
"""The day on which all tests happen."""


def a_practice(**fields: Any) -> Practice:
    """A public practice in Czech, complete enough to be searched, narrowed and sorted."""
    given: dict[str, Any] = {
        "id": "p1",
        "organisation": "alfa",
        "title": {"cs": "Sousedský stůl"},
        "summary": {"cs": "Setkání sousedů nad jídlem."},
        "languages": ("cs",),
        "language_known": "declared",
        "topics": ("housing",),
        "target_groups": ("women",),
        "scale": "local",
        "licence": "CC-BY-4.0",
        "visibility": Visibility.PUBLIC,
        "added": datetime(2025, 1, 15, 12, tzinfo=UTC),
        "year": 2023,
    }
    return Practice(**(given | fields))


def a_study(**fields: Any) -> Study:
    """A public study in English."""
    given: dict[str, Any] = {
        "id": "s1",
        "organisation": "beta",
        "title": {"en": "Access to housing"},
        "summary": {"en": "A survey of tenants."},
        "languages": ("en",),
        "language_known": "declared",
        "topics": ("housing",),
        "target_groups": ("workers",),
        "scale": "national",
        "licence": "CC-BY-4.0",
        "visibility": Visibility.PUBLIC,
        "added": datetime(2025, 2, 20, 12, tzinfo=UTC),
        "year": 2024,
        "study_type": "survey",
        "methods": ("interviews",),
    }
    return Study(**(given | fields))


def pages_of(*texts: str, language: str = "") -> list[Page]:
    """One page a text, numbered from 1."""
    return [Page(number=number, text=text, language=language) for number, text in enumerate(texts, 1)]


def analysed_pages_of(*texts: str, analysis: str = "1", first: int = 1) -> list[AnalysedPage]:
    """One Czech page a text, as the catalogue keeps it; the bytes of its table are those of the text."""
    return [
        AnalysedPage(number=number, text=text, language="cs", table=text.encode(), analysis=analysis)
        for number, text in enumerate(texts, first)
    ]


async def an_exchange_on(index: SearchIndex, settings: Settings) -> Exchange:
    """The exchange over the data folder of these settings, with this index; `close` it."""
    return Exchange(
        settings,
        database=await open_database(settings.database),
        originals=Originals(settings.files, 0),
        facsimiles=Facsimiles(settings.facsimiles, 0),
        index=index,
        analyzer=shared_analyzer(),
    )


def a_table(text: str, language: str = "") -> TokenTable:
    return shared_analyzer().table(text, language)


def an_entry(document: Document, pages: Sequence[str | Page] = ()) -> IndexEntry:
    """The document as an index takes it in: analysed, in its first language where a page does not say its own."""
    first = document.languages[0] if document.languages else ""
    return IndexEntry(
        document=document,
        title=tuple(a_table(text, language) for language, text in document.title.items()),
        about=(
            *(a_table(text, language) for language, text in document.summary.items()),
            *(a_table(keyword, first) for keyword in document.keywords),
        ),
        text=tuple(_page_table(page, first) for page in pages),
    )


def _page_table(page: str | Page, language: str) -> TokenTable:
    if isinstance(page, Page):
        return a_table(page.text, page.language or language)
    return a_table(page, language)


def the_public(today: date = TODAY) -> Audience:
    """Somebody without a key."""
    return Audience(today=today)


def a_member(organisation: str = "alfa", today: date = TODAY) -> Audience:
    return Audience(role=Role.MEMBER, organisation=organisation, today=today)


def staff_of(organisation: str = "alfa", today: date = TODAY) -> Audience:
    return Audience(role=Role.STAFF, organisation=organisation, today=today)


def an_admin(today: date = TODAY) -> Audience:
    return Audience(role=Role.ADMIN, today=today)
