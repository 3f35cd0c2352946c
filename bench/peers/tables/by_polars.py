"""Polars, lazy: one integer for equipment and time, so that every ASOF join is a single merge of sorted columns.

Rows stand by equipment and time, so the next change is a plain shift. The streaming engine was not faster here.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial, reduce

import numpy as np
import polars as pl

from bench.peers.tables.loop import SUMS, Arrays, Ask, serve

_GROUP = ("cell_equipment", "bucket", "scheduled", "timetabled")


@dataclass(frozen=True, slots=True)
class _Given:
    """All that was told, as frames; the window is [begin, end) ns UTC."""

    begin: int
    end: int
    changes: pl.DataFrame
    spans: dict[str, pl.DataFrame]
    stations: pl.DataFrame
    starts: dict[str, pl.Series]

    def key(self, at: str) -> pl.Expr:
        """Equipment and time as one integer."""
        return pl.col("equipment").cast(pl.Int64) * (self.end - self.begin) + pl.col(at) - self.begin

    def following(self, at: str) -> pl.Expr:
        """The time of the next row of the same equipment."""
        same = pl.col("equipment").shift(-1) == pl.col("equipment")
        return pl.when(same).then(pl.col(at).shift(-1)).otherwise(self.end)


def prepare(arrays: Arrays) -> Ask:
    given = _given(arrays)

    def ask(question: str) -> Arrays:
        tiles = _cells(given, given.starts[question]).collect().lazy().set_sorted("key")
        known = _known(_parts(tiles, _intervals(given)))
        table = _lengths(tiles).join(known, on=("cell_equipment", "bucket"), how="left").fill_null(0)
        table = _with_ratios(table.join(given.stations.lazy(), on="cell_equipment").sort("cell_equipment", "bucket"))
        found = table.select(*SUMS, *_DIVIDED).collect()
        return {name: found[name].to_numpy() for name in found.columns}

    return ask


def _given(arrays: Arrays) -> _Given:
    begin, end = (int(edge) for edge in arrays["window"])
    stations = arrays["stations"]
    return _Given(
        begin,
        end,
        pl.DataFrame({name: arrays[name] for name in ("equipment", "at", "state", "valid_ns")}),
        {
            name: pl.DataFrame(
                {"equipment": arrays[f"{name}_group"], "start": arrays[f"{name}_start"], "stop": arrays[f"{name}_end"]}
            )
            for name in ("scheduled", "timetabled")
        },
        pl.DataFrame(
            {"cell_equipment": np.arange(len(stations), dtype=np.int32), "stations": stations.astype(np.int64)},
        ),
        {question: pl.Series("start", arrays[question][0]) for question in ("day", "hour", "term")},
    )


def _cells(given: _Given, buckets: pl.Series) -> pl.LazyFrame:
    """The time between any two edges of buckets and spans, and what holds in it."""
    everyone = given.stations.lazy().select(equipment="cell_equipment")
    edges = [everyone.join(buckets.to_frame().lazy(), how="cross").select("equipment", at="start")]
    for span in given.spans.values():
        edges.append(span.lazy().select("equipment", at="start"))
        edges.append(span.lazy().filter(pl.col("stop") < given.end).select("equipment", at="stop"))
    tiles = pl.concat(edges).with_columns(key=given.key("at")).unique("key").sort("key")
    tiles = tiles.select("key", cell_equipment="equipment", cell_start="at", cell_stop=given.following("at"))
    bucket = pl.lit(buckets).search_sorted(pl.col("cell_start"), side="right").cast(pl.Int32) - 1
    return reduce(partial(_inside, given), given.spans, tiles.with_columns(bucket=bucket))


def _inside(given: _Given, tiles: pl.LazyFrame, name: str) -> pl.LazyFrame:
    of = given.spans[name].lazy().select("equipment", "stop", key=given.key("start")).set_sorted("key")
    holds = (pl.col("equipment") == pl.col("cell_equipment")) & (pl.col("cell_start") < pl.col("stop"))
    return (
        tiles.join_asof(of, on="key").with_columns(holds.fill_null(value=False).alias(name)).drop("equipment", "stop")
    )


def _intervals(given: _Given) -> pl.LazyFrame:
    """When each change held; unknown is what is left."""
    stop = pl.min_horizontal("following", pl.col("at") + pl.col("valid_ns"))
    stop = pl.when(pl.col("valid_ns") > 0).then(stop).otherwise(pl.col("following"))
    whole = given.changes.lazy().with_columns(following=given.following("at"), key=given.key("at"))
    whole = whole.filter(pl.col("state") != 0)
    return whole.select("equipment", "key", "at", "state", stop=stop).set_sorted("key")


def _parts(tiles: pl.LazyFrame, intervals: pl.LazyFrame) -> pl.LazyFrame:
    """Every interval in the cell it begins in, and what reaches over the start of a cell."""
    until = pl.min_horizontal("stop", "cell_stop")
    begun = intervals.join_asof(tiles, on="key").select(*_GROUP, "state", ns=until - pl.col("at"))
    over = (pl.col("equipment") == pl.col("cell_equipment")) & (pl.col("stop") > pl.col("cell_start"))
    carried = tiles.join_asof(intervals, on="key", allow_exact_matches=False).filter(over)
    return pl.concat([begun, carried.select(*_GROUP, "state", ns=until - pl.col("cell_start"))])


def _lengths(tiles: pl.LazyFrame) -> pl.LazyFrame:
    length = pl.col("cell_stop") - pl.col("cell_start")
    return tiles.group_by("cell_equipment", "bucket").agg(
        calendar_ns=length.sum(),
        scheduled_ns=(length * pl.col("scheduled")).sum(),
        timetabled_ns=(length * pl.col("timetabled")).sum(),
    )


def _known(parts: pl.LazyFrame) -> pl.LazyFrame:
    """Columns first, then plain sums: several times faster than filters inside the groups."""
    ns, state, opened, held = (pl.col(name) for name in ("ns", "state", "scheduled", "timetabled"))
    wanted = {f"state_{code}": state == code for code in range(1, 8)} | {
        "known_in_scheduled": opened,
        "busy_in_scheduled_ns": opened & (state == 5),
        "maintenance_in_scheduled_ns": opened & (state == 6),
        "fault_in_scheduled_ns": opened & (state == 7),
        "known_in_timetable": held,
        "busy_in_timetable_ns": held & (state == 5),
    }
    parted = parts.with_columns((ns * where).alias(name) for name, where in wanted.items())
    return parted.group_by("cell_equipment", "bucket").agg(pl.col(*wanted).sum(), known=ns.sum())


_SCHEDULED = pl.col("known_in_scheduled")
_DIVIDED = {
    "utilisation_timetable": (pl.col("busy_in_timetable_ns"), pl.col("known_in_timetable")),
    "utilisation_timetable_coverage": (pl.col("known_in_timetable"), pl.col("timetabled_ns")),
    "utilisation_scheduled": (pl.col("busy_in_scheduled_ns"), _SCHEDULED - pl.col("maintenance_in_scheduled_ns")),
    "utilisation_scheduled_coverage": (_SCHEDULED, pl.col("scheduled_ns")),
    "utilisation_calendar": (pl.col("state_5"), pl.col("calendar_ns")),
    "utilisation_calendar_coverage": (pl.col("known"), pl.col("calendar_ns")),
    "availability": (
        _SCHEDULED - pl.col("fault_in_scheduled_ns") - pl.col("maintenance_in_scheduled_ns"),
        _SCHEDULED,
    ),
    "availability_coverage": (_SCHEDULED, pl.col("scheduled_ns")),
    "station_utilisation": (pl.col("station_busy_ns"), pl.col("station_timetabled_ns")),
    "station_utilisation_coverage": (
        pl.col("station_timetabled_ns") - pl.col("station_unknown_ns"),
        pl.col("station_timetabled_ns"),
    ),
}


def _with_ratios(table: pl.LazyFrame) -> pl.LazyFrame:
    table = table.with_columns(
        state_0=pl.col("calendar_ns") - pl.col("known"),
        unknown_in_scheduled_ns=pl.col("scheduled_ns") - _SCHEDULED,
        unknown_in_timetable_ns=pl.col("timetabled_ns") - pl.col("known_in_timetable"),
    ).with_columns(
        station_timetabled_ns=pl.col("timetabled_ns") * pl.col("stations"),
        station_busy_ns=pl.col("busy_in_timetable_ns") * pl.col("stations"),
        station_unknown_ns=pl.col("unknown_in_timetable_ns") * pl.col("stations"),
    )
    # 0 / 0 is NaN, and nothing else is divided by 0.
    return table.with_columns((part / whole).alias(name) for name, (part, whole) in _DIVIDED.items())


serve("polars", prepare)
