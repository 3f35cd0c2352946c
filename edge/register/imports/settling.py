"""The lessons of a file set against those that are entered: which are added, changed, ended, removed, and which stay.

What was held before the day that the file holds from stays as it was. Changes nothing itself.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import cast

from pydantic import ValidationError

from edge.register.contract import Row
from edge.register.entry import Entry
from edge.register.imports.effective import Changed, Since, kept
from edge.register.imports.matching import Planned, Sought, ids_for
from edge.register.imports.plan import Draft
from edge.register.imports.records import Reader
from edge.register.imports.sheets import Place
from edge.register.lessons import Cancellation, OneOff, Slot, Substitution

_PLANNED = frozenset({Slot.kind, OneOff.kind})
_SINCE_FIX = "Import with an earlier first day, if they have to be others."


@dataclass(frozen=True, slots=True)
class Wanted:
    """A lesson as a file has it; on days `cancelled` it is not held, and on days `held` it certainly is."""

    sought: Sought
    place: Place
    cancelled: tuple[date, ...] = ()
    held: tuple[date, ...] = ()

    @property
    def value(self) -> Planned:
        """The lesson, as far as the file tells."""
        return self.sought.value


class Settling:
    """Sets the lessons of one file against the living entries, in one draft."""

    def __init__(
        self,
        living: Mapping[tuple[str, str], Row[Entry]],
        since: Since,
        *,
        draft: Draft,
        reader: Reader,
        recorded: frozenset[str] = frozenset(),
    ) -> None:
        """`living` is every entry that lessons are made of, by kind and id.

        `recorded` are the lessons of which a person entered who was there, or how it went.
        """
        self._living = living
        self._since = since
        self._draft = draft
        self._reader = reader
        self._recorded = recorded
        self._cancellations = {row.value.lesson: row for row in living.values() if isinstance(row.value, Cancellation)}
        self._kept: set[tuple[str, str]] = set()

    def put(self, wanted: Sequence[Wanted], label: Callable[[Planned], str]) -> None:
        """Tell each lesson once."""
        living = [(row.id, cast("Planned", row.value)) for row in self._living.values() if row.value.kind in _PLANNED]
        for entry, one in zip(
            ids_for([one.sought for one in wanted], living, self._since.running), wanted, strict=True
        ):
            row = self._living.get((one.value.kind, entry))
            if row is None:
                self._add(entry, one, label)
            else:
                self._kept.add((row.value.kind, row.id))
                self._change(row, one, label)

    def _add(self, entry: str, wanted: Wanted, label: Callable[[Planned], str]) -> None:
        value = self._since.new(wanted.value, wanted.sought.told)
        if value is None:
            message = f"It is over before {self._since.day}, from which the import holds, so that it is left out."
            self._reader.note(wanted.place, message, fix=_SINCE_FIX)
            return
        self._draft.put(entry, value, label=label(value), place=wanted.place)
        self._cancel(entry, value, wanted)

    def _change(self, row: Row[Entry], wanted: Wanted, label: Callable[[Planned], str]) -> None:
        before = cast("Planned", row.value)
        try:
            after = kept(before, wanted.value, wanted.sought.told)
        except ValidationError as error:
            for line in error.errors():
                message = line["msg"].removeprefix("Value error, ")
                self._reader.fault(wanted.place, message, fix="Mend the cell, or leave the row out.")
            return
        if isinstance(before, Slot) and isinstance(after, Slot):
            self._change_slot(row, before, self._since.changed(before, after), wanted, label)
        elif self._since.new(after, wanted.sought.told) is not None:
            self._draft.put(row.id, after, label=label(after), place=wanted.place)
            self._cancel(row.id, after, wanted)

    def _change_slot(
        self, row: Row[Entry], before: Slot, changed: Changed, wanted: Wanted, label: Callable[[Planned], str]
    ) -> None:
        self._draft.put(row.id, changed.stays, label=label(changed.stays), place=wanted.place)
        if changed.cut:
            message = f"Its lessons before {self._since.day} stay as they were."
            self._reader.note(wanted.place, message, fix=_SINCE_FIX)
        if changed.begins is None:
            self._cancel(row.id, changed.stays, wanted)
            return
        entry = self._successor(row.id)
        self._draft.put(entry, changed.begins, label=label(changed.begins), place=wanted.place, instead_of=before)
        moved = self._move(row.id, entry, frozenset(wanted.held))
        self._tell_recorded(row.id, wanted.place)
        self._cancel(entry, changed.begins, wanted, besides=moved)

    def _tell_recorded(self, entry: str, place: Place) -> None:
        for lesson in sorted(self._recorded):
            slot, _, day = lesson.partition(":")
            if slot == entry and day and self._is_later(date.fromisoformat(day)):
                message = f"What a person entered of the lesson {lesson} does not go with it."
                self._reader.note(place, message, fix="Import with a later first day, or enter it anew.")

    def _successor(self, entry: str) -> str:
        """The id of what begins where an entry ends, as the page of a lesson gives it."""
        wanted = f"{entry[:50]}-{self._since.day:%Y%m%d}"
        made, number = wanted, 1
        while (Slot.kind, made) in self._living:
            number += 1
            made = f"{wanted}-{number}"
        return made

    def _move(self, old: str, new: str, held: frozenset[date]) -> frozenset[str]:
        """Give what is entered of single lessons from the day on to the new slot; the lessons cancelled there.

        Those `held` are cancelled only where a person gave a reason.
        """
        for row in self._living.values():
            if isinstance(row.value, Substitution) and row.value.slot == old and self._is_later(row.value.day):
                value = row.value.model_copy(update={"slot": new})
                self._draft.put(row.id, value, label=f"{new}, {value.day}", place=None)
        moved: set[str] = set()
        for lesson, row in self._cancellations.items():
            slot, _, day = lesson.partition(":")
            if slot == old and day and self._is_later(date.fromisoformat(day)):
                self._draft.remove(row, label=lesson)
                told = cast("Cancellation", row.value).model_copy(update={"lesson": f"{new}:{day}"})
                if told.reason or date.fromisoformat(day) not in held:
                    self._draft.put(told.lesson, told, label=told.lesson, place=None)
                    moved.add(told.lesson)
        return frozenset(moved)

    def _cancel(self, entry: str, value: Planned, wanted: Wanted, besides: frozenset[str] = frozenset()) -> None:
        """Cancel what the file does not hold, and hold what no person cancelled; lessons before the day stay."""
        for lesson in _sessions(entry, value, wanted.cancelled):
            # One that is cancelled already keeps its reason.
            if lesson not in self._cancellations and lesson not in besides and self._may_change(entry, value, lesson):
                self._draft.put(lesson, Cancellation(lesson=lesson), label=lesson, place=wanted.place)
        for lesson in _sessions(entry, value, wanted.held):
            row = self._cancellations.get(lesson)
            if row and not cast("Cancellation", row.value).reason and self._may_change(entry, value, lesson):
                self._draft.remove(row, label=lesson)

    def _may_change(self, entry: str, value: Planned, lesson: str) -> bool:
        """Whether a lesson is not one that was held before the day."""
        day = value.day if isinstance(value, OneOff) else date.fromisoformat(lesson.rpartition(":")[2])
        return (value.kind, entry) not in self._living or isinstance(value, OneOff) or self._is_later(day)

    def _is_later(self, day: date) -> bool:
        return self._since.day is None or day >= self._since.day

    def remove_rest(self, kinds: frozenset[str], label: Callable[[Planned], str]) -> None:
        """What the file does not hold, of the kinds that it holds any of, from the day on; substitutions go with it."""
        gone = [row for (kind, entry), row in self._living.items() if kind in kinds and (kind, entry) not in self._kept]
        slots = {row.id: row for row in gone if isinstance(row.value, Slot)}
        for row in self._living.values():
            if isinstance(row.value, Substitution) and row.value.slot in slots:
                of = cast("Slot", slots[row.value.slot].value)
                if self._is_later(row.value.day) or not self._since.begun(of):
                    self._draft.remove(row, label=f"{row.value.slot}, {row.value.day}")
        for row in gone:
            self._remove(row, cast("Planned", row.value), label)

    def _remove(self, row: Row[Entry], value: Planned, label: Callable[[Planned], str]) -> None:
        if isinstance(value, Slot) and self._since.begun(value):
            if self._since.running(value):
                self._draft.put(row.id, self._since.ended(value), label=label(value), place=None)
        elif isinstance(value, Slot) or self._since.running(value):
            self._draft.remove(row, label=label(value))


def _sessions(entry: str, value: Planned, days: Sequence[date]) -> Iterator[str]:
    """The ids of a lesson on some days."""
    for day in days:
        if isinstance(value, OneOff):
            yield from (entry,) if value.day == day else ()
        elif (value.first_day or date.min) <= day <= (value.last_day or date.max):
            yield f"{entry}:{day.isoformat()}"
