"""Programs that were offered, with the equipment that their held lessons used and the learners enrolled in them.

Nothing here asks whether anybody came.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from telemetry.indicators.build import Fact, facts_of
from telemetry.indicators.definition import Dimension, How
from telemetry.indicators.facts import Facts
from telemetry.indicators.learners import enrolments_of
from telemetry.indicators.meetings import proofs_by
from telemetry.indicators.periods import Window, merged, shared
from telemetry.indicators.world import Codes, Program, World

_DIMENSIONS = (
    Dimension.TRACK,
    Dimension.LEVEL,
    Dimension.PARTNER,
    Dimension.FORM,
    Dimension.CATEGORY,
    Dimension.EQUIPMENT,
)


def programs(world: World) -> Facts:
    """A program counts once on the days on which it was offered."""
    return facts_of(_rows(world), _DIMENSIONS, today=world.today)


def _rows(world: World) -> Iterator[Fact]:
    proofs = proofs_by(world.meetings.program, world.meetings)
    taught = _taught(world)
    for program in world.programs:
        labels = _labels(program)
        for category, stretches in sorted(taught.get(program.id, {}).items()):
            for first, last in shared((program.first, program.last), stretches):
                who = {**labels, Dimension.CATEGORY: (category,)}
                yield Fact(kind="program", id=program.id, first=first, last=last, labels=who)
        for (first, last), proof in proofs.by_quarter(program.id, (program.first, program.last)):
            yield Fact(
                kind="program",
                id=program.id,
                first=first,
                last=last,
                labels={**labels, Dimension.EQUIPMENT: proof.equipment},
                how=proof.how,
                # Of the quarters of a year the best proven one stands for the program.
                rank=How.MANUAL - proof.how,
            )


def _labels(program: Program) -> Mapping[Dimension, Codes]:
    return {
        Dimension.TRACK: (program.track,),
        Dimension.LEVEL: (program.level,),
        Dimension.PARTNER: (program.partner,),
        Dimension.FORM: (program.form,),
    }


def _taught(world: World) -> Mapping[str, Mapping[str, tuple[Window, ...]]]:
    """By program and category of learners, the days on which any were enrolled."""
    listed: dict[str, dict[str, list[Window]]] = {}
    for enrolment, labels in enrolments_of(world):
        (program,) = labels[Dimension.PROGRAM]
        days = listed.setdefault(program, {}).setdefault(enrolment.category, [])
        days.append((enrolment.first, enrolment.last))
    return {
        program: {category: merged(days) for category, days in of.items()} for program, of in listed.items() if program
    }
