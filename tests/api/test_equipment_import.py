from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest

from edge.configuration import load
from edge.register.mappings import ImportMapping
from tests.api.lab import Lab
from tests.edge.register.imports.files import Cells, csv_of, xlsx

IMPORT = "/api/v1/equipment/import"
DO_IT = {"apply": "true", "author": "лаборант", "reason": "поставка"}
CONFIG = """
[centre]
rooms = { workshop = "Мастерская" }
tracks = { hightech = "Хайтек" }
[[equipment]]
id = "mill-1"
name = "Фрезер"
room = "workshop"
inventory_number = "0012"
driver = "grbl"
link = { simulator = true }
"""
HEADERS = ["Наименование", "Инв. №", "Кабинет", "Квантум", "Драйвер"]
LASER = ["Лазер", "0013", "Мастерская", "Хайтек", ""]
LIST: Cells = [HEADERS, ["Станок", "0012", "Мастерская", "", ""], LASER]
ODD: Cells = [[*HEADERS[:4], "Чем говорит"], LASER]
NO_LINK: Cells = [HEADERS, LASER, ["Ещё", "0014", "Мастерская", "", "grbl"]]
NAMELESS: Cells = [HEADERS, LASER, ["", "0014", "Мастерская", "", ""]]


@pytest.fixture
def lab(tmp_path: Path) -> Lab:
    """A lab whose configuration is a file."""
    file = tmp_path / "labedge.toml"
    file.write_text(CONFIG, "utf-8")
    return Lab(load(file, environ={}), config=file)


def folder(lab: Lab) -> Path:
    assert lab.config
    return lab.config.parent / "equipment.d"


def sent(lab: Lab, data: bytes, *, match: str = "", **params: str) -> Any:
    headers = {"If-Match": match} if match else {}
    return lab.client.post(IMPORT, content=data, params=params, headers=headers)


def test_a_plan_is_told_with_the_file_that_it_makes_and_writes_nothing(lab: Lab) -> None:
    told = sent(lab, csv_of(LIST), name="Поставка 2026")
    assert told.status_code == 200, told.text
    body = told.json()
    assert (body["ready"], body["applied"], body["file"]) == (True, False, "postavka-2026.toml")
    assert [(one["action"], one["id"]) for one in body["lines"]] == [("change", "mill-1"), ("add", "lazer")]
    assert "configured already" in body["notes"][0]["message"]
    (made,) = tomllib.loads(body["drop_in"])["equipment"]
    assert (made["id"], made["room"], made["track"]) == ("lazer", "workshop", "hightech")
    assert not folder(lab).exists()


def test_what_was_looked_at_is_written_with_who_and_why(lab: Lab) -> None:
    tag = sent(lab, csv_of(LIST)).headers["etag"]
    done = sent(lab, csv_of(LIST), match=tag, **DO_IT)
    assert (done.status_code, done.json()["applied"]) == (200, True)
    text = (folder(lab) / "imported.toml").read_text("utf-8")
    assert text == '# "лаборант: поставка"\n' + done.json()["drop_in"]
    assert lab.config
    assert {one.id for one in load(lab.config, environ={}).equipment} == {"mill-1", "lazer"}


def test_a_comment_of_who_and_why_stays_a_comment(lab: Lab) -> None:
    sent(lab, csv_of(LIST), **(DO_IT | {"reason": 'x\n[api]\nhost = "0.0.0.0"'}))
    assert set(tomllib.loads((folder(lab) / "imported.toml").read_text("utf-8"))) == {"equipment"}


def test_a_configuration_that_changed_since_the_plan_is_not_changed_unseen(lab: Lab) -> None:
    tag = sent(lab, csv_of(LIST)).headers["etag"]
    folder(lab).mkdir()
    (folder(lab) / "imported.toml").write_text("", "utf-8")
    refused = sent(lab, csv_of(NO_LINK), match=tag, **DO_IT)
    assert refused.status_code == 412
    assert [path.name for path in folder(lab).iterdir()] == ["imported.toml"]


def test_no_file_is_written_over(lab: Lab) -> None:
    folder(lab).mkdir()
    (folder(lab) / "imported.toml").write_text("# mine\n", "utf-8")
    assert sent(lab, csv_of(LIST), **DO_IT).json()["file"] == "imported-2.toml"
    assert (folder(lab) / "imported.toml").read_text("utf-8") == "# mine\n"


@pytest.mark.parametrize(
    ("data", "field", "fix"),
    [
        (xlsx(NAMELESS), "Расписание!A3", "Fill in the cell."),
        (csv_of(NO_LINK), "equipment.d/imported.toml", "Mend the row, or enter this equipment by hand."),
        (csv_of(ODD), "E1", "Say which field it is."),
    ],
)
def test_every_fault_is_told_with_its_place_and_fix_and_nothing_is_written(
    lab: Lab, data: bytes, field: str, fix: str
) -> None:
    told = sent(lab, data).json()
    assert told["ready"] is False
    refused = sent(lab, data, **DO_IT)
    assert refused.status_code == 422
    assert [(one["field"], one["fix"]) for one in refused.json()["errors"]] == [(field, fix)]
    assert not folder(lab).exists()
    assert lab.config
    assert str(lab.config.parent) not in refused.text


def test_an_unknown_header_is_asked_once(lab: Lab) -> None:
    (question,) = sent(lab, csv_of(ODD)).json()["questions"]
    assert question["header"] == "Чем говорит"
    assert sent(lab, csv_of(ODD), answer="Чем говорит=driver", **DO_IT).status_code == 200
    assert [row.stamp.author for row in lab.register.rows(ImportMapping).value] == ["лаборант"]
    assert sent(lab, xlsx(ODD)).json()["questions"] == []


def test_a_room_without_a_name_gets_a_code_and_that_is_told(lab: Lab) -> None:
    told = sent(lab, csv_of([HEADERS, ["Лазер", "0013", "Кабинет химии", "БиоКвантум", ""]])).json()
    assert [(one["column"], one["fix"]) for one in told["notes"]] == [
        ("D", 'Add biokvantum = "БиоКвантум" to [centre.tracks].'),
        ("C", 'Add kabinet-khimii = "Кабинет химии" to [centre.rooms].'),
    ]


def test_a_list_that_brings_nothing_new_writes_no_file(lab: Lab) -> None:
    done = sent(lab, csv_of(LIST[:2]), **DO_IT)
    assert (done.status_code, done.json()["file"], done.json()["applied"]) == (200, "", True)
    assert not folder(lab).exists()


@pytest.mark.parametrize(
    ("data", "params", "said"),
    [
        (b"%PDF-1.4", {}, "PDF"),
        (b"", {}, "no cell"),
        (csv_of(LIST), {"answer": "nothing"}, "COLUMN=MEANING"),
        (csv_of(LIST), {"apply": "true", "author": "лаборант"}, "why"),
    ],
)
def test_what_cannot_be_read_or_done_says_what_to_do(lab: Lab, data: bytes, params: dict[str, str], said: str) -> None:
    refused = sent(lab, data, **params)
    assert refused.status_code == 422
    assert said in refused.json()["detail"]
    assert refused.json()["fix"]


def test_a_lab_without_a_configuration_is_told_and_not_written() -> None:
    lab = Lab()
    assert sent(lab, csv_of([HEADERS, LASER])).json()["notes"][-1]["fix"] == "Name one: --config FILE"
    refused = sent(lab, csv_of([HEADERS, LASER]), **DO_IT)
    assert (refused.status_code, "--config" in refused.json()["fix"]) == (409, True)
