from __future__ import annotations

import html
import re
from datetime import date
from typing import Any

import pytest

from edge.register.contract import Put
from edge.register.events import Event, EventKind
from edge.register.lessons import Group
from edge.register.network import Enrolment
from tests.api.lab import Lab, visible
from tests.api.school import school
from tests.edge.register.imports.files import Cells, csv_of

RU = {"accept-language": "ru"}
EN = {"accept-language": "en"}
WHO = {"author": "завуч", "reason": "отчёт за квартал"}
EVENTS: Cells = [
    ["Название", "Дата", "Вид", "Практическая направленность"],
    ["Квест", "20.09.2026", "квест", "да"],
    ["Хакатон", "21.09.2026", "хакатон", "нет"],
]
QUEST = Event(name="Квест", event_kind=EventKind.QUEST, first_day=date(2026, 9, 20))


def sent(lab: Lab, kind: str, data: bytes, **query: Any) -> str:
    """The part of the page that answers a file."""
    params = {"name": "Таблица.xlsx"} | query
    answer = lab.client.post(f"/import/register/{kind}", content=data, params=params, headers=RU)
    assert answer.status_code == 200, answer.text
    return answer.text


def tag(part: str) -> str:
    found = re.search(r'data-seen="([^"]*)"', part)
    assert found, visible(part)
    return html.unescape(found[1])


def test_a_kind_is_chosen_and_its_sample_downloaded(lab: Lab) -> None:
    lab.enter(*school())
    assert lab.client.get("/import/register", follow_redirects=False).headers["location"] == "/import/register/program"
    page = lab.page("/import/register/group", **RU)
    assert '<option value="group" selected>Учебные группы</option>' in page
    assert 'action="/import/register/group"' in page
    (sample,) = re.findall(r'href="(/api/v1/exports/[^"]*)"', page)
    file = lab.client.get(html.unescape(sample)).content
    assert "Всё, что есть в файле, уже внесено." in visible(sent(lab, "group", file))
    assert "What the table holds" in visible(lab.page("/import/register/group", **EN))
    assert 'value="term"' not in page
    assert "/import/register/program" not in lab.page("/import/timetable", **RU)
    assert 'href="/import/register"' in lab.page("/import/timetable", **RU)


@pytest.mark.parametrize("kind", ["teacher", "slot", "term", "nothing", "<b>"])
def test_a_kind_that_no_form_enters_or_no_table_holds_has_no_page(lab: Lab, kind: str) -> None:
    assert lab.client.get(f"/import/register/{kind}").status_code == 404
    assert lab.client.post(f"/import/register/{kind}", content=b"x").status_code == 404


def test_each_list_of_the_register_leads_to_its_import(lab: Lab) -> None:
    assert 'href="/import/register/achievement"' in lab.page("/register/achievement", **RU)
    assert "Загрузить таблицу" in visible(lab.page("/register/achievement", **RU))


def test_a_table_is_looked_at_and_entered_with_who_and_why(lab: Lab) -> None:
    part = sent(lab, "event", csv_of(EVENTS))
    shown = visible(part)
    assert "2 добавить 0 изменить 0 удалить 0 без изменений" in shown
    assert "добавить мероприятие Квест · 20 сентября 2026" in shown
    assert 'value="загрузка Таблица.xlsx"' in part
    assert lab.register.version() == 0
    seen = tag(part)
    done = sent(lab, "event", csv_of(EVENTS), seen=seen, **WHO)
    assert "Загружено." in visible(done)
    assert 'href="/register/event"' in done
    assert {(row.stamp.author, row.stamp.reason) for row in lab.register.rows(Event).value} == {tuple(WHO.values())}
    late = visible(sent(lab, "event", csv_of(EVENTS), seen=seen, **WHO))
    assert "завуч" in late
    assert len(lab.register.rows(Event).value) == 2


def test_nobody_enters_a_table_without_a_name_and_a_reason(lab: Lab) -> None:
    assert "реестр хранит, кто и почему" in visible(sent(lab, "event", csv_of(EVENTS), seen='"0"'))
    assert lab.register.version() == 0


