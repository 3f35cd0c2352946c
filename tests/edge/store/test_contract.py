"""What every store promises: each of these runs on the store on disk and on the one in memory."""

from __future__ import annotations

import tempfile
import threading
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from edge.journal.sqlite import SqliteJournal
from edge.store.contract import Job
from telemetry import resample
from telemetry.columns import Envelope
from telemetry.model import (
    Channel,
    EquipmentId,
    EquipmentSeen,
    JobOutcome,
    JobPhase,
    LinkChanged,
    ReadingBatch,
    Record,
    Source,
    State,
)
from tests.edge.journal.labs import (
    DEADLINE_S,
    HOUR,
    LAB,
    LABS,
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
    records,
    sqlite_lab,
    state,
)

EVER = (-(2**63), 2**63 - 1)


def _housekeep(lab: Lab) -> None:
    if isinstance(lab.journal, SqliteJournal):
        lab.clock.advance(2 * 24 * HOUR)
        lab.journal.housekeep_now()


# --- changes


def test_changes_are_those_of_the_window_and_all_of_the_last_instant_before(lab: Lab) -> None:
    lab.journal.commit([state(T, State.IDLE), state(T + S, State.SETUP), state(T + S, State.BUSY, Source.LINK)])
    lab.journal.commit([state(T + 10 * S, State.PAUSED), state(T + 20 * S, State.IDLE)])
    found = lab.store.changes([MILL], T + 5 * S, T + 20 * S)
    assert found.at.tolist() == [T + S, T + S, T + 10 * S]
    assert [(State(s), Source(o)) for s, o in zip(found.state, found.source, strict=True)] == [
        (State.BUSY, Source.LINK),
        (State.SETUP, Source.DEVICE),
        (State.PAUSED, Source.DEVICE),
    ]


def test_a_change_at_the_windows_start_is_inside_it(lab: Lab) -> None:
    lab.journal.commit([state(T - S, State.IDLE), state(T, State.BUSY)])
    assert lab.store.changes([MILL], T, T + 1).at.tolist() == [T - S, T]


def test_changes_point_into_the_ids_that_were_asked_for(lab: Lab) -> None:
    valid = replace(state(T, State.BUSY, equipment=LAB), valid_ns=60 * S)
    lab.journal.commit([state(T, State.IDLE), valid])
    found = lab.store.changes([LAB, EquipmentId("nobody"), MILL, LAB], T, T + 1)
    assert found.ids == (LAB, "nobody", MILL)
    assert found.equipment.tolist() == [0, 2]
    assert found.valid_ns.tolist() == [60 * S, 0]
    assert [str(one.dtype) for one in (found.equipment, found.at, found.state)] == ["int32", "int64", "int8"]


def test_no_equipment_and_no_changes_make_empty_columns(lab: Lab) -> None:
    assert len(lab.store.changes([], *EVER)) == 0
    assert len(lab.store.changes([MILL], *EVER)) == 0


# --- readings and envelopes


def test_readings_are_those_of_a_half_open_window(lab: Lab) -> None:
    lab.journal.commit([batch([T, T + S, T + 2 * S], [1.0, 2.0, 3.0])])
    assert lab.store.readings(LAB, TEMPERATURE, T, T + 2 * S).v.tolist() == [1.0, 2.0]
    assert len(lab.store.readings(LAB, TEMPERATURE, T + 1, T + S)) == 0


def test_readings_of_an_unknown_channel_are_none(lab: Lab) -> None:
    lab.journal.commit([reading(T)])
    assert len(lab.store.readings(MILL, TEMPERATURE, *EVER)) == 0
    assert lab.store.envelope(LAB, Channel("other"), T, T + S, points=2).count.tolist() == [0, 0]


def test_any_window_however_wide_can_be_asked_for(lab: Lab) -> None:
    lab.journal.commit([reading(T), state(T, State.BUSY)])
    beyond = (-(2**70), 2**70)
    assert len(lab.store.readings(LAB, TEMPERATURE, *beyond)) == 1
    assert len(lab.store.changes([MILL], *beyond)) == 1


