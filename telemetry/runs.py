"""When a run (an experiment) went on: by what was said of it, by the readings that name it, and by silence.

Nothing here reads a store or a clock. An end that nobody said is derived from the last reading, so late ones move it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from operator import attrgetter
from typing import TypeAlias

import numpy as np

from telemetry.columns import Int64s
from telemetry.model import NS_PER_S, EquipmentId, Instant
from telemetry.spans import runs

SILENCE_NS = 60 * NS_PER_S
"""A pause up to this is none, and a computer that was silent for longer has gone."""

SILENT_PERIODS = 3
"""Where readings are planned to be rarer, so many of their periods."""

PERIOD_LIMIT_NS = 24 * 3600 * NS_PER_S
"""Between two planned readings: what is measured less than daily is noted by hand."""

UNNAMED_LIMIT_NS = 24 * 3600 * NS_PER_S
"""How long readings that name no run count for one that nobody stopped: a forgotten run must not last for ever."""

Stretch: TypeAlias = tuple[Instant, Instant]
"""The first and the last of readings without a pause among them."""

Said: TypeAlias = tuple[Instant | None, Instant | None]
"""The earliest start and the earliest stop that were said; None where nobody said one."""


@dataclass(frozen=True, slots=True)
class RunPart:
    """One equipment in a run, from `start` to its `last` sign of life; `stopped` is None where nobody stopped it."""

    equipment: EquipmentId
    start: Instant
    last: Instant
    stopped: Instant | None

    def ended(self, now: Instant, *, period_ns: int) -> Instant | None:
        """When it ended, None while it goes on: it was stopped, or silent for too long after its last reading."""
        if self.stopped is not None:
            return self.stopped
        return None if now <= self.last + silence_ns(period_ns) else self.last + max(period_ns, 1)


def silence_ns(period_ns: int) -> int:
    """The longest pause inside one run whose readings are planned `period_ns` apart; 0 where nobody planned them."""
    return max(SILENCE_NS, SILENT_PERIODS * min(period_ns, PERIOD_LIMIT_NS))


def stretches(t: Int64s, period_ns: int = 0) -> tuple[Stretch, ...]:
    """The stretches of readings at `t`, int64[n] ns UTC in any order."""
    first, last = runs(np.sort(t), silence_ns(period_ns))
    return tuple(zip(first.tolist(), last.tolist(), strict=True))


def streamed_until(start: Instant, t: Int64s, *, period_ns: int) -> Instant:
    """The last of the readings `t`, int64[n] ns UTC later than `start`, that follow `start` without a pause."""
    return stretches(np.append(t, np.int64(start)), period_ns)[0][1]


def joined(named: Sequence[Stretch], period_ns: int) -> tuple[Stretch, ...]:
    """Stretches by their start, those joined between which a plan of rare readings allows the pause."""
    whole: list[Stretch] = []
    for first, last in sorted(named):
        if whole and first - whole[-1][1] <= silence_ns(period_ns):
            whole[-1] = (whole[-1][0], max(last, whole[-1][1]))
        else:
            whole.append((first, last))
    return tuple(whole)


def parts_of(
    equipment: EquipmentId,
    said: Said,
    named: Sequence[Stretch],
    *,
    period_ns: int,
    unnamed_until: Callable[[Instant], Instant],
) -> tuple[RunPart, ...]:
    """What one equipment did in one run, by start; nothing overlaps.

    Args:
        equipment: whose all of the following is.
        said: its words of the run.
        named: the stretches of its readings that name the run.
        period_ns: the planned time between two readings, or 0.
        unnamed_until: the end of its readings that name no run and follow an instant without a pause; asked only
            where nobody stopped the run and no reading names it.
    """
    whole = joined(named, period_ns)
    start = _start(said, whole)
    if start is None:
        return tuple(RunPart(equipment, *one, None) for one in whole)
    told = _told(RunPart(equipment, start, start, said[1]), whole, period_ns, unnamed_until)
    rest = [RunPart(equipment, *one, None) for one in whole if not _meets(told, one, period_ns)]
    return tuple(sorted([told, *rest], key=attrgetter("start"))) if rest else (told,)


def _start(said: Said, named: Sequence[Stretch]) -> Instant | None:
    start, stopped = said
    if stopped is None or (start is not None and start <= stopped):
        return start
    # Only the stop was said, or the clock was set back meanwhile.
    return max((first for first, _ in named if first <= stopped), default=stopped)


def _told(
    begun: RunPart, named: Sequence[Stretch], period_ns: int, unnamed_until: Callable[[Instant], Instant]
) -> RunPart:
    """What was said, from the first to the last of the readings near its start; so far it lasts no time."""
    near = [one for one in named if _meets(begun, one, period_ns)]
    start = min([begun.start, *[first for first, _ in near]])
    if begun.stopped is not None:
        return RunPart(begun.equipment, start, begun.stopped, begun.stopped)
    last = max((last for _, last in near), default=start)
    return RunPart(begun.equipment, start, last if near or named else unnamed_until(start), None)


def _meets(part: RunPart, stretch: Stretch, period_ns: int) -> bool:
    """Whether no pause lies between them."""
    pause = silence_ns(period_ns)
    return stretch[0] <= part.last + pause and part.start - pause <= stretch[1]
