"""Runs put together from what was said of them and from the readings that name them, in whatever order those came.

Nothing here reads a store: both implementations of it use this.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from operator import attrgetter, itemgetter
from typing import TypeAlias, TypedDict, cast

import numpy as np

from edge.store.contract import Run
from telemetry.model import Channel, EquipmentId, Instant, Reading, ReadingBatch, RunPhase, RunSeen
from telemetry.runs import PERIOD_LIMIT_NS, UNNAMED_LIMIT_NS, RunPart, Stretch, parts_of, silence_ns

REACH_NS = UNNAMED_LIMIT_NS + silence_ns(PERIOD_LIMIT_NS)
"""No run that nobody stopped lasts longer than this after the last word of it, unless readings name it."""


@dataclass(frozen=True, slots=True)
class Followed:
    """Whose readings that name no run to follow, from when, and the planned time between two."""

    equipment: EquipmentId
    channels: tuple[Channel, ...]
    start: Instant
    period_ns: int

    @property
    def limit(self) -> Instant:
        """The first instant that is not looked at."""
        return self.start + UNNAMED_LIMIT_NS

    def takes(self, channel: str) -> bool:
        """Whether readings of a channel count."""
        return not self.channels or channel in self.channels


class Words(TypedDict, total=False):
    """What the log says of a run's start or stop on one equipment; a word that says nothing is left out."""

    run: str
    phase: int
    channels: Sequence[str]
    title: str
    lab_work: str
    group: str
    period_ns: int


Phase: TypeAlias = tuple[Instant, EquipmentId, int, Words]
"""When, on what equipment, a `RunPhase`, and all words; bare, for a year has thousands."""

_STARTED = int(RunPhase.STARTED)
_in_order = itemgetter(0, 1, 2)
_NAMES = ("channels", "title", "lab_work", "group", "period_ns")

Follow: TypeAlias = Callable[[Followed], Instant]
"""The last of the readings that follow the start without a pause."""


def run_of(
    run: str, said: Iterable[Phase], named: Mapping[EquipmentId, Sequence[Stretch]], follow: Follow
) -> Run | None:
    """One run, of each word the earliest that was said; None where nothing was said of it and no reading names it."""
    told: Words = {}
    spans: dict[EquipmentId, tuple[Instant | None, Instant | None]] = dict.fromkeys(named, (None, None))
    for at, equipment, phase, words in sorted(said, key=_in_order, reverse=True):
        told.update(words)
        start, stopped = spans.get(equipment, (None, None))
        spans[equipment] = (at, stopped) if phase == _STARTED else (start, at)
    channels = tuple(map(Channel, told.get("channels", ())))
    period_ns = told.get("period_ns", 0)
    parts: list[RunPart] = []
    for name, span in spans.items():
        until = partial(_until, follow, name, channels, period_ns)
        parts += parts_of(name, span, named.get(name, ()), period_ns=period_ns, unnamed_until=until)
    if not parts:
        return None
    return Run(
        run=run,
        title=told.get("title", ""),
        lab_work=told.get("lab_work", ""),
        group=told.get("group", ""),
        channels=channels,
        period_ns=period_ns,
        declared=bool(told),
        parts=tuple(sorted(parts, key=attrgetter("start", "equipment"))),
    )


def _until(
    follow: Follow, equipment: EquipmentId, channels: tuple[Channel, ...], period_ns: int, start: Instant
) -> Instant:
    return follow(Followed(equipment, channels, start, period_ns))


def phase_of(seen: RunSeen) -> Phase:
    """A record as the log has it."""
    words = {name: told for name in _NAMES if (told := getattr(seen, name))}
    return seen.at, seen.equipment, seen.phase, cast("Words", {**words, "phase": seen.phase})


def meeting(
    runs: Iterable[Run], equipment: Sequence[EquipmentId] | None, start: Instant, end: Instant
) -> tuple[Run, ...]:
    """Those of which a part of the equipment shares time with [start, end), or begins in it, by start, then name."""
    found = [
        run
        for run in runs
        if any(
            part.start < end and (_reach(part, run.period_ns) > start or part.start >= start)
            for part in run.parts
            if equipment is None or part.equipment in equipment
        )
    ]
    return tuple(sorted(found, key=lambda run: (run.started, run.run)))


def _reach(part: RunPart, period_ns: int) -> Instant:
    return part.last + silence_ns(period_ns) if part.stopped is None else part.stopped


def within(run: Run, record: Reading | ReadingBatch) -> Reading | ReadingBatch | None:
    """What of a record belongs to a run."""
    if record.run not in ("", run.run) or (run.channels and record.channel not in run.channels):
        return None
    if record.run:
        return record
    spans = spans_of(run, record.equipment)
    if isinstance(record, Reading):
        return record if any(start <= record.at < end for start, end in spans) else None
    inside = np.zeros(len(record.t), np.bool_)
    for start, end in spans:
        inside |= (record.t >= start) & (record.t < end)
    return _cut(record, inside) if inside.any() else None


def spans_of(run: Run, equipment: EquipmentId) -> tuple[tuple[Instant, Instant], ...]:
    """When readings of an equipment that name no run count for this one, [start, end); never where it has no words."""
    return tuple(
        (part.start, part.last + 1 if part.stopped is None else part.stopped)
        for part in run.parts
        if run.declared and part.equipment == equipment
    )


def _cut(batch: ReadingBatch, inside: np.ndarray[tuple[int], np.dtype[np.bool_]]) -> Reading | ReadingBatch:
    if inside.all():
        return batch
    t, v, words = batch.t[inside], batch.v[inside], (batch.unit, batch.run)
    if len(t) == 1:
        return Reading(batch.equipment, batch.channel, int(t[0]), batch.received_at, float(v[0]), *words)
    return ReadingBatch(batch.equipment, batch.channel, t, v, batch.received_at, *words)
