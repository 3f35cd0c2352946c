"""The gateway's counters for Prometheus, prefix `labedge_`.

One object a process, handed to whoever counts; no global registry.
"""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest

COMMIT_BUCKETS = (0.001, 0.002, 0.005, 0.01, 0.02, 0.04, 0.08, 0.2, 0.5, 1.0, 5.0)


class Metrics:
    """Counters in a registry of their own; safe from any thread."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.messages_received = Counter(
            "labedge_messages_received", "Units received from devices, by link", ["link"], registry=self.registry
        )
        self.readings_committed = Counter(
            "labedge_readings_committed", "Readings that are on disk and were new", registry=self.registry
        )
        self.records_committed = Counter(
            "labedge_records_committed",
            "Records other than readings that are on disk and were new",
            registry=self.registry,
        )
        self.rejected = Counter(
            "labedge_rejected", "Units that were no reading and no state", ["equipment"], registry=self.registry
        )
        self.dropped = Counter(
            "labedge_dropped",
            "What had to go, by reason: retention, slow_reader, queue",
            ["reason"],
            registry=self.registry,
        )
        self.journal_waits = Counter(
            "labedge_journal_waits",
            "Seconds' worth of waiting for the journal to take a device's records",
            ["equipment"],
            registry=self.registry,
        )
        self.commit_seconds = Histogram(
            "labedge_commit_seconds",
            "From the first record of a group to its commit",
            registry=self.registry,
            buckets=COMMIT_BUCKETS,
        )

    def exposition(self) -> bytes:
        """The text that Prometheus reads."""
        return generate_latest(self.registry)
