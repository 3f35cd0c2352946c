from __future__ import annotations

import csv
import io
import json
import re
from datetime import date, datetime
from typing import Any

import openpyxl
import pytest

from api.exports.formats import Format
from edge.monitoring.contract import Period
from edge.register.contract import Put
from edge.register.events import Event
from edge.register.mentoring import Volunteering
from edge.register.quarters import ManualValue
from tests.api.exports.centre import FORMULA, MARKUP, entries
from tests.api.lab import Lab
from tests.api.school import lesson

ASKED = "year=2026&quarter=3"
LATE = Put("late", Event(name="Экскурсия", first_day=date(2026, 9, 2)))
DAY_NS = 24 * 3600 * 10**9


@pytest.fixture
def centre(lab: Lab) -> Lab:
    lab.enter(*entries())
    lesson(lab)
    return lab


def file(lab: Lab, name: str, form: Format = Format.CSV, more: str = "") -> bytes:
    answer = lab.client.get(f"/api/v1/exports/{name}?{ASKED}&format={form}{more}")
    assert answer.status_code == 200, answer.text
    return answer.content


def rows(lab: Lab, name: str, more: str = "") -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(file(lab, name, Format.CSV, more).decode())))


def book(lab: Lab, more: str = "") -> Any:
    return openpyxl.load_workbook(io.BytesIO(file(lab, "monitoring", Format.XLSX, more)))


def told(sheet: Any) -> list[dict[str, Any]]:
    header, *lines = sheet.iter_rows(values_only=True)
    return [dict(zip(header, line, strict=True)) for line in lines]


def test_the_workbook_has_the_sheets_that_people_know(centre: Lab) -> None:
    assert book(centre).sheetnames == [
        *("Показатели", "Составляющие", "Подтверждение", "Динамика", "Направления", "Метаданные")
    ]
    assert book(centre, "&lang=en").sheetnames == [
        *("Indicators", "Components", "Evidence", "Dynamics", "Directions", "Metadata")
    ]


def test_plan_stands_against_fact_and_says_how_it_came(centre: Lab) -> None:
    (line,) = [one for one in told(book(centre)["Показатели"]) if one["№"] == "1.2"]
    assert (line["План на год"], line["Факт нарастающим итогом"], line["За квартал"]) == (40, 37, 37)
    assert line["Выполнение плана"] == pytest.approx(37 / 40)
    assert line["Как получено"] == "по реестру"
    assert line["Пояснение"] == f"Стало больше. {MARKUP}"
    (by_hand,) = [one for one in told(book(centre)["Показатели"]) if one["№"] == "1.12"]
    assert (by_hand["Факт нарастающим итогом"], by_hand["Введено человеком"]) == (0, 5)


def test_the_numbers_are_those_of_the_answer(centre: Lab) -> None:
    items = {item["number"]: item for item in centre.get(f"/api/v1/indicators?{ASKED}")["items"]}
    inside = rows(centre, "monitoring", "&inside=true")
    assert [row["number"] for row in inside] == list(items)
    assert all(
        row["numerator"] == str(items[row["number"]]["amount"]["numerator"])
        for row in inside
        if "amount" in items[row["number"]]
    )


def test_days_are_days_and_open_ends_are_empty(centre: Lab) -> None:
    lines = [one for one in told(book(centre)["Подтверждение"]) if one["Код записи"] == "a-1"]
    assert {one["Первый день"] for one in lines} == {datetime(2026, 1, 12)}  # noqa: DTZ001 - a day has no zone
    assert {one["Последний день"] for one in lines} == {None}


def test_small_groups_are_withheld_with_what_they_could_be_had_from(centre: Lab) -> None:
    def parts(more: str = "") -> dict[str, Any]:
        lines = told(book(centre, more)["Составляющие"])
        return {
            one["Составляющая"]: one["Факт нарастающим итогом"]
            for one in lines
            if (one["№"], one["Разрез"]) == ("1.2", "Категории участников")
        }

    assert parts() == {"обучающиеся": 30, "обучающиеся 5–9 классов": "<5*", "обучающиеся 10–11 классов": "<5*"}
    assert parts("&inside=true") == {
        "обучающиеся": 30, "обучающиеся 5–9 классов": 10, "обучающиеся 10–11 классов": 2
    }  # fmt: skip


@pytest.mark.parametrize("form", [Format.CSV, Format.CSV_EXCEL, Format.JSON, Format.HTML])
def test_what_is_withheld_says_so_in_the_file(centre: Lab, form: Format) -> None:
    name = "evidence" if form is not Format.HTML else "monitoring"
    content = file(centre, name, form).decode()
    assert "<5*" in content or "&lt;5*" in content
    assert "<5" not in file(centre, name, form, "&inside=true").decode().replace("&lt;", "<")


