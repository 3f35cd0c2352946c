from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.configuration import fingerprint, load
from edge.faults import Faults
from edge.settings import Settings

GOOD = """
[centre]
id = "smolensk-40"
timezone = "Asia/Yekaterinburg"

[[equipment]]
id = "mill-1"
name = "Фрезер 1"
kind = "cnc_mill"
room = "workshop"
driver = "grbl"
link = { serial = "/dev/serial/by-id/x", baud = 115200 }
"""

PLUG = """
[[equipment]]
id = "plug-7"
name = "Розетка"
room = "workshop"
driver = "tasmota"
link = { mqtt = "tele/plug-7/#" }
"""


def written(folder: Path, text: str, *drop_ins: str) -> Path:
    path = folder / "labedge.toml"
    path.write_text(text, "utf-8")
    for number, drop_in in enumerate(drop_ins):
        (folder / "equipment.d").mkdir(exist_ok=True)
        (folder / "equipment.d" / f"{number}.toml").write_text(drop_in, "utf-8")
    return path


def faults_of(path: Path | None, **environ: str) -> list[tuple[str, int, str]]:
    with pytest.raises(Faults) as caught:
        load(path, environ=environ)
    return [(Path(f.file).name, f.line, f.message) for f in caught.value.faults]


def test_a_good_file_and_its_drop_ins_become_settings(tmp_path: Path) -> None:
    settings = load(written(tmp_path, GOOD, PLUG), environ={})
    assert settings.centre.timezone == "Asia/Yekaterinburg"
    assert [e.id for e in settings.equipment] == ["mill-1", "plug-7"]


def test_without_a_file_the_defaults_hold() -> None:
    assert load(None, environ={}) == Settings()


def test_the_example_in_deploy_is_accepted() -> None:
    example = Path(__file__).parents[2] / "deploy" / "config.example.toml"
    assert len(load(example, environ={}).equipment) == 5


def test_the_environment_overrides_the_file_and_the_defaults(tmp_path: Path) -> None:
    environ = {"LABEDGE_API__PORT": "8081", "LABEDGE_CENTRE__ID": "other", "LABEDGE_DATA_DIR": "/x", "HOME": "/"}
    settings = load(written(tmp_path, GOOD), environ=environ)
    assert (settings.api.port, settings.centre.id) == (8081, "other")
    assert load(None, environ=environ).api.port == 8081


def test_a_wrong_variable_is_named_as_a_variable(tmp_path: Path) -> None:
    [(file, line, message)] = faults_of(written(tmp_path, GOOD), LABEDGE_API__PORT="many")
    assert (file, line) == ("environment", 0)
    assert "LABEDGE_API__PORT" in message


def test_every_fault_is_named_at_once_with_file_line_and_nearest_name(tmp_path: Path) -> None:
    bad = GOOD.replace('kind = "cnc_mill"', 'kind = "cnc_mil"').replace("timezone", "timezon") + "[apy]\nport = 1\n"
    plug = PLUG.replace("tasmota", "tasmotta").replace("plug-7", "mill-1", 1)
    found = faults_of(written(tmp_path, bad, plug))
    assert ("labedge.toml", 4, "unknown setting 'centre.timezon'; did you mean 'timezone'?") in found
    assert any(f[:2] == ("labedge.toml", 9) and "did you mean 'cnc_mill'?" in f[2] for f in found)
    assert ("labedge.toml", 13, "unknown setting 'apy'; did you mean 'api'?") in found
    assert ("0.toml", 6, "no driver 'tasmotta'; did you mean 'tasmota'?") in found
    assert any(f[:2] == ("0.toml", 3) and "'mill-1' is taken" in f[2] for f in found)


@pytest.mark.parametrize(
    ("change", "line", "words"),
    [
        (('driver = "grbl"', 'driver = "tasmota"'), 12, "mqtt"),
        (("baud = 115200", 'tcp = "10.0.0.1:1"'), 12, "exactly one"),
        (('room = "workshop"\n', ""), 6, "'room' is missing"),
        (('id = "mill-1"', 'id = "Mill 1"'), 7, "pattern"),
        (("link = {", "options = { no_such = 1 }\nlink = {"), 12, "unknown setting 'no_such'"),
        (('link = { serial = "/dev/serial/by-id/x", baud = 115200 }', ""), 6, "has no link"),
        (("[centre]", "[api]\nhost = '0.0.0.0'\n[centre]"), 3, "no users"),
        (("[centre]", "[mqtt]\npassword = 'env:NOWHERE'\n[centre]"), 3, "NOWHERE"),
        (("Asia/Yekaterinburg", "Mars/Olympus"), 4, "no time zone"),
        (('room = "workshop"', 'room = "workshop"\nuntil = 12026-01-31'), 11, "not TOML"),
        (('room = "workshop"', 'room = "workshop"\nsince = 1912-01-31'), 11, "1970-01-01"),
        (('room = "workshop"', 'room = "workshop"\nsince = 2026-02-01\nuntil = 2026-01-31'), 6, "before since"),
        (("[centre]", "[centre"), 2, "not TOML"),
    ],
)
def test_each_fault_stands_at_its_line(tmp_path: Path, change: tuple[str, str], line: int, words: str) -> None:
    found = faults_of(written(tmp_path, GOOD.replace(*change)))
    assert any(f[1] == line and words in f[2] for f in found), found


