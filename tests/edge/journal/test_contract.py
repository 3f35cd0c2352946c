"""What every journal promises: each of these runs on the journal on disk and on the one in memory."""

from __future__ import annotations

import threading
from dataclasses import replace
from typing import Any, cast

import numpy as np
import pytest

from edge.errors import GiveUp
from edge.journal.contract import NOTES_BYTES, Committed
from telemetry.model import (
    Channel,
    EquipmentId,
    JobPhase,
    Reading,
    ReadingBatch,
    Record,
    Source,
    State,
    StateSeen,
)
from tests.edge.journal.labs import (
    DEADLINE_S,
    HOUR,
    LAB,
    MILL,
    ONE_OF_EACH,
    TEMPERATURE,
    Lab,
    S,
    T,
    batch,
    contents,
    job,
    reading,
    state,
)


def _with(record: Any, name: str, word: object) -> Record:
    """Every record is a dataclass, which a union of them does not tell."""
    return cast("Record", replace(record, **{name: word}))


def _all(lab: Lab) -> list[Record]:
    return [record for committed in lab.committed for _offset, record in committed.records]


def test_offsets_count_from_one_over_all_kinds_of_records(lab: Lab) -> None:
    assert lab.journal.commit(ONE_OF_EACH) == len(ONE_OF_EACH)
    assert sorted(offset for one in lab.committed for offset, _record in one.records) == list(range(1, 10))


@pytest.mark.parametrize("record", ONE_OF_EACH, ids=lambda record: type(record).__name__)
def test_a_record_is_committed_as_it_was_said(lab: Lab, record: Record) -> None:
    lab.journal.commit([record])
    assert _all(lab) == [record]


@pytest.mark.parametrize("record", ONE_OF_EACH, ids=lambda record: type(record).__name__)
def test_the_same_record_again_changes_nothing_and_gets_no_offset(lab: Lab, record: Record) -> None:
    reached = lab.journal.commit([record, record])
    before = contents(lab.store), lab.store.counts().records, lab.store.counts().readings
    again = _with(record, "received_at", T + S)
    assert lab.journal.commit([again]) == reached
    assert (contents(lab.store), lab.store.counts().records, lab.store.counts().readings) == before
    assert len(lab.committed) == 1


@pytest.mark.parametrize(
    "other",
    [
        state(T + 1, State.BUSY),
        state(T, State.IDLE),
        state(T, State.BUSY, Source.LINK),
        state(T, State.BUSY, equipment=LAB),
    ],
    ids=["time", "state", "source", "equipment"],
)
def test_states_differ_by_time_state_source_and_equipment(lab: Lab, other: StateSeen) -> None:
    lab.journal.commit([state(T, State.BUSY), other])
    assert lab.store.counts().records == 2


def test_words_do_not_make_another_state(lab: Lab) -> None:
    lab.journal.commit([state(T, State.BUSY)])
    lab.journal.commit([replace(state(T, State.BUSY), word="Run", reason="spindle", valid_ns=S)])
    assert _all(lab) == [state(T, State.BUSY)]


def test_jobs_differ_by_phase_time_and_name_and_by_nothing_else(lab: Lab) -> None:
    first = job(T, JobPhase.STARTED)
    others = [job(T, JobPhase.ENDED), job(T + 1, JobPhase.STARTED), job(T, JobPhase.STARTED, name="other")]
    lab.journal.commit([first, *others, replace(first, progress=0.5, reason="later")])
    assert _all(lab) == [first, *others]


@pytest.mark.parametrize("record", ONE_OF_EACH[4:], ids=lambda record: type(record).__name__)
def test_other_records_differ_by_any_word_but_the_receive_time(lab: Lab, record: Record) -> None:
    words: dict[str, Any] = {
        "at": T + 1,
        "up": True,
        "reason": "else",
        "raw": b"else",
        "size": 9,
        "origin": "else",
        "room": "else",
        "by_ns": 9,
    }
    others = [_with(record, name, word) for name, word in words.items() if hasattr(record, name)]
    lab.journal.commit([record, *others])
    assert lab.store.counts().records == 1 + len(others)


def test_the_first_value_of_a_time_stays(lab: Lab) -> None:
    lab.journal.commit([batch([T, T, T + S], [1.0, 2.0, 3.0])])
    lab.journal.commit([reading(T, 9.0), batch([T + S, T + 2 * S], [9.0, 4.0])])
    kept = lab.store.readings(LAB, TEMPERATURE, T, T + HOUR)
    assert (kept.t.tolist(), kept.v.tolist()) == ([T, T + S, T + 2 * S], [1.0, 3.0, 4.0])


def test_a_commit_names_only_the_readings_that_were_new(lab: Lab) -> None:
    lab.journal.commit([batch([T, T + S], [1.0, 2.0])])
    lab.journal.commit([batch([T, T + S, T + 2 * S, T + 3 * S], [1.0, 2.0, 3.0, 4.0])])
    assert _all(lab)[1] == batch([T + 2 * S, T + 3 * S], [3.0, 4.0])


