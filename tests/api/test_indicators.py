from __future__ import annotations

import hashlib
import json
import re
from datetime import date
from enum import StrEnum
from typing import Any

import pytest

from api.exports.words import words_of
from api.pages.monitoring_words import key_text
from edge.register.contract import Put
from edge.register.events import AchievementLevel, Direction, Event, EventKind
from edge.register.lessons import Form, Level
from edge.register.mentoring import MentoringForm
from edge.register.network import Enrolment
from edge.register.people import Category
from edge.register.projects import ProjectKind, Result
from edge.register.publicity import ChannelKind
from edge.register.quarters import Target
from edge.settings import Kind
from telemetry.indicators.definition import Dimension
from telemetry.rules import SessionStatus
from tests.api.lab import HOUR, Lab
from tests.api.school import lesson, one, school

Q3 = {"year": 2026, "quarter": 3}
DAY = 24 * HOUR
PATH = "/api/v1/indicators"


AUTUMN = date(2026, 9, 1)


def enrolled(
    name: str, *learners: str, count: int = 0, first: date = AUTUMN, category: Category = Category.LEARNER
) -> Put:
    counted = max(count, len(learners))
    return Put(name, Enrolment(group="pr-1", category=category, learners=learners, count=counted, first_day=first))


@pytest.fixture
def taught(lab: Lab) -> Lab:
    """Five learners in two enrolments that share one, an event, and a lesson that the mill confirms."""
    lab.enter(
        *school(),
        enrolled("e-1", "L-1", "L-2", "L-3"),
        enrolled("e-2", "L-3", count=2, first=date(2026, 8, 1), category=Category.LEARNER_PRIMARY),
        Put("quest", Event(name="Квест", first_day=date(2026, 9, 5), practical=True)),
    )
    lesson(lab)
    return lab


def close(lab: Lab, **words: Any) -> Any:
    body = {**Q3, "author": "Иванова А. П.", "reason": "срок", **words}
    return lab.client.post("/api/v1/editions", json=body)


def test_a_quarter_is_told_with_its_sets_and_both_values(taught: Lab) -> None:
    told = taught.get(PATH, **Q3)
    assert (told["period"], told["set"]["id"], told["set"]["verified"]) == ("2026-Q3", "kvantorium-school", False)
    assert (told["analytics"]["official"], told["edition"], told["reason"]) == (False, None, "")
    learners = one(told["items"], number="1.2")
    assert (learners["value"], learners["target"], learners["unit"], learners["how"]) == (
        4,
        400,
        "learners",
        "register",
    )
    assert {part["key"]: part["value"] for part in learners["components"] if part["by"] == "category"} == {
        "learner": 3,
        "learner_primary": 2,
    }
    assert one(told["items"], number="2.5")["value"] == 100.0
    assert one(told["items"], number="A.3")["value"] == 12.0
    assert not [item for item in told["items"] if item["official"] and item["part"] == "analytics"]


def test_names_of_keys_are_told(taught: Lab) -> None:
    parts = one(taught.get(PATH, **Q3)["items"], number="1.2")["components"]
    assert {part["name"] for part in parts if part["by"] in {"group", "program"}} == {"ПР-1", "Робототехника"}


@pytest.mark.parametrize(
    ("language", "category", "kind"), [("ru", "обучающиеся", "квест"), ("en", "learners", "quest")]
)
def test_words_of_the_model_are_told_in_the_language_asked_and_keys_in_none(
    taught: Lab, language: str, category: str, kind: str
) -> None:
    taught.enter(Put("hunt", Event(name="Охота", event_kind=EventKind.QUEST, first_day=date(2026, 9, 6))))
    items = taught.get(PATH, **Q3, lang=language)["items"]
    named = {
        (part["by"], part["key"]): part["name"]
        for number in ("1.2", "1.5")
        for part in one(items, number=number)["components"]
    }
    assert named["category", "learner"] == category
    assert named["kind", "quest"] == kind
    assert one(items, number="1.5")["name"] == one(items, number="1.5")[f"name_{language}"]


_WORDS: tuple[tuple[Dimension, type[StrEnum]], ...] = (
    (Dimension.CATEGORY, Category),
    (Dimension.LEVEL, AchievementLevel),
    (Dimension.LEVEL, Level),
    (Dimension.RESULT, Result),
    (Dimension.FORM, Form),
    (Dimension.FORM, MentoringForm),
    (Dimension.KIND, EventKind),
    (Dimension.KIND, ProjectKind),
    (Dimension.KIND, ChannelKind),
    (Dimension.KIND, Kind),
    (Dimension.DIRECTION, Direction),
)


