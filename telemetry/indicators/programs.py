"""Programs that were offered, with the equipment that their held lessons used.

Nothing here asks whether anybody came.
"""

from __future__ import annotations

from collections.abc import Iterator

from telemetry.indicators.build import Fact, facts_of
from telemetry.indicators.definition import Dimension, How
from telemetry.indicators.facts import Facts
from telemetry.indicators.meetings import proofs_by
from telemetry.indicators.world import World

_DIMENSIONS = (Dimension.TRACK, Dimension.LEVEL, Dimension.PARTNER, Dimension.FORM, Dimension.EQUIPMENT)


def programs(world: World) -> Facts:
    """A program counts once on the days on which it was offered."""
    return facts_of(_rows(world), _DIMENSIONS, today=world.today)


def _rows(world: World) -> Iterator[Fact]:
    proofs = proofs_by(world.meetings.program, world.meetings)
    for program in world.programs:
        labels = {
            Dimension.TRACK: (program.track,),
            Dimension.LEVEL: (program.level,),
            Dimension.PARTNER: (program.partner,),
            Dimension.FORM: (program.form,),
        }
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
