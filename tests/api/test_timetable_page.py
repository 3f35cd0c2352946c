from __future__ import annotations

import re
from datetime import UTC, date, datetime
from typing import Any

import pytest

from edge.register.calendar import Holiday, MovedDay
from edge.register.contract import Put
from edge.register.evidence import Attendance, SessionCorrection, Verdict
from edge.register.lessons import Cancellation, Group, OneOff, Partner, Slot, Substitution, Teacher
from telemetry.lessons import lessons
from telemetry.timetable import LessonStatus
from tests.api.lab import HOUR, NOW, Lab, visible
from tests.api.school import SLOT, school

RU = {"accept-language": "ru"}
EN = {"accept-language": "en"}
WEEK = "/timetable?week=2026-W39"
LESSON = "/timetable/lessons/mon-1:2026-09-21"
WHO = {"author": "Иванова А. П.", "reason": "болезнь педагога"}
NEW = {"kind": "slot", "on": "2026-09-21", "day": "2", "start": "15:00", "end": "16:30", "room": "[workshop]"}


@pytest.fixture
def taught(lab: Lab) -> Lab:
    lab.enter(*school(), Put("ivanova", Teacher(name="Иванова")), Put("pr-2", Group(name="ПР-2")))
    return lab


def post(lab: Lab, path: str, **fields: str) -> Any:
    return lab.client.post(path, data=WHO | fields, headers={**RU, "accept": "text/html"}, follow_redirects=False)


def done(lab: Lab, path: str = LESSON, **fields: str) -> str:
    """Where an accepted form leads."""
    answer = post(lab, path, **({"version": "1"} | fields))
    assert answer.status_code == 303, visible(answer.text)
    return str(answer.headers["location"])


def refused(lab: Lab, path: str = LESSON, **fields: str) -> str:
    """What the page of a refused form says."""
    answer = post(lab, path, **({"version": "1"} | fields))
    assert answer.status_code == 422
    return visible(answer.text)


def cell(page: str, lesson: str) -> str:
    found = re.search(rf'(?s)<a class="lesson[^>]*id="l-{re.escape(lesson)}".*?</a>', page)
    assert found, lesson
    return found[0]


def slots(lab: Lab) -> dict[str, Slot]:
    return {row.id: row.value for row in lab.register.rows(Slot).value}


def test_a_week_shows_every_lesson_in_its_room(taught: Lab) -> None:
    page = taught.page(WEEK, **RU)
    assert visible(cell(page, "mon-1:2026-09-21")) == "16:00–17:00 ПР-1 Робототехника"
    assert "21–27 сентября 2026, неделя Б" in visible(page)
    assert re.findall(r'<th scope="col">([^<]+)</th>', page) == ["Мастерская", "printers"]
    assert 'href="/timetable?week=2026-W38"' in page
    assert 'class="day today"' in page
    assert "Timetable" in visible(taught.page(WEEK, **EN))


def test_what_is_special_about_a_lesson_is_told(taught: Lab) -> None:
    taught.enter(
        Put("school-2", Partner(name="СШ № 2")),
        Put("wed", Slot.model_validate(SLOT.model_dump() | {"weekday": 3, "form": "remote", "partner": "school-2"})),
        Put("mon-1:2026-09-21", Substitution(slot="mon-1", day=date(2026, 9, 21), teacher="ivanova")),
        Put("club", OneOff(name="Клуб", day=date(2026, 9, 22), start="10:00", end="11:00", room="workshop")),
        Put("tour", OneOff(happening="event", day=date(2026, 9, 22), start="12:00", end="13:00")),
        Put("wed:2026-09-23", Cancellation(lesson="wed:2026-09-23")),
    )
    page = taught.page(WEEK, **RU)
    shown = {name: visible(cell(page, name)) for name in ("mon-1:2026-09-21", "wed:2026-09-23", "club", "tour")}
    assert shown["mon-1:2026-09-21"].endswith("Робототехника · Иванова замена")
    assert shown["wed:2026-09-23"].endswith("отменено дистанционно СШ № 2")
    assert shown["club"] == "10:00–11:00 Клуб разовое"
    assert shown["tour"] == "12:00–13:00 Занятие мероприятие"
    assert 'class="lesson off' in cell(page, "wed:2026-09-23")


