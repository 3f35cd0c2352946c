from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from html import unescape
from typing import Any
from urllib.parse import unquote

import pytest

from api.pages.amounts import amount_text, manual_text, progress_of, unit_text
from api.pages.behind import differs, href_of
from api.pages.texts import Texts
from edge.monitoring.contract import EvidenceRow, Manual, Period
from edge.register.contract import Put, Remove, Stamp
from edge.register.events import Direction, Event, EventKind
from edge.register.network import Enrolment
from edge.register.people import Category
from edge.register.quarters import ManualValue, PlannedWork, QuarterText, Target
from telemetry.indicators.definition import How, Unit
from telemetry.indicators.facts import Amount
from telemetry.model import State
from tests.api.lab import HOUR, NOW, Lab, state, visible
from tests.api.school import SLOT, lesson, school

RU = {"accept": "text/html", "accept-language": "ru"}
EN = {"accept": "text/html", "accept-language": "en"}
Q3 = "year=2026&quarter=3"
DAY = 24 * HOUR
SIGNED = {"by_author": "Соколова И. В.", "by_reason": "отчёт сдан", "by_checked": "1"}


@pytest.fixture
def taught(lab: Lab) -> Lab:
    """A quarter with an event, enrolments that share a learner, a lesson, a plan, a text, a value by hand."""
    learners = Enrolment(
        group="pr-1", category=Category.LEARNER, learners=("L-1", "L-2"), count=3, first_day=date(2026, 9, 1)
    )
    lab.enter(
        *school(),
        Put("e-1", learners),
        Put("e-2", learners.model_copy(update={"category": Category.TEACHER, "learners": ("L-2",), "count": 1})),
        Put(
            "quest",
            Event(
                name="Квест <1>",
                event_kind=EventKind.QUEST,
                first_day=date(2026, 9, 5),
                practical=True,
                document="Приказ 5",
            ),
        ),
        Put(
            "plan",
            PlannedWork(
                direction=Direction.CAMPAIGNS,
                name="Набор",
                planned_day=date(2026, 9, 9),
                done_day=date(2026, 9, 10),
                outcome="Набрано",
            ),
        ),
        Put("text", QuarterText(subject="2.5", year=2026, quarter=3, text="Квест прошёл <весело>.")),
        Put(
            "hand",
            ManualValue(
                set="kvantorium-school",
                number="1.5",
                year=2026,
                quarter=3,
                hundredths=300,
                reason="журнал",
                document="акт 1",
            ),
        ),
        Put("target", Target(number="1.12", year=2026, target=4)),
    )
    lesson(lab)
    return lab


@pytest.fixture
def ended(taught: Lab) -> Lab:
    """The quarter is over."""
    taught.clock.advance(20 * DAY)
    return taught


@pytest.fixture(params=["ru", "en"])
def texts(request: pytest.FixtureRequest, lab: Lab) -> Texts:
    found: Texts = lab.app.state.parts.pages.texts(request.param)
    return found


def row(page: str, number: str) -> str:
    """What a person sees of one indicator."""
    found = re.search(rf'(?s)<li class="ind[^"]*" id="i-{number.replace(".", "-")}">.*?</details>\s*</li>', page)
    assert found is not None, number
    return visible(unescape(found[0]))


def posted(lab: Lab, path: str, fields: dict[str, Any], **headers: str) -> Any:
    return lab.client.post(path, data=fields, headers={**RU, **headers}, follow_redirects=False)


def close(lab: Lab, **words: str) -> Any:
    return posted(lab, f"/monitoring/close?{Q3}", {**SIGNED, **words})


def test_a_quarter_shows_plan_fact_progress_and_how_it_came(taught: Lab) -> None:
    page = taught.page(f"/monitoring?{Q3}", **RU)
    assert "Мониторинг: III квартал 2026 года" in page
    shown = row(page, "1.2")
    assert shown.startswith("1.2 1.2 Уникальные обучающиеся по программам реестр формулировка не сверена")
    assert "Факт с начала года: 3 обучающихся за квартал 3" in shown
    assert "0 % 3 из 400 осталось 397" in shown
    assert "0 из 4" in row(page, "1.12")
    assert 'aria-label="Выполнение: Уникальные обучающиеся по программам"' in page


