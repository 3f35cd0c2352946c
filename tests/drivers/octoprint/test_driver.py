"""OctoPrint's MQTT plugin: its recording and every word of it."""

from __future__ import annotations

from typing import Any

import orjson
import pytest

from drivers.contract import Act, Publish, Setting
from drivers.octoprint import SPEC
from drivers.octoprint.driver import OctoprintDriver
from drivers.octoprint.settings import OctoprintSettings
from drivers.octoprint.states import EVENTS, OUTCOMES, STATES, state_of
from telemetry.model import (
    NS_PER_S,
    EquipmentId,
    JobOutcome,
    JobPhase,
    JobSeen,
    LinkChanged,
    Reading,
    Record,
    Rejected,
    Source,
    State,
    StateSeen,
)
from tests import transcripts

T0 = 1_795_310_268 * NS_PER_S


class Talk:
    """One printer's messages at seconds after T0."""

    def __init__(self, **setting: Any) -> None:
        self.driver = OctoprintDriver(Setting(EquipmentId("prusa"), **setting), OctoprintSettings())

    def say(self, at_s: float, last: str, payload: Any, *, retained: bool = False) -> list[Record]:
        raw = payload if isinstance(payload, bytes) else orjson.dumps(payload)
        unit = Publish(f"octoPrint/{last}", raw, retained)
        return list(self.driver.received(unit, T0 + round(at_s * NS_PER_S)).records)

    def event(self, at_s: float, event: str, **words: Any) -> list[Record]:
        return self.say(at_s, f"event/{event}", {"_event": event, **words})

    def progress(self, at_s: float, state: str, **progress: Any) -> list[Record]:
        data = {"state": {"text": state}, "progress": progress}
        return self.say(at_s, "progress/printing", {"path": "a/b.gcode", "printer_data": data})


def states(records: list[Record]) -> list[State]:
    return [one.state for one in records if isinstance(one, StateSeen)]


def jobs(records: list[Record]) -> list[tuple[JobPhase, float | None, JobOutcome]]:
    return [(one.phase, one.progress, one.outcome) for one in records if isinstance(one, JobSeen)]


def recorded() -> list[Record]:
    talk = Talk()
    return [
        record
        for line in transcripts.read("octoprint-mqtt-plugin")
        if isinstance(line.unit, Publish)
        for record in talk.driver.received(line.unit, T0 + line.at_ns).records
    ]


def test_the_recording_replays_to_the_states_that_it_shows() -> None:
    seen = [one for one in recorded() if isinstance(one, StateSeen)]
    assert [(round((one.at - T0) / NS_PER_S, 3), one.state, one.source.word) for one in seen] == [
        (4.061, State.IDLE, "device"),
        (4.227, State.SETUP, "device"),
        (4.257, State.BUSY, "device"),
        (12.231, State.PAUSED, "device"),
        (15.248, State.BUSY, "device"),
        (22.786, State.IDLE, "device"),
        (27.33, State.BUSY, "device"),
        (31.357, State.IDLE, "device"),
        (35.407, State.FAULT, "device"),
        (39.383, State.OFFLINE, "link"),
    ]
    assert seen[8].reason.startswith("Thermal Runaway")


def test_the_recording_replays_to_its_two_prints() -> None:
    seen = [one for one in recorded() if isinstance(one, JobSeen)]
    assert [(one.phase.word, one.outcome.word) for one in seen if one.phase is not JobPhase.PROGRESSED] == [
        ("started", "none"),
        ("paused", "none"),
        ("resumed", "none"),
        ("ended", "completed"),
        ("started", "none"),
        ("ended", "cancelled"),
    ]
    assert {one.name for one in seen} == {"Деталь корпус v2.gcode"}
    assert len({one.job for one in seen}) == 2
    shares = [one.progress for one in seen if one.phase is JobPhase.PROGRESSED]
    assert shares == [pytest.approx(0.0123, abs=1e-4), pytest.approx(0.3196, abs=1e-4), pytest.approx(0.7363, abs=1e-4)]


def test_the_recording_replays_to_its_temperatures_and_nothing_is_noise() -> None:
    records = recorded()
    values = [(one.channel, one.value, one.unit) for one in records if isinstance(one, Reading)]
    assert values[:5] == [
        ("tool0_temperature", 21.6, "°C"),
        ("tool0_temperature", 31.6, "°C"),
        ("tool0_temperature", 31.6, "°C"),
        ("tool0_target", 60.0, "°C"),
        ("bed_temperature", 21.3, "°C"),
    ]
    assert [one.up for one in records if isinstance(one, LinkChanged)] == [True, False]
    assert not [one for one in records if isinstance(one, Rejected)]


