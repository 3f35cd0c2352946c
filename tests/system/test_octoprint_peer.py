"""The marlin family against OctoPrint's virtual printer behind a real pty: five firmwares that nobody here wrote."""

from __future__ import annotations

import json
import subprocess
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from drivers.contract import Setting, Step
from drivers.marlin import SPEC
from drivers.marlin.settings import MarlinSettings
from edge.errors import Retry
from edge.links.serial import SerialLink
from telemetry.model import EquipmentId, JobOutcome, JobPhase, JobSeen, Reading, Record, Rejected, State, StateSeen
from tests.waiting import becomes_true

pytestmark = pytest.mark.system

ROOT = Path(__file__).parents[2]
PYTHON = ROOT / ".venv-octoprint" / "bin" / "python"
BRIDGE = ROOT / "tests" / "peers" / "octoprint" / "bridge.py"
DEADLINE_S = 30.0

FIRMWARES: dict[str, dict[str, Any]] = {
    "marlin": {},
    "busy": {
        "sendBusy": True,
        "busyInterval": 1.0,
        "sendWait": False,
        "okFormatString": "ok N{lastN} P{buffer} B1",
        "numExtruders": 2,
        "hasChamber": True,
        "sdFiles": {"longname": True, "upper_case": True, "timestamp": True},
    },
    "repetier": {
        "repetierStyleTargetTemperature": True,
        "firmwareName": "Repetier_0.91",
        "forceChecksum": True,
        "okBeforeCommandOutput": True,
        "resetLines": ["start", "Info:External Reset", " Info:Watchdog Reset"],
    },
    "smoothie": {
        "smoothieTemperatureReporting": True,
        "firmwareName": "Smoothieware",
        "m115ReportCapabilities": False,
        "sendWait": False,
        "resetLines": ["Smoothie", "ok"],
    },
    "klipper": {
        "klipperTemperatureReporting": True,
        "firmwareName": "Klipper",
        "m115FormatString": "FIRMWARE_VERSION:v0.11 FIRMWARE_NAME:{firmware_name}",
        "simulateReset": False,
        "sendWait": False,
        "reprapfwM114": True,
    },
}
"""The settings of the recordings in `tests/transcripts`."""

MOVES = 16
GCODE = "M107 ; begin\n" + "G1 X3 F30\n" * MOVES
"""The virtual printer moves about ten times as fast as told, up to 0.6 s a line."""


class Printers:
    """All virtual printers: one process, each with a port and a card of its own."""

    def __init__(self, folder: Path) -> None:
        for firmware in FIRMWARES:
            (folder / firmware / "card").mkdir(parents=True)
            (folder / firmware / "card" / "gear_case_v2.gcode").write_text(GCODE)
        words = [str(PYTHON), str(BRIDGE), str(folder), json.dumps(FIRMWARES)]
        self._process = subprocess.Popen(words, stdin=subprocess.PIPE, bufsize=0)

    def order(self, words: str) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(f"{words}\n".encode())

    @property
    def ended(self) -> bool:
        return self._process.poll() is not None

    def close(self) -> None:
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait(10)


