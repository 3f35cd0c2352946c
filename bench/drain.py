"""How fast a subject takes messages that wait in the broker.

The publisher floods the broker first; what is left when it is done is then taken by the subject alone, so neither the
publisher nor its share of the processor is in the figure.
"""

from __future__ import annotations

import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from bench.broker import broker
from bench.publisher import Publisher
from bench.subjects import Count, Subject

STALLED_AFTER_S = 15.0
LASTS_AT_MOST_S = 180.0
POLL_S = 0.02

KEPT_UP_SHARE = 0.7
"""Where so much was taken while the publisher still published, the whole time is taken instead of the rest."""


@dataclass(frozen=True, slots=True)
class Drained:
    """Readings a second, how many of all were kept, and what the reader of the figure must know."""

    per_second: float
    kept: int
    expected: int
    note: str


def drain(subject: Subject, kind: str, *, messages: int, readings: int) -> Drained:
    """Measure `subject` on `messages` of `kind` that hold `readings` in all (or count as many)."""
    with broker() as port, tempfile.TemporaryDirectory(prefix="labedge-bench-") as folder:
        publisher = Publisher(port, kind, messages)
        with subject(port, Path(folder)) as count:
            begin = time.monotonic()
            publisher.go()
            publisher.seconds()
            flooded, before = time.monotonic(), count()
            ended, kept = _until(count, readings)
    if before > KEPT_UP_SHARE * readings:
        return Drained(kept / (ended - begin), kept, readings, "it kept up with the publisher" + _lost(kept, readings))
    return Drained((kept - before) / (ended - flooded), kept, readings, _lost(kept, readings).strip("; "))


def _until(count: Count, expected: int) -> tuple[float, int]:
    """Wait for the last reading, or for the last one that comes; when and how many."""
    last, seen_at, begin = count(), time.monotonic(), time.monotonic()
    while last < expected:
        time.sleep(POLL_S)
        now, at = count(), time.monotonic()
        if now > last:
            last, seen_at = now, at
        elif at - seen_at > STALLED_AFTER_S:
            break
        if at - begin > LASTS_AT_MOST_S:
            break
    return seen_at, last


def _lost(kept: int, expected: int) -> str:
    return "" if kept >= expected else f"; only {kept:,} of {expected:,} were kept when it stopped or time was over"
