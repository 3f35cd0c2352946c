"""Runs (experiments) as columns, a row for each part of each equipment, so that they can stand as evidence.

Nothing here judges a session or reads a store.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from edge.store.contract import Run
from telemetry.columns import Jobs
from telemetry.model import EquipmentId, Instant, JobOutcome

_OPEN = np.iinfo(np.int64).max


@dataclass(frozen=True, slots=True, eq=False)
class RunRows:
    """Row i of `columns` is one equipment's part of `runs[i]`."""

    columns: Jobs
    runs: tuple[Run, ...]


def run_rows(ids: tuple[EquipmentId, ...], runs: Sequence[Run], now: Instant) -> RunRows:
    """The parts of runs that equipment of `ids` has in them, as they are at `now`.

    The end of one that goes on is the last int64. One that was stopped is completed; how one ended of which only
    silence tells is unknown.
    """
    code = {one: number for number, one in enumerate(ids)}
    rows = [(code[part.equipment], part, run) for run in runs for part in run.parts if part.equipment in code]
    rows.sort(key=lambda row: (row[0], row[1].start, row[2].run))
    ends = [part.ended(now, period_ns=run.period_ns) for _, part, run in rows]
    known = [JobOutcome.COMPLETED if part.stopped is not None else JobOutcome.UNKNOWN for _, part, _ in rows]
    outcome = [JobOutcome.NONE if end is None else one for end, one in zip(ends, known, strict=True)]
    columns = Jobs(
        ids=ids,
        id=tuple(run.run for _, _, run in rows),
        equipment=np.array([number for number, _, _ in rows], np.int32),
        start=np.array([part.start for _, part, _ in rows], np.int64),
        end=np.array([_OPEN if end is None else end for end in ends], np.int64),
        outcome=np.array(outcome, np.int8),
    )
    return RunRows(columns, tuple(run for _, _, run in rows))
