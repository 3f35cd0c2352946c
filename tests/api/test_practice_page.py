from __future__ import annotations

import re
from datetime import date
from typing import Any
from urllib.parse import unquote

import pytest

from api.pages import practice
from api.pages.periods import days_of
from edge.register.contract import Put
from edge.register.evidence import Attendance
from edge.register.lessons import Cancellation, OneOff
from telemetry.model import Channel, EquipmentId, JobPhase, JobSeen, Reading, RunPhase, RunSeen, State
from tests.api.lab import EQUIPMENT, HOUR, MILL, MINUTE, NOW, Lab, S, settings, state, visible
from tests.api.school import SESSION, lesson, school

RU = {"accept-language": "ru"}
EN = {"accept-language": "en"}
LIST = "/practical-sessions"
ONE = f"{LIST}/{SESSION}"
WHO = {"author": "Иванова А. П.", "reason": "была на уроке", "back": f"{LIST}?period=day&on=2026-09-21"}
MILL_2 = EquipmentId("mill-2")


@pytest.fixture
def taught(lab: Lab) -> Lab:
    lab.enter(*school())
    lesson(lab)
    return lab


@pytest.fixture
def club() -> Lab:
    """Two mills worked together, and no slot announced it."""
    lab = Lab(settings((*EQUIPMENT, EQUIPMENT[0].model_copy(update={"id": MILL_2, "name": "Фрезер 2"}))))
    lab.enter(*school()[:-1])
    for mill in (MILL, MILL_2):
        lab.keep([state(NOW - 3 * HOUR + 20 * S, State.BUSY, mill), state(NOW - 2 * HOUR + 20 * S, State.IDLE, mill)])
    return lab


def said(lab: Lab, path: str, **fields: str) -> Any:
    return lab.client.post(path, data=WHO | fields, headers={**RU, "accept": "text/html"}, follow_redirects=False)


def proposed(lab: Lab) -> str:
    found = re.search(r'id="s-(detected:[^"]+)"', lab.page(LIST, **RU))
    assert found
    return found[1]


def test_a_period_lists_its_sessions_by_day_with_what_counts(taught: Lab) -> None:
    shown = visible(taught.page(LIST, **RU))
    assert "Практические занятия 21–27 сентября 2026" in shown
    assert "Засчитано 1 занятие" in shown
    assert (
        "понедельник, 21 сентября 1 занятие 16:00–17:00 ПР-1 Робототехника Мастерская Подтверждено приборами Фрезер 1"
        in shown
    )
    assert "Monday, 21 September 1 session 16:00–17:00 ПР-1" in visible(taught.page(LIST, **EN))


@pytest.mark.parametrize(
    ("period", "text"),
    [
        ("day&on=2026-09-21", "понедельник, 21 сентября"),
        ("week&on=2026-10-01", "28 сентября — 4 октября 2026"),
        ("month&on=2026-09-30", "1–30 сентября 2026"),
        ("quarter&on=2026-12-31", "1 октября — 31 декабря 2026"),
        ("week&on=2026-12-30", "28 декабря 2026 — 3 января 2027"),
        ("decade", "21–27 сентября 2026"),
    ],
)
def test_periods_are_those_of_the_calendar(taught: Lab, period: str, text: str) -> None:
    assert f"Практические занятия {text}" in visible(taught.page(f"{LIST}?period={period}", **RU))


def test_neighbours_of_a_period_leave_no_day_out(taught: Lab) -> None:
    page = taught.page(f"{LIST}?period=month&on=2026-01-31", **RU)
    assert [found.replace("&amp;", "&") for found in re.findall(r'href="[^"]*\?([^"]*)" rel', page)] == [
        "period=month&on=2025-12-31",
        "period=month&on=2026-02-01",
    ]
    assert [str(day) for day in days_of("quarter", date(2026, 11, 5))] == ["2026-10-01", "2026-12-31"]


def test_experiments_of_a_session_are_shown_with_the_way_to_their_data(taught: Lab) -> None:
    begun = NOW - 35 * MINUTE
    taught.keep(
        [
            RunSeen(MILL, begun, begun, "cut/1", RunPhase.STARTED, title="Резание фанеры", lab_work="№ 3"),
            RunSeen(MILL, begun + 10 * MINUTE, begun, "cut/1", RunPhase.STOPPED),
            RunSeen(MILL, NOW - 15 * MINUTE, begun, "cut-2", RunPhase.STARTED),
            Reading(MILL, Channel("load"), NOW - 14 * MINUTE, NOW, 7.5, run="cut-2"),
        ]
    )
    shown = visible(taught.page(ONE, **RU))
    assert "Опыты Резание фанеры № 3 Фрезер 1 · 16:25–16:35 Данные Опыт без названия Фрезер 1 · 16:45" in shown
    href = re.search(r'href="(/api/v1/runs/[^"]*)" download aria-label="Данные опыта: Опыт', taught.page(ONE, **RU))
    assert href
    assert taught.client.get(href[1].replace("&amp;", "&")).status_code == 200
    assert 'href="/api/v1/runs/cut%2F1/data?' in taught.page(ONE, **RU)


