"""Figures for Prometheus: what one application counted, and how its store stands when asked.

Labels hold only what the collector itself names: route templates, status codes, outcomes.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from typing import Any

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, ProcessCollector, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.metrics_core import Metric
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

from bitnet_report import __version__

from .store_figures import StoreFigures

MULTIPROCESS = "PROMETHEUS_MULTIPROC_DIR"
"""Where several workers share their counts (prometheus-client's own variable); each then answers for all."""

_METHODS = {"DELETE", "GET", "HEAD", "PATCH", "POST", "PUT", "OPTIONS"}
_SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)


class Metrics:
    """The counters of one application, in a registry of their own."""

    def __init__(self) -> None:
        """Begin at nought."""
        self._registry = CollectorRegistry()
        self._durations = Histogram(
            "bitnet_http_request_duration_seconds",
            "From a request's first byte to the last of its answer.",
            ("method", "route", "status"),
            registry=self._registry,
            buckets=_SECONDS,
        )
        self.in_flight = Gauge(
            "bitnet_http_requests_in_flight",
            "Requests that are being answered now.",
            registry=self._registry,
            multiprocess_mode="livesum",
        )
        self._reports = Counter(
            "bitnet_reports",
            "Reports submitted, by what became of them: created, repeated, or the kind of problem.",
            ("outcome",),
            registry=self._registry,
        )
        self._problems = Counter(
            "bitnet_problems",
            "Problem documents given, by kind; busy, unavailable and storage-full mean a store in trouble.",
            ("problem",),
            registry=self._registry,
        )
        if MULTIPROCESS not in os.environ:
            ProcessCollector(registry=self._registry)

    def count(self, method: str, route: str, status: int, seconds: float, noted: Mapping[str, Any]) -> None:
        """Count one answered request; `noted` is what its route said about it."""
        method = method if method in _METHODS else "other"
        self._durations.labels(method, route, str(status)).observe(seconds)
        if "problem" in noted:
            self._problems.labels(noted["problem"]).inc()
        outcome = noted.get("outcome", noted.get("problem"))
        if outcome and (method, route) == ("POST", "/runs"):
            self._reports.labels(outcome).inc()

    def exposition(self, store: StoreFigures | None) -> bytes:
        """Everything in Prometheus' text format; `store` is None where the database does not answer."""
        if MULTIPROCESS in os.environ:
            registry = CollectorRegistry()
            MultiProcessCollector(registry)  # type: ignore[no-untyped-call]  # not annotated
        else:
            registry = self._registry
        return generate_latest(registry) + generate_latest(_StoreCollector(store))


class _StoreCollector(Collector):
    """The store's figures as they were just read."""

    def __init__(self, store: StoreFigures | None) -> None:
        self._store = store

    def collect(self) -> Iterable[Metric]:
        version = GaugeMetricFamily("bitnet_collector_info", "The program.", labels=("version",))
        version.add_metric((__version__,), 1)
        yield version
        store = self._store
        yield GaugeMetricFamily("bitnet_store_up", "1 if the database answers.", value=store is not None)
        if store is None:
            return
        yield GaugeMetricFamily("bitnet_store_runs", "Stored runs.", value=store.runs)
        yield GaugeMetricFamily("bitnet_store_members", "Members who reported.", value=store.members)
        yield GaugeMetricFamily("bitnet_store_workloads", "Pieces of work run.", value=store.workloads)
        yield GaugeMetricFamily("bitnet_store_bytes", "Size of the database.", value=store.size_bytes)
        for name, moment in (("oldest", store.oldest), ("newest", store.newest)):
            if moment is not None:
                yield GaugeMetricFamily(
                    f"bitnet_store_{name}_run_timestamp_seconds",
                    f"When the {name} stored run was measured, in Unix time.",
                    value=moment.timestamp(),
                )