@pytest.mark.parametrize("name", ["evidence", "facts"])
def test_no_pseudonym_leaves_even_for_the_school(centre: Lab, name: str) -> None:
    for more in ("", "&inside=true"):
        content = file(centre, name, Format.JSON, more)
        assert re.search(rb"lr-\d{4}", content) is None


def test_a_union_can_be_summed_anew_from_the_rows_of_the_schools_own_file(centre: Lab) -> None:
    lines = rows(centre, "evidence", "&number=1.2&inside=true")
    union = {member for line in lines for member in line["members"].split()}
    assert len(union) + sum(int(line["unlisted"]) for line in lines) == 37
    under = rows(centre, "evidence", "&number=1.2&by=category&key=learner_basic&inside=true")
    assert [line["fact_id"] for line in under] == ["e-2"]


def test_metadata_name_the_period_the_versions_and_what_is_withheld(centre: Lab) -> None:
    about = dict(book(centre)["Метаданные"].iter_rows(values_only=True))
    assert about["Период"] == "3 квартал 2026 года"
    assert about["Редакция"].startswith("период не закрыт")
    assert about["Версия реестра"] == "1"
    assert "kvantorium-school 1" in about["Набор показателей"]
    assert "меньше 5" in about["Малые группы"]
    assert "школы" in dict(book(centre, "&inside=true")["Метаданные"].iter_rows(values_only=True))["Малые группы"]


def test_a_closed_edition_is_the_same_file_whatever_happens_later(centre: Lab) -> None:
    centre.clock.advance(10 * DAY_NS)
    assert centre.monitoring is not None
    edition = centre.monitoring.close_period(Period(2026, 3), author="Иванова", reason="срок", at=centre.clock.now())
    before = {form: file(centre, "monitoring", form, "&edition=1") for form in Format if form is not Format.PARQUET}
    centre.register.apply([LATE], author="Петров", reason="опоздало", at=centre.clock.now())
    after = {form: file(centre, "monitoring", form, "&edition=1") for form in Format if form is not Format.PARQUET}
    assert before == after
    about = json.loads(after[Format.JSON])["about"]
    assert (about["SHA-256 редакции"], about["Хеш в цепочке"]) == (edition.sha256, edition.chain)
    assert file(centre, "monitoring", Format.CSV) != after[Format.CSV]