def test_days_say_why_they_do_not_teach(taught: Lab) -> None:
    taught.enter(
        Put("fair", Holiday(name="Ярмарка", first_day=date(2026, 9, 22), last_day=date(2026, 9, 22))),
        Put("moved", MovedDay(day=date(2026, 9, 26), weekday=1)),
    )
    shown = visible(taught.page(WEEK, **RU))
    assert "Вт 22 сентября Ярмарка" in shown
    assert "Сб 26 сентября по расписанию другого дня: понедельник" in shown
    summer = visible(taught.page("/timetable?week=2026-W27", **RU))
    assert "вне учебных периодов" in summer
    assert "занятий нет" in summer


def test_what_never_takes_place_is_warned_of(taught: Lab) -> None:
    assert "никогда не" not in visible(taught.page(WEEK, **RU))
    late = SLOT.model_copy(update={"first_day": date(2027, 1, 1)})
    taught.enter(*(Put(f"late-{number}", late) for number in range(7)))
    shown = visible(taught.page(WEEK, **RU))
    assert "7 записей расписания никогда не сработают" in shown
    assert "Ни один его день не попадает в учебный период" in shown
    assert "И ещё 2." in shown


@pytest.mark.parametrize("week", ["2026", "2026-W60", "x-W1", "0001-W01", "9999-W52"])
def test_a_week_that_is_none_is_not_found(lab: Lab, week: str) -> None:
    assert lab.client.get("/timetable", params={"week": week}).status_code == 404


def test_names_cannot_break_the_page(taught: Lab) -> None:
    taught.enter(
        Put("odd", Group(name="<script>alert(1)</script>")), Put("tue", SLOT.model_copy(update={"group": "odd"}))
    )
    page = taught.page(WEEK, **RU)
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert" in cell(page, "tue:2026-09-21")


def test_a_lesson_is_added_with_the_group_that_it_names_for_the_first_time(taught: Lab) -> None:
    assert "Новое занятие" in visible(taught.page("/timetable/new?day=2026-09-22&room=workshop", **RU))
    where = done(taught, "/timetable/new", **NEW, group="ПР-9", teacher="Иванова", learners="8")
    assert where == "/timetable?week=2026-W39"
    (made,) = [slot for name, slot in slots(taught).items() if name != "mon-1"]
    assert (made.weekday, made.start, made.room, made.group, made.teacher, made.learners) == (
        2, "15:00", "workshop", "pr-9", "ivanova", 8,
    )  # fmt: skip
    (past,) = taught.get("/api/v1/register/group/pr-9/history")["items"]
    assert (past["author"], past["reason"]) == (WHO["author"], WHO["reason"])


def test_a_one_off_is_added_on_its_day(taught: Lab) -> None:
    page = taught.page("/timetable/new?kind=one_off&day=2026-09-22", **RU)
    assert 'value="2026-09-22"' in page
    fields = {"kind": "one_off", "day": "2026-10-05", "start": "10:00", "end": "11:00", "name": "Экскурсия"}
    where = done(taught, "/timetable/new", **fields, happening="event", room="[printers]")
    (made,) = taught.register.rows(OneOff).value
    assert where == f"/timetable?week=2026-W41#l-{made.id}"
    assert (made.value.name, made.value.happening, made.value.room) == ("Экскурсия", "event", "printers")


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"start": "", "end": ""}, "Не сказано, в какое время занятие."),
        ({"end": ""}, "или ничего из них"),
        ({"start": "25:00"}, "«25:00» — не время"),
        ({"learners": "много"}, "«много» — не целое число. Напишите целое число."),
        ({"equipment": "станок"}, "Оборудования «станок» нет."),
        ({"author": " "}, "Укажите ваше имя."),
        ({"reason": ""}, "Укажите причину"),
        ({"end": "14:30"}, "получилось бы 23 ч"),
        ({"day": "1", "start": "16:00", "end": "17:00", "group": "ПР-1"}, "Такое занятие в расписании уже есть."),
    ],
)
def test_what_is_wrong_with_a_form_is_told_and_nothing_is_lost(taught: Lab, fields: dict[str, str], said: str) -> None:
    before = taught.register.version()
    answer = post(taught, "/timetable/new", **(NEW | {"group": "ПР-77"} | fields))
    assert answer.status_code == 422
    assert said in visible(answer.text)
    assert 'value="ПР-77"' in answer.text or fields.get("group")
    assert taught.register.version() == before


