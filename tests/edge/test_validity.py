from __future__ import annotations

from dataclasses import replace

from edge.validity import Validity
from telemetry.model import NS_PER_S, Record, Source, State, StateSeen, rejected
from tests.edge.toys import TOY_ID

START = 1_800_000_000 * NS_PER_S
MINUTE = 60 * NS_PER_S


def seen(at: int, state: State = State.BUSY, source: Source = Source.DEVICE) -> StateSeen:
    return StateSeen(TOY_ID, at, at, state, source)


def test_without_a_limit_nothing_changes() -> None:
    assert Validity(0).limited([seen(START)], START) == (seen(START),)


def test_a_device_s_own_word_is_limited_and_no_other() -> None:
    records: list[Record] = [seen(START), seen(START, source=Source.LINK), replace(seen(START), valid_ns=5)]
    assert Validity(MINUTE).limited(records, START) == (replace(seen(START), valid_ns=MINUTE), *records[1:])


def test_a_device_that_goes_on_talking_keeps_its_word() -> None:
    validity = Validity(MINUTE)
    validity.limited([seen(START)], START)
    told = [validity.limited([], START + second * NS_PER_S) for second in range(1, 121)]
    renewed = [state for records in told for state in records]
    assert [state.at - START for state in renewed if isinstance(state, StateSeen)] == [
        30 * NS_PER_S,
        60 * NS_PER_S,
        90 * NS_PER_S,
        120 * NS_PER_S,
    ]
    assert all(isinstance(state, StateSeen) and state.valid_ns == MINUTE for state in renewed)


def test_noise_renews_nothing() -> None:
    validity = Validity(MINUTE)
    validity.limited([seen(START)], START)
    noise = rejected(b"?", "noise", equipment=TOY_ID, at=START + MINUTE)
    assert validity.limited([noise], START + MINUTE) == (noise,)


def test_what_was_said_on_another_link_is_not_renewed() -> None:
    validity = Validity(MINUTE)
    validity.limited([seen(START)], START)
    validity.forget()
    assert validity.limited([], START + MINUTE) == ()
