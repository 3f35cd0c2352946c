"""What was entered about lessons and never comes to be: slots without a term, lessons whose number does not ring.

Hinders nothing and changes nothing: what is missing may be entered later.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

from edge.register.calendar import BellSchedule, MovedDay, Term
from edge.register.contract import Fault, Snapshot
from edge.register.lessons import Slot, Substitution

_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def timetable_warnings(register: Snapshot) -> tuple[Fault, ...]:
    """Every slot and substitution of which no lesson is held as it is entered, by id; where no term is, one for all."""
    return (*_without_term(register), *_without_bell(register))


def never_in_term(slot: Slot, terms: Sequence[Term]) -> bool:
    """Whether no term shares a day with a slot, so that no lesson of it is ever held."""
    first, last = slot.first_day or date.min, slot.last_day or date.max
    return not any(term.first_day <= last and first <= term.last_day for term in terms)


def _without_term(register: Snapshot) -> Iterator[Fault]:
    terms = [row.value for row in register.rows(Term)]
    slots = register.rows(Slot)
    if not terms and slots:
        yield Fault("term", "There is no term yet, so that no slot is ever held.", "Enter the terms of the year.")
        return
    for row in slots:
        if never_in_term(row.value, terms):
            message = "It shares no day with any term, so that no lesson of it is ever held."
            yield Fault(f"slot {row.id}", message, "Enter the term, or mend the first and last day of the slot.")


def _without_bell(register: Snapshot) -> Iterator[Fault]:
    schedules = [row.value for row in register.rows(BellSchedule)]
    moved = {row.value.day: row.value.weekday for row in register.rows(MovedDay)}
    for row in register.rows(Slot):
        first, last = row.value.first_day or date.min, row.value.last_day or date.max
        if row.value.lesson is not None and not _rings(schedules, row.value.lesson, row.value.weekday, (first, last)):
            yield _silent(f"slot {row.id}", row.value.lesson, row.value.weekday)
    for change in register.rows(Substitution):
        day = change.value.day
        weekday = moved.get(day, day.isoweekday())
        if change.value.lesson is not None and not _rings(schedules, change.value.lesson, weekday, (day, day)):
            yield _silent(f"substitution {change.id}", change.value.lesson, weekday)


def _rings(schedules: Sequence[BellSchedule], number: int, weekday: int, days: tuple[date, date]) -> bool:
    return any(
        weekday in one.weekdays
        and (one.first_day or date.min) <= days[1]
        and days[0] <= (one.last_day or date.max)
        and any(bell.lesson == number for bell in one.bells)
        for one in schedules
    )


def _silent(place: str, number: int, weekday: int) -> Fault:
    message = f"No bell schedule rings lesson {number} on {_WEEKDAYS[weekday - 1]}, so that it is never held."
    return Fault(place, message, "Enter the bells, or give the lesson its times.")
