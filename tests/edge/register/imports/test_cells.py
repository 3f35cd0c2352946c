from __future__ import annotations

from datetime import date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.register.calendar import Term, Week, WeekRule
from edge.register.imports import cells
from edge.register.imports.cells import Bells
from edge.register.imports.headers import WORDS, field_of, fingerprint
from edge.register.imports.sheets import Place, column_letters
from edge.register.imports.weeks import Weeks, held, marked, week_on
from edge.register.imports.workbooks import text_of
from edge.register.mappings import Subject


@pytest.mark.parametrize(
    ("text", "weekday", "day"),
    [
        ("Понедельник", 1, None),
        ("ПН.", 1, None),
        ("вт", 2, None),
        ("Ср:", 3, None),
        ("7", 7, None),
        ("Sunday", 7, None),
        ("Понедельник 19.05.2025", 1, date(2025, 5, 19)),
        ("понедельник, 19.05.25 г.", 1, date(2025, 5, 19)),
        ("Пн (2025-05-19)", 1, date(2025, 5, 19)),
        ("19 мая 2025 г.", 1, date(2025, 5, 19)),
        ("1 сентября 2026", 2, date(2026, 9, 1)),
        ("2026-09-01 00:00", 2, date(2026, 9, 1)),
        ("1/9/2026", 2, date(2026, 9, 1)),
    ],
)
def test_days_are_understood_as_people_write_them(text: str, weekday: int, day: date | None) -> None:
    assert cells.weekday_and_day(text) == (weekday, day)


@pytest.mark.parametrize("text", ["07.09.2026", "Понедельник 07.09.2026", "пн, 7.9.26", "ПН (2026-09-07)"])
def test_a_date_may_have_its_weekday_before_it(text: str) -> None:
    assert cells.dated(text) == date(2026, 9, 7)


@pytest.mark.parametrize("text", ["Вторник 07.09.2026", "Понедельник", "7", "пн 07.09", "7 сентября"])
def test_a_weekday_alone_or_another_one_is_no_date(text: str) -> None:
    with pytest.raises(ValueError, match="is no"):
        cells.dated(text)


@pytest.mark.parametrize(
    "text", ["", "день", "8", "31.02.2026", "Вторник 19.05.2025", "Пн 19", "1 мартобря 2026", "19.05"]
)
def test_what_is_no_day_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="is no"):
        cells.weekday_and_day(text)


@pytest.mark.parametrize(
    ("text", "bells"),
    [
        ("1 пара 09.25-10.45", Bells(1, "09:25", "10:45")),
        ("2 урок", Bells(2)),
        ("3", Bells(3)),
        ("3.0", Bells(3)),
        ("№ 4", Bells(4)),
        ("2-й урок", Bells(2)),
        ("II", Bells(2)),
        ("9:00 – 9:45", Bells(None, "09:00", "09:45")),
        ("(с 9.00 до 9.45)", Bells(None, "09:00", "09:45")),
        ("1 пара\n(09:25-10:45)", Bells(1, "09:25", "10:45")),
        ("09:25:00-10:45:00", Bells(None, "09:25", "10:45")),
    ],
)
def test_bells_are_understood_as_people_write_them(text: str, bells: Bells) -> None:
    assert cells.bells_of(text) == bells


@pytest.mark.parametrize("text", ["", "утром", "25:00-26:00", "Физика 9:00-9:45", "123"])
def test_what_are_no_bells_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="is no"):
        cells.bells_of(text)


@pytest.mark.parametrize(
    ("text", "week"),
    [
        ("I", "A"),
        ("II", "B"),
        ("чёт.", "B"),
        ("Нечётная неделя", "A"),
        ("знам.", "B"),
        ("числитель", "A"),
        ("1 нед", "A"),
        ("А", "A"),
        ("b", "B"),
        ("", "both"),
        ("обе", "both"),
        ("н/ч", "A"),
        ("ч", "B"),
        ("II н.", "B"),
    ],
)
def test_weeks_are_understood_as_people_write_them(text: str, week: str) -> None:
    assert cells.week_of(text).value == week