def test_today_is_shown_where_nothing_is_asked(taught: Lab) -> None:
    assert "III квартал 2026 года" in taught.page("/monitoring", **RU)
    assert "IV квартал 2025 года" in taught.page("/monitoring?year=2025", **RU)
    assert "Q3 2026" in taught.page("/monitoring", **EN)


def test_parts_of_a_value_lead_to_their_evidence(taught: Lab) -> None:
    page = unescape(taught.page(f"/monitoring?{Q3}", **RU))
    assert f'href="/monitoring/indicators/1.2?{Q3}&by=category&key=teacher"' in page
    shown = visible(taught.page(f"/monitoring/indicators/1.2?{Q3}&by=category&key=teacher", **RU))
    assert "Категория: педагоги" in shown
    assert "Значение 1 = Пересчёт 1" in shown


def test_parts_of_a_share_stand_by_their_shares(taught: Lab) -> None:
    days = date(2026, 9, 6)
    quests = [Put(f"q{n}", Event(name=f"Q{n}", first_day=days, track="big", practical=n == 1)) for n in range(1, 4)]
    taught.enter(*quests, Put("q9", Event(name="Q9", first_day=days, track="small", practical=True)))
    shown = row(taught.page(f"/monitoring?{Q3}", **RU), "2.5")
    assert shown.index("small 100 %") < shown.index("big 33,3 %")


def test_analytics_stand_apart_and_have_no_plan(taught: Lab) -> None:
    page = taught.page(f"/monitoring?{Q3}", **RU)
    official, _, apart = page.partition('<section class="block apart" id="analytics"')
    assert "i-A-1" not in official
    assert 'id="i-1-1"' not in apart
    assert "Не официальные показатели" in apart
    assert "формулировка не сверена" not in visible(apart)
    assert "приборы" in row(apart, "A.1")


def test_what_cannot_be_told_is_told_so(lab: Lab) -> None:
    shown = row(lab.page(f"/monitoring?{Q3}", **RU), "2.7")
    assert "недостаточно данных" in shown
    assert "0 %" not in shown
    assert "insufficient data" in row(lab.page(f"/monitoring?{Q3}", **EN), "2.7")


def test_directions_show_plan_what_was_done_and_their_text(taught: Lab) -> None:
    page = taught.page(f"/monitoring?{Q3}", **RU)
    found = re.search(r'(?s)<li class="ind dir" id="d-campaigns">.*?</li>\s*<li class="ind dir"', page)
    assert found is not None
    shown = visible(found[0])
    assert "выполнено 1 из 1" in shown
    assert "Набор Срок: 9 сентября 2026. Выполнено: 10 сентября 2026. Набрано" in shown
    assert page.count('class="ind dir"') == 10


def test_a_value_by_hand_stands_beside_the_derived_one(taught: Lab) -> None:
    page = taught.page(f"/monitoring?{Q3}", **RU)
    shown = row(page, "1.5")
    assert "Факт с начала года: 1 единица" in shown
    assert "Введено вручную: 3 (вычислено: 1) журнал. Документ: акт 1. Иванова А. П., 17:00" in shown
    assert "Введено вручную: 3 " in visible(taught.page(f"/monitoring/indicators/1.5?{Q3}", **RU))


def test_texts_are_shown_and_escaped(taught: Lab) -> None:
    page = taught.page(f"/monitoring?{Q3}", **RU)
    assert "Квест прошёл &lt;весело&gt;." in page
    assert "Квест &lt;1&gt;" in taught.page(f"/monitoring/indicators/1.5?{Q3}", **RU)


def test_evidence_adds_up_and_leads_to_the_entries(taught: Lab) -> None:
    page = taught.page(f"/monitoring/indicators/1.5?{Q3}", **RU)
    shown = visible(unescape(page))
    assert "Значение 1 = Пересчёт 1" in shown
    assert "5 сентября 2026 1 реестр Приказ 5" in shown
    link = re.search(r'href="(/register/event/quest\?back=[^"]*)"', page)
    assert link is not None
    assert "Вернуться" in taught.page(unescape(link[1]), **RU)


