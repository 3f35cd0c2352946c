"""Network agreements that are in force, and whether anything was done under them.

Nothing here reads an agreement: what it allows is known to its partners alone.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from telemetry.indicators.build import Fact, facts_of
from telemetry.indicators.definition import Dimension, How
from telemetry.indicators.facts import Facts
from telemetry.indicators.meetings import proofs_by
from telemetry.indicators.periods import Window
from telemetry.indicators.world import Agreement, Codes, World

_DIMENSIONS = (Dimension.PARTNER, Dimension.EQUIPMENT)


def agreements(world: World) -> Facts:
    """An agreement counts once on the days on which it is in force."""
    rows = (replace(row, amount=1, how=How.REGISTER) for row in _rows(world))
    return facts_of(rows, _DIMENSIONS, today=world.today)


def agreements_at_work(world: World) -> Facts:
    """Of the agreements in force, those under which a lesson was held or an event took place."""
    return facts_of(_rows(world), _DIMENSIONS, today=world.today)


def _rows(world: World) -> Iterator[Fact]:
    """Each agreement by quarter, and once more on the days of each event with its partner."""
    proofs = proofs_by(world.meetings.partner, world.meetings)
    events = sorted(world.events, key=lambda event: event.id)
    for agreement in world.agreements:
        in_force = (agreement.first, agreement.last)
        for days, proof in proofs.by_quarter(agreement.partner, in_force):
            how = proof.how if proof.held else How.REGISTER
            yield _row(agreement, days, at_work=proof.held, how=how, equipment=proof.equipment)
        for event in events:
            if event.partner == agreement.partner:
                days = (max(event.first, agreement.first), min(event.last, agreement.last))
                yield _row(agreement, days, at_work=True, how=How.REGISTER, equipment=event.equipment)


def _row(agreement: Agreement, days: Window, *, at_work: bool, how: How, equipment: Codes) -> Fact:
    return Fact(
        kind="network_agreement",
        id=agreement.id,
        first=days[0],
        last=days[1],
        labels={Dimension.PARTNER: (agreement.partner,), Dimension.EQUIPMENT: equipment},
        amount=int(at_work),
        base=1,
        how=how,
        # What was done under it stands for the agreement, and of that the best proven.
        rank=at_work * (1 + How.MANUAL - how),
    )
