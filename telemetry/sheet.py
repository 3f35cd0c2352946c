"""The columns of intervals while they are written, group after group, so that each value goes to its place once.

Nothing here sorts, cuts or looks at a window: what is written last began last.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from telemetry.columns import Int8s
from telemetry.model import Instant, Source, State
from telemetry.spans import Spans
from telemetry.stretches import ROWS, Said


class Sheet:
    """Spans that each have a state and a source; equal neighbours of a group become one."""

    __slots__ = (
        "_bounds",
        "_kept",
        "_last",
        "_opened",
        "_source",
        "_sources",
        "_spans",
        "_state",
        "_states",
        "_written",
    )

    def __init__(self, most: int) -> None:
        """Room for `most` spans; what is never written takes no memory."""
        self._spans = Spans(np.empty(most, np.int32), np.empty(most, np.int64), np.empty(most, np.int64))
        self._state, self._source = np.empty(most, np.int8), np.empty(most, np.int8)
        self._opened = self._written = 0
        self._last = -1, -1
        # Of each row of a stretch what it says, and that its validity ran out, which is always said alike.
        shape = min(ROWS, most), 2
        self._bounds, self._kept = np.empty(shape, np.int64), np.empty(shape, np.bool_)
        self._states, self._sources = np.full(shape, State.UNKNOWN, np.int8), np.full(shape, Source.EXPIRED, np.int8)

    def write(self, at: Instant, state: int, source: int) -> None:
        """From `at` on the group is in `state`."""
        if (state, source) != self._last:
            row = self._written
            self._spans.start[row], self._state[row], self._source[row] = at, state, source
            self._moved_to(row + 1)
            self._last = state, source

    def write_all(self, changes: Said, rows: slice, end: Instant) -> None:
        """The changes `rows` of the group, one stretch at most; the last of all changes ends at `end`."""
        part, run_out = changes.rows(rows), changes.run_out(rows, end)
        n = len(part.start)
        self._bounds[:n, 0], self._states[:n, 0], self._sources[:n, 0] = part.start, part.state, part.source
        self._bounds[run_out, 1] = part.start[run_out] + part.valid_ns[run_out]
        self._mark(part, run_out)
        self._take(np.flatnonzero(self._kept[:n].reshape(-1)))
        run_out_last = len(run_out) > 0 and run_out[-1] == n - 1
        self._last = (State.UNKNOWN, Source.EXPIRED) if run_out_last else (int(part.state[-1]), int(part.source[-1]))

    def _mark(self, part: Said, run_out: npt.NDArray[np.intp]) -> None:
        """Which bounds differ from the one before."""
        n = len(part.start)
        fresh, expires = self._kept[:n, 0], self._kept[:n, 1]
        fresh[0] = (int(part.state[0]), int(part.source[0])) != self._last
        fresh[1:] = (part.state[1:] != part.state[:-1]) | (part.source[1:] != part.source[:-1])
        # Which say anything else than a validity that ran out.
        tells = (part.state != State.UNKNOWN) | (part.source != Source.EXPIRED)
        after = run_out[run_out < n - 1] + 1
        fresh[after], expires[:] = tells[after], False
        expires[run_out] = tells[run_out]

    def _take(self, places: npt.NDArray[np.intp]) -> None:
        first, last = self._written, self._written + len(places)
        # To clip spares a copy; no place is outside.
        self._bounds.reshape(-1).take(places, out=self._spans.start[first:last], mode="clip")
        self._states.reshape(-1).take(places, out=self._state[first:last], mode="clip")
        self._sources.reshape(-1).take(places, out=self._source[first:last], mode="clip")
        self._moved_to(last)

    def _moved_to(self, last: int) -> None:
        """The rows before `last` are written; each that has a next one of its group ends where that begins."""
        first = max(self._written, self._opened + 1)
        self._spans.end[first - 1 : last - 1] = self._spans.start[first:last]
        self._written = last

    def close(self, group: int, end: Instant) -> None:
        """All that was written since the last group is of `group`, and ends at `end`; it is one row at least."""
        self._spans.group[self._opened : self._written] = group
        self._spans.end[self._written - 1] = end
        self._opened, self._last = self._written, (-1, -1)

    def columns(self) -> tuple[Spans, Int8s, Int8s]:
        """The spans, their states and their sources."""
        (group, start, end), rows = self._spans, slice(self._written)
        return Spans(group[rows], start[rows], end[rows]), self._state[rows], self._source[rows]
