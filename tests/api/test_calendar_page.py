from __future__ import annotations

import re
from datetime import date
from html import unescape
from typing import Any

import pytest

from edge.register.calendar import Bell, BellSchedule, Holiday, MovedDay, OpeningHours, Term, Week, WeekRule
from edge.register.contract import Put
from edge.register.entry import Entry
from edge.register.kinds import KINDS
from edge.register.upkeep import PlannedMaintenance
from tests.api.lab import Lab, visible

RU = {"accept": "text/html", "accept-language": "ru"}
EN = {"accept": "text/html", "accept-language": "en"}
SIGNED = {"by_author": "Иванова А. П.", "by_reason": "новый учебный год"}
BELLS = "1. 08:30–09:10\n2  9.25 - 10.05\r\n\n10:30-11:10"
RUNG = (
    Bell(lesson=1, start="08:30", end="09:10"),
    Bell(lesson=2, start="09:25", end="10:05"),
    Bell(lesson=3, start="10:30", end="11:10"),
)
ENTERED: tuple[tuple[str, dict[str, Any], Entry], ...] = (
    (
        "term",
        {"name": "I четверть", "first_day": "01.09.2026", "last_day": "2026-10-25", "week_rule": "iso"},
        Term(
            name="I четверть", first_day=date(2026, 9, 1), last_day=date(2026, 10, 25), week_rule=WeekRule.ISO,
            first_week=Week.A,
        ),
    ),
    (
        "holiday",
        {"name": "Осенние каникулы", "first_day": "2026-10-26", "last_day": "2026-11-03"},
        Holiday(
            name="Осенние каникулы", first_day=date(2026, 10, 26), last_day=date(2026, 11, 3), closed=False
        ),
    ),
    ("moved_day", {"day": "2026-11-07", "weekday": "1"}, MovedDay(day=date(2026, 11, 7), weekday=1)),
    (
        "bell_schedule",
        {"name": "Будни", "weekdays": ["1", "2", "3", "4", "5"], "bells": BELLS},
        BellSchedule(name="Будни", weekdays=(1, 2, 3, 4, 5), bells=RUNG),
    ),
    (
        "opening_hours",
        {"weekdays": ["6"], "start": "9:00", "end": "15:00"},
        OpeningHours(weekdays=(6,), start="09:00", end="15:00"),
    ),
    (
        "planned_maintenance",
        {"equipment": ["mill-1"], "start": "2026-11-05T09:00", "end": "05.11.2026 12:30", "reason": "смазка"},
        PlannedMaintenance.model_validate(
            {"equipment": ["mill-1"], "start": "2026-11-05T09:00", "end": "2026-11-05T12:30", "reason": "смазка"}
        ),
    ),
)  # fmt: skip


def posted(lab: Lab, kind: str, fields: dict[str, Any], entry: str = "+new") -> Any:
    return lab.client.post(f"/register/{kind}/{entry}", data={**SIGNED, **fields}, headers=RU, follow_redirects=False)


def fault(page: str, field: str) -> str:
    found = re.search(rf'<p class="fault" id="f-{field}-fault">(.*?)</p>', page)
    assert found is not None, f"no fault at {field}"
    return visible(unescape(found[1]))


@pytest.mark.parametrize(("kind", "fields", "value"), ENTERED, ids=[kind for kind, _, _ in ENTERED])
def test_each_part_of_the_calendar_is_entered_as_it_is_typed(kind: str, fields: dict[str, Any], value: Entry) -> None:
    lab = Lab()
    assert posted(lab, kind, fields).status_code == 303
    (row,) = lab.register.rows(KINDS[kind]).value
    assert row.value == value


@pytest.mark.parametrize(("kind", "value"), [(kind, value) for kind, _, value in ENTERED])
def test_what_was_entered_stands_in_its_form_as_it_is(kind: str, value: Entry) -> None:
    lab = Lab()
    lab.enter(Put("one", value))
    page = lab.page(f"/register/{kind}/one", **RU)
    form = page[page.index("data-form") : page.index("</form>")]
    typed: dict[str, Any] = {}
    for name, told in re.findall(r'<textarea[^>]* name="(\w+)"[^>]*>\n(.*?)</textarea>', form, re.DOTALL):
        typed[name] = unescape(told)
    for tag in re.findall(r"<input[^>]*>", form):
        name, told = (re.search(rf'\b{key}="([^"]*)"', tag) for key in ("name", "value"))
        if name and told and ('type="checkbox"' not in tag or " checked" in tag):
            typed.setdefault(name[1], []).append(unescape(told[1]))
    for name, options in re.findall(r'<select[^>]* name="(\w+)"[^>]*>(.*?)</select>', form):
        typed[name] = re.search(r'value="([^"]*)" selected', options)[1]  # type: ignore[index]  # the form chose one
    assert posted(lab, kind, {**typed, **SIGNED}, "one").status_code == 303
    row = lab.register.row(KINDS[kind], "one").value
    assert row is not None
    assert (row.value, row.version) == (value, 1)  # what is as it was makes no version


def test_doors_may_close_at_midnight_and_hours_are_typed_as_people_write_them() -> None:
    lab = Lab()
    assert posted(lab, "opening_hours", {"weekdays": ["6"], "start": "9:00", "end": "24.00"}).status_code == 303
    assert posted(lab, "opening_hours", {"weekdays": ["7"], "start": "9.00", "end": "9:30"}).status_code == 303
    assert {row.value.end for row in lab.register.rows(OpeningHours).value} == {"24:00", "09:30"}