def test_readings_of_a_channel_are_brought_together_by_time(lab: Lab) -> None:
    lab.journal.commit([reading(T + 3 * S, 3.0), batch([T + 2 * S, T], [2.0, 0.0]), reading(T + S, 1.0)])
    assert _all(lab) == [batch([T, T + S, T + 2 * S, T + 3 * S], [0.0, 1.0, 2.0, 3.0])]


def test_runs_of_a_channel_stay_apart_and_a_time_belongs_to_the_first(lab: Lab) -> None:
    lab.journal.commit([batch([T, T + S], [1.0, 2.0], run="a"), batch([T + S, T + 2 * S], [9.0, 3.0], run="b")])
    assert _all(lab) == [batch([T, T + S], [1.0, 2.0], run="a"), reading(T + 2 * S, 3.0, run="b")]


def test_readings_across_hours_come_in_one_record_an_hour(lab: Lab) -> None:
    times = [T - S, T, T + S, T + HOUR]
    lab.journal.commit([batch(times, [1.0, 2.0, 3.0, 4.0])])
    assert _all(lab) == [reading(T - S, 1.0), batch(times[1:3], [2.0, 3.0]), reading(T + HOUR, 4.0)]


def test_late_readings_between_known_ones_are_kept(lab: Lab) -> None:
    lab.journal.commit([batch([T, T + 10 * S], [0.0, 10.0])])
    lab.journal.commit([batch([T + 20 * S, T + 30 * S], [20.0, 30.0])])
    for second in (5, 15, 25, 14, 16, 40, 1):
        lab.journal.commit([reading(T + second * S, float(second))])
    kept = lab.store.readings(LAB, TEMPERATURE, T, T + HOUR)
    assert kept.v.tolist() == [0.0, 1.0, 5.0, 10.0, 14.0, 15.0, 16.0, 20.0, 25.0, 30.0, 40.0]


def test_a_reading_of_the_year_2100_does_not_hide_those_of_today(lab: Lab) -> None:
    late = T + 75 * 365 * 24 * HOUR
    lab.journal.commit([reading(late, 1.0)])
    for second in range(5):
        lab.journal.commit([reading(T + second * S, 2.0)])
        lab.journal.commit([reading(T + second * S, 3.0), reading(late, 3.0)])
    assert lab.store.readings(LAB, TEMPERATURE, T, T + HOUR).v.tolist() == [2.0] * 5
    assert lab.store.readings(LAB, TEMPERATURE, late, late + 1).v.tolist() == [1.0]


def test_the_last_unit_that_was_said_is_the_channels(lab: Lab) -> None:
    lab.journal.commit([reading(T, unit="C")])
    lab.journal.commit([reading(T + 1, unit="°C"), reading(T + 2)])
    lab.journal.commit([reading(T + 3)])
    assert [one.unit for one in lab.store.channels()] == ["°C"]


def test_done_comes_before_the_subscriber_and_after_the_commit(lab: Lab) -> None:
    seen: list[tuple[str, int, int]] = []
    finished = threading.Event()

    def done(offset: int) -> None:
        seen.append(("done", offset, lab.store.offset()))
        seen.append(("subscriber", len(lab.committed), 0))
        finished.set()

    lab.journal.append([state(T, State.BUSY), reading(T)], done)
    lab.journal.hurry()
    assert finished.wait(DEADLINE_S)
    assert seen == [("done", 2, 2), ("subscriber", 0, 0)]
    lab.journal.commit([state(T + 1, State.IDLE)])
    assert [one.offset for one in lab.committed] == [2, 3]


def test_done_of_nothing_new_tells_the_offset_reached(lab: Lab) -> None:
    lab.journal.commit([state(T, State.BUSY)])
    assert lab.journal.commit([state(T, State.BUSY)]) == 1
    assert lab.journal.commit([]) == 1


def test_a_callback_that_raises_stops_nothing(lab: Lab, caplog: pytest.LogCaptureFixture) -> None:
    def broken(_offset: int) -> None:
        raise LookupError("a fault of the caller")

    lab.journal.append([state(T, State.BUSY)], broken)
    assert lab.journal.commit([state(T + 1, State.IDLE)]) == 2
    assert [one.offset for one in lab.committed][-1] == 2
    assert "a confirmation raised" in caplog.text


def test_nothing_is_taken_after_close_and_close_may_come_twice(lab: Lab) -> None:
    lab.journal.commit([state(T, State.BUSY)])
    lab.journal.close()
    lab.journal.close()
    with pytest.raises(GiveUp, match="closed"):
        lab.journal.append([state(T + 1, State.IDLE)])
    with pytest.raises(GiveUp, match="closed"):
        lab.journal.commit([state(T + 1, State.IDLE)])


