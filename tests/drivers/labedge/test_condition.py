"""`$state`, `$link` and streaming readings give one state, told as a conversation."""

from __future__ import annotations

from typing import Any

import orjson
import pytest

from drivers.contract import Publish, Setting
from drivers.labedge.driver import LabedgeDriver
from drivers.labedge.settings import LabedgeSettings
from telemetry.model import NS_PER_MS, NS_PER_S, EquipmentId, LinkChanged, Record, Rejected, Source, State, StateSeen

Told = tuple[float, State, Source]

T0 = 1_795_310_268 * NS_PER_S


class Talk:
    """One equipment's messages at seconds after T0, and the states they give."""

    def __init__(self, **setting: Any) -> None:
        self.driver = LabedgeDriver(Setting(EquipmentId("osc-1"), **setting), LabedgeSettings(gap_s=10))
        self.wake_at: int | None = None  # the last step's

    def say(self, at_s: float, last: str, payload: Any, *, retained: bool = False) -> list[Record]:
        raw = payload if isinstance(payload, bytes) else orjson.dumps(payload)
        unit = Publish(f"labedge/v1/lab/room/osc-1/{last}", raw, retained)
        step = self.driver.received(unit, T0 + round(at_s * NS_PER_S))
        self.wake_at = step.wake_at
        return list(step.records)

    def states(
        self, at_s: float, last: str, payload: Any, *, retained: bool = False
    ) -> list[tuple[float, State, Source]]:
        return told(self.say(at_s, last, payload, retained=retained))

    def wake(self, at_s: float) -> list[Told]:
        step = self.driver.woken(T0 + round(at_s * NS_PER_S))
        self.wake_at = step.wake_at
        return told(list(step.records))


def told(records: list[Record]) -> list[Told]:
    seen = [one for one in records if isinstance(one, StateSeen)]
    return [((one.at - T0) / NS_PER_S, one.state, one.source) for one in seen]


def ms(at_s: float) -> int:
    return T0 // NS_PER_MS + round(at_s * 1000)


DEVICE, LINK, INFERRED = Source.DEVICE, Source.LINK, Source.ACTIVITY_INFERRED
BUSY, IDLE, OFFLINE, UNKNOWN = State.BUSY, State.IDLE, State.OFFLINE, State.UNKNOWN


@pytest.mark.parametrize("state", State)
@pytest.mark.parametrize("form", ["bare", "upper", "string", "object", "messagepack", "packed"])
def test_every_word_of_state_is_understood_in_every_form(state: State, form: str) -> None:
    payload = {
        "bare": state.word.encode(),
        "upper": state.word.upper().encode(),
        "string": orjson.dumps(state.word),
        "object": orjson.dumps({"v": state.word}),
        "packed": b"\xd9" + bytes([len(state.word)]) + state.word.encode(),
        "messagepack": b"\x81\xa1v" + bytes([0xA0 + len(state.word)]) + state.word.encode(),
    }[form]
    assert Talk().states(1, "$state", payload) == [(1.0, state, DEVICE)]


def test_a_word_that_nobody_knows_is_unknown_and_shown() -> None:
    (record,) = Talk().say(1, "$state", {"v": "defrosting", "reason": "ice" * 100})
    assert isinstance(record, StateSeen)
    assert (record.state, record.word, len(record.reason)) == (UNKNOWN, "defrosting", 200)


@pytest.mark.parametrize(
    "payload",
    [b"null", b"42", b"\xff\x00", b"[]", b"two words", {"v": None}, {"v": ""}, {"v": "x" * 33}, {"v": 1}, {"v": []},
     {"t": 0, "v": "busy"}, {"v": "busy", "reason": 5}, {"v": ["busy"]}, {"t": [ms(1)], "v": [5]}],
)  # fmt: skip
def test_what_is_no_word_is_one_rejection(payload: Any) -> None:
    (record,) = Talk().say(1, "$state", payload)
    assert isinstance(record, Rejected)


def test_states_with_their_own_times_come_in_one_message_by_time() -> None:
    talk = Talk()
    message = {"t": [ms(3), ms(2), 0], "v": ["idle", "busy", "fault"]}
    assert talk.states(5, "$state", message) == [(2.0, BUSY, DEVICE), (3.0, IDLE, DEVICE)]
    assert isinstance(talk.say(5, "$state", message)[-1], Rejected)


