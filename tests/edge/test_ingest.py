from __future__ import annotations

import json
from typing import Any

import pytest

from edge.clock import ManualClock
from edge.errors import Full
from edge.ingest import HELD_LIMIT, MAX_REASONS, Ingest, Posted
from edge.journal.contract import Offset
from edge.journal.memory import MemoryJournal
from edge.live import Live
from edge.metrics import Metrics
from edge.noise import BURST
from edge.settings import Equipment
from telemetry.model import NS_PER_S, RAW_LIMIT, EquipmentSeen, Reading, ReadingBatch, Record, Rejected, StateSeen

T = 1_790_000_000 * NS_PER_S
PLUG = Equipment(id="pc-1", name="ПК", room="it", driver="labedge", validity_s=2)


class Bench:
    def __init__(self) -> None:
        self.metrics = Metrics()
        self.live = Live(self.metrics)
        self.live.roster([PLUG])
        self.journal = MemoryJournal(clock=ManualClock(T), on_commit=self.live.publish)
        self.ingest = Ingest(self.journal, ManualClock(T), live=self.live, metrics=self.metrics)

    def post(self, body: Any, kind: str = "application/json") -> Posted:
        return self.ingest.post(json.dumps(body).encode(), content_type=kind).result(timeout=0)

    def counted(self, equipment: str = "") -> float | None:
        return self.metrics.registry.get_sample_value("labedge_rejected_total", {"equipment": equipment})

    def kept(self, kind: type[Record]) -> list[Record]:
        return [record for _, record in self.journal.records if isinstance(record, kind)]


@pytest.fixture
def bench() -> Bench:
    return Bench()


def test_a_batch_is_committed_before_it_is_acknowledged(bench: Bench) -> None:
    posted = bench.post({"equipment": "pc-1", "channel": "u", "t0": "2026-09-21T13:00:00Z", "dt": 1, "v": [1, 2]})
    assert (posted.offset, posted.accepted, posted.rejected) == (bench.journal.offset, 2, 0)
    assert bench.metrics.registry.get_sample_value("labedge_messages_received_total", {"link": "http"}) == 1.0


def test_configured_senders_are_no_newcomers(bench: Bench) -> None:
    bench.post({"equipment": "pc-1", "channel": "u", "v": 1.5})
    assert bench.kept(EquipmentSeen) == []
    assert len(bench.kept(ReadingBatch) + bench.kept(Reading)) == 1


def test_a_newcomer_is_announced_once_and_again_when_it_moves(bench: Bench) -> None:
    for room in ("a", "a", "b"):
        bench.post({"equipment": "pc-9", "room": room, "channel": "u", "v": 1.5})
    bench.post({"equipment": "pc-9", "channel": "u", "v": 2.5})
    assert [getattr(one, "room", "") for one in bench.kept(EquipmentSeen)] == ["a", "b"]


def test_a_state_takes_the_validity_of_its_equipment(bench: Bench) -> None:
    bench.post([{"equipment": "pc-1", "state": "busy"}, {"equipment": "pc-9", "state": "idle"}])
    assert [getattr(one, "valid_ns", None) for one in bench.kept(StateSeen)] == [2 * NS_PER_S, 0]


def test_faults_are_kept_counted_and_told_a_bounded_number_of_times(bench: Bench) -> None:
    posted = bench.post([{"equipment": f"pc-{n}", "channel": "?" * n} for n in range(1, 50)])
    assert (posted.accepted, posted.rejected) == (0, 49)
    assert 0 < len(posted.reasons) <= MAX_REASONS
    assert len(bench.kept(Rejected)) == 49
    assert bench.kept(EquipmentSeen) == []


def test_a_program_that_posts_nonsense_fills_no_disk_and_goes_not_uncounted(bench: Bench) -> None:
    for turn in range(3):
        bench.post([{"channel": f"u-{turn}-{number}"} for number in range(BURST)])
    assert bench.counted() == 3 * BURST
    assert len(bench.kept(Rejected)) == BURST


def test_a_body_that_is_not_read_is_kept_by_its_begin_and_counted(bench: Bench) -> None:
    posted = bench.ingest.refuse(b"x" * 9000, size=10_000_000, reason="too large").result(timeout=0)
    assert (posted.accepted, posted.rejected, posted.reasons) == (0, 1, ("too large",))
    [kept] = bench.kept(Rejected)
    assert isinstance(kept, Rejected)
    assert (kept.raw, kept.size) == (b"x" * RAW_LIMIT, 10_000_000)
    assert bench.counted() == 1


def test_bodies_together_hold_a_bounded_number_of_bytes(bench: Bench) -> None:
    with bench.ingest.hold() as first, bench.ingest.hold() as second:
        first.take(HELD_LIMIT - 1)
        second.take(1)
        with pytest.raises(Full) as caught:
            second.take(1)
        assert caught.value.fix
    with bench.ingest.hold() as third:
        third.take(HELD_LIMIT)


def test_a_full_journal_is_told_to_the_sender(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_words: object, timeout_s: float) -> Offset:
        raise Full(f"no room after {timeout_s} s")

    monkeypatch.setattr(bench.journal, "append", full)
    with pytest.raises(Full):
        bench.post({"equipment": "pc-1", "channel": "u", "v": 1.5})