@pytest.mark.parametrize("on", ["yesterday", "1800-01-01", "2099-01-01"])
def test_a_day_that_is_none_is_not_found(taught: Lab, on: str) -> None:
    assert taught.client.get(LIST, params={"on": on}).status_code == 404


def test_a_status_may_be_looked_at_alone(taught: Lab) -> None:
    taught.enter(Put("mon-1:2026-09-28", Cancellation(lesson="mon-1:2026-09-28")))
    month = f"{LIST}?period=month&on=2026-09-01"
    everything = visible(taught.page(month, **RU))
    assert "2 Нет данных 1 Подтверждено приборами 1 Не состоялось" in everything
    alone = taught.page(f"{month}&status=cancelled", **RU)
    assert re.findall(r'<details class="session v-(\w+)', alone) == ["cancelled"]
    assert f'href="{month.replace("&", "&amp;")}" aria-current="true"' in alone
    assert "таких занятий нет" in visible(taught.page(f"{month}&status=detected", **RU))
    assert visible(taught.page(f"{month}&status=odd", **RU)) == everything


def test_days_that_a_page_has_no_room_for_lead_to_pages_of_their_own(
    taught: Lab, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(practice, "MAX_SESSIONS", 1)
    page = taught.page(f"{LIST}?period=month", **RU)
    assert page.count('<details class="session') == 1
    assert "понедельник, 14 сентября 1 занятие 1 ждёт решения" in visible(page)
    days = re.findall(r'<section class="day"><h2><a href="([^"]*)">', page)
    assert days == [f"{LIST}?period=day&amp;on=2026-09-{day}" for day in (14, 21, 28)]
    assert visible(taught.page(days[0].replace("&amp;", "&"), **RU)).count("16:00–17:00 ПР-1") == 1


def test_a_day_that_is_too_long_itself_is_cut_and_says_so(taught: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    taught.enter(Put("late", OneOff(day=date(2026, 9, 21), start="18:30", end="19:30", room="workshop")))
    monkeypatch.setattr(practice, "MAX_SESSIONS", 1)
    shown = visible(taught.page(f"{LIST}?period=day&on=2026-09-21", **RU))
    assert "2 занятия" in shown
    assert "И ещё 1 занятие: выберите статус." in shown


DAYS = re.compile(r'<details class="day"( open)?>\s*<summary><h2>[^,]*, (\d+)')


def test_many_sessions_are_folded_by_day_but_for_todays_and_the_day_that_is_named(
    taught: Lab, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unfolded(more: str = "") -> list[str]:
        page = taught.page(f"{LIST}?period=month&on=2026-09-01{more}", **RU)
        return [day for is_open, day in DAYS.findall(page) if is_open]

    assert unfolded() == ["7", "14", "21", "28"]
    monkeypatch.setattr(practice, "FEW", 3)
    assert (unfolded(), unfolded("&open=odd")) == (["21"], ["21"])
    assert unfolded("&open=2026-09-07") == ["7", "21"]
    assert unfolded("&open=all") == ["7", "14", "21", "28"]
    page = taught.page(f"{LIST}?period=month&on=2026-09-01", **RU)
    assert f'<a href="{LIST}?period=month&amp;on=2026-09-01&amp;open=all">Раскрыть все дни</a>' in page
    assert "2 ждут решения" not in visible(page)
    assert visible(page).count("1 ждёт решения") == 2
    assert "Unfold all days" in visible(taught.page(f"{LIST}?period=month&on=2026-09-01", **EN))
    assert "Раскрыть все дни" not in taught.page(f"{LIST}?period=month&on=2026-09-01&open=all", **RU)


def test_a_word_leads_back_to_the_list_with_its_day_unfolded(taught: Lab) -> None:
    page = taught.page(f"{LIST}?period=month&on=2026-09-01", **RU)
    (way,) = re.findall(rf'<a href="{ONE}\?back=([^"]*)">', page)
    back = f"{LIST}?period=month&on=2026-09-01&open=2026-09-21"
    assert unquote(way) == back
    answer = said(taught, ONE, say="unconfirmed", back=unquote(way))
    assert answer.headers["location"] == f"{back}#s-{SESSION}"


def test_what_is_behind_a_session_opens_in_its_place_or_as_a_page(taught: Lab) -> None:
    started = NOW - 40 * MINUTE
    taught.keep([JobSeen(MILL, started, started, "j1", JobPhase.STARTED, "плата.nc")])
    part = taught.client.get(ONE, headers={**RU, "hx-request": "true"}).text
    assert "<html" not in part
    shown = visible(part)
    assert "работало 30 мин 00 с; для подтверждения нужно 6 мин 00 с" in shown
    assert "Данные есть за 100 % времени. Версия правил: 1." in shown.replace("\u00a0", " ")
    assert "Фрезер 1 16:20–16:50 начало конец 30 мин 00 с Всего 30 мин 00 с" in shown
    assert "Задания плата.nc Фрезер 1 · 16:20 · выполняется" in shown
    page = taught.page(f"{ONE}?back=/timetable", **RU)
    assert 'href="/timetable"' in page
    assert "Подтверждено приборами" in visible(page)
    assert 'href="//evil' not in taught.page(f"{ONE}?back=//evil.example", **RU)


def test_a_word_is_entered_and_leads_back(taught: Lab) -> None:
    answer = said(taught, ONE, say="unconfirmed")
    assert (answer.status_code, answer.headers["location"]) == (303, f"{WHO['back']}#s-{SESSION}")
    shown = visible(taught.page(LIST, **RU))
    assert "Не подтверждено решил человек" in shown
    behind = visible(taught.page(ONE, **RU))
    assert "Не подтверждено 17:00 · Иванова А. П. была на уроке Подтверждено приборами по данным приборов" in behind
    assert said(taught, ONE, say="cancelled").status_code == 303
    assert said(taught, ONE, say="confirmed_manually", back="//evil.example").headers["location"].startswith(LIST)


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"author": ""}, "Укажите ваше имя."),
        ({"reason": " "}, "Укажите причину"),
        ({"say": "learners", "learners": "9999"}, "Пока не сохранено."),
    ],
)
def test_a_word_that_cannot_be_entered_is_told(taught: Lab, fields: dict[str, str], told: str) -> None:
    before = taught.register.version()
    answer = said(taught, ONE, **({"say": "unconfirmed"} | fields))
    assert answer.status_code == 422
    assert told in visible(answer.text)
    assert taught.register.version() == before