def test_what_differs_is_told_in_the_words_of_the_table(lab: Lab) -> None:
    lab.enter(*school(), Put("q", QUEST), Put("g", Group(name="Г-1", program="robotics")))
    rows: Cells = [
        ["Код", "Название", "Дата", "Дата окончания", "Вид", "Практическая направленность", "Оборудование"],
        ["q", "Квест", "20.09.2026", "22.09.2026", "конкурс", "да", "Фрезер 1"],
    ]
    shown = visible(sent(lab, "event", csv_of(rows)))
    assert "Практическая направленность: нет → да" in shown
    assert "Дата окончания: — → 22 сентября 2026" in shown
    assert "Вид мероприятия: квест → конкурс" in shown.replace("Квест →", "квест →").replace("→ Конкурс", "→ конкурс")
    assert "Оборудование: — → Фрезер 1" in shown
    group = visible(sent(lab, "group", csv_of([["Код", "Количество обучающихся", "Программа"], ["g", "9", ""]])))
    assert "Количество обучающихся: 0 → 9" in group
    assert "Программа: Робототехника → —" in group


def test_every_fault_is_told_with_its_cell_and_how_to_mend_it(lab: Lab) -> None:
    rows: Cells = [
        ["Название", "Дата", "Дата окончания", "Вид"],
        ["Квест", "никогда", "", "квест"],
        ["К" * 201, "02.09.2026", "01.09.2026", "квест"],
        ["Лекция", "02.09.2026", "01.09.2026", "лекция"],
    ]
    part = sent(lab, "event", csv_of(rows))
    shown = visible(part)
    assert "3 ошибки в файле." in shown
    assert "строка 2, столбец B «никогда» — не дата Напишите дату" in shown
    assert "строка 3, столбец A «Название»: длиннее 200 знаков" in shown
    assert "строка 4, столбец C «Дата окончания»: мероприятие: окончание (2026-09-01) раньше начала" in shown
    assert "data-seen" not in part
    many: Cells = [["Название", "Дата", "Вид"], *(["Квест", "никогда", "нечто"] for _ in range(600))]
    told = visible(sent(lab, "event", csv_of(many)))
    assert "1200 ошибок в файле." in told
    assert "И ещё 200 ошибок." in told


def test_an_unknown_header_is_asked_in_the_words_of_the_table(lab: Lab) -> None:
    rows: Cells = [[*EVENTS[0], "Кто вёл"], *([*row, "Петров"] for row in EVENTS[1:])]
    part = sent(lab, "event", csv_of(rows))
    assert 'data-header="Кто вёл"' in part
    assert '<option value="first_day">Дата начала</option>' in part
    answered = visible(sent(lab, "event", csv_of(rows), answer="Кто вёл="))
    assert "ответ о столбцах" in answered
    assert "COLUMN=MEANING" in visible(sent(lab, "event", csv_of(rows), answer="nothing"))


def test_no_learner_is_on_the_page(lab: Lab) -> None:
    enrolment = Enrolment(group="pr-1", first_day=date(2026, 9, 1), count=2, learners=("L-001", "L-002"))
    lab.enter(*school(), Put("e", enrolment))
    part = sent(lab, "enrolment", csv_of([["Код", "Количество", "Псевдонимы"], ["e", "3", "L-001 L-002 L-003"]]))
    assert "L-00" not in part
    assert "Псевдонимы обучающихся: 2 → 3" in visible(part)


def test_a_cell_cannot_break_the_page(lab: Lab) -> None:
    rows: Cells = [EVENTS[0], ["<b>x</b>", "20.09.2026", "квест", "<i>да</i>"]]
    part = sent(lab, "event", csv_of(rows))
    assert "<i>" not in part
    good = sent(lab, "event", csv_of([EVENTS[0], ["<b>9999-99-99</b>", "20.09.2026", "квест", "да"]]))
    assert "&lt;b&gt;9999-99-99&lt;/b&gt;" in good


def test_other_sites_send_no_file(lab: Lab) -> None:
    foreign = lab.client.post("/import/register/event", content=b"x", headers={"origin": "http://evil.example"})
    assert foreign.status_code == 403
