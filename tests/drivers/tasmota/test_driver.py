"""Messages of Tasmota plugs, as seen on brokers, become readings and the state of the machine behind."""

from __future__ import annotations

from typing import Any

import orjson
import pytest
from pydantic import ValidationError

from drivers.contract import Act, Publish, Setting
from drivers.tasmota import SPEC
from drivers.tasmota.driver import TasmotaDriver
from drivers.tasmota.settings import TasmotaSettings
from drivers.tasmota.states import LINKS, RELAYS, STATES
from telemetry.model import NS_PER_S, EquipmentId, LinkChanged, Reading, Record, Rejected, Source, State, StateSeen

T0 = 1_795_310_268 * NS_PER_S
BUSY, IDLE, OFFLINE, UNKNOWN = State.BUSY, State.IDLE, State.OFFLINE, State.UNKNOWN
Told = tuple[float, State, Source]


class Talk:
    """One plug's messages at seconds after T0."""

    def __init__(self, options: dict[str, Any] | None = None, **setting: Any) -> None:
        self.driver = TasmotaDriver(Setting(EquipmentId("saw"), **setting), TasmotaSettings(**(options or {})))

    def say(self, at_s: float, topic: str, payload: Any, *, retained: bool = False) -> list[Record]:
        raw = payload if isinstance(payload, bytes) else orjson.dumps(payload)
        return list(self.driver.received(Publish(topic, raw, retained), T0 + round(at_s * NS_PER_S)).records)

    def power(self, at_s: float, power_w: Any) -> list[Told]:
        return told(self.say(at_s, "tele/plug-7/SENSOR", {"ENERGY": {"Power": power_w}}))

    def wake(self, at_s: float) -> list[Told]:
        return told(list(self.driver.woken(T0 + round(at_s * NS_PER_S)).records))


def told(records: list[Record]) -> list[Told]:
    seen = [one for one in records if isinstance(one, StateSeen)]
    return [((one.at - T0) / NS_PER_S, one.state, one.source) for one in seen]


def values(records: list[Record]) -> dict[str, tuple[float, str]]:
    return {one.channel: (one.value, one.unit) for one in records if isinstance(one, Reading)}


def noise(records: list[Record]) -> list[str]:
    return [one.reason for one in records if isinstance(one, Rejected)]


def test_a_plug_tells_its_meter() -> None:
    energy = {
        "TotalStartTime": "2019-11-03T18:34:28", "Total": 3.185, "Yesterday": 0.058, "Today": 0.041, "Period": 5,
        "Power": 35, "ApparentPower": 40, "ReactivePower": 19, "Factor": 0.87, "Frequency": 50.0, "Voltage": 229,
        "Current": 0.175,
    }  # fmt: skip
    records = Talk().say(1, "tele/plug-7/SENSOR", {"Time": "2026-11-22T04:17:49", "ENERGY": energy})
    assert values(records) == {
        "power": (35, "W"),
        "apparent_power": (40, "VA"),
        "reactive_power": (19, "var"),
        "power_factor": (0.87, ""),
        "voltage": (229, "V"),
        "current": (0.175, "A"),
        "frequency": (50, "Hz"),
        "energy_total": (3.185, "kWh"),
        "energy_today": (0.041, "kWh"),
        "energy_yesterday": (0.058, "kWh"),
        "energy_period": (5, "Wh"),
    }
    assert told(records) == [(1.0, BUSY, Source.POWER_INFERRED)]
    assert noise(records) == []


@pytest.mark.parametrize("total", [[1.2, 3.4], {"Phase1": 1.2, "Phase2": 3.4}, ["1.2", "3.4"]])
def test_phases_come_one_by_one_and_in_sum(total: Any) -> None:
    energy = {"Total": total, "Power": total, "Voltage": [230, 231]}
    found = values(Talk().say(1, "tele/p/SENSOR", {"ENERGY": energy}))
    assert found["energy_total_1"] == (1.2, "kWh")
    assert found["energy_total_2"] == (3.4, "kWh")
    assert abs(found["energy_total"][0] - 4.6) + abs(found["power"][0] - 4.6) < 1e-9
    assert found["voltage_2"] == (231.0, "V")
    assert "voltage" not in found


