from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from api.pages.sayings import retold
from edge.monitoring.contract import Difference
from edge.monitoring.office import Office
from edge.monitoring.sets import shipped
from edge.register.contract import Put, Remove
from edge.register.lessons import Program
from edge.register.network import Enrolment
from telemetry.indicators.definition import Dimension
from telemetry.model import State
from tests.edge.monitoring.centre import CENTRE, EQUIPMENT, HOUR, NOW, Place, centre, machines, state, year

FIRST = date(2026, 9, 1)
LATE = "data of mill-1 from 2026-09-21 on came after the closing"


@pytest.fixture
def quiet(tmp_path: Path) -> Iterator[Place]:
    """A centre whose machines have told nothing yet."""
    with centre(tmp_path) as place:
        place.enter(*year())
        yield place


def enrolled(count: int, version: int, *, document: str = "") -> Put:
    learners = ("L-1", "L-2", "L-3")
    return Put(
        "e-1", Enrolment(group="pr-1", learners=learners, count=count, first_day=FIRST, document=document), version
    )


def configured(place: Place, **changed: str) -> None:
    """The mill is configured otherwise from now on."""
    mill, *others = EQUIPMENT
    equipment = (mill.model_copy(update=changed), *others)
    joined = place.store, place.register, lambda: equipment
    place.office = Office(*joined, centre=CENTRE, clock=place.clock, sets=shipped())


def why(place: Place, number: str, by: Dimension | None = None, key: str = "") -> tuple[str, ...]:
    (edition,) = place.office.editions()
    return next(
        (one.why for one in place.office.differences(edition) if (one.number, one.by, one.key) == (number, by, key)), ()
    )


def test_every_change_since_the_closing_that_moved_a_number_is_named_in_its_order(place: Place) -> None:
    place.close()
    place.enter(enrolled(6, 1), author="Методист")
    place.enter(enrolled(7, 2), author="Завуч")
    place.enter(enrolled(7, 3, document="приказ"), author="Секретарь")
    assert why(place, "1.2") == (
        "ПР-1: the enrolment changed, entered by Методист on 2026-10-11 (уточнение)",
        "ПР-1: the enrolment changed, entered by Завуч on 2026-10-11 (уточнение)",
    )


def test_who_had_a_learner_forgotten_changed_no_number(place: Place) -> None:
    place.close()
    place.enter(enrolled(6, 1), author="Методист")
    place.register.forget_learner("L-1", author="Д", reason="просьба", at=place.clock.now())
    assert why(place, "1.2") == ("ПР-1: the enrolment changed, entered by Методист on 2026-10-11 (уточнение)",)


def test_what_was_put_back_is_told_by_nobody_and_what_went_by_who_removed_it(place: Place) -> None:
    place.close()
    place.enter(enrolled(6, 1), author="Методист")
    place.enter(enrolled(4, 2), author="Методист")
    place.enter(Remove("enrolment", "e-2", 1), author="Завуч")
    assert [one.partition(", entered by ")[2] for one in why(place, "1.2")] == ["Завуч on 2026-10-11 (уточнение)"]


def test_use_that_late_data_showed_is_laid_to_them_and_not_to_an_entry(quiet: Place) -> None:
    quiet.close()
    quiet.keep(machines())
    quiet.enter(enrolled(6, 1), author="Методист")
    assert why(quiet, "1.2", Dimension.EQUIPMENT, "mill-1") == (
        f"ПР-1: its lessons used mill-1: {LATE}",
        f"ПР-1: its lessons used mill-1: {LATE}",
    )
    assert why(quiet, "1.1", Dimension.EQUIPMENT, "mill-1") == (f"Робототехника: its lessons used mill-1: {LATE}",)
    told = why(quiet, "1.2", Dimension.CATEGORY, "learner")
    assert told == ("ПР-1: the enrolment changed, entered by Методист on 2026-10-11 (уточнение)",)


def test_an_entry_that_changed_with_another_names_who_changed_that(place: Place) -> None:
    place.close()
    place.enter(Put("robotics", Program(name="Робототехника", track="it"), 1), author="Завуч")
    assert set(why(place, "1.2", Dimension.TRACK, "it")) == {
        "ПР-1: the enrolment changed, with what it is linked to, entered by Завуч on 2026-10-11 (уточнение)"
    }


def test_equipment_that_is_configured_otherwise_is_named_as_such(place: Place) -> None:
    place.close()
    configured(place, room="lab")
    said = "Фрезер 1, 2026-01-01: the equipment_day changed: the equipment mill-1 is configured otherwise"
    assert said in why(place, "A.6", Dimension.ROOM, "lab")
    assert any("the equipment mill-1 is configured otherwise" in one for one in why(place, "A.1"))


def test_silence_that_was_filled_is_a_difference_though_the_ratio_is_the_same(quiet: Place) -> None:
    quiet.keep([state(NOW - 10 * HOUR, State.IDLE), state(NOW, State.OFFLINE)])
    quiet.close()
    quiet.keep([state(NOW - 30 * HOUR, State.IDLE)])
    assert why(quiet, "A.6") == ("more of its time is known now",)


def test_every_reason_is_told_in_russian(quiet: Place) -> None:
    quiet.close()
    quiet.keep(machines())
    configured(quiet, track="it")
    quiet.enter(Put("robotics", Program(name="Робототехника", track="it"), 1), author="Завуч")
    found: tuple[Difference, ...] = quiet.office.differences(quiet.office.editions()[0])
    told = {retold(sentence, "ru") for one in found for sentence in one.why}
    assert len(told) > 5
    assert [one for one in told if any(word in one for word in (" the ", " came", " used", " data "))] == []
