from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest

from edge import live as live_module
from edge import picture as picture_module
from edge.absence import said_again
from edge.clock import ManualClock
from edge.errors import Full
from edge.journal.contract import Committed
from edge.journal.memory import MemoryJournal
from edge.live import Live, Subscription
from edge.metrics import Metrics
from edge.picture import Picture
from edge.settings import Equipment
from edge.store.memory import MemoryStore
from telemetry.model import (
    NS_PER_S,
    Channel,
    ClockJumped,
    EquipmentId,
    EquipmentSeen,
    Instant,
    JobOutcome,
    JobPhase,
    JobSeen,
    LinkChanged,
    Reading,
    ReadingBatch,
    Record,
    Rejected,
    Source,
    State,
    StateSeen,
)

S = NS_PER_S
T: Instant = 1_790_000_000 * S
MILL = EquipmentId("mill-1")
U = Channel("u")
CONFIGURED = Equipment(id=MILL, name="Фрезер 1", room="workshop", driver="grbl", validity_s=1.5)


def quiet() -> None:
    pass


def live_with(*records: Record, roster: Sequence[Equipment] = (CONFIGURED,)) -> Live:
    live = Live(Metrics())
    live.roster(roster)
    publish(live, *records)
    return live


def publish(live: Live, *records: Record) -> None:
    first = live.offset() + 1
    live.publish(Committed(live.offset() + len(records), tuple(enumerate(records, first))))


def mill(live: Live, now: Instant = T) -> Picture:
    picture = live.picture(MILL, now)
    assert picture is not None
    return picture


def said(
    state: State, at: Instant = T, *, received: Instant = 0, source: Source = Source.DEVICE, valid: int = 0
) -> StateSeen:
    return StateSeen(MILL, at, received or at, state, source, valid, word=state.word)


def job(phase: JobPhase, at: Instant, *, name: str = "a", progress: float | None = None) -> JobSeen:
    return JobSeen(MILL, at, at, name, phase, f"{name}.gcode" if phase is JobPhase.STARTED else "", progress)


def test_a_newer_state_replaces_an_older_one_and_a_late_one_does_not() -> None:
    live = live_with(said(State.IDLE, T), said(State.BUSY, T + S), said(State.FAULT, T - S))
    assert (mill(live).state, mill(live).since, mill(live).word) == (State.BUSY, T + S, "busy")


def test_the_same_state_said_again_keeps_its_beginning() -> None:
    live = live_with(said(State.BUSY, T), said(State.BUSY, T + 60 * S))
    assert mill(live).since == T


def test_the_same_state_after_it_ran_out_begins_anew() -> None:
    live = live_with(said(State.BUSY, T, valid=S), said(State.BUSY, T + 2 * S, valid=S))
    assert mill(live, T + 2 * S).since == T + 2 * S


def test_of_two_states_of_one_instant_the_greater_source_holds() -> None:
    device, link = said(State.IDLE), said(State.OFFLINE, source=Source.LINK)
    assert mill(live_with(device, link)).state is State.IDLE
    assert mill(live_with(link, device)).state is State.IDLE


def test_a_state_runs_out_without_any_new_record() -> None:
    live = live_with(said(State.BUSY, T, valid=5 * S))
    assert (mill(live, T + 5 * S - 1).state, live.snapshot(T).changes_at) == (State.BUSY, T + 5 * S)
    after = mill(live, T + 5 * S)
    assert (after.state, after.source, after.since, after.expired) == (State.UNKNOWN, Source.EXPIRED, T + 5 * S, True)
    assert live.snapshot(T + 5 * S).changes_at is None


def test_a_clock_in_2100_does_not_freeze_the_board() -> None:
    live = live_with(said(State.BUSY, T + 10**18, received=T), said(State.OFFLINE, T + S, source=Source.GATEWAY))
    assert (mill(live).state, mill(live).since) == (State.OFFLINE, T + S)


def test_last_values_are_the_newest_by_their_own_time() -> None:
    batch = ReadingBatch(MILL, U, np.array([T + 3, T + 9, T + 5]), np.array([3.0, 9.0, 5.0]), T + 10, "V")
    live = live_with(batch, Reading(MILL, U, T + 6, T + 11, 6.0), Reading(MILL, Channel("a"), T, T, 1.0, "A"))
    assert [(one.channel, one.v, one.unit, one.t) for one in mill(live).channels] == [
        ("a", 1.0, "A", T),
        ("u", 9.0, "V", T + 9),
    ]
    publish(live, Reading(MILL, U, T + 12, T + 12, 12.0))
    assert [(one.v, one.unit) for one in mill(live).channels][1] == (12.0, "V")


def test_channels_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(picture_module, "MAX_CHANNELS", 2)
    live = live_with(*(Reading(MILL, Channel(name), T, T, 1.0) for name in "abc"))
    assert [one.channel for one in mill(live).channels] == ["a", "b"]


