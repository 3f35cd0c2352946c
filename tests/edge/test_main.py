from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from edge import main
from edge.errors import GiveUp
from edge.main import Gateway
from edge.settings import Centre, Equipment, LinkSettings, Mqtt, Settings
from telemetry.model import EquipmentId, Source, State, StateSeen
from tests.edge.toys import CATALOG, RADIO, TOY_ID, of_type, poll, toy

OFF = Mqtt(url="off")


class Lab:
    """A gateway on a folder of the test's own, with what it recorded."""

    def __init__(self, folder: Path, *equipment: Equipment) -> None:
        self.news: Settings | None = None
        self.gateway = Gateway(Settings(equipment=equipment, mqtt=OFF), folder, reload=self._reload, catalog=CATALOG)

    def _reload(self) -> Settings | None:
        news, self.news = self.news, None
        return news

    def states(self, of: str = "toy-1") -> list[StateSeen]:
        records = [record for _, record in self.gateway.store.records(0, 10_000)]
        return [state for state in of_type(records, StateSeen) if state.equipment == of]

    def shows(self, state: State, of: str = "toy-1") -> bool:
        snapshot = self.gateway.live.snapshot(self.gateway.clock.now())
        return any((one.id, one.state) == (of, state) for one in snapshot.equipment)

    def message(self, part: str) -> str:
        return next((p.message for p in self.gateway.health.parts() if p.name == part), "none")


@contextmanager
def running(folder: Path, *equipment: Equipment) -> Iterator[Lab]:
    lab = Lab(folder, *equipment)
    lab.gateway.start()
    try:
        yield lab
    finally:
        lab.gateway.stop()


def test_what_a_device_says_is_kept_and_shown(tmp_path: Path) -> None:
    with running(tmp_path, toy()) as lab:
        poll(lambda: lab.shows(State.IDLE))
        poll(lambda: State.IDLE in [state.state for state in lab.states()])
        assert (lab.gateway.health.ready(), lab.gateway.alive(), lab.gateway.data_dir) == (True, True, tmp_path)
    assert not lab.gateway.alive()


def test_it_runs_twice_on_one_folder_and_the_time_between_is_unknown(tmp_path: Path) -> None:
    with running(tmp_path, toy()) as first:
        poll(lambda: first.shows(State.IDLE))
    with running(tmp_path, toy()) as second:
        poll(lambda: second.shows(State.IDLE))
        seen = second.states()
    told = [(state.state, state.source) for state in seen]
    assert told == [
        (State.UNKNOWN, Source.LINK),
        (State.IDLE, Source.DEVICE),
        (State.UNKNOWN, Source.GATEWAY),
        (State.UNKNOWN, Source.LINK),
        (State.IDLE, Source.DEVICE),
    ]
    assert seen[2].reason == "the gateway was stopped"


def test_the_time_after_a_crash_is_unknown_from_the_last_sign_of_life(tmp_path: Path) -> None:
    with running(tmp_path / "lab", toy()) as lab:
        poll(lambda: lab.shows(State.IDLE))
        lab.gateway.journal.commit(())
        crashed = crash(tmp_path / "lab", tmp_path / "crashed")
    with running(crashed, toy()) as lab:
        poll(lambda: lab.shows(State.IDLE))
        alive = lab.gateway.journal.previous_alive
        gap = next(state for state in lab.states() if state.source is Source.GATEWAY)
        before = max(state.at for state in lab.states() if state.at < gap.at)
    assert alive is not None
    assert (gap.state, gap.at, gap.reason) == (State.UNKNOWN, max(alive, before + 1), "the gateway was not running")
    assert gap.at < gap.received_at


def crash(folder: Path, into: Path) -> Path:
    """What a power cut would leave: the files as they are while the gateway runs."""
    into.mkdir()
    for file in folder.glob("journal.sqlite*"):
        shutil.copy(file, into)
    return into


