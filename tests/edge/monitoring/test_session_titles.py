from __future__ import annotations

from datetime import date

import pytest

from api.pages.sayings import retold
from edge.monitoring.contract import Edition
from edge.monitoring.lesson_times import starts_of
from edge.register.contract import Put, Remove
from edge.register.lessons import Cancellation, Group, OneOff, Program, Slot, Substitution
from edge.zones import zone_of
from telemetry.model import State
from tests.edge.monitoring.centre import DAY, HOUR, NOW, Place, state

MONDAY = date(2026, 9, 21)
HELD = Slot(weekday=1, start="16:00", end="17:00", room="workshop", group="pr-1", program="robotics", learners=12)


def titles(place: Place, edition: Edition) -> set[str]:
    """What the reasons of the number of sessions call them."""
    (found,) = (one for one in place.office.differences(edition) if (one.number, one.by) == ("A.2", None))
    return {sentence.partition(": the session ")[0] for sentence in found.why}


@pytest.mark.parametrize(
    ("changes", "title"),
    [
        ([Put("off", Cancellation(lesson="mon-1:2026-09-21"))], "ПР-1, 2026-09-21, 16:00"),
        ([Put("moved", Substitution(slot="mon-1", day=MONDAY, start="09:05", end="10:00"))], "ПР-1, 2026-09-21, 09:05"),
        ([Put("pr-1", Group(name="ПР-1А", program="robotics"), 1), Put("off", Cancellation(lesson="mon-1:2026-09-21"))],
         "ПР-1А, 2026-09-21, 16:00"),
        ([Put("mon-1", HELD.model_copy(update={"group": ""}), 1)], "Робототехника, 2026-09-21, 16:00"),
        ([Put("mon-1", HELD.model_copy(update={"group": "", "program": ""}), 1)], "Мастерская, 2026-09-21, 16:00"),
        ([Put("mon-1", HELD.model_copy(update={"group": "", "program": "", "room": "", "equipment": ("mill-1",)}), 1)],
         "mon-1, 2026-09-21, 16:00"),
    ],
    ids=["cancelled", "moved", "renamed", "program", "room", "nameless"],
)  # fmt: skip
def test_a_session_that_changed_is_called_by_whom_it_was_for_its_day_and_its_time(
    place: Place, changes: list[Put], title: str
) -> None:
    edition = place.close()
    place.enter(*changes)
    assert title in titles(place, edition)


def test_a_session_that_went_is_called_as_it_was_when_the_quarter_was_closed(place: Place) -> None:
    place.enter(Put("late", OneOff(day=date(2026, 9, 8), start="18:30", end="19:30", room="workshop", name="Сбор")))
    edition = place.close()
    place.enter(Remove("slot", "mon-1", 1), Remove("one_off", "late", 1))
    place.enter(Put("pr-1", Group(name="Иначе", program=""), 1))
    assert titles(place, edition) >= {"ПР-1, 2026-09-21, 16:00", "Мастерская, 2026-09-08, 18:30"}


def test_a_session_that_was_detected_is_called_by_its_room_and_the_time_at_which_it_seemed_to_begin(
    place: Place,
) -> None:
    busy = NOW - 6 * HOUR
    starts = starts_of(place.register.snapshot, zone_of("Asia/Kamchatka"), (NOW - 30 * DAY, NOW))
    assert starts(f"detected:workshop:{busy}") == "20:00"
    assert starts("mon-1:2026-09-21") == "16:00"
    assert (starts("detected:workshop:no"), starts("nobody:2026-09-21"), starts("no")) == ("", "", "")


def test_the_words_are_told_where_differences_are_shown_and_are_in_no_edition(place: Place) -> None:
    edition = place.close()
    place.enter(Put("off", Cancellation(lesson="mon-1:2026-09-21")))
    assert b"16:00" not in edition.body
    found = {one.number: one for one in place.office.differences(edition) if one.by is None}
    (why,) = found["A.1"].why
    assert retold(why, "ru") == (
        "ПР-1, 2026-09-21, 16:00: больше не учитывается (занятие); внесено: Иванова, 2026-10-11, причина: уточнение"
    )


def test_a_day_of_an_equipment_is_called_by_both(place: Place) -> None:
    edition = place.close()
    place.keep([state(NOW - 50 * HOUR, State.BUSY), state(NOW - 40 * HOUR, State.IDLE)])
    found = next(one for one in place.office.differences(edition) if (one.number, one.by) == ("A.6", None))
    days = {sentence.partition(": the equipment_day ")[0] for sentence in found.why}
    assert days == {"Фрезер 1, 2026-09-19", "Фрезер 1, 2026-09-20"}


def test_a_program_is_called_as_before(place: Place) -> None:
    edition = place.close()
    place.enter(Put("robotics", Program(name="Роботы", track="it"), 1))
    found = next(one for one in place.office.differences(edition) if (one.number, one.key) == ("1.1", "it"))
    assert found.why[0].startswith("Роботы: the program changed")
