"""Jobs of machines and runs of experiments.

Nothing here asks who started one.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from telemetry.indicators.build import DayFacts, day_facts_of, day_rows
from telemetry.indicators.definition import Dimension, How
from telemetry.indicators.facts import Facts
from telemetry.indicators.lists import no_words, one_word_of, words_of
from telemetry.indicators.world import Work, World


def jobs(world: World) -> Facts:
    """A job counts once, on the day on which it began, whatever became of it: see its result."""
    return _facts(world, world.jobs, kind="job")


def runs(world: World) -> Facts:
    """A run counts once, on the day on which it began, whatever became of it: see its result."""
    return _facts(world, world.runs, kind="run")


def _facts(world: World, told: Sequence[Work], *, kind: str) -> Facts:
    days, ids = np.fromiter((work.day for work in told), np.int64, len(told)), [work.id for work in told]
    rows = day_rows(days, ids, world.today)
    works = [told[row] for row in rows.tolist()]
    tracks = {work: tuple(world.tracks.get(one, "") for one in work) for work in {work.equipment for work in works}}
    n = len(works)
    return day_facts_of(
        DayFacts(
            kind=kind,
            id=tuple(work.id for work in works),
            day=days[rows],
            amount=np.ones(n, np.int64),
            base=np.zeros(n, np.int64),
            how=np.full(n, How.TELEMETRY, np.int8),
            members=no_words(n),
            labels={
                Dimension.EQUIPMENT: words_of([work.equipment for work in works]),
                Dimension.TRACK: words_of([tracks[work.equipment] for work in works]),
                Dimension.RESULT: one_word_of([work.outcome for work in works]),
            },
        )
    )
