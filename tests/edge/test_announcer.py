from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any

import pytest

from drivers.contract import Publish
from edge import announcer as announcer_module
from edge.announcer import Announcer
from edge.clock import ManualClock, SystemClock
from edge.homeassistant import DEVICE_CLASSES, STATUS
from edge.journal.contract import Committed
from edge.live import MAX_UPDATES, Live
from edge.metrics import Metrics
from edge.settings import Centre, Equipment, Settings
from telemetry.model import (
    NS_PER_S,
    Channel,
    EquipmentId,
    EquipmentSeen,
    Instant,
    LinkChanged,
    Reading,
    Record,
    State,
    StateSeen,
)
from tests.waiting import becomes_true

START: Instant = 1_790_000_000 * NS_PER_S
MILL = EquipmentId("mill-1")
OWN = "labedge/v1/lab/$gateway/"
CONFIGS = "homeassistant/sensor/labedge-lab/"
CENTRE = Centre(rooms={"workshop": "Мастерская"})


def mill(name: str = "Фрезер 1", **words: object) -> Equipment:
    given = {"id": "mill-1", "name": name, "room": "workshop", "driver": "grbl"} | words
    return Equipment.model_validate(given)


class Desk:
    """An announcer that is looked after by hand, with a clock that stands still."""

    def __init__(self, *equipment: Equipment, centre: Centre = CENTRE) -> None:
        self.clock = ManualClock(START)
        self.live = Live(Metrics())
        self.live.roster(equipment)
        self.announcer = Announcer(Settings(centre=centre), live=self.live, clock=self.clock)
        self._offset = 0

    def say(self, *records: Record) -> None:
        numbered = list(enumerate(records, self._offset + 1))
        self._offset += len(records)
        self.live.publish(Committed(self._offset, tuple(numbered)))

    def reads(self, value: float, *, channel: str = "u", unit: str = "", of: EquipmentId = MILL) -> None:
        at = self.clock.advance(1)
        self.say(Reading(of, Channel(channel), at, at, value, unit))

    def sent(self) -> list[Publish]:
        """What a turn makes ready, fetched as the exchange does."""
        self.announcer.turn()
        return list(iter(self.announcer.next, None))

    def told(self) -> dict[str, bytes]:
        return {unit.topic: unit.payload for unit in self.sent()}

    def config(self, name: str) -> dict[str, Any]:
        self.announcer.connected()
        found = json.loads(self.told()[f"{CONFIGS}{name}/config"])
        assert isinstance(found, dict)
        return found


def at(desk: Desk) -> Instant:
    return desk.clock.advance(1)


def test_an_equipment_is_a_device_with_its_state_and_its_channels() -> None:
    desk = Desk(mill())
    now = at(desk)
    desk.say(LinkChanged(MILL, now, now, up=True), StateSeen(MILL, now, now, State.BUSY))
    desk.reads(21.5, channel="bed_temperature", unit="°C")
    desk.announcer.connected()
    sent = desk.sent()
    assert {unit.topic: unit.retained for unit in sent} == {
        f"{CONFIGS}mill-1/config": True,
        f"{CONFIGS}mill-1_bed_temperature/config": True,
        f"{OWN}mill-1/$link": True,
        f"{OWN}mill-1/$state": True,
        f"{OWN}mill-1/bed_temperature": False,
    }
    by_topic = {unit.topic: unit.payload for unit in sent}
    assert by_topic[f"{OWN}mill-1/$link"] == b"online"
    assert by_topic[f"{OWN}mill-1/$state"] == b"busy"
    assert by_topic[f"{OWN}mill-1/bed_temperature"] == b"21.5"


def test_the_states_sensor_is_an_enumeration_of_the_words_of_states() -> None:
    config = Desk(mill()).config("mill-1")
    assert config == {
        "device": {
            "identifiers": ["labedge-lab-mill-1"],
            "name": "Фрезер 1",
            "model": "grbl",
            "suggested_area": "Мастерская",
        },
        "origin": {"name": "labedge"},
        "availability": [{"topic": f"{OWN}$link"}, {"topic": f"{OWN}mill-1/$link"}],
        "availability_mode": "all",
        "qos": 1,
        "name": "Состояние",
        "unique_id": "labedge-lab-mill-1",
        "state_topic": f"{OWN}mill-1/$state",
        "device_class": "enum",
        "options": [state.name.lower() for state in State],
    }


def test_a_centre_that_speaks_english_gets_english_names_and_a_room_without_a_name_its_id() -> None:
    config = Desk(mill(room="attic"), centre=Centre(language="en")).config("mill-1")
    assert (config["name"], config["device"]["suggested_area"]) == ("State", "attic")


