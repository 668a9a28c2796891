"""``/metrics``: what the service does, in Prometheus's text format.

No label's value comes from a client: a path that no route matches counts under one name, and a form
is one of SPARQL's own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from importlib.metadata import version

from flask import Flask, Response
from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    ProcessCollector,
    generate_latest,
)
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, InfoMetricFamily, Metric
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4
from prometheus_client.registry import Collector

from integrin_kg.web.exchanges import Exchange, observe

CAUSES = ("deadline", "memory", "crash", "client gone")
"""What a worker is killed by."""

_NONE = "none"
_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60)


@dataclass(frozen=True)
class EngineState:
    """What the engine says of itself. ``refused`` and ``killed`` (by cause, see :data:`CAUSES`) count from
    the start and never fall; ``graph_version`` grows with every update of the graph."""

    queued: int
    refused: int
    workers_alive: int
    graph_version: int
    killed: Mapping[str, int] = field(default_factory=dict)


AskEngine = Callable[[], EngineState | None]
"""Returns the engine's state, or None where the engine does not answer; raises nothing."""


def register(app: Flask, engine_state: AskEngine) -> None:
    """Measure every request of ``app`` and serve ``/metrics``, in a registry of the app's own."""
    registry = CollectorRegistry()
    ProcessCollector(registry=registry)
    registry.register(EngineCollector(engine_state))
    exchanges = ExchangeMetrics(registry)
    observe(app, began=exchanges.began, ended=exchanges.ended)

    @app.get("/metrics")
    def metrics() -> Response:
        return Response(
            generate_latest(registry),
            content_type=CONTENT_TYPE_PLAIN_0_0_4,
            headers={"Cache-Control": "no-store"},
        )


class ExchangeMetrics:
    """Counts and times requests."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self.in_flight = Gauge(
            "integrin_kg_requests_in_flight", "Requests being answered.", registry=registry
        )
        self.requests = Counter(
            "integrin_kg_requests",
            "Requests answered.",
            ["route", "form", "status"],
            registry=registry,
        )
        self.broken = Counter(
            "integrin_kg_answers_broken",
            "Answers that broke off, or whose client left.",
            ["route", "form"],
            registry=registry,
        )
        self.bytes = Counter(
            "integrin_kg_answer_bytes", "Bytes of answers, as sent.", ["route", "form"], registry=registry
        )
        self.seconds = Histogram(
            "integrin_kg_request_seconds",
            "Seconds from a request's start to its answer's last byte.",
            ["form"],
            buckets=_SECONDS,
            registry=registry,
        )

    def began(self, exchange: Exchange) -> None:
        """Count a request that came in."""
        self.in_flight.inc()

    def ended(self, exchange: Exchange) -> None:
        """Count a request that was answered."""
        route, form = exchange.route or _NONE, exchange.form or _NONE
        self.in_flight.dec()
        self.requests.labels(route, form, str(exchange.status)).inc()
        self.bytes.labels(route, form).inc(exchange.bytes)
        self.seconds.labels(form).observe(exchange.seconds)
        if not exchange.whole:
            self.broken.labels(route, form).inc()


class EngineCollector(Collector):
    """Asks the engine for its state when the metrics are read."""

    def __init__(self, engine_state: AskEngine) -> None:
        self.engine_state = engine_state

    def describe(self) -> list[Metric]:
        """Return nothing: else registering would ask an engine that may not be there yet."""
        return []

    def collect(self) -> Iterator[Metric]:
        """Yield the engine's metrics; of an engine that does not answer, only that."""
        yield InfoMetricFamily("integrin_kg_build", "What runs.", {"version": version("integrin-kg")})
        state = self.engine_state()
        yield GaugeMetricFamily("integrin_kg_engine_up", "Whether the engine answers.", state is not None)
        if state is None:
            return
        yield GaugeMetricFamily("integrin_kg_queue_length", "Queries that wait for a worker.", state.queued)
        yield CounterMetricFamily(
            "integrin_kg_queries_refused", "Queries refused because too many waited.", state.refused
        )
        yield GaugeMetricFamily("integrin_kg_workers_alive", "Workers that run.", state.workers_alive)
        yield GaugeMetricFamily(
            "integrin_kg_graph_version", "The version of the graph that is served.", state.graph_version
        )
        killed = CounterMetricFamily(
            "integrin_kg_workers_killed", "Workers that were killed, by cause.", labels=["cause"]
        )
        for cause in CAUSES:
            killed.add_metric([cause], state.killed.get(cause, 0))
        yield killed
