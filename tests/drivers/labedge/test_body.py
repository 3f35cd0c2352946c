"""Bodies of `POST /api/v1/readings` become the same records as messages, and never an exception."""

from __future__ import annotations

import random
from typing import Any

import msgpack
import numpy as np
import orjson
import pytest

from drivers.labedge.body import BODY_LIMIT, OBJECTS_LIMIT, read, read_body
from telemetry.model import RAW_LIMIT, Reading, ReadingBatch, Record, Rejected, State, StateSeen

AT = 1_795_310_268_000_000_000
MS = AT // 1_000_000


def records_of(body: Any, content_type: str = "application/json") -> tuple[Record, ...]:
    return read_body(body if isinstance(body, bytes) else orjson.dumps(body), content_type=content_type, at=AT)


def one_rejected(body: Any, content_type: str = "application/json") -> Rejected:
    (record,) = records_of(body, content_type)
    assert isinstance(record, Rejected)
    assert record.origin == "POST /api/v1/readings"
    assert len(record.raw) <= RAW_LIMIT
    return record


def test_one_value_of_one_channel() -> None:
    (record,) = records_of({"equipment": "osc-1", "channel": "u", "t": MS, "v": 1.5, "unit": "V"})
    assert isinstance(record, Reading)
    assert (record.equipment, record.channel, record.at, record.value, record.unit) == ("osc-1", "u", AT, 1.5, "V")


def test_channels_that_share_times() -> None:
    u, i = records_of({"equipment": "osc-1", "t0": MS, "dt": 0.5, "v": {"u": [1, 2], "i": [3, 4]}})
    assert isinstance(u, ReadingBatch)
    assert isinstance(i, ReadingBatch)
    assert (u.v.tolist(), i.v.tolist()) == ([1.0, 2.0], [3.0, 4.0])


def test_a_state_alone_and_beside_values() -> None:
    (alone,) = records_of({"equipment": "osc-1", "state": "busy"})
    state, value = records_of({"equipment": "osc-1", "state": "paused", "channel": "u", "v": 1})
    assert isinstance(alone, StateSeen)
    assert isinstance(state, StateSeen)
    assert isinstance(value, Reading)
    assert (alone.state, state.state) == (State.BUSY, State.PAUSED)


def test_the_channels_of_the_topics_mean_the_same_here() -> None:
    word = records_of({"equipment": "osc-1", "channel": "$state", "v": "busy", "t": MS})
    assert word == records_of({"equipment": "osc-1", "state": "busy", "t": MS})
    words = records_of({"equipment": "osc-1", "channel": "$state", "t": [MS, MS + 9], "v": ["busy", "idle"]})
    assert [one.state for one in words if isinstance(one, StateSeen)] == [State.BUSY, State.IDLE]
    table = {"equipment": "osc-1", "t0": MS, "dt": 1, "v": {"u": [1, 2], "i": [3, 4]}}
    said, meant = records_of({**table, "channel": "$batch"}), records_of(table)
    assert [repr(one) for one in said] == [repr(one) for one in meant]
    assert one_rejected({"equipment": "osc-1", "channel": "$link", "v": "online"}).reason.startswith("$link is said")


def test_messagepack_with_float32_and_float64_whatever_the_content_type_says() -> None:
    v = np.array([1, 2], "<f8")
    message = {"equipment": "osc-1", "t0": MS, "dt": 1, "f": "f4", "v": {"u": v.astype("<f4").tobytes()}}
    for content_type in ("application/msgpack", "application/x-msgpack", "application/octet-stream", ""):
        (record,) = records_of(msgpack.packb(message), content_type)
        assert isinstance(record, ReadingBatch)
        assert record.v.tolist() == [1.0, 2.0]


def test_a_list_keeps_what_is_good_in_order() -> None:
    good = {"equipment": "a", "channel": "u", "v": 1}
    records = records_of([good, {"equipment": "A", "channel": "u", "v": 1}, 3, {**good, "v": None}, good])
    assert [type(one) for one in records] == [Reading, Rejected, Rejected, Rejected, Reading]
    noise = [one for one in records if isinstance(one, Rejected)]
    assert [one.equipment for one in noise] == ["", "", "a"]
    assert msgpack.unpackb(noise[2].raw) == {**good, "v": None}


def test_ndjson_is_judged_line_by_line() -> None:
    lines = b'{"equipment":"a","channel":"u","v":1}\r\n\n{"equipment"\n{"equipment":"a","state":"idle"}\n'
    first, noise, state = records_of(lines, "Application/X-NDJSON; charset=utf-8")
    assert isinstance(first, Reading)
    assert isinstance(noise, Rejected)
    assert noise.raw == b'{"equipment"'
    assert isinstance(state, StateSeen)


def test_rooms_are_told_beside_the_records() -> None:
    body = read(b'{"equipment":"a","room":"r-1","channel":"u","v":1}', content_type="application/json", at=AT)
    assert dict(body.rooms) == {"a": "r-1"}
    assert len(body.records) == 1


WRONG: list[Any] = [
    b"",
    b"nonsense",
    b"\xff\xff",
    [],
    42,
    "text",
    {},
    {"equipment": 5, "channel": "u", "v": 1},
    {"equipment": "a"},
    {"equipment": "a", "v": 1},
    {"equipment": "a", "channel": "bad name", "v": 1},
    {"equipment": "a", "channel": None, "v": 1},
    {"equipment": "a", "room": "Комната", "channel": "u", "v": 1},
    {"equipment": "a", "channel": "u", "v": 1, "t": 0},
    {"equipment": "a", "state": 5},
    {"equipment": "a", "state": "busy", "t": 0},
    [0] * (OBJECTS_LIMIT + 1),
    b" " * (BODY_LIMIT + 1),
]


@pytest.mark.parametrize("body", WRONG, ids=range(len(WRONG)))
def test_a_wrong_body_is_one_rejection(body: Any) -> None:
    assert one_rejected(body).reason


@pytest.mark.parametrize("body", [b"\n" * (OBJECTS_LIMIT + 1), b" " * (BODY_LIMIT + 1), b"{}"])
def test_a_wrong_ndjson_body_is_one_rejection(body: bytes) -> None:
    assert one_rejected(body, "application/x-ndjson").reason


@pytest.mark.parametrize("deep", [b"[" * 1024 + b"]" * 1024, b"\x91" * 1024 + b"\x01"])
def test_the_deepest_list_that_is_read_can_be_shown(deep: bytes) -> None:
    assert one_rejected(deep).raw.startswith(b"\x91\x91")


def test_random_bodies_never_raise() -> None:
    dice = random.Random(7)
    seeds = [
        b'{"equipment":"a","channel":"u","t0":1,"dt":2,"v":[1,2]}',
        msgpack.packb({"equipment": "a", "v": {"u": b"1234"}}),
    ]
    for _ in range(3000):
        body = bytearray(dice.choice(seeds))
        for _ in range(dice.randrange(6)):
            body[dice.randrange(len(body))] = dice.randrange(256)
        for content_type in ("application/json", "application/x-ndjson"):
            assert all(one.received_at == AT for one in records_of(bytes(body), content_type))
