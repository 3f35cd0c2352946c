from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from edge.links.mqtt_frames import Incoming
from edge.links.mqtt_session import DELIVERY, recalled, session_of
from edge.links.mqtt_window import NOTED_BYTES, RECENT, Window


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


SESSION = session_of("mqtt://broker", "gateway")


def next_life(notes: Sequence[bytes], *, resumed: bool = True) -> Window:
    window = Window(*recalled(notes, SESSION))
    window.connected(resumed=resumed)
    return window


def test_a_message_that_an_earlier_life_recorded_is_only_acknowledged() -> None:
    first = Window(SESSION)
    first.connected(resumed=True)
    first.admit(message(1))
    first.close_block()
    second = next_life([first.take_note()])
    assert not second.admit(message(1, again=True))
    second.commit(second.close_block())
    assert second.take_ready() == [1]


def test_a_recorded_id_means_a_new_message_without_the_mark_or_with_another_payload() -> None:
    first = Window(SESSION)
    first.connected(resumed=True)
    first.admit(message(1))
    first.admit(message(2))
    first.close_block()
    second = next_life([first.take_note()])
    assert second.admit(message(1))
    assert second.admit(message(2, mark=99, again=True))


def test_what_was_recorded_in_a_session_that_the_broker_forgot_is_recorded_anew() -> None:
    first = Window(SESSION)
    first.connected(resumed=True)
    first.admit(message(1))
    first.close_block()
    notes = [first.take_note()]
    second = next_life(notes, resumed=False)
    assert second.admit(message(1, again=True))
    third = next_life([*notes, second.session.note()])
    assert third.admit(message(1, again=True))


def test_a_note_tells_the_messages_of_all_blocks_since_the_last_one_and_is_empty_without() -> None:
    window = Window(SESSION)
    window.connected(resumed=True)
    for mid in (5, 6):
        window.admit(message(mid, mark=mid * 11))
        window.close_block()
    notes = [window.take_note(), window.take_note()]
    assert notes[1] == b""
    assert recalled(notes, SESSION)[1].tolist() == [(5, 55), (6, 66)]


def test_messages_that_gave_nothing_to_keep_are_remembered_within_bounds() -> None:
    window = Window(SESSION)
    window.connected(resumed=True)
    for mid in range(RECENT + 10):
        window.admit(message(mid + 1))
        window.close_block()
    note = window.take_note()
    assert len(note) == NOTED_BYTES + len(SESSION.note())
    second = next_life([note])
    assert second.admit(message(10, again=True))
    assert not second.admit(message(11, again=True))


def test_notes_of_another_broker_or_of_somebody_else_are_passed_over() -> None:
    other = session_of("mqtt://other", "gateway")
    deliveries = np.array([(1, 1)], DELIVERY).tobytes()
    notes = [other.renewed().renewed().note(deliveries), b"", b"somebody else's own", SESSION.note(deliveries) + b"x"]
    assert recalled(notes, SESSION)[1].tolist() == []
    notes += [SESSION.note(deliveries), SESSION.renewed().note(deliveries * 2), SESSION.note(deliveries)]
    session, found = recalled(notes, SESSION)
    assert (session, found.tolist()) == (SESSION.renewed(), [(1, 1), (1, 1)])