def test_a_lessons_page_tells_what_it_is_and_who_changed_it(taught: Lab) -> None:
    shown = visible(taught.page(LESSON, **RU))
    assert "ПР-1 понедельник, 21 сентября, 16:00–17:00" in shown
    assert "Помещение Мастерская Программа Робототехника" in shown
    assert "Внесено в расписание 17:00 · Иванова А. П. начало года" in shown
    assert "Start" in visible(taught.page(LESSON, **EN))


@pytest.mark.parametrize("lesson", ["nobody:2026-09-21", "mon-1:2026-13-01", "nobody"])
def test_a_lesson_that_is_not_there_is_not_found(taught: Lab, lesson: str) -> None:
    assert taught.client.get(f"/timetable/lessons/{lesson}").status_code == 404


def test_a_lesson_that_is_not_held_that_day_says_so(taught: Lab) -> None:
    shown = visible(taught.page("/timetable/lessons/mon-1:2026-09-22", **RU))
    assert "Занятие не состоится" in shown
    assert "Заменить" not in shown


def test_a_lesson_is_cancelled_and_held_after_all(taught: Lab) -> None:
    assert done(taught, action="cancel") == "/timetable?week=2026-W39#l-mon-1:2026-09-21"
    assert "отменено" in visible(cell(taught.page(WEEK, **RU), "mon-1:2026-09-21"))
    done(taught, action="cancel")
    assert len(taught.register.rows(Cancellation).value) == 1
    done(taught, action="restore")
    assert taught.register.rows(Cancellation).value == ()
    assert "Отмена снята" in visible(taught.page(LESSON, **RU))


DIFFERENT = {
    "action": "substitute", "start": "16:00", "end": "17:00", "room": "[workshop]", "group": "ПР-1",
    "program": "Робототехника", "teacher": "", "partner": "", "learners": "12",
}  # fmt: skip


def test_a_lesson_is_different_on_one_day_and_as_before_again(taught: Lab) -> None:
    done(taught, **(DIFFERENT | {"teacher": "Иванова", "room": "[printers]"}))
    (row,) = taught.register.rows(Substitution).value
    assert row.value.model_dump(exclude_none=True) == {
        "slot": "mon-1", "day": date(2026, 9, 21), "room": "printers", "teacher": "ivanova", "reason": WHO["reason"],
    }  # fmt: skip
    done(taught, **(DIFFERENT | {"teacher": "Иванова", "start": "17:00", "end": "18:00", "learners": "5"}))
    (row,) = taught.register.rows(Substitution).value
    assert (row.value.start, row.value.room, row.value.learners) == ("17:00", None, 5)
    assert "17:00–18:00" in visible(taught.page(LESSON, **RU))
    done(taught, **(DIFFERENT | {"teacher": "Иванова", "start": "17:00", "end": "18:00"}))
    (row,) = taught.register.rows(Substitution).value
    assert (row.value.start, row.value.learners) == ("17:00", None)
    done(taught, action="as_before")
    assert taught.register.rows(Substitution).value == ()
    done(taught, action="as_before")


@pytest.mark.parametrize(
    ("fields", "said"),
    [({}, "Ничего не изменено."), ({"end": "16:00"}, "получилось бы 24 ч"), ({"learners": "-1"}, "Пока не сохранено.")],
)
def test_a_difference_that_cannot_be_is_told(taught: Lab, fields: dict[str, str], said: str) -> None:
    assert said in refused(taught, **(DIFFERENT | fields))
    assert taught.register.rows(Substitution).value == ()


