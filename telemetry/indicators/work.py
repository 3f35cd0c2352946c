"""Jobs of machines and runs of experiments.

Nothing here asks who started one.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from telemetry.indicators.build import DayFacts, day_facts_of
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


def _facts(world: World, works: Sequence[Work], *, kind: str) -> Facts:
    tracks = {work: tuple(world.tracks.get(one, "") for one in work) for work in {work.equipment for work in works}}
    labels = {
        Dimension.EQUIPMENT: words_of([work.equipment for work in works]),
        Dimension.TRACK: words_of([tracks[work.equipment] for work in works]),
        Dimension.RESULT: one_word_of([work.outcome for work in works]),
    }
    n = len(works)
    columns = DayFacts(
        kind=kind,
        id=tuple(work.id for work in works),
        day=np.fromiter((work.day for work in works), np.int64, n),
        amount=np.ones(n, np.int64),
        base=np.zeros(n, np.int64),
        how=np.full(n, How.TELEMETRY, np.int8),
        members=no_words(n),
        labels=labels,
    )
    return day_facts_of(columns, today=world.today)
