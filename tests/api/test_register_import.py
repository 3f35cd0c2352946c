from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from api.pages.sayings import retold
from edge.register.contract import Put
from edge.register.events import Event
from edge.register.imports.sheets import FILE_LIMIT
from edge.register.network import Enrolment
from tests.api.lab import Lab
from tests.api.school import school
from tests.edge.register.imports.files import Cells, csv_of, xlsx

DO_IT = {"apply": "true", "author": "завуч", "reason": "отчёт за квартал"}
EVENTS: Cells = [
    ["Название", "Дата", "Вид", "Квантум", "Оборудование"],
    ["Квест", date(2026, 9, 20), "квест", "hightech", "Фрезер 1"],
    ["Хакатон", "21.09.2026", "хакатон", "", "printer-1"],
]


def sent(lab: Lab, kind: str, data: bytes, *, match: str = "", **params: str) -> Any:
    headers = {"If-Match": match} if match else {}
    return lab.client.post(f"/api/v1/register/{kind}/import", content=data, params=params, headers=headers)


def test_a_plan_is_told_and_changes_nothing(lab: Lab) -> None:
    told = sent(lab, "event", xlsx(EVENTS))
    assert told.status_code == 200, told.text
    body = told.json()
    assert (body["ready"], body["applied"], body["counts"]["add"], body["faults_left_out"]) == (True, False, 2, 0)
    assert [(one["id"], one["label"]) for one in body["lines"]] == [
        ("kvest-2026-09-20", "Квест · 2026-09-20"),
        ("khakaton-2026-09-21", "Хакатон · 2026-09-21"),
    ]
    assert lab.register.version() == 0


def test_what_was_looked_at_is_entered_with_who_and_why(lab: Lab) -> None:
    tag = sent(lab, "event", xlsx(EVENTS)).headers["etag"]
    done = sent(lab, "event", xlsx(EVENTS), match=tag, **DO_IT)
    assert (done.status_code, done.json()["applied"]) == (200, True)
    rows = lab.register.rows(Event).value
    assert [(row.value.name, row.value.equipment, row.stamp.author) for row in rows] == [
        ("Хакатон", ("printer-1",), "завуч"),
        ("Квест", ("mill-1",), "завуч"),
    ]
    refused = sent(lab, "event", xlsx(EVENTS), match=tag, **DO_IT)
    assert (refused.status_code, "завуч" in refused.json()["detail"]) == (412, True)


def test_a_thousand_faults_are_told_at_once_and_the_rest_is_counted(lab: Lab) -> None:
    rows: Cells = [["Название", "Дата", "Вид"], *(["Квест", "никогда", "нечто"] for _ in range(600))]
    told = sent(lab, "event", csv_of(rows)).json()
    assert (len(told["faults"]), told["faults_left_out"], told["ready"]) == (1000, 200, False)
    first = told["faults"][0]
    assert (first["row"], first["column"], first["message"]) == (2, "B", "«никогда» is no date")
    assert all(fault["fix"] for fault in told["faults"])
    refused = sent(lab, "event", csv_of(rows), **DO_IT)
    assert refused.status_code == 422
    assert "and 1199 more" in refused.json()["detail"]
    assert len(refused.json()["errors"]) == 1000
    assert lab.register.version() == 0


def test_values_by_hand_that_cannot_stand_are_told_at_their_rows(lab: Lab) -> None:
    rows: Cells = [
        ["Набор показателей", "Номер", "Год", "Квартал", "Значение", "Причина", "Документ"],
        ["kvantorium-school", "1.11", "2026", "2", "12", "список", "приказ"],
        ["kvantorium-school", "9.9", "2026", "2", "12", "список", "приказ"],
        ["kvantorium-school", "1.2", "2026", "2", "398,5", "список", "приказ"],
    ]
    told = sent(lab, "manual_value", csv_of(rows)).json()
    assert told["ready"] is False
    assert [(fault["row"], fault["message"].partition(" ")[0]) for fault in told["faults"]] == [(3, "the"), (4, "the")]
    assert all(fault["fix"] for fault in told["faults"])
    refused = sent(lab, "manual_value", csv_of(rows), **DO_IT)
    assert (refused.status_code, len(refused.json()["errors"]), lab.register.version()) == (422, 2, 0)