CHANGED = {
    "action": "change", "day": "1", "week": "both", "start": "16:00", "end": "17:00", "room": "[printers]",
    "group": "ПР-1", "program": "Робототехника", "learners": "12",
}  # fmt: skip


def test_weekly_lessons_change_from_one_on_and_earlier_ones_stay(taught: Lab) -> None:
    where = done(taught, **CHANGED, since="here")
    now = slots(taught)
    assert where.endswith("#l-mon-1-20260921")
    assert (now["mon-1"].room, now["mon-1"].last_day) == ("workshop", date(2026, 9, 20))
    assert (now["mon-1-20260921"].room, now["mon-1-20260921"].first_day) == ("printers", date(2026, 9, 21))
    week = taught.page(WEEK, **RU)
    assert "mon-1-20260921:2026-09-21" in week
    assert "mon-1:2026-09-14" in taught.page("/timetable?week=2026-W38", **RU)


SAID: dict[str, tuple[Put, str]] = {
    "cancelled": (Put("c", Cancellation(lesson="mon-1:2026-09-28", reason="карантин")), "lesson"),
    "cancelled on the day itself": (Put("c", Cancellation(lesson="mon-1:2026-09-21")), "lesson"),
    "counted": (Put("a", Attendance(session="mon-1:2026-09-28", count=3, learners=("L-1", "L-2"))), "session"),
    "corrected": (
        Put(
            "s",
            SessionCorrection(
                session="mon-1:2026-09-28",
                status=Verdict.CONFIRMED,
                author="Иванова",
                at=datetime(2026, 9, 28, tzinfo=UTC),
                reason="датчик был выключен",
            ),
        ),
        "session",
    ),
}


@pytest.mark.parametrize(("said", "field"), SAID.values(), ids=list(SAID))
def test_what_was_said_of_a_single_lesson_goes_with_it_to_the_changed_slot(taught: Lab, said: Put, field: str) -> None:
    taught.enter(said)
    before = getattr(said.value, field)
    done(taught, **CHANGED, since="here")
    (row,) = taught.register.rows(type(said.value)).value
    assert getattr(row.value, field) == before.replace("mon-1:", "mon-1-20260921:")
    assert (row.id, row.version) == (said.id, 2)


def test_learners_who_were_counted_go_along_and_who_read_them_is_in_the_audit(taught: Lab) -> None:
    counted, _field = SAID["counted"]
    taught.enter(counted)
    done(taught, **CHANGED, since="here")
    assert [line.who for _n, line in taught.register.audit(after=0, limit=9)] == ["Иванова А. П."]
    found = taught.register.learners(Attendance, reader="a", reason="b", at=taught.clock.now()).value
    assert found[0].value.learners == ("L-1", "L-2")


def test_what_was_said_of_earlier_lessons_and_of_other_slots_stays(taught: Lab) -> None:
    taught.enter(
        Put("other", SLOT.model_copy(update={"weekday": 2})),
        Put("early", Cancellation(lesson="mon-1:2026-09-14")),
        Put("others", Cancellation(lesson="other:2026-09-29")),
        Put("odd", Cancellation(lesson="mon-1:x")),
        Put("else", Substitution(slot="other", day=date(2026, 9, 29), learners=1)),
        Put("soon", Substitution(slot="mon-1", day=date(2026, 9, 14), learners=1)),
    )
    done(taught, **CHANGED, since="here")
    assert {row.id: row.value.lesson for row in taught.register.rows(Cancellation).value} == {
        "early": "mon-1:2026-09-14",
        "others": "other:2026-09-29",
        "odd": "mon-1:x",
    }
    assert {row.id: row.value.slot for row in taught.register.rows(Substitution).value} == {
        "else": "other",
        "soon": "mon-1",
    }