def test_a_word_without_a_time_is_not_repeated_while_it_stands() -> None:
    talk = Talk()
    assert talk.states(1, "$state", b"busy") == [(1.0, BUSY, DEVICE)]
    assert talk.states(2, "$state", b"busy") == []
    assert talk.states(3, "$state", b"idle") == [(3.0, IDLE, DEVICE)]


def test_validity_travels_with_each_word() -> None:
    talk = Talk(validity_s=30)
    records = talk.say(1, "$state", b"busy") + talk.say(2, "$state", b"busy")
    assert [one.valid_ns for one in records if isinstance(one, StateSeen)] == [30 * NS_PER_S] * 2


def test_the_link_going_down_is_offline_and_coming_back_says_the_last_word_again() -> None:
    talk = Talk()
    talk.say(1, "$state", b"busy")
    down = talk.say(2, "$link", b"offline")
    assert isinstance(down[0], LinkChanged)
    assert (down[0].up, down[0].reason) == (False, "offline")
    assert told(down) == [(2.0, OFFLINE, LINK)]
    assert talk.say(3, "$link", {"v": "Offline"}) == []
    assert talk.states(4, "$link", b'"online"') == [(4.0, BUSY, LINK)]
    assert talk.say(5, "$link", b"online") == []


def test_a_link_that_comes_back_to_no_word_is_unknown() -> None:
    talk = Talk()
    talk.say(1, "$link", b"offline")
    assert talk.states(2, "$link", b"online") == [(2.0, UNKNOWN, LINK)]


def test_a_word_whose_validity_ran_out_is_not_said_again() -> None:
    talk = Talk(validity_s=30)
    talk.say(1, "$state", b"busy")
    talk.say(2, "$link", b"offline")
    (_, resumed) = talk.say(11, "$link", b"online")
    assert isinstance(resumed, StateSeen)
    assert (resumed.state, resumed.valid_ns) == (BUSY, 20 * NS_PER_S)
    talk.say(12, "$link", b"offline")
    assert talk.states(40, "$link", b"online") == [(40.0, UNKNOWN, LINK)]


def test_the_first_online_after_a_start_leaves_what_the_journal_holds() -> None:
    assert Talk().states(1, "$link", b"online", retained=True) == []


def test_a_word_said_while_offline_counts_at_once_and_online_adds_nothing() -> None:
    talk = Talk()
    talk.say(1, "$link", b"offline")
    assert talk.states(2, "$state", b"idle") == [(2.0, IDLE, DEVICE)]
    assert talk.states(3, "$link", b"online") == []


def test_a_retained_word_says_nothing_new_of_an_equipment_that_is_offline() -> None:
    talk = Talk()
    talk.say(1, "$link", b"offline", retained=True)
    assert talk.states(1.1, "$state", b"busy", retained=True) == []
    assert talk.states(2, "$link", b"online") == [(2.0, BUSY, LINK)]


def test_a_retained_word_heard_again_does_not_renew_its_validity() -> None:
    talk = Talk(validity_s=30)
    assert talk.states(1, "$state", b"busy", retained=True) == [(1.0, BUSY, DEVICE)]
    assert talk.states(20, "$state", b"busy", retained=True) == []


def test_a_late_word_is_history_and_does_not_change_the_present() -> None:
    talk = Talk()
    talk.say(10, "$state", {"t": ms(10), "v": "fault"})
    assert talk.states(11, "$state", {"t": ms(5), "v": "busy"}) == [(5.0, BUSY, DEVICE)]
    talk.say(12, "$link", b"offline")
    assert talk.states(13, "$link", b"online") == [(13.0, State.FAULT, LINK)]
    assert talk.states(14, "$state", {"t": ms(6), "v": "busy"}) == [(6.0, BUSY, DEVICE)]


def test_a_slow_clock_does_not_hide_a_new_word_behind_what_the_link_implied() -> None:
    talk = Talk()
    talk.say(1, "$state", {"t": ms(1), "v": "busy"})
    talk.say(10, "$link", b"offline")
    assert talk.states(11, "$state", {"t": ms(9), "v": "setup"}) == [(9.0, State.SETUP, DEVICE)]
    assert talk.states(20, "$link", b"online") == [(20.0, State.SETUP, LINK)]
    assert talk.states(21, "$state", {"t": ms(19), "v": "idle"}) == [(19.0, IDLE, DEVICE), (21.0, IDLE, LINK)]


