from __future__ import annotations

from edge.links.mqtt_frames import Incoming
from edge.links.mqtt_window import RECENT, Window


def message(mid: int, *, mark: int | None = None, again: bool = False) -> Incoming:
    return Incoming("a", b"", retained=False, mid=mid, again=again, mark=mid if mark is None else mark, size=0)


def fresh() -> Window:
    window = Window()
    window.connected(resumed=False)
    return window


def test_messages_are_acknowledged_after_their_commit_and_once() -> None:
    window = fresh()
    assert all(window.admit(message(mid)) for mid in (1, 2, 3))
    block = window.close_block()
    assert window.take_ready() == []
    window.commit(block)
    assert window.take_ready() == [1, 2, 3]
    assert window.take_ready() == []
    assert not window.unfinished


def test_a_later_block_waits_for_an_earlier_one() -> None:
    window = fresh()
    window.admit(message(1))
    first = window.close_block()
    window.admit(message(2))
    second = window.close_block()
    window.commit(second)
    assert window.take_ready() == []
    window.commit(first)
    assert window.take_ready() == [1, 2]


def test_qos_0_is_new_and_never_acknowledged() -> None:
    window = fresh()
    assert window.admit(message(0, again=True))
    window.commit(window.close_block())
    assert window.take_ready() == []


def test_an_acknowledgement_of_a_lost_connection_is_not_sent_on_the_next() -> None:
    window = fresh()
    window.admit(message(1))
    block = window.close_block()
    window.connected(resumed=True)
    window.commit(block)
    assert window.take_ready() == []


def test_a_repeated_message_waits_for_the_commit_of_its_first_self() -> None:
    window = fresh()
    window.admit(message(1))
    window.admit(message(2))
    block = window.close_block()
    window.connected(resumed=True)
    assert not window.admit(message(2, again=True))
    window.commit(window.close_block())
    assert window.take_ready() == []
    window.commit(block)
    assert window.take_ready() == [2]


def test_a_repeated_message_that_was_committed_is_acknowledged_with_its_block() -> None:
    window = fresh()
    window.admit(message(1))
    window.commit(window.close_block())
    window.take_ready()
    window.connected(resumed=True)
    assert not window.admit(message(1, again=True))
    assert window.admit(message(2))
    block = window.close_block()
    assert window.take_ready() == []
    window.commit(block)
    assert window.take_ready() == [1, 2]


def test_another_payload_under_the_same_id_is_new_though_marked_as_repeated() -> None:
    window = fresh()
    window.admit(message(1))
    window.connected(resumed=True)
    assert window.admit(message(1, mark=99, again=True))


def test_a_message_that_we_never_saw_is_new_though_marked_as_repeated() -> None:
    window = fresh()
    assert window.admit(message(7, again=True))


def test_an_id_of_long_ago_is_no_repetition() -> None:
    window = fresh()
    window.admit(message(1))
    for mid in range(2, RECENT + 3):
        window.admit(message(mid))
    assert window.admit(message(1, again=True))


def test_a_broker_that_forgot_us_repeats_nothing() -> None:
    window = fresh()
    window.admit(message(1))
    block = window.close_block()
    window.connected(resumed=False)
    assert window.admit(message(1, again=True))
    window.commit(block)
    assert window.take_ready() == []


def test_the_window_is_full_at_the_most_that_was_ever_seen() -> None:
    window = fresh()
    for mid in range(1, 20):
        window.admit(message(mid))
    first = window.close_block()
    fullness = [window.full]
    for mid in range(20, 60):
        window.admit(message(mid))
    second = window.close_block()
    fullness.append(window.full)
    window.commit(first)
    window.commit(second)
    window.take_ready()
    for mid in range(60, 99):
        window.admit(message(mid))
    window.close_block()
    assert [*fullness, window.full] == [False, True, False]
