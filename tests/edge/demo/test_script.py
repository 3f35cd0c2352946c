from __future__ import annotations

from itertools import islice

from drivers.contract import Act
from edge.demo.script import Cue, life

FILES = ("a.gcode", "b.gcode")


def cues(name: str, count: int, *, cable: bool) -> list[Cue]:
    following = life(name, seed=40, files=FILES, cable=cable)
    return list(islice(iter(following, None), count))


def test_the_same_seed_and_name_live_the_same_life() -> None:
    assert cues("mill-1", 200, cable=True) == cues("mill-1", 200, cable=True)
    assert cues("mill-1", 200, cable=True) != cues("mill-2", 200, cable=True)


def test_every_life_begins_with_a_job_and_most_at_once() -> None:
    first = [cues(f"mill-{number}", 1, cable=True)[0] for number in range(100)]
    assert {cue.act for cue in first} == {Act.START}
    assert {cue.name for cue in first} == set(FILES)
    assert sum(cue.after_ns <= 15 * 10**9 for cue in first) > 50


def test_everything_befalls_a_device_in_the_end_and_a_pulled_cable_is_put_back() -> None:
    lived = cues("mill-1", 2000, cable=True)
    assert {cue.act for cue in lived} == {*Act, None}
    pulled = [cue.unplugged for cue in lived if cue.unplugged is not None]
    assert pulled == [n % 2 == 0 for n in range(len(pulled))]


def test_a_device_without_a_cable_never_loses_it() -> None:
    assert all(cue.unplugged is None for cue in cues("plug-1", 2000, cable=False))
