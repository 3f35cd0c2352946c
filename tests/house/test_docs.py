from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from pydantic import BaseModel

from api.command import app
from drivers.catalog import CATALOG
from edge.register.imports.columns import COLUMNS
from edge.register.kinds import KINDS
from edge.settings import Api, Centre, Equipment, Journal, LinkSettings, Monitoring, Mqtt
from tests.house.sources import ROOT

CONFIGURATION = (ROOT / "docs" / "configuration.md").read_text("utf-8")
DRIVERS = (ROOT / "docs" / "drivers.md").read_text("utf-8")
REGISTER = (ROOT / "docs" / "register.md").read_text("utf-8")
INTERFACES = (ROOT / "docs" / "interfaces.md").read_text("utf-8")


@pytest.mark.parametrize(
    "model", [Centre, Api, Mqtt, Journal, Monitoring, Equipment, LinkSettings], ids=lambda m: m.__name__
)
def test_every_setting_is_told(model: type[BaseModel]) -> None:
    assert [name for name in model.model_fields if not re.search(rf"\b{name}\b", CONFIGURATION)] == []


@pytest.mark.parametrize("family", sorted(CATALOG))
def test_every_driver_and_each_of_its_options_is_told(family: str) -> None:
    assert f"## {family}" in DRIVERS
    section = DRIVERS.split(f"## {family}")[1].split("\n## ")[0]
    assert [name for name in CATALOG[family].settings.model_fields if f"`{name}`" not in section] == []


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_entry_and_each_of_its_fields_and_columns_is_told(kind: str) -> None:
    assert re.search(rf"\b{kind}\b", INTERFACES)
    assert f"\n## {kind}\n" in REGISTER
    section = REGISTER.split(f"\n## {kind}\n")[1].split("\n## ")[0]
    assert [name for name in KINDS[kind].model_fields if f"\n| `{name}` |" not in section] == []
    assert [one.ru for one in COLUMNS.get(kind, ()) if one.field != "id" and f"| {one.ru} |" not in section] == []


def test_every_command_is_told() -> None:
    names = [command.name or command.callback.__name__ for command in app.registered_commands if command.callback]
    assert [name for name in names if f"`labedge {name}" not in INTERFACES] == []


def endpoints() -> Iterator[str]:
    decorator = re.compile(r'@\w+\.(?:get|post|put|patch|delete|websocket)\(\s*"([^"]+)"')
    for path in sorted((ROOT / "api").rglob("*.py")):
        yield from decorator.findall(path.read_text("utf-8"))


def test_every_endpoint_is_told() -> None:
    found = list(endpoints())
    assert found
    assert [path for path in found if path not in INTERFACES] == []


def test_every_decision_has_a_number_and_a_state() -> None:
    for path in sorted((ROOT / "docs" / "decisions").glob("*.md")):
        assert re.fullmatch(r"\d{3}-[a-z0-9-]+\.md", path.name)
        assert re.search(r"\d{4}-\d\d-\d\d\. (Accepted|Superseded)", path.read_text("utf-8")), path.name


@pytest.mark.parametrize("readme", ["README.md", "README.ru.md"])
def test_every_link_of_a_readme_leads_somewhere(readme: str) -> None:
    targets = re.findall(r"\]\(([^)#:]+)\)", (ROOT / readme).read_text("utf-8"))
    assert [target for target in targets if not Path(ROOT / target).exists()] == []