def _equal(a: Envelope, b: Envelope) -> bool:
    exact = all(
        np.array_equal(getattr(a, name), getattr(b, name), equal_nan=name in {"minimum", "maximum"})
        for name in ("start", "end", "count", "minimum", "maximum")
    )
    return exact and np.allclose(a.mean, b.mean, equal_nan=True)


@pytest.mark.parametrize(
    ("begin", "length", "points"),
    [
        (T - S, HOUR, 1),
        (T, 3 * HOUR, 3),
        (T + 7, 2 * HOUR + 3, 100),
        (T + 1800 * S, 60 * S, 7),
        (T - 9 * HOUR, HOUR, 4),
    ],
)
@pytest.mark.parametrize("compacted", [False, True])
def test_an_envelope_is_that_of_its_readings(
    lab: Lab, *, begin: int, length: int, points: int, compacted: bool
) -> None:
    times = T + np.arange(3000, dtype=np.int64) * 3 * S
    values = np.round(20 + np.sin(np.arange(3000) / 50), 2)
    for one in range(0, 3000, 100):
        lab.journal.commit([ReadingBatch(LAB, TEMPERATURE, times[one : one + 100], values[one : one + 100], T)])
    if compacted:
        _housekeep(lab)
    inside = (times >= begin) & (times < begin + length)
    wanted = resample.envelope(times[inside], values[inside], start=begin, end=begin + length, points=points)
    found = lab.store.envelope(LAB, TEMPERATURE, begin, begin + length, points=points)
    assert _equal(found, wanted)


def test_an_envelope_that_cannot_be_cut_is_refused(lab: Lab) -> None:
    with pytest.raises(ValueError, match="cannot cut"):
        lab.store.envelope(LAB, TEMPERATURE, T, T + S, points=0)


# --- channels, jobs, links


def test_channels_tell_unit_span_number_and_last_value(lab: Lab) -> None:
    lab.journal.commit([batch([T + S, T + 3 * S], [1.0, 3.0], channel="u", unit="V"), reading(T, channel="a")])
    lab.journal.commit([reading(T + 2 * S, 2.0, channel="u")])
    first, second = lab.store.channels()
    assert (first.channel, first.unit, first.count) == ("a", "", 1)
    assert (second.first, second.last, second.count, second.last_value) == (T + S, T + 3 * S, 3, 3.0)
    assert second.unit == "V"
    assert lab.store.channels(LAB) == (first, second)
    assert lab.store.channels(MILL) == ()


def _job(**words: object) -> Job:
    blank = Job(MILL, "gear", "", T, None, JobOutcome.NONE, None, paused=False, reason="")
    return blank._replace(**words)  # type: ignore[arg-type]  # the fields are Job's own


JOBS = {
    "running": ([job(T, JobPhase.STARTED, name="gear")], _job()),
    "named later": ([job(T, JobPhase.STARTED), job(T + 1, JobPhase.PROGRESSED, progress=0.5)], _job(progress=0.5)),
    "paused": ([job(T, JobPhase.STARTED), job(T + 1, JobPhase.PAUSED, reason="M0")], _job(paused=True, reason="M0")),
    "resumed": (
        [job(T, JobPhase.STARTED), job(T + 1, JobPhase.PAUSED, reason="M0"), job(T + 2, JobPhase.RESUMED)],
        _job(),
    ),
    "ended": (
        [job(T, JobPhase.STARTED), job(T + 5, JobPhase.ENDED, outcome=JobOutcome.COMPLETED, progress=1.0)],
        _job(ended=T + 5, outcome=JobOutcome.COMPLETED, progress=1.0),
    ),
    "ended twice": (
        [
            job(T, JobPhase.STARTED),
            job(T + 5, JobPhase.ENDED, outcome=JobOutcome.UNKNOWN, reason="link lost"),
            job(T + 9, JobPhase.ENDED, outcome=JobOutcome.COMPLETED),
        ],
        _job(ended=T + 9, outcome=JobOutcome.COMPLETED),
    ),
    "goes on after an end": (
        [
            job(T, JobPhase.STARTED),
            job(T + 5, JobPhase.ENDED, outcome=JobOutcome.UNKNOWN),
            job(T + 9, JobPhase.RESUMED),
        ],
        _job(),
    ),
    "a late word of progress": (
        [job(T, JobPhase.STARTED), job(T + 5, JobPhase.ENDED), job(T + 9, JobPhase.PROGRESSED, progress=1.0)],
        _job(ended=T + 5, progress=1.0),
    ),
    "without a start": ([job(T, JobPhase.PROGRESSED, progress=0.1)], _job(progress=0.1)),
}


