"""Messages of the project's own layout become records, whatever they hold."""

from __future__ import annotations

from typing import Any

import msgpack
import numpy as np
import orjson
import pytest

from drivers.contract import Publish, Setting
from drivers.labedge.driver import LabedgeDriver
from drivers.labedge.settings import LabedgeSettings
from telemetry.model import NS_PER_MS, NS_PER_S, EquipmentId, Reading, ReadingBatch, Record, Rejected

AT = 1_795_310_268 * NS_PER_S + 123_456_789
MS = 1_795_310_268_000
SETTING = Setting(EquipmentId("osc-1"), topic="labedge/v1/lab/room/osc-1/#", room="room", centre="lab")


def records_of(last: str, payload: Any, *, retained: bool = False) -> tuple[Record, ...]:
    """What a message, an object or bytes, on one of the equipment's topics gives, inferred states apart."""
    raw = payload if isinstance(payload, bytes) else orjson.dumps(payload)
    driver = LabedgeDriver(SETTING, LabedgeSettings(infer_busy=False))
    return driver.received(Publish(f"labedge/v1/lab/room/osc-1/{last}", raw, retained), AT).records


def packed(message: dict[str, Any]) -> bytes:
    return bytes(msgpack.packb(message))


def one_reading(last: str, payload: Any) -> Reading:
    (record,) = records_of(last, payload)
    assert isinstance(record, Reading)
    return record


def one_batch(payload: Any) -> ReadingBatch:
    (record,) = records_of("u", payload)
    assert isinstance(record, ReadingBatch)
    return record


def one_rejected(last: str, payload: Any) -> Rejected:
    (record,) = records_of(last, payload)
    assert isinstance(record, Rejected)
    assert record.equipment == "osc-1"
    assert record.origin == f"labedge/v1/lab/room/osc-1/{last}"[:280]
    assert record.size == len(payload if isinstance(payload, bytes) else orjson.dumps(payload))
    return record


@pytest.mark.parametrize(
    ("t", "at"),
    [
        (MS, MS * NS_PER_MS),
        (MS + 0.5, MS * NS_PER_MS + 500_000),
        ("2026-11-22T01:17:48Z", MS * NS_PER_MS),
        ("2026-11-22T04:17:48.123456789+03:00", MS * NS_PER_MS + 123_456_789),
        ("2026-11-21T20:47:48.5-04:30", MS * NS_PER_MS + 500_000_000),
        ("2026-11-22t01:17:48,25z", MS * NS_PER_MS + 250_000_000),
        ("2026-11-22 01:17:48.1234567891234z", MS * NS_PER_MS + 123_456_789),
    ],
)
@pytest.mark.parametrize("key", ["t", "t0"])
def test_a_value_is_dated_by_its_own_time(t: float | str, at: int, key: str) -> None:
    reading = one_reading("u", {key: t, "v": 1.5})
    assert reading == Reading(EquipmentId("osc-1"), reading.channel, at, AT, 1.5)


def test_a_value_without_a_time_is_dated_by_its_receipt() -> None:
    assert one_reading("u", {"v": 7}) == one_reading("u", packed({"v": 7}))
    assert one_reading("u", {"v": 7}).at == AT


def test_unit_and_run_come_with_the_value_and_unknown_words_are_no_fault() -> None:
    reading = one_reading("T.1", {"t": MS, "v": -3, "unit": "°C", "run": "опыт 1", "seq": 5, "new": [1]})
    assert (reading.channel, reading.value, reading.unit, reading.run) == ("T.1", -3.0, "°C", "опыт 1")


@pytest.mark.parametrize(
    "message",
    [
        {"t0": MS, "dt": 0.02, "v": [1, 2.5, -3]},
        {"t": [MS, MS + 20, MS + 40], "v": [1, 2.5, -3]},
        {"t": [float(MS), MS + 20.0, MS + 40.0], "v": [1, 2.5, -3]},
        {"t": ["2026-11-22T01:17:48Z", "2026-11-22T01:17:48.020Z", MS + 40], "v": [1, 2.5, -3]},
    ],
)
def test_a_batch_is_one_record_with_its_times(message: dict[str, Any]) -> None:
    for payload in (message, packed(message)):
        batch = one_batch(payload)
        assert batch.t.tolist() == [MS * NS_PER_MS + n * 20 * NS_PER_MS for n in range(3)]
        assert batch.v.tolist() == [1.0, 2.5, -3.0]
        assert (str(batch.t.dtype), str(batch.v.dtype)) == ("int64", "float64")