def test_a_job_is_followed_from_start_to_end() -> None:
    live = live_with(job(JobPhase.STARTED, T), job(JobPhase.PROGRESSED, T + S, progress=0.5))
    running = mill(live).job
    assert running is not None
    assert (running.name, running.progress, running.started, running.paused) == ("a.gcode", 0.5, T, False)
    publish(live, job(JobPhase.PAUSED, T + 2 * S))
    paused = mill(live).job
    assert paused is not None
    assert (paused.paused, paused.progress) == (True, 0.5)
    publish(live, job(JobPhase.PROGRESSED, T + 3 * S), job(JobPhase.RESUMED, T + 4 * S))
    resumed = mill(live).job
    assert resumed is not None
    assert not resumed.paused
    publish(live, JobSeen(MILL, T + 5 * S, T + 5 * S, "a", JobPhase.ENDED, outcome=JobOutcome.COMPLETED))
    assert mill(live).job is None


@pytest.mark.parametrize(
    "late", [job(JobPhase.PROGRESSED, T, progress=0.9), job(JobPhase.STARTED, T - S), job(JobPhase.STARTED, T + S)]
)
def test_a_late_word_does_not_revive_an_ended_job(late: JobSeen) -> None:
    live = live_with(job(JobPhase.STARTED, T), job(JobPhase.ENDED, T + S), late)
    assert mill(live).job is None


def test_the_end_of_another_job_ends_nothing() -> None:
    live = live_with(job(JobPhase.STARTED, T, name="b"), job(JobPhase.ENDED, T + S, name="a"))
    running = mill(live).job
    assert running is not None
    assert running.job == "b"


def test_a_job_met_in_the_middle_is_shown_from_then_on() -> None:
    running = mill(live_with(job(JobPhase.PROGRESSED, T, progress=0.4))).job
    assert running is not None
    assert (running.started, running.progress) == (T, 0.4)


def test_a_link_that_went_down_says_why_and_is_no_sign_of_life() -> None:
    live = live_with(
        LinkChanged(MILL, T, T, up=True),
        LinkChanged(MILL, T + S, T + S, up=False, reason="unplugged"),
        LinkChanged(MILL, T - S, T - S, up=True),
    )
    picture = mill(live)
    assert picture.link is not None
    assert (picture.link.up, picture.link.since, picture.link.reason, picture.last_seen_at) == (
        False,
        T + S,
        "unplugged",
        T,
    )


def test_neither_a_gateways_own_word_nor_noise_is_a_sign_of_life() -> None:
    live = live_with(said(State.UNKNOWN, source=Source.GATEWAY), ClockJumped(T, T, 5))
    assert mill(live).last_seen_at is None
    publish(live, said(State.BUSY))
    assert mill(live).last_seen_at == T
    publish(live, Rejected(MILL, T, T + 1, "noise", b"\xff", 1), Rejected(EquipmentId(""), T, T, "noise", b"", 0))
    assert mill(live).last_seen_at == T


def test_a_stranger_is_shown_once_it_is_discovered_and_leaves_when_it_was_only_configured() -> None:
    stranger = EquipmentId("tablet-7")
    live = live_with(StateSeen(stranger, T, T, State.BUSY), roster=())
    assert live.picture(stranger, T) is None
    assert not live.knows(stranger)
    publish(
        live, EquipmentSeen(stranger, T, T, "chembio", "labedge"), EquipmentSeen(stranger, T - 1, T, "old", "labedge")
    )
    picture = live.picture(stranger, T)
    assert picture is not None
    assert (picture.name, picture.room, picture.configured, picture.state) == ("tablet-7", "chembio", False, State.BUSY)
    live.roster([Equipment(id="tablet-7", name="Планшет", room="it", driver="labedge")])
    assert [(one.name, one.room, one.configured) for one in live.snapshot(T).equipment] == [("Планшет", "it", True)]
    live.roster([])
    assert live.snapshot(T).equipment == ()


def test_validity_is_what_the_settings_say() -> None:
    live = live_with()
    assert (live.validity_ns(MILL), live.validity_ns(EquipmentId("nobody"))) == (1_500_000_000, 0)


def test_inventors_of_names_do_not_eat_the_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live_module, "MAX_EQUIPMENT", 2)
    live = live_with(*(EquipmentSeen(EquipmentId(f"x-{n}"), T, T, "", "labedge") for n in range(5)))
    assert len(live.snapshot(T).equipment) == 2


def test_a_start_finds_everything_as_it_was_left() -> None:
    clock, before = ManualClock(T), live_with()
    journal = MemoryJournal(clock=clock, on_commit=before.publish)
    stranger = EquipmentId("tablet-7")
    journal.commit(
        [
            EquipmentSeen(stranger, T, T, "chembio", "labedge"),
            StateSeen(stranger, T, T, State.IDLE),
            said(State.IDLE, T - 50 * S),
            said(State.BUSY, T - 20 * S),
            said(State.BUSY, T - 10 * S),
            LinkChanged(MILL, T - 60 * S, T - 60 * S, up=True),
            Reading(MILL, U, T - S, T - S, 4.5, "V"),
            job(JobPhase.STARTED, T - 20 * S),
            job(JobPhase.PAUSED, T - 5 * S, progress=0.25),
            job(JobPhase.STARTED, T - 90 * S, name="old"),
            job(JobPhase.ENDED, T - 80 * S, name="old"),
        ]
    )
    after = live_with()
    after.restore(MemoryStore(journal), now=T)
    old, new = before.snapshot(T), after.snapshot(T)
    assert new.offset == old.offset
    assert [one.id for one in new.equipment] == ["mill-1", "tablet-7"]
    assert new.equipment[0] == old.equipment[0]


