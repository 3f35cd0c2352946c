from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import pytest

from drivers.catalog import CATALOG
from drivers.contract import DriverSettings, LinkKind, Publish, Setting, Spec, Step, Unit
from edge.clock import ManualClock, SystemClock
from edge.errors import Full, GiveUp
from edge.exchange import Exchange
from edge.health import Health, Part
from edge.intake import Intake
from edge.journal.contract import Offset
from edge.links.mqtt_address import Address, address_of
from edge.links.mqtt_frames import Incoming
from edge.links.mqtt_session import Session, recalled
from edge.links.mqtt_window import Window
from edge.metrics import Metrics
from edge.settings import Equipment, LinkSettings, Mqtt, Settings
from edge.switchboard import NEWCOMERS, ROUTES, Outcome, Switchboard
from telemetry.model import (
    NS_PER_S,
    Channel,
    EquipmentId,
    EquipmentSeen,
    Instant,
    LinkChanged,
    Reading,
    Record,
    Rejected,
    Source,
    State,
    StateSeen,
)
from tests.edge.toys import ListJournal
from tests.waiting import becomes_true

START = 1_790_000_000 * NS_PER_S


@dataclass
class EchoDriver:
    """Says a reading for every message, its own state for `busy`, nonsense for `?`, and dies of `die`."""

    setting: Setting
    options: DriverSettings
    woken_at: list[Instant] = field(default_factory=list)

    def opened(self, at: Instant) -> Step:
        return Step(send=(Publish(f"ask/{self.setting.equipment}", b"?"),), wake_at=at + 10 * NS_PER_S)

    def received(self, unit: Unit, at: Instant) -> Step:
        assert isinstance(unit, Publish)
        equipment = self.setting.equipment
        match unit.payload:
            case b"die":
                raise ValueError("a bug")
            case b"?":
                return Step((Rejected(equipment, at, at, "nonsense", b"?", 1),))
            case b"busy":
                return Step((StateSeen(equipment, at, at, State.BUSY),), wake_at=at + NS_PER_S)
            case b"forbidden":
                return Step(send=(Publish("cmnd/x", b"1"), b"bytes"))
            case b"now":
                return Step(wake_at=at)
            case _:
                return Step((Reading(equipment, Channel("u"), at, at, float(unit.payload)),))

    def woken(self, at: Instant) -> Step:
        self.woken_at.append(at)
        return Step((StateSeen(self.setting.equipment, at, at, State.IDLE),))


def no_simulator(*_: object) -> None:
    raise NotImplementedError


ECHO = Spec(
    family="echo",
    title="echo",
    link=LinkKind.MQTT,
    settings=DriverSettings,
    driver=EchoDriver,
    simulator=no_simulator,  # type: ignore[arg-type] # never asked for here
    allowed=lambda unit: isinstance(unit, Publish) and unit.topic.startswith("ask/"),
    states={},
)
LABEDGE = replace(ECHO, family="labedge", holds_over_restart=True)


class Desk:
    """A switchboard with a clock that stands still."""

    def __init__(self, **words: object) -> None:
        self.clock = ManualClock(START)
        self.metrics = Metrics()
        self.board = Switchboard(
            centre="lab",
            catalog={"labedge": LABEDGE, "echo": ECHO},
            clock=self.clock,
            metrics=self.metrics,
            **words,  # type: ignore[arg-type] # only what a test names
        )

    def attach(self, name: str, *, up: bool = True, **words: object) -> Outcome:
        out = Outcome()
        given = {
            "id": name,
            "name": name,
            "room": "hall",
            "driver": "echo",
            "link": LinkSettings(mqtt=f"tele/{name}/#"),
        }
        self.board.attach(Equipment.model_validate({**given, **words}), self._spec(words), out, up=up)
        return out

    def _spec(self, words: Mapping[str, object]) -> Spec:
        return LABEDGE if words.get("driver") == "labedge" else ECHO

    def hear(self, topic: str, payload: bytes, *, size: int | None = None) -> Outcome:
        out = Outcome()
        self.clock.advance(1)
        self.board.received(
            Incoming(topic, payload, retained=False, mid=1, again=False, mark=0, size=size or len(payload)), out
        )
        return out

    def wake(self, by_ns: int) -> list[Record]:
        self.clock.advance(by_ns)
        out = Outcome()
        self.board.wake(out)
        return out.records


