"""Jobs of machines and runs of experiments.

Nothing here asks who started one.
"""

from __future__ import annotations

from collections.abc import Sequence

from telemetry.indicators.build import Fact, facts_of
from telemetry.indicators.definition import Dimension, How
from telemetry.indicators.facts import Facts
from telemetry.indicators.world import Work, World

_DIMENSIONS = (Dimension.EQUIPMENT, Dimension.TRACK, Dimension.RESULT)


def jobs(world: World) -> Facts:
    """A job counts once, on the day on which it began, whatever became of it: see its result."""
    return _facts(world, world.jobs, kind="job")


def runs(world: World) -> Facts:
    """A run counts once, on the day on which it began, whatever became of it: see its result."""
    return _facts(world, world.runs, kind="run")


def _facts(world: World, works: Sequence[Work], *, kind: str) -> Facts:
    rows = (
        Fact(
            kind=kind,
            id=work.id,
            first=work.day,
            last=work.day,
            labels={
                Dimension.EQUIPMENT: work.equipment,
                Dimension.TRACK: tuple(world.tracks.get(one, "") for one in work.equipment),
                Dimension.RESULT: (work.outcome,),
            },
            how=How.TELEMETRY,
        )
        for work in works
    )
    return facts_of(rows, _DIMENSIONS, today=world.today)
