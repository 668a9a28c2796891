"""``/metrics``: what the service does, in Prometheus's text format.

No label's value comes from a client: a path that no route matches counts under one name, and a form
is one of SPARQL's own.
"""

from __future__ import annotations

import threading
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping
from copy import copy
from dataclasses import dataclass, field
from importlib.metadata import version
from itertools import accumulate

from flask import Flask, Response
from prometheus_client import (
    CollectorRegistry,
    ProcessCollector,
    generate_latest,
)
from prometheus_client.core import (
    CounterMetricFamily,
    GaugeMetricFamily,
    HistogramMetricFamily,
    InfoMetricFamily,
    Metric,
)
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4
from prometheus_client.registry import Collector
from prometheus_client.utils import floatToGoString

from integrin_kg.web.exchanges import Exchange, observe

CAUSES = ("deadline", "memory", "crash", "client gone")
"""What a worker is killed by."""

_NONE = "none"
_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60)


@dataclass(frozen=True)
class EngineState:
    """What the engine says of itself. ``refused`` and ``killed`` (by cause, see :data:`CAUSES`) count from
    the start and never fall, as ``cache_hits`` and ``cache_misses`` do; ``graph_version`` grows with every
    update of the graph."""

    queued: int
    refused: int
    workers_alive: int
    graph_version: int
    killed: Mapping[str, int] = field(default_factory=dict)
    cache_hits: int = 0
    cache_misses: int = 0
    cache_bytes: int = 0


AskEngine = Callable[[], EngineState | None]
"""Returns the engine's state, or None where the engine does not answer; raises nothing."""


def register(app: Flask, engine_state: AskEngine) -> None:
    """Measure every request of ``app`` and serve ``/metrics``, in a registry of the app's own."""
    registry = CollectorRegistry()
    ProcessCollector(registry=registry)
    registry.register(EngineCollector(engine_state))
    exchanges = ExchangeMetrics()
    registry.register(exchanges)
    observe(app, began=exchanges.began, ended=exchanges.ended)

    @app.get("/metrics")
    def metrics() -> Response:
        return Response(
            generate_latest(registry),
            content_type=CONTENT_TYPE_PLAIN_0_0_4,
            headers={"Cache-Control": "no-store"},
        )


class _Tally:
    """What is known of the answers of one route, form and status."""

    def __init__(self) -> None:
        self.requests = self.broken = self.bytes = 0
        self.seconds = 0.0
        self.by_seconds = [0] * (len(_SECONDS) + 1)

    def copy(self) -> _Tally:
        """Return what is known now."""
        found = copy(self)
        found.by_seconds = self.by_seconds.copy()
        return found


class ExchangeMetrics(Collector):
    """Counts and times requests. (In one place, and added up when the metrics are read: the library's own
    counters take a lock for each number.)"""

    def __init__(self) -> None:
        self.in_flight = 0
        self.tallies: defaultdict[tuple[str, str, str], _Tally] = defaultdict(_Tally)
        self._lock = threading.Lock()

    def began(self, exchange: Exchange) -> None:
        """Count a request that came in."""
        with self._lock:
            self.in_flight += 1

    def ended(self, exchange: Exchange) -> None:
        """Count a request that was answered."""
        with self._lock:
            self.in_flight -= 1
            tally = self.tallies[exchange.route or _NONE, exchange.form or _NONE, str(exchange.status)]
            tally.requests += 1
            tally.broken += not exchange.whole
            tally.bytes += exchange.bytes
            tally.seconds += exchange.seconds
            tally.by_seconds[bisect_left(_SECONDS, exchange.seconds)] += 1

    def describe(self) -> list[Metric]:
        """Return nothing: their names are our own."""
        return []

    def collect(self) -> Iterator[Metric]:
        """Yield the metrics of all requests so far."""
        with self._lock:
            tallies = {labels: tally.copy() for labels, tally in self.tallies.items()}
            in_flight = self.in_flight
        yield GaugeMetricFamily("integrin_kg_requests_in_flight", "Requests being answered.", in_flight)
        yield _requests(tallies)
        yield _sums("answers_broken", "Answers that broke off, or whose client left.", tallies, "broken")
        yield _sums("answer_bytes", "Bytes of answers, as sent.", tallies, "bytes")
        yield _seconds(tallies)


_Tallies = Mapping[tuple[str, str, str], _Tally]


def _requests(tallies: _Tallies) -> Metric:
    family = CounterMetricFamily(
        "integrin_kg_requests", "Requests answered.", labels=["route", "form", "status"]
    )
    for labels, tally in tallies.items():
        family.add_metric(labels, tally.requests)
    return family


def _sums(name: str, about: str, tallies: _Tallies, member: str) -> Metric:
    sums: Counter[tuple[str, str]] = Counter()
    for (route, form, _), tally in tallies.items():
        sums[route, form] += getattr(tally, member)
    family = CounterMetricFamily(f"integrin_kg_{name}", about, labels=["route", "form"])
    for labels, total in sums.items():
        family.add_metric(labels, total)
    return family


def _seconds(tallies: _Tallies) -> Metric:
    family = HistogramMetricFamily(
        "integrin_kg_request_seconds",
        "Seconds from a request's start to its answer's last byte.",
        labels=["form"],
    )
    for form in {form for _, form, _ in tallies}:
        mine = [tally for (_, other, _), tally in tallies.items() if other == form]
        counts = accumulate(map(sum, zip(*(tally.by_seconds for tally in mine), strict=True)))
        bounds = [*map(floatToGoString, _SECONDS), "+Inf"]
        buckets = list(zip(bounds, counts, strict=True))
        family.add_metric([form], buckets, sum(tally.seconds for tally in mine))
    return family


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
        yield CounterMetricFamily(
            "integrin_kg_cache_hits", "Queries answered with a kept answer.", state.cache_hits
        )
        yield CounterMetricFamily(
            "integrin_kg_cache_misses", "Queries of which no answer was kept.", state.cache_misses
        )
        yield GaugeMetricFamily("integrin_kg_cache_bytes", "Bytes of kept answers.", state.cache_bytes)
        killed = CounterMetricFamily(
            "integrin_kg_workers_killed", "Workers that were killed, by cause.", labels=["cause"]
        )
        for cause in CAUSES:
            killed.add_metric([cause], state.killed.get(cause, 0))
        yield killed
