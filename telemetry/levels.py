"""One threshold over a whole series: hysteresis, hold, and the level at any instant.

Nothing here knows power, states or units.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from telemetry.columns import Float64s, Int64s

Bools = npt.NDArray[np.bool_]


def changes(values: npt.NDArray[np.generic]) -> Bools:
    """Where a value differs from the one before; the first always does."""
    changed = np.ones(len(values), np.bool_)
    changed[1:] = values[1:] != values[:-1]
    return changed


def reached(value: Float64s, on_above: float, hysteresis: float) -> Bools:
    """A threshold with hysteresis: in the band between, the last decision stands; before any, the level is off."""
    on = value >= on_above
    decided = on | (value < on_above - hysteresis)
    last = np.maximum.accumulate(np.where(decided, np.arange(len(value)), 0))
    return on[last]


def held(t: Int64s, on: Bools, holds_ns: tuple[int, int]) -> tuple[Int64s, Bools]:
    """The runs of a level that lasted their hold, as changes, int64[k] and bool[k]; the first run always counts.

    `t` int64[n] does not fall, n >= 1; `holds_ns` are the hold of an off run and of an on run. A run lasts until the
    first row of the next, the last one until the last row.
    """
    begins = np.flatnonzero(changes(on))
    since, level = t[begins], on[begins]
    until = np.append(since[1:], t[-1])
    counts = until - since >= np.where(level, holds_ns[1], holds_ns[0])
    counts[0] = True
    since, level = since[counts], level[counts]
    changed = changes(level)
    return since[changed], level[changed]


def level_at(at: Int64s, since: Int64s, level: Bools) -> npt.NDArray[np.intp]:
    """0 or 1 at each instant, intp[m], of a level that changed at `since`; none may be before the first change."""
    return level[np.searchsorted(since, at, side="right") - 1].astype(np.intp)
