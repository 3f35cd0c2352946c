"""What lessons prove about a program, a group or a partner: which equipment it used in some days, and how we know.

Nothing here counts anything. What is proven is told quarter by quarter, so that a lesson of a later quarter never
changes what an earlier one said.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from telemetry.columns import Int8s, Int32s, Int64s
from telemetry.indicators.definition import How
from telemetry.indicators.lists import items_of, starts_of
from telemetry.indicators.periods import Window, quarter_of, quarter_window
from telemetry.indicators.words import Words
from telemetry.indicators.world import Codes, Meetings
from telemetry.rules import SessionStatus


class Proof(NamedTuple):
    """What the lessons of some days prove."""

    how: How
    held: bool
    equipment: Codes


@dataclass(frozen=True, slots=True, eq=False)
class _Standing:
    """Lessons that stand in the timetable, by key then day; equipment that one used counts where it was held.

    Those of key k are rows `bounds[k]` to `bounds[k + 1]`, the equipment of row i is
    `used[used_start[i]:used_start[i + 1]]`, codes into `equipment`.
    """

    place: Mapping[str, int]
    bounds: Int64s
    day: Int64s
    how: Int8s
    held: npt.NDArray[np.bool_]
    used_start: Int64s
    used: Int32s
    equipment: Codes

    def on(self, key: str, days: Window) -> slice:
        """The rows of `key` on these days."""
        if key not in self.place:
            return slice(0, 0)
        low, high = self.bounds[self.place[key] : self.place[key] + 2].tolist()
        first, last = self.day[low:high].searchsorted((days[0], days[1] + 1)).tolist()
        return slice(low + first, low + last)

    def proof(self, rows: slice) -> Proof:
        """What some rows prove, at least one."""
        codes = np.flatnonzero(np.bincount(self.used[self.used_start[rows.start] : self.used_start[rows.stop]]))
        equipment = tuple(sorted(self.equipment[code] for code in codes.tolist()))
        return Proof(How(int(self.how[rows].min())), bool(self.held[rows].any()), equipment)


_NOTHING = Proof(How.REGISTER, held=False, equipment=())


@dataclass(frozen=True, slots=True)
class Proofs:
    """The lessons of each program, group or partner; what was proven once is remembered, for many ask the same."""

    lessons: _Standing
    _known: dict[tuple[str, Window], Proof] = field(default_factory=dict)

    def of(self, key: str, days: Window) -> Proof:
        """What the lessons of `key` on these days prove.

        `how` is telemetry where a held one was confirmed by telemetry, timetable where any stands, else register.
        """
        known = self._known.get((key, days))
        if known is None:
            rows = self.lessons.on(key, days)
            known = self._known[key, days] = self.lessons.proof(rows) if rows.start < rows.stop else _NOTHING
        return known

    def by_quarter(self, key: str, days: Window) -> Iterator[tuple[Window, Proof]]:
        """The days in pieces, the quarters that have lessons each for itself, with what is proven in each."""
        rows = self.lessons.on(key, days)
        for piece in _pieces(days, self.lessons.day[rows]):
            yield piece, self.of(key, piece)


def _pieces(days: Window, taught: Int64s) -> Iterator[Window]:
    """The quarters from that of the first lesson to that of the last, what is before them, and what is after."""
    first, last = days
    if len(taught):
        begins, ends = quarter_window(*quarter_of(int(taught[0])))[0], quarter_window(*quarter_of(int(taught[-1])))[1]
        if first < begins:
            yield first, begins - 1
            first = begins
        while first <= min(last, ends):
            until = min(last, quarter_window(*quarter_of(first))[1])
            yield first, until
            first = until + 1
    if first <= last:
        yield first, last


def proofs_by(keys: Words, meetings: Meetings) -> Proofs:
    """The lessons by a column of `meetings`, such as `meetings.group`; those without a key prove nothing."""
    held = meetings.held != 0
    # Without one it was cancelled, or nobody has accepted it yet.
    stands = held | ~(
        meetings.status.are(SessionStatus.CANCELLED.word) | meetings.status.are(SessionStatus.DETECTED.word)
    )
    rows = np.flatnonzero(stands & ~keys.are(""))
    rows = rows[np.lexsort((meetings.day[rows], keys.code[rows]))]
    lengths, used = items_of(meetings.used_start, meetings.used, rows)
    held = held[rows]
    return Proofs(
        _Standing(
            place={key: code for code, key in enumerate(keys.keys)},
            bounds=starts_of(np.bincount(keys.code[rows], minlength=len(keys.keys))),
            day=meetings.day[rows],
            how=np.where(held & (meetings.by_telemetry[rows] != 0), How.TELEMETRY, How.TIMETABLE).astype(np.int8),
            held=held,
            used_start=starts_of(np.where(held, lengths, 0)),
            used=used[np.repeat(held, lengths)],
            equipment=meetings.equipment,
        )
    )