@pytest.mark.parametrize(
    ("word", "state"),
    [
        ("Operational", State.IDLE),
        ("Printing from SD", State.BUSY),
        ("Starting print from SD", State.SETUP),
        ("Offline (Error: SerialException)", State.FAULT),
        ("Offline after error", State.FAULT),
        ("Error: MINTEMP triggered", State.FAULT),
        ("Offline", State.OFFLINE),
        ("Opening serial connection", State.OFFLINE),
        ("Unknown state (7)", State.UNKNOWN),
        ("Dancing", State.UNKNOWN),
        ("", State.UNKNOWN),
    ],
)
def test_every_spelling_of_a_state_is_understood(word: str, state: State) -> None:
    assert state_of(word) is state
    assert state_of(word.upper()) is state or "(" in word


@pytest.mark.parametrize("word", STATES)
def test_every_word_of_the_table_is_told_as_it_says(word: str) -> None:
    talk = Talk()
    (record,) = talk.event(1, "PrinterStateChanged", state_id=word, state_string="other")
    assert isinstance(record, StateSeen)
    assert (record.state, record.word, record.source) == (STATES[word], word, Source.DEVICE)


def test_every_event_that_ends_a_print_or_tells_a_state_is_in_a_table() -> None:
    assert set(OUTCOMES) - set(EVENTS) == {"PrintFailed"}


def test_a_state_is_told_once_while_it_lasts_and_each_time_where_it_may_run_out() -> None:
    talk, limited = Talk(), Talk(validity_s=60)
    assert states(talk.event(1, "Connected") + talk.event(2, "Connected")) == [State.IDLE]
    records = limited.event(1, "Connected") + limited.event(2, "Connected")
    assert [one.valid_ns for one in records if isinstance(one, StateSeen)] == [60 * NS_PER_S] * 2


def test_an_error_outlasts_the_closing_of_the_port() -> None:
    talk = Talk()
    assert states(talk.event(1, "Error", error="MINTEMP")) == [State.FAULT]
    assert states(talk.event(2, "EStop")) == []
    assert states(talk.event(3, "Disconnected")) == []
    assert states(talk.event(4, "PrinterStateChanged", state_id="OFFLINE")) == []
    assert states(talk.event(5, "Connected")) == [State.IDLE]


def test_a_print_that_fails_by_itself_is_a_fault() -> None:
    talk = Talk()
    talk.event(1, "PrintStarted", path="a.gcode", name="a.gcode")
    failed = talk.event(2, "PrintFailed", reason="error")
    assert states(failed) == [State.FAULT]
    assert jobs(failed) == [(JobPhase.ENDED, 0.0, JobOutcome.FAILED)]
    assert talk.event(3, "PrintFailed", reason="error") == []


def test_a_failed_print_that_was_cancelled_is_no_fault() -> None:
    talk = Talk()
    talk.event(1, "PrintStarted", path="a.gcode")
    assert states(talk.event(2, "PrintFailed", reason="cancelled")) == []


def test_a_new_print_ends_one_whose_end_was_missed() -> None:
    talk = Talk()
    talk.event(1, "PrintStarted", path="a.gcode")
    talk.event(2, "PrintPaused")
    assert talk.event(3, "PrintPaused") == []
    phases = [phase for phase, _, _ in jobs(talk.event(4, "PrintStarted", path="a.gcode"))]
    assert phases == [JobPhase.ENDED, JobPhase.STARTED]


def test_pausing_without_a_print_is_a_state_only() -> None:
    assert jobs(Talk().event(1, "PrintPaused")) == []


def test_progress_finds_a_print_that_was_not_seen_to_start() -> None:
    talk = Talk()
    records = talk.progress(100, "Printing", completion=50.0, printTime=60)
    assert states(records) == [State.BUSY]
    assert jobs(records) == [
        (JobPhase.STARTED, None, JobOutcome.NONE),
        (JobPhase.PROGRESSED, 0.5, JobOutcome.NONE),
    ]
    started = next(one for one in records if isinstance(one, JobSeen))
    assert (started.at, started.name) == (T0 + 40 * NS_PER_S, "b.gcode")
    assert jobs(talk.progress(101, "Printing", completion=50.0)) == []
    assert jobs(talk.progress(102, "Printing", completion=None)) == []


@pytest.mark.parametrize(
    ("state", "completion", "outcome"),
    [
        ("Operational", 100.0, JobOutcome.COMPLETED),
        ("Operational", 30.0, JobOutcome.UNKNOWN),
        ("Offline", 100.0, JobOutcome.UNKNOWN),
        ("Error: heater", 30.0, JobOutcome.FAILED),
    ],
)
def test_progress_finds_the_end_that_was_missed(state: str, completion: float, outcome: JobOutcome) -> None:
    talk = Talk()
    talk.event(1, "PrintStarted", path="a.gcode")
    assert jobs(talk.progress(1.5, state, completion=completion)) == []  # it may be older than the event
    assert [one[2] for one in jobs(talk.progress(10, state, completion=completion))] == [outcome]