def kinds(records: list[Record]) -> list[tuple[str, str]]:
    return [(type(record).__name__, getattr(record, "equipment", "")) for record in records]


def test_an_attached_equipment_is_opened_and_hears_its_topics() -> None:
    desk = Desk()
    out = desk.attach("plug-1")
    assert kinds(out.records) == [("LinkChanged", "plug-1")]
    assert out.send == [Publish("ask/plug-1", b"?")]
    assert kinds(desk.hear("tele/plug-1/SENSOR", b"7").records) == [("Reading", "plug-1")]
    assert desk.board.wanted() == {"labedge/v1/lab/#", "tele/plug-1/#"}


def test_an_equipment_that_was_attached_before_the_broker_came_is_opened_with_it() -> None:
    desk = Desk()
    assert desk.attach("plug-1", up=False) == Outcome() or desk.attach("plug-1", up=False).records == []
    out = Outcome()
    desk.board.opened(out)
    assert kinds(out.records) == [("LinkChanged", "plug-1")]


def test_two_equipments_may_share_a_topic() -> None:
    desk = Desk()
    desk.attach("one", link=LinkSettings(mqtt="shared/+"))
    desk.attach("two", link=LinkSettings(mqtt="shared/x"))
    assert sorted(kinds(desk.hear("shared/x", b"1").records)) == [("Reading", "one"), ("Reading", "two")]


def test_a_detached_equipment_hears_nothing_and_is_not_woken() -> None:
    desk = Desk()
    desk.attach("plug-1")
    desk.board.detach("plug-1")
    desk.board.detach("plug-1")
    assert kinds(desk.hear("tele/plug-1/SENSOR", b"7").records) == [("Rejected", "")]
    assert desk.wake(20 * NS_PER_S) == []
    assert desk.board.wanted() == {"labedge/v1/lab/#"}


def test_an_equipment_without_a_topic_is_told_how_to_name_it() -> None:
    with pytest.raises(GiveUp, match="plug-1") as caught:
        Desk().attach("plug-1", link=None)
    assert 'mqtt = "tele/plug-1/#"' in caught.value.fix


def test_an_equipment_of_our_layout_needs_no_topic_and_may_move_to_another_room() -> None:
    desk = Desk()
    desk.attach("lab-1", driver="labedge", link=None)
    assert kinds(desk.hear("labedge/v1/lab/hall/lab-1/u", b"1").records) == [("Reading", "lab-1")]
    assert kinds(desk.hear("labedge/v1/lab/attic/lab-1/u", b"1").records) == [("Reading", "lab-1")]


def test_a_newcomer_is_seen_once_a_room_and_recorded_from_its_first_message() -> None:
    desk = Desk()
    first = desk.hear("labedge/v1/lab/hall/new-1/u", b"1").records
    assert kinds(first) == [("EquipmentSeen", "new-1"), ("LinkChanged", "new-1"), ("Reading", "new-1")]
    assert kinds(desk.hear("labedge/v1/lab/hall/new-1/i", b"2").records) == [("Reading", "new-1")]
    moved = desk.hear("labedge/v1/lab/attic/new-1/u", b"3").records
    assert [one.room for one in moved if isinstance(one, EquipmentSeen)] == ["attic"]


def test_a_newcomer_of_an_earlier_life_is_not_new() -> None:
    seen = EquipmentSeen(EquipmentId("new-1"), START, START, "hall", "labedge")
    desk = Desk(seen=[seen])
    assert kinds(desk.hear("labedge/v1/lab/hall/new-1/u", b"1").records) == [
        ("LinkChanged", "new-1"),
        ("Reading", "new-1"),
    ]


def test_a_newcomer_that_is_configured_later_goes_on_as_configured() -> None:
    desk = Desk()
    desk.hear("labedge/v1/lab/hall/new-1/u", b"1")
    desk.attach("new-1", driver="labedge", link=None)
    assert kinds(desk.hear("labedge/v1/lab/attic/new-1/u", b"1").records) == [("Reading", "new-1")]


def test_who_has_said_its_state_before_is_told_to_its_driver() -> None:
    desk = Desk(says_state=lambda equipment: equipment == "new-1")
    desk.hear("labedge/v1/lab/hall/new-1/u", b"1")
    desk.hear("labedge/v1/lab/hall/new-2/u", b"1")
    told = {name: one.setting.says_state for name, one in desk.board._listeners.items()}
    assert told == {"new-1": True, "new-2": False}