@pytest.mark.parametrize(
    ("unit", "device_class"), [("°C", "temperature"), ("V", "voltage"), ("%", None), ("kWh", None), ("mm", None)]
)
def test_a_channel_has_its_unit_and_a_class_only_where_the_unit_makes_it_certain(
    unit: str, device_class: str | None
) -> None:
    desk = Desk(mill())
    desk.reads(1.0, unit=unit)
    config = desk.config("mill-1_u")
    assert (config["unit_of_measurement"], config.get("device_class")) == (unit, device_class)
    assert (config["state_topic"], config["unique_id"]) == (f"{OWN}mill-1/u", "labedge-lab-mill-1_u")


def test_a_channel_without_a_unit_claims_none() -> None:
    desk = Desk(mill())
    desk.reads(1.0)
    assert {"unit_of_measurement", "device_class"} & desk.config("mill-1_u").keys() == set()
    assert "" not in DEVICE_CLASSES


def test_channels_of_odd_names_get_topics_that_are_allowed_and_differ() -> None:
    desk = Desk(mill())
    for number, channel in enumerate(("a.b", "a-b", "a/b", "a+b", "tемп")):
        desk.reads(number, channel=channel)
    desk.announcer.connected()
    topics = [unit.topic for unit in desk.sent()]
    assert len(topics) == len(set(topics)) == 2 * 5 + 3
    assert f"{OWN}mill-1/a.b" in topics
    ids = [topic[len(CONFIGS) :] for topic in topics if topic.startswith(CONFIGS)]
    assert all(one.removesuffix("/config").replace("-", "").replace("_", "").isalnum() for one in ids)
    assert not [topic for topic in topics if "+" in topic or not topic.isascii()]


def test_nothing_is_said_while_the_broker_is_away_and_all_of_it_on_every_connection() -> None:
    desk = Desk(mill())
    desk.reads(1.0)
    assert desk.sent() == []
    desk.announcer.connected()
    first = desk.told()
    assert desk.told() == {}
    desk.announcer.lost()
    desk.reads(2.0)
    assert desk.sent() == []
    desk.announcer.connected()
    assert desk.told() == first | {f"{OWN}mill-1/u": b"2.0"}


def test_what_waited_for_a_lost_connection_is_not_sent_on_the_next() -> None:
    desk = Desk(mill())
    desk.announcer.connected()
    desk.announcer.turn()
    desk.announcer.lost()
    assert desk.announcer.next() is None


def test_when_home_assistant_comes_up_everything_is_announced_again() -> None:
    desk = Desk(mill())
    desk.announcer.connected()
    first = desk.told()
    desk.announcer.hear(STATUS, b"offline")
    silent = desk.told()
    desk.announcer.hear(STATUS, b"online")
    assert (silent, desk.told()) == ({}, first)


@pytest.fixture
def following() -> Iterator[Desk]:
    """An announcer that hears of changes, as in the gateway, and whose thread is asked to rest."""
    desk = Desk(mill())
    desk.announcer._subscription = desk.live.subscribe(lambda: None)
    desk.announcer.connected()
    desk.sent()
    yield desk
    desk.live.close()


def test_a_change_of_state_is_said_once(following: Desk) -> None:
    now = at(following)
    following.say(StateSeen(MILL, now, now, State.BUSY))
    assert following.told() == {f"{OWN}mill-1/$state": b"busy"}
    assert following.sent() == []


def test_a_state_that_runs_out_by_itself_is_said(following: Desk) -> None:
    now = at(following)
    following.say(StateSeen(MILL, now, now, State.BUSY, valid_ns=5 * NS_PER_S))
    assert following.told() == {f"{OWN}mill-1/$state": b"busy"}
    following.clock.advance(6 * NS_PER_S)
    assert following.told() == {f"{OWN}mill-1/$state": b"unknown"}


