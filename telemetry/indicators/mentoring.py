"""Mentoring: models that are practised, those who take part, and pairs that fulfilled their plan.

Nothing here names anybody: they are pseudonyms, and a number of people beside them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from telemetry.civil import LAST_DAY, Day
from telemetry.indicators.build import Fact, facts_of
from telemetry.indicators.definition import Dimension
from telemetry.indicators.facts import Facts
from telemetry.indicators.world import Codes, MentoringPair, World

_DIMENSIONS = (Dimension.CATEGORY, Dimension.TRACK, Dimension.FORM, Dimension.EQUIPMENT)


def mentoring_models(world: World) -> Facts:
    """A model of mentoring counts once on the days on which it is practised; its pairs tell with whom and what."""
    return facts_of(_models(world), _DIMENSIONS, today=world.today)


def _models(world: World) -> Iterator[Fact]:
    """Each model on its days, and once more on those of each of its pairs."""
    models = {model.id: model for model in world.models}
    for model in world.models:
        form = {Dimension.FORM: (model.form,)}
        yield Fact(kind="mentoring_model", id=model.id, first=model.first, last=model.last, labels=form)
    for pair, labels in sorted(_pairs(world), key=lambda told: told[0].id):
        if pair.model in models:
            practised = models[pair.model]
            days = max(pair.first, practised.first), min(pair.last, practised.last)
            yield Fact(kind="mentoring_model", id=pair.model, first=days[0], last=days[1], labels=labels)


def mentoring_participants(world: World) -> Facts:
    """A participant counts once on the days of the pair, in however many pairs."""
    rows = (
        Fact(
            kind="mentoring_pair",
            id=pair.id,
            first=pair.first,
            last=pair.last,
            labels=labels,
            members=pair.learners,
            unlisted=pair.unlisted,
        )
        for pair, labels in _pairs(world)
    )
    return facts_of(rows, _DIMENSIONS, today=world.today)


def completed_pairs(world: World) -> Facts:
    """Of the pairs of the window, those whose plan was fulfilled by its end."""
    rows = (
        Fact(
            kind="mentoring_pair",
            id=pair.id,
            first=first,
            last=last,
            labels=labels,
            amount=fulfilled,
            base=1,
        )
        for pair, labels in _pairs(world)
        for first, last, fulfilled in _progress(pair)
    )
    return facts_of(rows, _DIMENSIONS, today=world.today)


def _pairs(world: World) -> Iterator[tuple[MentoringPair, Mapping[Dimension, Codes]]]:
    forms = {model.id: model.form for model in world.models}
    for pair in world.pairs:
        form = forms.get(pair.model, "")
        labels = {
            Dimension.CATEGORY: (pair.category,),
            Dimension.TRACK: (pair.track,),
            Dimension.FORM: (form,),
            Dimension.EQUIPMENT: pair.equipment,
        }
        yield pair, labels


def _progress(pair: MentoringPair) -> Iterator[tuple[Day, Day, int]]:
    """Where the plan is open, 0, and then fulfilled, 1: from the last day on, or at once where there is none.

    The later row stands for the pair in windows that hold both.
    """
    if not pair.completed:
        yield pair.first, pair.last, 0
        return
    fulfilled = pair.first if pair.last == LAST_DAY else pair.last
    yield pair.first, fulfilled - 1, 0
    yield fulfilled, pair.last, 1