@pytest.mark.parametrize("case", JOBS.values(), ids=list(JOBS))
@pytest.mark.parametrize("order", [1, -1], ids=["in order", "backwards"])
def test_a_job_is_put_together_from_its_phases_in_any_order(
    lab: Lab, case: tuple[list[Record], Job], order: int
) -> None:
    phases, wanted = case
    for phase in phases[::order]:
        lab.journal.commit([phase])
    assert lab.store.jobs([MILL], T - S, T + S) == (wanted,)


@pytest.mark.parametrize(
    ("start", "end", "found"),
    [(0, 10, True), (-9, 1, True), (-9, 0, False), (5, 6, True), (10, 20, False), (9, 10, True), (11, 20, False)],
)
def test_jobs_are_those_that_overlap_the_window(lab: Lab, *, start: int, end: int, found: bool) -> None:
    lab.journal.commit([job(T, JobPhase.STARTED), job(T + 10 * S, JobPhase.ENDED)])
    assert bool(lab.store.jobs([MILL], T + start * S, T + end * S)) is found


@pytest.mark.parametrize("window", [(0, 11), (0, 10), (5, 6), (-9, 1), (-9, 99)])
def test_a_job_is_told_whole_wherever_the_window_cuts_it(lab: Lab, window: tuple[int, int]) -> None:
    lab.journal.commit([job(T, JobPhase.STARTED), job(T + 10 * S, JobPhase.ENDED, outcome=JobOutcome.COMPLETED)])
    found = lab.store.jobs([MILL], *(T + second * S for second in window))
    assert found == (_job(ended=T + 10 * S, outcome=JobOutcome.COMPLETED),)


def test_an_open_job_overlaps_all_that_comes_after_it(lab: Lab) -> None:
    lab.journal.commit([job(T, JobPhase.STARTED), job(T + S, JobPhase.STARTED, name="later")])
    assert [one.job for one in lab.store.jobs([MILL, LAB], T + HOUR, T + 2 * HOUR)] == ["gear", "later"]
    assert lab.store.jobs([LAB], *EVER) == ()


def test_links_are_the_latest_of_each_equipment_whatever_came_last(lab: Lab) -> None:
    up, down = LinkChanged(MILL, T + S, T, up=True), LinkChanged(MILL, T, T, up=False)
    other = LinkChanged(LAB, T, T, up=True, reason="online")
    lab.journal.commit([up, down, other])
    assert lab.store.links() == (other, up)
    assert lab.store.link_history(MILL, T, T + HOUR, limit=10) == (down, up)
    assert lab.store.link_history(MILL, T, T + HOUR, limit=1) == (up,)
    assert lab.store.link_history(MILL, T, T + S, limit=10) == (down,)
    assert lab.store.link_history(MILL, T, T + HOUR, limit=0) == ()


def test_states_are_the_latest_of_each_equipment_with_their_words(lab: Lab) -> None:
    hold = replace(state(T + S, State.PAUSED), word="Hold:0", reason="feed hold")
    lab.journal.commit([hold, state(T, State.BUSY), state(T, State.FAULT, Source.LINK, equipment=LAB)])
    lab.journal.commit([state(T, State.IDLE, equipment=LAB)])
    assert lab.store.states() == (state(T, State.IDLE, equipment=LAB), hold)


def test_discovered_are_the_latest_sightings(lab: Lab) -> None:
    first = EquipmentSeen(LAB, T, T, "physics", "labedge")
    moved = replace(first, at=T + S, room="chemistry")
    lab.journal.commit([moved, first, *ONE_OF_EACH])
    assert lab.store.discovered() == (moved, ONE_OF_EACH[6])


