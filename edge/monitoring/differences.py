"""What is no longer as it was closed: values, texts and evidence, and why.

The reasons are facts that came, went or changed, who changed the register and why, and data that came late; nothing is
guessed, and no learner is named.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from edge.monitoring.body import Body
from edge.monitoring.contract import Difference, Measured, Report
from edge.monitoring.evidence import Titles, labels_of
from edge.register.contract import Stamp
from telemetry.civil import text_of
from telemetry.indicators.definition import Dimension
from telemetry.indicators.facts import Amount, Facts
from telemetry.model import NS_PER_S, EquipmentId, Instant
from telemetry.zones import NS_PER_DAY

REASONS_LIMIT = 20
"""Sentences for one value: more are counted."""

_FROM_MACHINES = frozenset({"session", "equipment_day", "job"})
_Fact = tuple[str, str]
_Words = tuple[object, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Since:
    """What happened since a closing: the last change of each entry, and whose data came late, with their first time."""

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
    why = tuple(_limited([*_of_words(was, now), *_of_facts(was, now, compared)]))
    if not why and was.year_to_date != now.year_to_date:
        why = tuple(_limited(list(_of_entries(now, compared)))) or ("the rules that it is counted by have changed",)
    if why:
        yield Difference(number, None, "", was.year_to_date, now.year_to_date, why)
    old, new = _parts(was), _parts(now)
    for by, key in [*old, *(part for part in new if part not in old)]:
        if old.get((by, key)) != new.get((by, key)):
            yield Difference(number, by, key, old.get((by, key)), new.get((by, key)), why)


def _parts(one: Measured) -> dict[tuple[Dimension, str], Amount]:
    return {(part.by, part.key): part.amount for part in one.components}


def _of_words(was: Measured, now: Measured) -> Iterator[str]:
    if was.text != now.text:
        yield "its text has changed"
    if was.target != now.target:
        yield f"its target was {was.target} and is {now.target} now"
    if was.manual != now.manual:
        stamp = now.manual.stamp if now.manual else None
        yield (
            f"the value given by hand was changed by {stamp.author} ({stamp.reason})"
            if stamp
            else ("the value given by hand was taken back")
        )
    if was.indicator != now.indicator:
        yield "the set of indicators says something else of it"


def _of_facts(was: Measured, now: Measured, compared: _Compared) -> Iterator[str]:
    before = _facts_of(compared.closed.facts.get(was.indicator.facts))
    after = _facts_of(compared.facts.get(now.indicator.facts))
    for fact in sorted(before.keys() | after.keys()):
        if before.get(fact) == after.get(fact):
            continue
        verb = "came" if fact not in before else "went" if fact not in after else "changed"
        title = compared.titles(*fact)[0] if fact in after else compared.closed.title(*fact)[0]
        yield _sentence(fact, f"{title or fact[1]}: the {fact[0]} {verb}", compared.since)


def _of_entries(now: Measured, compared: _Compared) -> Iterator[str]:
    """Entries that were changed though their facts look alike: other people stand in them."""
    for fact in sorted(_facts_of(compared.facts.get(now.indicator.facts)).keys() & compared.since.changed.keys()):
        yield _sentence(fact, f"{compared.titles(*fact)[0] or fact[1]}: the {fact[0]} changed", compared.since)


def _sentence(fact: _Fact, said: str, since: Since) -> str:
    stamp = since.changed.get(fact)
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
        return f"{said}: data of {', '.join(since.late)} came after the closing"
    return f"{said}, with the timetable or the corrections"


def _facts_of(facts: Facts | None) -> dict[_Fact, tuple[_Words, ...]]:
    """What is said of each fact, row by row, without the numbers of members, which others may move."""
    found: dict[_Fact, list[_Words]] = {}
    if facts is None:
        return {}
    for row in range(len(facts)):
        found.setdefault((facts.kind[row], facts.id[row]), []).append(_words(facts, row))
    return {fact: tuple(rows) for fact, rows in found.items()}


def _words(facts: Facts, row: int) -> _Words:
    members = int(facts.member_start[row + 1] - facts.member_start[row])
    columns = (getattr(facts, name)[row] for name in ("first", "last", "amount", "base", "unlisted", "how"))
    return (*map(int, columns), members, tuple(sorted(labels_of(facts, row).items())))


def _of_directions(was: Report, now: Report) -> Iterator[Difference]:
    before = {one.code: one for one in was.directions}
    for one in now.directions:
        known = before.get(one.code)
        if known is not None and known != one:
            why = ("its text has changed",) if known.text != one.text else ()
            lines = ("the plan of work or what was done has changed",) if known.lines != one.lines else ()
            yield Difference(one.code, Dimension.DIRECTION, one.code, Amount(known.done), Amount(one.done), why + lines)


def _limited(sentences: list[str]) -> list[str]:
    rest = len(sentences) - REASONS_LIMIT
    return sentences if rest <= 0 else [*sentences[:REASONS_LIMIT], f"and {rest} more"]


def _day(at: Instant) -> str:
    return text_of(at // NS_PER_DAY) if at > NS_PER_S else "the beginning"
