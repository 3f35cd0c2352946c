"""What every store promises of runs: each of these runs on the store on disk and on the one in memory."""

from __future__ import annotations

import tempfile
from dataclasses import replace
from pathlib import Path
from random import Random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from edge.journal.sqlite import SqliteJournal
from edge.store import local
from edge.store.contract import Run
from edge.store.runs import phase_of, run_of
from telemetry.model import Channel, Reading, ReadingBatch, Record, RunPhase, RunSeen
from telemetry.runs import RunPart
from tests.edge.journal.labs import HOUR, LAB, LABS, MILL, Lab, S, T, batch, reading, records, run, sqlite_lab

EVER = (-(2**63), 2**63 - 1)
MIN = 60 * S


def known(lab: Lab, name: str = "run-1") -> Run:
    found = lab.store.run(name)
    assert found is not None
    return found


def data(lab: Lab, after: int = 0, *, name: str = "run-1", limit: int = 100) -> list[tuple[str, int, float]]:
    """Channel, seconds since T, value."""
    rows: list[tuple[str, int, float]] = []
    for _offset, one in lab.store.run_data(name, after, limit).records:
        t, v = ([one.at], [one.value]) if isinstance(one, Reading) else (one.t.tolist(), one.v.tolist())
        rows += [(one.channel, (at - T) // S, value) for at, value in zip(t, v, strict=True)]
    return rows


# --- one run


def test_a_run_tells_what_was_said_of_it(lab: Lab) -> None:
    said = run(T, channels=(Channel("u"),), title="ВАХ", lab_work="№ 3", group="ph-9", period_ns=S)
    lab.journal.commit([said, replace(said, equipment=MILL)])
    lab.journal.commit([run(T + MIN, RunPhase.STOPPED), run(T + MIN, RunPhase.STOPPED, equipment=MILL)])
    found = known(lab)
    assert (found.run, found.title, found.lab_work, found.group) == ("run-1", "ВАХ", "№ 3", "ph-9")
    assert (found.channels, found.period_ns, found.equipment) == (("u",), S, (LAB, MILL))
    assert (found.started, found.ended(T + MIN), found.stopped) == (T, T + MIN, True)
    assert lab.store.run("run-2") is None


def test_the_earliest_start_its_words_and_the_earliest_stop_hold(lab: Lab) -> None:
    lab.journal.commit([run(T + 5, title="late"), run(T + MIN, RunPhase.STOPPED), run(T + 2 * MIN, RunPhase.STOPPED)])
    lab.journal.commit([run(T, title="first")])
    assert (known(lab).title, known(lab).parts) == ("first", (RunPart(LAB, T, T + MIN, T + MIN),))


def test_readings_that_name_a_run_make_one_and_a_pause_divides_it(lab: Lab) -> None:
    lab.journal.commit([batch([T, T + MIN, T + 3 * MIN], [1, 2, 3], run="run-1"), reading(T + 9 * MIN)])
    found = known(lab)
    assert not found.declared
    assert found.parts == (RunPart(LAB, T, T + MIN, None), RunPart(LAB, T + 3 * MIN, T + 3 * MIN, None))


def test_late_readings_close_the_pause_and_a_repeated_batch_changes_nothing(lab: Lab) -> None:
    lab.journal.commit([batch([T, T + 2 * MIN], [1, 2], run="run-1")])
    assert len(known(lab).parts) == 2
    for _time in range(2):
        lab.journal.commit([reading(T + MIN, run="run-1", channel="u")])
        assert known(lab).parts == (RunPart(LAB, T, T + 2 * MIN, None),)


def test_a_started_run_goes_on_with_the_readings_that_follow_it(lab: Lab) -> None:
    lab.journal.commit([run(T), *(reading(T + second * S) for second in (30, 80, 140, 201, 500))])
    assert known(lab).parts == (RunPart(LAB, T, T + 140 * S, None),)
    lab.journal.commit([run(T, period_ns=S, name="other", channels=(Channel("u"),))])
    assert known(lab, "other").parts == (RunPart(LAB, T, T, None),)


def test_rare_readings_are_followed_for_three_of_their_periods_and_a_day_at_most(lab: Lab) -> None:
    hours = [T + hour * HOUR for hour in range(1, 40)]
    lab.journal.commit([run(T, period_ns=HOUR), batch(hours, [1.0] * 39)])
    assert known(lab).parts == (RunPart(LAB, T, T + 23 * HOUR, None),)
    lab.journal.commit([batch([T + 60 * HOUR, T + 63 * HOUR], [1, 2], run="run-1", channel="u")])
    assert known(lab).parts == (RunPart(LAB, T, T, None), RunPart(LAB, T + 60 * HOUR, T + 63 * HOUR, None))


def test_an_hour_of_readings_is_followed_over_the_edges_of_chunks(lab: Lab) -> None:
    times = T - HOUR // 2 + np.arange(9 * 360, dtype=np.int64) * 10 * S
    lab.journal.commit([run(T), ReadingBatch(LAB, Channel("u"), times, np.ones(len(times)), T)])
    assert known(lab).parts == (RunPart(LAB, T, int(times[-1]), None),)


# --- windows


@pytest.mark.parametrize(
    ("start", "end", "found"),
    [(0, 10, True), (-9, 1, True), (-9, 0, False), (5, 6, True), (10, 20, False), (9, 10, True), (11, 20, False)],
)
def test_stopped_runs_are_those_that_overlap_the_window(lab: Lab, *, start: int, end: int, found: bool) -> None:
    lab.journal.commit([run(T), run(T + 10 * S, RunPhase.STOPPED)])
    for equipment in (None, [LAB], [MILL, LAB]):
        assert bool(lab.store.runs(equipment, T + start * S, T + end * S)) is found
    assert lab.store.runs([MILL], *EVER) == ()


@pytest.mark.parametrize("window", [(0, 11), (0, 10), (5, 6), (-9, 1), (-9, 99)])
def test_a_run_is_told_whole_wherever_the_window_cuts_it(lab: Lab, window: tuple[int, int]) -> None:
    lab.journal.commit([run(T), run(T + 10 * S, RunPhase.STOPPED)])
    (found,) = lab.store.runs(None, *(T + second * S for second in window))
    assert found.parts == (RunPart(LAB, T, T + 10 * S, T + 10 * S),)


@pytest.mark.parametrize(("start", "found"), [(0, True), (79, True), (80, False), (9000, False)])
@pytest.mark.parametrize("name", ["run-1", ""])
def test_a_run_that_nobody_stopped_reaches_to_the_end_of_its_silence(
    lab: Lab, start: int, name: str, *, found: bool
) -> None:
    lab.journal.commit([run(T), batch([T, T + 20 * S], [1, 2], run=name)])
    assert bool(lab.store.runs(None, T + start * S, T + start * S + 1)) is found


def test_runs_are_by_start_and_each_once(lab: Lab) -> None:
    lab.journal.commit([run(T + S, name="b"), run(T + S, name="a"), run(T, name="c", equipment=MILL), run(T, name="c")])
    assert [one.run for one in lab.store.runs(None, *EVER)] == ["c", "a", "b"]
    assert [one.run for one in lab.store.runs([LAB], *EVER)] == ["c", "a", "b"]


def test_late_words_of_a_run_touch_its_equipment(lab: Lab) -> None:
    lab.journal.commit([run(T)])
    offset = lab.store.offset()
    lab.journal.commit([run(T - HOUR, RunPhase.STOPPED)])
    assert lab.store.touched_since(offset) == {LAB: T - HOUR}


# --- its readings


def test_a_runs_readings_are_those_that_name_it_and_those_within_it_that_name_none(lab: Lab) -> None:
    lab.journal.commit([run(T), run(T + 10 * S, RunPhase.STOPPED)])
    lab.journal.commit([batch([T - S, T, T + 9 * S, T + 10 * S], [1, 2, 3, 4])])
    lab.journal.commit([reading(T + 2 * S, channel="u", run="other"), reading(T + 12 * S, 6.0, run="run-1")])
    assert data(lab) == [("temperature", 0, 2.0), ("temperature", 9, 3.0), ("temperature", 12, 6.0)]
    assert data(lab, name="nobody's") == []


def test_a_batch_is_cut_to_what_lies_in_the_run_and_kept_whole_where_all_of_it_does(lab: Lab) -> None:
    lab.journal.commit([run(T), run(T + 10 * S, RunPhase.STOPPED)])
    whole, over = batch([T, T + S], [1, 2], unit="V"), batch([T + 9 * S, T + 10 * S], [3, 4], channel="u")
    lab.journal.commit([whole, over])
    found = [one for _offset, one in lab.store.run_data("run-1", 0, 10).records]
    assert found == [whole, reading(T + 9 * S, 3.0, channel="u")]


def test_only_the_channels_of_a_run_are_its_readings(lab: Lab) -> None:
    lab.journal.commit([run(T, channels=(Channel("u"),)), reading(T, 1.0, channel="u"), reading(T, 2.0, channel="w")])
    assert data(lab) == [("u", 0, 1.0)]


def test_a_run_that_only_readings_name_has_no_others(lab: Lab) -> None:
    lab.journal.commit([batch([T, T + 9 * S], [1, 2], run="run-1"), reading(T + S, channel="u")])
    assert data(lab) == [("temperature", 0, 1.0), ("temperature", 9, 2.0)]


def test_a_follower_has_every_reading_once_in_order_of_commit_and_the_late_ones_too(lab: Lab) -> None:
    lab.journal.commit([run(T)])
    after, told = 0, []
    for second in (5, 6, 3, 9, 1):
        lab.journal.commit([reading(T + second * S, second), reading(T - second * S)])
        page = lab.store.run_data("run-1", after, 10)
        told += [one.value for _offset, one in page.records if isinstance(one, Reading)]
        assert not page.more
        assert page.reached == lab.store.offset()
        after = page.reached
    assert told == [5, 6, 3, 9, 1]


def test_data_come_in_pages(lab: Lab) -> None:
    lab.journal.commit([run(T)])
    for second in range(7):
        lab.journal.commit([reading(T + second * S, second)])
    after, told, pages = 0, list[tuple[str, int, float]](), 0
    more = True
    while more:
        page = lab.store.run_data("run-1", after, 3)
        told += data(lab, after, limit=3)
        after, more, pages = page.reached, page.more, pages + 1
    assert (pages, [value for _, _, value in told]) == (3, list(range(7)))
    assert lab.store.run_data("run-1", 2, 0).reached == 2


def test_a_page_on_disk_ends_after_half_a_million_readings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(local, "ANSWER_READINGS", 5)
    with sqlite_lab(tmp_path) as lab:
        for begin in range(0, 12, 4):
            lab.journal.commit([batch([T + at * S for at in range(begin, begin + 4)], [0.0] * 4, run="run-1")])
        page = lab.store.run_data("run-1", 0, 100)
        assert (len(page.records), page.more) == (2, True)
        assert len(lab.store.run_data("run-1", page.reached, 100).records) == 1


def test_compaction_changes_no_run(tmp_path: Path) -> None:
    with sqlite_lab(tmp_path) as lab:
        lab.journal.commit([run(T)])
        for second in range(0, 300, 7):
            name = "run-1" if second % 2 else ""
            lab.journal.commit([reading(T + second * S, second, run=name), reading(T + second * S, channel="u")])
        before, rows = known(lab), sorted(data(lab))
        lab.clock.advance(48 * HOUR)
        assert isinstance(lab.journal, SqliteJournal)
        lab.journal.housekeep_now()
        assert known(lab) == before
        assert sorted(data(lab)) == rows


# --- whatever comes

_phases = st.builds(
    run,
    st.integers(0, 5).map(lambda second: T + second * S),
    st.sampled_from(RunPhase),
    equipment=st.sampled_from((MILL, LAB)),
    title=st.sampled_from(("", "ВАХ", "опыт")),
    group=st.sampled_from(("", "ph-9")),
    channels=st.sampled_from(((), (Channel("u"),))),
    period_ns=st.sampled_from((0, S)),
)
_once_each = st.lists(_phases, min_size=1, max_size=8, unique_by=lambda one: (one.at, one.equipment, one.phase))


@given(said=_once_each, dice=st.randoms(use_true_random=False))
def test_of_each_word_the_earliest_holds_in_whatever_order_they_came(said: list[RunSeen], dice: Random) -> None:
    ordered = sorted(said, key=lambda one: (one.at, one.equipment, one.phase))
    dice.shuffle(said)
    found = run_of("run-1", map(phase_of, said), {}, lambda asked: asked.start)
    assert found is not None
    for word in ("title", "group", "channels", "period_ns"):
        values = [getattr(one, word) for one in ordered]
        assert getattr(found, word) == next(filter(None, values), values[0])
    starts, stops = ({one.equipment: one.at for one in ordered[::-1] if one.phase is phase} for phase in RunPhase)
    assert {part.equipment: part.stopped for part in found.parts} == {
        one: stops.get(one) for one in starts.keys() | stops.keys()
    }
    assert {part.equipment: part.start for part in found.parts} == {
        one: min(starts.get(one, at), stops.get(one, at)) for one, at in (stops | starts).items()
    }


@settings(max_examples=40, deadline=None)
@given(said=st.lists(records(), max_size=25), after=st.integers(0, 30), limit=st.integers(0, 9))
def test_the_disk_and_the_memory_tell_the_same_runs_and_readings(said: list[Record], after: int, limit: int) -> None:
    with tempfile.TemporaryDirectory() as folder, sqlite_lab(Path(folder)) as lab, LABS["memory"](Path()) as twin:
        for one in (lab, twin):
            one.journal.commit(said)
        for name in ("run-1", "run-2", "run-3"):
            assert lab.store.run(name) == twin.store.run(name)
            assert lab.store.run_data(name, after, limit) == twin.store.run_data(name, after, limit)
        for window in ((T, T + HOUR), (T + HOUR, T + 2 * HOUR), EVER):
            for equipment in (None, [LAB], [MILL]):
                assert lab.store.runs(equipment, *window) == twin.store.runs(equipment, *window)
