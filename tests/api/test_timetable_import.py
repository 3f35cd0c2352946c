from __future__ import annotations

import json
from typing import Any

import pytest

from edge.register.imports.sheets import FILE_LIMIT
from edge.register.lessons import Slot
from tests.api.lab import Lab
from tests.api.school import school
from tests.edge.register.imports.files import Cells, csv_of, xlsx

IMPORT = "/api/v1/timetable/import"
DO_IT = {"apply": "true", "author": "завуч", "reason": "новый год"}
HEADERS = ["День", "Время", "Группа", "Программа", "Каб."]
LESSONS: Cells = [
    HEADERS,
    ["вт", "15:00-16:30", "ПР-2", "3D-печать", "Мастерская"],
    ["ср", "15:00-16:30", "ПР-2", "3D-печать", "Мастерская"],
]
FAULTY: Cells = [
    LESSONS[0],
    LESSONS[1],
    ["никогда", "15:00-16:30", "ПР-2", "3D-печать", "Мастерская"],
    ["ср", "потом", "ПР-2", "3D-печать", "Мастерская"],
]
ODD: Cells = [[*HEADERS[:4], "Где сидим"], *LESSONS[1:]]


def sent(lab: Lab, data: bytes, *, match: str = "", **params: str) -> Any:
    headers = {"If-Match": match} if match else {}
    return lab.client.post(IMPORT, content=data, params=params, headers=headers)


def slots(lab: Lab) -> set[str]:
    return {row.id for row in lab.register.rows(Slot).value}


def test_a_plan_is_told_and_changes_nothing(lab: Lab) -> None:
    told = sent(lab, csv_of(LESSONS))
    assert told.status_code == 200, told.text
    body = json.loads(told.content)
    assert (body["ready"], body["applied"], body["counts"]["add"]) == (True, False, 4)
    assert [(one["action"], one["place"]) for one in body["lines"] if one["kind"] == "slot"] == [
        ("add", "2"),
        ("add", "3"),
    ]
    assert lab.register.version() == 0


def test_what_was_looked_at_is_entered_with_who_and_why(lab: Lab) -> None:
    tag = sent(lab, csv_of(LESSONS)).headers["etag"]
    done = sent(lab, csv_of(LESSONS), match=tag, **DO_IT)
    assert (done.status_code, done.json()["applied"], done.headers["etag"]) == (200, True, '"1"')
    assert len(slots(lab)) == 2
    assert {row.stamp.author for row in lab.register.rows(Slot).value} == {"завуч"}
    again = sent(lab, csv_of(LESSONS), **DO_IT)
    assert (again.status_code, again.json()["counts"]["same"], lab.register.version()) == (200, 2, 1)


def test_a_register_that_changed_since_the_plan_is_not_changed_unseen(lab: Lab) -> None:
    tag = sent(lab, csv_of(LESSONS)).headers["etag"]
    lab.enter(*school())
    refused = sent(lab, csv_of(LESSONS), match=tag, **DO_IT)
    assert refused.status_code == 412
    assert "Иванова" in refused.json()["detail"]
    assert slots(lab) == {"mon-1"}


@pytest.mark.parametrize(("scope", "last"), [("adding", "None"), ("replacing", "2026-09-20")])
def test_a_file_is_all_there_is_only_when_that_is_said(lab: Lab, scope: str, last: str) -> None:
    lab.enter(*school())
    assert sent(lab, csv_of(LESSONS), scope=scope, **DO_IT).status_code == 200
    assert {row.id: str(row.value.last_day) for row in lab.register.rows(Slot).value}["mon-1"] == last


def test_what_was_never_held_is_removed(lab: Lab) -> None:
    lab.enter(*school())
    assert sent(lab, csv_of(LESSONS), scope="replacing", **{**DO_IT, "from": "2026-08-31"}).status_code == 200
    assert "mon-1" not in slots(lab)


@pytest.mark.parametrize(("words", "first"), [({}, "2026-09-21"), ({"from": "2026-10-05"}, "2026-10-05")])
def test_a_changed_slot_holds_from_today_or_from_the_day_that_is_named(
    lab: Lab, words: dict[str, str], first: str
) -> None:
    lab.enter(*school())
    rows: Cells = [["Код", *HEADERS], ["mon-1", "пн", "16:00-17:30", "ПР-1", "Робототехника", "Мастерская"]]
    told = sent(lab, csv_of(rows), **words, **DO_IT).json()
    differences = {one["field"]: one["after"] for line in told["lines"] for one in line["differences"]}
    assert (differences["first_day"], differences["end"]) == (first, "17:30")
    assert slots(lab) == {"mon-1", f"mon-1-{first.replace('-', '')}"}


def test_a_first_day_is_a_day(lab: Lab) -> None:
    assert sent(lab, csv_of(LESSONS), **{"from": "soon"}).status_code == 422
    assert "1990" in sent(lab, csv_of(LESSONS), **{"from": "0001-01-01"}).json()["detail"]


def test_every_fault_is_told_with_its_cell_and_nothing_is_entered(lab: Lab) -> None:
    told = sent(lab, xlsx(FAULTY)).json()
    assert [(one["sheet"], one["row"], one["column"]) for one in told["faults"]] == [
        ("Расписание", 3, "A"),
        ("Расписание", 4, "B"),
    ]
    assert all(one["fix"] for one in told["faults"])
    refused = sent(lab, xlsx(FAULTY), **DO_IT)
    assert refused.status_code == 422
    assert [one["field"] for one in refused.json()["errors"]] == ["Расписание!A3", "Расписание!B4"]
    assert [one["fix"] for one in refused.json()["errors"]] == [one["fix"] for one in told["faults"]]
    assert lab.register.version() == 0


def test_an_unknown_header_is_asked_once(lab: Lab) -> None:
    (question,) = sent(lab, csv_of(ODD)).json()["questions"]
    assert question["header"] == "Где сидим"
    assert "room" in question["fields"]
    assert sent(lab, csv_of(ODD), **DO_IT).status_code == 422
    assert sent(lab, csv_of(ODD), answer="Где сидим=room", **DO_IT).status_code == 200
    assert sent(lab, xlsx(ODD)).json()["questions"] == []


@pytest.mark.parametrize(
    ("data", "params", "said"),
    [
        (b"%PDF-1.4", {}, "PDF"),
        (b"", {}, "no cell"),
        (csv_of(LESSONS), {"answer": "nothing"}, "COLUMN=MEANING"),
        (csv_of(LESSONS), {"apply": "true", "author": "завуч"}, "why"),
        (csv_of(LESSONS), {"scope": "some"}, "scope"),
    ],
)
def test_what_cannot_be_read_or_done_says_what_to_do(lab: Lab, data: bytes, params: dict[str, str], said: str) -> None:
    refused = sent(lab, data, **params)
    assert refused.status_code == 422
    assert said in refused.json()["detail"]
    assert refused.json()["fix"]


def test_a_file_that_is_too_large_is_not_read_to_its_end(lab: Lab) -> None:
    assert sent(lab, bytes(FILE_LIMIT + 1)).status_code == 413