@pytest.mark.parametrize("form", Format)
def test_the_same_question_gives_the_same_bytes_and_304(centre: Lab, form: Format) -> None:
    path = f"/api/v1/exports/monitoring?{ASKED}&format={form}"
    first = centre.client.get(path)
    assert centre.client.get(path).content == first.content
    again = centre.client.get(path, headers={"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")


def test_the_page_is_whole_in_itself_and_runs_nothing(centre: Lab) -> None:
    answer = centre.client.get(f"/api/v1/exports/monitoring?{ASKED}&format=html")
    assert "script-src" not in answer.headers["content-security-policy"]
    page = answer.text
    assert "<script" not in page
    assert "&lt;script&gt;alert(1)" in page
    assert re.search(r"\s(?:src|href)=|url\(", page) is None
    assert page.count("<svg") >= 3
    assert "С начала года — 37 обучающихся" in page
    assert page.count("Запланировано") >= 10
    assert "Аналитика и подтверждение" in page
    english = centre.client.get(f"/api/v1/exports/monitoring?{ASKED}&format=html&lang=en").text
    assert "Since the beginning of the year 37 learners" in english


def test_no_file_carries_a_formula(centre: Lab) -> None:
    workbook = book(centre)
    assert all(cell.data_type != "f" for sheet in workbook for row in sheet.iter_rows() for cell in row)
    for form in (Format.CSV, Format.CSV_EXCEL):
        for line in csv.reader(
            io.StringIO(file(centre, "evidence", form).decode("utf-8-sig")), delimiter=";,"[form == "csv"]
        ):
            assert not [cell for cell in line if cell.startswith(("=", "+", "@")) or re.match(r"-\D", cell)]
    assert any(FORMULA in line["partner"] for line in rows(centre, "evidence"))


@pytest.mark.parametrize(
    ("path", "status", "said"),
    [
        ("monitoring", 422, "year and quarter"),
        (f"monitoring?{ASKED}&edition=3", 422, "no such edition"),
        (f"evidence?{ASKED}&number=9.9", 422, "no such indicator"),
        (f"evidence?{ASKED}&by=colour", 422, "colour"),
        (f"evidence?{ASKED}&by=room&number=1.5", 422, "not broken down by room"),
        (f"evidence?{ASKED}&key=hightech", 422, "of no breakdown"),
        (f"monitoring?{ASKED}&edition=0", 422, "edition"),
        (f"forms/quarterly-book?{ASKED}&edition=0", 422, "edition"),
        (f"evidence?{ASKED}&format=html", 406, "html"),
        ("utilisation", 422, "start and end"),
        ("utilisation?start=2026-09-21T00:00:00Z&end=2026-09-22T00:00:00Z&by=category", 422, "category"),
        ("nothing", 404, "practical-sessions"),
    ],
)
def test_what_cannot_be_had_says_what_can(centre: Lab, path: str, status: int, said: str) -> None:
    answer = centre.client.get(f"/api/v1/exports/{path}")
    assert answer.status_code == status
    assert said in answer.text


@pytest.mark.parametrize("year", [1970, 2100])
@pytest.mark.parametrize("path", ["monitoring", "facts", "forms/quarterly-book", "forms/quarterly-book/check"])
def test_a_year_outside_of_the_register_is_refused(centre: Lab, path: str, year: int) -> None:
    answer = centre.client.get(f"/api/v1/exports/{path}?year={year}&quarter=1")
    assert (answer.status_code, bool(answer.json()["fix"])) == (422, True)


def test_rows_about_few_people_tell_neither_numbers_nor_keys_nor_days(centre: Lab) -> None:
    lines = rows(centre, "evidence", "&number=1.2")
    assert [line["fact_id"] for line in lines] == ["e-1", "e-2", "e-3"]
    assert {(line["value"], line["people"], line["amount"], line["first_day"]) for line in lines} == {
        ("<5*", "<5*", "", "")
    }
    assert {line[by] for line in lines for by in ("fact_name", "category", "group", "track")} == {""}
    assert lines[1]["document"] == "'+приказ 7"
    assert rows(centre, "evidence", "&number=1.2&by=category&key=learner") == []


def test_rows_about_things_tell_everything_but_who_was_there(centre: Lab) -> None:
    lines = rows(centre, "evidence", "&number=1.5")
    assert [(line["fact_id"], line["value"], line["people"], line["first_day"]) for line in lines] == [
        ("day", "1", "", "2026-09-12")
    ]


def test_a_small_number_given_by_hand_is_withheld_in_tables_and_pages(centre: Lab) -> None:
    value = ManualValue(
        set="kvantorium-school", number="1.4", year=2026, quarter=3, hundredths=300, reason="счёт", document="справка"
    )
    centre.enter(Put("m-4", value))
    (line,) = [one for one in rows(centre, "monitoring") if one["number"] == "1.4"]
    assert line["manual"] == "<5*"
    page = file(centre, "monitoring", Format.HTML).decode()
    assert "&lt;5* человек" in page or "&lt;5*\xa0человек" in page
    (line,) = [one for one in rows(centre, "monitoring", "&inside=true") if one["number"] == "1.4"]
    assert line["manual"] == "3"


def test_the_dynamics_do_not_give_a_quarter_of_few_away(centre: Lab) -> None:
    few = Volunteering(name="Субботник", first_day=date(2026, 5, 4), last_day=date(2026, 5, 5), count=3)
    many = Volunteering(name="Музей", first_day=date(2026, 2, 2), last_day=date(2026, 2, 3), count=20)
    centre.enter(Put("v-1", many), Put("v-2", few))
    lines = [one for one in told(book(centre)["Динамика"]) if one["№"] == "1.11" and one["Год"] == 2026]
    assert [(one["За квартал"], one["Факт нарастающим итогом"]) for one in lines] == [
        ("<5*", "<5*"), ("<5*", 23), (0, 23)
    ]  # fmt: skip


def test_only_the_school_itself_is_told_how_many_were_at_a_lesson(centre: Lab) -> None:
    window = "start=2026-09-21T00:00:00Z&end=2026-09-22T00:00:00Z&format=json"

    def table(name: str, more: str = "") -> Any:
        return centre.get(f"/api/v1/exports/{name}?{window}{more}")

    outside, inside = table("practical-sessions"), table("practical-sessions", "&inside=true")
    for column in ("learners", "learner_ns"):
        assert {row[column] for row in outside["tables"][0]["rows"]} == {None}
        assert None not in {row[column] for row in inside["tables"][0]["rows"]}
    assert "не показаны" in outside["about"]["Малые группы"]
    assert "самой школы" in inside["about"]["Малые группы"]
    assert "не показаны" in table("utilisation")["about"]["Малые группы"]


@pytest.mark.parametrize("name", ["enrolment", "timetable"])
def test_files_that_are_read_back_say_that_they_stay_in_the_centre(centre: Lab, name: str) -> None:
    found = json.loads(centre.client.get(f"/api/v1/exports/{name}?format=json").content)
    assert "для работы внутри центра" in found["about"]["Малые группы"]