def test_numbers_as_strings_are_numbers_and_null_is_no_reading() -> None:
    records = Talk().say(1, "tele/p/SENSOR", {"ENERGY": {"Power": "12.3", "Voltage": None, "Total": []}})
    assert values(records) == {"power": (12.3, "W")}
    assert noise(records) == []


@pytest.mark.parametrize("bad", ["nan", "inf", "much", True, [1, "x"], {"Phase1": None}])
def test_what_is_no_number_is_told_beside_what_is(bad: Any) -> None:
    records = Talk().say(1, "tele/p/SENSOR", {"ENERGY": {"Power": 5, "Current": bad}})
    assert values(records)["power"] == (5, "W")
    assert "current" in noise(records)[0]


def test_other_sensors_on_the_plug_have_channels_of_their_own() -> None:
    message = {
        "Time": "2026-11-22T01:17:48",
        "DS18B20": {"Id": "0316402384", "Temperature": 21.5},
        "DS18B20-2": {"Id": "1", "Temperature": None},
        "AM2301": {"Temperature": 22.4, "Humidity": "45.1", "DewPoint": 9.9},
        "BME280": {"Pressure": 745.1, "SeaPressure": 760},
        "SCD30": {"CarbonDioxide": 800, "eCO2": 801},
        "PMS5003": {"PM2.5": 7, "PB0.3": 5},
        "ANALOG": {"A0": 512},
        "Switch1": "ON",
        "TempUnit": "C",
        "PressureUnit": "mmHg",
    }
    assert values(Talk().say(1, "tele/p/SENSOR", message)) == {
        "ds18b20_temperature": (21.5, "°C"),
        "am2301_temperature": (22.4, "°C"),
        "am2301_humidity": (45.1, "%"),
        "am2301_dew_point": (9.9, "°C"),
        "bme280_pressure": (745.1, "mmHg"),
        "bme280_sea_pressure": (760, "mmHg"),
        "scd30_carbon_dioxide": (800, "ppm"),
        "scd30_e_co2": (801, "ppm"),
        "pms5003_pm2.5": (7, "µg/m³"),
        "pms5003_pb0.3": (5, ""),
        "analog_a0": (512, ""),
    }


def test_units_are_as_the_plug_says() -> None:
    message = {"X Ü": {"Temperature": 70.1, "Pressure": 1000}, "TempUnit": "F", "PressureUnit": 5}
    found = values(Talk().say(1, "tele/p/SENSOR", message))
    assert found == {"x___temperature": (70.1, "°F"), "x___pressure": (1000, "hPa")}


def test_a_status_wraps_the_same() -> None:
    status = {"StatusSNS": {"Time": "2026-11-22T01:17:48Z", "ENERGY": {"Power": 30}}}
    for word in ("STATUS8", "STATUS10"):
        records = Talk().say(1, f"stat/plug-7/{word}", status)
        assert values(records) == {"power": (30, "W")}
        assert told(records) == [(1.0, BUSY, Source.POWER_INFERRED)]
    whole = {"Status": {"Power": 1}, "StatusSTS": {"POWER": "OFF", "Wifi": {"RSSI": 90}}, **status}
    records = Talk().say(1, "stat/plug-7/STATUS0", whole)
    assert values(records) == {"power": (30, "W")}
    assert told(records) == [(1.0, OFFLINE, Source.POWER_INFERRED)]


@pytest.mark.parametrize(
    ("time", "at_s"),
    [("2026-11-22T01:17:40Z", -8), ("2026-11-22T04:17:40+03:00", -8), ("2026-11-22T09:00:00", 1), (None, 1), (5, 1)],
)
def test_a_time_with_a_zone_dates_the_readings_and_one_without_does_not(time: Any, at_s: int) -> None:
    (reading, state) = Talk().say(1, "tele/p/SENSOR", {"Time": time, "ENERGY": {"Power": 30}})
    assert isinstance(reading, Reading)
    assert reading.at == T0 + at_s * NS_PER_S
    assert isinstance(state, StateSeen)
    assert state.at == T0 + NS_PER_S


