"""What people enter about the equipment itself: planned maintenance and services done.

The equipment's own settings are in the configuration, never here.
"""

from __future__ import annotations

from typing import ClassVar

from pydantic import model_validator

from edge.register.entry import At, Code, CodeOrNone, Codes, Entry, LocalMoment, Text, Title


class PlannedMaintenance(Entry):
    """Some equipment, or all of a room, is meant to be serviced from `start` to `end` of the centre's own clock."""

    kind: ClassVar[str] = "planned_maintenance"

    equipment: Codes = ()
    room: CodeOrNone = ""
    start: LocalMoment
    end: LocalMoment
    reason: Text = ""

    @model_validator(mode="after")
    def _is_orderly(self) -> PlannedMaintenance:
        if not self.equipment and not self.room:
            message = "name some equipment or a room"
            raise ValueError(message)
        if not self.start < self.end:
            message = f"it ends ({self.end}) no later than it begins ({self.start})"
            raise ValueError(message)
        return self


class Service(Entry):
    """A service done on an equipment: what is counted "since service" begins anew at `at`."""

    kind: ClassVar[str] = "service"

    equipment: Code
    at: At
    what: Title
