from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from edge.register.contract import Fault, Refused
from edge.register.entry import Entry, instant_of, time_of
from edge.register.kinds import KINDS
from edge.register.network import Enrolment
from edge.register.projects import Achievement

VALID: dict[str, dict[str, Any]] = {
    "bell_schedule": {"name": "Будни", "bells": [{"lesson": 1, "start": "09:00", "end": "09:45"}]},
    "term": {"name": "I", "first_day": "2026-09-01", "last_day": "2026-10-25"},
    "holiday": {"name": "Каникулы", "first_day": "2026-10-26", "last_day": "2026-11-08", "closed": False},
    "moved_day": {"day": "2026-11-28", "weekday": 1},
    "opening_hours": {"weekdays": [1, 2], "start": "08:00", "end": "20:00"},
    "partner": {"name": "Точка роста", "agreement": "№ 4 от 01.09.2026"},
    "program": {"name": "ЧПУ", "track": "hightech", "level": "base"},
    "group": {"name": "ПР-1", "learners": 12},
    "teacher": {"name": "Иванова"},
    "slot": {"weekday": 1, "lesson": 1, "room": "workshop"},
    "substitution": {"slot": "mon-2", "day": "2026-11-23", "lesson": 3},
    "cancellation": {"lesson": "mon-2:2026-11-23"},
    "one_off": {"day": "2026-11-23", "start": "12:00", "end": "13:00", "name": "Экскурсия"},
    "planned_maintenance": {"equipment": ["mill-1"], "start": "2026-11-23T10:00", "end": "2026-11-23T11:00"},
    "service": {"equipment": "mill-1", "at": "2026-11-23T10:00:00+03:00", "what": "смазка"},
    "attendance": {"session": "mon-2:2026-11-23", "count": 10},
    "session_correction": {
        "session": "mon-2:2026-11-23",
        "status": "confirmed_manually",
        "author": "Иванова",
        "at": "2026-11-23T10:00:00+03:00",
        "reason": "датчик был выключен",
    },
    "rule_set": {"name": "2026", "effective_from": "2026-09-01"},
    "import_mapping": {"name": "Завуч", "subject": "timetable", "fingerprint": "0" * 32, "columns": {"Ауд.": "room"}},
    "network_agreement": {"partner": "tochka-4", "number": "4/2026", "first_day": "2026-09-01"},
    "enrolment": {"group": "pr-1", "count": 12, "learners": ["L-001"], "first_day": "2026-09-01"},
    "survey": {"program": "robotics", "asked": 40, "content": 38, "day": "2026-11-20"},
    "event": {"name": "Хакатон", "event_kind": "hackathon", "level": "regional", "first_day": "2026-11-20"},
    "participation": {"event": "hackathon", "category": "partner_learner", "count": 24},
    "project": {
        "name": "Теплица",
        "category": "learner_basic",
        "count": 3,
        "jobs": ["printer-1/job 7.gcode"],
        "day": "2026-11-20",
    },
    "achievement": {"name": "Шустрик", "level": "national", "result": "winner", "day": "2026-11-20"},
    "mentoring_model": {"name": "Ученик — ученик", "form": "learner_learner", "first_day": "2026-09-01"},
    "mentoring_pair": {"model": "peers", "name": "Пара 1", "count": 2, "first_day": "2026-09-01"},
    "volunteering": {"name": "Научный фестиваль", "count": 6, "first_day": "2026-11-20", "last_day": "2026-11-22"},
    "information_channel": {"name": "Сайт школы", "channel_kind": "website", "first_day": "2020-09-01"},
    "publication": {"channel": "site", "title": "Открытие сезона", "day": "2026-09-02"},
    "planned_work": {"direction": "conferences", "name": "Конференция", "planned_day": "2026-12-10"},
    "manual_value": {
        "set": "kvantorium-2026",
        "number": "1.2",
        "year": 2026,
        "quarter": 3,
        "hundredths": 41_200,
        "reason": "журнал на бумаге",
        "document": "Приказ № 14",
    },
    "quarter_text": {"subject": "low_results_support", "year": 2026, "quarter": 3, "text": "Проведены занятия."},
    "target": {"number": "1.1", "year": 2026, "target": 20},
}


def test_every_kind_has_an_example_here() -> None:
    assert set(VALID) == set(KINDS)


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_is_read_back_from_its_json(kind: str) -> None:
    value: Entry = KINDS[kind].model_validate(VALID[kind])
    assert KINDS[kind].model_validate_json(value.model_dump_json()) == value


@pytest.mark.parametrize("kind", KINDS)
def test_no_kind_takes_unknown_fields(kind: str) -> None:
    with pytest.raises(ValidationError):
        KINDS[kind].model_validate(VALID[kind] | {"surname": "x"})