@pytest.mark.parametrize(
    ("text", "rest", "week", "weeks"),
    [
        ("кр. 1 н. Физика", "Физика", None, Weeks(frozenset({1}), but=True)),
        ("2,4,6-8 н. Химия", "Химия", None, Weeks(frozenset({2, 4, 6, 7, 8}), but=False, ranged=frozenset({6, 7, 8}))),
        ("кроме 3 нед. Право", "Право", None, Weeks(frozenset({3}), but=True)),
        ("чёт. Труд", "Труд", Week.B, None),
        ("нечет: Труд", "Труд", Week.A, None),
        ("II н. Труд", "Труд", Week.B, None),
        ("3D-печать", "3D-печать", None, None),
        ("Четвёртое измерение", "Четвёртое измерение", None, None),
        ("1 н", "", None, Weeks(frozenset({1}), but=False)),
        ("10 негритят", "10 негритят", None, None),
        ("2 н.Химия", "Химия", None, Weeks(frozenset({2}), but=False)),
        ("Химия, 2,4 н.", "Химия", None, Weeks(frozenset({2, 4}), but=False)),
        ("Химия (кр. 3 нед)", "Химия", None, Weeks(frozenset({3}), but=True)),
        ("(2 н.) Химия", "Химия", None, Weeks(frozenset({2}), but=False)),
        ("II Робототехника", "Робототехника", Week.B, None),
        ("I: Робототехника", "Робототехника", Week.A, None),
        ("I. 3D-печать", "3D-печать", Week.A, None),
        ("II нед. Труд", "Труд", Week.B, None),
        ("I Наставничество", "Наставничество", Week.A, None),
        ("I - Физика", "Физика", Week.A, None),
        ("I-II Физика", "Физика", Week.BOTH, None),
        ("I и II н. Физика", "Физика", Week.BOTH, None),
        ("I-III ступень", "I-III ступень", None, None),
        ("II год обучения", "II год обучения", None, None),
        ("I модуль. Роботы", "I модуль. Роботы", None, None),
        ("III Робототехника", "III Робототехника", None, None),
        ("I can code", "I can code", None, None),
        ("Химия 10 н", "Химия", None, Weeks(frozenset({10}), but=False)),
    ],
)
def test_marks_of_weeks_are_taken_from_the_beginning_only(
    text: str, rest: str, week: Week | None, weeks: Weeks | None
) -> None:
    found = marked(text)
    assert (found.text, found.week, found.weeks) == (rest, week, weeks)


def test_numbers_of_weeks_become_days_of_the_term() -> None:
    term = Term.model_validate({"name": "I", "first_day": "2026-09-01", "last_day": "2026-10-11"})
    odd = held(term, 2, Weeks(frozenset({1, 3, 5}), but=False), within=Week.BOTH)
    assert (odd.week, odd.cancelled) == (Week.A, ())
    some = held(term, 2, Weeks(frozenset({1, 2}), but=False), within=Week.BOTH)
    assert (some.week, [day.isoformat() for day in some.cancelled]) == (
        Week.BOTH,
        ["2026-09-15", "2026-09-22", "2026-09-29", "2026-10-06"],
    )
    by_iso = Term.model_validate(term.model_dump() | {"week_rule": "iso"})
    even = held(by_iso, 2, Weeks(frozenset({1, 3, 5}), but=False), within=Week.BOTH)
    assert (even.week, even.cancelled) == (Week.B, ())


Q2 = Term.model_validate({"name": "II", "first_day": "2026-11-05", "last_day": "2026-12-28"})
"""Begins on a Thursday with a week A, and has nine weeks."""