@pytest.mark.parametrize(
    ("topic", "payload", "expected"),
    [
        ("labedge/v1/lab/nonsense", b"1", [("Rejected", "")]),
        ("labedge/v1/other/hall/new-1/u", b"1", [("Rejected", "")]),
        ("labedge/v1/lab/$gateway/$link", b"online", []),
        ("labedge/v1/lab/hall/new-1/u", b"", []),
        ("labedge/v1/lab/hall/mill-1/u", b"1", [("Rejected", "mill-1")]),
    ],
)
def test_what_nobody_understands_is_rejected_and_what_says_nothing_is_not(
    topic: str, payload: bytes, expected: list[tuple[str, str]]
) -> None:
    desk = Desk()
    desk.attach("mill-1")
    assert kinds(desk.hear(topic, payload).records) == expected


def test_newcomers_are_bounded() -> None:
    desk = Desk()
    for number in range(NEWCOMERS):
        desk.hear(f"labedge/v1/lab/hall/new-{number}/u", b"1")
    records = desk.hear("labedge/v1/lab/hall/one-more/u", b"1").records
    assert kinds(records) == [("Rejected", "")]
    assert kinds(desk.hear("labedge/v1/lab/hall/new-1/u", b"1").records) == [("Reading", "new-1")]


def test_remembered_routes_are_bounded() -> None:
    desk = Desk()
    desk.attach("plug-1")
    for number in range(ROUTES + 1):
        desk.hear(f"tele/plug-1/{number}", b"1")
    assert len(desk.board._routes) == 1
    assert kinds(desk.hear("tele/plug-1/0", b"1").records) == [("Reading", "plug-1")]


def test_a_message_that_is_too_large_is_rejected_with_its_size_and_whose_it_is() -> None:
    desk = Desk()
    desk.attach("plug-1")
    desk.hear("tele/plug-1/x", b"1")
    records = desk.hear("tele/plug-1/x", b"head", size=9_000_000).records
    assert [(one.equipment, one.size, one.raw) for one in records if isinstance(one, Rejected)] == [
        ("plug-1", 9_000_000, b"head")
    ]
    assert kinds(desk.hear("labedge/v1/lab/hall/new-1/u", b"head", size=9_000_000).records) == [("Rejected", "")]


def test_a_driver_that_raises_loses_only_the_message_and_its_memory() -> None:
    desk = Desk()
    desk.attach("plug-1")
    desk.attach("plug-2")
    before = desk.board._listeners[EquipmentId("plug-1")].driver
    records = desk.hear("tele/plug-1/x", b"die").records
    assert kinds(records) == [("Rejected", "plug-1")]
    assert "a bug" in str(records[0])
    assert desk.board._listeners[EquipmentId("plug-1")].driver is not before
    assert kinds(desk.hear("tele/plug-2/x", b"1").records) == [("Reading", "plug-2")]


def test_nothing_leaves_that_the_family_may_not_send() -> None:
    desk = Desk()
    desk.attach("plug-1")
    out = desk.hear("tele/plug-1/x", b"forbidden")
    assert out.send == []
    assert kinds(out.records) == [("Rejected", "plug-1"), ("Rejected", "plug-1")]


def test_noise_without_end_is_counted_and_thinned() -> None:
    desk = Desk()
    desk.attach("plug-1")
    kept = sum(len(desk.hear("tele/plug-1/x", b"?").records) for _ in range(3000))
    assert kept < 1100
    assert desk.metrics.registry.get_sample_value("labedge_rejected_total", {"equipment": "plug-1"}) == 3000


def test_a_state_is_limited_where_the_settings_say_so() -> None:
    desk = Desk()
    desk.attach("plug-1", validity_s=60)
    states = [one for one in desk.hear("tele/plug-1/x", b"busy").records if isinstance(one, StateSeen)]
    assert [one.valid_ns for one in states] == [60 * NS_PER_S]


def test_drivers_are_woken_when_they_asked_and_not_before() -> None:
    desk = Desk()
    desk.attach("plug-1")
    desk.attach("plug-2")
    desk.hear("tele/plug-2/x", b"busy")
    assert desk.board.next_due() == desk.clock.monotonic() + NS_PER_S
    assert desk.wake(NS_PER_S - 1) == []
    assert kinds(desk.wake(1)) == [("StateSeen", "plug-2")]
    assert kinds(desk.wake(9 * NS_PER_S)) == [("StateSeen", "plug-1")]
    assert desk.wake(20 * NS_PER_S) == []
    assert desk.board.next_due() is None


