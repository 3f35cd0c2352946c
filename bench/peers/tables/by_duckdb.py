"""DuckDB: cells by ASOF joins, every change to the cell it begins in, what reaches over a cell's start besides.

A plain range join of changes and cells takes over 20 s. `lead` without a partition runs as a stream, for the rows stand
by equipment and time; a partition would sort them. The tables are DuckDB's own, in memory; both cores are used.
"""

from __future__ import annotations

import duckdb
import numpy as np
import pyarrow as pa

from bench.peers.tables.loop import RATIOS, SUMS, Arrays, Ask, serve

_CELLS = """
edges AS (
  SELECT equipment, start AS t FROM stations, {buckets}
  UNION SELECT equipment, start FROM scheduled
  UNION SELECT equipment, stop FROM scheduled WHERE stop < {end}
  UNION SELECT equipment, start FROM timetabled
  UNION SELECT equipment, stop FROM timetabled WHERE stop < {end}),
pieces_of_time AS (
  SELECT equipment, t AS start, lead(t, 1, {end}) OVER (PARTITION BY equipment ORDER BY t) AS stop FROM edges),
cells AS MATERIALIZED (
  SELECT p.equipment, p.start, p.stop, b.bucket,
    coalesce(p.start < s.stop, false) AS opened, coalesce(p.start < h.stop, false) AS held
  FROM pieces_of_time p
  ASOF JOIN {buckets} b ON p.start >= b.start
  ASOF LEFT JOIN scheduled s ON p.equipment = s.equipment AND p.start >= s.start
  ASOF LEFT JOIN timetabled h ON p.equipment = h.equipment AND p.start >= h.start)"""

_INTERVALS = """
intervals AS MATERIALIZED (
  SELECT equipment, state, t AS start,
    CASE WHEN valid_ns > 0 THEN least(following, t + valid_ns) ELSE following END AS stop
  FROM (SELECT *, CASE WHEN lead(equipment) OVER () = equipment THEN lead(t) OVER () ELSE {end} END AS following
        FROM changes)
  WHERE state <> 0)"""

_PARTS = """
parts AS (
  SELECT c.equipment, c.bucket, c.opened, c.held, i.state, least(i.stop, c.stop) - i.start AS ns
  FROM intervals i ASOF JOIN cells c ON i.equipment = c.equipment AND i.start >= c.start
  UNION ALL
  SELECT c.equipment, c.bucket, c.opened, c.held, i.state, least(i.stop, c.stop) - c.start AS ns
  FROM cells c ASOF JOIN intervals i ON c.equipment = i.equipment AND c.start > i.start WHERE i.stop > c.start),
summed AS (SELECT equipment, bucket, opened, held, state, sum_no_overflow(ns) AS ns FROM parts GROUP BY ALL)"""

_KNOWN = {
    **{f"s{code}": f"state = {code}" for code in range(1, 8)},
    "known": "true",
    "known_in_scheduled": "opened",
    "busy_in_scheduled_ns": "opened AND state = 5",
    "maintenance_in_scheduled_ns": "opened AND state = 6",
    "fault_in_scheduled_ns": "opened AND state = 7",
    "known_in_timetable": "held",
    "busy_in_timetable_ns": "held AND state = 5",
}

_LENGTHS = """
lengths AS (
  SELECT equipment, bucket, sum_no_overflow(stop - start) AS calendar_ns,
    coalesce(sum_no_overflow(stop - start) FILTER (opened), 0) AS scheduled_ns,
    coalesce(sum_no_overflow(stop - start) FILTER (held), 0) AS timetabled_ns
  FROM cells GROUP BY ALL)"""

_TABLE = """
table_of AS (
  SELECT *, calendar_ns - coalesce(known, 0) AS state_0,
    scheduled_ns - coalesce(known_in_scheduled, 0) AS unknown_in_scheduled_ns,
    timetabled_ns - coalesce(known_in_timetable, 0) AS unknown_in_timetable_ns
  FROM lengths LEFT JOIN known USING (equipment, bucket) JOIN stations USING (equipment))"""