# --- the log


def test_records_page_through_everything_that_was_committed(lab: Lab) -> None:
    lab.journal.commit(ONE_OF_EACH)
    pages, after = list[tuple[int, Record]](), 0
    while page := lab.store.records(after, 3):
        assert len(page) <= 3
        pages.extend(page)
        after = page[-1][0]
    assert pages == [one for committed in lab.committed for one in committed.records]
    assert lab.store.records(0, 0) == ()


def test_offset_life_and_name_are_told(lab: Lab) -> None:
    name = lab.store.instance()
    assert (lab.store.offset(), len(name) > 8) == (0, True)
    lab.journal.commit(ONE_OF_EACH)
    lab.clock.advance(7 * S)
    lab.journal.commit([state(T + HOUR, State.IDLE)])
    assert (lab.store.offset(), lab.store.last_alive(), lab.store.instance()) == (10, T + 7 * S, name)


def test_counts_count_what_is_kept(lab: Lab) -> None:
    lab.journal.commit([*ONE_OF_EACH, batch([T + S, T + 100 * S], [1.5, 9.0], channel="u")])
    counts = lab.store.counts()
    assert (counts.readings, counts.records, counts.rejected, counts.dropped_readings) == (5, 7, 1, 0)


def test_an_answer_never_holds_half_a_commit(lab: Lab) -> None:
    ended = threading.Event()

    def write() -> None:
        for second in range(200):
            both = [reading(T + second * S, channel=name) for name in ("u", "v")]
            lab.journal.commit([*both, state(T + second * S, State.BUSY)])
        ended.set()

    writer = threading.Thread(target=write)
    writer.start()
    halves = 0
    while not ended.is_set():
        counts = [one.count for one in lab.store.channels()]
        halves += len(set(counts)) > 1
        halves += lab.store.counts().readings % 2
    writer.join(DEADLINE_S)
    assert halves == 0


def test_many_threads_read_one_store(lab: Lab) -> None:
    lab.journal.commit([batch(list(range(T, T + 1000)), [float(n) for n in range(1000)])])
    sums = list[float]()

    def read() -> None:
        sums.extend(float(lab.store.readings(LAB, TEMPERATURE, T, T + 1000).v.sum()) for _ in range(20))

    threads = [threading.Thread(target=read) for _ in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(DEADLINE_S)
    assert sums == [499_500.0] * 240


def test_a_store_may_be_closed_twice(lab: Lab) -> None:
    lab.store.close()
    lab.store.close()


# --- whatever comes


@settings(max_examples=30, deadline=None)
@given(st.data())
def test_any_order_and_batching_of_the_same_records_gives_the_same_content(data: st.DataObject) -> None:
    said = data.draw(st.lists(records(), max_size=25))
    again = data.draw(st.permutations(said + data.draw(st.lists(st.sampled_from(said)) if said else st.just([]))))
    cuts = sorted(data.draw(st.sets(st.integers(0, len(again)))))
    with tempfile.TemporaryDirectory() as folder, sqlite_lab(Path(folder)) as lab, LABS["memory"](Path()) as twin:
        twin.journal.commit(said)
        for begin, end in zip([0, *cuts], [*cuts, len(again)], strict=True):
            lab.journal.commit(again[begin:end])
            if data.draw(st.integers(0, 9)) == 0:
                _housekeep(lab)
        assert contents(lab.store) == contents(twin.store)
        _housekeep(lab)
        assert contents(lab.store) == contents(twin.store)


def test_what_late_data_touch_is_told_by_equipment_with_its_earliest_time(lab: Lab) -> None:
    lab.journal.commit([state(T, State.BUSY), state(T + HOUR, State.IDLE, equipment=LAB)])
    seen = lab.store.offset()
    assert lab.store.touched_since(0) == {MILL: T, LAB: T + HOUR}
    assert lab.store.touched_since(seen) == {}
    lab.journal.commit([state(T + 3 * HOUR, State.IDLE), job(T - HOUR, JobPhase.STARTED), reading(T - 5 * HOUR)])
    assert lab.store.touched_since(seen) == {MILL: T - HOUR}
