from __future__ import annotations

import pytest

from edge.monitoring.contract import Period
from tests.api.exports.centre import entries
from tests.api.lab import Lab

Q = "year=2026&quarter=3"


@pytest.fixture
def entered(lab: Lab) -> Lab:
    lab.enter(*entries())
    return lab


@pytest.mark.parametrize("form", ["csv", "csv-excel", "xlsx", "parquet"])
@pytest.mark.parametrize(
    ("path", "export"),
    [
        ("indicators?", "monitoring?"),
        ("indicators?lang=en&inside=true&", "monitoring?lang=en&inside=true&"),
        ("indicators/1.6/evidence?", "evidence?number=1.6&"),
        ("indicators/1.6/evidence?by=category&key=learner&", "evidence?number=1.6&by=category&key=learner&"),
    ],
)
def test_a_file_is_that_of_the_export(entered: Lab, form: str, path: str, export: str) -> None:
    got = entered.client.get(f"/api/v1/{path}{Q}&format={form}")
    same = entered.client.get(f"/api/v1/exports/{export}{Q}&format={form}")
    assert (got.status_code, same.status_code) == (200, 200), got.text
    assert got.content == same.content
    for header in ("content-type", "content-disposition", "etag"):
        assert got.headers[header] == same.headers[header]


def test_an_edition_is_filed_as_it_was_closed(entered: Lab) -> None:
    entered.monitoring.close_period(Period(2026, 2), author="Соколова", reason="отчёт", at=entered.clock.now())
    query = "year=2026&quarter=2&edition=1&format=csv"
    got = entered.client.get(f"/api/v1/indicators?{query}")
    assert got.content == entered.client.get(f"/api/v1/exports/monitoring?{query}").content
    assert entered.client.get(f"/api/v1/indicators/1.6/evidence?{query}").status_code == 200


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("indicators?format=html&", 406),
        ("indicators?format=pdf&", 422),
        ("indicators/1.6/evidence?format=html&", 406),
        ("indicators/1.6/evidence?format=csv&quarter_only=true&", 422),
        ("indicators/77/evidence?format=csv&", 422),
    ],
)
def test_what_is_no_file_is_refused(entered: Lab, path: str, status: int) -> None:
    assert entered.client.get(f"/api/v1/{path}{Q}").status_code == status