def test_a_state_from_before_the_start_is_shown_at_once(tmp_path: Path) -> None:
    with running(tmp_path, toy("toy-1"), toy("toy-2")) as lab:
        poll(lambda: lab.shows(State.IDLE, "toy-1") and lab.shows(State.IDLE, "toy-2"))
    with running(tmp_path, toy("toy-1"), toy("toy-2", link=None)) as lab:
        assert lab.shows(State.UNKNOWN, "toy-2")


def test_new_settings_take_effect_and_say_what_needs_a_restart(tmp_path: Path) -> None:
    with running(tmp_path, toy("toy-1")) as lab:
        lab.news = Settings(equipment=(toy("toy-1"), toy("toy-2")), mqtt=OFF)
        poll(lambda: lab.shows(State.IDLE, "toy-2"))
        assert lab.message("restart") == "none"
        lab.news = Settings(equipment=(toy("toy-1"),), mqtt=OFF, centre=Centre(id="other"))
        poll(lambda: "not in use yet" in lab.message("restart"))
        poll(lambda: lab.message("equipment:toy-2") == "none")
        assert (lab.gateway.settings.centre.id, len(lab.gateway.settings.equipment)) == ("lab", 1)
        assert lab.message("equipment:toy-1") == ""


def test_mqtt_equipment_is_told_that_mqtt_is_off(tmp_path: Path) -> None:
    radio = toy("radio-1", driver=RADIO.family, link=LinkSettings(mqtt="radio/#"))
    with running(tmp_path, radio) as lab:
        assert "switched off" in lab.message("equipment:radio-1")
        lab.news = Settings(mqtt=OFF)
        poll(lambda: lab.message("equipment:radio-1") == "none")


def test_it_remembers_who_tells_its_own_state(tmp_path: Path) -> None:
    with running(tmp_path, toy("toy-1")) as lab:
        poll(lambda: lab.shows(State.IDLE))
        assert (lab.gateway._says_state(TOY_ID), lab.gateway._says_state(EquipmentId("toy-2"))) == (True, False)


def test_a_disk_that_does_not_answer_keeps_it_from_no_stop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(main, "COMMIT_S", 0.0)
    with running(tmp_path, toy()) as lab:
        poll(lambda: lab.shows(State.IDLE))
    assert "the gateway was stopped" in lab.message("gateway")


def test_a_second_gateway_on_the_same_folder_is_refused_with_a_sentence(tmp_path: Path) -> None:
    with running(tmp_path), pytest.raises(GiveUp) as error:
        Lab(tmp_path)
    assert error.value.fix


def test_stopping_again_or_before_the_start_is_harmless(tmp_path: Path) -> None:
    with running(tmp_path, toy()) as lab:
        poll(lambda: lab.shows(State.IDLE))
        lab.gateway.stop()
    Lab(tmp_path).gateway.stop()


def test_a_data_folder_that_cannot_be_made_is_told_in_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(GiveUp, match="cannot be made") as caught:
        Gateway(Settings(mqtt=OFF), tmp_path / "file" / "data", catalog=CATALOG)
    assert "--data-dir" in caught.value.fix


def test_what_is_written_off_is_served_no_more_and_stays_in_the_numbers(tmp_path: Path) -> None:
    gone, last = toy("toy-2", until="2026-01-31"), toy("toy-3", until="2199-12-31")
    with running(tmp_path, toy("toy-1"), gone, last) as lab:
        poll(lambda: lab.shows(State.IDLE, "toy-1") and lab.shows(State.IDLE, "toy-3"))
        shown = [one.id for one in lab.gateway.live.snapshot(lab.gateway.clock.now()).equipment]
        counted = lab.gateway.numbers.desk.entered().inventory.ids
        lab.news = Settings(equipment=(toy("toy-1"), gone), mqtt=OFF)
        poll(lambda: [one.id for one in lab.gateway.live.snapshot(lab.gateway.clock.now()).equipment] == ["toy-1"])
    assert shown == ["toy-1", "toy-3"]
    assert counted == ("toy-1", "toy-2", "toy-3")
