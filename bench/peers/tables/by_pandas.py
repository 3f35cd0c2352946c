"""pandas as its users write it: shift in groups, merge_asof by equipment, group, sum, unstack; no loop over rows."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from bench.peers.tables.loop import SUMS, Arrays, Ask, serve

_ROW = ["equipment", "bucket"]
_STATE_NAMES = {5: "busy", 6: "maintenance", 7: "fault"}


@dataclass(frozen=True, slots=True)
class _Given:
    """All that was told, as frames; `end` is the window's, ns UTC."""

    end: int
    changes: pd.DataFrame
    spans: dict[str, pd.DataFrame]
    stations: pd.DataFrame
    buckets: dict[str, pd.DataFrame]


def prepare(arrays: Arrays) -> Ask:
    given = _given(arrays)

    def ask(question: str) -> Arrays:
        cells = _cells(given, given.buckets[question])
        table = _table(cells, _parts(cells, _intervals(given))).reset_index()
        table = _with_ratios(table.merge(given.stations, on="equipment").sort_values(_ROW))
        return {name: table[name].to_numpy() for name in table.columns if name in SUMS or name.startswith(_NAMES)}

    return ask


def _given(arrays: Arrays) -> _Given:
    stations = arrays["stations"]
    return _Given(
        int(arrays["window"][1]),
        pd.DataFrame({name: arrays[name] for name in ("equipment", "at", "state", "valid_ns")}),
        {
            name: pd.DataFrame(
                {"equipment": arrays[f"{name}_group"], "start": arrays[f"{name}_start"], "stop": arrays[f"{name}_end"]}
            )
            for name in ("scheduled", "timetabled")
        },
        pd.DataFrame(
            {"equipment": np.arange(len(stations), dtype=np.int32), "stations": stations.astype(np.int64)},
        ),
        {
            question: pd.DataFrame({"start": arrays[question][0]}).rename_axis("bucket").reset_index()
            for question in ("day", "hour", "term")
        },
    )


def _cells(given: _Given, buckets: pd.DataFrame) -> pd.DataFrame:
    """The time between any two edges of buckets and spans, and what holds in it."""
    edges = [given.stations[["equipment"]].merge(buckets[["start"]], how="cross")]
    for span in given.spans.values():
        edges += [span[["equipment", "start"]], span[["equipment", "stop"]].rename(columns={"stop": "start"})]
    every = pd.concat(edges).drop_duplicates().sort_values(["equipment", "start"])
    every = every[every["start"] < given.end]
    every["cell_stop"] = every.groupby("equipment")["start"].shift(-1, fill_value=given.end)
    every = pd.merge_asof(every.sort_values("start", kind="stable"), buckets, on="start")
    for name, span in given.spans.items():
        every = pd.merge_asof(every, span.sort_values("start"), on="start", by="equipment")
        every[name] = every["stop"] > every["start"]
        every = every.drop(columns="stop")
    every["length"] = every["cell_stop"] - every["start"]
    return every


def _intervals(given: _Given) -> pd.DataFrame:
    """When each change held; unknown is what is left."""
    changes = given.changes
    following = changes.groupby("equipment")["at"].shift(-1, fill_value=given.end)
    expires = (changes["at"] + changes["valid_ns"]).where(changes["valid_ns"] > 0, given.end)
    stop = np.minimum(following, expires)
    told = changes[["equipment", "state"]].assign(start=changes["at"], stop=stop)
    return told[told["state"] != 0].sort_values("start", kind="stable")


def _parts(cells: pd.DataFrame, intervals: pd.DataFrame) -> pd.DataFrame:
    """Every interval in the cell it begins in, and what reaches over the start of a cell."""
    begun = pd.merge_asof(intervals, cells, on="start", by="equipment")
    # The row and not its times: where nothing is met a column becomes float64, which loses nanoseconds.
    told = intervals.reset_index(drop=True)
    row = told[["equipment", "start"]].assign(row=told.index)
    carried = pd.merge_asof(cells, row, on="start", by="equipment", allow_exact_matches=False).dropna(subset="row")
    carried[["state", "stop"]] = told[["state", "stop"]].iloc[carried["row"].astype("int64")].to_numpy()
    carried = carried[carried["stop"] > carried["start"]]
    parts = pd.concat([begun, carried])
    parts["ns"] = np.minimum(parts["stop"], parts["cell_stop"]) - parts["start"]
    return parts


def _table(cells: pd.DataFrame, parts: pd.DataFrame) -> pd.DataFrame:
    rows = cells.groupby(_ROW)
    table = pd.DataFrame({"calendar_ns": rows["length"].sum()})
    bases = {"state": pd.Series(data=True, index=parts.index), "scheduled": None, "timetabled": None}
    for base in bases:
        inside = parts if base == "state" else parts[parts[base]]
        if base != "state":
            table[f"{base}_ns"] = cells[cells[base]].groupby(_ROW)["length"].sum()
        states = inside.groupby([*_ROW, "state"])["ns"].sum().unstack(fill_value=0)  # noqa: PD010 pivot_table does the same, several times slower
        table[[f"{base}_{code}" for code in range(1, 8)]] = states.reindex(
            index=table.index, columns=range(1, 8), fill_value=0
        )
    return table.fillna(0).astype("int64")


def _with_ratios(table: pd.DataFrame) -> pd.DataFrame:
    known = {
        base: sum(table[f"{base}_{code}"] for code in range(1, 8)) for base in ("state", "scheduled", "timetabled")
    }
    table["state_0"] = table["calendar_ns"] - known["state"]
    table["unknown_in_scheduled_ns"] = table["scheduled_ns"] - known["scheduled"]
    table["unknown_in_timetable_ns"] = table["timetabled_ns"] - known["timetabled"]
    for code, word in _STATE_NAMES.items():
        table[f"{word}_in_scheduled_ns"] = table[f"scheduled_{code}"]
    table["busy_in_timetable_ns"] = table["timetabled_5"]
    for total, part in (
        ("timetabled", "timetabled_ns"),
        ("busy", "busy_in_timetable_ns"),
        ("unknown", "unknown_in_timetable_ns"),
    ):
        table[f"station_{total}_ns"] = table[part] * table["stations"]
    able = known["scheduled"] - table["maintenance_in_scheduled_ns"]
    seated = table["station_timetabled_ns"]
    for name, part, whole, seen, base in (
        (
            "utilisation_timetable",
            table["busy_in_timetable_ns"],
            known["timetabled"],
            known["timetabled"],
            table["timetabled_ns"],
        ),
        ("utilisation_scheduled", table["busy_in_scheduled_ns"], able, known["scheduled"], table["scheduled_ns"]),
        ("utilisation_calendar", table["state_5"], table["calendar_ns"], known["state"], table["calendar_ns"]),
        (
            "availability",
            able - table["fault_in_scheduled_ns"],
            known["scheduled"],
            known["scheduled"],
            table["scheduled_ns"],
        ),
        ("station_utilisation", table["station_busy_ns"], seated, seated - table["station_unknown_ns"], seated),
    ):
        table[name], table[f"{name}_coverage"] = part / whole, seen / base
    return table


_NAMES = ("utilisation", "availability", "station_utilisation")

serve("pandas", prepare)
