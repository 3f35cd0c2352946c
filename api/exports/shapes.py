"""The columns of every table of numbers: their names for programs and what their cells are.

A name is never changed: programs read it. Headers for people are in `words_<language>.toml`.
"""

from __future__ import annotations

from api.exports.words import Shape
from edge.register.exports.table import Type

_NS = ("busy", "setup", "paused", "idle", "fault", "maintenance", "offline", "unknown")
_BASES = (
    *("timetabled_ns", "scheduled_ns", "calendar_ns", "busy_in_timetable_ns", "unknown_in_timetable_ns"),
    *("busy_in_scheduled_ns", "unknown_in_scheduled_ns", "maintenance_in_scheduled_ns", "fault_in_scheduled_ns"),
    *("station_timetabled_ns", "station_busy_ns", "station_unknown_ns", "busy_outside_timetable_ns", "learner_ns"),
)
_RATIOS = (
    *("utilisation_timetable", "utilisation_scheduled", "utilisation_calendar", "availability"),
    *("station_utilisation", "coverage"),
)

UTILISATION: Shape = {
    "key": Type.TEXT,
    "name": Type.TEXT,
    "bucket": Type.TEXT,
    "start": Type.INSTANT,
    "end": Type.INSTANT,
    **{f"{state}_ns": Type.HOURS for state in _NS},
    **dict.fromkeys(_BASES, Type.HOURS),
    **dict.fromkeys(_RATIOS, Type.SHARE),
    "insufficient": Type.TEXT,
}

SESSIONS: Shape = {
    "id": Type.TEXT,
    "kind": "lesson_kind",
    "start": Type.INSTANT,
    "end": Type.INSTANT,
    "room": Type.TEXT,
    "group": Type.TEXT,
    "program": Type.TEXT,
    "teacher": Type.TEXT,
    "partner": Type.TEXT,
    "form": "form",
    "status": "session_status",
    "original": "session_status",
    "counts": Type.FLAG,
    "confidence": Type.NUMBER,
    "rule": Type.TEXT,
    "learners": Type.WHOLE,
    "learner_ns": Type.HOURS,
    "stations": Type.WHOLE,
    "used_stations": Type.WHOLE,
    "busy_ns": Type.HOURS,
    "most_busy_ns": Type.HOURS,
    "needed_ns": Type.HOURS,
    "known_ns": Type.HOURS,
    "base_ns": Type.HOURS,
    "used": Type.TEXT,
    "corrections": Type.WHOLE,
}

CORRECTIONS: Shape = {"status": "session_status", "author": Type.TEXT, "reason": Type.TEXT, "at": Type.INSTANT}

JOBS: Shape = {
    "equipment": Type.TEXT,
    "job": Type.TEXT,
    "name": Type.TEXT,
    "started": Type.INSTANT,
    "ended": Type.INSTANT,
    "outcome": "outcome",
    "progress": Type.SHARE,
    "paused": Type.FLAG,
    "reason": Type.TEXT,
}

RUNS: Shape = {
    "id": Type.TEXT,
    "title": Type.TEXT,
    "lab_work": Type.TEXT,
    "group": Type.TEXT,
    "equipment": Type.TEXT,
    "channels": Type.TEXT,
    "period_ns": Type.WHOLE,
    "started": Type.INSTANT,
    "ended": Type.INSTANT,
    "live": Type.FLAG,
    "closed_by": "closed_by",
}

RUN_DATA: Shape = {
    "offset": Type.WHOLE,
    "equipment": Type.TEXT,
    "channel": Type.TEXT,
    "unit": Type.TEXT,
    "t": Type.INSTANT,
    "v": Type.NUMBER,
}

EQUIPMENT: Shape = {
    "id": Type.TEXT,
    "name": Type.TEXT,
    "kind": "kind",
    "track": Type.TEXT,
    "room": Type.TEXT,
    "driver": Type.TEXT,
    "state": "state",
    "since": Type.INSTANT,
    "source": "source",
    "link_up": Type.FLAG,
    "last_seen_at": Type.INSTANT,
    "job": Type.TEXT,
}

INTERVALS: Shape = {"start": Type.INSTANT, "end": Type.INSTANT, "state": "state", "source": "source"}

USE: Shape = {
    "equipment": Type.TEXT,
    **INTERVALS,
    "stations": Type.WHOLE,
    **dict.fromkeys(("length_ns", "timetabled_ns", "scheduled_ns"), Type.HOURS),
}

WORKED: Shape = {
    "equipment": Type.TEXT,
    "start": Type.INSTANT,
    "end": Type.INSTANT,
    "source": "source",
    "counted_ns": Type.HOURS,
}

EDITIONS: Shape = {
    "period": Type.TEXT,
    "year": Type.WHOLE,
    "quarter": Type.WHOLE,
    "number": Type.WHOLE,
    **dict.fromkeys(("sha256", "previous", "chain"), Type.TEXT),
    "register_version": Type.WHOLE,
    "author": Type.TEXT,
    "at": Type.INSTANT,
    "reason": Type.TEXT,
}

AUDIT: Shape = {
    "n": Type.WHOLE,
    "at": Type.INSTANT,
    "who": Type.TEXT,
    "action": "audit_action",
    "subject": Type.TEXT,
    "reason": Type.TEXT,
}

EXPORT_LIST: Shape = {"name": Type.TEXT, "title": Type.TEXT, "asks": "export_asks", "formats": Type.TEXT}

READINGS: Shape = {"t": Type.INSTANT, "v": Type.NUMBER}

ENVELOPE: Shape = {**READINGS, "min": Type.NUMBER, "max": Type.NUMBER, "count": Type.WHOLE}

RECORDS: Shape = {"offset": Type.WHOLE, "kind": Type.TEXT, "record": Type.TEXT}

_LIFE: Shape = {
    "since": Type.INSTANT,
    **dict.fromkeys(("hour_meter_ns", "base_ns", "known_ns"), Type.HOURS),
    **dict.fromkeys(("faults", "repairs"), Type.WHOLE),
    **dict.fromkeys(("fault_ns", "repair_ns", "mean_time_between_faults_ns", "mean_time_to_repair_ns"), Type.HOURS),
    **{
        f"jobs_{word}": Type.WHOLE
        for word in ("started", "completed", "cancelled", "failed", "ended_unknown", "running")
    },
}

METERS: Shape = {"equipment": Type.TEXT, **_LIFE, **{f"service_{name}": kind for name, kind in _LIFE.items()}}