@pytest.mark.parametrize(
    ("kind", "rows"),
    [
        ("target", [["Номер", "Год", "План"], ["1.2", "2026", "400"], ["9.9", "2026", "4"], ["2.1", "2026", "101"]]),
        (
            "quarter_text",
            [
                ["Раздел", "Год", "Квартал", "Текст"],
                *(["1.2", "2026", "3", "Да."], ["9.9", "2026", "3", "Да."], ["1.2", "2019", "3", "Да."]),
            ],
        ),
    ],
)
def test_targets_and_texts_of_no_indicator_are_told_at_their_rows(lab: Lab, kind: str, rows: Cells) -> None:
    told = sent(lab, kind, csv_of(rows)).json()
    assert (told["ready"], [fault["row"] for fault in told["faults"]]) == (False, [3, 4])
    assert all(retold(fault[word], "ru") != fault[word] for fault in told["faults"] for word in ("message", "fix"))
    refused = sent(lab, kind, csv_of(rows), **DO_IT)
    assert (refused.status_code, len(refused.json()["errors"]), lab.register.version()) == (422, 2, 0)


def test_no_learner_leaves_and_the_read_is_in_the_audit(lab: Lab) -> None:
    enrolment = Enrolment(group="pr-1", first_day=date(2026, 9, 1), count=2, learners=("L-001", "L-002"))
    lab.enter(*school(), Put("e", enrolment))
    table = csv_of([["Код", "Количество", "Псевдонимы"], ["e", "3", "L-001 L-002 L-003"]])
    told = sent(lab, "enrolment", table)
    assert "L-00" not in told.text
    sent(lab, "enrolment", table, **DO_IT)
    (row,) = lab.register.learners(Enrolment, reader="test", reason="test", at=0).value
    assert row.value.learners == ("L-001", "L-002", "L-003")
    assert [line.who for _number, line in lab.register.audit(after=0, limit=10)] == ["import", "завуч", "test"]


def test_an_unknown_header_is_answered(lab: Lab) -> None:
    table = csv_of([["Название", "Дата", "Какое"], ["Квест", "20.09.2026", "квест"]])
    assert sent(lab, "event", table).json()["questions"][0]["header"] == "Какое"
    assert sent(lab, "event", table, answer="Какое=event_kind", **DO_IT).status_code == 200
    assert sent(lab, "event", table).json()["questions"] == []


@pytest.mark.parametrize(
    ("kind", "data", "params", "status"),
    [
        ("nonsense", b"", {}, 404),
        ("slot", b"", {}, 404),
        ("event", b"%PDF-1.4", {}, 422),
        ("event", csv_of(EVENTS), {"apply": "true"}, 422),
        ("event", csv_of(EVENTS), {"answer": "nothing"}, 422),
        ("event", bytes(FILE_LIMIT + 1), {}, 413),
    ],
)
def test_what_cannot_be_read_or_done_says_what_to_do(
    lab: Lab, kind: str, data: bytes, params: dict[str, str], status: int
) -> None:
    refused = sent(lab, kind, data, **params)
    assert refused.status_code == status
    assert refused.json()["fix"]


@pytest.mark.parametrize("form", ["csv", "csv-excel", "xlsx"])
def test_a_table_that_is_handed_out_is_read_back_as_it_was(lab: Lab, form: str) -> None:
    sent(lab, "event", xlsx(EVENTS), **DO_IT)
    table = lab.client.get("/api/v1/register/event", params={"format": form})
    assert table.status_code == 200, table.text
    again = sent(lab, "event", table.content).json()
    assert ([line["action"] for line in again["lines"]], again["faults"]) == (["same", "same"], [])


def test_a_table_has_the_words_of_people_in_the_language_asked_for(lab: Lab) -> None:
    sent(lab, "event", xlsx(EVENTS), **DO_IT)
    path = "/api/v1/register/event?format=csv"
    russian, english = lab.client.get(path).text, lab.client.get(f"{path}&lang=en").text
    assert russian.splitlines()[0].startswith("Код,Название,Вид мероприятия")
    assert english.splitlines()[0].startswith("id,name,event kind")
    assert ("хакатон" in russian, "hackathon" in english) == (True, True)


def test_pseudonyms_are_in_no_table(lab: Lab) -> None:
    enrolment = Enrolment(group="pr-1", first_day=date(2026, 9, 1), count=2, learners=("L-001", "L-002"))
    lab.enter(*school(), Put("e", enrolment))
    assert "L-00" not in lab.client.get("/api/v1/register/enrolment?format=csv").text
    assert sent(lab, "enrolment", lab.client.get("/api/v1/register/enrolment?format=csv").content).json()["counts"][
        "same"
    ]


def test_the_kinds_are_among_the_exports(lab: Lab) -> None:
    sent(lab, "event", xlsx(EVENTS), **DO_IT)
    listed = {one["name"]: (one["title"], one["asks"]) for one in lab.get("/api/v1/exports")["items"]}
    assert (listed["event"], listed["planned_work"]) == (("Мероприятия", "nothing"), ("План работы", "nothing"))
    file = lab.client.get("/api/v1/exports/event?format=xlsx")
    assert sent(lab, "event", file.content).json()["counts"]["same"] == 2
