"""What every family of `CATALOG` must hold, by `drivers/contract.py`; a new family is tested by its line there."""

from __future__ import annotations

import random
import tracemalloc
from dataclasses import replace

import pytest
from pydantic import ValidationError

from drivers.catalog import CATALOG
from drivers.contract import Act, Driver, LinkKind, Publish, Spec, Unit
from telemetry.model import NS_PER_S, RAW_LIMIT, Instant, Record, Rejected, Source, State, StateSeen
from tests import transcripts
from tests.drivers.harness import BAD, START, Faults, Lab, cut, noise_of, setting_of, told

TRANSCRIPTS = {
    "marlin-linux-native": "marlin",
    "octoprint-virtual-printer-busy-slow": "marlin",
    "octoprint-virtual-printer-klipper": "marlin",
    "octoprint-virtual-printer-marlin": "marlin",
    "octoprint-virtual-printer-repetier": "marlin",
    "octoprint-virtual-printer-smoothie": "marlin",
    "grbl-sim": "grbl",
    "grblhal-sim": "grbl",
    "arduino-csv-simavr": "lines",
    "arduino-json-simavr": "lines",
    "octoprint-mqtt-plugin": "octoprint",
}
"""Every recording, and the family that reads it."""

LIFE = (Act.START, Act.PAUSE, Act.RESUME, Act.FINISH, Act.START, Act.CANCEL, Act.START, Act.FAIL, Act.RESET)

QUIET_S = 150.0
"""How long after the last fault a driver may need: a plug tells everything about itself every minute."""

YEAR_NS = 365 * 86_400 * NS_PER_S

Stream = list[tuple[Instant, Unit]]

SPECS = [pytest.param(spec, id=family) for family, spec in CATALOG.items()]
LINE_SPECS = [pytest.param(spec, id=family) for family, spec in CATALOG.items() if spec.link is LinkKind.LINE]
MQTT_SPECS = [pytest.param(spec, id=family) for family, spec in CATALOG.items() if spec.link is LinkKind.MQTT]
SEEDS = range(3)

every_family = pytest.mark.parametrize("spec", SPECS)
every_line = pytest.mark.parametrize("spec", LINE_SPECS)
every_seed = pytest.mark.parametrize("seed", SEEDS)


def lived(spec: Spec, seed: int, faults: Faults = Faults()) -> Lab:  # noqa: B008 - frozen
    """A lab in which everything has happened once."""
    lab = Lab(spec, seed, spec.settings(), faults)
    lab.run(20)
    for act in LIFE:
        lab.act(act, name="part.gcode")
        lab.run(20)
    return lab


def streams(spec: Spec) -> list[Stream]:
    """What devices of a family said: its recordings, and two simulated lives."""
    recorded = [
        [(START + line.at_ns, line.unit) for line in transcripts.read(name) if line.from_device and line.unit]
        for name, family in TRANSCRIPTS.items()
        if family == spec.family
    ]
    return recorded + [lived(spec, seed).heard for seed in (0, 1)]


def driver_of(spec: Spec) -> Driver:
    return spec.driver(setting_of(spec), spec.settings())


def replayed(spec: Spec, stream: Stream) -> list[Record]:
    """The records of a stream, with the driver woken when it asked for it."""
    driver = driver_of(spec)
    step = driver.opened(START)
    records = list(step.records)
    for at, unit in stream:
        for _ in range(1000):
            if step.wake_at is None or step.wake_at >= at:
                break
            step = driver.woken(max(step.wake_at, START))
            records += step.records
        step = driver.received(unit, at)
        assert all(spec.allowed(sent) for sent in step.send)
        records += step.records
    return records


def recut(stream: Stream, dice: random.Random) -> Stream:
    return [(at, piece) for at, unit in stream for piece in cut(as_bytes(unit), dice)]


def as_bytes(unit: Unit) -> bytes:
    assert isinstance(unit, bytes)
    return unit


def mutated(stream: Stream, dice: random.Random) -> Stream:
    """A stream as a bad line would deliver it: bytes changed, lost, doubled, strangers between, the end missing."""
    units: Stream = []
    for at, unit in stream[: dice.randrange(len(stream)) + 1]:
        raw = unit.payload if isinstance(unit, Publish) else unit
        raw = mangled(raw, dice)
        topic = unit.topic if isinstance(unit, Publish) else ""
        if dice.random() < 0.05:
            topic = dice.choice((topic[:-1], topic + "/x", "", "#", topic.upper(), topic + "\x00"))
        units.append((at, Publish(topic, raw) if isinstance(unit, Publish) else raw))
        if dice.random() < 0.05:
            units.append(units[-1])
    return units


