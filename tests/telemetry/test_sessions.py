"""Sessions of any small world equal those of the plain reference, whatever order and pieces the data came in."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from fractions import Fraction
from itertools import pairwise
from typing import TypeVar

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from telemetry.columns import Corrections, Intervals, Inventory, Jobs, Lessons, Sessions
from telemetry.corrections import detected_at, detected_ids
from telemetry.model import EquipmentId, JobOutcome, State
from telemetry.rules import FIRST_RULES, RuleSet, SessionStatus, in_force, ordered
from telemetry.sessions import Observed, Told, counted, learner_ns, practical_sessions
from telemetry.timetable import LessonStatus
from tests.golden import product, reference
from tests.golden.reference import Session
from tests.golden.world import NS, STATES, Bound, Change, Correction, Device, Rule, World, instant

_T = TypeVar("_T")

DAY = date(2026, 11, 23)
T0 = instant("2026-11-23T08:00Z", "UTC")
MIN = NS["min"]
DEVICES = (Device("a", "shop", 2), Device("b", "shop", 3), Device("c", "shop"), Device("d", "lab", 5))

minutes = st.integers(-30, 270)
changes = st.lists(
    st.builds(
        lambda device, at, state, source, valid: Change(device, T0 + at * MIN, state, source, valid * MIN),
        st.sampled_from("abcd"),
        minutes,
        st.sampled_from([*STATES, "busy", "busy", "idle"]),
        st.sampled_from(["device", "power_inferred", "gateway"]),
        st.sampled_from([0, 0, 0, 7, 45]),
    ),
    max_size=24,
)
bounds = st.builds(
    lambda start, length, room, equipment, learners, kind: Bound(
        (480 + start, 480 + start + length), 0, room, equipment, "", learners, kind
    ),
    st.integers(-20, 220),
    st.sampled_from([20, 45, 90]),
    st.sampled_from(["shop", "lab", "hall"]),
    st.sampled_from([(), (), ("a",), ("b", "d")]),
    st.integers(0, 30),
    st.sampled_from(["lesson", "lesson", "event"]),
)
rules = st.lists(
    st.builds(
        lambda version, at, least, part, margins, needs, devices: Rule(
            str(version), T0 + at * MIN, least * MIN, part, margins[0] * MIN, margins[1] * MIN, needs, devices
        ),
        st.integers(1, 9),
        minutes,
        st.sampled_from([0, 5, 12]),
        st.sampled_from(["0", "0.1", "0.5"]),
        st.sampled_from([(10, 10), (0, 20)]),
        st.sampled_from(["0.8", "0", "1"]),
        st.integers(1, 3),
    ),
    max_size=2,
    unique_by=lambda rule: rule.version,
)
corrections = st.lists(
    st.builds(
        lambda session, at, status, author: Correction(session, at, status, author, ""),
        st.sampled_from(["l0", "l1", "l2", "gone", "detected:shop:", "detected:shop:x"]),
        st.integers(0, 3),
        st.sampled_from(["confirmed_manually", "unconfirmed", "cancelled"]),
        st.sampled_from(["ivanova", "petrov"]),
    ),
    max_size=5,
)


def world_from(
    told: list[Change],
    bound: list[Bound],
    rule: list[Rule],
    said: list[Correction],
    now: int,
    cancelled: frozenset[str],
) -> World:
    return World(
        zone="UTC",
        window=(T0, T0 + 240 * MIN),
        now=T0 + now * MIN,
        devices=DEVICES,
        changes=tuple(told),
        one_offs={f"l{n}": (DAY, one) for n, one in enumerate(bound)},
        cancelled=cancelled,
        rules=tuple(rule),
        corrections=tuple(said),
        attendance={"l1": 4, "gone": 9},
    )


worlds = st.builds(
    world_from,
    changes,
    st.lists(bounds, max_size=4),
    rules,
    corrections,
    st.sampled_from([240, 240, 400, 100, 55, -40]),
    st.sampled_from([frozenset(), frozenset({"l0"})]),
)


def loosely(sessions: Sequence[Session]) -> dict[str, Session]:
    loose = [replace(s, confidence=Fraction(float(s.confidence)).limit_denominator(10**6)) for s in sessions]
    return {session.id: session for session in loose}


def raw(sessions: Sessions) -> list[object]:
    arrays = [getattr(sessions, name) for name in Sessions.__dataclass_fields__]
    return [array.tobytes() if isinstance(array, np.ndarray) else array for array in arrays]


def without_corrections(sessions: Sessions) -> list[object]:
    fields = list(Sessions.__dataclass_fields__)
    return [value for name, value in zip(fields, raw(sessions), strict=True) if name != "corrections"]


@given(worlds)
@settings(max_examples=150, deadline=None)
def test_every_session_is_what_the_plain_reference_says(world: World) -> None:
    assert loosely(product.sessions(world, world.changes)) == loosely(reference.sessions_of(world))


def shuffled(rng: random.Random, some: Sequence[_T]) -> list[_T]:
    """In another order, some of them twice."""
    repeated = [*some, *(rng.choice(some) for _ in range(3 if some else 0))]
    rng.shuffle(repeated)
    return repeated


@given(worlds, st.randoms(use_true_random=False))
@settings(deadline=None)
def test_order_and_repetition_of_all_input_leave_every_byte_alike(world: World, rng: random.Random) -> None:
    rules = tuple(rng.sample(world.rules, len(world.rules)))
    said = tuple(shuffled(rng, world.corrections))
    again = product.columns(replace(world, corrections=said, rules=rules), shuffled(rng, world.changes))
    once = product.columns(world, world.changes)
    assert without_corrections(again) == without_corrections(once)
    assert [getattr(again.corrections, n) for n in ("session", "author")] == [
        getattr(once.corrections, n) for n in ("session", "author")
    ]


@given(worlds, st.integers(0, 239), st.sampled_from("abcd"))
@settings(deadline=None)
def test_saying_the_state_again_that_holds_changes_nothing(world: World, at: int, device: str) -> None:
    instant_ns = T0 + at * MIN
    state, source = reference.state_at(world, device, instant_ns)
    said = [c for c in world.changes if c.equipment == device and c.at <= instant_ns]
    if not said or any(c.valid_ns for c in said):
        return
    again = [*world.changes, Change(device, instant_ns, state, source)]
    once = product.columns(world, world.changes)
    assert without_corrections(product.columns(world, again)) == without_corrections(once)


@given(worlds)
@settings(deadline=None)
def test_no_data_confirms_nothing(world: World) -> None:
    silent = replace(world, corrections=(), changes=tuple(c for c in world.changes if c.state == "unknown"))
    sessions = product.columns(silent, silent.changes)
    assert not counted(sessions).any()
    assert not np.isin(sessions.status, (SessionStatus.DETECTED, SessionStatus.CONFIRMED_BY_TELEMETRY)).any()


@given(worlds, st.sampled_from("abcd"), st.integers(0, 200), st.integers(1, 100))
@settings(deadline=None)
def test_losing_data_never_confirms_a_lesson(world: World, device: str, at: int, length: int) -> None:
    observed = product.intervals(world, world.changes)
    lost = blanked(observed, "abcd".index(device), T0 + at * MIN, T0 + (at + length) * MIN)
    before, after = (judged(world, intervals) for intervals in (observed, lost))
    lessons = slice(len(product.lessons_of(world)))
    was, now = (s.original[lessons] == SessionStatus.CONFIRMED_BY_TELEMETRY for s in (before, after))
    assert not (now & ~was).any()


def judged(world: World, intervals: Intervals, *, evidence: bool = True) -> Sessions:
    return practical_sessions(
        Observed(intervals),
        product.lessons_of(world),
        product.inventory_of(world),
        rules=product.rule_sets(world),
        told=Told(),
        now=world.now,
        evidence=evidence,
    )


def blanked(intervals: Intervals, device: int, start: int, end: int) -> Intervals:
    """The same with one device unknown in [start, end)."""
    rows = []
    columns = (intervals.equipment, intervals.start, intervals.end, intervals.state)
    for code, a, b, state in zip(*(column.tolist() for column in columns), strict=True):
        cuts = sorted({a, b, *(at for at in (start, end) if a < at < b)})
        for left, right in pairwise(cuts):
            lost = code == device and start <= left < end
            rows.append((code, left, right, State.UNKNOWN if lost else state))
    table = np.array(rows, np.int64)
    code, state = table[:, 0].astype(np.int32), table[:, 3].astype(np.int8)
    return Intervals(intervals.ids, code, table[:, 1], table[:, 2], state, np.full(len(rows), 6, np.int8))


@given(worlds)
@settings(deadline=None)
def test_evidence_adds_up_to_the_busy_time_of_its_session(world: World) -> None:
    sessions, observed = product.columns(world, world.changes), product.intervals(world, world.changes)
    for row in np.flatnonzero(np.diff(sessions.interval_start)).tolist():
        rows = sessions.interval[sessions.interval_start[row] : sessions.interval_start[row + 1]]
        start = np.maximum(observed.start[rows], sessions.window_start[row])
        end = np.minimum(observed.end[rows], sessions.window_end[row])
        assert (end - start).sum() == sessions.busy_ns[row]
        assert (observed.state[rows] == State.BUSY).all()
        assert start.min() == max(observed.start[sessions.opened[row]], sessions.window_start[row])
        assert end.max() == min(observed.end[sessions.closed[row]], sessions.window_end[row])
    assert ((sessions.confidence >= 0) & (sessions.confidence <= 1)).all()
    assert ((sessions.opened >= 0) == (np.diff(sessions.interval_start) > 0)).all()
    assert ((sessions.closed >= 0) == (sessions.opened >= 0)).all()


@given(worlds)
@settings(deadline=None)
def test_who_only_counts_gets_the_same_sessions_without_evidence(world: World) -> None:
    observed = product.intervals(world, world.changes)
    whole, counting = judged(world, observed), judged(world, observed, evidence=False)
    lists = ("interval", "run", "job")
    without = {"corrections", "opened", "closed", *lists, *(f"{name}_start" for name in lists)}
    for column in Sessions.__dataclass_fields__:
        if column not in without:
            assert np.array_equal(getattr(whole, column), getattr(counting, column))
    assert not any(len(getattr(counting, name)) for name in lists)
    assert (counting.opened == -1).all()


# --- single cases

IDS = (EquipmentId("a"), EquipmentId("b"))
NO_CODE = np.array([-1], np.int32)


def one_lesson(ids: tuple[EquipmentId, ...], *bound: int) -> Lessons:
    zero = np.zeros(1, np.int8)
    return Lessons(
        ids=ids,
        rooms=("shop",),
        groups=(),
        programs=(),
        teachers=(),
        partners=(),
        id=("mon",),
        start=np.array([T0], np.int64),
        end=np.array([T0 + 60 * MIN], np.int64),
        room=np.zeros(1, np.int32),
        group=NO_CODE,
        program=NO_CODE,
        teacher=NO_CODE,
        partner=NO_CODE,
        form=zero,
        status=np.array([LessonStatus.PLANNED], np.int8),
        kind=zero,
        learners=np.array([10], np.int32),
        equipment_start=np.array([0, len(bound)], np.int64),
        equipment=np.array(bound, np.int32),
    )


def hour_of(*states: tuple[int, int, int, State]) -> Intervals:
    """Device, first and last minute, state."""
    table = np.array(states, np.int64).reshape(-1, 4)
    start, end = T0 + table[:, 1] * MIN, T0 + table[:, 2] * MIN
    source = np.full(len(table), 6, np.int8)
    return Intervals(IDS, table[:, 0].astype(np.int32), start, end, table[:, 3].astype(np.int8), source)


BUSY_A = hour_of((0, 0, 20, State.IDLE), (0, 20, 40, State.BUSY), (0, 40, 60, State.IDLE))
SHOP = Inventory(IDS, ("shop", "shop"), ("", ""), ("", ""), np.array([4, 2], np.int32))


def sessions_of(
    intervals: Intervals,
    lessons: Lessons,
    inventory: Inventory = SHOP,
    *,
    observed: Observed | None = None,
    told: Told | None = None,
) -> Sessions:
    return practical_sessions(
        observed or Observed(intervals), lessons, inventory, rules=(), told=told or Told(), now=T0 + 600 * MIN
    )


def jobs_of(*jobs: tuple[int, str, int, int], ids: tuple[EquipmentId, ...] = IDS) -> Jobs:
    table = np.array([(code, start, end) for code, _, start, end in jobs], np.int64).reshape(-1, 3)
    outcome = np.full(len(jobs), JobOutcome.COMPLETED, np.int8)
    start, end = T0 + table[:, 1] * MIN, T0 + table[:, 2] * MIN
    return Jobs(ids, tuple(name for _, name, *_ in jobs), table[:, 0].astype(np.int32), start, end, outcome)


def test_equipment_of_a_lesson_is_found_by_its_name_and_not_by_its_place() -> None:
    swapped = (IDS[1], IDS[0])
    sessions = sessions_of(BUSY_A, one_lesson(swapped, 1))
    assert sessions.status.tolist() == [SessionStatus.CONFIRMED_BY_TELEMETRY]
    assert [sessions.ids[code] for code in sessions.used] == ["a"]
    assert (sessions.stations.tolist(), sessions.used_stations.tolist()) == ([4], [4])


def test_equipment_without_intervals_is_unknown_and_its_places_are_there() -> None:
    stranger = (*IDS, EquipmentId("z"))
    inventory = Inventory(stranger, ("", "", ""), ("",) * 3, ("",) * 3, np.array([4, 2, 7], np.int32))
    sessions = sessions_of(BUSY_A, one_lesson(stranger, 0, 2), inventory)
    assert (sessions.known_ns.tolist(), sessions.base_ns.tolist()) == ([60 * MIN], [120 * MIN])
    assert (sessions.stations.tolist(), sessions.used_stations.tolist()) == ([11], [4])
    assert sessions_of(BUSY_A, one_lesson(stranger, 2), inventory).status.tolist() == [SessionStatus.NO_DATA]


def test_jobs_and_runs_that_met_the_window_are_named() -> None:
    others = (EquipmentId("z"), EquipmentId("a"))
    outside = ((0, "short", -50, -20), (0, "late", 71, 80), (1, "b", 0, 9))
    jobs = jobs_of((0, "long", -500, 25), (0, "in it", 15, 30), *outside)
    runs = jobs_of((0, "other's", 0, 60), (1, "mine", -9, 0), ids=others)
    sessions = sessions_of(BUSY_A, one_lesson(IDS, 0), observed=Observed(BUSY_A, runs, jobs))
    assert [jobs.id[row] for row in sessions.job] == ["long", "in it"]
    assert [runs.id[row] for row in sessions.run] == ["mine"]
    assert (sessions.job_start.tolist(), sessions.run_start.tolist()) == ([0, 2], [0, 1])


def test_the_first_interval_opened_and_the_last_closed_a_session() -> None:
    told = hour_of(
        (0, 0, 20, State.IDLE),
        (0, 20, 30, State.BUSY),
        (0, 30, 50, State.IDLE),
        (0, 50, 55, State.BUSY),
        (1, 0, 10, State.IDLE),
        (1, 10, 40, State.BUSY),
        (1, 40, 60, State.IDLE),
    )
    sessions = sessions_of(told, one_lesson(IDS, 0, 1))
    assert (sessions.interval.tolist(), sessions.opened.tolist(), sessions.closed.tolist()) == ([1, 3, 5], [5], [3])


def test_a_session_without_proof_has_no_evidence() -> None:
    idle = hour_of((0, 0, 57, State.IDLE), (0, 57, 60, State.BUSY))
    sessions = sessions_of(idle, one_lesson(IDS, 0), observed=Observed(idle, jobs=jobs_of((0, "x", 0, 60))))
    assert (len(sessions.interval), len(sessions.job), sessions.opened.tolist()) == (0, 0, [-1])


def test_weights_are_of_sessions_that_count() -> None:
    cancel = Corrections(("mon",), np.array([1]), np.array([SessionStatus.CANCELLED], np.int8), ("i",), ("",))
    held, gone = (sessions_of(BUSY_A, one_lesson(IDS, 0, 1), told=Told(c)) for c in (Told().corrections, cancel))
    assert learner_ns(held).tolist() == [600 * MIN]
    assert learner_ns(gone).tolist() == [0]


def test_a_session_that_was_accepted_says_that_it_was_detected() -> None:
    word = Corrections(
        *(("mon",), np.array([1]), np.array([SessionStatus.CONFIRMED_MANUALLY], np.int8), ("i",), ("",)),
        accepted=frozenset({"mon"}),
    )
    sessions = sessions_of(BUSY_A, one_lesson(IDS, 0, 1), told=Told(word))
    assert sessions.original.tolist() == [SessionStatus.DETECTED]
    assert sessions.status.tolist() == [SessionStatus.CONFIRMED_MANUALLY]


BOTH_BUSY = hour_of((0, 100, 160, State.BUSY), (1, 100, 160, State.BUSY))
EMPTY = one_lesson(IDS)


@pytest.mark.parametrize(
    ("said", "status"),
    [
        (f"detected:shop:{T0 + 100 * MIN}", SessionStatus.CONFIRMED_MANUALLY),
        (f"detected:shop:{T0 + 90 * MIN}", SessionStatus.CONFIRMED_MANUALLY),
        (f"detected:shop:{T0 + 130 * MIN}", SessionStatus.CONFIRMED_MANUALLY),
        (f"detected:shop:{T0 + 89 * MIN}", SessionStatus.DETECTED),
        (f"detected:shop:{T0 + 171 * MIN}", SessionStatus.DETECTED),
        (f"detected:lab:{T0 + 100 * MIN}", SessionStatus.DETECTED),
        ("detected:shop:noon", SessionStatus.DETECTED),
        ("detected:shop:٣", SessionStatus.DETECTED),
        ("detected:shop:" + "9" * 30, SessionStatus.DETECTED),
    ],
)
def test_what_was_said_of_a_detected_session_follows_it_when_late_data_moves_it(
    said: str, status: SessionStatus
) -> None:
    status_said = np.array([SessionStatus.CONFIRMED_MANUALLY], np.int8)
    sessions = sessions_of(BOTH_BUSY, EMPTY, told=Told(Corrections((said,), np.array([5]), status_said, ("i",), ("",))))
    assert sessions.status[1:].tolist() == [status]
    assert sessions.corrections.session == (said,)
    assert len(sessions.correction) == (status == SessionStatus.CONFIRMED_MANUALLY)


def test_nothing_at_all_gives_no_sessions() -> None:
    world = World("UTC", (T0, T0 + 60 * MIN), T0, (), ())
    sessions = product.columns(world, ())
    assert (len(sessions), len(counted(sessions)), sessions.rules) == (0, 0, ("1",))


def test_the_rule_in_force_is_the_last_begun_and_before_all_what_comes_with_labedge() -> None:
    late, early, twin = (RuleSet(version=v, effective_from=at) for v, at in (("b", 20), ("a", 10), ("c", 20)))
    rules = ordered((late, early, twin))
    assert [rule.version for rule in rules] == ["1", "a", "b", "c"]
    assert in_force(rules, np.array([5, 10, 19, 20])).tolist() == [0, 1, 1, 3]
    assert ordered(()) == (FIRST_RULES,)
    assert ordered((RuleSet(version="ever"),)) == (RuleSet(version="ever"),)


@pytest.mark.parametrize(
    "wrong",
    [{"busy_part": 1.1}, {"coverage_min": -0.1}, {"before_ns": -1}, {"detect_min_ns": -1}, {"detect_devices": 0}],
)
def test_rules_that_make_no_sense_are_an_error(wrong: dict[str, float]) -> None:
    with pytest.raises(ValueError, match="negative time, a share"):
        RuleSet(version="x", **wrong)  # type: ignore[arg-type] # that is the question


def test_a_status_is_written_in_lower_case() -> None:
    assert SessionStatus.CONFIRMED_BY_TELEMETRY.word == "confirmed_by_telemetry"


@given(st.integers(0, 2**63 - 1), st.sampled_from(["shop", "room-2"]))
def test_the_id_of_a_detected_session_tells_when_it_began(at: int, room: str) -> None:
    (name,) = detected_ids((room,), np.zeros(1, np.int32), np.array([at], np.int64))
    assert detected_at(name) == at


@pytest.mark.parametrize(
    "name", ["", "l0", "12", "slot:2026-09-21", "detected:shop:", "detected:shop:٣", f"detected:shop:{2**63}"]
)
def test_any_other_id_tells_no_beginning(name: str) -> None:
    assert detected_at(name) is None