@pytest.mark.parametrize("time", ["1970-01-01T00:00:10Z", "2100-01-01T00:00:00Z", "yesterday", "2026-99-22T01:17:40Z"])
def test_a_time_that_cannot_be_is_a_rejection(time: str) -> None:
    records = Talk().say(1, "tele/p/SENSOR", {"Time": time, "ENERGY": {"Power": 30}})
    assert len(records) == 1
    assert "Time" in noise(records)[0]


@pytest.mark.parametrize(
    ("topic", "payload"),
    [
        ("tele/p/SENSOR", b""),
        ("tele/p/SENSOR", b"{"),
        ("tele/p/SENSOR", b"[1]"),
        ("tele/p/SENSOR", b'{"a":"' + b"x" * 20_000 + b'"}'),
        ("tele/p/LWT", b"Away"),
        ("tele/p/LWT", b"\xff"),
        ("stat/p/POWER", b"BLINK"),
        ("tele/p/NEW", b"{}"),
        ("cmnd/p/POWER", b"ON"),
        ("p/SENSOR", b"{}"),
        ("", b"x"),
        ("x" * 400, b"{}"),
    ],
)
def test_what_tasmota_does_not_say_is_one_rejection(topic: str, payload: bytes) -> None:
    (record,) = Talk().say(1, topic, payload)
    assert isinstance(record, Rejected)
    assert (record.size, record.origin) == (len(payload), topic[:280])


def test_more_values_than_a_plug_has_are_one_rejection_beside_the_first() -> None:
    records = Talk().say(1, "tele/p/SENSOR", {"S": {f"k{n}": n for n in range(1000)}})
    assert len(values(records)) == 200
    assert len(noise(records)) == 1


@pytest.mark.parametrize("topic", ["tele/p/INFO1", "tele/p/UPTIME", "stat/p/LOGGING"])
def test_what_a_plug_tells_of_itself_is_understood(topic: str) -> None:
    assert Talk().say(1, topic, b"anything") == []


def test_a_topic_may_have_its_prefix_in_another_place() -> None:
    assert values(Talk().say(1, "school/plug-7/tele/SENSOR", {"ENERGY": {"Power": 1}})) == {"power": (1, "W")}


def test_power_becomes_a_state_with_hysteresis_at_both_levels() -> None:
    options = {"busy_above_w": 100, "busy_below_w": 60, "on_above_w": 4, "on_below_w": 2}
    talk = Talk(options)
    given = [0.5, 3, 5, 3, 90, 101, 61, 59, 3, 1]
    expected = [OFFLINE, None, IDLE, None, None, BUSY, None, IDLE, None, OFFLINE]
    for at_s, (power_w, state) in enumerate(zip(given, expected, strict=True)):
        assert talk.power(at_s, power_w) == ([] if state is None else [(at_s, state, Source.POWER_INFERRED)])


def test_no_power_may_mean_idle() -> None:
    assert Talk({"off_is": "idle"}).power(1, 0) == [(1.0, IDLE, Source.POWER_INFERRED)]


def test_a_heater_that_switches_stays_busy() -> None:
    talk = Talk({"fall_hold_s": 30})
    talk.power(1, 50)
    assert talk.power(10, 5) == talk.power(20, 50) == talk.power(30, 5) == []
    assert talk.power(61, 5) == [(30.0, IDLE, Source.POWER_INFERRED)]


def test_silence_makes_the_state_unknown_when_its_validity_ends() -> None:
    talk = Talk()
    talk.power(1, 50)
    assert talk.wake(700) == []
    assert talk.wake(800) == [(751.0, UNKNOWN, Source.POWER_INFERRED)]
    assert talk.wake(2000) == []
    assert talk.power(2001, 50) == [(2001.0, BUSY, Source.POWER_INFERRED)]


