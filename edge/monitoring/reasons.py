"""Why a fact is not what it was when a period was closed: who changed the register, late data, other equipment.

Every change since is told, in its order; nothing is guessed, and no learner is named.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, TypeAlias

from edge.monitoring.inputs import Item
from edge.register.contract import Past, RegisterVersion, Stamp
from edge.register.entry import Entry
from edge.register.evidence import Attendance, SessionCorrection
from edge.register.forgetting import FORGOTTEN
from edge.register.lessons import Cancellation, OneOff, Slot, Substitution
from telemetry.civil import text_of
from telemetry.model import NS_PER_S, EquipmentId, Instant
from telemetry.zones import NS_PER_DAY

Fact: TypeAlias = tuple[str, str]
"""The kind and the id of what somebody can look up."""

Stamps: TypeAlias = Mapping[Fact, tuple[Stamp, ...]]
Linked: TypeAlias = Callable[[Fact], Sequence[Fact]]
History: TypeAlias = Callable[[type[Entry], str], Sequence[Past[Any]]]
"""Every version of an entry, the first one first."""

USED_BY_LESSONS = frozenset({"program", "enrolment", "network_agreement"})
"""Entries whose equipment is what lessons used, and not what they say of themselves."""

_FROM_MACHINES = frozenset({"session", "equipment_day", "job"})
_WORDING = frozenset({"name", "title", "document", "address"})
"""Fields that no number is made of."""

LINKS_DEPTH = 3
"""From a participation to its event to the partner."""


@dataclass(frozen=True, slots=True, eq=False)
class Since:
    """What happened since a closing: every change of each entry and of what is said of each session; late data.

    `linked` tells what an entry names. `late` has whose data came late, with their first time; `configured` what
    equipment is configured otherwise.
    """

    changed: Stamps
    linked: Linked
    late: Mapping[EquipmentId, Instant]
    configured: frozenset[str]
    same_journal: bool


def stamps_of(
    changed: Iterable[Past[Entry]], history: History, *, began: RegisterVersion, kinds: Mapping[str, type[Entry]]
) -> Stamps:
    """Every change after `began` of each entry, and of each session that one of them speaks of, in order.

    That a learner was forgotten changes no number. Where only words were changed beside numbers, that is left out.
    """
    found: dict[Fact, list[Stamp]] = {}
    for past in changed:
        versions = [past] if past.version == 1 else history(kinds[past.kind], past.id)
        stamps = [one.stamp for one in _telling(versions, began)]
        subjects = {(past.kind, past.id)} | {("session", one) for each in versions for one in _sessions_of(each)}
        for subject in subjects if stamps else ():
            found.setdefault(subject, []).extend(stamps)
    return {fact: tuple(sorted(stamps, key=lambda stamp: stamp.register_version)) for fact, stamps in found.items()}


def _telling(versions: Sequence[Past[Any]], began: RegisterVersion) -> list[Past[Any]]:
    pairs = [(None, versions[0]), *pairwise(versions)]
    since = [
        (before, after)
        for before, after in pairs
        if after.stamp.register_version > began and not _is_forgetting(before, after)
    ]
    moved = [after for before, after in since if _moves(before, after)]
    return moved or [after for _, after in since]


def _is_forgetting(before: Past[Any] | None, after: Past[Any]) -> bool:
    return before is not None and after.stamp.reason == FORGOTTEN and before.value == after.value


def _moves(before: Past[Any] | None, after: Past[Any]) -> bool:
    """Whether more than words was changed; learners are not shown, so that a change of nothing is one of theirs."""
    if before is None or before.value is None or after.value is None or before.value == after.value:
        return True
    was, now = before.value.model_dump(), after.value.model_dump()
    return any(was[name] != now[name] for name in now.keys() - _WORDING)


def _sessions_of(past: Past[Any]) -> Iterator[str]:
    match past.value:
        case SessionCorrection(session=session) | Attendance(session=session) | Cancellation(lesson=session):
            yield session
        case Substitution(slot=slot, day=day):
            yield f"{slot}:{day}"
    if past.kind == OneOff.kind:
        yield past.id


def configured_otherwise(was: Iterable[Item], now: Iterable[Item]) -> frozenset[str]:
    """The equipment that numbers are made of in another way: it came, went, or has another place, kind or days."""
    before, after = ({one.id: one for one in items} for items in (was, now))
    return frozenset(one for one in before.keys() | after.keys() if before.get(one) != after.get(one))


def sentences(fact: Fact, said: str, since: Since, used: Collection[str]) -> Iterator[str]:
    """What is said of a fact, with each reason for it; `used` is its equipment, before and now."""
    stamps = since.changed.get(fact) or (since.changed.get(_slot_of(fact[1])) if fact[0] == "session" else None)
    if stamps:
        yield from (_by_hand(said, stamp) for stamp in stamps)
    elif fact[0] in _FROM_MACHINES:
        own = {fact[1].partition("/")[0]} if fact[0] != "session" else set(used)
        yield from _from_machines(said, since, own)
    elif linked := _linked_stamps(fact, since):
        yield from (_by_hand(f"{said}, with what it is linked to", stamp) for stamp in linked)
    elif fact[0] in USED_BY_LESSONS and (since.late or since.configured or not since.same_journal):
        yield from _from_machines(said, since, set(used))
    else:
        yield f"{said}, with what it is linked to"


def of_use(title: str, equipment: Collection[str], since: Since, *, came: bool) -> Iterator[str]:
    """That lessons used some equipment, or did so no longer, and why."""
    names = ", ".join(sorted(equipment))
    said = f"{title}: its lessons used {names}" if came else f"{title}: its lessons no longer used {names}"
    return _from_machines(said, since, equipment)


def _by_hand(said: str, stamp: Stamp) -> str:
    return f"{said}, entered by {stamp.author} on {_day(stamp.at)} ({stamp.reason})"


def _from_machines(said: str, since: Since, own: Collection[str]) -> Iterator[str]:
    """By another journal, by equipment that is configured otherwise, by late data: of its own before that of others."""
    late = [one for one in since.late if one in own] or list(since.late)
    configured = [one for one in sorted(since.configured) if one in own]
    if not (configured or late):
        configured = sorted(since.configured)
    if not since.same_journal:
        yield f"{said}: the journal is another one"
        return
    for one in configured:
        yield f"{said}: the equipment {one} is configured otherwise"
    if len(late) == 1 and late[0] in own:
        yield f"{said}: data of {late[0]} from {_day(since.late[EquipmentId(late[0])])} on came after the closing"
    elif late and not (configured and not set(late) & set(own)):
        yield f"{said}: data of {', '.join(late)} came after the closing"
    elif not configured:
        yield f"{said}, with the timetable or the corrections"


def _linked_stamps(fact: Fact, since: Since) -> tuple[Stamp, ...]:
    """The changes of what an entry names, and of what that names; the same change once."""
    found: dict[RegisterVersion, Stamp] = {}
    facts, seen = [fact], {fact}
    for _ in range(LINKS_DEPTH):
        facts = [other for one in facts for other in since.linked(one) if other not in seen]
        seen.update(facts)
        found |= {stamp.register_version: stamp for one in facts for stamp in since.changed.get(one, ())}
    return tuple(found[version] for version in sorted(found))


def _slot_of(session: str) -> Fact:
    return Slot.kind, session.rpartition(":")[0]


def _day(at: Instant) -> str:
    return text_of(at // NS_PER_DAY) if at > NS_PER_S else "the beginning"