@pytest.mark.parametrize(("by", "words"), _WORDS, ids=[words.__name__ for _, words in _WORDS])
def test_every_fixed_code_of_a_breakdown_has_its_russian_word(by: Dimension, words: type[StrEnum]) -> None:
    texts = words_of("ru", "Europe/Moscow")
    told = {word.value: key_text(by, word.value, word.value, texts) for word in words if word.value}
    assert {code: text for code, text in told.items() if not re.search("[а-яё]", text)} == {}


def test_every_status_of_a_session_has_its_russian_word() -> None:
    texts = words_of("ru", "Europe/Moscow")
    assert [
        one for one in SessionStatus if not re.search("[а-яё]", key_text(Dimension.STATUS, one.word, "", texts))
    ] == []


def test_the_same_question_is_answered_by_its_tag_until_something_changes(taught: Lab) -> None:
    first = taught.client.get(PATH, params=Q3)
    asked = {"If-None-Match": first.headers["etag"]}
    assert taught.client.get(PATH, params=Q3, headers=asked).status_code == 304
    taught.enter(Put("open-day", Event(name="День открытых дверей", first_day=date(2026, 9, 6))))
    assert taught.client.get(PATH, params=Q3, headers=asked).status_code == 200


@pytest.mark.parametrize("number", ["1.1", "1.2", "1.5", "2.1", "A.1", "A.3", "A.4", "A.7"])
def test_evidence_adds_up_to_its_cell_and_to_each_part_of_it(taught: Lab, number: str) -> None:
    shown = one(taught.get(PATH, **Q3)["items"], number=number)
    cells = [{}, *({"by": part["by"], "key": part["key"]} for part in shown["components"])]
    values = [shown["value"], *(part["value"] for part in shown["components"])]
    for cell, value in zip(cells, values, strict=True):
        told = taught.get(f"{PATH}/{number}/evidence", **Q3, **cell)
        assert (told["value"], told["amount"]) == (told["resum"], told["resum_amount"])
        assert told["value"] == told["amount"]["value"] == value


def test_evidence_names_no_learner_and_its_numbers_make_the_union(taught: Lab) -> None:
    told = taught.get(f"{PATH}/1.2/evidence", **Q3)
    assert "L-" not in json.dumps(told)
    members = {number for item in told["items"] for number in item["members"]}
    assert len(members) + sum(item["unlisted"] for item in told["items"]) == told["value"]


def test_evidence_comes_in_pages(taught: Lab) -> None:
    first = taught.get(f"{PATH}/1.2/evidence", **Q3, limit=1)
    rest = taught.get(f"{PATH}/1.2/evidence", **Q3, limit=1, after=first["next"])
    whole = taught.get(f"{PATH}/1.2/evidence", **Q3)
    assert (first["items"] + rest["items"], rest["next"]) == (whole["items"], None)


def test_evidence_of_the_quarters_own_days(taught: Lab) -> None:
    assert taught.get(f"{PATH}/1.1/evidence", year=2026, quarter=2, quarter_only=True)["value"] == 1


@pytest.mark.parametrize(
    ("path", "status"),
    [
        (f"{PATH}?year=2026&quarter=5", 422),
        (f"{PATH}?year=1026&quarter=1", 422),
        (f"{PATH}?year=2026&quarter=3&edition=1", 404),
        (f"{PATH}/7.7/evidence?year=2026&quarter=3", 404),
        (f"{PATH}/1.1/evidence?year=2026&quarter=3&by=colour", 422),
        ("/api/v1/editions/2026-Q3/1", 404),
        ("/api/v1/editions/2026/1", 404),
        ("/api/v1/editions/2026-Q3/1/differences", 404),
    ],
)
def test_what_is_not_there_is_told_with_a_fix(lab: Lab, path: str, status: int) -> None:
    answer = lab.client.get(path)
    assert answer.status_code == status
    assert answer.json()["fix"]


@pytest.mark.parametrize(
    ("number", "cell", "said"),
    [
        ("1.5", "by=room", "Indicator 1.5 is not broken down by room."),
        ("1.5", "key=hightech", "The key 'hightech' is of no breakdown"),
    ],
)
def test_a_part_that_an_indicator_does_not_have_is_refused_with_those_that_it_has(
    taught: Lab, number: str, cell: str, said: str
) -> None:
    (indicator,) = [
        one for one in taught.get("/api/v1/indicators?year=2026&quarter=3")["items"] if one["number"] == number
    ]
    for path in (f"indicators/{number}/evidence?{cell}", f"exports/evidence?{cell}&number={number}"):
        answer = taught.client.get(f"/api/v1/{path}&year=2026&quarter=3")
        assert answer.status_code == 422, path
        assert answer.json()["detail"].startswith(said)
        assert all(part["by"] in answer.json()["fix"] for part in indicator["components"])