def test_what_cannot_be_read_is_named(tmp_path: Path) -> None:
    assert "cannot be read" in faults_of(tmp_path / "nowhere.toml")[0][2]
    path = tmp_path / "labedge.toml"
    path.write_bytes(b"name = '\xff'")
    assert "not UTF-8" in faults_of(path)[0][2]
    path.write_bytes(b"#" * 2_000_000)
    assert "larger" in faults_of(path)[0][2]
    path.write_text("equipment = 3")
    assert "[[equipment]]" in faults_of(path)[0][2]


def test_a_drop_in_holds_equipment_only(tmp_path: Path) -> None:
    found = faults_of(written(tmp_path, GOOD, "[api]\nport = 9\n" + PLUG))
    assert [f[:2] for f in found] == [("0.toml", 1)]


def test_one_serial_port_serves_one_equipment(tmp_path: Path) -> None:
    other = GOOD[GOOD.index("[[") :].replace("mill-1", "mill-2")
    assert any("serial '/dev/serial/by-id/x' is taken" in f[2] for f in faults_of(written(tmp_path, GOOD, other)))


def test_another_content_or_file_has_another_fingerprint(tmp_path: Path) -> None:
    path = written(tmp_path, GOOD)
    first = fingerprint(path)
    assert fingerprint(path) == first
    written(tmp_path, GOOD, PLUG)
    second = fingerprint(path)
    assert second != first
    path.unlink()
    assert fingerprint(path) not in {first, second}
    assert fingerprint(None) == fingerprint(None)


@given(st.text(max_size=300))
def test_any_text_gives_settings_or_faults(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    path = written(tmp_path_factory.mktemp("any"), text)
    try:
        load(path, environ={})
    except Faults as faults:
        assert faults.faults


def test_an_unknown_driver_and_option_are_told_beside_what_else_is_wrong(tmp_path: Path) -> None:
    driver = GOOD.replace('driver = "grbl"', 'driver = "gbrl"').replace('room = "workshop"', 'room = ""')
    option = PLUG.replace("[[equipment]]", "[[equipment]]\noptions = { treshold = 1 }").replace("workshop", "")
    found = faults_of(written(tmp_path, driver, option))
    assert ("labedge.toml", 11, "no driver 'gbrl'; did you mean 'grbl'?") in found
    assert any(f[:2] == ("labedge.toml", 10) and f[2].startswith("room: ") for f in found)
    assert any(f[:2] == ("0.toml", 3) and "'treshold'" in f[2] for f in found)
    assert any(f[:2] == ("0.toml", 6) and f[2].startswith("room: ") for f in found)


@pytest.mark.parametrize("wrong", ["driver = 5", "options = 5"])
def test_a_word_of_the_wrong_type_is_told_once(tmp_path: Path, wrong: str) -> None:
    kept = [line for line in GOOD.splitlines() if not line.startswith(wrong[:6])]
    found = faults_of(written(tmp_path, "\n".join([*kept, wrong])))
    assert [message.partition(":")[0] for _, _, message in found] == [wrong.partition(" ")[0]]


def test_a_topic_that_no_broker_takes_is_told(tmp_path: Path) -> None:
    [(file, line, message)] = faults_of(written(tmp_path, GOOD, PLUG.replace("plug-7/#", "#/plug-7")))
    assert (file, line) == ("0.toml", 7)
    assert "'tele/#/plug-7' is no topic filter" in message


def test_a_wide_interface_from_the_environment_is_told_there(tmp_path: Path) -> None:
    [(file, line, message)] = faults_of(written(tmp_path, GOOD), LABEDGE_API__HOST="0.0.0.0")  # noqa: S104 - the case itself
    assert (file, line) == ("environment", 0)
    assert "no users" in message
