"""The library as a web application: which routes there are, and what is open while it runs."""

import asyncio
import gc
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from datetime import date

from litestar import Litestar, Router
from litestar.config.compression import CompressionConfig
from litestar.config.cors import CORSConfig
from litestar.datastructures import State
from litestar.di import Provide

from library.exchange import open_exchange
from library.facsimiles import Drawer
from library.loaded import keep_what_is_loaded
from library.settings import Settings
from library.unfound import Listening
from library.web.access import admit, check_needs, opened_exchange, present_audience, say_who_may_keep_it, today
from library.web.audit import audit
from library.web.batches import batch, batch_events, batches, change_batch, hand_in_together
from library.web.bodies import CarefulRequest, insist_on_json
from library.web.changes import change_document, replace_document, restore_document, withdraw_document
from library.web.counting import Counter, say_what_is_left
from library.web.desk.router import desk_router
from library.web.docs import asset, description, openapi_json
from library.web.documents import document, documents, page, similar
from library.web.drawing import Drawing
from library.web.export import export
from library.web.facet_values import facet_values
from library.web.feeds import feed, opensearch, robots, sitemap, sitemap_part
from library.web.files import original
from library.web.forms import FORM_BYTES
from library.web.health import alive, ready
from library.web.identity import IdentityProvider
from library.web.in_need import documents_in_need
from library.web.instantsearch import instantsearch
from library.web.jobs import job, job_events, jobs, retry_job
from library.web.keys import keys, make_key, revoke_key
from library.web.mending import keep_mended
from library.web.metrics import Metrics, metrics
from library.web.oai import oai, oai_by_form
from library.web.pages import PAGES
from library.web.parameters import refuse_unknown_parameters
from library.web.personal_data import confirm_personal_data, held_documents, leave_with_members, personal_data
from library.web.problems import EXCEPTION_HANDLERS, explain_problem
from library.web.purges import purge, purges
from library.web.requests import EveryRequest
from library.web.resemblances import decide_resemblance, document_resemblances, resemblances
from library.web.results import API
from library.web.search import room_for_answers, search, search_by_body
from library.web.sign_in import me, sign_in, sign_out, signed_in
from library.web.sign_in_links import follow_link, link
from library.web.statistics import statistics
from library.web.suggest import suggest
from library.web.unfound import keep_unfound, unfound_questions
from library.web.uploads import hand_in
from library.web.versions import version, version_original, version_page, versions
from library.web.vocabulary import (
    organisation,
    organisations,
    topics,
    vocabulary_concepts,
    vocabulary_concepts_in_skos,
    vocabulary_list,
    vocabulary_lists,
)
from library.web.warming import keep_followed, keep_warm

COMPRESSION = CompressionConfig(
    backend="brotli",
    brotli_quality=4,
    gzip_compress_level=4,
    minimum_size=1_000,
    # Originals go out in parts, events one by one; what has a strong entity tag must be the same bytes for everybody.
    exclude=[r"/files/", r"/events$", r"/picture$", rf"^{API}/documents/[^/]+$"],
)
"""Higher levels make answers little smaller and cost a third of all requests a second."""
BODY_BYTES = 1_000_000
"""The largest body of a request that hands in no file."""


def create_app(settings: Settings, day: Callable[[], date] = today, drawer: Drawer | None = None) -> EveryRequest:
    """The whole application. Nothing is opened before its lifespan begins. `day` is the one on which embargoes are
    looked at; `drawer` draws pages for the reader, which shows their text where there is none."""
    return before_a_library(routed(settings), settings, day, drawer)


def routed(settings: Settings) -> Litestar:
    """All routes, each of which says what it needs, before no library yet: that takes most of the time it takes to make
    an application."""
    app = Litestar(
        route_handlers=[
            _api(settings),
            PAGES,
            desk_router(settings),
            vocabulary_concepts_in_skos,
            alive,
            ready,
            explain_problem,
            metrics,
            *(sign_in, signed_in, sign_out, link, follow_link),
            openapi_json,
            asset,
            *(oai, oai_by_form, feed, sitemap, sitemap_part, opensearch, robots),
        ],
        request_class=CarefulRequest,
        guards=[admit, insist_on_json],
        dependencies={
            "audience": Provide(present_audience),
            "exchange": Provide(opened_exchange),
        },
        exception_handlers=EXCEPTION_HANDLERS,
        lifespan=[_open],
        openapi_config=description(),
        request_max_body_size=BODY_BYTES,
        compression_config=COMPRESSION,
        before_send=[say_who_may_keep_it, say_what_is_left],
        cors_config=_cors(settings.cors_origins),
        logging_config=None,
    )
    check_needs(app)
    return app


