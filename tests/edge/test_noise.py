from __future__ import annotations

from edge.noise import BURST, Noise
from telemetry.model import NS_PER_S, Record, Rejected, State, StateSeen, rejected
from tests.edge.toys import TOY_ID, of_type

SEEN = StateSeen(TOY_ID, 0, 0, State.IDLE)


def noise(count: int) -> list[Record]:
    return [rejected(b"noise", "nonsense", equipment=TOY_ID, at=at) for at in range(count)]


def test_a_burst_is_kept_as_it_is() -> None:
    assert Noise().thinned(noise(BURST), 0) == noise(BURST)


def test_a_flood_is_thinned_to_one_a_second_and_what_is_true_stays() -> None:
    allowance = Noise()
    allowance.thinned(noise(BURST), 0)
    kept = [allowance.thinned([*noise(500), SEEN], second * NS_PER_S) for second in range(1, 11)]
    assert [len(of_type(records, Rejected)) for records in kept] == [1] * 10
    assert all(SEEN in records for records in kept)


def test_what_was_not_kept_is_told_by_the_next_that_is() -> None:
    allowance = Noise()
    allowance.thinned(noise(BURST + 499), 0)
    (told,) = of_type(allowance.thinned(noise(1), NS_PER_S), Rejected)
    assert told.reason == "nonsense; before it 499 more with 2495 bytes were rejected and not kept"
    (after,) = of_type(allowance.thinned(noise(1), 2 * NS_PER_S), Rejected)
    assert after.reason == "nonsense"


def test_silence_refills_the_allowance_to_the_brim_and_no_more() -> None:
    allowance = Noise()
    allowance.thinned(noise(BURST), 0)
    assert len(allowance.thinned(noise(2 * BURST), 10 * BURST * NS_PER_S)) == BURST