def test_learners_are_counted(taught: Lab) -> None:
    assert said(taught, ONE, say="learners", learners="9").status_code == 303
    assert "Обучающихся: 9" in visible(taught.page(ONE, **RU))
    (row,) = taught.register.rows(Attendance).value
    taught.enter(Put(row.id, Attendance(session=SESSION, count=9, learners=("l1", "l2")), row.version))
    answer = said(taught, ONE, say="learners", learners="1")
    assert "в списке псевдонимов 2, это больше 1" in visible(answer.text)


def test_a_proposal_is_accepted_with_whose_lesson_it_was(club: Lab) -> None:
    old = proposed(club)
    form = club.client.get(f"{LIST}/{old}", headers={**RU, "hx-request": "true"}).text
    assert "Принять как занятие" in visible(form)
    assert '<option value="ПР-1">' in form
    answer = said(club, f"{LIST}/{old}", say="confirmed_manually", group="ПР-1", learners="7", name="клуб")
    name = "accepted-20260921-1400-workshop"
    assert (answer.status_code, answer.headers["location"]) == (303, f"{WHO['back']}#s-{name}")
    (row,) = club.register.rows(OneOff).value
    assert (row.id, row.value.group, row.value.learners, row.value.name) == (name, "pr-1", 7, "клуб")
    assert "ПР-1 Робототехника Мастерская Подтверждено вручную" in visible(club.page(LIST, **RU))
    moved = club.client.get(f"{LIST}/{old}", follow_redirects=False)
    assert (moved.status_code, moved.headers["location"]) == (303, f"{LIST}/{name}")
    assert said(club, f"{LIST}/{old}", say="unconfirmed").headers["location"] == f"{LIST}/{name}"


def test_a_proposal_that_names_what_is_not_there_is_told_and_what_was_typed_stays(club: Lab) -> None:
    old = proposed(club)
    answer = said(club, f"{LIST}/{old}", say="confirmed_manually", group="Чужая", name="клуб")
    assert answer.status_code == 422
    assert "на которую это ссылается, нет" in visible(answer.text)
    assert 'value="клуб"' in answer.text


def test_a_proposal_is_declined(club: Lab) -> None:
    old = proposed(club)
    assert said(club, f"{LIST}/{old}", say="unconfirmed").status_code == 303
    assert "Не подтверждено решил человек" in visible(club.page(LIST, **RU))


def test_a_session_to_come_cannot_be_judged(taught: Lab) -> None:
    page = taught.page(f"{LIST}/mon-1:2026-09-28", **RU)
    assert "Запланировано" in visible(page)
    assert "<form" not in page


@pytest.mark.parametrize("session", ["mon-1:2026-09-22", "nobody", "detected:workshop:1"])
def test_a_session_that_is_not_there_is_not_found(taught: Lab, session: str) -> None:
    assert taught.client.get(f"{LIST}/{session}").status_code == 404
    assert taught.client.post(f"{LIST}/{session}", data=WHO).status_code == 404


def test_other_sites_say_nothing(taught: Lab) -> None:
    foreign = taught.client.post(ONE, data=WHO | {"say": "cancelled"}, headers={"origin": "http://evil.example"})
    assert foreign.status_code == 403
