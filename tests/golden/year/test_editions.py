"""The golden year closed, corrected and closed again: differences, editions, bytes, and what is made anew."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner

from api.command import app
from edge.errors import LabedgeError
from edge.monitoring.contract import Period
from telemetry.indicators.facts import Amount
from tests.golden.year.files import parts, value, year
from tests.golden.year.place import Place, place
from tests.golden.year.reference import Reference, added, to_date
from tests.golden.year.test_year import EXPECT, ZONES, called, cells, components, plain

Q4 = Period(2026, 4)


@pytest.fixture(scope="module", params=ZONES)
def kept(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[str, Path]:
    """A zone, and a folder in which every quarter of the year was closed, in turn; nobody changes it."""
    folder = tmp_path_factory.mktemp("closed")
    with place(folder, year(request.param)) as one:
        one.live()
        for quarter in (1, 2, 3, 4):
            one.close(quarter)
    return request.param, folder


@pytest.fixture
def closed(kept: tuple[str, Path], tmp_path: Path) -> Iterator[Place]:
    """The same in a folder of its own."""
    zone, folder = kept
    shutil.copytree(folder, tmp_path / "data")
    with place(tmp_path / "data", year(zone)) as one:
        yield one


def verified(of: Place, edition: str) -> tuple[int, str]:
    ended = CliRunner().invoke(app, ["verify", "--data-dir", str(of.folder), "--edition", edition])
    return ended.exit_code, ended.output


def test_nothing_is_different_right_after_closing(closed: Place) -> None:
    for edition in closed.monitoring.editions():
        assert closed.monitoring.differences(edition) == ()
    with pytest.raises(LabedgeError, match="nothing has changed"):
        closed.close()


def test_a_correction_and_late_telemetry_are_named_with_who_why_and_by_how_much(closed: Place) -> None:
    closed.be_late()
    edition = closed.monitoring.edition(Q4, 1)
    assert edition is not None
    found = closed.monitoring.differences(edition)
    changed = {one.number: (one.was, one.now) for one in found if one.by is None and one.was != one.now}
    wanted = {}
    for number, text in closed.year.told["late_expect"].items():
        was, now = (value(part, EXPECT[number].get("unit", "")) for part in text.split(" -> "))
        wanted[number] = Amount(*was), Amount(*now)
    assert changed == wanted
    why = {one.number: " ".join(one.why) for one in found if one.by is None}
    assert "Забытое: the event came, entered by Петрова" in why["1.5"]
    assert "нашёлся протокол" in why["1.5"]
    late = "data of printer-1 from 2026-02-18 on came after the closing"
    assert f"С-1, 2026-02-18, 15:00: the session came: {late}" in why["A.1"]
    assert late in why["A.6"]


def test_components_that_changed_are_named_too(closed: Place) -> None:
    closed.be_late()
    edition = closed.monitoring.edition(Q4, 1)
    assert edition is not None
    found = {(one.number, one.by, one.key): (one.was, one.now) for one in closed.monitoring.differences(edition)}
    status = {key: change for (number, by, key), change in found.items() if number == "A.2" and by == "status"}
    assert status == {"confirmed_by_telemetry": (Amount(8), Amount(9)), "unconfirmed": (Amount(4), Amount(3))}


def test_what_was_closed_answers_the_same_bytes_beside_its_second_edition(closed: Place) -> None:
    first = closed.monitoring.edition(Q4, 1)
    assert first is not None
    path = "/api/v1/editions/2026-Q4/1"
    before = closed.client.get(path).content
    evidence = {one.indicator.number: closed.monitoring.closed_evidence(first, one.indicator.number)
                for one in closed.monitoring.closed_report(first).items}  # fmt: skip
    closed.be_late()
    second = closed.close()
    assert (second.number, second.previous) == (2, first.chain)
    assert closed.client.get(path).content == before == first.body
    assert hashlib.sha256(before).hexdigest() == first.sha256
    assert closed.monitoring.differences(second) == ()
    for number, found in evidence.items():
        again = closed.monitoring.closed_evidence(first, number)
        assert (again, again.resum) == (found, found.amount)
    for number in EXPECT:
        told = called(closed.monitoring.closed_report(first), number)
        unit = EXPECT[number].get("unit", "")
        assert plain(told.year_to_date) == value(EXPECT[number]["year"].split()[3], unit)


def test_the_second_edition_is_what_the_reference_says_of_the_corrected_year(closed: Place) -> None:
    closed.be_late()
    told = closed.year
    entries = {kind: {**listed, **told.late_register.get(kind, {})} for kind, listed in told.register.items()}
    plainly = Reference(
        told, entries=entries, changes=told.changes + told.late_changes, now=told.at(told.told["late"]["at"])
    )
    for one in closed.monitoring.closed_report(closed.close()).items:
        rows = plainly.rows(one.indicator.facts, to_date(2026, 4))
        assert plain(one.year_to_date) == added(rows, one.indicator.aggregation.value), one.indicator.number


def test_both_editions_are_made_anew_from_the_journal_and_the_register(closed: Place) -> None:
    closed.be_late()
    closed.close()
    for edition in ("2026-Q1/1", "2026-Q4/1", "2026-Q4/2"):
        code, told = verified(closed, edition)
        assert (code, f"{edition} made anew is the same" in told) == (0, True), told


@pytest.mark.parametrize("learner", ["L4", "L3"])
def test_a_learner_is_forgotten_and_every_value_survives(closed: Place, learner: str) -> None:
    closed.register.forget_learner(learner, author="Иванова", reason="заявление", at=closed.clock.now())
    for edition in closed.monitoring.editions():
        assert closed.monitoring.differences(edition) == ()
    report = closed.monitoring.report(Q4)
    for number, wanted in EXPECT.items():
        told, unit = called(report, number), wanted.get("unit", "")
        assert plain(told.year_to_date) == value(wanted["year"].split()[3], unit)
        if "category" in wanted:
            assert components(told)["category"] == parts(wanted["category"], unit)
    assert verified(closed, "2026-Q4/1")[0] == 0


def test_closed_evidence_adds_up_to_every_closed_cell(closed: Place) -> None:
    edition = closed.monitoring.edition(Q4, 1)
    assert edition is not None
    for number, by, key, amount in cells(closed.monitoring.closed_report(edition)):
        found = closed.monitoring.closed_evidence(edition, number, by=by, key=key)
        assert (found.amount, found.resum) == (amount, amount), f"{number} {by} {key}"


def test_no_learner_is_in_a_body(closed: Place) -> None:
    text = closed.client.get("/api/v1/editions/2026-Q4/1").text
    named = {one for listed in closed.year.register.values() for entry in listed.values()
             for one in entry.get("learners", ()) if isinstance(entry.get("learners"), list)}  # fmt: skip
    assert len(named) == 16
    assert not [one for one in named if json.dumps(one) in text]


def test_in_any_order_of_arrival_the_bodies_are_the_same_bytes(closed: Place, tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.mkdir()
    with place(other, closed.year) as again:
        again.live(shuffled=ZONES.index(closed.year.zone))
        for quarter in (1, 2, 3, 4):
            again.close(quarter)
        both = zip(closed.monitoring.editions(), again.monitoring.editions(), strict=True)
        named = closed.store.instance().encode(), again.store.instance().encode()
        for one, two in both:
            assert one.body.replace(named[0], named[1]) == two.body