def test_a_union_says_how_many_were_counted_before(taught: Lab) -> None:
    shown = visible(taught.page(f"/monitoring/indicators/1.2?{Q3}", **RU))
    assert "Разные люди: в строках всего 4, из них повторно 1." in shown
    assert "в строке 1, остальные уже учтены" in shown
    assert "L-2" not in taught.page(f"/monitoring/indicators/1.2?{Q3}", **RU)


def test_a_share_says_what_is_divided(taught: Lab) -> None:
    shown = visible(taught.page(f"/monitoring/indicators/2.5?{Q3}", **RU))
    assert "Значение 100 % = Пересчёт 100 %" in shown.replace("\u00a0", " ")
    assert "1 строка. 1 из 1." in shown


def test_sessions_and_machines_lead_to_their_own_pages(taught: Lab) -> None:
    page = taught.page(f"/monitoring/indicators/A.1?{Q3}", **RU)
    assert (
        'href="/practical-sessions/mon-1%3A2026-09-21"' in page or 'href="/practical-sessions/mon-1:2026-09-21"' in page
    )
    page = unescape(taught.page(f"/monitoring/indicators/A.6?{Q3}&span=quarter&rows=long", **RU))
    assert "/equipment/mill-1?start=2026-09-21T00%3A00%3A00%2B03%3A00" in page
    assert "Только за квартал" in page
    shown = visible(taught.page(f"/monitoring/indicators/A.1?{Q3}", **RU))
    assert "ПР-1 занятие" in shown
    assert "Документ" not in shown


def test_a_session_tells_its_time_as_it_is_now_and_as_an_edition_found_it(taught: Lab) -> None:
    path = f"/monitoring/indicators/A.1?{Q3}"
    assert "21 сентября 2026, 16:00" in visible(taught.page(path, **RU))
    taught.clock.advance(20 * DAY)
    close(taught)
    taught.enter(Put("mon-1", SLOT.model_copy(update={"start": "15:30"}), seen=1))
    assert "21 сентября 2026, 15:30" in visible(taught.page(path, **RU))
    assert "21 сентября 2026, 16:00" in visible(taught.page(f"{path}&edition=1", **RU))


def test_rows_of_jobs_and_runs_lead_somewhere_and_others_nowhere(texts: Texts) -> None:
    def of(kind: str, name: str) -> EvidenceRow:
        return EvidenceRow(kind, name, "", 20_000, 20_000, 1, 0, (), 0, How.TELEMETRY, "", {})

    assert href_of(of("job", "mill-1/a b"), back="", texts=texts).startswith("/equipment/mill-1?start=2024-10-04")
    assert href_of(of("run", "r-1"), back="", texts=texts) == "/api/v1/runs/r-1"
    assert href_of(of("stranger", "x"), back="", texts=texts) == ""


def test_the_quarter_alone_may_be_asked_for(taught: Lab) -> None:
    taught.enter(Put("spring", Event(name="Весна", first_day=date(2026, 4, 5))))
    assert "Значение 2 " in visible(taught.page(f"/monitoring/indicators/1.5?{Q3}", **RU))
    page = taught.page(f"/monitoring/indicators/1.5?{Q3}&span=quarter", **RU)
    assert "Значение 1 " in visible(page)
    assert "Весна" not in page


def test_long_evidence_is_paged(taught: Lab) -> None:
    taught.enter(*(Put(f"e{n}", Event(name=f"Урок {n}", first_day=date(2026, 8, 1))) for n in range(250)))
    first = unescape(taught.page(f"/monitoring/indicators/1.5?{Q3}", **RU))
    assert first.count('<th scope="row" class="wide">') == 20
    assert f'?{Q3}&page=2" rel="next"' in first
    assert "1–20 из 251 Дальше → По 200 на странице" in visible(first)
    last = unescape(taught.page(f"/monitoring/indicators/1.5?{Q3}&page=13", **RU))
    assert last.count('<th scope="row" class="wide">') == 11
    assert "← Назад 241–251 из 251 По 200 на странице" in visible(last)
    assert unquote(last).count(f"back=/monitoring/indicators/1.5?{Q3}&page=13") == 11


