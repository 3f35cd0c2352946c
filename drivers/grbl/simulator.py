"""A GRBL controller with a pocket to mill: the device's side of the contract, with the firmware's own words.

Answers `?` and nothing else, as nothing else is ever sent; what a person does comes by `act`.
"""

from __future__ import annotations

from collections.abc import Callable
from math import cos, pi, sin
from random import Random

from drivers.contract import Act, Setting, Step, Unit
from drivers.grbl.protocol import ASK
from drivers.grbl.settings import GrblSettings
from drivers.grbl.states import state_of
from drivers.grbl.wording import WORDINGS, Moment
from telemetry.model import NS_PER_MS, NS_PER_S, Instant, State

SLOWING_NS = 300 * NS_PER_MS
"""How long a hold takes until the machine stands: `Hold:1` before `Hold:0`."""

UNLOCK_NS = 2 * NS_PER_S
"""How long a person takes from a reset to `$X`."""

_MOVING = frozenset({"Run", "Hold"})


class GrblSimulator:
    """One controller; the same seed mills the same pocket. See `drivers.contract.Simulator`."""

    def __init__(self, _setting: Setting, settings: GrblSettings, seed: int) -> None:
        random = Random(seed)
        self._wording = WORDINGS[settings.simulated.dialect]
        self._job_ns = round(settings.simulated.job_s * NS_PER_S)
        self._radius_mm = random.uniform(10, 40)
        self._feed = float(random.randrange(200, 1200, 50))
        self._spindle = float(random.randrange(5000, 12000, 500))
        self._word, self._sub = "Idle", ""
        self._left_ns = 0
        self._now: Instant = 0
        self._due: Instant | None = None
        self._when_due: Callable[[], bytes] = bytes
        self._greeted = self._deaf = False
        self._reports = 0

    @property
    def state(self) -> State:
        """The state that the controller is in."""
        return state_of(self._word)

    def opened(self, at: Instant) -> Step:
        """The banner, the first time; a port that is opened again without a reset brings nothing."""
        said = self._live(at)
        if not self._greeted:
            said += self._greeting()
        return self._step(said)

    def received(self, unit: Unit, at: Instant) -> Step:
        """A report for each `?`, unless the firmware waits for its reset."""
        said = self._live(at)
        for _ in range(unit.count(ASK) if isinstance(unit, bytes) and not self._deaf else 0):
            said += self._wording.spoken(self._wording.report(self._moment()))
            self._reports += 1
        return self._step(said)

    def woken(self, at: Instant) -> Step:
        """The hold stands, the run is over, the person unlocks."""
        return self._step(self._live(at))

    def act(self, act: Act, at: Instant, *, name: str = "") -> Step:
        """What a person does; `name` is ignored, as GRBL knows no files. What makes no sense now does nothing."""
        del name
        said = self._live(at)
        wanted, does = self._acts()[act]
        return self._step(said + (does() if self._word in wanted else b""))

    def _acts(self) -> dict[Act, tuple[frozenset[str], Callable[[], bytes]]]:
        """Each act, and the states in which it does something."""
        return {
            Act.START: (frozenset({"Idle", "Alarm"}), self._start),
            Act.PAUSE: (frozenset({"Run"}), self._hold),
            Act.RESUME: (frozenset({"Hold", "Alarm"}), self._resume),
            Act.FINISH: (_MOVING, self._finish),
            Act.CANCEL: (_MOVING, self._cancel),
            Act.FAIL: (frozenset({"Idle", "Run", "Hold"}), self._hit_limit),
            Act.RESET: (frozenset({"Idle", "Run", "Hold", "Alarm"}), self._reset),
        }

    def _live(self, at: Instant) -> bytes:
        """Let the time until `at` pass."""
        passed_ns = max(0, at - self._now) if self._now else 0
        self._now = at
        if self._word == "Run":
            self._left_ns -= passed_ns
        if self._due is None or at < self._due:
            return b""
        self._due = None
        return self._when_due()

    def _step(self, said: bytes) -> Step:
        return Step(send=(said,) if said else (), wake_at=self._due)

    def _then(self, after_ns: int, does: Callable[[], bytes]) -> None:
        self._due, self._when_due = self._now + after_ns, does

    def _be(self, word: str, sub: str = "") -> None:
        self._word, self._sub, self._due = word, sub, None

    def _moment(self) -> Moment:
        turns = 0.0 if self._word == "Idle" else 12 * max(0, self._left_ns) / self._job_ns
        radius = self._radius_mm * (turns % 1.0)
        place = (-100 + radius * cos(2 * pi * turns), -60 + radius * sin(2 * pi * turns), -1.0 * (turns // 1))
        moving = self._word == "Run"
        return Moment(
            self._word,
            self._sub,
            place,
            self._feed if moving else 0.0,
            self._spindle if self._word in _MOVING else 0.0,
            self._reports,
        )

    def _greeting(self) -> bytes:
        self._greeted, self._deaf, self._reports = True, False, 0
        return self._wording.spoken(*self._wording.banner)

    def _start(self) -> bytes:
        said = self._unlock() if self._word == "Alarm" else b""
        self._left_ns = self._job_ns
        self._run()
        return said

    def _run(self) -> None:
        self._be("Run")
        self._then(max(0, self._left_ns), self._finish)

    def _hold(self) -> bytes:
        self._be("Hold", "1")
        self._then(SLOWING_NS, self._stand)
        return b""

    def _stand(self) -> bytes:
        self._be("Hold", "0")
        return b""

    def _resume(self) -> bytes:
        if self._word == "Alarm":
            return self._unlock()
        self._run()
        return b""

    def _finish(self) -> bytes:
        self._be("Idle")
        return b""

    def _cancel(self) -> bytes:
        """A sender's stop: feed hold, wait, Ctrl-X; nothing is lost, so nothing locks."""
        self._be("Idle")
        return self._greeting()

    def _hit_limit(self) -> bytes:
        self._be("Alarm")
        self._deaf = self._wording.deaf_in_alarm
        return self._wording.spoken(*self._wording.alarm(1), self._wording.reset_to_continue)

    def _reset(self) -> bytes:
        """Ctrl-X: in motion it is an alarm, and an alarm stays locked until the person unlocks it."""
        said = self._wording.spoken(*self._wording.alarm(3)) if self._word in _MOVING else b""
        locked = self._word != "Idle"
        said += self._greeting()
        if locked:
            self._be("Alarm")
            self._then(UNLOCK_NS, self._unlock)
            said += self._wording.spoken(self._wording.unlock)
        return said

    def _unlock(self) -> bytes:
        """`$X`; a firmware that waits for its reset gets that first."""
        said = self._greeting() if self._deaf else b""
        self._be("Idle")
        return said + self._wording.spoken(self._wording.unlocked)