class Bench:
    """One virtual printer, the driver on it, and all that the driver said."""

    def __init__(self, firmware: str, folder: Path, printers: Printers) -> None:
        self.firmware = firmware
        self._printers = printers
        self._link = SerialLink(str(folder / firmware / "port"), baud=115200)
        settings = MarlinSettings(poll_s=0.3, settle_s=0.5, silence_s=2.0, stall_s=1.2)
        self._driver = SPEC.driver(Setting(EquipmentId(firmware)), settings)
        self.records: list[Record] = []
        self.sent: list[bytes] = []
        self.lost = 0
        self._wake_at: int | None = None
        self._deadline = time.monotonic() + DEADLINE_S
        self._reopen()

    def close(self) -> None:
        self._link.close()

    def order(self, words: str) -> None:
        self._printers.order(f"{self.firmware} {words}")

    def until(self, holds: Callable[[], bool], what: str) -> None:
        self._deadline = time.monotonic() + DEADLINE_S
        while not holds():
            self._move()
            assert time.monotonic() < self._deadline, (
                f"{self.firmware}: never {what}; sent {self.sent[-15:]}, said {self.told()}"
            )

    def until_state(self, state: State) -> None:
        self.until(lambda: self.states[-1:] == [state], state.word)

    def until_phase(self, phase: JobPhase) -> JobSeen:
        self.until(lambda: any(job.phase is phase for job in self.jobs), phase.word)
        return next(job for job in self.jobs if job.phase is phase)

    def meanwhile(self, seconds: float) -> None:
        end = time.monotonic() + seconds
        self.until(lambda: time.monotonic() >= end, "the end of time")

    def told(self) -> str:
        return "\n".join(str(record) for record in self.records if not isinstance(record, Reading))

    @property
    def states(self) -> list[State]:
        return [record.state for record in self.records if isinstance(record, StateSeen)]

    @property
    def jobs(self) -> list[JobSeen]:
        return [record for record in self.records if isinstance(record, JobSeen)]

    def _reopen(self) -> None:
        """As the supervisor does, until the port is there."""
        left_s = self._deadline - time.monotonic()
        assert becomes_true(self._opens, deadline_s=left_s), f"{self.firmware}: the port never came"
        self._take(self._driver.opened(time.time_ns()))

    def _opens(self) -> bool:
        assert not self._printers.ended, "the virtual printers ended"
        try:
            self._link.open()
        except Retry:
            return False
        return True

    def _move(self) -> None:
        due_s = max(0.0, ((self._wake_at or time.time_ns()) - time.time_ns()) / 1e9)
        try:
            data = self._link.read(min(due_s, 0.2))
            now = time.time_ns()
            self._take(self._driver.received(data, now) if data else self._driver.woken(now))
        except Retry:
            self.lost += 1
            self._link.close()
            self._reopen()

    def _take(self, step: Step) -> None:
        self.records += step.records
        self._wake_at = step.wake_at
        for unit in step.send:
            assert SPEC.allowed(unit), unit
            assert isinstance(unit, bytes)
            self._link.write(unit)
            self.sent.append(unit)


@pytest.fixture(name="on_all")
def five_printers(tmp_path: Path) -> Callable[[Callable[[Bench], None]], None]:
    """Runs one conversation on all five firmwares at the same time."""
    lock = ROOT / "tests" / "peers" / "octoprint" / "requirements.lock"
    installed = PYTHON.parents[1] / ".lock"
    if not PYTHON.exists() or not installed.exists() or installed.read_bytes() != lock.read_bytes():
        pytest.fail("OctoPrint's virtual printer is not installed, or an older one: run `make peers`")

    def run(conversation: Callable[[Bench], None]) -> None:
        def one(firmware: str) -> None:
            with closing(Bench(firmware, tmp_path, printers)) as peer:
                conversation(peer)

        with closing(Printers(tmp_path)) as printers, ThreadPoolExecutor(len(FIRMWARES)) as pool:
            list(pool.map(one, FIRMWARES))

    return run


def channels(peer: Bench) -> set[str]:
    return {record.channel for record in peer.records if isinstance(record, Reading)}


def a_print(peer: Bench) -> None:
    peer.until_state(State.IDLE)
    peer.order("gcode M104 S60")
    if peer.firmware != "repetier":  # it tells no target but in lines of its own
        peer.until_state(State.SETUP)
    peer.order("gcode M104 S0")
    peer.until_state(State.IDLE)
    peer.order("debug start_sd gear_case_v2.gcode")
    peer.until_state(State.BUSY)
    ended = peer.until_phase(JobPhase.ENDED)
    peer.until_state(State.IDLE)
    assert ended.outcome is JobOutcome.COMPLETED
    assert ended.name == "gear_case_v2.gcode"
    assert {job.job for job in peer.jobs} == {ended.job}
    percents = [job.progress for job in peer.jobs if job.phase is JobPhase.PROGRESSED]
    assert percents == sorted(set(percents), key=percents.index)
    assert len(percents) > 2
    wanted = {"tool0_temperature", "bed_temperature"}
    if peer.firmware == "busy":
        wanted |= {"tool1_temperature", "tool1_target", "chamber_temperature"}
    assert wanted <= channels(peer)


