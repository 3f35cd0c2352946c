"""What is no longer as it was closed: values, texts and evidence, and why.

The reasons are facts that came, went or changed, who changed the register and why, and data that came late; nothing is
guessed, and no learner is named.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import NamedTuple

from edge.monitoring.body import Body
from edge.monitoring.contract import Difference, Measured, Report
from edge.monitoring.evidence import labels_of
from edge.monitoring.reasons import USED_BY_LESSONS, Since, of_use, sentences
from edge.monitoring.titles import Called
from telemetry.indicators.definition import Dimension
from telemetry.indicators.facts import Amount, Facts

REASONS_LIMIT = 20
"""Sentences for one value: more are counted."""

_Fact = tuple[str, str]
_KeysBy = Callable[[Dimension], Collection[str]]


class _Row(NamedTuple):
    """What is said of a fact in one of its rows."""

    numbers: tuple[int, ...]
    labels: Mapping[Dimension, tuple[str, ...]]


@dataclass(frozen=True, slots=True, eq=False)
class _Compared:
    """A closed body, and what would be closed now; facts that went are called as `then`, others as `now`."""

    closed: Body
    facts: Mapping[str, Facts]
    then: Called
    now: Called
    since: Since


def differences_of(
    closed: Body, report: Report, facts: Mapping[str, Facts], *, called: tuple[Called, Called], since: Since
) -> tuple[Difference, ...]:
    """Every value of a closed body that is another one now, whole before its parts; `facts` are of the year to date.

    `called` tells what facts were called when it was closed, and what they are called now.
    """
    compared = _Compared(closed, facts, *called, since)
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
    why = why or _of_coverage(was.year_to_date, now.year_to_date)
    if why:
        yield Difference(number, None, "", was.year_to_date, now.year_to_date, why)
    old, new = _parts(was), _parts(now)
    for by, key in [*old, *(part for part in new if part not in old)]:
        if old.get((by, key)) != new.get((by, key)):
            own = _limited([sentence for keys, sentence in facts if key in keys(by)])
            yield Difference(number, by, key, old.get((by, key)), new.get((by, key)), own or why)


def _of_coverage(was: Amount, now: Amount) -> tuple[str, ...]:
    """That as much was used of as much time, but more or less of that is known."""
    before, after = (one.coverage for one in (was, now))
    if before is None or after is None or before == after:
        return ()
    return ("more of its time is known now",) if after.known > before.known else ("less of its time is known now",)


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
        rows = after.get(fact) or before[fact]
        title = (compared.now if fact in after else compared.then)(fact, rows[0].numbers[0], rows[0].labels)
        change = _Change(fact, title, before.get(fact, ()), after.get(fact, ()))
        for came, equipment in ((True, change.came_to_use), (False, change.left_use)):
            if equipment:
                keys = partial(change.keys_of_use, equipment)
                yield from ((keys, sentence) for sentence in of_use(title, equipment, compared.since, came=came))
        if not change.is_use_alone:
            used = frozenset(_keys_by((*change.before, *change.after), Dimension.EQUIPMENT))
            for sentence in sentences(fact, f"{title}: the {fact[0]} {change.verb}", compared.since, used):
                yield change.keys, sentence


class _Change(NamedTuple):
    """A fact that is not what it was; the use of equipment by lessons is told apart from the fact itself."""

    fact: _Fact
    title: str
    before: tuple[_Row, ...]
    after: tuple[_Row, ...]

    @property
    def verb(self) -> str:
        return "came" if not self.before else "went" if not self.after else "changed"

    @property
    def came_to_use(self) -> frozenset[str]:
        return self._use(self.after) - self._use(self.before) if self._stayed else frozenset()

    @property
    def left_use(self) -> frozenset[str]:
        return self._use(self.before) - self._use(self.after) if self._stayed else frozenset()

    @property
    def moved_use(self) -> bool:
        return bool(self.came_to_use or self.left_use)

    @property
    def is_use_alone(self) -> bool:
        return self.moved_use and _core(self.before) == _core(self.after)

    def keys_of_use(self, equipment: frozenset[str], by: Dimension) -> frozenset[str]:
        """The equipment alone that is used otherwise, and none where that was or is all."""
        if by is not Dimension.EQUIPMENT:
            return frozenset()
        return equipment if self._use(self.before) and self._use(self.after) else equipment | {""}

    def keys(self, by: Dimension) -> frozenset[str]:
        """Every key that it has or had; of equipment that is used otherwise another sentence tells."""
        keys = _keys_by((*self.before, *self.after), by)
        return keys - self.keys_of_use(self.came_to_use | self.left_use, by) if self.moved_use else keys

    @property
    def _stayed(self) -> bool:
        return bool(self.fact[0] in USED_BY_LESSONS and self.before and self.after)

    @staticmethod
    def _use(rows: tuple[_Row, ...]) -> frozenset[str]:
        return frozenset(key for row in rows for key in row.labels.get(Dimension.EQUIPMENT, ()))


def _core(rows: tuple[_Row, ...]) -> object:
    """What a fact says but the use of equipment, how that is known, and the quarters into which its days are cut."""
    said = frozenset(
        (*row.numbers[2:5], *row.numbers[6:], *sorted((by, keys) for by, keys in row.labels.items() if by is not _USE))
        for row in rows
    )
    return min(row.numbers[0] for row in rows), max(row.numbers[1] for row in rows), said


_USE = Dimension.EQUIPMENT


def _keys_by(rows: tuple[_Row, ...], by: Dimension) -> frozenset[str]:
    return frozenset(key for row in rows for key in row.labels.get(by, ("",)))


def _of_entries(now: Measured, compared: _Compared) -> Iterator[str]:
    """Entries that were changed though their facts look alike: other people stand in them."""
    known = _facts_of(compared.facts.get(now.indicator.facts))
    for fact in sorted(known.keys() & compared.since.changed.keys()):
        first = known[fact][0]
        said = f"{compared.now(fact, first.numbers[0], first.labels)}: the {fact[0]} changed"
        yield from sentences(fact, said, compared.since, frozenset())


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
