"""Utilisation of a year by equipment and day, hour and school quarter, beside DuckDB, Polars and pandas.

1.5 million changes of state of 25 equipment become rows with every sum and ratio. All answers are compared first: each
sum to the nanosecond, each ratio to the bit.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from contextlib import ExitStack
from functools import partial
from pathlib import Path

import numpy as np
import numpy.typing as npt

from bench.centre import Centre, centre, cut
from bench.outcome import Row
from bench.peers import tables
from bench.rounds import medians, processor_seconds, seconds
from telemetry.calendar import Unit
from telemetry.columns import Buckets, Changes, Intervals, Ratio, Utilisation
from telemetry.intervals import intervals_of
from telemetry.model import State
from telemetry.ratios import RATIOS
from telemetry.spans import clip, difference, merged
from telemetry.utilisation import utilisation

QUESTIONS = {"day": (Unit.DAY, 100.0), "hour": (Unit.HOUR, 200.0), "term": (None, 60.0)}
"""Buckets and the bar in ms; terms are school quarters and the holidays between."""

TIMES_FASTER = {"duckdb": 3.0, "polars": 3.0, "pandas": 20.0}
ROUNDS = 15

WORDS = {"day": "by equipment and day", "hour": "by equipment and hour", "term": "by equipment and school quarter"}
PEERS = {"duckdb": "DuckDB, SQL", "polars": "Polars, lazy", "pandas": "pandas, merge_asof and groupby"}


def measure() -> list[Row]:
    """Three rows of labedge, and one beside each peer."""
    tables.install()
    with tempfile.TemporaryDirectory(prefix="labedge-bench-") as name, ExitStack() as stack:
        year, folder = centre(), Path(name)
        export(year, folder)
        peers = [stack.enter_context(tables.Peer(peer, folder)) for peer in tables.NAMES]
        return [row for question in QUESTIONS for row in _rows(year, question, peers)]


def answered(of: Centre, buckets: Buckets) -> tuple[Utilisation, dict[str, Ratio]]:
    """The whole way, as the gateway goes it: changes to sums, sums to ratios."""
    return summed(of, of.changes, buckets)


def summed(of: Centre, told: Changes | Intervals, buckets: Buckets) -> tuple[Utilisation, dict[str, Ratio]]:
    """The same from changes or from their intervals."""
    table = utilisation(told, of.inventory, buckets, of.bases)
    return table, {name: ratio(table) for name, ratio in RATIOS.items()}


def by_intervals(of: Centre, buckets: Buckets) -> tuple[Utilisation, dict[str, Ratio]]:
    """Where the intervals are wanted besides."""
    return summed(of, intervals_of(of.changes, *of.window), buckets)


def export(of: Centre, folder: Path) -> None:
    """What the peers are asked about, an .npy file for each array; spans united and clipped for them."""
    scheduled = clip(merged(of.bases.scheduled), *of.window)
    timetabled = clip(difference(of.bases.timetabled, of.bases.maintenance), *of.window)
    arrays: dict[str, npt.NDArray[np.generic]] = {
        **{column: getattr(of.changes, column) for column in ("equipment", "at", "state", "valid_ns")},
        **{f"scheduled_{column}": values for column, values in scheduled._asdict().items()},
        **{f"timetabled_{column}": values for column, values in timetabled._asdict().items()},
        "stations": of.inventory.stations,
        "window": np.array(of.window, np.int64),
    }
    for question, (unit, _) in QUESTIONS.items():
        buckets = cut(of, unit)
        arrays[question] = np.stack([buckets.start, buckets.end])
    for name, values in arrays.items():
        np.save(folder / f"{name}.npy", values)


def _rows(year: Centre, question: str, peers: list[tables.Peer]) -> list[Row]:
    unit, bar_ms = QUESTIONS[question]
    buckets = cut(year, unit)
    ours = _columns(*answered(year, buckets))
    for peer in peers:
        peer.took_s(question)
        _same(ours, peer.answer(question), peer.name)
    ways: dict[str, Callable[[], float]] = {
        "labedge": partial(seconds, lambda: answered(year, buckets)),
        "by way of intervals": partial(seconds, lambda: by_intervals(year, buckets)),
        "processor": partial(processor_seconds, lambda: answered(year, buckets)),
        **{peer.name: partial(peer.took_s, question) for peer in peers},
    }
    took_ms = {name: 1000 * took for name, took in medians(ways, ROUNDS if question == "day" else ROUNDS // 2).items()}
    note = (
        f"{len(year.changes):,} changes, {len(buckets):,} buckets; of the processor {took_ms['processor']:.0f} ms; "
        f"by way of intervals {took_ms['by way of intervals']:.0f} ms"
    )
    first = Row(
        figure="utilisation", what=f"utilisation of a year {WORDS[question]}, all states and ratios",
        measured=took_ms["labedge"], unit="ms", bar=f"at most {bar_ms:g} ms", met=took_ms["labedge"] <= bar_ms,
        note=note,
    )  # fmt: skip
    return [first, *(_beside(question, peer.name, took_ms) for peer in peers)]


def _beside(question: str, peer: str, took_ms: dict[str, float]) -> Row:
    """A bar only where one was set: by day."""
    times = TIMES_FASTER[peer]
    return Row(
        figure="utilisation",
        what=f"the same {WORDS[question]}, beside {peer}",
        measured=took_ms["labedge"],
        unit="ms",
        beside=PEERS[peer],
        beside_measured=took_ms[peer],
        bar=f"{times:g} times as fast" if question == "day" else "",
        met=took_ms["labedge"] * times <= took_ms[peer] if question == "day" else None,
        note=f"{took_ms[peer] / took_ms['labedge']:.1f} times as fast, on one core; the peer may use all",
    )


def _columns(table: Utilisation, ratios: dict[str, Ratio]) -> dict[str, npt.NDArray[np.generic]]:
    states = {f"state_{state.value}": table.state_ns[:, state] for state in State}
    sums = {name: getattr(table, name) for name in Utilisation.__slots__ if name.endswith("_ns") and name != "state_ns"}
    values = {name: ratio.value for name, ratio in ratios.items()}
    return {**states, **sums, **values, **{f"{name}_coverage": ratio.coverage for name, ratio in ratios.items()}}


def _same(ours: dict[str, npt.NDArray[np.generic]], theirs: dict[str, npt.NDArray[np.generic]], peer: str) -> None:
    """Raise `RuntimeError` where a column is missing, of another kind, or differs in a single row."""
    for name in sorted(ours.keys() | theirs.keys()):
        a, b = ours.get(name), theirs.get(name)
        if a is None or b is None or a.dtype != b.dtype or not np.array_equal(a, b, equal_nan=a.dtype.kind == "f"):
            raise RuntimeError(f"{peer} has another answer for {name}")