def test_a_fast_clock_does_not_outlast_the_link() -> None:
    talk = Talk()
    talk.say(1, "$state", {"t": ms(60), "v": "busy"})
    ((at, state, _),) = talk.states(10, "$link", b"offline")
    assert state is OFFLINE
    assert at > 60 - 1e-6


@pytest.mark.parametrize("payload", [b"away", {"v": 1}, {}, b"null", b"\xff"])
def test_a_wrong_link_word_is_one_rejection(payload: Any) -> None:
    (record,) = Talk().say(1, "$link", payload)
    assert isinstance(record, Rejected)


def test_streaming_readings_are_busy_and_silence_after_them_is_unknown() -> None:
    talk = Talk()
    assert talk.states(1, "u", {"v": 1}) == [(1.0, BUSY, INFERRED)]
    assert talk.states(9, "u", {"v": 1}) == []
    assert talk.wake_at == T0 + 19 * NS_PER_S + 1
    assert talk.wake(12) == []
    assert talk.wake(20) == [(10.0, UNKNOWN, INFERRED)]
    assert talk.wake(40) == []


def test_silence_after_a_run_is_idle_where_the_link_proves_presence() -> None:
    talk = Talk()
    talk.say(0, "$link", b"online")
    talk.say(1, "u", {"v": 1})
    assert talk.wake(20) == [(2.0, IDLE, INFERRED)]


def test_opening_again_ends_a_run_that_is_over() -> None:
    talk = Talk()
    talk.say(1, "u", {"v": 1})
    assert told(list(talk.driver.opened(T0 + 30 * NS_PER_S).records)) == [(2.0, UNKNOWN, INFERRED)]


def test_a_long_run_is_said_again_before_its_validity_ends() -> None:
    talk = Talk()
    said = [one for at_s in range(1, 61) for one in talk.say(at_s, "u", {"v": 1}) if isinstance(one, StateSeen)]
    assert len(said) < 8
    covered = said[0].at
    for one in said:
        assert one.state is BUSY
        assert one.at <= covered
        covered = one.at + one.valid_ns
    assert covered >= T0 + 70 * NS_PER_S


def test_a_batch_longer_than_the_gap_is_covered_whole() -> None:
    talk = Talk()
    (seen, _) = talk.say(100, "u", {"t0": ms(0), "dt": 1, "v": [0.0] * 100})
    assert isinstance(seen, StateSeen)
    assert (seen.at, seen.valid_ns) == (T0, 119 * NS_PER_S)


def test_a_pause_inside_a_batch_ends_a_run() -> None:
    talk = Talk()
    message = {"t": [ms(0), ms(1), ms(50), ms(51)], "v": [1, 2, 3, 4]}
    expected = [(0.0, BUSY, INFERRED), (2.0, UNKNOWN, INFERRED), (50.0, BUSY, INFERRED)]
    assert talk.states(52, "u", message) == expected


def test_the_link_going_down_ends_a_run() -> None:
    talk = Talk()
    talk.say(1, "u", {"v": 1})
    assert talk.states(5, "$link", b"offline") == [(2.0, UNKNOWN, INFERRED), (5.0, OFFLINE, LINK)]
    assert talk.wake_at is None
    talk.say(6, "u", {"v": 1})
    assert talk.states(6.5, "$link", b"online") == []
    assert talk.states(6.6, "$link", b"offline") == [(6.6, OFFLINE, LINK)]


def test_readings_dated_ahead_begin_a_run_no_later_than_now() -> None:
    assert Talk().states(1, "u", {"t": ms(500), "v": 1}) == [(1.0, BUSY, INFERRED)]


def test_an_equipment_that_says_its_state_is_never_inferred_upon() -> None:
    talk = Talk()
    talk.say(1, "u", {"v": 1})
    talk.say(2, "$state", b"idle")
    assert talk.wake_at is None
    assert talk.states(3, "u", {"v": 1}) == []
    assert Talk(says_state=True).states(3, "u", {"v": 1}) == []


def test_a_clock_set_back_lets_a_run_wait_one_whole_gap() -> None:
    talk = Talk()
    talk.say(1000, "u", {"v": 1})
    assert talk.wake(5) == []
    assert talk.wake_at == T0 + 15 * NS_PER_S + 1
    assert talk.wake(16) == [(16.0, UNKNOWN, INFERRED)]


def test_rejected_readings_are_no_activity() -> None:
    assert Talk().states(1, "u", {"t": [0], "v": [1]}) == []
