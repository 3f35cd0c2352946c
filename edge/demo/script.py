"""What befalls each simulated device: jobs, pauses, faults and pulled cables, endless and by seed.

It only tells what happens and after how long; it never looks at a clock or a device.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from random import Random

from drivers.contract import Act
from telemetry.model import NS_PER_S

MIN = 60 * NS_PER_S


@dataclass(frozen=True, slots=True)
class Cue:
    """`after_ns` after the cue before: a person does `act`, or the cable is pulled or put back (`unplugged`)."""

    after_ns: int
    act: Act | None = None
    name: str = ""
    unplugged: bool | None = None


def life(name: str, *, seed: int, files: tuple[str, ...], cable: bool) -> Callable[[], Cue]:
    """The endless life of the device `name`; `cable` says whether it can be pulled. Call for one cue after another."""
    rng = Random(f"{seed}:{name}:turns")
    return _cues(rng, files, cable).__next__


def _cues(rng: Random, files: tuple[str, ...], cable: bool) -> Iterator[Cue]:  # noqa: FBT001 - one caller, above
    # Most are at work as soon as the demo runs, the others later: a lab is never all busy.
    first_s = rng.randrange(15) if rng.random() < 0.6 else rng.randrange(60, 300)
    yield Cue(first_s * NS_PER_S, Act.START, rng.choice(files))
    while True:
        yield from _job(rng)
        yield from _mishap(rng, cable)
        yield Cue(rng.randrange(40, 6 * 60) * NS_PER_S, Act.START, rng.choice(files))


def _job(rng: Random) -> Iterator[Cue]:
    if rng.random() < 0.3:
        yield Cue(rng.randrange(MIN, 5 * MIN), Act.PAUSE)
        yield Cue(rng.randrange(20, 90) * NS_PER_S, Act.RESUME)
    end = rng.random()
    if end < 0.15:
        yield Cue(rng.randrange(MIN, 5 * MIN), Act.FAIL)
        yield Cue(rng.randrange(60, 240) * NS_PER_S, Act.RESET)
    else:
        yield Cue(rng.randrange(3 * MIN, 12 * MIN), Act.CANCEL if end < 0.23 else Act.FINISH)


def _mishap(rng: Random, cable: bool) -> Iterator[Cue]:  # noqa: FBT001 - one caller, above
    if cable and rng.random() < 0.2:
        yield Cue(rng.randrange(10, 60) * NS_PER_S, unplugged=True)
        yield Cue(rng.randrange(20, 60) * NS_PER_S, unplugged=False)