@pytest.mark.parametrize(
    ("kind", "change"),
    [
        ("bell_schedule", {"bells": []}),
        ("bell_schedule", {"bells": VALID["bell_schedule"]["bells"] * 2}),
        ("bell_schedule", {"bells": [{"lesson": 1, "start": "09:45", "end": "09:00"}]}),
        ("bell_schedule", {"weekdays": [8]}),
        ("bell_schedule", {"first_day": "2026-09-02", "last_day": "2026-09-01"}),
        ("term", {"last_day": "2026-08-31"}),
        ("term", {"first_week": "both"}),
        ("term", {"first_day": "1889-01-01"}),
        ("holiday", {"last_day": "2026-01-01"}),
        ("opening_hours", {"start": "8:00"}),
        ("opening_hours", {"start": "24:00", "end": "24:00"}),
        ("opening_hours", {"end": "24:01"}),
        ("slot", {"lesson": None, "start": "23:00", "end": "24:00"}),
        ("opening_hours", {"first_day": "2026-09-02", "last_day": "2026-09-01"}),
        ("slot", {"lesson": None}),
        ("slot", {"start": "10:00", "end": "11:00"}),
        ("slot", {"lesson": None, "start": "10:00"}),
        ("slot", {"lesson": None, "start": "10:00", "end": "09:45"}),
        ("slot", {"room": "Кабинет 34"}),
        ("slot", {"learners": -1}),
        ("slot", {"first_day": "2026-09-02", "last_day": "2026-09-01"}),
        ("substitution", {"start": "10:00", "end": "11:00"}),
        ("one_off", {"start": "13:00", "end": "12:00"}),
        ("planned_maintenance", {"equipment": []}),
        ("planned_maintenance", {"end": "2026-11-23T10:00"}),
        ("planned_maintenance", {"start": "2026-11-23T09:00:00Z"}),
        ("planned_maintenance", {"start": "1889-11-23T09:00"}),
        ("service", {"at": "2026-11-23T10:00:00"}),
        ("service", {"at": "1889-11-23T10:00:00Z"}),
        ("attendance", {"session": "занятие"}),
        ("session_correction", {"reason": " "}),
        ("session_correction", {"status": "confirmed_by_telemetry"}),
        ("rule_set", {"least_coverage": 1.1}),
        ("import_mapping", {"fingerprint": "x"}),
        ("program", {"first_day": "2026-09-02", "last_day": "2026-09-01"}),
        ("network_agreement", {"last_day": "2026-08-31"}),
        ("network_agreement", {"number": " "}),
        ("enrolment", {"count": 0}),
        ("enrolment", {"left_early": True}),
        ("enrolment", {"last_day": "2026-08-31"}),
        ("enrolment", {"learners": ["Иванов"]}),
        ("survey", {"content": 41}),
        ("survey", {"asked": 0, "content": 0}),
        ("event", {"last_day": "2026-11-19"}),
        ("event", {"level": "world"}),
        ("event", {"direction": "sport"}),
        ("participation", {"category": "pupil"}),
        ("project", {"jobs": ["job 7"]}),
        ("achievement", {"level": ""}),
        ("achievement", {"count": 0}),
        ("achievement", {"learners": ["L-1", "L-1"]}),
        ("mentoring_model", {"last_day": "2026-08-31"}),
        ("mentoring_pair", {"last_day": "2026-08-31"}),
        ("volunteering", {"last_day": "2026-11-19"}),
        ("information_channel", {"last_day": "2020-08-31"}),
        ("publication", {"count": 0}),
        ("planned_work", {"direction": "sport"}),
        ("manual_value", {"quarter": 5}),
        ("manual_value", {"number": "1..2"}),
        ("manual_value", {"document": ""}),
        ("quarter_text", {"subject": "sport_events"}),
        ("quarter_text", {"text": ""}),
        ("target", {"target": -1}),
    ],
)
def test_what_cannot_be_meant_is_refused(kind: str, change: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        KINDS[kind].model_validate(VALID[kind] | change)


@given(at=st.integers(631_152_000 * 10**6, 4_102_444_800 * 10**6))
def test_times_are_exact_to_the_microsecond(at: int) -> None:
    assert instant_of(time_of(at * 1000)) == at * 1000


def test_a_team_shares_one_prize() -> None:
    value = Achievement.model_validate(VALID["achievement"] | {"learners": ["L-1", "L-2"]})
    assert (value.count, value.learners) == (1, ("L-1", "L-2"))


def test_who_has_no_pseudonym_is_unlisted() -> None:
    assert Enrolment.model_validate(VALID["enrolment"]).unlisted == 11


@pytest.mark.parametrize("kind", KINDS)
def test_natural_keys_are_fields(kind: str) -> None:
    assert set(KINDS[kind].natural) <= set(KINDS[kind].model_fields)


def test_a_time_is_kept_in_utc() -> None:
    value = KINDS["service"].model_validate(VALID["service"])
    assert value.model_dump()["at"] == datetime(2026, 11, 23, 7, tzinfo=UTC)
    assert '"2026-11-23T07:00:00Z"' in value.model_dump_json()


def test_a_refusal_tells_how_many_more_faults_there_are() -> None:
    refused = Refused([Fault("slot a", "is wrong", "Mend it.")] * 3)
    assert (str(refused), refused.fix) == ("slot a: is wrong (and 2 more)", "Mend it.")
