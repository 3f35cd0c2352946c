"""What is no longer as it was closed: values, texts and evidence, and why.

The reasons are facts that came, went or changed, who changed the register and why, and data that came late; nothing is
guessed, and no learner is named.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import NamedTuple

from edge.monitoring.body import Body
from edge.monitoring.contract import Difference, Measured, Report
from edge.monitoring.evidence import Titles, labels_of
from edge.register.contract import Past, Stamp
from edge.register.entry import Entry
from edge.register.evidence import Attendance, SessionCorrection
from edge.register.lessons import Cancellation, OneOff, Slot, Substitution
from telemetry.civil import text_of
from telemetry.indicators.definition import Dimension
from telemetry.indicators.facts import Amount, Facts
from telemetry.model import NS_PER_S, EquipmentId, Instant
from telemetry.zones import NS_PER_DAY

REASONS_LIMIT = 20
"""Sentences for one value: more are counted."""

_FROM_MACHINES = frozenset({"session", "equipment_day", "job"})
_Fact = tuple[str, str]
_KeysBy = Callable[[Dimension], Collection[str]]


class _Row(NamedTuple):
    """What is said of a fact in one of its rows."""

    numbers: tuple[int, ...]
    labels: Mapping[Dimension, tuple[str, ...]]


@dataclass(frozen=True, slots=True, eq=False)
class Since:
    """What happened since a closing: the last change of each entry and of what is said of each session; late data.

    `late` has whose data came late, with their first time.
    """

    changed: Mapping[tuple[str, str], Stamp]
    late: Mapping[EquipmentId, Instant]
    same_journal: bool


@dataclass(frozen=True, slots=True, eq=False)
class _Compared:
    """A closed body, and what would be closed now."""

    closed: Body
    facts: Mapping[str, Facts]
    titles: Titles
    since: Since


def stamps_of(changed: Iterable[Past[Entry]]) -> dict[tuple[str, str], Stamp]:
    """The stamp of each entry that was changed, and of each session that one of them speaks of."""
    found: dict[tuple[str, str], Stamp] = {}
    for past in changed:
        found[past.kind, past.id] = past.stamp
        if (session := _session_of(past)) is not None:
            found["session", session] = past.stamp
    return found


def _session_of(past: Past[Entry]) -> str | None:
    match past.value:
        case SessionCorrection(session=session) | Attendance(session=session) | Cancellation(lesson=session):
            return session
        case Substitution(slot=slot, day=day):
            return f"{slot}:{day}"
    return past.id if past.kind == OneOff.kind else None


def differences_of(
    closed: Body, report: Report, facts: Mapping[str, Facts], titles: Titles, since: Since
) -> tuple[Difference, ...]:
    """Every value of a closed body that is another one now, whole before its parts; `facts` are of the year to date."""
    compared = _Compared(closed, facts, titles, since)
    was = {one.indicator.number: one for one in closed.report.items}
    now = {one.indicator.number: one for one in report.items}
    numbers = [*was, *(number for number in now if number not in was)]
    found: list[Difference] = []
    for number in numbers:
        found += _of_indicator(number, was.get(number), now.get(number), compared)
    return (*found, *_of_directions(closed.report, report))


def _of_indicator(number: str, was: Measured | None, now: Measured | None, compared: _Compared) -> Iterator[Difference]:
    if was is None or now is None:
        word = "the set of indicators has it now" if was is None else "the set of indicators has it no longer"
        before, after = (None if one is None else one.year_to_date for one in (was, now))
        yield Difference(number, None, "", before, after, (word,))
        return
    facts = list(_of_facts(was, now, compared))
    why = _limited([*_of_words(was, now), *(sentence for _, sentence in facts)])
    if not why and was.year_to_date != now.year_to_date:
        why = _limited(list(_of_entries(now, compared))) or ("the rules that it is counted by have changed",)
    if why:
        yield Difference(number, None, "", was.year_to_date, now.year_to_date, why)
    old, new = _parts(was), _parts(now)
    for by, key in [*old, *(part for part in new if part not in old)]:
        if old.get((by, key)) != new.get((by, key)):
            own = _limited([sentence for keys, sentence in facts if key in keys(by)])
            yield Difference(number, by, key, old.get((by, key)), new.get((by, key)), own or why)


def _parts(one: Measured) -> dict[tuple[Dimension, str], Amount]:
    return {(part.by, part.key): part.amount for part in one.components}


def _of_words(was: Measured, now: Measured) -> Iterator[str]:
    if was.text != now.text:
        yield "its text has changed"
    if was.target != now.target:
        yield _target_changed(was.target, now.target)
    if was.manual != now.manual:
        stamp = now.manual.stamp if now.manual else None
        yield (
            f"the value given by hand was changed by {stamp.author} ({stamp.reason})"
            if stamp
            else ("the value given by hand was taken back")
        )
    if was.indicator != now.indicator:
        yield "the set of indicators says something else of it"


def _target_changed(was: int | None, now: int | None) -> str:
    if was is None:
        return f"its target is {now} now, and there was none"
    return f"its target of {was} was taken back" if now is None else f"its target was {was} and is {now} now"


def _of_facts(was: Measured, now: Measured, compared: _Compared) -> Iterator[tuple[_KeysBy, str]]:
    """What came, went or changed: the keys that it has by each breakdown, before and now, and the sentence about it."""
    before = _facts_of(compared.closed.facts.get(was.indicator.facts))
    after = _facts_of(compared.facts.get(now.indicator.facts))
    for fact in sorted(before.keys() | after.keys()):
        if before.get(fact) == after.get(fact):
            continue
        verb = "came" if fact not in before else "went" if fact not in after else "changed"
        title = compared.titles(*fact)[0] if fact in after else compared.closed.title(*fact)[0]
        keys = partial(_keys_by, (*before.get(fact, ()), *after.get(fact, ())))
        used = keys(Dimension.EQUIPMENT)
        yield keys, _sentence(fact, f"{title or fact[1]}: the {fact[0]} {verb}", compared.since, used)


def _keys_by(rows: tuple[_Row, ...], by: Dimension) -> frozenset[str]:
    return frozenset(key for row in rows for key in row.labels.get(by, ("",)))


def _of_entries(now: Measured, compared: _Compared) -> Iterator[str]:
    """Entries that were changed though their facts look alike: other people stand in them."""
    for fact in sorted(_facts_of(compared.facts.get(now.indicator.facts)).keys() & compared.since.changed.keys()):
        yield _sentence(fact, f"{compared.titles(*fact)[0] or fact[1]}: the {fact[0]} changed", compared.since)


def _sentence(fact: _Fact, said: str, since: Since, used: Collection[str] = ()) -> str:
    stamp = since.changed.get(fact) or (since.changed.get(_slot_of(fact[1])) if fact[0] == "session" else None)
    if stamp is not None:
        return f"{said}, entered by {stamp.author} on {_day(stamp.at)} ({stamp.reason})"
    if fact[0] not in _FROM_MACHINES:
        return f"{said}, with what it is linked to"
    equipment = EquipmentId(fact[1].partition("/")[0])
    if not since.same_journal:
        return f"{said}: the journal is another one"
    if equipment in since.late:
        return f"{said}: data of {equipment} from {_day(since.late[equipment])} on came after the closing"
    if since.late:
        late = [one for one in since.late if one in used] or since.late
        return f"{said}: data of {', '.join(late)} came after the closing"
    return f"{said}, with the timetable or the corrections"


def _slot_of(session: str) -> _Fact:
    return Slot.kind, session.rpartition(":")[0]


def _facts_of(facts: Facts | None) -> dict[_Fact, tuple[_Row, ...]]:
    """What is said of each fact, row by row, without the numbers of members, which others may move."""
    found: dict[_Fact, list[_Row]] = {}
    if facts is None:
        return {}
    for row in range(len(facts)):
        found.setdefault((facts.kind[row], facts.id[row]), []).append(_row(facts, row))
    return {fact: tuple(rows) for fact, rows in found.items()}


def _row(facts: Facts, row: int) -> _Row:
    members = int(facts.member_start[row + 1] - facts.member_start[row])
    columns = (getattr(facts, name)[row] for name in ("first", "last", "amount", "base", "unlisted", "how"))
    return _Row((*map(int, columns), members), labels_of(facts, row))


def _of_directions(was: Report, now: Report) -> Iterator[Difference]:
    before = {one.code: one for one in was.directions}
    for one in now.directions:
        known = before.get(one.code)
        if known is not None and known != one:
            why = ("its text has changed",) if known.text != one.text else ()
            lines = ("the plan of work or what was done has changed",) if known.lines != one.lines else ()
            yield Difference(one.code, Dimension.DIRECTION, one.code, Amount(known.done), Amount(one.done), why + lines)


def _limited(sentences: list[str]) -> tuple[str, ...]:
    rest = len(sentences) - REASONS_LIMIT
    return tuple(sentences) if rest <= 0 else (*sentences[:REASONS_LIMIT], f"and {rest} more")


def _day(at: Instant) -> str:
    return text_of(at // NS_PER_DAY) if at > NS_PER_S else "the beginning"