def test_a_channel_is_said_once_a_second_at_most_and_its_last_value_in_the_end(following: Desk) -> None:
    said: list[bytes] = []
    for number in range(100):
        following.reads(number)
        said += [payload for topic, payload in following.told().items() if topic == f"{OWN}mill-1/u"]
        following.clock.advance(NS_PER_S // 10)
    following.clock.advance(NS_PER_S)
    said += following.told().values()
    assert 10 <= len(said) <= 12
    assert (said[0], said[-1]) == (b"0", b"99")


def test_an_unchanged_value_is_not_said_again(following: Desk) -> None:
    following.reads(1.0)
    following.told()
    following.clock.advance(2 * NS_PER_S)
    following.reads(1.0)
    assert following.told() == {}


def test_a_new_name_and_a_new_unit_are_announced_alone(following: Desk) -> None:
    following.reads(1.0)
    following.told()
    following.live.roster([mill("Фрезер 2")])
    renamed = following.told()
    assert renamed.keys() == {f"{CONFIGS}mill-1/config", f"{CONFIGS}mill-1_u/config"}
    following.reads(1.0, unit="V")
    assert following.told().keys() == {f"{CONFIGS}mill-1_u/config"}


def test_a_removed_equipment_is_taken_back(following: Desk) -> None:
    following.reads(1.0)
    following.told()
    following.live.roster([])
    gone = following.sent()
    assert {unit.topic for unit in gone} == {
        f"{CONFIGS}mill-1/config",
        f"{CONFIGS}mill-1_u/config",
        f"{OWN}mill-1/$link",
        f"{OWN}mill-1/$state",
    }
    assert {(unit.payload, unit.retained) for unit in gone} == {(b"", True)}
    assert following.sent() == []


def test_one_removed_while_the_broker_was_away_is_taken_back_when_it_is_there(following: Desk) -> None:
    following.announcer.lost()
    following.live.roster([])
    following.sent()
    following.announcer.connected()
    assert following.told()[f"{CONFIGS}mill-1/config"] == b""


def test_news_that_were_lost_are_made_up_for(following: Desk) -> None:
    following.live.roster([mill(), mill("Фрезер 2", id="mill-2")])
    following.told()
    following.reads(7.0, of=EquipmentId("mill-2"))
    for number in range(MAX_UPDATES):
        following.reads(number)
    told = following.told()
    assert (told[f"{OWN}mill-1/u"], told[f"{OWN}mill-2/u"]) == (b"255", b"7.0")


def test_what_an_earlier_life_announced_is_taken_back_and_what_is_still_there_is_not() -> None:
    desk = Desk(mill())
    desk.reads(1.0)
    desk.announcer.connected()
    for name in ("mill-1", "mill-1_u", "mill-1_gone", "mill-2", "mill-2_u"):
        desk.announcer.hear(f"{CONFIGS}{name}/config", b"{}")
    desk.announcer.hear(f"{CONFIGS}mill-3/config", b"")
    desk.announcer.hear("homeassistant/sensor/other/config", b"{}")
    taken_back = [unit.topic for unit in desk.sent() if unit.payload == b""]
    assert sorted(taken_back) == sorted(
        [
            f"{CONFIGS}mill-1_gone/config",
            f"{CONFIGS}mill-2/config",
            f"{CONFIGS}mill-2_u/config",
            f"{OWN}mill-2/$link",
            f"{OWN}mill-2/$state",
        ]
    )


def test_an_equipment_that_nobody_configured_is_not_announced(following: Desk) -> None:
    stranger = EquipmentId("stranger-1")
    now = at(following)
    following.say(EquipmentSeen(stranger, now, now, "hall", "labedge"))
    following.reads(1.0, of=stranger)
    assert following.told() == {}
    following.live.roster([mill(), mill("New", id="stranger-1")])
    assert f"{CONFIGS}stranger-1_u/config" in following.told()


def test_sensors_are_bounded_and_that_is_told(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(announcer_module, "SENSORS", 4)
    desk = Desk(mill())
    for channel in "bcdef":
        desk.reads(1.0, channel=channel)
    desk.announcer.connected()
    announced = names(desk.sent())
    desk.reads(1.0, channel="a")
    later = desk.sent()
    assert announced == ["mill-1", "mill-1_b", "mill-1_c", "mill-1_d"]
    assert [unit.topic for unit in later if unit.payload == b""] == [f"{CONFIGS}mill-1_d/config"]
    assert caplog.text.count("of no more") == 1


def names(sent: Sequence[Publish]) -> list[str]:
    topics = [unit.topic for unit in sent if unit.topic.startswith(CONFIGS)]
    return [topic[len(CONFIGS) :].removesuffix("/config") for topic in topics]


def test_its_thread_rings_when_there_is_something_to_send_and_ends_when_told() -> None:
    live, rung = Live(Metrics()), list[int]()
    live.roster([mill()])
    announcer = Announcer(Settings(), live=live, clock=SystemClock())
    announcer.start(lambda: rung.append(1))
    try:
        announcer.connected()
        assert becomes_true(lambda: rung)
        assert announcer.next() is not None
    finally:
        announcer.stop()
        announcer.stop()
    assert live._subscriptions == set()
