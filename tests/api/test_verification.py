from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from api.command import app
from api.verification import made_anew
from edge.clock import ManualClock
from edge.errors import GiveUp
from edge.register.database import connect
from tests.edge.monitoring.centre import centre, machines, year
from tests.edge.monitoring.test_sets import GOOD

CONFIG = """
[centre]
id = "test"
[mqtt]
url = "off"
"""


def run(*words: str | Path) -> Result:
    return CliRunner().invoke(app, [str(word) for word in words])


@pytest.fixture
def closed(tmp_path: Path) -> Path:
    """A data folder with one edition."""
    folder = tmp_path / "data"
    folder.mkdir()
    with centre(folder) as place:
        place.keep(machines())
        place.enter(*year())
        place.close()
    return folder


@pytest.mark.parametrize("edition", ["2026-Q3", "2026-Q3/1"])
def test_an_edition_is_made_anew(closed: Path, edition: str) -> None:
    ended = run("verify", "--data-dir", closed, "--edition", edition)
    assert (ended.exit_code, ended.stdout.strip()) == (0, f"{closed}: whole; {edition} made anew is the same")


def test_without_an_edition_all_chains_are_checked(closed: Path) -> None:
    ended = run("verify", "--data-dir", closed)
    assert (ended.exit_code, ended.stdout.strip()) == (0, f"{closed}: whole")


def test_a_folder_without_a_register_is_whole(closed: Path) -> None:
    (closed / "register.sqlite").unlink()
    assert run("verify", "--data-dir", closed).exit_code == 0


@pytest.mark.parametrize(
    ("file", "statement", "place"),
    [
        ("register.sqlite", "UPDATE editions SET reason = 'другая'", "edition 2026-Q3/1: "),
        (
            "register.sqlite",
            "UPDATE history SET words = NULL WHERE id = 'won'",
            "history of achievement won, version 1: ",
        ),
        ("journal.sqlite", "UPDATE log SET at = at + 1 WHERE offset = 2", "log 2 of mill-1: "),
    ],
)
@pytest.mark.parametrize("more", [(), ("--edition", "2026-Q3")])
def test_damage_is_found_and_its_place_named(
    closed: Path, file: str, statement: str, place: str, more: tuple[str, ...]
) -> None:
    with closing(sqlite3.connect(closed / file)) as harmed:
        harmed.execute(statement)
        harmed.commit()
    ended = run("verify", "--data-dir", closed, *more)
    assert ended.exit_code == 1
    assert any(line.startswith(place) for line in ended.stderr.splitlines()), ended.stderr
    told = run("verify", "--data-dir", closed, "--json", *more)
    assert all(set(fault) == {"place", "message"} for fault in json.loads(told.stdout))


def test_what_nobody_would_notice_but_by_making_it_anew_is_found(closed: Path) -> None:
    with closing(connect(closed / "register.sqlite")) as forged:
        forged.execute(
            "UPDATE changes SET author = 'Никто', crc32 = crc32_of(1, at, 'Никто', reason) WHERE version = 1"
        )
    assert run("verify", "--data-dir", closed).exit_code == 0
    ended = run("verify", "--data-dir", closed, "--edition", "2026-Q3")
    assert ended.exit_code == 1
    assert "made anew it differs at body.report.items" in ended.stderr


@pytest.mark.parametrize(
    ("edition", "said"),
    [("2026", "names no edition"), ("2026-Q2", "There is no edition 2026-Q2"), ("2026-Q3/2", "There is no edition")],
)
def test_an_edition_that_is_not_there_is_told(closed: Path, edition: str, said: str) -> None:
    with pytest.raises(GiveUp, match=said) as told:
        made_anew(closed, edition, ManualClock(0))
    assert told.value.fix


def test_a_body_that_cannot_be_read_is_a_finding(closed: Path) -> None:
    with closing(sqlite3.connect(closed / "register.sqlite")) as harmed:
        harmed.execute("UPDATE editions SET body = x'7b7d'")
        harmed.commit()
    (found,) = made_anew(closed, "2026-Q3", ManualClock(0))
    assert (found.place, "cannot be read" in found.message) == ("edition 2026-Q3", True)


def test_check_tells_the_faults_of_the_configuration_and_of_the_sets_at_once(tmp_path: Path) -> None:
    config = tmp_path / "labedge.toml"
    config.write_text(CONFIG.replace("off", "nowhere"), "utf-8")
    (tmp_path / "indicators.d").mkdir()
    (tmp_path / "indicators.d" / "own.toml").write_text(GOOD.replace('"learners"\nagg', '"lerners"\nagg'), "utf-8")
    ended = run("check", "--config", config, "--json")
    assert ended.exit_code == 2
    faults = json.loads(ended.stdout)
    assert [(Path(fault["file"]).name, fault["line"]) for fault in faults] == [("labedge.toml", 5), ("own.toml", 16)]
    assert "did you mean 'learners'?" in faults[1]["message"]


def test_check_is_content_with_a_sound_set(tmp_path: Path) -> None:
    config = tmp_path / "labedge.toml"
    config.write_text(CONFIG, "utf-8")
    (tmp_path / "indicators.d").mkdir()
    (tmp_path / "indicators.d" / "own.toml").write_text(GOOD, "utf-8")
    assert run("check", "--config", config).exit_code == 0