def test_a_print_from_the_card_is_followed_from_warm_up_to_its_end(on_all: Any) -> None:
    on_all(a_print)


def a_pause(peer: Bench) -> None:
    peer.until_state(State.IDLE)
    peer.order("debug start_sd gear_case_v2.gcode")
    peer.until_state(State.BUSY)
    peer.order("gcode M25")
    peer.until_phase(JobPhase.PAUSED)
    peer.until_state(State.PAUSED)
    peer.order("resume")
    peer.until_phase(JobPhase.RESUMED)
    peer.until_state(State.BUSY)
    peer.order("debug action_pause")
    peer.until_state(State.PAUSED)
    peer.order("gcode M524")
    assert peer.until_phase(JobPhase.ENDED).outcome in {JobOutcome.CANCELLED, JobOutcome.COMPLETED}


def test_a_pause_holds_the_print_and_a_resumption_frees_it(on_all: Any) -> None:
    on_all(a_pause)


def a_death(peer: Bench) -> None:
    peer.until_state(State.IDLE)
    peer.order("debug start_sd gear_case_v2.gcode")
    peer.until_state(State.BUSY)
    kind = "repetier" if peer.firmware == "repetier" else "marlin"
    peer.order(f"debug trigger_fatal_error_{kind}")
    assert peer.until_phase(JobPhase.ENDED).outcome is JobOutcome.FAILED
    assert peer.states[-1] is State.FAULT
    peer.order("debug cancel_sd")
    peer.meanwhile(4)
    assert peer.states[-1] is State.FAULT
    peer.order("debug reset")
    peer.until_state(State.IDLE)


def test_a_fatal_error_is_a_fault_until_the_printer_starts_anew(on_all: Any) -> None:
    on_all(a_death)


def a_silence(peer: Bench) -> None:
    peer.until_state(State.IDLE)
    peer.order("debug go_awol")
    peer.until_state(State.UNKNOWN)
    peer.order("debug reset")
    peer.until_state(State.IDLE)


def test_a_printer_that_falls_silent_is_unknown_and_comes_back_by_itself(on_all: Any) -> None:
    on_all(a_silence)


def a_lost_link(peer: Bench) -> None:
    peer.until_state(State.IDLE)
    peer.order("debug start_sd gear_case_v2.gcode")
    peer.until_state(State.BUSY)
    peer.order("debug drop_connection")
    peer.until(lambda: peer.lost > 0, "a lost link")
    assert peer.until_phase(JobPhase.ENDED).outcome in {JobOutcome.UNKNOWN, JobOutcome.FAILED}
    peer.until_state(State.IDLE)


def test_a_dropped_connection_is_opened_again_and_the_lost_print_closed(on_all: Any) -> None:
    on_all(a_lost_link)


def a_noisy_line(peer: Bench) -> None:
    peer.until_state(State.IDLE)
    peer.order("debug resend_ratio 34")
    peer.order("debug trigger_resend_lineno")
    peer.order("debug start_sd gear_case_v2.gcode")
    peer.until_state(State.BUSY)
    peer.order("debug dont_answer")
    assert peer.until_phase(JobPhase.ENDED).outcome is JobOutcome.COMPLETED
    noise = {record.raw for record in peer.records if isinstance(record, Rejected)}
    assert noise <= {b"\xc2\x80"}, "its boot byte, and nothing else"


def test_resends_and_lost_answers_leave_no_trace_in_the_print(on_all: Any) -> None:
    on_all(a_noisy_line)