def test_a_quarter_that_runs_is_not_closed(taught: Lab) -> None:
    answer = close(taught)
    assert (answer.status_code, "has not ended" in answer.json()["detail"]) == (422, True)
    assert taught.get("/api/v1/editions") == {"items": [], "next": None}


def test_a_closed_quarter_keeps_its_bytes_and_is_closed_again_only_when_something_changed(taught: Lab) -> None:
    taught.clock.advance(20 * DAY)
    edition = close(taught).json()
    closed = taught.get(PATH, **Q3, edition=1)
    bytes_closed = taught.client.get("/api/v1/editions/2026-Q3/1").content
    assert hashlib.sha256(bytes_closed).hexdigest() == edition["sha256"]
    assert (closed["edition"], close(taught).status_code) == (edition, 422)
    taught.enter(Put("late", Event(name="Поздний", first_day=date(2026, 9, 8))))
    second = close(taught, reason="опоздавший отчёт").json()
    assert (second["number"], second["previous"]) == (2, edition["chain"])
    assert taught.client.get("/api/v1/editions/2026-Q3/1").content == bytes_closed
    assert taught.get(PATH, **Q3, edition=1) == closed
    assert one(taught.get(PATH, **Q3, edition=2)["items"], number="1.5")["value"] == 2


def test_what_changed_after_a_closing_is_listed_with_who_and_why(taught: Lab) -> None:
    taught.clock.advance(20 * DAY)
    close(taught)
    path = "/api/v1/editions/2026-Q3/1/differences"
    assert taught.get(path)["items"] == []
    taught.enter(Put("late", Event(name="Поздний", first_day=date(2026, 9, 8))), author="Петров")
    whole = [item for item in taught.get(path)["items"] if item["by"] is None]
    assert {(item["number"], item["was"]["value"], item["now"]["value"]) for item in whole} == {
        ("1.5", 1, 2),
        ("2.5", 100.0, 50.0),
    }
    assert all("Петров" in reason for item in whole for reason in item["why"])


def test_what_changed_is_told_in_the_language_asked_beside_stable_codes(taught: Lab) -> None:
    taught.clock.advance(20 * DAY)
    close(taught)
    target = Target(number="1.5", year=2026, target=40)
    event = Event(name="Поздний", event_kind=EventKind.QUEST, first_day=date(2026, 9, 8))
    taught.enter(Put("late", event), Put("t", target), author="Петров")
    path = "/api/v1/editions/2026-Q3/1/differences"
    russian, english = (taught.get(path, lang=language)["items"] for language in ("ru", "en"))
    for name in ("number", "by", "key", "was", "now", "why"):
        assert [item[name] for item in russian] == [item[name] for item in english]
    (whole,) = [item for item in russian if (item["number"], item["by"]) == ("1.5", None)]
    assert whole["why_told"] == [
        "план был 35, стал 40",
        "Поздний: добавлено (мероприятие); внесено: Петров, 2026-10-11, причина: начало года",
    ]
    assert {item["key_name"] for item in russian if item["key"] == "quest"} == {"квест"}
    assert all(re.search("[а-яё]", text) for item in russian for text in (item["name"], *item["why_told"]))
    assert all(item["why_told"] == item["why"] for item in english)


def test_closed_evidence_is_that_of_the_closing(taught: Lab) -> None:
    taught.clock.advance(20 * DAY)
    path = f"{PATH}/1.2/evidence"
    before = taught.get(path, **Q3)
    close(taught)
    taught.enter(enrolled("e-3", "L-8", first=date(2026, 9, 3)))
    closed = taught.get(path, **Q3, edition=1)
    assert (closed["items"], closed["value"], closed["edition"]) == (before["items"], before["value"], 1)
    assert taught.get(path, **Q3)["value"] == 5
    assert taught.client.get(path, params={**Q3, "edition": 1, "quarter_only": True}).status_code == 422


