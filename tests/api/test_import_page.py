from __future__ import annotations

import html
import re
from pathlib import Path
from typing import Any

import pytest

from edge.configuration import load
from edge.register.lessons import Slot
from tests.api.lab import Lab, visible
from tests.api.school import school
from tests.api.test_equipment_import import CONFIG, LASER, LIST
from tests.api.test_equipment_import import HEADERS as LISTED
from tests.api.test_timetable_import import FAULTY, LESSONS, ODD
from tests.edge.register.imports.files import Cells, csv_of, xlsx

RU = {"accept-language": "ru"}
EN = {"accept-language": "en"}
WHO = {"author": "завуч", "reason": "новый год"}


@pytest.fixture
def configured(tmp_path: Path) -> Lab:
    """A lab whose configuration is a file."""
    file = tmp_path / "labedge.toml"
    file.write_text(CONFIG, "utf-8")
    return Lab(load(file, environ={}), config=file)


def sent(lab: Lab, subject: str, data: bytes, **query: Any) -> str:
    """The part of the page that answers a file."""
    params = {"name": "Расписание 1.xlsx"} | query
    answer = lab.client.post(f"/import/{subject}", content=data, params=params, headers=RU)
    assert answer.status_code == 200, answer.text
    return answer.text


def tag(part: str) -> str:
    found = re.search(r'data-seen="([^"]*)"', part)
    assert found, visible(part)
    return html.unescape(found[1])


def test_a_file_is_chosen_for_the_timetable_or_the_equipment(lab: Lab) -> None:
    lab.enter(*school())
    assert lab.client.get("/import", follow_redirects=False).headers["location"] == "/import/timetable"
    page = lab.page("/import/timetable", **RU)
    assert 'accept=".xlsx,.xls,.csv,.txt,.ics"' in page
    assert "Загрузка таблиц" in visible(page)
    equipment = visible(lab.page("/import/equipment", **RU))
    assert "нет файла настроек" in equipment
    assert "Import tables" in visible(lab.page("/import/timetable", **EN))
    assert lab.client.get("/import/group").status_code == 422


def test_a_file_is_told_and_entered_when_it_has_been_looked_at(lab: Lab) -> None:
    part = sent(lab, "timetable", csv_of(LESSONS))
    shown = visible(part)
    assert "4 добавить 0 изменить 0 удалить 0 без изменений" in shown
    assert "добавить занятие каждую неделю Вт 15:00-16:30 ПР-2 3D-печать Мастерская строка 2" in shown
    assert 'value="загрузка Расписание 1.xlsx"' in part
    assert lab.register.version() == 0
    done = sent(lab, "timetable", csv_of(LESSONS), seen=tag(part), **WHO)
    assert "Загружено." in visible(done)
    assert {row.stamp.author for row in lab.register.rows(Slot).value} == {"завуч"}
    assert "уже внесено" in visible(sent(lab, "timetable", csv_of(LESSONS)))


def test_every_fault_is_told_with_its_cell_and_how_to_mend_it(lab: Lab) -> None:
    part = sent(lab, "timetable", xlsx(FAULTY))
    shown = visible(part)
    assert "2 ошибки в файле." in shown
    assert "Расписание, строка 3, столбец A «никогда» — не дата Напишите день недели" in shown
    assert "data-seen" not in part
    refused = visible(sent(lab, "timetable", xlsx(FAULTY), seen='"0"', **WHO))
    assert "Расписание!A3 : «никогда» — не дата" in refused
    assert lab.register.version() == 0


def test_unknown_headers_are_asked(lab: Lab) -> None:
    part = sent(lab, "timetable", csv_of(ODD))
    assert "1 незнакомый заголовок." in visible(part)
    assert 'data-header="Где сидим"' in part
    assert '<option value="room">помещение</option>' in part
    answered = sent(lab, "timetable", csv_of(ODD), answer="Где сидим=room")
    assert "ответ о столбцах" in visible(answered)
    assert "Загружено." in visible(
        sent(lab, "timetable", csv_of(ODD), answer="Где сидим=room", seen=tag(answered), **WHO)
    )
    assert "уже внесено" in visible(sent(lab, "timetable", csv_of(ODD)))


def test_what_differs_is_told_field_by_field(lab: Lab) -> None:
    lab.enter(*school())
    rows: Cells = [["Код", *LESSONS[0]], ["mon-1", "пн", "16:00-17:30", "ПР-1", "Робототехника", "Мастерская"]]
    shown = visible(sent(lab, "timetable", csv_of(rows)))
    assert "окончание: 17:00 → 17:30" in shown
    # The file has no column for them, and the lessons before today were held.
    assert "число обучающихся" not in shown
    assert "действует по: — → 2026-09-20" in shown
    later = visible(sent(lab, "timetable", csv_of(rows), **{"from": "2026-10-05"}))
    assert "действует по: — → 2026-10-04" in later
    assert "не дата" in visible(sent(lab, "timetable", csv_of(rows), **{"from": "завтра"}))
    assert "действует по: — → 2026-09-20" in visible(sent(lab, "timetable", csv_of(rows), **{"from": ""}))
    replaced = visible(sent(lab, "timetable", csv_of(LESSONS), scope="replacing"))
    assert "изменить занятие каждую неделю Пн 16:00-17:00 ПР-1" in replaced


@pytest.mark.parametrize(
    ("data", "query", "told"),
    [
        (b"%PDF-1.4", {}, "Это PDF, а не таблица. Попросите таблицу"),
        (b"", {}, "ни одной ячейки с текстом"),
        (csv_of(LESSONS), {"seen": '"0"', **WHO}, "пока вы смотрели, изменилось: расписание"),
        (csv_of(LESSONS), {"seen": '"1"'}, "реестр хранит, кто и почему"),
        (csv_of(LESSONS), {"answer": "nothing"}, "COLUMN=MEANING"),
    ],
)
def test_what_cannot_be_read_or_done_says_what_to_do(lab: Lab, data: bytes, query: dict[str, str], told: str) -> None:
    lab.enter(*school())
    shown = visible(sent(lab, "timetable", data, **query))
    assert told in shown


def test_a_list_of_equipment_becomes_a_file_of_the_configuration(configured: Lab) -> None:
    part = sent(configured, "equipment", csv_of(LIST), name="Поставка 2026.csv")
    assert "Лазер" in visible(part)
    done = sent(configured, "equipment", csv_of(LIST), name="Поставка 2026.csv", seen=tag(part), **WHO)
    assert "файл equipment.d/postavka-2026.toml" in visible(done)
    assert configured.config
    assert Path(configured.config.parent, "equipment.d", "postavka-2026.toml").is_file()


def test_a_lab_without_a_configuration_only_looks(lab: Lab) -> None:
    part = sent(lab, "equipment", csv_of([LISTED, LASER]))
    assert "data-seen" not in part
    assert "labedge run --config" in visible(part)


def test_a_cell_cannot_break_the_page(lab: Lab) -> None:
    rows: Cells = [LESSONS[0], ["<b>x</b>", "15:00-16:30", "ПР-2", "3D", "Мастерская"]]
    part = sent(lab, "timetable", csv_of(rows))
    assert "<b>x</b>" not in part
    assert "&lt;b&gt;x&lt;/b&gt;" in part


def test_other_sites_send_no_file(lab: Lab) -> None:
    foreign = lab.client.post("/import/timetable", content=b"x", headers={"origin": "http://evil.example"})
    assert foreign.status_code == 403
