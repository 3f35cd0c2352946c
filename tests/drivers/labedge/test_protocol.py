"""Topics and payloads of the project's own layout."""

from __future__ import annotations

import msgpack
import pytest

from drivers.labedge.protocol import (
    PAYLOAD_LIMIT,
    TOPICS_KEPT,
    Kind,
    MalformedError,
    _split,
    address_of,
    equipment_of,
    load,
)

LONG = "a" * 64


@pytest.mark.parametrize(
    ("topic", "expected"),
    [
        ("labedge/v1/c/r/e/u", ("c", "r", "e")),
        ("labedge/v1/school-40/lab-2/osc-1/$batch", ("school-40", "lab-2", "osc-1")),
        ("labedge/v1/c/r/e/плохой канал", ("c", "r", "e")),
        ("labedge/v1/c/r/e/a/b", ("c", "r", "e")),
        (f"labedge/v1/{LONG}/{LONG}/{LONG}/{LONG}", (LONG, LONG, LONG)),
        (f"labedge/v1/{LONG}a/r/e/u", None),
        ("labedge/v1/c/$gateway/$link", None),
        ("labedge/v1/c/r/e", None),
        ("labedge/v2/c/r/e/u", None),
        ("other/v1/c/r/e/u", None),
        ("labedge/v1/C/r/e/u", None),
        ("labedge/v1/c/r r/e/u", None),
        ("labedge/v1/c/r//u", None),
        ("labedge/v1/c/r/е/u", None),  # a Cyrillic letter
        ("labedge/v1/c/r/e\n/u", None),
        ("", None),
        ("labedge/v1/c/r/e/" + "x" * 400, None),
    ],
)
def test_a_topic_names_its_equipment_or_none(topic: str, expected: tuple[str, str, str] | None) -> None:
    assert equipment_of(topic) == expected


@pytest.mark.parametrize(
    ("last", "kind"),
    [
        ("u", Kind.READINGS),
        ("T_2.5-x", Kind.READINGS),
        ("$batch", Kind.BATCH),
        ("$state", Kind.STATE),
        ("$link", Kind.LINK),
        ("$other", Kind.BAD),
        ("", Kind.BAD),
        ("a b", Kind.BAD),
        ("u\n", Kind.BAD),
        ("x" * 65, Kind.BAD),
    ],
)
def test_the_last_word_of_a_topic_says_what_it_is_about(last: str, kind: Kind) -> None:
    address = address_of(f"labedge/v1/c/r/e/{last}")
    assert address is not None
    assert address.kind is kind
    assert address.channel == (last if kind is Kind.READINGS else "")


def test_split_topics_are_remembered_in_bounded_number() -> None:
    for number in range(TOPICS_KEPT + 50):
        address_of(f"labedge/v1/c/r/e/ch{number}")
    assert _split.cache_info().currsize == TOPICS_KEPT


@pytest.mark.parametrize(
    ("payload", "expected"),
    [
        (b'{"v":1}', {"v": 1}),
        (b' {"v":1}', {"v": 1}),
        (b'"busy"', "busy"),
        (msgpack.packb({"v": 1.5}), {"v": 1.5}),
        (msgpack.packb([{"v": b"\x00\x01"}]), [{"v": b"\x00\x01"}]),
        (msgpack.packb({str(n): n for n in range(100)}), {str(n): n for n in range(100)}),
    ],
)
def test_json_and_messagepack_are_told_apart_by_the_first_byte(payload: bytes, expected: object) -> None:
    assert load(payload) == expected


@pytest.mark.parametrize(
    "payload",
    [
        b"",
        b"{",
        b"nan",
        b'{"v":NaN}',
        b'{"v":1}{"v":2}',
        b"\xef\xbb\xbf{}",
        b"[" * 5000,
        b"\x91" * 5000,
        b"\xc1",
        b"\x81\xa1v",
        b"\xdd\xff\xff\xff\xff",
        b"\xd7\xff" + b"\xff" * 8,
        b"\x81\x01\x02",
        b"\xa2\xff\xfe",
        msgpack.packb({"v": 1}) + b"x",
        b" " * (PAYLOAD_LIMIT + 1),
    ],
)
def test_what_is_neither_is_malformed_with_a_reason(payload: bytes) -> None:
    with pytest.raises(MalformedError) as caught:
        load(payload)
    assert 0 < len(str(caught.value)) < 400