def test_the_timetable_shows_the_changed_lesson_cancelled_or_different_as_it_was_said(taught: Lab) -> None:
    taught.enter(
        Put("c", Cancellation(lesson="mon-1:2026-09-28", reason="карантин")),
        Put("d", Substitution(slot="mon-1", day=date(2026, 10, 5), learners=5)),
    )
    done(taught, **CHANGED, since="here")
    entered = taught.numbers.desk.entered()
    window = (NOW - 8 * 24 * HOUR, NOW + 20 * 24 * HOUR)
    held = lessons(entered.timetable, entered.inventory, entered.zone, window)
    rooms = [held.rooms[number] for number in held.room]
    found = zip(held.id, rooms, held.status.tolist(), held.learners.tolist(), strict=True)
    assert list(found) == [
        ("mon-1:2026-09-14", "workshop", LessonStatus.PLANNED, 12),
        ("mon-1-20260921:2026-09-21", "printers", LessonStatus.PLANNED, 12),
        ("mon-1-20260921:2026-09-28", "printers", LessonStatus.CANCELLED, 12),
        ("mon-1-20260921:2026-10-05", "printers", LessonStatus.PLANNED, 5),
    ]


def test_weekly_lessons_change_for_good_where_that_is_said(taught: Lab) -> None:
    done(taught, **CHANGED, since="all")
    assert {name: slot.room for name, slot in slots(taught).items()} == {"mon-1": "printers"}
    assert "«x» — не время" in refused(taught, **(CHANGED | {"start": "x", "version": "2"}), since="all")
    assert "Ничего не изменено." in refused(taught, **CHANGED, since="all", version="2")


def test_weekly_lessons_end_and_earlier_ones_stay(taught: Lab) -> None:
    assert done(taught, action="end") == "/timetable?week=2026-W39"
    assert slots(taught)["mon-1"].last_day == date(2026, 9, 20)


def test_a_slot_without_earlier_lessons_and_a_one_off_go_for_good(taught: Lab) -> None:
    taught.enter(
        Put("new", SLOT.model_copy(update={"first_day": date(2026, 9, 21)})),
        Put("new:2026-09-28", Substitution(slot="new", day=date(2026, 9, 28), learners=1)),
        Put("new:2026-10-05", Cancellation(lesson="new:2026-10-05")),
        Put("club", OneOff(day=date(2026, 9, 22), start="10:00", end="11:00")),
    )
    done(taught, "/timetable/lessons/new:2026-09-21", action="end")
    done(taught, "/timetable/lessons/club", action="end")
    assert "new" not in slots(taught)
    assert [taught.register.rows(kind).value for kind in (Substitution, Cancellation, OneOff)] == [(), (), ()]


def test_a_one_off_is_changed(taught: Lab) -> None:
    taught.enter(Put("club", OneOff(name="Клуб", day=date(2026, 9, 22), start="10:00", end="11:00", room="workshop")))
    assert 'value="Клуб"' in taught.page("/timetable/lessons/club", **RU)
    fields = {"action": "change", "day": "2026-09-23", "start": "10:00", "end": "12:00", "name": "Клуб ЧПУ"}
    done(taught, "/timetable/lessons/club", **fields)
    (row,) = taught.register.rows(OneOff).value
    assert (row.id, row.value.day, row.value.end, row.value.name) == ("club", date(2026, 9, 23), "12:00", "Клуб ЧПУ")


def test_nobodys_change_is_overwritten_unseen(taught: Lab) -> None:
    taught.enter(Put("mon-1", SLOT.model_copy(update={"learners": 5}), 1), author="Петров")
    assert "изменил(а) Петров" in refused(taught, **CHANGED, since="all")
    assert slots(taught)["mon-1"].learners == 5


def test_other_actions_and_other_sites_change_nothing(taught: Lab) -> None:
    before = taught.register.version()
    assert post(taught, LESSON, action="explode", version="1").status_code == 422
    foreign = taught.client.post(
        LESSON, data=WHO | {"action": "cancel", "version": "1"}, headers={"origin": "http://evil"}
    )
    assert foreign.status_code == 403
    assert taught.register.version() == before


def test_the_next_form_knows_who_is_there(taught: Lab) -> None:
    done(taught, action="cancel")
    assert 'value="Иванова А. П."' in taught.page(LESSON, **RU)