@pytest.mark.parametrize(
    ("weekday", "weeks", "within", "says", "hinders"),
    [
        (3, Weeks(frozenset({11}), but=False), Week.B, ["no week 11 in the term «II», which has 9 weeks"], True),
        (3, Weeks(frozenset({1}), but=False), Week.A, ["Week 1 of the term «II» has no such weekday"], False),
        (3, Weeks(frozenset({2}), but=False), Week.A, ["(2026-11-11) is a week B, and the lesson stands in"], True),
        (3, Weeks(frozenset({2}), but=True), Week.A, ["is a week B"], True),
        (3, Weeks(frozenset({12}), but=True), Week.A, ["no week 12"], False),
        (5, Weeks(frozenset({0, 2, 5}), but=False), Week.B, ["no week 0", "(2026-12-04) is a week A"], True),
        (5, Weeks(frozenset(range(1, 10)), but=False, ranged=frozenset(range(1, 10))), Week.A, [], False),
        (5, Weeks(frozenset(), but=False), Week.BOTH, ["end before they begin"], True),
    ],
)
def test_weeks_that_contradict_the_row_or_the_term_are_told_and_never_taken_for_others(
    weekday: int, weeks: Weeks, within: Week, says: list[str], *, hinders: bool
) -> None:
    found = held(Q2, weekday, weeks, within=within)
    assert len(found.doubts) == len(says)
    assert all(words in doubt.message for words, doubt in zip(says, found.doubts, strict=True))
    assert any(doubt.hinders for doubt in found.doubts) == hinders
    assert {day for day in found.days if not weeks.holds((day - date(2026, 11, 2)).days // 7 + 1)} == set()
    if hinders:
        assert found.days == ()


def test_the_weeks_of_an_iso_term_are_those_of_its_own_count() -> None:
    iso = Q2.model_copy(update={"week_rule": WeekRule.ISO, "first_day": date(2026, 11, 9)})
    wanted = Weeks(frozenset({2, 4}), but=False)
    assert [doubt.hinders for doubt in held(iso, 3, wanted, within=Week.B).doubts] == [True, True]
    found = held(iso, 3, wanted, within=Week.A)
    assert (found.days, {week_on(iso, day) for day in found.days}) == (
        (date(2026, 11, 18), date(2026, 12, 2)),
        {Week.A},
    )


@pytest.mark.parametrize(("text", "count"), [("12", 12), ("12.0", 12), ("12,00", 12), ("1 200", 1200), ("15 чел.", 15)])
def test_counts_are_understood(text: str, count: int) -> None:
    assert cells.count_of(text) == count


@pytest.mark.parametrize(
    ("understand", "text"),
    [(cells.form_of, "письменно"), (cells.level_of, "высший"), (cells.happening_of, "сон"), (cells.count_of, "-1")],
)
def test_unknown_words_are_refused(understand, text: str) -> None:  # type: ignore[no-untyped-def]  # noqa: ANN001 - one of several functions
    with pytest.raises(ValueError, match="is n"):
        understand(text)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (34.0, "34"),
        (0.5, "0.5"),
        (None, ""),
        (True, "True"),
        (datetime(2026, 9, 1), "2026-09-01"),  # noqa: DTZ001 - as sheets have it
        (datetime(2026, 9, 1, 9, 25), "2026-09-01 09:25"),  # noqa: DTZ001 - as sheets have it
        (date(2026, 9, 1), "2026-09-01"),
        (time(9, 25), "09:25"),
        (timedelta(hours=9, minutes=25), "09:25"),
    ],
)
def test_values_of_sheets_are_texts_as_people_type_them(value: object, text: str) -> None:
    assert text_of(value) == text


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("ПромРобо-1", "promrobo-1"),
        ("Кабинет № 34", "kabinet-no-34"),
        ("Объём", "obem"),
        ("★", ""),
        ("я" * 100, "ya" * 28),
    ],
)
def test_names_become_codes(name: str, code: str) -> None:
    assert cells.code_of(name) == code


@given(text=st.text(max_size=40))
def test_no_text_breaks_any_of_it(text: str) -> None:
    for understand in (
        cells.weekday_and_day, cells.bells_of, cells.week_of, cells.count_of, cells.day_of, cells.time_of,
        cells.form_of, cells.level_of, cells.happening_of,
    ):  # fmt: skip
        try:
            understand(text)
        except ValueError as error:
            assert "is n" in str(error)
    cells.is_weekday(text)
    marked(text)
    assert cells.shown(cells.shown(text)) == cells.shown(text)
    code = cells.code_of(text)
    assert cells.code_of(code) == code
    assert len(code) <= 56


def test_every_word_of_a_header_means_one_field() -> None:
    for subject, fields in WORDS.items():
        for field, words in fields.items():
            assert {field_of(word.upper(), subject) for word in words} == {field}


def test_layouts_are_told_apart_by_their_headers_alone() -> None:
    assert fingerprint(["День", " Урок"]) == fingerprint(["ДЕНЬ:", "урок", ""])
    assert fingerprint(["День", "Урок"]) != fingerprint(["Урок", "День"])
    assert field_of("Кабинет (номер)", Subject.TIMETABLE) == "room"


def test_cells_are_named_as_a_spreadsheet_names_them() -> None:
    assert [column_letters(n) for n in (0, 1, 26, 27, 702, 703)] == ["", "A", "Z", "AA", "ZZ", "AAA"]
    assert str(Place("Лист1", 5, 3)) == "Лист1!C5"
    assert str(Place("", 5)) == "5"