@pytest.mark.parametrize("message", [{}, {"printer_data": 5}, {"printer_data": {"state": {"text": "Dancing"}}}])
def test_a_strange_progress_ends_nothing(message: dict[str, Any]) -> None:
    talk = Talk()
    talk.event(1, "PrintStarted", path="a.gcode")
    assert jobs(talk.say(10, "progress/printing", message)) == []


def test_a_report_without_a_file_begins_no_print() -> None:
    message = {"printer_data": {"state": {"text": "Printing"}, "progress": {"completion": 1}}}
    assert jobs(Talk().say(1, "progress/printing", message)) == []


@pytest.mark.parametrize("completion", [-5.0, 250.0, "50", True])
def test_a_share_is_between_none_and_all(completion: Any) -> None:
    shares = [share for _, share, _ in jobs(Talk().progress(1, "Printing", completion=completion)) if share is not None]
    assert all(0 <= share <= 1 for share in shares)


def test_slicing_is_understood() -> None:
    assert Talk().say(1, "progress/slicing", {"progress": 5}) == []


def test_the_last_will_is_offline_and_coming_back_unknown() -> None:
    talk = Talk()
    assert states(talk.say(0, "mqtt", b"connected", retained=True)) == []
    talk.event(1, "Connected")
    assert states(talk.say(2, "mqtt", b"disconnected")) == [State.OFFLINE]
    assert talk.say(3, "mqtt", b"disconnected") == []
    assert states(talk.say(4, "mqtt", b"connected")) == [State.UNKNOWN]
    assert states(talk.progress(5, "Operational")) == [State.IDLE]


def test_retained_reports_are_none_of_now() -> None:
    talk = Talk()
    assert talk.say(1, "temperature/bed", {"actual": 60.0}, retained=True) == []
    assert talk.say(1, "event/Error", {"error": "old"}, retained=True) == []


@pytest.mark.parametrize(
    ("last", "payload"),
    [
        ("mqtt", b"away"),
        ("mqtt", b"\xff"),
        ("mqtt", b""),
        ("event/Error", b"{"),
        ("event/Error", b"[]"),
        ("event/Error", b'"' + b"x" * 300_000 + b'"'),
        ("event/", b"{}"),
        ("unknown/x", b"{}"),
        ("temperature/горелка", b'{"actual":1}'),
    ],
)
def test_what_the_plugin_does_not_say_is_one_rejection(last: str, payload: bytes) -> None:
    (record,) = Talk().say(1, last, payload)
    assert isinstance(record, Rejected)
    assert (record.size, record.origin) == (len(payload), f"octoPrint/{last}")


def test_a_bare_topic_is_a_rejection() -> None:
    (record,) = Talk().driver.received(Publish("mqtt", b"connected"), T0).records
    assert isinstance(record, Rejected)


@pytest.mark.parametrize("actual", [None, "21", True, float("1e999")])
def test_what_is_no_temperature_is_no_reading(actual: Any) -> None:
    raw = b'{"actual":1e999}' if actual == float("inf") else orjson.dumps({"actual": actual, "target": 5})
    assert all(one.channel == "bed_target" for one in Talk().say(1, "temperature/bed", raw) if isinstance(one, Reading))


def test_targets_may_be_left_out() -> None:
    driver = OctoprintDriver(Setting(EquipmentId("prusa")), OctoprintSettings(targets=False))
    unit = Publish("school/lab/temperature/tool1", b'{"actual":200.1,"target":210}')
    (reading,) = driver.received(unit, T0).records
    assert isinstance(reading, Reading)
    assert reading.channel == "tool1_temperature"


def test_nothing_is_asked_and_nothing_awaited() -> None:
    driver = Talk().driver
    for step in (driver.opened(T0), driver.woken(T0)):
        assert (step.records, step.send, step.wake_at) == ((), (), None)


def test_a_simulated_print_ends_by_itself() -> None:
    simulator = SPEC.simulator(Setting(EquipmentId("prusa")), OctoprintSettings(), 1)
    at = T0
    simulator.opened(at)
    simulator.act(Act.START, at)
    topics: list[str] = []
    while simulator.state is State.BUSY:
        at += 2 * NS_PER_S
        topics += [unit.topic for unit in simulator.woken(at).send if isinstance(unit, Publish)]
    assert topics.count("octoPrint/prusa/event/PrintDone") == 1
    assert simulator.received(b"", at).send == ()
    assert simulator.act(Act.PAUSE, at).send == ()
    assert simulator.woken(at).send == ()