def before_a_library(app: Litestar, settings: Settings, day: Callable[[], date], drawer: Drawer | None) -> EveryRequest:
    """These routes before the library of these settings. Nothing is left of one that they were before until it was
    closed; its settings may differ from these in `data` only."""
    figures = Metrics()
    app.state = State(
        {
            "settings": settings,
            "today": day,
            "metrics": figures,
            "drawing": Drawing(drawer),
            "written_answers": room_for_answers(settings.memory.written),
            "listening": Listening() if settings.unfound_askings else None,
        }
    )
    return EveryRequest(app, settings, figures)


def _cors(origins: Sequence[str]) -> CORSConfig | None:
    """Which other sites' pages may call: with a key in a header, never with the cookies of who is signed in here."""
    if not origins:
        return None
    return CORSConfig(
        allow_origins=list(origins),
        allow_methods=["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"],
        allow_headers=[
            "Accept-Language",
            "Authorization",
            "Content-Type",
            "Idempotency-Key",
            "If-Match",
            "If-None-Match",
            "X-API-Key",
        ],
        expose_headers=[
            "ETag",
            "Link",
            "Location",
            "RateLimit-Limit",
            "RateLimit-Remaining",
            "RateLimit-Reset",
            "Retry-After",
            "X-Request-ID",
        ],
        allow_credentials=False,
    )


def _api(settings: Settings) -> Router:
    return Router(
        API,
        route_handlers=[
            search,
            search_by_body,
            instantsearch,
            suggest,
            facet_values,
            statistics,
            unfound_questions,
            export,
            documents,
            document,
            replace_document,
            change_document,
            withdraw_document,
            restore_document,
            page,
            similar,
            original,
            purge,
            purges,
            versions,
            version,
            version_page,
            version_original,
            resemblances,
            document_resemblances,
            decide_resemblance,
            held_documents,
            personal_data,
            confirm_personal_data,
            leave_with_members,
            documents_in_need,
            topics,
            organisations,
            organisation,
            vocabulary_lists,
            vocabulary_concepts,
            vocabulary_list,
            job,
            job_events,
            retry_job,
            jobs,
            batch,
            batch_events,
            change_batch,
            batches,
            me,
            audit,
            keys,
            make_key,
            revoke_key,
            Router("/", route_handlers=[hand_in], request_max_body_size=settings.upload_bytes + FORM_BYTES),
            Router("/", route_handlers=[hand_in_together], request_max_body_size=settings.batch_bytes + FORM_BYTES),
        ],
        guards=[refuse_unknown_parameters],
        security=[{}, {"bearer": []}, {"header": []}] if settings.anonymous else [{"bearer": []}, {"header": []}],
    )


@asynccontextmanager
async def _open(app: Litestar) -> AsyncIterator[None]:
    """Hold the exchange open while the application runs, and its index in repair."""
    settings: Settings = app.state.settings
    exchange = app.state.exchange = await open_exchange(settings)
    app.state.identity = IdentityProvider(settings) if settings.oidc_issuer else None
    counter = app.state.counter = Counter(settings)
    # Dictionaries, thesaurus and families are loaded when first asked, which takes seconds: better now than in
    # somebody's search.
    await asyncio.to_thread(exchange.analyzer.warm)
    if not gc.get_freeze_count():
        keep_what_is_loaded()
    behind = [
        asyncio.create_task(keep_mended(exchange)),
        asyncio.create_task(keep_followed(exchange)),
        asyncio.create_task(keep_unfound(app.state.listening, exchange)),
    ]
    if settings.warm:
        behind.append(asyncio.create_task(keep_warm(exchange)))
    try:
        yield
    finally:
        for task in behind:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task
        drawing: Drawing = app.state.drawing
        await drawing.close()
        counter.close()
        await exchange.close()
