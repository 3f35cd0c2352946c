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
from bench.subjects import COUNTS_MESSAGES, SUBJECTS, Count

STALLED_AFTER_S = 15.0
LASTS_AT_MOST_S = 180.0
POLL_S = 0.02

KEPT_UP_SHARE = 0.7
"""Where so much was taken while the publisher still published, the whole time is taken instead of the rest."""


@dataclass(frozen=True, slots=True)
class Drained:
    """Readings a second, and what the reader of the figure must know; None where the subject did not run."""

    per_second: float | None
    note: str


def drain(name: str, kind: str, *, messages: int, per_message: int = 1) -> Drained:
    """Measure a subject on `messages` of `kind` with `per_message` readings each."""
    expected = messages if name in COUNTS_MESSAGES else messages * per_message
    scale = messages * per_message / expected
    with broker() as port, tempfile.TemporaryDirectory(prefix="labedge-bench-") as folder:
        publisher = Publisher(port, kind, messages)
        try:
            with SUBJECTS[name](port, Path(folder)) as count:
                begin = time.monotonic()
                publisher.go()
                publisher.seconds()
                flooded, before = time.monotonic(), count()
                ended, kept = _until(count, expected)
        except RuntimeError as error:
            publisher.end()
            return Drained(None, f"not measured: {str(error).strip().rpartition(chr(10))[2]}")
    missing = "" if kept >= expected else f"only {kept:,} of {expected:,} were kept when it stopped or time was over"
    if before > KEPT_UP_SHARE * expected:
        return Drained(scale * kept / (ended - begin), missing or "it kept up with the publisher")
    return Drained(scale * (kept - before) / (ended - flooded), missing)


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