def mangled(raw: bytes, dice: random.Random) -> bytes:
    at = dice.randrange(len(raw) + 1)
    match dice.randrange(8):
        case 0:
            return raw[:at] + bytes([dice.randrange(256)]) + raw[at + 1 :]
        case 1:
            return raw[:at]
        case 2:
            return raw[:at] + dice.randbytes(dice.randrange(40)) + raw[at:]
        case 3:
            return raw + raw
        case _:
            return raw


def size(unit: Unit) -> int:
    return len(unit.payload) if isinstance(unit, Publish) else len(unit)


def check_noise(spec: Spec, records: list[Record], stream: Stream) -> None:
    noise = noise_of(records)
    assert all(len(one.raw) <= RAW_LIMIT and one.size >= len(one.raw) and one.reason for one in noise)
    assert sum(one.size for one in noise) <= sum(size(unit) for _, unit in stream)
    if spec.link is LinkKind.MQTT:
        assert len(noise) <= len(stream)


def test_every_recording_of_a_family_that_is_read_has_its_reader() -> None:
    names = {path.stem for path in transcripts.FOLDER.glob("*.txt")}
    assert names == set(TRANSCRIPTS)


@every_family
def test_a_family_is_called_as_the_table_calls_it_and_knows_a_word_for_states(spec: Spec) -> None:
    assert CATALOG[spec.family] is spec
    assert spec.title
    assert spec.states
    assert all(isinstance(state, State) for state in spec.states.values())
    assert (spec.baud > 0) == (spec.link is LinkKind.LINE)
    assert all(spec.allowed(question) for question in spec.probe)
    assert not spec.answers(b"")


@every_family
def test_options_that_are_not_known_are_faults(spec: Spec) -> None:
    assert spec.settings.model_json_schema()["additionalProperties"] is False
    with pytest.raises(ValidationError):
        spec.settings.model_validate({"no_such_option": 1})


@every_family
def test_nothing_is_allowed_by_default(spec: Spec) -> None:
    forbidden: list[Unit] = [b"", b"\x18", b"!", b"~", b"M112\n", b"G0 X0\n", Publish("cmnd/plug/POWER", b"OFF")]
    assert not any(spec.allowed(unit) for unit in forbidden)


@every_line
@every_seed
def test_where_the_stream_is_cut_changes_no_record(spec: Spec, seed: int) -> None:
    dice = random.Random(seed)
    for stream in streams(spec):
        assert told(replayed(spec, recut(stream, dice))) == told(replayed(spec, stream))


@every_line
def test_one_piece_and_single_bytes_give_the_same_records(spec: Spec) -> None:
    for stream in streams(spec):
        whole = b"".join(as_bytes(unit) for _, unit in stream)
        single: Stream = [(START, whole[at : at + 1]) for at in range(len(whole))]
        blocks: Stream = [(START, whole)]
        assert told(replayed(spec, single)) == told(replayed(spec, blocks))


@every_family
def test_a_recording_replays_to_the_very_same_records(spec: Spec) -> None:
    for stream in streams(spec):
        assert replayed(spec, stream) == replayed(spec, stream)


@every_family
@every_seed
def test_mutated_streams_end_in_records_and_bounded_noise(spec: Spec, seed: int) -> None:
    dice = random.Random(seed)
    for stream in streams(spec):
        for _ in range(4):
            units = mutated(stream, dice)
            check_noise(spec, replayed(spec, units), units)


@every_family
@every_seed
def test_random_bytes_end_in_bounded_noise(spec: Spec, seed: int) -> None:
    dice = random.Random(seed)
    topics = [unit.topic for _, unit in streams(spec)[0] if isinstance(unit, Publish)]
    units: Stream = []
    for turn in range(300):
        raw = dice.randbytes(dice.choice((0, 1, 5, 60, 700)))
        units.append((START + turn * NS_PER_S, Publish(dice.choice(topics), raw) if topics else raw))
    records = replayed(spec, units)
    check_noise(spec, records, units)
    assert noise_of(records)