def test_a_later_wish_replaces_an_earlier_one() -> None:
    desk = Desk()
    desk.attach("plug-1")
    desk.hear("tele/plug-1/x", b"busy")
    desk.wake(NS_PER_S // 2)
    desk.hear("tele/plug-1/x", b"busy")
    assert desk.wake(NS_PER_S // 2) == []
    assert kinds(desk.wake(NS_PER_S // 2)) == [("StateSeen", "plug-1")]


def test_a_driver_that_wants_to_be_woken_at_once_gets_a_moment_of_rest() -> None:
    desk = Desk()
    desk.attach("plug-1")
    desk.hear("tele/plug-1/x", b"now")
    assert desk.wake(0) == []
    assert kinds(desk.wake(NS_PER_S // 1000)) == [("StateSeen", "plug-1")]


def test_a_lost_broker_leaves_states_unknown_unless_they_are_kept_for_us() -> None:
    desk = Desk()
    desk.attach("plug-1")
    desk.attach("lab-1", driver="labedge", link=None)
    out = Outcome()
    desk.board.lost("the cable", out)
    assert [(r.equipment, r.up, r.reason) for r in out.records if isinstance(r, LinkChanged)] == [
        ("plug-1", False, "the cable"),
        ("lab-1", False, "the cable"),
    ]
    states = [record for record in out.records if isinstance(record, StateSeen)]
    assert [(one.equipment, one.state, one.source) for one in states] == [("plug-1", State.UNKNOWN, Source.LINK)]


def message(mid: int) -> Incoming:
    return Incoming("a", b"", retained=False, mid=mid, again=False, mark=mid, size=0)


def reading(number: int) -> Reading:
    return Reading(EquipmentId("e"), Channel("u"), START + number, START, 1.0)


def test_a_block_is_acknowledged_after_its_records_and_rings() -> None:
    journal, window, rings = ListJournal(), Window(), list[int]()
    window.connected(resumed=False)
    intake = Intake(journal, window, ring=lambda: rings.append(1))
    journal.holding = True
    window.admit(message(1))
    intake.keep([reading(1)], window.close_block())
    intake.settle()
    assert (window.take_ready(), rings) == ([], [])
    journal.release()
    intake.settle()
    assert (window.take_ready(), rings) == ([1], [1])


def test_a_block_without_records_is_acknowledged_after_the_one_before() -> None:
    journal, window = ListJournal(), Window()
    window.connected(resumed=False)
    intake = Intake(journal, window, ring=lambda: None)
    journal.holding = True
    window.admit(message(1))
    intake.keep([reading(1)], window.close_block())
    window.admit(message(2))
    intake.keep([], window.close_block())
    assert window.take_ready() == []
    journal.release()
    intake.settle()
    assert window.take_ready() == [1, 2]


def test_what_has_no_room_is_held_and_kept_in_order_later() -> None:
    journal, window = ListJournal(), Window()
    window.connected(resumed=False)
    intake = Intake(journal, window, ring=lambda: None)
    journal.make_room(0)
    intake.keep([reading(1)])
    intake.keep([reading(2)])
    held = [intake.holds]
    assert journal.records == []
    journal.make_room()
    intake.offer()
    assert [*held, intake.holds] == [True, False]
    assert journal.records == [reading(1), reading(2)]


def test_a_record_that_cannot_be_kept_holds_up_nobody() -> None:
    journal, window = ListJournal(), Window()
    window.connected(resumed=False)
    intake = Intake(journal, window, ring=lambda: None)
    window.admit(message(1))
    intake.keep([reading(1), replace(reading(2), value=float("nan")), reading(3)], window.close_block())
    intake.settle()
    assert journal.records == [reading(1), reading(3)]
    assert window.take_ready() == [1]


def noted(journal: ListJournal, window: Window) -> list[int]:
    return [mid for mid, _ in recalled(journal.notes(), Session(window.session.broker))[1].tolist()]


def test_a_block_is_noted_with_its_records_and_one_without_records_with_the_next() -> None:
    journal, window = ListJournal(), Window()
    window.connected(resumed=True)
    intake = Intake(journal, window, ring=lambda: None)
    window.admit(message(1))
    intake.keep([], window.close_block())
    intake.keep([reading(1)])
    before = noted(journal, window)
    window.admit(message(2))
    intake.keep([reading(2), replace(reading(3), value=float("nan"))], window.close_block())
    assert (before, noted(journal, window)) == ([], [1, 2])


def test_a_new_session_is_noted_unless_the_disk_keeps_nothing(caplog: pytest.LogCaptureFixture) -> None:
    journal, window = FullJournal(), Window()
    window.connected(resumed=False)
    intake = Intake(journal, window, ring=lambda: None)
    journal.full = True
    intake.begin()
    assert "not noted yet" in caplog.text
    journal.full = False
    intake.begin()
    assert recalled(journal.notes(), Session(window.session.broker))[0] == window.session


class FullJournal(ListJournal):
    """Has room in memory, and a disk that may be full."""

    full = False

    def commit(self, records: Sequence[Record], *, timeout_s: float | None = None, note: bytes = b"") -> Offset:
        if self.full:
            raise Full("the disk is full")
        return super().commit(records, timeout_s=timeout_s, note=note)


class Absent:
    """A managed broker whose program is not there."""

    url = "mqtt://127.0.0.1:1883"
    installed = False

    def await_listening(self, stopping: threading.Event) -> None:
        """It never will."""


def exchange(mqtt: Mqtt, health: Health, broker: Absent | None = None) -> Exchange:
    return Exchange(
        Settings(mqtt=mqtt),
        catalog=CATALOG,
        journal=ListJournal(),
        clock=SystemClock(),
        health=health,
        metrics=Metrics(),
        broker=broker,
    )


def test_without_mosquitto_the_gateway_is_ready_and_says_how_to_get_it() -> None:
    health = Health()
    one = exchange(Mqtt(), health, Absent())
    one.start()
    try:
        assert becomes_true(health.parts)
        part = health.parts()[0]
        assert (part.name, part.ok, part.vital) == ("mqtt", False, False)
        assert "apt install mosquitto" in part.fix
        assert health.ready()
    finally:
        one.stop()
    one.stop()


def test_where_mqtt_is_off_nothing_is_connected_and_nobody_is_attached() -> None:
    health = Health()
    one = exchange(Mqtt(url="off"), health)
    one.start()
    plug = Equipment(id="plug-1", name="x", room="hall", driver="tasmota", link=LinkSettings(mqtt="tele/x/#"))
    with pytest.raises(GiveUp, match="switched off"):
        one.attach(plug, CATALOG["tasmota"])
    one.stop()
    assert health.parts() == ()


def test_a_password_that_is_not_there_is_told_by_its_name() -> None:
    health = Health()
    one = exchange(Mqtt(url="mqtt://127.0.0.1:1", password="env:NOWHERE"), health)  # noqa: S106 - a reference
    one.start()
    try:
        assert becomes_true(health.parts)
        assert health.parts()[0] == Part(
            "mqtt",
            ok=False,
            message="[mqtt] password points to the environment variable NOWHERE, which is not set.",
            fix="Set NOWHERE where the gateway is started, or mend [mqtt] password.",
        )
    finally:
        one.stop()


@pytest.mark.parametrize(
    ("url", "host", "port", "tls"),
    [
        ("mqtt://10.0.0.2:1884", "10.0.0.2", 1884, False),
        ("mqtt://broker", "broker", 1883, False),
        ("mqtts://broker/", "broker", 8883, True),
        ("mqtt://[::1]:1883", "::1", 1883, False),
    ],
)
def test_a_url_becomes_an_address(url: str, host: str, port: int, tls: bool) -> None:  # noqa: FBT001 - a column of the table
    address = address_of(Mqtt(url=url), centre="lab", environ={})
    assert address == Address(host, port, "labedge-lab", tls=tls)


def test_an_address_never_shows_its_password() -> None:
    settings = Mqtt(url="mqtt://broker", user="u", password="env:SECRET", client_id="mine")  # noqa: S106 - a reference
    address = address_of(settings, centre="lab", environ={"SECRET": "s3cret"})
    assert (address.password, address.client_id) == ("s3cret", "mine")
    assert "s3cret" not in f"{address!r} {address}"


def test_an_impossible_port_is_told() -> None:
    with pytest.raises(GiveUp, match="no usable port"):
        address_of(Mqtt(url="mqtt://broker:99999"), centre="lab", environ={})