def test_the_equipments_own_validity_goes_before_the_usual() -> None:
    talk = Talk(validity_s=20)
    talk.power(1, 50)
    assert talk.wake(22) == [(21.0, UNKNOWN, Source.POWER_INFERRED)]


def test_a_clock_set_back_lets_a_state_wait_its_whole_validity() -> None:
    talk = Talk()
    talk.power(10_000, 50)
    assert talk.wake(5) == []
    assert talk.wake(755) == [(755.0, UNKNOWN, Source.POWER_INFERRED)]


def test_opening_again_asks_nothing_and_keeps_what_is_known() -> None:
    talk = Talk()
    assert talk.driver.opened(T0).wake_at is None
    talk.power(1, 50)
    step = talk.driver.opened(T0 + 2 * NS_PER_S)
    assert (step.records, step.send, step.wake_at) == ((), (), T0 + 751 * NS_PER_S)


def test_an_open_relay_takes_the_power_away() -> None:
    talk = Talk()
    talk.power(1, 50)
    assert told(talk.say(2, "stat/p/POWER", b"OFF")) == [(2.0, OFFLINE, Source.POWER_INFERRED)]
    assert talk.power(3, 50) == []  # measured before, told after
    assert told(talk.say(4, "tele/p/STATE", {"POWER": "OFF"})) == []
    assert told(talk.say(5, "stat/p/RESULT", {"POWER": "ON"})) == []
    assert talk.power(6, 50) == [(6.0, BUSY, Source.POWER_INFERRED)]


def test_one_closed_relay_of_two_is_enough() -> None:
    talk = Talk()
    assert told(talk.say(1, "tele/p/STATE", {"POWER1": "OFF", "POWER2": "ON"})) == []
    assert told(talk.say(2, "stat/p/POWER2", b"OFF")) == [(2.0, OFFLINE, Source.POWER_INFERRED)]


def test_the_last_will_is_offline_and_coming_back_unknown_until_measured() -> None:
    talk = Talk()
    (first,) = talk.say(0, "tele/p/LWT", b"Online", retained=True)
    assert isinstance(first, LinkChanged)
    talk.power(1, 50)
    down = talk.say(2, "tele/p/LWT", b"Offline")
    assert isinstance(down[0], LinkChanged)
    assert not down[0].up
    assert told(down) == [(2.0, OFFLINE, Source.LINK)]
    assert talk.say(3, "tele/p/LWT", b"Offline") == []
    assert talk.wake(10_000) == []
    assert told(talk.say(10_001, "tele/p/LWT", b"Online")) == [(10_001.0, UNKNOWN, Source.LINK)]
    assert talk.power(10_002, 50) == [(10_002.0, BUSY, Source.POWER_INFERRED)]


def test_a_plug_that_is_away_when_the_gateway_starts_is_offline() -> None:
    assert told(Talk().say(1, "tele/p/LWT", b"Offline", retained=True)) == [(1.0, OFFLINE, Source.LINK)]
    assert Talk().say(1, "tele/p/LWT", b"") == []


def test_a_retained_measurement_is_none_of_now() -> None:
    assert Talk().say(1, "tele/p/SENSOR", {"ENERGY": {"Power": 50}}, retained=True) == []


def test_the_tables_are_total_over_the_plugs_words() -> None:
    assert set(STATES) == set(LINKS) | set(RELAYS)


@pytest.mark.parametrize(
    "options",
    [
        {"busy_above_w": 5, "busy_below_w": 6},
        {"on_above_w": 16},
        {"on_below_w": 2},
        {"busy_above_w": -1},
        {"validity_s": 0},
        {"off_is": "fault"},
    ],
)
def test_thresholds_out_of_order_are_faults(options: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        TasmotaSettings(**options)


def test_a_simulated_plug_is_what_its_options_say() -> None:
    options = TasmotaSettings(off_is="idle")
    simulator = SPEC.simulator(Setting(EquipmentId("saw")), options, 1)
    simulator.opened(T0)
    simulator.act(Act.FAIL, T0)
    assert simulator.state is IDLE
    assert simulator.received(b"", T0).send == ()
    assert simulator.woken(T0).send == ()