@every_family
def test_units_of_the_other_kind_of_link_are_noise(spec: Spec) -> None:
    stranger: Unit = b"Grbl 1.1h\r\n" if spec.link is LinkKind.MQTT else Publish("a/b", b"{}")
    (record,) = noise_of(driver_of(spec).received(stranger, START).records)
    assert record.size in {11, 2}


@every_family
@every_seed
def test_a_sound_pipe_is_read_to_every_state_of_the_device(spec: Spec, seed: int) -> None:
    lab = Lab(spec, seed, spec.settings())
    lab.run(QUIET_S)
    for act in LIFE:
        lab.act(act, name="part.gcode")
        lab.run(QUIET_S)
        assert lab.state is lab.simulator.state, act
    assert not lab.refused
    seen = [one for one in lab.records if isinstance(one, StateSeen) and one.source is Source.DEVICE]
    strange = [one.word for one in seen if one.state is State.UNKNOWN and one.word]
    assert all(spec.states.get(word) is State.UNKNOWN for word in strange)


@every_family
@every_seed
def test_a_faulty_pipe_is_read_to_the_right_state_once_the_faults_end(spec: Spec, seed: int) -> None:
    lab = Lab(spec, seed, spec.settings())
    for act in LIFE:
        lab.faults = BAD
        lab.run(5)
        lab.act(act, name="part.gcode")
        lab.run(15)
        lab.faults, sound_from = Faults(), lab.now
        lab.run(QUIET_S)
        # A machine that went mute for good (a hard limit) while its last words were lost can only be unknown.
        mute = lab.heard[-1][0] < sound_from
        assert lab.state is lab.simulator.state or (mute and lab.state is State.UNKNOWN), act
    assert not lab.refused


@every_family
@every_seed
def test_wakings_that_nobody_asked_for_are_harmless(spec: Spec, seed: int) -> None:
    lab = lived(spec, seed, Faults(spurious=0.3))
    lab.run(QUIET_S)
    assert lab.state is lab.simulator.state
    assert not lab.refused


@every_family
@every_seed
def test_a_clock_that_jumps_years_costs_time_only(spec: Spec, seed: int) -> None:
    lab = Lab(spec, seed, spec.settings())
    lab.run(30)
    lab.act(Act.START, name="part.gcode")
    for by_ns in (3 * YEAR_NS, -7 * YEAR_NS, -50 * YEAR_NS, 54 * YEAR_NS, NS_PER_S, -NS_PER_S):
        lab.jump(by_ns)
        lab.run(20)
    assert lab.offset_ns == 0
    for act in (Act.PAUSE, Act.RESUME, Act.FINISH):
        lab.act(act)
        lab.run(QUIET_S)
        assert lab.state is lab.simulator.state, act
    assert not lab.refused


@every_family
def test_the_same_seed_lives_the_same_life(spec: Spec) -> None:
    assert lived(spec, 4).heard == lived(spec, 4).heard


@every_family
def test_another_seed_lives_another_life(spec: Spec) -> None:
    assert [unit for _, unit in lived(spec, 4).heard] != [unit for _, unit in lived(spec, 5).heard]


@every_line
@pytest.mark.parametrize("garbage", [b"\x00", b"A", b"<", b"{", b"ok T:", b"1,", b"\xff\xfe"])
def test_ten_megabytes_without_a_line_end_are_held_in_bounded_memory(spec: Spec, garbage: bytes) -> None:
    driver = driver_of(spec)
    driver.opened(START)
    block = (garbage * 65_536)[:65_536]
    driver.received(block, START)
    tracemalloc.start()
    try:
        rejected = 0
        for turn in range(160):
            rejected += sum(one.size for one in noise_of(driver.received(block, START + turn).records))
        held, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert held < 1 << 20
    assert rejected <= 161 * 65_536


@pytest.mark.parametrize("spec", MQTT_SPECS)
def test_a_message_of_ten_megabytes_is_one_bounded_rejection(spec: Spec) -> None:
    unit = next(unit for _, unit in lived(spec, 0).heard if isinstance(unit, Publish) and unit.payload[:1] == b"{")
    (record,) = driver_of(spec).received(replace(unit, payload=b'{"v":[' + b"1," * 5_000_000), START).records
    assert isinstance(record, Rejected)
    assert record.size > 10_000_000
    assert len(record.raw) <= RAW_LIMIT