def test_more_rows_of_evidence_may_be_asked_for_at_once(taught: Lab) -> None:
    taught.enter(*(Put(f"e{n}", Event(name=f"Урок {n}", first_day=date(2026, 8, 1))) for n in range(250)))
    path = f"/monitoring/indicators/1.5?{Q3}&rows=long"
    first, second = (unescape(taught.page(f"{path}&page={page}", **RU)) for page in (1, 2))
    assert [one.count('<th scope="row" class="wide">') for one in (first, second)] == [200, 51]
    assert f'{path}&page=2" rel="next"' in first
    assert f'{path}&page=1" rel="prev"' in second
    assert "По 200 на странице" not in visible(first)


def test_what_fits_a_long_page_is_offered_whole(taught: Lab) -> None:
    taught.enter(*(Put(f"e{n}", Event(name=f"Урок {n}", first_day=date(2026, 8, 1))) for n in range(24)))
    first = taught.page(f"/monitoring/indicators/1.5?{Q3}", **EN)
    assert "1–20 of 25 Next → Show all 25" in visible(first)
    whole = unescape(taught.page(f"/monitoring/indicators/1.5?{Q3}&rows=long", **EN))
    assert whole.count('<th scope="row" class="wide">') == 25
    assert 'class="pager"' not in whole


def test_few_rows_have_no_pages(taught: Lab) -> None:
    assert 'class="pager"' not in taught.page(f"/monitoring/indicators/1.5?{Q3}", **RU)


def test_evidence_of_which_too_little_is_known_says_what_the_report_tells_instead(taught: Lab) -> None:
    page = taught.page(f"/monitoring/indicators/A.6?{Q3}", **RU)
    said = "О времени известно слишком мало: 0 %, а нужно не меньше 80 %. В отчёте вместо этого числа"
    assert said in visible(page)
    assert '<li class="sparse"><a href' in page
    for more in ("&span=quarter", "&by=equipment&key=printer-1"):
        assert "известно слишком мало" in visible(taught.page(f"/monitoring/indicators/A.6?{Q3}{more}", **RU))
    assert "and at least 80% is asked" in visible(taught.page(f"/monitoring/indicators/A.6?{Q3}", **EN))
    assert "слишком мало" not in visible(taught.page(f"/monitoring/indicators/1.5?{Q3}", **RU))


def test_parts_of_which_too_little_is_known_stand_apart(taught: Lab) -> None:
    begun = NOW - 266 * 24 * HOUR
    taught.keep([state(begun, State.IDLE)])
    page = taught.page(f"/monitoring/indicators/A.6?{Q3}", **RU)
    aside = page.partition('id="h-narrow"')[2]
    known, _, sparse = aside.partition("<summary>недостаточно данных: 1</summary>")
    assert ("Фрезер 1</a>" in known, "Принтер 1</a>" in known, "Принтер 1</a>" in sparse) == (True, False, True)


def test_a_key_that_says_what_the_row_is_called_is_marked_as_such(taught: Lab) -> None:
    page = taught.page(f"/monitoring/indicators/A.1?{Q3}", **RU)
    assert '<span class="same"><i>Группа:</i> ПР-1</span>' in page
    assert '<span class="same"><i>Программа:' not in page


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/monitoring/indicators/9.9?" + Q3, 404),
        ("/monitoring?year=1", 422),
        ("/monitoring?year=2026&quarter=5", 422),
        ("/monitoring?edition=1&" + Q3, 404),
        ("/monitoring/editions/2026-Q3/1", 404),
        ("/monitoring/editions/x/1", 422),
        ("/monitoring/enter/partner?subject=1.1", 422),
    ],
)
def test_what_is_not_there_is_a_page_that_says_so(lab: Lab, path: str, status: int) -> None:
    answer = lab.client.get(path, headers=RU)
    assert answer.status_code == status
    assert "<h1>" in answer.text