_COLUMNS = {name: f"coalesce({name}, 0)" for name in SUMS} | {
    **{f"state_{code}": f"coalesce(s{code}, 0)" for code in range(1, 8)},
    "station_timetabled_ns": "timetabled_ns * stations",
    "station_busy_ns": "coalesce(busy_in_timetable_ns, 0) * stations",
    "station_unknown_ns": "unknown_in_timetable_ns * stations",
}

_SCHEDULED = "(scheduled_ns - unknown_in_scheduled_ns)"
_TIMETABLED = "(timetabled_ns - unknown_in_timetable_ns)"
_STATION = "(station_timetabled_ns - station_unknown_ns)"
_DIVIDED = {
    "utilisation_timetable": ("busy_in_timetable_ns", _TIMETABLED),
    "utilisation_timetable_coverage": (_TIMETABLED, "timetabled_ns"),
    "utilisation_scheduled": ("busy_in_scheduled_ns", f"({_SCHEDULED} - maintenance_in_scheduled_ns)"),
    "utilisation_scheduled_coverage": (_SCHEDULED, "scheduled_ns"),
    "utilisation_calendar": ("state_5", "calendar_ns"),
    "utilisation_calendar_coverage": ("(calendar_ns - state_0)", "calendar_ns"),
    "availability": (f"({_SCHEDULED} - fault_in_scheduled_ns - maintenance_in_scheduled_ns)", _SCHEDULED),
    "availability_coverage": (_SCHEDULED, "scheduled_ns"),
    "station_utilisation": ("station_busy_ns", "station_timetabled_ns"),
    "station_utilisation_coverage": (_STATION, "station_timetabled_ns"),
}


def _query(buckets: str, end: int) -> str:
    known = ", ".join(f"sum_no_overflow(ns) FILTER ({where}) AS {name}" for name, where in _KNOWN.items())
    columns = ", ".join(f"({value})::BIGINT AS {name}" for name, value in _COLUMNS.items())
    ratios = ", ".join(
        f"CASE WHEN {of} > 0 THEN {n}::DOUBLE / {of} END AS {name}" for name, (n, of) in _DIVIDED.items()
    )
    steps = (
        _CELLS.format(buckets=buckets, end=end),
        _INTERVALS.format(end=end),
        _PARTS,
        f"known AS (SELECT equipment, bucket, {known} FROM summed GROUP BY ALL)",  # noqa: S608 only names from above
        _LENGTHS,
        _TABLE,
        f"sums AS (SELECT equipment, bucket, {columns} FROM table_of)",  # noqa: S608 as above
    )
    return f"WITH {', '.join(steps)} SELECT *, {ratios} FROM sums ORDER BY equipment, bucket"  # noqa: S608 as above


def prepare(arrays: Arrays) -> Ask:
    connection = duckdb.connect()

    def keep(name: str, **columns: object) -> None:
        connection.register("given", pa.table(columns))
        connection.execute(f"CREATE TABLE {name} AS SELECT * FROM given")  # noqa: S608 names from below
        connection.unregister("given")

    keep("changes", equipment=arrays["equipment"], t=arrays["at"], state=arrays["state"], valid_ns=arrays["valid_ns"])
    for name in ("scheduled", "timetabled"):
        keep(
            name,
            equipment=arrays[f"{name}_group"],
            start=arrays[f"{name}_start"],
            stop=arrays[f"{name}_end"],
        )
    stations = arrays["stations"]
    keep("stations", equipment=np.arange(len(stations), dtype=np.int32), stations=stations.astype(np.int64))
    for question in ("day", "hour", "term"):
        start, _ = arrays[question]
        keep(question, bucket=np.arange(len(start), dtype=np.int32), start=start)
    end = int(arrays["window"][1])

    def ask(question: str) -> Arrays:
        found = connection.execute(_query(question, end)).fetchnumpy()
        return {
            name: np.ma.filled(found[name], np.nan) if name.startswith(RATIOS) else np.asarray(found[name])
            for name in (*SUMS, *_DIVIDED)
        }

    return ask


serve("duckdb", prepare)
