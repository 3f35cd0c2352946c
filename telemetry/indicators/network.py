"""Participants of network cooperation: learners and others whom a partner sent while an agreement with it was in force.

Nothing here takes an agreement for in force before its first day or after its last.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from telemetry.indicators.build import Fact, facts_of
from telemetry.indicators.definition import Dimension
from telemetry.indicators.event_participants import participation_labels
from telemetry.indicators.facts import Facts
from telemetry.indicators.learners import ENROLLED_BY, enrolments_of
from telemetry.indicators.meetings import proofs_by
from telemetry.indicators.periods import Window, merged, shared
from telemetry.indicators.world import Agreement, World

InForce = Mapping[str, tuple[Window, ...]]


def network_participants(world: World) -> Facts:
    """One learner counts once: enrolled in a group with a partner, or at an event as a partner's participant."""
    in_force = in_force_by_partner(world.agreements)
    rows = (*_enrolled(world, in_force), *_at_events(world, in_force))
    return facts_of(rows, ENROLLED_BY, today=world.today)


def in_force_by_partner(agreements: Sequence[Agreement]) -> InForce:
    """The days of each partner on which an agreement is in force; agreements that overlap or touch are one stretch."""
    listed: dict[str, list[Window]] = {}
    for agreement in agreements:
        listed.setdefault(agreement.partner, []).append((agreement.first, agreement.last))
    return {partner: merged(windows) for partner, windows in listed.items() if partner}


def _enrolled(world: World, in_force: InForce) -> Iterator[Fact]:
    proofs = proofs_by(world.meetings.group, world.meetings)
    for enrolment, labels in enrolments_of(world):
        (partner,) = labels[Dimension.PARTNER]
        for stretch in shared((enrolment.first, enrolment.last), in_force.get(partner, ())):
            for (first, last), proof in proofs.by_quarter(enrolment.group, stretch):
                yield Fact(
                    kind="enrolment",
                    id=enrolment.id,
                    first=first,
                    last=last,
                    labels={**labels, Dimension.EQUIPMENT: proof.equipment},
                    members=enrolment.learners,
                    unlisted=enrolment.unlisted,
                )


def _at_events(world: World, in_force: InForce) -> Iterator[Fact]:
    events = {event.id: event for event in world.events}
    for participation in world.participations:
        event = events.get(participation.event)
        if event is None:
            continue
        labels = participation_labels(event, participation)
        for first, last in shared((event.first, event.last), in_force.get(participation.partner, ())):
            yield Fact(
                kind="participation",
                id=participation.id,
                first=first,
                last=last,
                labels=labels,
                members=participation.learners,
                unlisted=participation.unlisted,
            )