def test_forms_open_on_what_is_there_already(taught: Lab) -> None:
    def led(kind: str, subject: str) -> str:
        path = f"/monitoring/enter/{kind}?{Q3}&subject={subject}&back=/monitoring"
        return str(taught.client.get(path, follow_redirects=False).headers["location"])

    assert led("manual_value", "1.5") == "/register/manual_value/hand?back=%2Fmonitoring"
    assert led("quarter_text", "2.5").startswith("/register/quarter_text/text?")
    assert led("target", "1.12").startswith("/register/target/target?")
    fresh = led("manual_value", "1.1")
    assert "/register/manual_value/+new?year=2026&set=kvantorium-school&number=1.1&quarter=3" in fresh
    page = taught.page(fresh, **RU)
    assert '<option value="1.1" selected>' in page
    assert "subject=campaigns" in led("quarter_text", "campaigns")


def test_a_quarter_is_closed_by_a_person_who_has_looked(ended: Lab) -> None:
    page = visible(ended.page(f"/monitoring/close?{Q3}", **RU))
    assert "Что проверить перед закрытием" in page
    assert "1 значение введено вручную 1.5" in page
    assert close(ended, by_checked="").status_code == 422
    assert close(ended, by_author=" ").status_code == 422
    assert ended.monitoring.editions() == ()
    answer = close(ended)
    assert answer.headers["location"] == "/monitoring/editions/2026-Q3/1?done=closed"
    shown = visible(ended.page(answer.headers["location"], **RU))
    assert "Квартал закрыт. Редакция сохранена." in shown
    assert "Данные не изменились" in shown
    assert ended.monitoring.editions()[0].sha256 in shown
    assert "III квартал 2026 года. Редакция 1" in visible(ended.page("/monitoring/editions", **RU))
    assert "Закрыт: редакция 1" in visible(ended.page(f"/monitoring?{Q3}", **RU))
    assert "После редакции 1 ничего не изменилось: новая не нужна." in visible(
        ended.page(f"/monitoring/close?{Q3}", **RU)
    )
    assert "После редакции 1 ничего не изменилось." in visible(close(ended).text)


def test_a_quarter_that_runs_is_not_closed(taught: Lab) -> None:
    assert "Квартал ещё идёт" in taught.page(f"/monitoring?{Q3}", **RU)
    assert "Квартал ещё не окончен" in taught.page(f"/monitoring/close?{Q3}", **RU)
    answer = close(taught)
    assert answer.status_code == 422
    assert "Закройте его, когда пройдёт последний день." in visible(answer.text)


def test_a_page_of_another_site_closes_nothing(ended: Lab) -> None:
    assert posted(ended, f"/monitoring/close?{Q3}", SIGNED, origin="https://evil.example").status_code == 403
    assert ended.monitoring.editions() == ()


def test_what_changed_after_closing_is_told_with_why_and_by_how_much(ended: Lab) -> None:
    close(ended)
    late = Event(name="Поздний отчёт", first_day=date(2026, 9, 9), event_kind=EventKind.LECTURE)
    ended.register.apply((Put("late", late),), author="Петров П. С.", reason="протокол пришёл", at=ended.clock.now())
    page = ended.page(f"/monitoring?{Q3}", **RU)
    assert "Данные изменились после закрытия: " in page
    assert "изменилось после закрытия" in row(page, "1.5")
    assert "изменилось после закрытия" not in row(page, "1.2")
    shown = visible(ended.page("/monitoring/editions/2026-Q3/1", **RU))
    assert "1.5 Образовательные мероприятия" in shown
    assert (
        "1 2 +1 Поздний отчёт: добавлено (мероприятие); внесено: Петров П. С., 11 октября 2026, причина: протокол"
        in shown
    )
    assert "−50 п. п." in shown
    assert "Вид: лекция — → 1" in shown
    assert f'href="/monitoring/close?{Q3}"' in unescape(ended.page("/monitoring/editions/2026-Q3/1", **RU))
    assert close(ended, by_reason="исправление").headers["location"].startswith("/monitoring/editions/2026-Q3/2")
    assert "Есть редакция новее: 2." in visible(ended.page("/monitoring/editions/2026-Q3/1", **RU))
    assert "Данные не изменились" in visible(ended.page("/monitoring/editions/2026-Q3/2", **RU))


