"""Practical sessions of a year: 6,000 lessons judged, unannounced ones detected, each with its evidence."""

from __future__ import annotations

from functools import partial

import numpy as np

from bench.centre import Centre, centre
from bench.outcome import Row
from bench.rounds import medians, processor_seconds, seconds
from telemetry.columns import Sessions
from telemetry.rules import SessionStatus
from telemetry.sessions import Observed, Told, practical_sessions

BAR_MS = 150.0
ROUNDS = 15


def measure() -> list[Row]:
    """From intervals, which the bar is for, and with the making of these."""
    year = centre()
    observed = year.observed()
    ways = {
        "ready": partial(seconds, lambda: judged(year, observed)),
        "processor": partial(processor_seconds, lambda: judged(year, observed)),
        "all": partial(seconds, lambda: judged(year, year.observed())),
    }
    took_ms = {name: 1000 * took for name, took in medians(ways, ROUNDS).items()}
    found = judged(year, observed)
    detected = int(np.count_nonzero(found.status == SessionStatus.DETECTED))
    return [
        Row(figure="sessions", what="practical sessions of a year with evidence, from intervals",
            measured=took_ms["ready"], unit="ms", bar=f"at most {BAR_MS:g} ms", met=took_ms["ready"] <= BAR_MS,
            note=f"of the processor {took_ms['processor']:.0f} ms; "
            f"{len(found) - detected:,} lessons, {detected:,} detected besides (random use makes many), "
            f"{len(found.interval):,} rows of evidence"),
        Row(figure="sessions", what="the same from changes of state", measured=took_ms["all"], unit="ms"),
    ]  # fmt: skip


def judged(of: Centre, observed: Observed) -> Sessions:
    """The sessions as at the end of the year."""
    return practical_sessions(observed, of.lessons, of.inventory, rules=(), told=Told(), now=of.window[1])