_GOOD = np.array([T], np.int64)


@pytest.mark.parametrize(
    "record",
    [
        reading(T, float("nan")),
        reading(T, float("-inf")),
        reading(2**63),
        reading(-(2**63)),
        replace(reading(T), received_at=2**63),
        replace(reading(T), channel=Channel("\ud800")),
        batch([T, T + 1], [1.0, float("nan")]),
        batch([], []),
        batch([2**63 - 1], [1.0]),
        ReadingBatch(LAB, TEMPERATURE, _GOOD, np.array([1, 2], np.float64), T),
        ReadingBatch(LAB, TEMPERATURE, _GOOD, np.array([1], np.float32), T),
        state(2**63, State.BUSY),
        replace(state(T, State.BUSY), valid_ns=2**63),
        replace(state(T, State.BUSY), equipment=EquipmentId("\ud800")),
    ],
    ids=str,
)
def test_what_cannot_be_kept_is_refused_to_its_sender_and_spoils_nothing_else(lab: Lab, record: Record) -> None:
    with pytest.raises(ValueError, match=r"finite|64 bits|surrogates|int64\[n\]"):
        lab.journal.append([state(T, State.IDLE), record])
    assert lab.journal.commit([state(T, State.BUSY)]) == 1
    assert _all(lab) == [state(T, State.BUSY)]


def test_broken_text_of_a_device_is_kept_as_it_is(lab: Lab) -> None:
    seen = replace(job(T, JobPhase.STARTED, name="\ud800.gcode"), reason="\udcff")
    lab.journal.commit([seen])
    assert lab.store.records(0, 10) == ((1, seen),)
    assert [one.job for one in lab.store.jobs([MILL], T, T + 1)] == ["\ud800.gcode"]


def test_numbers_of_numpy_are_as_good_as_pythons(lab: Lab) -> None:
    lab.journal.commit([Reading(LAB, TEMPERATURE, np.int64(T), np.int64(T), np.float64(2.5))])  # type: ignore[arg-type]
    lab.journal.commit([state(np.int64(T), State.BUSY)])  # type: ignore[arg-type]
    assert lab.store.readings(LAB, TEMPERATURE, T, T + 1).v.tolist() == [2.5]
    assert lab.store.changes([MILL], T, T + 1).at.tolist() == [T]


def test_many_threads_append_and_nothing_is_lost_or_doubled(lab: Lab) -> None:
    def write(channel: int) -> None:
        for second in range(50):
            lab.journal.append(
                [reading(T + second * S, second, channel=str(channel)), reading(T + second * S, channel="c")]
            )

    threads = [threading.Thread(target=write, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(DEADLINE_S)
    lab.journal.commit([])
    assert [one.count for one in lab.store.channels()] == [50] * 5
    offsets = [offset for committed in lab.committed for offset, _record in committed.records]
    assert offsets == list(range(1, len(offsets) + 1))


def test_a_commit_without_news_reaches_no_subscriber(lab: Lab) -> None:
    lab.journal.commit([])
    assert lab.committed == list[Committed]()


def test_a_note_is_kept_with_its_records_and_reaches_no_subscriber(lab: Lab) -> None:
    noted: list[tuple[bytes, ...]] = []
    finished = threading.Event()

    def done(_offset: int) -> None:
        noted.append(lab.journal.notes())
        finished.set()

    lab.journal.append([state(T, State.BUSY)], note=b"one")
    lab.journal.append([], done, note=b"two \x00\xff")
    lab.journal.hurry()
    assert finished.wait(DEADLINE_S)
    assert noted == [(b"one", b"two \x00\xff")]
    assert _all(lab) == [state(T, State.BUSY)]


def test_an_empty_note_is_none_and_equal_ones_are_two(lab: Lab) -> None:
    lab.journal.commit([state(T, State.BUSY)], note=b"")
    assert lab.journal.notes() == ()
    lab.journal.commit([], note=b"same")
    lab.journal.commit([], note=b"same")
    assert lab.journal.notes() == (b"same", b"same")


def test_what_is_refused_leaves_no_note(lab: Lab) -> None:
    with pytest.raises(ValueError, match="finite"):
        lab.journal.append([reading(T, float("nan"))], note=b"of nothing")
    lab.journal.commit([state(T, State.BUSY)])
    assert lab.journal.notes() == ()


@pytest.mark.parametrize("size", [NOTES_BYTES // 4, NOTES_BYTES // 4 + 1, NOTES_BYTES + 1])
def test_only_the_newest_notes_are_kept(lab: Lab, size: int) -> None:
    for number in range(10):
        lab.journal.commit([], note=bytes([number]) * size)
    kept = lab.journal.notes()
    assert [note[0] for note in kept] == list(range(10))[-len(kept) :]
    assert len(kept) * size >= NOTES_BYTES > (len(kept) - 1) * size
