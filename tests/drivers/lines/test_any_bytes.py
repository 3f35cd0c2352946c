"""Properties of the stream: cut anywhere, mutated, random; nothing raises, no line is lost, nothing is sent."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from math import isfinite
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from drivers.contract import Publish, Setting
from drivers.framing import Garbage, LineFramer
from drivers.lines import SPEC
from drivers.lines.driver import LinesDriver
from drivers.lines.protocol import Heading, Row
from drivers.lines.recognition import Recognition
from drivers.lines.settings import LinesSettings
from telemetry.model import Record, Rejected, StateSeen
from tests.drivers.harness import told
from tests.drivers.lines.bench import BOARD, at, flat
from tests.transcripts import read

OPTIONS: list[dict[str, Any]] = [
    {},
    {"time_column": "time_ms"},
    {"format": "csv", "decimal": ",", "separator": ";"},
    {"format": "pairs"},
    {"format": "regex", "pattern": r"(?P<a>[^,]+),(?P<b>\S+)"},
    {"format": "json", "time_column": "t", "time_unit": "s"},
]
LINES = [
    *("time_ms,light", "_ms,light", "0,977", "250,nan", "1,2,3", "DEBUG: n=7", "nan check nan", "", "1", "-5,1e300"),
    *("a:1 b:2", "t=31.92 Deg C", '{"t":0.2,"co2":1}', '{"id":"x","t":', "[1]", "1,5;2", 'a,"b', "\ufeffx,y"),
]
SPOKEN = b"".join(
    line.unit
    for name in ("arduino-csv-simavr", "arduino-json-simavr")
    for line in read(name)
    if line.from_device and isinstance(line.unit, bytes)
)

streams = st.lists(
    st.tuples(
        st.one_of(st.sampled_from(LINES).map(str.encode), st.binary(max_size=20)), st.sampled_from([b"\n", b"\r\n"])
    ).map(b"".join),
    max_size=60,
).map(b"".join)
cuts = st.lists(st.integers(0, 2000), max_size=20)
options = st.sampled_from(OPTIONS)


def parts(data: bytes, places: Sequence[int]) -> list[bytes]:
    edges = [0, *sorted({min(place, len(data)) for place in places}), len(data)]
    return [data[a:b] for a, b in pairwise(edges)]


def records(chunks: Sequence[bytes], chosen: dict[str, Any]) -> list[Record]:
    driver = LinesDriver(Setting(BOARD), LinesSettings.model_validate(chosen))
    driver.opened(at(0))
    return [record for chunk in chunks for record in driver.received(chunk, at(1)).records]


@given(streams, cuts, options)
def test_the_same_records_however_the_stream_is_cut(data: bytes, places: list[int], chosen: dict[str, Any]) -> None:
    assert told(records(parts(data, places), chosen)) == told(records([data], chosen))


@given(streams, options)
def test_readings_are_finite_and_unique_in_time(data: bytes, chosen: dict[str, Any]) -> None:
    readings = flat(records([data[:40], data[40:]], chosen))
    assert all(isfinite(reading.value) for reading in readings)
    keys = [(reading.channel, reading.at) for reading in readings]
    assert len(set(keys)) == len(keys)


@given(st.lists(streams, max_size=6), options)
def test_no_two_states_are_said_for_one_instant(chunks: list[bytes], chosen: dict[str, Any]) -> None:
    found = records([*chunks, b"?\n" * 25, b"1,2\n" * 25], chosen)
    instants = [record.at for record in found if isinstance(record, StateSeen)]
    assert len(set(instants)) == len(instants)


@given(streams, options)
def test_every_line_is_understood_or_rejected(data: bytes, chosen: dict[str, Any]) -> None:
    recognition = Recognition(LinesSettings.model_validate(chosen))
    noise = []
    for frame in LineFramer().feed(data):
        if isinstance(frame, Garbage):
            recognition.garbage()
            noise.append(frame.raw)
        elif not frame.text.strip():
            recognition.empty()
        elif not isinstance(recognition.read(frame.text.strip()), Row | Heading):
            noise.append(frame.raw)
    rejected = iter([record.raw for record in records([data], chosen) if isinstance(record, Rejected)])
    assert all(raw in rejected for raw in noise)  # in the same order: each search goes on behind the one before


changes = st.lists(st.tuples(st.integers(0, 20_000), st.integers(0, 40), st.binary(max_size=40)), max_size=12)


@settings(max_examples=30, deadline=None)
@given(changes, cuts, st.lists(st.floats(-100, 100), min_size=1, max_size=8), options)
def test_mutated_recordings_never_raise_and_nothing_leaves(
    edits: list[tuple[int, int, bytes]], places: list[int], pauses: list[float], chosen: dict[str, Any]
) -> None:
    driver = LinesDriver(Setting(BOARD), LinesSettings.model_validate(chosen))
    stream, now = SPOKEN, 0.0
    for place, gone, new in edits:
        begin = place % (len(stream) + 1)
        stream = stream[:begin] + new + stream[begin + gone :]
    steps = [driver.opened(at(0))]
    for index, chunk in enumerate(parts(stream, [place * 2 for place in places])):
        now += pauses[index % len(pauses)]
        steps += [driver.received(chunk, at(now)), driver.woken(at(now))]
    assert all(step.send == () for step in steps)


@pytest.mark.parametrize("unit", [b"", b"?", b"start\n", Publish("a", b"")])
def test_nothing_is_allowed_to_leave(unit: bytes | Publish) -> None:
    assert not SPEC.allowed(unit)
    assert SPEC.probe == ()
