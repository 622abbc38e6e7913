"""What Prometheus is told of the running library."""

import os
from collections.abc import Iterator
from typing import Any

from litestar import Response, get
from litestar.datastructures import State
from litestar.di import NamedDependency
from litestar.types import Scope as AsgiScope
from prometheus_client import CollectorRegistry, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.exposition import CONTENT_TYPE_LATEST
from prometheus_client.multiprocess import MultiProcessCollector

from library.exchange import Exchange
from library.model import Scope
from library.search import IndexState
from library.web.access import needs

SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)
NO_ROUTE = "none"


class Metrics:
    """The figures of one web process; of all of them together, where `serve` started several."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        self._requests = Histogram(
            "library_request_seconds",
            "How long requests took.",
            ("method", "route", "status"),
            buckets=SECONDS,
            registry=self._registry,
        )

    def note(self, scope: AsgiScope, method: str, status: int, seconds: float) -> None:
        """A request was answered. Only the route is kept, never what stood in its place."""
        route = str(scope.get("path_template") or NO_ROUTE)
        self._requests.labels(method, route, str(status)).observe(seconds)

    async def written(self, exchange: Exchange, given_again: int) -> bytes:
        """All figures in Prometheus' text format; `given_again` answers went out as they were kept."""
        present = CollectorRegistry()
        present.register(_Present([*await _figures(exchange, given_again)]))
        return self._of_requests() + generate_latest(present)

    def _of_requests(self) -> bytes:
        try:
            everybody = CollectorRegistry()
            MultiProcessCollector(everybody)  # type: ignore[no-untyped-call]
            return generate_latest(everybody)
        except ValueError:  # there is only this process
            return generate_latest(self._registry)


class _Present:
    """Figures as they are at this moment."""

    def __init__(self, figures: list[GaugeMetricFamily]) -> None:
        self._figures = figures

    def collect(self) -> Iterator[GaugeMetricFamily]:
        yield from self._figures


async def _figures(exchange: Exchange, given_again: int) -> list[GaugeMetricFamily]:
    jobs = GaugeMetricFamily("library_jobs", "Files in the queue, by state.", labels=["state"])
    for job_state, count in (await exchange.inbox.counts()).items():
        jobs.add_metric([job_state.value], count)
    index = GaugeMetricFamily("library_index", "The index's generation and state.", labels=["generation", "state"])
    state = await exchange.index.state()
    generation = await exchange.index.generation() if state is IndexState.READY else ""
    index.add_metric([generation, state.value], 1)
    documents = GaugeMetricFamily("library_documents", "Documents in the catalogue.")
    documents.add_metric([], await exchange.catalog.count())
    behind = GaugeMetricFamily("library_unindexed_documents", "Documents that the index lacks, to a thousand.")
    behind.add_metric([], len(await exchange.unindexed.oldest(1_000)))
    answers = GaugeMetricFamily(
        "library_answers", "Searches of this process: asked, and worked out.", labels=["process", "what"]
    )
    counts = exchange.finding.remembered_counts()
    counts["asked"] += given_again
    for what, count in counts.items():
        answers.add_metric([str(os.getpid()), what], count)
    return [jobs, index, documents, behind, answers]


@get(
    "/metrics",
    opt=needs(Scope.ADMIN),
    include_in_schema=False,
    media_type="text/plain",
)
async def metrics(state: State, exchange: NamedDependency[Exchange]) -> Response[bytes]:
    """For an administrator's key: it counts what the public may not see."""
    figures: Any = state.metrics
    # What goes out again as it was written never comes to the exchange.
    given_again = state.written_answers.asked - state.written_answers.made
    text = await figures.written(exchange, given_again)
    return Response(text, media_type=CONTENT_TYPE_LATEST, headers={"Cache-Control": "no-store"})