def test_a_start_shows_only_a_bounded_number_of_channels(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(picture_module, "MAX_CHANNELS", 1)
    journal = MemoryJournal(clock=ManualClock(T))
    journal.commit([Reading(MILL, Channel(name), T, T, 1.0) for name in "ab"] + [job(JobPhase.STARTED, T - S)])
    journal.commit([job(JobPhase.STARTED, T, name="b"), Reading(EquipmentId("gone"), U, T, T, 1.0)])
    live = live_with()
    live.restore(MemoryStore(journal), now=T)
    running = mill(live).job
    assert running is not None
    assert (running.job, len(mill(live).channels)) == ("b", 1)


def test_a_subscriber_is_woken_and_gets_every_update_in_order() -> None:
    live, woken = live_with(), threading.Event()
    subscription = live.subscribe(woken.set)
    publish(live, said(State.BUSY))
    publish(live, said(State.IDLE, T + S))
    taken = subscription.take()
    assert woken.is_set()
    assert [update.offset for update in taken.updates] == [1, 2]
    assert taken.updates[0].equipment == {MILL}
    assert taken.updates[0].records == ((1, said(State.BUSY)),)
    assert (taken.missed, taken.closed, subscription.take().updates) == (0, False, ())


def test_a_change_of_the_roster_is_told_too() -> None:
    live = live_with()
    subscription = live.subscribe(quiet)
    live.roster([])
    assert [update.equipment for update in subscription.take().updates] == [{MILL}]


def test_a_slow_reader_loses_the_oldest_and_is_told_how_many(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live_module, "MAX_UPDATES", 3)
    metrics = Metrics()
    live = Live(metrics)
    slow = live.subscribe(quiet)
    for n in range(5):
        publish(live, said(State.BUSY, T + n))
    taken = slow.take()
    assert ([update.offset for update in taken.updates], taken.missed) == ([3, 4, 5], 2)
    assert metrics.registry.get_sample_value("labedge_dropped_total", {"reason": "slow_reader"}) == 2.0
    assert slow.take().missed == 0


def test_large_batches_fill_a_queue_sooner_and_one_alone_always_fits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live_module, "MAX_WEIGHT", 10)
    live = Live(Metrics())
    subscription: Subscription = live.subscribe(quiet)
    huge = ReadingBatch(MILL, U, np.arange(6400) + T, np.zeros(6400), T)
    publish(live, huge)
    publish(live, huge)
    taken = subscription.take()
    assert ([update.offset for update in taken.updates], taken.missed) == ([2], 1)


def test_there_are_only_so_many_subscribers_and_leaving_makes_room(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live_module, "MAX_SUBSCRIBERS", 1)
    live = live_with()
    subscription = live.subscribe(quiet)
    with pytest.raises(Full, match="1 live readers"):
        live.subscribe(quiet)
    live.unsubscribe(subscription)
    live.unsubscribe(subscription)
    live.subscribe(quiet)


def test_close_ends_every_subscription_and_takes_no_new_ones() -> None:
    live, woken = live_with(), threading.Event()
    subscription = live.subscribe(woken.set)
    live.close()
    live.close()
    assert woken.is_set()
    assert subscription.take().closed
    with pytest.raises(Full):
        live.subscribe(quiet)


@pytest.mark.parametrize("by_s", [-86_400 * 365, 86_400 * 365])
def test_after_the_clock_was_set_the_board_shows_what_was_and_takes_in_what_comes(by_s: int) -> None:
    live = live_with(said(State.BUSY, T), Reading(MILL, Channel("u"), T, T, 1.0), LinkChanged(MILL, T, T, up=True))
    now = T + by_s * NS_PER_S
    publish(live, ClockJumped(now, now, by_s * NS_PER_S), *said_again((mill(live),), before=T, now=now))
    picture = mill(live, now)
    assert (picture.state, picture.since) == (State.BUSY, now)
    publish(live, said(State.IDLE, now + 1), LinkChanged(MILL, now + 1, now + 1, up=False))
    picture = mill(live, now + 1)
    assert picture.state is State.IDLE
    assert picture.link is not None
    assert not picture.link.up
    assert all(last.t <= now for last in picture.channels)


def test_time_that_the_clock_skipped_is_unknown_and_a_validity_runs_on() -> None:
    live = live_with(replace(said(State.BUSY, T), valid_ns=10 * NS_PER_S))
    before, now = T + 4 * NS_PER_S, T + 3600 * NS_PER_S
    skipped, again = said_again((mill(live, before),), before=before, now=now)
    assert (skipped.at, skipped.state) == (before, State.UNKNOWN)
    assert (again.at, again.state, again.valid_ns) == (now, State.BUSY, 6 * NS_PER_S)
    unknown = live_with()
    assert said_again((mill(unknown),), before=before, now=now) == ()