T8 = np.array([MS, MS + 20, MS + 40], "<i8").tobytes()
F8 = np.array([1, 2.5, -3], "<f8").tobytes()
F4 = np.array([1, 2.5, -3], "<f4").tobytes()


@pytest.mark.parametrize(
    "message",
    [
        {"t0": MS, "dt": 0.02, "v": F8},
        {"t0": MS, "dt": 0.02, "v": F8, "f": "f8"},
        {"t0": MS, "dt": 0.02, "v": F4, "f": "f4"},
        {"t0": MS, "dt": 0.02, "v": F4, "n": 3},
        {"t": T8, "v": F8},
        {"t": T8, "v": F4},
        {"t": [MS, MS + 20, MS + 40], "v": F4},
        {"t": T8, "v": [1, 2.5, -3]},
    ],
)
def test_bytes_are_float32_or_float64_as_said_or_as_their_count_tells(message: dict[str, Any]) -> None:
    batch = one_batch(packed(message))
    assert batch.t.tolist() == [MS * NS_PER_MS + n * 20 * NS_PER_MS for n in range(3)]
    assert batch.v.tolist() == [1.0, 2.5, -3.0]


def test_a_thousand_spaced_times_do_not_drift() -> None:
    batch = one_batch({"t0": MS, "dt": 1 / 3000, "v": [0.0] * 1000})
    assert int(batch.t[-1]) == MS * NS_PER_MS + 333_000_000