def test_answers_as_of_now_tell_the_same_configuration_as_utilisation_and_closed_ones_none(taught: Lab) -> None:
    days = {"start": "2026-09-20T21:00:00Z", "end": "2026-09-21T21:00:00Z"}
    used = taught.get("/api/v1/utilisation", by="centre", bucket="none", **days)["computed_from"]["configuration"]
    paths = (PATH, f"{PATH}/1.2/evidence", "/api/v1/exports/forms/quarterly-book/check")
    assert {taught.get(path, **Q3)["computed_from"]["configuration"] for path in paths} == {used}
    taught.clock.advance(20 * DAY)
    close(taught)
    closed = {taught.get(path, **Q3, edition=1)["computed_from"]["configuration"] for path in paths}
    assert (closed, bool(used)) == ({None}, True)
    (edition,) = taught.register.closed_periods()
    assert b"configuration" not in edition.body


def test_the_sets_and_their_schema_are_told(lab: Lab) -> None:
    listed = lab.get(f"{PATH}/sets")["items"]
    assert {item["id"]: item["indicators"] for item in listed} == {"analytics": 10, "kvantorium-school": 24}
    assert "learners" in lab.get(f"{PATH}/schema")["$defs"]["IndicatorFile"]["properties"]["facts"]["enum"]


RATIOS = {
    "A.4": ("utilisation_timetable", "busy_in_timetable_ns", "timetabled_ns", ("unknown_in_timetable_ns",)),
    "A.5": (
        *("utilisation_scheduled", "busy_in_scheduled_ns", "scheduled_ns"),
        ("unknown_in_scheduled_ns", "maintenance_in_scheduled_ns"),
    ),
    "A.6": ("utilisation_calendar", "busy_ns", "calendar_ns", ()),
}


@pytest.mark.parametrize("number", RATIOS)
def test_the_year_to_date_of_a_ratio_is_that_of_utilisation_of_the_same_days(taught: Lab, number: str) -> None:
    name, busy, base, without = RATIOS[number]
    days = {"start": "2025-12-31T21:00:00Z", "end": "2026-09-21T21:00:00Z"}
    (centre,) = taught.get("/api/v1/utilisation", by="centre", bucket="none", **days)["items"]
    machines = taught.get("/api/v1/utilisation", by="equipment", bucket="none", **days)["items"]
    told = one(taught.get(PATH, **Q3)["items"], number=number)
    whole = told["year_to_date"]
    assert (whole["numerator"], whole["denominator"]) == (centre[busy], centre[base] - sum(centre[x] for x in without))
    assert told["value"] == pytest.approx(100 * centre[name])
    assert whole["insufficient"] == told["insufficient"] == (name in centre["insufficient"])
    parts = {part["key"]: part for part in told["components"] if part["by"] == "equipment"}
    with_base = [machine for machine in machines if machine[base]]
    assert sorted(parts) == [machine["key"] for machine in with_base]
    for machine in with_base:
        part = parts[machine["key"]]
        assert part["numerator"] == machine[busy]
        assert part["insufficient"] == (name in machine["insufficient"])
        assert part["value"] == (None if machine[name] is None else pytest.approx(100 * machine[name]))
    known = {"A.4": base, "A.5": base}.get(number)
    unknown = centre["unknown_ns"] if known is None else centre[without[0]]
    assert whole["coverage"] == pytest.approx(1 - unknown / centre[base])


def test_what_too_little_is_known_of_is_shown_without_a_number(taught: Lab) -> None:
    told = one(taught.get(PATH, **Q3)["items"], number="A.6")
    assert told["insufficient"] is True
    printer = next(part for part in told["components"] if part["key"] == "printer-1")
    assert (printer["numerator"], printer["coverage"], printer["insufficient"]) == (0, 0.0, True)
    csv = taught.client.get(f"{PATH}?year=2026&quarter=3&format=csv-excel&lang=ru").content.decode("utf-8-sig")
    (row,) = [line for line in csv.splitlines() if line.startswith('"A.6"')]
    assert "недостаточно данных" in row
    page = taught.client.get("/api/v1/exports/monitoring", params={**Q3, "format": "html", "lang": "ru"}).text
    assert "Принтер 1 — недостаточно данных" in page
    shown = taught.client.get("/monitoring?year=2026&quarter=3", headers={"accept-language": "ru"}).text
    assert "недостаточно данных: известно 0" in shown


def test_what_is_no_ratio_of_time_has_no_coverage(taught: Lab) -> None:
    for number in ("1.2", "2.1", "A.1"):
        told = one(taught.get(PATH, **Q3)["items"], number=number)["year_to_date"]
        assert (told["coverage"], told["insufficient"]) == (None, False)
