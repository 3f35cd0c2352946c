from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.errors import Retry
from edge.links.mqtt_frames import Frames, Incoming, acknowledgement

LIMIT = 2000


def length(number: int) -> bytes:
    """The protocol's own way to write a length."""
    out = bytearray()
    while True:
        number, low = divmod(number, 128)
        out.append(low | (128 if number else 0))
        if not number:
            return bytes(out)


def publish(topic: str, payload: bytes, *, mid: int = 0, head: int = 0x30) -> bytes:
    name = topic.encode()
    body = len(name).to_bytes(2, "big") + name + (mid.to_bytes(2, "big") if head & 6 else b"") + payload
    return bytes([head]) + length(len(body)) + body


def plain(messages: list[Incoming]) -> list[tuple[str, bytes, bool, int, bool, int]]:
    return [(m.topic, m.payload, m.retained, m.mid, m.again, m.size) for m in messages]


CASES = {
    "QoS 0": (publish("a/b", b"x"), ("a/b", b"x", False, 0, False, 1)),
    "QoS 1": (publish("a/b", b"xy", mid=515, head=0x32), ("a/b", b"xy", False, 515, False, 2)),
    "again": (publish("a", b"", mid=1, head=0x3A), ("a", b"", False, 1, True, 0)),
    "retained": (publish("a", b"z", mid=9, head=0x33), ("a", b"z", True, 9, False, 1)),
    "long length": (publish("a", b"z" * 150, mid=9, head=0x32), ("a", b"z" * 150, False, 9, False, 150)),
    "too long": (publish("a", b"z" * 5000, mid=9, head=0x32), ("a", b"z" * 1024, False, 9, False, 5000)),
    "Russian": (publish("класс/1", b"1", mid=2, head=0x32), ("класс/1", b"1", False, 2, False, 1)),
}


@pytest.mark.parametrize("case", CASES)
def test_a_message_is_read_whole_and_byte_by_byte(case: str) -> None:
    data, expected = CASES[case]
    assert plain(Frames(LIMIT).feed(data)) == [expected]
    frames = Frames(LIMIT)
    assert plain([message for byte in data for message in frames.feed(bytes([byte]))]) == [expected]


OTHERS = [b"\x20\x02\x00\x00", b"\x90\x03\x00\x01\x01", b"\xd0\x00", publish("q2", b"x", mid=7, head=0x34)]


@given(st.lists(st.sampled_from([*(data for data, _ in CASES.values()), *OTHERS]), max_size=8), st.data())
def test_a_stream_cut_anywhere_gives_the_same(parts: list[bytes], data: st.DataObject) -> None:
    stream = b"".join(parts)
    whole, cut = Frames(LIMIT), Frames(LIMIT)
    expected = whole.feed(stream)
    found: list[Incoming] = []
    at = 0
    while at < len(stream):
        size = data.draw(st.integers(1, 700))
        found += cut.feed(stream[at : at + size])
        at += size
    assert found == expected
    assert cut.rest == whole.rest == b"".join(part for part in parts if part in OTHERS)


@given(st.lists(st.binary(max_size=300), max_size=10))
def test_random_bytes_are_refused_or_passed_on_and_never_fail_otherwise(chunks: list[bytes]) -> None:
    frames = Frames(LIMIT)
    try:
        for chunk in chunks:
            frames.feed(chunk)
    except (Retry, IndexError) as error:
        assert isinstance(error, Retry)


@pytest.mark.parametrize(
    "data",
    [
        b"\x30\x00",
        b"\x30\x01\x00",
        b"\x32\x04\x00\x01ab",
        b"\x30\xff\xff\xff\xff\x01",
        b"\x30\x03\x00\x09a",
        b"\x20\xff\xff\x03" + bytes(70_000),
    ],
)
def test_what_is_no_mqtt_ends_the_connection(data: bytes) -> None:
    with pytest.raises(Retry, match="not MQTT"):
        Frames(LIMIT).feed(data)


def test_a_changed_payload_has_another_mark() -> None:
    one, two = Frames().feed(publish("a", b"1", mid=1, head=0x32) + publish("a", b"2", mid=1, head=0x32))
    assert one.mark != two.mark


def test_a_repeated_message_has_the_same_mark() -> None:
    one, two = Frames().feed(publish("a", b"1", mid=1, head=0x32) + publish("a", b"1", mid=1, head=0x3A))
    assert one.mark == two.mark


def test_acknowledgements_are_joined_in_order() -> None:
    assert acknowledgement([1, 515, 65_535]) == b"\x40\x02\x00\x01\x40\x02\x02\x03\x40\x02\xff\xff"
