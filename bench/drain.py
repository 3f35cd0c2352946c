"""How fast a subject takes messages that wait in the broker.

The subject has subscribed and is held still while the publisher fills the broker; so neither the publisher nor its
share of the processor is in the figure.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from bench.broker import broker
from bench.publisher import Publisher
from bench.subjects import COUNTS_MESSAGES, SUBJECTS

STALLED_AFTER_S = 15.0
LASTS_AT_MOST_S = 180.0

POLL_S = 0.1
"""Asking costs the gateway a millisecond or two; and figures that last seconds are then right to a few percent."""


@dataclass(frozen=True, slots=True)
class Drained:
    """Readings a second, and what the reader of the figure must know; None where the subject did not run."""

    per_second: float | None
    note: str = ""


def drain(name: str, kind: str, *, messages: int, per_message: int = 1) -> Drained:
    """Measure a subject on `messages` of `kind` with `per_message` readings each."""
    expected = messages if name in COUNTS_MESSAGES else messages * per_message
    with broker() as port, tempfile.TemporaryDirectory(prefix="labedge-bench-") as folder:
        publisher = Publisher(port, kind, messages)
        try:
            with SUBJECTS[name](port, Path(folder)) as subject:
                with subject.held():
                    publisher.go()
                    publisher.seconds()
                    begin = time.monotonic()
                ended, kept = _until(subject.count, expected)
        except (RuntimeError, OSError) as error:
            return Drained(None, f"not measured: {str(error).strip().rpartition(chr(10))[2]}")
        finally:
            publisher.end()
    rate = messages * per_message / expected * kept / (ended - begin)
    return Drained(rate, "" if kept >= expected else f"only {kept:,} of {expected:,} were kept when it stopped")


def _until(count: Callable[[], int], expected: int) -> tuple[float, int]:
    """Wait for the last one, or for the last that comes; when and how many."""
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