def test_a_change_of_a_direction_alone_is_told_too(ended: Lab) -> None:
    close(ended)
    ended.enter(Remove("planned_work", "plan", 1))
    page = ended.page(f"/monitoring?{Q3}", **RU)
    assert "<b>Данные изменились после закрытия</b>" in page
    shown = visible(ended.page("/monitoring/editions/2026-Q3/1", **RU))
    assert "информационные кампании" in shown
    assert "изменился план работы или выполненное" in shown


def test_an_edition_shows_what_was_closed(ended: Lab) -> None:
    close(ended)
    ended.enter(Put("late", Event(name="Поздний отчёт", first_day=date(2026, 9, 9))))
    page = ended.page(f"/monitoring?{Q3}&edition=1", **RU)
    assert "Показана редакция 1" in page
    assert "Факт с начала года: 1 единица" in row(page, "1.5")
    assert "Написать текст" not in page
    page = ended.page(f"/monitoring/indicators/1.5?{Q3}&edition=1", **RU)
    assert "Поздний отчёт" not in page
    assert "Значение 1 = Пересчёт 1" in visible(page)
    assert "Только за квартал" not in page


def test_files_of_the_quarter_are_offered(taught: Lab) -> None:
    page = unescape(taught.page(f"/monitoring?{Q3}", **RU))
    files = re.findall(r'href="(/api/v1/exports/[^"]*)"', page)
    assert f"/api/v1/exports/monitoring?{Q3}&format=xlsx&lang=ru" in files
    assert f"/api/v1/exports/forms/quarterly-book?{Q3}&lang=ru" in files
    assert [path for path in files if taught.client.get(path).status_code != 200] == []


def test_a_gateway_without_monitoring_says_so(lab: Lab) -> None:
    lab.app.state.parts = replace(lab.app.state.parts, monitoring=None)
    assert lab.client.get("/monitoring", headers=RU).status_code == 503
    assert "Показатель" in lab.page("/register/target/+new", **RU)


def test_amounts_are_told_as_people_read_them(texts: Texts) -> None:
    russian = texts.language == "ru"
    assert amount_text(Amount(1, 3), Unit.SHARE, texts) == ("33,3\u00a0%" if russian else "33.3%")
    assert amount_text(Amount(1, 2), Unit.SHARE, texts) == ("50\u00a0%" if russian else "50%")
    assert amount_text(Amount(0, 0), Unit.SHARE, texts) == texts("amount.insufficient")
    assert amount_text(Amount(5 * HOUR // 2), Unit.LEARNER_HOURS, texts) == ("2,5" if russian else "2.5")
    assert unit_text(Amount(2), Unit.ITEMS, texts) == ("единицы" if russian else "items")
    hand = Manual(8745, "r", "d", Stamp(1, 0, "a", "r"))
    assert manual_text(hand, Unit.SHARE, texts) == ("87,45\u00a0%" if russian else "87.45%")
    assert differs(Amount(3), Amount(1), Unit.ITEMS, texts) == "\u22122"
    assert differs(None, Amount(1), Unit.ITEMS, texts) == ""


def test_progress_never_says_a_plan_is_reached_too_early(texts: Texts) -> None:
    almost, reached = (progress_of(Amount(n), 400, Unit.LEARNERS, texts) for n in (399, 433))
    assert almost is not None
    assert reached is not None
    assert (almost.percent, almost.reached, reached.percent, reached.reached) == (99, False, 100, True)
    assert reached.text.startswith("108")
    assert progress_of(Amount(0, 0), 90, Unit.SHARE, texts) is None
    assert progress_of(Amount(1), None, Unit.ITEMS, texts) is None


def test_the_same_report_serves_every_reader(taught: Lab) -> None:
    before = taught.monitoring.report(Period(2026, 3))
    taught.page(f"/monitoring?{Q3}", **RU)
    assert taught.monitoring.report(Period(2026, 3)) is before
