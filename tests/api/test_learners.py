from __future__ import annotations

from datetime import date

import pytest

from edge.register.contract import Put
from edge.register.network import Enrolment
from tests.api.lab import Lab
from tests.api.school import school

FORGET = "/api/v1/learners/forget"
WORD = {"author": "Иванова А. П.", "reason": "заявление родителей"}


@pytest.fixture
def taught(lab: Lab) -> Lab:
    enrolment = Enrolment(group="pr-1", first_day=date(2026, 9, 1), count=3, learners=("L-001", "L-002"))
    lab.enter(*school(), Put("e", enrolment))
    return lab


def test_a_learner_is_forgotten_and_the_counts_stay(taught: Lab) -> None:
    told = taught.client.post(FORGET, json=WORD | {"learner": "L-002"})
    assert (told.status_code, told.json()) == (200, {"register_version": 2})
    (row,) = taught.register.learners(Enrolment, reader="test", reason="test", at=0).value
    assert (row.value.count, len(row.value.learners), "L-002" in row.value.learners) == (3, 2, False)


def test_no_answer_says_whether_anybody_was_known(taught: Lab) -> None:
    taught.client.post(FORGET, json=WORD | {"learner": "L-002"})
    told = taught.client.post(FORGET, json=WORD | {"learner": "L-777"})
    assert (told.status_code, told.json()) == (200, {"register_version": 2})


@pytest.mark.parametrize("body", [{"learner": "Иванов"}, {"learner": "L-1", "reason": " "}, {}])
def test_what_cannot_be_forgotten_is_refused_and_not_repeated(taught: Lab, body: dict[str, str]) -> None:
    refused = taught.client.post(FORGET, json=WORD | body)
    assert refused.status_code == 422
    assert "Иванов" not in refused.text
    assert taught.register.version() == 1


def test_the_audit_is_told_page_by_page_and_names_no_learner(taught: Lab) -> None:
    taught.client.post(FORGET, json=WORD | {"learner": "L-002"})
    taught.register.learners(Enrolment, reader="методист", reason="отчёт", at=taught.clock.now())
    first = taught.get("/api/v1/audit", limit=1)
    assert [(line["who"], line["action"], line["reason"]) for line in first["items"]] == [
        ("Иванова А. П.", "forget", "заявление родителей")
    ]
    rest = taught.get("/api/v1/audit", after=first["next"])
    assert [(line["who"], line["action"]) for line in rest["items"]] == [("методист", "read")]
    assert rest["next"] is None
    assert "L-00" not in repr([first, rest])