def test_a_correction_is_told_in_the_history_in_words() -> None:
    lab = Lab()
    lab.enter(Put("bells", BellSchedule(name="Звонки", weekdays=(1, 2), bells=RUNG[:1])))
    fields = {"name": "Звонки", "weekdays": ["1", "2", "6"], "bells": "1. 08:40–09:20", "by_seen": "1"}
    assert posted(lab, "bell_schedule", fields, "bells").status_code == 303
    page = visible(lab.page("/register/bell_schedule/bells", **RU))
    assert "Дни недели: Пн, Вт → Пн, Вт, Сб" in page
    assert "Уроки: 1. 08:30–09:10 → 1. 08:40–09:20" in page
    assert "новый учебный год" in page


def test_lists_call_what_has_no_name_by_what_tells_it_apart() -> None:
    lab = Lab()
    lab.enter(*(Put("one", value) for _kind, _fields, value in ENTERED))
    said = {kind: visible(lab.page(f"/register/{kind}", **RU)) for kind, _, _ in ENTERED}
    assert "7 ноября 2026 · понедельник" in said["moved_day"]
    assert "Сб · 09:00 · 15:00" in said["opening_hours"]
    assert "5 ноября 2026, 09:00 · 5 ноября 2026, 12:30 Фрезер 1 смазка" in said["planned_maintenance"]
    assert "Осенние каникулы 26 октября 2026 3 ноября 2026 нет" in said["holiday"]
    assert "Sat · 09:00 · 15:00" in visible(lab.page("/register/opening_hours", **EN))


def test_a_new_bell_schedule_holds_on_every_day_and_a_new_holiday_closes_the_centre() -> None:
    lab = Lab()
    assert lab.page("/register/bell_schedule/+new", **RU).count(" checked") == 7
    assert lab.page("/register/holiday/+new", **RU).count(" checked") == 1
    assert "Окончание" in visible(lab.page("/register/opening_hours/+new", **RU))


@pytest.mark.parametrize(
    ("kind", "fields", "field", "said"),
    [
        (
            "bell_schedule",
            {"name": "а", "weekdays": ["1"], "bells": "1. 08:30–09:10\nвторой"},
            "bells",
            "Строка 2: Нап",
        ),
        ("bell_schedule", {"name": "а", "weekdays": ["1"], "bells": "1. 8:00-8:40\n1. 9:00-9:40"}, "bells", "дважды"),
        ("bell_schedule", {"name": "а", "weekdays": ["1"], "bells": "1. 08:00–07:00"}, "bells", "получилось бы 23 ч"),
        ("bell_schedule", {"name": "а", "bells": ""}, "bells", "Заполните"),
        ("term", {"name": "а", "first_day": "2026-09-02", "last_day": "2026-09-01"}, "last_day", "учебный период: ок"),
        (
            "term",
            {"name": "а", "first_day": "2026-09-01", "last_day": "2026-09-02", "first_week": "both"},
            "first_week",
            "А или Б",
        ),
        ("opening_hours", {"start": "9:00", "end": "утро", "weekdays": ["1"]}, "end", "посмотрите подсказку"),
        ("opening_hours", {"start": "9:00", "end": "10:00"}, "weekdays", "Заполните"),
        ("moved_day", {"day": "2026-11-07", "weekday": "8"}, "weekday", "Не больше 7."),
        ("planned_maintenance", {"start": "2026-11-05T09:00", "end": "2026-11-05T12:00"}, "equipment", "отметьте"),
        ("planned_maintenance", {"room": "it", "start": "2026-11-05T09:00", "end": "вечером"}, "end", "дата и время"),
        (
            "planned_maintenance",
            {"room": "it", "start": "2026-11-05T09:00", "end": "2026-11-05T09:00"},
            "end",
            "не позже начала",
        ),
    ],
)
def test_a_fault_is_told_where_it_can_be_mended_and_nothing_is_kept(
    kind: str, fields: dict[str, Any], field: str, said: str
) -> None:
    lab = Lab()
    answer = posted(lab, kind, fields)
    assert answer.status_code == 422
    assert said in fault(answer.text, field)
    assert lab.register.version() == 0


def test_bells_that_cannot_be_read_come_back_as_they_were_typed() -> None:
    answer = posted(Lab(), "bell_schedule", {"name": "а", "weekdays": ["1"], "bells": "1. 8:30–9:10\nперемена"})
    assert "\n1. 08:30–09:10\nперемена</textarea>" in answer.text


def test_planned_maintenance_may_have_no_reason_of_its_own_but_every_change_has_one() -> None:
    lab = Lab()
    fields = {"room": "workshop", "start": "2026-11-05T09:00", "end": "2026-11-05T12:00", "reason": ""}
    assert posted(lab, "planned_maintenance", fields).status_code == 303
    (row,) = lab.register.rows(PlannedMaintenance).value
    assert (row.value.reason, row.stamp.reason) == ("", "новый учебный год")
    assert 'id="f-by_reason"' in lab.page(f"/register/planned_maintenance/{row.id}", **RU)


def test_the_timetable_leads_to_the_calendar() -> None:
    lab = Lab()
    assert '<a class="button small" href="/register#calendar">' in lab.page("/timetable", **RU)
    assert '<h2 id="calendar">Календарь центра</h2>' in lab.page("/register", **RU)


def test_a_new_entry_of_a_quarter_begins_with_this_one_and_keeps_what_the_address_says() -> None:
    lab = Lab()
    page = lab.page("/register/quarter_text/+new?quarter=2", **RU)
    assert re.search(r'id="f-year"[^>]* value="2026"', page)
    assert re.search(r'id="f-quarter"[^>]* value="2"', page)
    event = lab.page("/register/holiday/+new?name=Каникулы", **RU)
    assert (event.count(" checked"), 'value="Каникулы"' in event) == (1, True)
