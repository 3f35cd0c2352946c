"""Positions, feed and spindle of a report as readings.

A value is a reading when it changed, not when it was reported again, so a resting machine fills no disk; that holds
whatever the pace of reports. The last work offset is kept, because most reports leave it out.
"""

from __future__ import annotations

from collections.abc import Iterator

from drivers.grbl.protocol import AXES, Report
from telemetry.model import Channel, EquipmentId, Instant, Reading

MM_PER_INCH = 25.4


class Positions:
    """What is known of one machine's place and speed; mm, mm/min, rpm."""

    __slots__ = ("_equipment", "_offset", "_told", "inches")

    def __init__(self, equipment: EquipmentId, *, inches: bool) -> None:
        self._equipment = equipment
        self._offset: tuple[float, ...] = ()
        self._told: dict[Channel, float] = {}
        self.inches = inches

    def forget(self) -> None:
        """The controller was reset or the link opened again: offset and last values are no longer known."""
        self._offset = ()
        self._told.clear()

    def seen(self, report: Report, at: Instant) -> list[Reading]:
        """The values of `report` that are new."""
        self._offset = report.offset or self._offset
        readings = []
        for channel, value, unit in self._values(report):
            if self._told.get(channel) != value:
                self._told[channel] = value
                readings.append(Reading(self._equipment, channel, at, at, value, unit))
        return readings

    def _values(self, report: Report) -> Iterator[tuple[Channel, float, str]]:
        machine, work = self._places(report)
        scale = MM_PER_INCH if self.inches else 1.0
        for frame, place in (("machine", machine), ("work", work)):
            for axis, value in zip(AXES, place, strict=False):
                yield Channel(f"{frame}_{axis}"), round(value * scale, 4), "mm"
        if report.feed is not None:
            yield Channel("feed_rate"), round(report.feed * scale, 4), "mm/min"
        if report.spindle is not None:
            yield Channel("spindle_speed"), report.spindle, "rpm"

    def _places(self, report: Report) -> tuple[tuple[float, ...], tuple[float, ...]]:
        """Machine and work position: what the report leaves out comes from the other one and the kept offset."""
        machine, work = report.machine, report.work
        if machine and not work:
            work = tuple(m - o for m, o in zip(machine, self._offset, strict=False))
        elif work and not machine:
            machine = tuple(w + o for w, o in zip(work, self._offset, strict=False))
        return machine, work
