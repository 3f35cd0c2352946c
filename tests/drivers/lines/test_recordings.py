"""Recordings of real sketches replay to their measurements; noise, resets and cut lines included."""

from __future__ import annotations

from itertools import pairwise

from tests.drivers.lines.bench import replayed

NOISE = "no row of numbers: a comment, a cut line or another format"


def test_csv_with_a_cut_heading_debug_lines_and_a_reset() -> None:
    bench = replayed("arduino-csv-simavr")
    assert bench.words() == ["0.1 busy streaming"]
    values = bench.values()
    assert set(values) == {"ms", "time_ms", "light", "temp_c", "button"}
    assert values["ms"][-1] == 7028
    assert values["time_ms"][:2] == [0, 250]
    assert len(values["light"]) == 48
    assert set(values["temp_c"]) == {427.52, 24.78}
    noise = {reject.raw.decode().strip() for reject in bench.rejects()}
    assert noise == {"DEBUG: n=7", "DEBUG: n=14", "DEBUG: n=21", "DEBUG: n=28", "nan check nan"}
    assert set(bench.reasons()) == {NOISE}


def test_csv_on_the_time_of_the_device() -> None:
    bench = replayed("arduino-csv-simavr", time_column="time_ms")
    assert set(bench.values()) == {"light", "temp_c", "button"}
    times = bench.times("light")
    assert len(times) == 48
    assert all(sooner < later for sooner, later in pairwise(times))
    before = [later - sooner for sooner, later in pairwise(times[:24])]
    assert max(before) < 0.36
    assert sum(0.24 < step < 0.26 for step in before) > 15


def test_json_with_cut_lines_and_many_resets() -> None:
    bench = replayed("arduino-json-simavr")
    assert bench.words() == ["0.2 busy streaming"]
    values = bench.values()
    assert set(values) == {"t", "co2", "tds"}
    assert len(values["co2"]) == 47
    assert [value for value in values["tds"] if value != 76.5] == [488.5] * 9
    assert {reject.raw.decode().strip() for reject in bench.rejects()} == {'{"id":"hab-1","t":', "# boot v1.2"}


def test_json_on_the_time_of_the_device() -> None:
    times = replayed("arduino-json-simavr", time_column="t", time_unit="s").times("co2")
    assert len(times) == 47
    assert all(sooner < later for sooner, later in pairwise(times))