def test_channels_that_share_times_come_in_one_message() -> None:
    message = {"t0": MS, "dt": 0.5, "v": {"u": [1, 2], "i": [3, 4]}, "unit": {"u": "V"}, "run": "r"}
    u, i = records_of("$batch", message)
    assert isinstance(u, ReadingBatch)
    assert isinstance(i, ReadingBatch)
    assert (u.channel, u.unit, u.run, u.v.tolist()) == ("u", "V", "r", [1.0, 2.0])
    assert (i.channel, i.unit, i.v.tolist()) == ("i", "", [3.0, 4.0])
    assert u.t.tolist() == i.t.tolist() == [MS * NS_PER_MS, MS * NS_PER_MS + NS_PER_S // 2]


def test_single_values_may_share_a_time_too() -> None:
    u, i = records_of("$batch", {"t": MS, "v": {"u": 1, "i": 2.5}, "unit": "V"})
    assert isinstance(u, Reading)
    assert isinstance(i, Reading)
    assert (u.value, i.value, u.unit, i.unit, u.at) == (1.0, 2.5, "V", "V", MS * NS_PER_MS)


def test_one_wrong_channel_of_a_batch_spoils_no_other() -> None:
    message = {"t0": MS, "dt": 1, "v": {"good": [1], "bad name": [2], "text": ["x"], "word": "x"}}
    good, noise = records_of("$batch", message)
    assert isinstance(good, ReadingBatch)
    assert isinstance(noise, Rejected)
    assert "bad name" in noise.reason
    assert "1 of 1 values" in noise.reason
    assert "word: v is no number" in noise.reason


@pytest.mark.parametrize(
    ("message", "kept"),
    [
        ({"t0": MS, "dt": 1, "v": [1, None, 3]}, [1.0, 3.0]),
        ({"t0": MS, "dt": 1, "v": [1, "2", 3]}, [1.0, 3.0]),
        ({"t0": MS, "dt": 1, "v": [True, [1], 3]}, [3.0]),
        ({"t": [MS, 0, MS + 1], "v": [1, 2, 3]}, [1.0, 3.0]),
        ({"t": [MS, 4_102_444_800_000, MS + 1], "v": [1, 2, 3]}, [1.0, 3.0]),
        ({"t": [MS, 1e300, MS + 1], "v": [1, 2, 3]}, [1.0, 3.0]),
        ({"t": [MS, "yesterday", None], "v": [1, 2, 3]}, [1.0]),
        ({"t": [MS, "9999-01-01T00:00:00Z"], "v": [1, 2]}, [1.0]),
    ],
)
def test_good_values_stay_beside_bad_ones_which_are_one_rejection(message: dict[str, Any], kept: list[float]) -> None:
    batch, noise = records_of("u", message)
    assert isinstance(batch, ReadingBatch)
    assert batch.v.tolist() == kept
    assert isinstance(noise, Rejected)
    assert noise.raw == orjson.dumps(message)


def test_nan_in_bytes_and_times_beyond_int64_are_left_out() -> None:
    t = np.array([MS, 2**62, MS + 1, -(2**63)], "<i8").tobytes()
    v = np.array([np.nan, 1, 2, np.inf], "<f8").tobytes()
    batch, noise = records_of("u", packed({"t": t, "v": v}))
    assert isinstance(batch, ReadingBatch)
    assert batch.v.tolist() == [2.0]
    assert isinstance(noise, Rejected)
    assert noise.reason == "2 of 4 values are no finite numbers; 1 of 2 times are implausible"


WRONG: list[Any] = [
    {},
    [],
    42,
    b"\xff",
    b"not json",
    {"v": None},
    {"v": "12"},
    {"v": True},
    {"v": {}},
    {"v": []},
    {"v": [1]},
    {"v": 1, "t": None},
    {"v": 1, "t": True},
    {"v": 1, "t": 0},
    {"v": 1, "t": 4_102_444_800_000},
    {"v": 1, "t": 1e300},
    {"v": 1, "t": -(10**15)},
    {"v": 1, "t": "2026-11-22T01:17:48"},
    {"v": 1, "t": "2026-13-22T01:17:48Z"},
    {"v": 1, "t": "9999-12-31T23:59:59Z"},
    {"v": 1, "t": "1970-01-01T00:00:10Z"},
    {"v": 1, "t": "now"},
    {"v": 1, "unit": 5},
    {"v": 1, "unit": "m" * 65},
    {"v": 1, "run": ["r"]},
    {"t0": MS, "v": [1]},
    {"dt": 1, "v": [1]},
    {"t0": MS, "dt": 0, "v": [1]},
    {"t0": MS, "dt": -1, "v": [1]},
    {"t0": MS, "dt": "1", "v": [1]},
    {"t0": MS, "dt": 1e12, "v": [1, 2]},
    {"t0": 0, "dt": 1, "v": [1]},
    {"t": MS, "v": [1]},
    {"t": [MS], "v": [1, 2]},
    {"t": [MS, MS], "v": [1]},
    {"t": [0], "v": [1]},
    {"t": [MS], "v": ["x"]},
    {"t0": MS, "dt": 0.001, "v": [0] * 100_001},
    {"t": [MS] * 100_001, "v": [0] * 100_000},
    packed({"v": float("nan")}),
    packed({"v": float("inf")}),
    packed({"t0": MS, "dt": 1, "v": b""}),
    packed({"t0": MS, "dt": 1, "v": b"12345"}),
    packed({"t0": MS, "dt": 1, "v": F4[:4], "f": "f8"}),
    packed({"t0": MS, "dt": 1, "v": F4, "f": "f2"}),
    packed({"t0": MS, "dt": 1, "v": F4, "f": ["f4"]}),
    packed({"t0": MS, "dt": 1, "v": b"\x00" * 400_004, "f": "f4"}),
    packed({"t": T8[:-1], "v": F8}),
    packed({"t": T8[:8], "v": F8}),
]


@pytest.mark.parametrize("payload", WRONG, ids=range(len(WRONG)))
def test_a_wrong_message_is_one_rejection_and_nothing_else(payload: Any) -> None:
    assert one_rejected("u", payload).reason


@pytest.mark.parametrize("payload", [{}, [], {"v": {}}, {"v": [1]}, {"v": 1}, b"", {"v": {"$x": 1}}])
def test_a_wrong_batch_is_one_rejection_and_nothing_else(payload: Any) -> None:
    assert one_rejected("$batch", payload).reason


@pytest.mark.parametrize("last", ["$other", "a/b", "ключ", ""])
def test_a_wrong_channel_is_one_rejection(last: str) -> None:
    assert "channel" in one_rejected(last, {"v": 1}).reason


def test_more_values_than_a_message_may_hold_are_counted_over_its_channels() -> None:
    message = {"t0": MS, "dt": 0.001, "v": {"a": [0] * 60_000, "b": [0] * 60_000}}
    assert "100000 values" in one_rejected("$batch", message).reason


def test_a_topic_of_another_layout_is_a_rejection_with_a_bounded_origin() -> None:
    driver = LabedgeDriver(SETTING, LabedgeSettings())
    (record,) = driver.received(Publish("x" * 5000, b"{}"), AT).records
    assert isinstance(record, Rejected)
    assert len(record.origin) == 280


@pytest.mark.parametrize("last", ["u", "$batch"])
def test_a_retained_value_without_a_time_is_no_measurement_of_now(last: str) -> None:
    value: Any = {"v": 1} if last == "u" else {"v": {"u": 1}}
    assert records_of(last, value, retained=True) == ()
    assert len(records_of(last, {**value, "t": MS}, retained=True)) == 1


def test_a_cleared_retained_state_or_link_is_nothing() -> None:
    assert records_of("$state", b"") == records_of("$link", b"") == ()
