"""Network agreements that are in force, and whether anything was done under them.

Nothing here reads an agreement: what it allows is known to its partners alone.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import NamedTuple, TypeAlias

from telemetry.indicators.build import Fact, facts_of
from telemetry.indicators.definition import Dimension, How
from telemetry.indicators.event_participants import participation_labels
from telemetry.indicators.facts import Facts
from telemetry.indicators.learners import enrolments_of
from telemetry.indicators.meetings import proofs_by
from telemetry.indicators.periods import Window, merged, shared
from telemetry.indicators.world import Agreement, Codes, World

_DIMENSIONS = (Dimension.PARTNER, Dimension.EQUIPMENT)
_AGREED_BY = (*_DIMENSIONS, Dimension.TRACK, Dimension.LEVEL, Dimension.FORM, Dimension.CATEGORY)


class _Touched(NamedTuple):
    """What a partner has in common with a centre: of whom a program or an event is, and which."""

    track: str
    level: str
    form: str
    category: str


def agreements(world: World) -> Facts:
    """An agreement counts once on the days on which it is in force, whatever its partner has part in."""
    rows = (replace(row, amount=1, how=How.REGISTER, rank=row.rank + 1) for row in _rows(world))
    return facts_of((*rows, *_touched(world)), _AGREED_BY, today=world.today)


def agreements_at_work(world: World) -> Facts:
    """Of the agreements in force, those under which a lesson was held or an event took place."""
    return facts_of(_rows(world), _DIMENSIONS, today=world.today)


def _touched(world: World) -> Iterator[Fact]:
    """Each agreement on the days of the programs, groups, learners and events with its partner."""
    listed: dict[str, dict[_Touched, list[Window]]] = {}
    for partner, touched, days in (*_programs(world), *_people(world)):
        listed.setdefault(partner, {}).setdefault(touched, []).append(days)
    for agreement in world.agreements:
        for touched, windows in sorted(listed.get(agreement.partner, {}).items()):
            labels = {Dimension(name): (word,) for name, word in touched._asdict().items()}
            for first, last in shared((agreement.first, agreement.last), merged(windows)):
                by = {**labels, Dimension.PARTNER: (agreement.partner,)}
                yield Fact(kind="network_agreement", id=agreement.id, first=first, last=last, labels=by)


_Of: TypeAlias = tuple[str, _Touched, Window]
"""A partner, what it has part in, and when."""


def _programs(world: World) -> Iterator[_Of]:
    programs = {program.id: program for program in world.programs}
    named = [(program.partner, program) for program in world.programs]
    named += [(group.partner, programs[group.program]) for group in world.groups if group.program in programs]
    for partner, one in named:
        yield partner, _Touched(one.track, one.level, one.form, ""), (one.first, one.last)
    for event in world.events:
        yield event.partner, _Touched(event.track, event.level, event.form, ""), (event.first, event.last)


def _people(world: World) -> Iterator[_Of]:
    events = {event.id: event for event in world.events}
    for enrolment, labels in enrolments_of(world):
        yield *_labelled(labels), (enrolment.first, enrolment.last)
    for participation in world.participations:
        if (event := events.get(participation.event)) is not None:
            yield *_labelled(participation_labels(event, participation)), (event.first, event.last)


def _labelled(labels: Mapping[Dimension, Codes]) -> tuple[str, _Touched]:
    touched = _Touched(*(labels[Dimension(name)][0] for name in _Touched._fields))
    return labels[Dimension.PARTNER][0], touched


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
